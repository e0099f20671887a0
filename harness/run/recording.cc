#include "harness/run/recording.h"

#include <algorithm>

#include "harness/run/event_fields.h"
#include "harness/run/json_subset.h"
#include "registry_model/event_bus/envelope.h"
#include "sim/overloaded.h"

namespace crrsim {

namespace {

/// A replication seen from its destination alone.
Replication AtDestination(const RegistryKey& registry, const RepositoryName& repository, const std::optional<Tag>& tag,
                          const Digest& digest) {
  return {RegistryKey{}, registry, repository, digest, tag};
}

/// Whether something came of what happened.
bool IsProgress(const EventBody& body) {
  if (const auto* ended = std::get_if<TransferEnded>(&body)) return ended->failure == FailureCode::kNone;
  return !std::holds_alternative<StepFailed>(body) && !std::holds_alternative<FaultHit>(body) &&
         !std::holds_alternative<TransferStarted>(body) && !std::holds_alternative<PermissionDecided>(body) &&
         !std::holds_alternative<CallRefused>(body) && !std::holds_alternative<ImagePulled>(body);
}

}  // namespace

void Recording::OnEvent(const Event& event) {
  ++events_;
  if (IsProgress(event.body)) ++progress_;
  last_event_ = event.when;
  if (!patterns_.empty()) Count(event);
  std::visit(
      Overloaded{
          [&](const ImagePushed& push) {
            pushed_[{push.repository, push.tag}] = push.registry;
            pushed_digests_[{push.repository, push.digest}] = push.registry;
          },
          [&](const RepositoryCreated& created) { repositories_.insert(created.repository); },
          [&](const JobQueued& queued) {
            rows_[queued.job] = replications_.size();
            const auto& copy = queued.replication;
            invisible_.insert(
                {AtDestination(copy.destination, copy.repository, copy.tag, copy.digest), replications_.size()});
            replications_.push_back({copy, ReplicationStatus::kInProgress, FailureCode::kNone, event.when, {}, {}});
          },
          [&](const JobEnded& ended) {
            const auto running = rows_.find(ended.job);
            if (running == rows_.end()) return;  // a broken engine ended what it never queued
            const auto row = running->second;
            rows_.erase(running);
            last_job_end_ = event.when;
            replications_[row].status = ended.status;
            replications_[row].failure = ended.failure;
            replications_[row].completed_at = event.when;
            const auto& copy = ended.replication;
            const bool was_invisible =
                invisible_.erase({AtDestination(copy.destination, copy.repository, copy.tag, copy.digest), row}) != 0;
            // The tag was there already, on this very digest: it is visible from the job's end at the latest.
            if (was_invisible && ended.status == ReplicationStatus::kComplete)
              replications_[row].visible_at = event.when;
          },
          [&](const ManifestStored& stored) {
            stored_.insert(stored.digest);
            NoteVisible(stored.registry, stored.repository, std::nullopt, stored.digest, event.when);
          },
          [&](const TagMoved& moved) {
            if (moved.to) NoteVisible(moved.registry, moved.repository, moved.tag, *moved.to, event.when);
          },
          [&](const ScanCompleted& scan) {
            if (!scan.findings.empty()) found_.insert(scan.digest);
          },
          [&](const EventDelivered& delivered) { NoteDelivery(delivered.event); },
          [&](const EventLost& lost) { buses_.insert(lost.event.registry); },
          [&](const FaultEnded&) { last_heal_ = event.when; },
          [](const auto&) {},
      },
      event.body);
}

void Recording::NoteVisible(const RegistryKey& registry, const RepositoryName& repository,
                            const std::optional<Tag>& tag, const Digest& digest, Instant when) {
  const auto key = AtDestination(registry, repository, tag, digest);
  const auto first = invisible_.lower_bound({key, 0});
  auto last = first;
  for (; last != invisible_.end() && last->first == key; ++last) replications_[last->second].visible_at = when;
  invisible_.erase(first, last);
}

void Recording::NoteDelivery(const BusEvent& event) {
  buses_.insert(event.registry);
  for (auto& [pattern, count] : deliveries_) {
    if (pattern->in != event.registry || pattern->detail_type != DetailTypeOf(event.detail)) continue;
    // The JSON is made for whoever looks, and only then.
    const auto json = EnvelopeOf(event);
    if (!FirstDifference(pattern->where, json.at("detail"), "") && !FirstDifference(pattern->envelope, json, "")) {
      ++count;
    }
  }
}

void Recording::Count(const Event& event) {
  std::optional<std::vector<std::pair<std::string_view, std::string>>> fields;  // made once, when a name fits
  for (auto& [pattern, matches] : patterns_) {
    if (pattern->name != event.name()) continue;
    if (!fields) fields = FieldTexts(event);
    const auto has = [&](std::string_view name, const std::string& text) {
      return std::any_of(fields->begin(), fields->end(),
                         [&](const auto& field) { return field.first == name && field.second == text; });
    };
    if (pattern->in && !has("registry", ToText(*pattern->in)) && !has("destination", ToText(*pattern->in))) continue;
    if (!std::all_of(pattern->where.begin(), pattern->where.end(),
                     [&](const auto& wanted) { return has(wanted.first, wanted.second); })) {
      continue;
    }
    if (matches.count++ == 0) matches.first = events_;
    matches.last = events_;
  }
}

bool Recording::WasPushed(const RepositoryName& repository, const std::optional<Tag>& tag) const {
  if (tag) return pushed_.contains({repository, tag});
  return std::any_of(pushed_.begin(), pushed_.end(), [&](const auto& push) { return push.first.first == repository; });
}

std::optional<RegistryKey> Recording::LastPushedTo(const ImageReference& image) const {
  if (image.tag) {
    const auto push = pushed_.find({image.repository, image.tag});
    if (push != pushed_.end()) return push->second;
  } else {
    const auto push = pushed_digests_.find({image.repository, *image.digest});
    if (push != pushed_digests_.end()) return push->second;
  }
  return std::nullopt;
}

WayLags LagsBetween(const std::vector<ReplicationRow>& replications, const RegistryKey& from, const RegistryKey& to) {
  WayLags lags;
  for (const auto& row : replications) {
    if (row.replication.source != from || row.replication.destination != to) continue;
    if (row.visible_at) {
      lags.arrived.push_back(*row.visible_at - row.queued_at);
    } else if (row.status == ReplicationStatus::kInProgress) {
      lags.under_way.push_back(row.queued_at);
    } else {
      ++lags.failed;
    }
  }
  // Both are total orders.
  std::sort(lags.arrived.begin(), lags.arrived.end());
  std::sort(lags.under_way.begin(), lags.under_way.end());
  return lags;
}

std::vector<Duration> LagsOf(const std::vector<ReplicationRow>& replications, const RegistryKey& from,
                             const RegistryKey& to) {
  return LagsBetween(replications, from, to).arrived;
}

std::size_t RankOf(std::size_t count, std::int64_t percent) {
  CRRSIM_CHECK(count > 0 && percent > 0 && percent <= 100, "{} of {}", percent, count);
  return (count * static_cast<std::size_t>(percent) + 99) / 100;
}

Duration QuantileOf(const std::vector<Duration>& sorted, std::int64_t percent) {
  return sorted[RankOf(sorted.size(), percent) - 1];
}

}  // namespace crrsim
