#include "registry_model/test/support/engine_fake_world.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/units_text.h"

namespace crrsim::engine_test {

namespace {

std::map<Digest, std::string>& Names() {
  static std::map<Digest, std::string> names;
  return names;
}

Digest Named(const Digest& digest, std::string_view name) {
  Names().emplace(digest, name);
  return digest;
}

ManifestPtr Parsed(const std::string& bytes, std::string_view name) {
  auto manifest = ParseManifest(bytes, "");
  CRRSIM_CHECK(manifest.ok(), "{}", bytes);
  Named((*manifest)->digest, name);
  return *manifest;
}

std::string DescriptorText(std::string_view type, const Digest& digest, std::int64_t size) {
  return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}}})", type, digest.text(), size);
}

}  // namespace

Digest BlobNamed(std::string_view name) { return Named(Digest::Of(name), name); }

ManifestPtr ImageNamed(std::string_view name, const std::vector<std::string>& layers, std::int64_t layer_bytes) {
  std::vector<std::string> parts;
  for (const auto& layer : layers) {
    parts.push_back(DescriptorText(media_type::kOciLayerGzip, BlobNamed(layer), layer_bytes));
  }
  const auto config = DescriptorText(media_type::kOciConfig, BlobNamed(fmt::format("{}-config", name)), 10);
  return Parsed(fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}],)"
                            R"("annotations":{{"name":"{}"}}}})",
                            media_type::kOciManifest, config, fmt::join(parts, ","), name),
                name);
}

ManifestPtr IndexNamed(std::string_view name, const std::vector<ManifestPtr>& children) {
  std::vector<std::string> parts;
  for (const auto& child : children) {
    parts.push_back(DescriptorText(child->media_type, child->digest, child->size().bytes()));
  }
  return Parsed(fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{}],"annotations":{{"name":"{}"}}}})",
                            media_type::kOciIndex, fmt::join(parts, ","), name),
                name);
}

std::string NameOfDigest(const Digest& digest) {
  const auto found = Names().find(digest);
  return found == Names().end() ? digest.short_text() : found->second;
}

RegistryKey RegistryIn(std::string_view region, std::string_view account) {
  return {*AccountId::Parse(account), *RegionName::Parse(region)};
}

RepositoryName RepositoryNamed(std::string_view name) { return *RepositoryName::Parse(name); }

FakeWorld::FakeWorld(const EngineOptions& options) : options_(options), engine_(MakeStandardEngine(options)) {}

// ---- Running --------------------------------------------------------------------------------------------------------

void FakeWorld::Push(const std::vector<ManifestPtr>& manifests, std::optional<std::string> tag) {
  std::optional<Tag> parsed;
  if (tag) parsed = *Tag::Parse(*tag);
  Push(ImageAccepted{source, repository, manifests, parsed, destinations});
}

void FakeWorld::Push(ImageAccepted push) { Give(std::move(push)); }

void FakeWorld::PushAt(Instant when, ImageAccepted push) { Schedule(when, EngineInput(std::move(push))); }

void FakeWorld::DeleteAt(Instant when, DeletionAccepted deletion) { Schedule(when, EngineInput(std::move(deletion))); }

void FakeWorld::Schedule(Instant when, Happening what) {
  queue_.emplace(std::pair(when, sequence_++), std::move(what));
}

bool FakeWorld::Step() {
  if (queue_.empty()) return false;
  auto node = queue_.extract(queue_.begin());
  now_ = node.key().first;
  std::visit([this](const auto& one) { Happen(one); }, node.mapped());
  return true;
}

void FakeWorld::RunUntil(Instant until) {
  while (!queue_.empty() && queue_.begin()->first.first <= until) Step();
  now_ = until;
}

void FakeWorld::RunUntilIdle(std::size_t steps_max) {
  for (std::size_t steps = 0; Step(); ++steps) {
    if (steps == steps_max) {
      FAIL() << "still busy at " << ToText(now_) << "\n"
             << fmt::format("{}", fmt::join(engine_->DescribeWaiting(), "\n"));
    }
  }
  EXPECT_EQ(engine_->active_jobs(), 0u) << "idle, but not done";
  EXPECT_TRUE(transfers_.empty());
}

void FakeWorld::Give(const EngineInput& input) {
  std::vector<EngineAction> actions;
  engine_->Handle(now_, input, actions);
  for (const auto& action : actions) {
    actions_.emplace_back(now_, action);
    std::visit([this](const auto& one) { CarryOut(one); }, action);
  }
  if (const auto* arrived = std::get_if<TransferArrived>(&input)) {
    EXPECT_FALSE(transfers_.contains(arrived->transfer)) << "transfer " << arrived->transfer << " is not settled";
  }
  EXPECT_EQ(engine_->active_jobs(), queued_.size() + running_.size());
}

// ---- Destinations ---------------------------------------------------------------------------------------------------

void FakeWorld::Happen(const RequestArrives& request) {
  Answer answer;
  answer.failure = on_ask(request.ask);
  if (answer.failure == FailureCode::kNone) answer = AnswerAtDestination(request.ask);
  if (loses_answer(request.ask)) answer = {FailureCode::kTimedOut, {}};
  Schedule(now_ + latency, EngineInput(Answered{request.ask.request, std::move(answer)}));
}

Answer FakeWorld::AnswerAtDestination(const Ask& ask) {
  auto& there = At(ask.replication->destination, ask.replication->repository);
  Answer answer;
  if (ask.step == JobStep::kCheckContent) {
    for (std::uint32_t place = 0; place < ask.content.size(); ++place) {
      const auto& [kind, digest] = ask.content[place];
      if (!(kind == ContentKind::kBlob ? there.blobs : there.manifests).contains(digest)) {
        answer.missing.push_back(place);
      }
    }
  } else if (ask.step == JobStep::kPutManifest) {
    for (const auto& blob : ask.manifest->blobs) {
      if (!there.blobs.contains(blob.digest)) answer.failure = FailureCode::kContentMissing;
    }
    for (const auto& child : ask.manifest->children) {
      if (!there.manifests.contains(child.digest)) answer.failure = FailureCode::kContentMissing;
    }
    if (answer.failure == FailureCode::kNone) there.manifests.insert(ask.manifest->digest);
  } else if (ask.step == JobStep::kBindTag) {
    if (there.manifests.contains(ask.manifest->digest)) {
      there.tags[ask.replication->tag->text()] = ask.manifest->digest;
    } else {
      answer.failure = FailureCode::kContentMissing;
    }
  }
  if (ask.step == JobStep::kDelete) Delete(ask, there);
  return answer;
}

void FakeWorld::Delete(const Ask& ask, FakeRepository& there) {
  const auto& deletion = *ask.replication;
  if (deletion.tag) {
    there.tags.erase(deletion.tag->text());
    return;
  }
  for (const auto& tag : ask.tags) there.tags.erase(tag.text());
  std::erase_if(there.tags, [&](const auto& bound) { return bound.second == deletion.digest; });
  there.manifests.erase(deletion.digest);
}

void FakeWorld::Delete(const ManifestPtr& manifest, std::optional<std::string> tag,
                       const std::vector<std::string>& tags) {
  std::optional<Tag> parsed;
  if (tag) parsed = *Tag::Parse(*tag);
  std::vector<Tag> had;
  for (const auto& one : tags) had.push_back(*Tag::Parse(one));
  Give(DeletionAccepted{source, repository, manifest, parsed, std::move(had), destinations});
}

void FakeWorld::Happen(const TransferEnds& ends) {
  const auto found = transfers_.find(ends.transfer);
  if (found == transfers_.end()) return;  // cancelled
  auto& [start, fate, started, has_arrived] = found->second;
  if (fate.failure != FailureCode::kNone) {
    wasted_bytes_ += start.size.bytes() / 2;
    const auto failure = fate.failure;
    transfers_.erase(found);
    return Give(TransferFailed{ends.transfer, failure});
  }
  has_arrived = true;
  Give(TransferArrived{ends.transfer, fate.is_damaged ? Digest::Of("damaged") : start.blob});
}

// ---- Actions --------------------------------------------------------------------------------------------------------

void FakeWorld::CarryOut(const Ask& ask) {
  EXPECT_TRUE(running_.contains(ask.job)) << "job " << ask.job << " asks but does not run";
  EXPECT_TRUE(requests_.insert(ask.request).second) << "request " << ask.request << " is used twice";
  EXPECT_EQ(ask.timeout, options_.request_timeout);
  auto text = fmt::format("ask {} job {}", NameOf(ask.step), ask.job);
  for (const auto& content : ask.content) text += " " + NameOfDigest(content.digest);
  if (ask.manifest != nullptr) text += " " + NameOfDigest(ask.manifest->digest);
  Note(text);
  EXPECT_EQ(ask.step == JobStep::kCheckContent, !ask.content.empty());
  EXPECT_EQ(ask.step == JobStep::kPutManifest || ask.step == JobStep::kBindTag, ask.manifest != nullptr);
  Schedule(now_ + latency, RequestArrives{ask});
}

void FakeWorld::CarryOut(const StartTransfer& start) {
  EXPECT_TRUE(running_.contains(start.job)) << "job " << start.job << " moves but does not run";
  EXPECT_EQ(start.stall_timeout, options_.stall_timeout);
  std::int64_t streams = 1;
  for (const auto& [id, other] : transfers_) {
    if (other.start.job == start.job) ++streams;
    EXPECT_FALSE(other.start.blob == start.blob &&
                 other.start.replication->destination == start.replication->destination &&
                 other.start.replication->repository == start.replication->repository)
        << NameOfDigest(start.blob) << " moves twice at once";
  }
  streams_most_ = std::max(streams_most_, streams);
  EXPECT_LE(streams, options_.transfers_per_job_max);
  Note(fmt::format("start transfer {} job {} {}", start.transfer, start.job, NameOfDigest(start.blob)));
  const auto fate = on_transfer(start);
  EXPECT_TRUE(transfers_.emplace(start.transfer, Transfer{start, fate, now_, false}).second);
  Schedule(now_ + fate.takes, TransferEnds{start.transfer});
}

FakeWorld::Transfer FakeWorld::TakeTransfer(TransferId id) {
  const auto found = transfers_.find(id);
  CRRSIM_CHECK(found != transfers_.end(), "transfer {} is settled, but not under way", id);
  auto taken = found->second;
  transfers_.erase(found);
  return taken;
}

void FakeWorld::CarryOut(const CancelTransfer& cancel) {
  const auto transfer = TakeTransfer(cancel.transfer);
  EXPECT_FALSE(transfer.has_arrived);
  wasted_bytes_ += transfer.start.size.bytes() / 2;
  std::string heirs;
  for (const auto job : cancel.heirs) heirs += fmt::format("{}{}", heirs.empty() ? " for job " : ", ", job);
  Note(fmt::format("cancel transfer {} {}{}", cancel.transfer, NameOf(cancel.reason), heirs));
}

void FakeWorld::CarryOut(const AcceptBlob& accept) {
  const auto transfer = TakeTransfer(accept.transfer);
  EXPECT_TRUE(transfer.has_arrived && !transfer.fate.is_damaged) << "damaged bytes were accepted";
  const auto& copy = *transfer.start.replication;
  At(copy.destination, copy.repository).blobs.insert(transfer.start.blob);
  useful_bytes_ += transfer.start.size.bytes();
  Note(fmt::format("accept transfer {} {}", accept.transfer, NameOfDigest(transfer.start.blob)));
}

void FakeWorld::CarryOut(const RejectBlob& reject) {
  const auto transfer = TakeTransfer(reject.transfer);
  EXPECT_TRUE(transfer.has_arrived && transfer.fate.is_damaged) << "sound bytes were rejected";
  EXPECT_EQ(reject.reason, FailureCode::kDigestMismatch);
  wasted_bytes_ += transfer.start.size.bytes();
  Note(fmt::format("reject transfer {}", reject.transfer));
}

void FakeWorld::CarryOut(const SetTimer& timer) {
  EXPECT_GT(timer.delay, Duration());
  Schedule(now_ + timer.delay, EngineInput(TimerFired{timer.timer}));
}

void FakeWorld::CarryOut(const ReportQueued& report) {
  EXPECT_TRUE(queued_.insert(report.job).second);
  Note(fmt::format("queued job {} to {}", report.job, report.replication->destination.region.text()));
}

void FakeWorld::CarryOut(const ReportStarted& report) {
  EXPECT_EQ(queued_.erase(report.job), 1u);
  running_.emplace(report.job, report.replication);
  const auto count = ++in_flight_[{report.replication->source, report.replication->destination}];
  in_flight_most_ = std::max(in_flight_most_, count);
  EXPECT_LE(count, options_.jobs_in_flight_max);
  Note(fmt::format("started job {}", report.job));
}

void FakeWorld::CarryOut(const ReportRequeued& report) {
  EXPECT_EQ(running_.erase(report.job), 1u);
  EXPECT_TRUE(queued_.insert(report.job).second);
  --in_flight_[{report.replication->source, report.replication->destination}];
  Note(fmt::format("requeued job {}", report.job));
}

void FakeWorld::CarryOut(const ReportStepFailed& report) {
  EXPECT_TRUE(running_.contains(report.job));
  Note(fmt::format("failed {} job {} attempt {} {} {}", NameOf(report.step), report.job, report.attempt,
                   NameOf(report.failure), report.retry_in ? "retry in " + ToText(*report.retry_in) : "final"));
}

void FakeWorld::CarryOut(const ReportEnded& report) {
  EXPECT_EQ(running_.erase(report.job), 1u);
  --in_flight_[{report.replication->source, report.replication->destination}];
  const auto& copy = *report.replication;
  if (report.status == ReplicationStatus::kComplete) {
    EXPECT_EQ(report.failure, FailureCode::kNone);
    if (has_rivals) return NoteEnd(report);
    const auto& there = At(copy.destination, copy.repository);
    if (report.kind == JobKind::kCopy) {
      EXPECT_TRUE(there.manifests.contains(copy.digest)) << "complete, but not there";
    } else if (copy.tag) {
      EXPECT_FALSE(there.tags.contains(copy.tag->text())) << "complete, but still there";
    } else {
      EXPECT_FALSE(there.manifests.contains(copy.digest)) << "complete, but still there";
    }
  } else {
    EXPECT_EQ(report.status, ReplicationStatus::kFailed);
    EXPECT_NE(report.failure, FailureCode::kNone);
  }
  NoteEnd(report);
}

void FakeWorld::NoteEnd(const ReportEnded& report) {
  Note(fmt::format("ended job {} {}{}{}", report.job, NameOf(report.status),
                   report.failure == FailureCode::kNone ? "" : " ", NameOf(report.failure)));
}

// ---- Looking --------------------------------------------------------------------------------------------------------

std::vector<std::string> FakeWorld::Lines(std::string_view what) const {
  std::vector<std::string> lines;
  for (const auto& [when, text] : log_) {
    if (text.find(what) != std::string::npos) lines.push_back(fmt::format("{} {}", ToText(when - Instant()), text));
  }
  return lines;
}

namespace {

std::string CopyText(const Replication& copy) {
  return fmt::format("{}>{} {} {} {}", ToText(copy.source), ToText(copy.destination), copy.repository.text(),
                     copy.digest.text(), copy.tag ? copy.tag->text() : "-");
}

struct ActionText {
  std::string operator()(const Ask& one) const {
    std::string content;
    for (const auto& [kind, digest] : one.content) {
      content += fmt::format(" {}{}", kind == ContentKind::kBlob ? 'b' : 'm', digest.text());
    }
    return fmt::format("ask {} {} {} {} [{}] {} {}", one.request, one.job, NameOf(one.step), CopyText(*one.replication),
                       content, one.manifest ? one.manifest->digest.text() : "-", one.timeout.nanoseconds());
  }
  std::string operator()(const StartTransfer& one) const {
    return fmt::format("start {} {} {} {} {} {}", one.transfer, one.job, CopyText(*one.replication), one.blob.text(),
                       one.size.bytes(), one.stall_timeout.nanoseconds());
  }
  std::string operator()(const CancelTransfer& one) const {
    return fmt::format("cancel {} {} [{}]", one.transfer, NameOf(one.reason), fmt::join(one.heirs, " "));
  }
  std::string operator()(const AcceptBlob& one) const { return fmt::format("accept {}", one.transfer); }
  std::string operator()(const RejectBlob& one) const {
    return fmt::format("reject {} {}", one.transfer, NameOf(one.reason));
  }
  std::string operator()(const SetTimer& one) const {
    return fmt::format("timer {} {}", one.timer, one.delay.nanoseconds());
  }
  std::string operator()(const ReportQueued& one) const {
    return fmt::format("queued {} {}", one.job, CopyText(*one.replication));
  }
  std::string operator()(const ReportStarted& one) const {
    return fmt::format("started {} {}", one.job, CopyText(*one.replication));
  }
  std::string operator()(const ReportRequeued& one) const {
    return fmt::format("requeued {} {}", one.job, CopyText(*one.replication));
  }
  std::string operator()(const ReportStepFailed& one) const {
    return fmt::format("failed {} {} {} {} {}", one.job, NameOf(one.step), one.attempt, NameOf(one.failure),
                       one.retry_in ? one.retry_in->nanoseconds() : -1);
  }
  std::string operator()(const ReportEnded& one) const {
    return fmt::format("ended {} {} {} {} {}", one.job, CopyText(*one.replication), NameOf(one.status),
                       NameOf(one.failure), one.queued_at.unix_nanoseconds());
  }
};

}  // namespace

std::string FullText(const EngineAction& action) { return std::visit(ActionText{}, action); }

}  // namespace crrsim::engine_test
