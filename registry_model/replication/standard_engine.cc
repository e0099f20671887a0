#include "registry_model/replication/standard_engine.h"

#include <algorithm>
#include <utility>

#include "registry_model/mutants.h"
#include "sim/check.h"

namespace crrsim {

StandardEngine::StandardEngine(const EngineOptions& options) : options_(options), backoff_(options), queue_(options) {
  CRRSIM_CHECK(options_.transfers_per_job_max >= 1, "{} transfers a job", options_.transfers_per_job_max);
}

std::unique_ptr<ReplicationEngine> MakeStandardEngine(const EngineOptions& options) {
  return std::make_unique<StandardEngine>(options);
}

std::unique_ptr<ReplicationEngine> StandardEngine::Clone() const { return std::make_unique<StandardEngine>(*this); }

void StandardEngine::Handle(Instant now, const EngineInput& input, std::vector<EngineAction>& actions) {
  now_ = now;
  actions_ = &actions;
  std::visit([this](const auto& one) { On(one); }, input);
  actions_ = nullptr;
}

// ---- Queue ----------------------------------------------------------------------------------------------------------

void StandardEngine::On(const ImageAccepted& push) {
  if (push.destinations.empty()) return;
  CRRSIM_CHECK(!push.manifests.empty(), "an image without a manifest");
  const auto manifests = std::make_shared<const ManifestList>(push.manifests);
  pairs_.clear();
  for (const auto& destination : push.destinations) {
    CRRSIM_CHECK(destination != push.source, "{} is to replicate to itself", ToText(destination));
    Queue({0,
           now_,
           std::make_shared<const Replication>(
               Replication{push.source, destination, push.repository, manifests->back()->digest, push.tag}),
           manifests,
           JobKind::kCopy,
           {}});
  }
  for (const auto pair : pairs_) StartReady(pair);
}

void StandardEngine::On(const DeletionAccepted& deletion) {
  CRRSIM_CHECK(deletion.manifest != nullptr, "a deletion without a manifest");
  const auto manifests = std::make_shared<const ManifestList>(ManifestList{deletion.manifest});
  pairs_.clear();
  for (const auto& destination : deletion.destinations) {
    CRRSIM_CHECK(destination != deletion.source, "{} is to replicate to itself", ToText(destination));
    Queue({0, now_,
           std::make_shared<const Replication>(
               Replication{deletion.source, destination, deletion.repository, deletion.manifest->digest, deletion.tag}),
           manifests, JobKind::kDeletion, deletion.tags});
  }
  for (const auto pair : pairs_) StartReady(pair);
}

/// Numbers a job and puts it into its lanes.
void StandardEngine::Queue(QueuedJob job) {
  job.id = ++last_job_;
  actions_->emplace_back(ReportQueued{job.id, job.copy, job.kind});
  pairs_.push_back(queue_.Add(std::move(job)));
}

void StandardEngine::On(const ImageReplicated& arrived) {
  // Nothing is chained: what arrived by replication goes no further.
  if (Mutated(Mutant::kReplicatedIsSentOn)) {
    On(ImageAccepted{arrived.registry, arrived.repository, arrived.manifests, arrived.tag, arrived.destinations});
  }
}

void StandardEngine::StartReady(PairNumber pair) {
  if (IsDown(queue_.SourceOf(pair).region)) return;
  while (const auto ticket = queue_.StartNext(pair)) Start(*ticket);
}

void StandardEngine::Start(Slot ticket) {
  const auto slot = TakeSlot(ticket);
  const auto& job = jobs_[slot];
  actions_->emplace_back(ReportStarted{job.id, job.copy, job.kind});
  AskStep(slot, job.kind == JobKind::kDeletion ? JobStep::kDelete : JobStep::kAdmit, 0);
}

Slot StandardEngine::TakeSlot(Slot ticket) {
  const auto slot = jobs_.Take();
  auto& job = jobs_[slot];
  const auto& queued = queue_[ticket];
  job.id = queued.id;
  job.ticket = ticket;
  job.queued_at = queued.queued_at;
  job.copy = queued.copy;
  job.manifests = queued.manifests;
  job.kind = queued.kind;
  job.phase = job.kind == JobKind::kDeletion ? Phase::kDelete : Phase::kAdmit;
  job.retry = Retry::kSameStep;
  job.failures.fill(0);
  job.streams = 0;
  job.next_blob = 0;
  job.parts_left = 0;
  job.timer = 0;
  job.target = HashOfTarget(*job.copy);
  if (job.kind == JobKind::kCopy) job.plan.LayOut(*job.manifests);
  job.parts.assign(job.plan.part_count(), Part{});
  return slot;
}

// ---- Requests -------------------------------------------------------------------------------------------------------

void StandardEngine::AskStep(Slot slot, JobStep step, PartNumber part) {
  auto& job = jobs_[slot];
  CRRSIM_CHECK(step != JobStep::kTransfer, "a transfer is no request");
  auto& ask = std::get<Ask>(actions_->emplace_back(std::in_place_type<Ask>));
  ask.request = ++last_request_;
  ask.job = job.id;
  ask.step = step;
  ask.replication = job.copy;
  ask.timeout = options_.request_timeout;
  if (step == JobStep::kDelete) ask.tags = queue_[job.ticket].tags;
  if (step == JobStep::kCheckContent) ask.content = job.plan.content();
  if (step == JobStep::kPutManifest) {
    ask.manifest = ManifestOf(job, part);
  } else {
    if (step == JobStep::kBindTag) ask.manifest = job.manifests->back();
    job.timer = 0;
  }
  requests_.Insert(ask.request, StepOfJob{job.id, slot, step, part});
}

const ManifestPtr& StandardEngine::ManifestOf(const Job& job, PartNumber part) {
  return job.manifests->at(part - job.plan.blob_count());
}

bool StandardEngine::IsLive(const StepOfJob& what) const {
  return jobs_.holds(what.slot) && jobs_[what.slot].id == what.job;
}

void StandardEngine::On(const Answered& answered) {
  const auto* asked = requests_.Find(answered.request);
  CRRSIM_CHECK(asked != nullptr, "request {} is answered, but was not asked or was answered before", answered.request);
  const auto what = *asked;
  requests_.Erase(answered.request);
  if (!IsLive(what)) return;
  const auto& answer = answered.answer;
  if (answer.failure != FailureCode::kNone) return FailStep(what.slot, what.step, what.part, answer.failure);
  auto& job = jobs_[what.slot];
  switch (what.step) {
    case JobStep::kAdmit:
      CRRSIM_CHECK(job.phase == Phase::kAdmit, "job {} is admitted out of turn", job.id);
      return EnterCheck(what.slot);
    case JobStep::kCheckContent:
      CRRSIM_CHECK(job.phase == Phase::kCheck && job.timer == 0, "job {} is checked out of turn", job.id);
      return Checked(what.slot, answer.missing);
    case JobStep::kPutManifest:
      CRRSIM_CHECK(job.parts.at(what.part).state == PartState::kUnderWay, "job {} puts nothing", job.id);
      return PartPresent(what.slot, what.part);
    case JobStep::kBindTag:
      CRRSIM_CHECK(job.phase == Phase::kBind && job.timer == 0, "job {} binds out of turn", job.id);
      return End(what.slot, FailureCode::kNone);
    case JobStep::kDelete:
      CRRSIM_CHECK(job.phase == Phase::kDelete && job.timer == 0, "job {} deletes out of turn", job.id);
      return End(what.slot, FailureCode::kNone);
    case JobStep::kTransfer:
      break;
  }
  CRRSIM_CHECK(false, "a transfer was asked for");
}

// ---- What is missing ------------------------------------------------------------------------------------------------

void StandardEngine::EnterCheck(Slot slot) {
  auto& job = jobs_[slot];
  CRRSIM_CHECK(job.phase != Phase::kCheck, "job {} is being checked", job.id);
  job.phase = Phase::kCheck;
  for (PartNumber part = 0; part < job.parts.size(); ++part) {
    auto& state = job.parts[part].state;
    // What is under way or waits for its retry is known to be missing; its own outcome decides.
    if (state == PartState::kUnderWay || state == PartState::kRetrying) continue;
    state = PartState::kUnknown;
    auto& row = job.parts[part].wanted;
    if (part >= job.plan.blob_count() || row != kNoSlot) continue;
    row = wanted_.Join(job.copy, job.target, job.plan.content()[part].digest, Want{slot, part});
  }
  AskStep(slot, JobStep::kCheckContent, 0);
}

void StandardEngine::Checked(Slot slot, const std::vector<std::uint32_t>& missing) {
  auto& job = jobs_[slot];
  job.failures[static_cast<std::size_t>(JobStep::kCheckContent)] = 0;
  LearnParts(slot, missing);
  job.phase = Phase::kWork;
  job.next_blob = 0;
  CountNeeds(job);
  FillStreams(slot);
  for (auto part = job.plan.blob_count(); part < job.parts.size(); ++part) PutIfReady(slot, part);
  if (job.parts_left == 0) AllPresent(slot);
}

void StandardEngine::LearnParts(Slot slot, const std::vector<std::uint32_t>& missing) {
  auto& job = jobs_[slot];
  auto next = missing.begin();
  for (PartNumber part = 0; part < job.parts.size(); ++part) {
    const bool is_missing = next != missing.end() && *next == part;
    if (is_missing) ++next;
    auto& known = job.parts[part];
    if (known.state != PartState::kUnknown) continue;
    known.state = is_missing ? PartState::kAbsent : PartState::kPresent;
    if (is_missing) continue;
    known.failures = 0;
    if (known.wanted != kNoSlot) wanted_.Leave(std::exchange(known.wanted, kNoSlot), Want{slot, part});
  }
  CRRSIM_CHECK(next == missing.end(), "an answer to job {} names part {} of {}, or is out of order", job.id, *next,
               job.parts.size());
}

void StandardEngine::CountNeeds(Job& job) {
  job.parts_left = 0;
  for (PartNumber part = 0; part < job.parts.size(); ++part) {
    auto& one = job.parts[part];
    if (one.state != PartState::kPresent) ++job.parts_left;
    if (part < job.plan.blob_count()) continue;
    one.needs = 0;
    for (const auto need : job.plan.NeedsOf(part)) {
      if (job.parts[need].state != PartState::kPresent) ++one.needs;
    }
  }
}

// ---- Blobs ----------------------------------------------------------------------------------------------------------

void StandardEngine::FillStreams(Slot slot) {
  auto& job = jobs_[slot];
  if (job.phase != Phase::kWork) return;
  CRRSIM_CHECK(job.streams >= 0 && job.streams <= options_.transfers_per_job_max, "job {} has {} streams", job.id,
               job.streams);
  const auto blobs = job.plan.blob_count();
  for (; job.next_blob < blobs && job.streams < options_.transfers_per_job_max; ++job.next_blob) {
    if (job.parts[job.next_blob].state == PartState::kAbsent) StartOrJoinTransfer(slot, job.next_blob);
  }
}

void StandardEngine::StartOrJoinTransfer(Slot slot, PartNumber part) {
  auto& job = jobs_[slot];
  auto& blob = job.parts[part];
  CRRSIM_CHECK(blob.state == PartState::kAbsent && blob.wanted != kNoSlot, "job {} moves part {} out of turn", job.id,
               part);
  blob.state = PartState::kUnderWay;
  ++job.streams;
  if (wanted_[blob.wanted].transfer != 0) return wanted_.Ride(blob.wanted);
  const auto transfer = ++last_transfer_;
  wanted_.StartTransfer(blob.wanted, transfer, job.id, job.copy);
  actions_->emplace_back(StartTransfer{transfer, job.id, job.copy, job.plan.content()[part].digest,
                                       job.plan.blob_size(part), options_.stall_timeout});
}

void StandardEngine::On(const TransferArrived& transfer) {
  const auto row = wanted_.RowOf(transfer.transfer);
  if (transfer.arrived != wanted_[row].blob) {
    actions_->emplace_back(RejectBlob{transfer.transfer, FailureCode::kDigestMismatch});
    return TransferLost(row, FailureCode::kDigestMismatch);
  }
  actions_->emplace_back(AcceptBlob{transfer.transfer});
  wanted_.EndTransfer(row);
  wanted_.TakeWants(row, wants_);
  // A job that ends here wants nothing more, so no entry of the list goes stale.
  for (const auto& [slot, part] : wants_) {
    auto& blob = jobs_[slot].parts[part];
    CRRSIM_CHECK(blob.wanted == row, "part {} wants another blob", part);
    blob.wanted = kNoSlot;
    if (blob.state == PartState::kUnderWay) --jobs_[slot].streams;
    PartPresent(slot, part);
    if (jobs_.holds(slot)) FillStreams(slot);
  }
}

void StandardEngine::On(const TransferFailed& transfer) {
  CRRSIM_CHECK(transfer.failure != FailureCode::kNone, "transfer {} failed without a reason", transfer.transfer);
  TransferLost(wanted_.RowOf(transfer.transfer), transfer.failure);
}

void StandardEngine::TransferLost(Slot row, FailureCode failure) {
  const auto source = wanted_[row].copy->source;
  wanted_.EndTransfer(row);
  // All riders are off before the first of them goes on: it may start the next transfer of this very blob.
  losers_.clear();
  for (const auto& [slot, part] : wanted_[row].wants) {
    auto& job = jobs_[slot];
    if (job.parts[part].state != PartState::kUnderWay) continue;
    job.parts[part].state = PartState::kAbsent;
    job.next_blob = std::min(job.next_blob, part);
    --job.streams;
    losers_.push_back({job.id, slot, JobStep::kTransfer, part});
  }
  CRRSIM_CHECK(!losers_.empty(), "a transfer on which nobody rode");
  for (const auto& loser : losers_) {
    if (!IsLive(loser)) continue;
    if (jobs_[loser.slot].copy->source == source) FailStep(loser.slot, loser.step, loser.part, failure);
    if (IsLive(loser)) FillStreams(loser.slot);
  }
}

// ---- Manifests and the tag ------------------------------------------------------------------------------------------

void StandardEngine::PutIfReady(Slot slot, PartNumber part) {
  auto& job = jobs_[slot];
  auto& manifest = job.parts[part];
  if (job.phase != Phase::kWork || manifest.state != PartState::kAbsent || manifest.needs > 0) return;
  for (const auto need : job.plan.NeedsOf(part)) {
    CRRSIM_CHECK(job.parts[need].state == PartState::kPresent, "job {} would put {} before part {} is there", job.id,
                 ManifestOf(job, part)->digest.text(), need);
  }
  manifest.state = PartState::kUnderWay;
  AskStep(slot, JobStep::kPutManifest, part);
}

void StandardEngine::PartPresent(Slot slot, PartNumber part) {
  auto& job = jobs_[slot];
  auto& known = job.parts[part];
  CRRSIM_CHECK(known.state != PartState::kPresent, "part {} of job {} comes twice", part, job.id);
  known.state = PartState::kPresent;
  known.failures = 0;
  if (job.phase != Phase::kWork) return;
  CRRSIM_CHECK(job.parts_left > 0, "job {} has more parts than its plan", job.id);
  --job.parts_left;
  for (const auto manifest : job.plan.NeededBy(part)) {
    CRRSIM_CHECK(job.parts[manifest].needs > 0, "part {} of job {} needs less than nothing", manifest, job.id);
    if (--job.parts[manifest].needs == 0) PutIfReady(slot, manifest);
  }
  if (job.parts_left == 0) AllPresent(slot);
}

void StandardEngine::AllPresent(Slot slot) {
  auto& job = jobs_[slot];
  CRRSIM_CHECK(job.phase == Phase::kWork && job.streams == 0, "job {} is not done", job.id);
  if (!job.copy->tag) return End(slot, FailureCode::kNone);
  job.phase = Phase::kBind;
  AskStep(slot, JobStep::kBindTag, 0);
}

void StandardEngine::End(Slot slot, FailureCode failure) {
  ReleaseParts(slot, failure);
  auto& job = jobs_[slot];
  CRRSIM_CHECK(failure != FailureCode::kNone || job.parts_left == 0, "job {} is complete with {} parts missing", job.id,
               job.parts_left);
  const auto status = failure == FailureCode::kNone ? ReplicationStatus::kComplete : ReplicationStatus::kFailed;
  actions_->emplace_back(ReportEnded{job.id, std::move(job.copy), status, failure, job.queued_at, job.kind});
  job.manifests.reset();
  job.plan.Clear();
  job.parts.clear();
  const auto pair = queue_.End(job.ticket);
  jobs_.Give(slot);
  StartReady(pair);
}

void StandardEngine::ReleaseParts(Slot slot, FailureCode reason) {
  auto& job = jobs_[slot];
  for (PartNumber part = 0; part < job.parts.size(); ++part) {
    auto& blob = job.parts[part];
    if (blob.wanted == kNoSlot) continue;
    CRRSIM_CHECK(reason != FailureCode::kNone, "job {} is complete and still wants part {}", job.id, part);
    if (blob.state == PartState::kUnderWay) {
      const auto transfer = wanted_[blob.wanted].transfer;
      --job.streams;
      if (reason == FailureCode::kWorkersCrashed && wanted_[blob.wanted].copy->source == job.copy->source)
        heirs_[transfer].push_back(job.id);
      if (wanted_.Alight(blob.wanted)) CancelLeft(transfer, reason);
    }
    wanted_.Leave(std::exchange(blob.wanted, kNoSlot), Want{slot, part});
  }
  CRRSIM_CHECK(job.streams == 0, "job {} ends with {} streams", job.id, job.streams);
}

/// Cancels a transfer on which nobody rides any more.
void StandardEngine::CancelLeft(TransferId transfer, FailureCode reason) {
  CancelTransfer cancel{transfer, reason};
  if (const auto left = heirs_.extract(transfer)) cancel.heirs = std::move(left.mapped());
  actions_->emplace_back(std::move(cancel));
}

// ---- Failures -------------------------------------------------------------------------------------------------------

void StandardEngine::FailStep(Slot slot, JobStep step, PartNumber part, FailureCode failure) {
  auto& job = jobs_[slot];
  const bool has_part = step == JobStep::kTransfer || step == JobStep::kPutManifest;
  auto& failures = has_part ? job.parts.at(part).failures : job.failures[static_cast<std::size_t>(step)];
  CRRSIM_CHECK(
      !has_part || job.parts[part].state == (step == JobStep::kTransfer ? PartState::kAbsent : PartState::kUnderWay),
      "part {} of job {} fails out of turn", part, job.id);
  ++failures;
  auto outcome = failure;
  std::optional<Duration> retry_in;
  if (!backoff_.IsPermanent(failure)) {
    retry_in = backoff_.Draw(failures);
    if (backoff_.IsTooLate(now_ + *retry_in - job.queued_at)) {
      outcome = FailureCode::kRetriesExhausted;
      retry_in.reset();
    }
  }
  std::optional<Digest> content;
  if (has_part) content = job.plan.content()[part].digest;
  actions_->emplace_back(ReportStepFailed{job.id, step, failures, failure, retry_in, content});
  if (!retry_in) return End(slot, outcome);

  const auto retry =
      failure == FailureCode::kContentMissing && (step == JobStep::kPutManifest || step == JobStep::kBindTag)
          ? Retry::kCheckFirst
          : Retry::kSameStep;
  const auto timer = ++last_timer_;
  timers_.Insert(timer, Timer{{job.id, slot, step, part}, now_ + *retry_in, failure});
  if (has_part) {
    auto& one = job.parts[part];
    one.state = PartState::kRetrying;
    one.retry = retry;
    one.timer = timer;
  } else {
    job.retry = retry;
    job.timer = timer;
  }
  actions_->emplace_back(SetTimer{timer, *retry_in});
}

void StandardEngine::On(const TimerFired& fired) {
  const auto* timer = timers_.Find(fired.timer);
  CRRSIM_CHECK(timer != nullptr, "timer {} fires, but was not set or fired before", fired.timer);
  const auto what = timer->step;
  CRRSIM_CHECK(timer->at == now_, "timer {} fires at the wrong instant", fired.timer);
  timers_.Erase(fired.timer);
  if (!IsLive(what)) return;
  const auto& job = jobs_[what.slot];
  if (what.step == JobStep::kTransfer || what.step == JobStep::kPutManifest) {
    // Another job may have brought the blob meanwhile.
    const auto& part = job.parts.at(what.part);
    if (part.state != PartState::kRetrying || part.timer != fired.timer) return;
  } else {
    CRRSIM_CHECK(job.timer == fired.timer, "job {} waits for another timer", job.id);
  }
  RetryStep(what);
}

void StandardEngine::RetryStep(const StepOfJob& what) {
  auto& job = jobs_[what.slot];
  switch (what.step) {
    case JobStep::kAdmit:
    case JobStep::kCheckContent:
    case JobStep::kDelete:
      return AskStep(what.slot, what.step, 0);
    case JobStep::kBindTag:
      if (job.retry == Retry::kCheckFirst) return EnterCheck(what.slot);
      return AskStep(what.slot, what.step, 0);
    case JobStep::kPutManifest:
      return RetryPut(what.slot, what.part);
    case JobStep::kTransfer:
      job.parts[what.part].state = PartState::kAbsent;
      job.next_blob = std::min(job.next_blob, what.part);
      return FillStreams(what.slot);
  }
  CRRSIM_CHECK(false, "unknown step {}", static_cast<int>(what.step));
}

void StandardEngine::RetryPut(Slot slot, PartNumber part) {
  auto& job = jobs_[slot];
  auto& manifest = job.parts[part];
  if (manifest.retry == Retry::kSameStep) {
    manifest.state = PartState::kAbsent;
    return PutIfReady(slot, part);
  }
  manifest.state = PartState::kUnknown;
  // While another check is out, its answer tells of this part as well.
  if (job.phase != Phase::kCheck) EnterCheck(slot);
}

}  // namespace crrsim
