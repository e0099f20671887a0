// What the engine wants done, carried out: messages and bytes over the network, timers, reports.
#include <algorithm>

#include "registry_model/mutants.h"
#include "registry_model/replication/match.h"
#include "registry_model/world/world.h"

namespace crrsim {

void World::AcceptPushes() {
  // A push can cause no other push, so the list does not grow meanwhile.
  for (const auto& push : pushes_) {
    const auto& registry = registries_.at(push.registry);
    auto destinations = DestinationsOf(registry.replication, push.repository, assumptions_);
    if (Mutated(Mutant::kConfigurationOfTheAccount)) destinations = DestinationsOfTheAccount(push);
    if (destinations.empty() || Mutated(Mutant::kPushesAreIgnored)) continue;
    if (!push.tag && assumptions_.Use(Assumption::kUntaggedPush) == "not-replicated") continue;
    if (!transfers_.empty()) assumptions_.Use(Assumption::kJobOrder);
    const auto* repository = registry.Find(push.repository);
    const auto* image = repository->FindImage(push.digest);
    HitFault(faults_.Crashed(push.registry.region));
    if (Mutated(Mutant::kCachedImagesStay) && image->origin == Origin::kPullThroughCache) continue;
    if (Mutated(Mutant::kOneTagADigest) && image->tags.size() > 1) continue;
    auto name = push.repository;
    if (Mutated(Mutant::kRenamedAtDestination)) name = RepositoryName::Parse("copies/" + name.text()).value();
    auto manifests = ClosureOf(*repository, image->manifest);
    if (Mutated(Mutant::kChildrenAreLeftBehind)) manifests = {image->manifest};
    Feed(ImageAccepted{push.registry, std::move(name), std::move(manifests), push.tag, std::move(destinations)});
  }
  pushes_.clear();
}

void World::AcceptDeletions() {
  for (auto& [deleted, manifest] : deletions_) {
    auto destinations =
        DeletionDestinationsOf(registries_.at(deleted.registry).replication, deleted.repository, assumptions_);
    if (destinations.empty() || Mutated(Mutant::kDeletionsAreNotSent)) continue;
    if (Mutated(Mutant::kExpiryStaysAtHome) && deleted.cause == DeletionCause::kLifecycle) continue;
    if (Mutated(Mutant::kLastTagGoesAlone) && deleted.tags.size() == 1) {
      deleted.tag = deleted.tags.front();
      deleted.tags.clear();
    }
    if (deleted.cause == DeletionCause::kRepository &&
        assumptions_.Use(Assumption::kDeleteRepository) == "not-replicated") {
      continue;
    }
    Feed(DeletionAccepted{deleted.registry, deleted.repository, manifest, deleted.tag, std::move(deleted.tags),
                          std::move(destinations)});
  }
  deletions_.clear();
}

void World::FeedAll() {
  // Actions can cause further inputs at this instant (a transfer that cannot start); they wait their turn.
  feeding_ = true;
  for (std::size_t next = 0; next < inputs_.size(); ++next) {
    const auto* accepted = std::get_if<ImageAccepted>(&inputs_[next]);
    queued_for_ = accepted == nullptr ? std::nullopt : accepted->unit;
    engine_->Handle(now_, inputs_[next], actions_);
    for (auto& action : actions_) {
      std::visit([this](auto& one) { CarryOut(std::move(one)); }, action);
    }
    actions_.clear();
  }
  inputs_.clear();
  feeding_ = false;
}

// ---- Messages -------------------------------------------------------------------------------------------------------

void World::CarryOut(Ask&& action) {
  const auto copy = action.replication;
  const auto& from = copy->source.region;
  const auto& to = copy->destination.region;
  const auto id = action.request;
  const auto deadline = now_ + action.timeout;
  const auto ends = EndsOf(*copy);
  if (!ends) {
    Feed(Answered{id, Answer{FailureCode::kRegistryNotFound, {}}});
    return;
  }
  auto& request = requests_.Emplace(id, std::move(action), *ends, deadline).first;
  if (late_messages_) leases_.Emplace(request.ask.job).first.requests.push_back(id);
  auto lost = faults_.Cutting(from, to);
  if (!lost) lost = faults_.Losing(from, to);
  if (lost) {
    HitFault(*lost);
    request.phase = RequestPhase::kLost;
    Schedule(deadline, {ScheduledKind::kRequestTimesOut, id});
    return;
  }
  const auto arrival = now_ + MessageDelay(ends->source, ends->destination);
  if (const auto twice = faults_.Duplicating(from, to)) {
    HitFault(*twice);
    KeepLeases();
    duplicates_.emplace(++duplicates_made_, request.ask);
    leases_.Emplace(request.ask.job).first.duplicates.push_back(duplicates_made_);
    const auto behind = std::get<Duplication>(faults_[*twice].what).behind;
    Schedule(arrival + behind, {ScheduledKind::kDuplicateArrives, duplicates_made_});
  }
  Schedule(arrival, {ScheduledKind::kRequestArrives, id});
  if (arrival > deadline) Schedule(deadline, {ScheduledKind::kRequestTimesOut, id});
}

// ---- Transfers ------------------------------------------------------------------------------------------------------

void World::CarryOut(StartTransfer&& action) {
  const auto id = action.transfer;
  const auto& copy = *action.replication;
  const auto ends = EndsOf(copy);
  CRRSIM_CHECK(ends.has_value(), "transfer {} goes from or to nowhere", id);
  const auto* source = registries_.AtPlace(ends->source).Find(copy.repository);
  if (source == nullptr || source->blobs.Find(action.blob) == nullptr) {
    Feed(TransferFailed{id, FailureCode::kSourceImageNotFound});
    return;
  }
  ByteCount kept;
  if (!partials_.empty()) {
    const auto partial = partials_.find({copy.source, copy.destination, copy.repository, action.blob});
    if (partial != partials_.end()) {
      kept = partial->second.kept;
      EndPartial(partial->first, partial->second, ByteCount());
      partials_.erase(partial);
    }
  }
  Emit<TransferStarted>(id, action.job, copy.source, copy.destination, copy.repository, action.blob, action.size);
  const auto delay = MessageDelay(ends->source, ends->destination);
  const auto flow_starts = Schedule(now_ + delay, {ScheduledKind::kFlowStarts, id});
  transfers_.Emplace(id, std::move(action), *ends, flow_starts, kept);
}

void World::StartFlow(TransferId id) {
  auto& transfer = *transfers_.Find(id);
  const auto& copy = *transfer.start.replication;
  transfer.stalls = faults_.Stalling(copy);
  if (!transfer.stalls.empty()) return ReviewStandstill(id, transfer);
  const auto from = copy.source.region;
  const auto to = copy.destination.region;
  RunFlow(id, transfer);
  HitFault(HoldingUp(from, to));
}

void World::CompleteFlows() {
  network_.TakeCompleted(now_, completed_);
  for (const auto& flow : completed_) transfers_.Find(flow.owner)->flow.reset();
  for (const auto& flow : completed_) {
    auto* transfer = transfers_.Find(flow.owner);
    // What the engine does about one arrival may cancel the others of this instant.
    if (transfer == nullptr) continue;
    const auto& copy = *transfer->start.replication;
    auto arrived = transfer->start.blob;
    ledger_.Prefetch(copy.destination, copy.repository, arrived);
    auto fault = faults_.Failing(JobStep::kTransfer, copy);
    if (!fault) fault = faults_.Damaging(copy, arrived);
    if (fault) {
      HitFault(*fault);
      arrived = Digest::Of(fmt::format("{} damaged by fault {}", arrived.text(), *fault));
      transfer->damaged = arrived;
    }
    Feed(TransferArrived{flow.owner, arrived});
  }
  completed_.clear();
}

void World::StallExpired(TransferId id) {
  auto* transfer = transfers_.Find(id);
  CRRSIM_CHECK(transfer != nullptr, "a transfer that is over was still watched");
  transfer->standstill.reset();
  const auto delivered = StopFlow(*transfer);
  EndTransfer(id, ByteCount(), delivered, FailureCode::kTimedOut);
  Feed(TransferFailed{id, FailureCode::kTimedOut});
}

ByteCount World::StopFlow(ActiveTransfer& transfer) {
  if (transfer.flow) return transfer.kept + network_.Cancel(now_, *transfer.flow);
  if (!transfer.stalls.empty() || queue_.Cancel(transfer.flow_starts)) return transfer.kept;
  return transfer.start.size;  // all of it arrived at this very instant
}

ActiveTransfer World::RemoveTransfer(TransferId id) {
  auto transfer = std::move(*transfers_.Find(id));
  transfers_.Erase(id);
  EndStandstill(transfer);
  return transfer;
}

void World::EndTransfer(TransferId id, ByteCount useful, ByteCount wasted, FailureCode failure) {
  const auto transfer = RemoveTransfer(id);
  const auto& copy = *transfer.start.replication;
  Emit<TransferEnded>(id, transfer.start.job, copy.source, copy.destination, copy.repository, transfer.start.blob,
                      copy.source.account, useful, wasted, failure);
}

void World::CarryOut(const CancelTransfer& action) {
  auto* transfer = transfers_.Find(action.transfer);
  if (transfer == nullptr) {
    // It could not start, and its failure is among the inputs that wait: of a cancelled transfer the engine hears no
    // more.
    const auto unheard = std::erase_if(inputs_, [&](const EngineInput& input) {
      const auto* failed = std::get_if<TransferFailed>(&input);
      return failed != nullptr && failed->transfer == action.transfer;
    });
    CRRSIM_CHECK(unheard == 1, "transfer {} is cancelled but not under way", action.transfer);
    return;
  }
  const auto delivered = StopFlow(*transfer);
  if (action.reason == FailureCode::kWorkersCrashed && assumptions_.Use(Assumption::kCutCopy) == "resume" &&
      !action.heirs.empty()) {
    // Not said to have ended before it is known whether these bytes were for nothing.
    const auto removed = RemoveTransfer(action.transfer);
    const auto& [id, job, replication, blob, size, timeout] = removed.start;
    const PartialKey key{replication->source, replication->destination, replication->repository, blob};
    CRRSIM_CHECK(partials_.emplace(key, PartialTransfer{id, job, action.heirs, delivered}).second,
                 "transfer {} crashed, and so did another of its blob", id);
    return;
  }
  EndTransfer(action.transfer, ByteCount(), delivered, action.reason);
}

void World::EndPartial(const PartialKey& key, const PartialTransfer& partial, ByteCount wasted) {
  Emit<TransferEnded>(partial.transfer, partial.job, key.source, key.destination, key.repository, key.blob,
                      key.source.account, ByteCount(), wasted, FailureCode::kWorkersCrashed);
}

/// The job goes on with none of them any more; what no other job can go on with was for nothing.
void World::DropPartialsOf(JobId job) {
  for (auto partial = partials_.begin(); partial != partials_.end();) {
    if (std::erase(partial->second.heirs, job) == 0 || !partial->second.heirs.empty()) {
      ++partial;
      continue;
    }
    const auto [key, value] = *partial;
    partial = partials_.erase(partial);
    EndPartial(key, value, value.kept);
  }
}

void World::CarryOut(const AcceptBlob& action) {
  const auto* transfer = transfers_.Find(action.transfer);
  CRRSIM_CHECK(transfer != nullptr, "transfer {} is accepted but not under way", action.transfer);
  const auto& copy = *transfer->start.replication;
  const auto size = transfer->start.size;
  auto& destination = registries_.AtPlace(transfer->ends.destination);
  auto* repository = destination.FindMutable(copy.repository);
  if (repository == nullptr) {
    // Deleted while the bytes were under way: they crossed for nothing, and the put of the manifest will say so.
    return EndTransfer(action.transfer, ByteCount(), size, FailureCode::kRepositoryNotFound);
  }
  // What is stored is what arrived: an engine that accepts damaged bytes has them under their own digest.
  StoreBlob(ArrivalAt(destination), *repository, transfer->damaged.value_or(transfer->start.blob), size);
  EndTransfer(action.transfer, size, ByteCount(), FailureCode::kNone);
}

void World::CarryOut(const RejectBlob& action) {
  const auto* transfer = transfers_.Find(action.transfer);
  CRRSIM_CHECK(transfer != nullptr, "transfer {} is rejected but not under way", action.transfer);
  EndTransfer(action.transfer, ByteCount(), transfer->start.size, action.reason);
}

// ---- Timers and reports ---------------------------------------------------------------------------------------------

void World::CarryOut(const SetTimer& action) {
  Schedule(now_ + action.delay, {ScheduledKind::kEngineTimer, action.timer});
}

void World::CarryOut(const ReportQueued& action) {
  if (action.kind == JobKind::kDeletion) return Emit<DeletionQueued>(action.job, *action.replication);
  if (queued_for_) backfills_.TieTo(*queued_for_, action.job);
  Emit<JobQueued>(action.job, *action.replication);
}

void World::CarryOut(const ReportStarted& action) {
  if (action.kind == JobKind::kDeletion) return Emit<DeletionStarted>(action.job, *action.replication);
  Emit<JobStarted>(action.job, *action.replication);
}

void World::CarryOut(const ReportStepFailed& action) {
  std::optional<Instant> retry_at;
  if (action.retry_in) retry_at = now_ + *action.retry_in;
  if (!action.retry_in && action.part) backfills_.NoteFatalPart(action.job, *action.part);
  Emit<StepFailed>(action.job, action.step, action.attempt, action.failure, retry_at);
}

void World::CarryOut(const ReportRequeued& action) {
  KeepLeases();
  HitFault(faults_.Crashed(action.replication->source.region));
  Emit<JobRequeued>(action.job, *action.replication);
}

void World::KeepLeases() {
  if (late_messages_) return;
  late_messages_ = true;
  requests_.ForEachSorted([&](RequestId id, const PendingRequest& request) {
    leases_.Emplace(request.ask.job).first.requests.push_back(id);
  });
  for (const auto& [number, ask] : duplicates_) leases_.Emplace(ask.job).first.duplicates.push_back(number);
}

void World::EraseRequest(RequestId id, JobId job) {
  requests_.Erase(id);
  if (!late_messages_) return;
  // The leases go when the job ends, whether or not it has anything out then.
  if (auto* out = leases_.Find(job)) std::erase(out->requests, id);
}

/// Each request carries the lease of its job. What comes late, or a second time, must not undo what a later job did.
void World::VoidLeasesOf(JobId job) {
  KeepLeases();
  const auto* out = leases_.Find(job);
  if (out == nullptr) return;
  for (const auto id : out->requests) requests_.Find(id)->void_lease = true;
  for (const auto number : out->duplicates) duplicates_.erase(number);
  leases_.Erase(job);
}

void World::CarryOut(const ReportEnded& action) {
  if (late_messages_ || action.failure != FailureCode::kNone) VoidLeasesOf(action.job);
  if (!partials_.empty()) DropPartialsOf(action.job);
  if (action.kind == JobKind::kDeletion) {
    return Emit<DeletionEnded>(action.job, *action.replication, action.status, action.failure, action.queued_at);
  }
  Emit<JobEnded>(action.job, *action.replication, action.status, action.failure, action.queued_at);
  if (const auto unit = backfills_.Untie(action.job)) {
    backfills_.EndUnit(*unit, action.failure);
    GoOnWithBackfill(unit->backfill);
  }
}

}  // namespace crrsim
