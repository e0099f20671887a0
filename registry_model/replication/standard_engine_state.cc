// The standard engine as a value: saving, loading, hashing.
//
// What follows from other state is not saved but built again: lanes and places from the jobs in their order, streams
// and what is left from the states of the parts.
#include <algorithm>
#include <memory>

#include "registry_model/replication/standard_engine.h"
#include "sim/check.h"

namespace crrsim {

namespace {

template <class Enum>
Enum GetUpTo(Reader& reader, Enum last) {
  const auto value = reader.Get<std::uint64_t>();
  if (value > static_cast<std::uint64_t>(last)) throw ArchiveError("an enumeration has an unknown value");
  return static_cast<Enum>(value);
}

ReplicationPtr GetCopy(Reader& reader) {
  auto copy = reader.Get<ReplicationPtr>();
  if (copy == nullptr) throw ArchiveError("a job does not say what it copies");
  return copy;
}

}  // namespace

/// The slots of jobs in flight, by ticket; kNoSlot for those that wait.
std::vector<Slot> StandardEngine::SlotsByTicket() const {
  std::vector<Slot> slots(queue_.places(), kNoSlot);
  for (Slot slot = 0; slot < jobs_.places(); ++slot) {
    if (jobs_.holds(slot)) slots[jobs_[slot].ticket] = slot;
  }
  return slots;
}

// ---- Saving ---------------------------------------------------------------------------------------------------------

void StandardEngine::Save(Writer& writer) const {
  CRRSIM_CHECK(actions_ == nullptr, "an engine is saved between inputs, not within one");
  writer.Put(options_);
  writer.Put(backoff_.stream());
  writer.Put(last_job_);
  writer.Put(last_request_);
  writer.Put(last_transfer_);
  writer.Put(last_timer_);
  writer.Put(down_);
  const auto slots = SlotsByTicket();
  std::vector<Slot> in_flight;
  writer.Put(queue_.size());
  for (const auto ticket : queue_.TicketsById()) {
    const auto& queued = queue_[ticket];
    writer.Put(queued.id);
    writer.Put(queued.queued_at);
    writer.Put(queued.copy);
    writer.Put(*queued.manifests);
    writer.Put(queued.kind);
    writer.Put(queued.tags);
    writer.Put(slots[ticket] != kNoSlot);
    if (slots[ticket] == kNoSlot) continue;
    SaveJob(writer, jobs_[slots[ticket]]);
    in_flight.push_back(slots[ticket]);
  }
  SaveWanted(writer, in_flight);

  const auto put_step = [&](const StepOfJob& step) {
    writer.Put(step.job);
    writer.Put(step.step);
    writer.Put(step.part);
  };
  writer.Put(requests_.size());
  requests_.ForEachSorted([&](RequestId id, const StepOfJob& step) {
    writer.Put(id);
    put_step(step);
  });
  writer.Put(timers_.size());
  timers_.ForEachSorted([&](TimerId id, const Timer& timer) {
    writer.Put(id);
    put_step(timer.step);
    writer.Put(timer.at);
    writer.Put(timer.failure);
  });
}

void StandardEngine::SaveJob(Writer& writer, const Job& job) const {
  writer.Put(job.phase);
  writer.Put(job.retry);
  writer.Put(job.timer);
  writer.Put(job.failures);
  for (const auto& part : job.parts) {
    writer.Put(part.state);
    writer.Put(part.retry);
    writer.Put(part.failures);
    writer.Put(part.timer);
  }
}

void StandardEngine::SaveWanted(Writer& writer, const std::vector<Slot>& slots) const {
  writer.Put(wanted_.size());
  std::vector<std::uint8_t> is_saved(wanted_.places(), 0);
  for (const auto slot : slots) {
    for (const auto& part : jobs_[slot].parts) {
      if (part.wanted == kNoSlot || is_saved[part.wanted] != 0) continue;
      is_saved[part.wanted] = 1;
      const auto& row = wanted_[part.wanted];
      writer.Put(row.wants.size());
      for (const auto& want : row.wants) {
        writer.Put(jobs_[want.job].id);
        writer.Put(want.part);
      }
      writer.Put(row.transfer);
      if (row.transfer == 0) continue;
      writer.Put(row.started_by);
      writer.Put(row.copy);
    }
  }
}

// ---- Loading --------------------------------------------------------------------------------------------------------

void StandardEngine::Load(Reader& reader) {
  try {
    StandardEngine loaded(reader.Get<EngineOptions>());
    loaded.LoadAll(reader);
    *this = std::move(loaded);
  } catch (const Defect& defect) {
    // What a check finds wrong while loading is wrong in the bytes.
    throw ArchiveError(defect.what());
  }
}

void StandardEngine::LoadAll(Reader& reader) {
  backoff_.set_stream(reader.Get<RandomStream>());
  last_job_ = reader.Get<JobId>();
  last_request_ = reader.Get<RequestId>();
  last_transfer_ = reader.Get<TransferId>();
  last_timer_ = reader.Get<TimerId>();
  down_ = reader.Get<std::vector<RegionName>>();
  Index<JobId, Slot> slots;
  JobId last = 0;
  for (auto count = reader.Get<std::uint64_t>(); count > 0; --count) last = LoadJob(reader, last, slots);
  for (auto count = reader.Get<std::uint64_t>(); count > 0; --count) LoadWanted(reader, slots);

  const auto get_step = [&] {
    StepOfJob step;
    step.job = reader.Get<JobId>();
    if (const auto* slot = slots.Find(step.job)) step.slot = *slot;
    step.step = GetUpTo(reader, JobStep::kDelete);
    step.part = reader.Get<PartNumber>();
    return step;
  };
  for (auto count = reader.Get<std::uint64_t>(); count > 0; --count) {
    const auto id = reader.Get<RequestId>();
    CRRSIM_CHECK(id <= last_request_ && requests_.Find(id) == nullptr, "request {} comes twice or too early", id);
    requests_.Insert(id, get_step());
  }
  for (auto count = reader.Get<std::uint64_t>(); count > 0; --count) {
    const auto id = reader.Get<TimerId>();
    CRRSIM_CHECK(id <= last_timer_ && timers_.Find(id) == nullptr, "timer {} comes twice or too early", id);
    const auto step = get_step();
    const auto at = reader.Get<Instant>();
    timers_.Insert(id, Timer{step, at, GetUpTo(reader, FailureCode::kQuotaExceeded)});
  }
  CheckLoaded();
}

JobId StandardEngine::LoadJob(Reader& reader, JobId after, Index<JobId, Slot>& slots) {
  QueuedJob queued;
  queued.id = reader.Get<JobId>();
  queued.queued_at = reader.Get<Instant>();
  queued.copy = GetCopy(reader);
  queued.manifests = std::make_shared<const ManifestList>(reader.Get<ManifestList>());
  queued.kind = GetUpTo(reader, JobKind::kDeletion);
  queued.tags = reader.Get<std::vector<Tag>>();
  for (const auto& manifest : *queued.manifests)
    CRRSIM_CHECK(manifest != nullptr, "job {} lacks a manifest", queued.id);
  CRRSIM_CHECK(!queued.manifests->empty() && queued.manifests->back()->digest == queued.copy->digest,
               "job {} is about another image", queued.id);
  CRRSIM_CHECK(queued.id > after && queued.id <= last_job_, "job {} is out of order", queued.id);
  const auto id = queued.id;
  const auto ticket = queue_.Readd(std::move(queued));
  if (!reader.Get<bool>()) return id;

  queue_.Restart(ticket);
  const auto slot = TakeSlot(ticket);
  auto& job = jobs_[slot];
  slots.Insert(job.id, slot);
  job.phase = GetUpTo(reader, Phase::kDelete);
  CRRSIM_CHECK((job.phase == Phase::kDelete) == (job.kind == JobKind::kDeletion), "job {} is in another's phase",
               job.id);
  job.retry = GetUpTo(reader, Retry::kCheckFirst);
  job.timer = reader.Get<TimerId>();
  job.failures = reader.Get<decltype(job.failures)>();
  for (PartNumber number = 0; number < job.parts.size(); ++number) {
    auto& part = job.parts[number];
    part.state = GetUpTo(reader, PartState::kPresent);
    part.retry = GetUpTo(reader, Retry::kCheckFirst);
    part.failures = reader.Get<std::uint32_t>();
    part.timer = reader.Get<TimerId>();
    if (number < job.plan.blob_count() && part.state == PartState::kUnderWay) ++job.streams;
  }
  CountNeeds(job);
  return id;
}

void StandardEngine::LoadWanted(Reader& reader, const Index<JobId, Slot>& slots) {
  auto row = kNoSlot;
  std::vector<Want> riders;
  for (auto count = reader.Get<std::uint64_t>(); count > 0; --count) {
    const auto* slot = slots.Find(reader.Get<JobId>());
    const auto number = reader.Get<PartNumber>();
    CRRSIM_CHECK(slot != nullptr, "a job that is not there wants a blob");
    auto& job = jobs_[*slot];
    CRRSIM_CHECK(number < job.parts.size() && number < job.plan.blob_count() && job.parts[number].wanted == kNoSlot,
                 "job {} cannot want part {}", job.id, number);
    const auto joined = wanted_.Join(job.copy, job.target, job.plan.content()[number].digest, Want{*slot, number});
    CRRSIM_CHECK(row == kNoSlot || row == joined, "two blobs share a row");
    row = joined;
    job.parts[number].wanted = row;
    if (job.parts[number].state == PartState::kUnderWay) riders.push_back({*slot, number});
  }
  const auto transfer = reader.Get<TransferId>();
  CRRSIM_CHECK(row != kNoSlot && (transfer == 0) == riders.empty() && transfer <= last_transfer_,
               "transfer {} has {} riders", transfer, riders.size());
  if (transfer == 0) return;
  const auto started_by = reader.Get<JobId>();
  wanted_.StartTransfer(row, transfer, started_by, GetCopy(reader));
  for (std::size_t rider = 1; rider < riders.size(); ++rider) wanted_.Ride(row);
}

void StandardEngine::CheckLoaded() const {
  for (Slot slot = 0; slot < jobs_.places(); ++slot) {
    const auto& job = jobs_[slot];  // no slot of a loaded engine is free yet
    for (PartNumber number = 0; number < job.parts.size(); ++number) {
      const auto& part = job.parts[number];
      const bool should_want =
          number < job.plan.blob_count() && job.phase != Phase::kAdmit && part.state != PartState::kPresent;
      CRRSIM_CHECK((part.wanted != kNoSlot) == should_want, "part {} of job {} is wanted wrongly", number, job.id);
      const auto* timer = timers_.Find(part.timer);
      CRRSIM_CHECK(part.state != PartState::kRetrying || timer != nullptr, "part {} of job {} has no timer", number,
                   job.id);
    }
    CRRSIM_CHECK(job.timer == 0 || timers_.Find(job.timer) != nullptr, "job {} has no timer", job.id);
    CRRSIM_CHECK(job.streams <= options_.transfers_per_job_max, "job {} has {} streams", job.id, job.streams);
  }
  const auto check_step = [this](const StepOfJob& step) {
    if (!IsLive(step)) return;
    const auto& job = jobs_[step.slot];
    const bool has_part = step.step == JobStep::kTransfer || step.step == JobStep::kPutManifest;
    CRRSIM_CHECK(!has_part || step.part < job.parts.size(), "job {} has no part {}", job.id, step.part);
  };
  requests_.ForEachSorted([&](RequestId, const StepOfJob& step) { check_step(step); });
  timers_.ForEachSorted([&](TimerId, const Timer& timer) { check_step(timer.step); });
}

// ---- Hashing --------------------------------------------------------------------------------------------------------

void StandardEngine::AddTo(StateHash& hash, Instant now) const {
  hash.Add(HashOf(backoff_.stream()));
  hash.Add(HashOf(down_));
  for (const auto ticket : queue_.TicketsById()) {
    if (!queue_.IsInFlight(ticket)) AddQueuedTo(hash, ticket, now);
  }
  for (Slot slot = 0; slot < jobs_.places(); ++slot) {
    if (jobs_.holds(slot)) AddJobTo(hash, slot, now);
  }
  for (Slot row = 0; row < wanted_.places(); ++row) {
    if (!wanted_.holds(row)) continue;
    const auto& wanted = wanted_[row];
    Writer writer;
    writer.PutText("wanted");
    writer.Put(wanted.blob);
    writer.Put(wanted.transfer != 0);
    if (wanted.transfer != 0) writer.Put(wanted.copy->source);
    for (const auto& want : wanted.wants) {
      writer.Put(*jobs_[want.job].copy);
      writer.Put(want.part);
    }
    hash.Add(HashBytes(writer.bytes()));
  }
}

void StandardEngine::AddQueuedTo(StateHash& hash, Slot ticket, Instant now) const {
  const auto ahead = queue_.AheadCount(ticket);
  Writer writer;
  writer.PutText("queued");
  writer.Put(queue_[ticket].kind);
  writer.Put(queue_[ticket].tags);
  writer.Put(*queue_[ticket].copy);
  writer.Put(now - queue_[ticket].queued_at);
  writer.Put(ahead);
  if (ahead == 0) writer.Put(queue_.ReadyBefore(ticket));
  hash.Add(HashBytes(writer.bytes()));
}

void StandardEngine::AddJobTo(StateHash& hash, Slot slot, Instant now) const {
  const auto& job = jobs_[slot];
  const auto remaining = [&](TimerId timer) { return timers_.Find(timer)->at - now; };
  Writer writer;
  writer.PutText("job");
  writer.Put(job.kind);
  writer.Put(queue_[job.ticket].tags);
  writer.Put(*job.copy);
  writer.Put(job.phase);
  writer.Put(now - job.queued_at);
  writer.Put(job.failures);
  writer.Put(job.timer != 0);
  if (job.timer != 0) {
    writer.Put(job.retry);
    writer.Put(remaining(job.timer));
  }
  for (const auto& part : job.parts) {
    writer.Put(part.state);
    writer.Put(part.failures);
    if (part.state != PartState::kRetrying) continue;
    writer.Put(part.retry);
    writer.Put(remaining(part.timer));
  }
  hash.Add(HashBytes(writer.bytes()));
}

}  // namespace crrsim
