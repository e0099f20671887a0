// A tag that only replication from one source writes ends where the source's last push put it.
//
// Claimed of a destination's tag when no client ever moved it there, every push that was to reach it was to one
// registry and every backfill of it from that one too (which of two sources is the later one is documented nowhere), it
// was never dropped as immutable, and the job of the last push is COMPLETE. Where jobs of one tag may overtake each
// other (assumption `job_order` = concurrent) nothing is claimed.
#include <fmt/format.h>

#include <map>
#include <set>

#include "harness/checkers/all_checkers.h"
#include "harness/checkers/rule_history.h"

namespace crrsim {

namespace {

class TagConvergenceChecker final : public CheckerOf<TagConvergenceChecker> {
 public:
  explicit TagConvergenceChecker(const Assumptions& assumptions)
      : ordered_(assumptions.value(Assumption::kJobOrder) != "concurrent"), rules_(assumptions) {}

  void OnEvent(const Event& event) override {
    if (!ordered_) return;
    if (const auto* push = std::get_if<ImagePushed>(&event.body)) {
      if (push->tag) Push(*push, event.when);
    } else if (const auto* backfill = std::get_if<BackfillChanged>(&event.body)) {
      const std::pair way(backfill->registry, backfill->destination);
      if (backfill->status == BackfillStatus::kInProgress) {
        backfills_.insert(way);
      } else {
        backfills_.erase(way);
      }
    } else if (const auto* queued = std::get_if<JobQueued>(&event.body)) {
      Queue(*queued);
    } else if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
      End(*ended);
    } else if (const auto* moved = std::get_if<TagMoved>(&event.body)) {
      auto& tag = tags_[{{moved->registry, moved->repository}, moved->tag}];
      tag.spoilt = tag.spoilt || moved->origin != Origin::kReplication;
      if (moved->to) {
        tag.bound_at = event.when;
      } else {
        // A deletion was replicated, so the last job did not bind the tag, whether or not it had.
        tag.job = 0;
        tag.complete = false;
      }
    } else if (const auto* dropped = std::get_if<TagDropped>(&event.body)) {
      tags_[{{dropped->registry, dropped->repository}, dropped->tag}].spoilt = true;
    } else if (std::holds_alternative<ReplicationConfigured>(event.body)) {
      rules_.OnEvent(event);
    }
  }

  void AtEnd(const FinalState& state) override {
    for (const auto& [key, tag] : tags_) {
      if (!tag.source || tag.spoilt || !tag.complete) continue;
      const auto& [where, name] = key;
      const auto* registry = state.registries.Find(where.registry);
      const auto* repository = registry == nullptr ? nullptr : registry->Find(where.repository);
      const auto* bound = repository == nullptr ? nullptr : repository->tags.Find(name);
      if (bound != nullptr && *bound == tag.digest) continue;
      Report({fmt::format("tag '{}' of {} {}", name.text(), PlaceText(where.registry, where.repository),
                          bound == nullptr ? "is not there" : "names " + bound->short_text()),
              tag.bound_at ? tag.bound_at : std::optional(state.now)},
             {fmt::format("it names {}, which {} took last and whose job is COMPLETE", tag.digest.short_text(),
                          ToText(*tag.source)),
              tag.pushed_at});
    }
  }

 private:
  using TagKey = std::pair<RepositoryKey, Tag>;
  struct DestinationTag {
    std::optional<RegistryKey> source;
    Digest digest;  // of the last push
    Instant pushed_at;
    JobId job = 0;                    // of the last push
    bool complete = false;            // that job
    bool spoilt = false;              // something else wrote the tag, or it was dropped
    std::optional<Instant> bound_at;  // by replication, last

    void WriteFrom(const RegistryKey& registry) {
      spoilt = spoilt || (source && *source != registry);
      source = registry;
    }
  };

  void Push(const ImagePushed& push, Instant when) {
    for (const auto& destination : rules_.DestinationsOf(push)) {
      auto& tag = tags_[{{destination, push.repository}, *push.tag}];
      tag.WriteFrom(push.registry);
      tag.digest = push.digest;
      tag.pushed_at = when;
      tag.job = 0;
      tag.complete = false;
    }
  }
  DestinationTag* Find(const Replication& copy) {
    if (!copy.tag) return nullptr;
    const auto found = tags_.find({{copy.destination, copy.repository}, *copy.tag});
    return found == tags_.end() ? nullptr : &found->second;
  }
  void Queue(const JobQueued& queued) {
    const auto& copy = queued.replication;
    if (copy.tag && backfills_.contains({copy.source, copy.destination})) {
      tags_[{{copy.destination, copy.repository}, *copy.tag}].WriteFrom(copy.source);
    }
    auto* tag = Find(copy);
    if (tag != nullptr && tag->source == queued.replication.source && tag->digest == queued.replication.digest) {
      tag->job = queued.job;
    }
  }
  void End(const JobEnded& ended) {
    auto* tag = Find(ended.replication);
    if (tag != nullptr && tag->job == ended.job) tag->complete = ended.status == ReplicationStatus::kComplete;
  }

  bool ordered_;
  RuleHistory rules_;
  std::set<std::pair<RegistryKey, RegistryKey>> backfills_;  // that run: source, destination
  std::map<TagKey, DestinationTag> tags_;
};

}  // namespace

std::unique_ptr<Checker> MakeTagConvergenceChecker(const Assumptions& assumptions) {
  return std::make_unique<TagConvergenceChecker>(assumptions);
}

}  // namespace crrsim
