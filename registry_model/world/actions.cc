// What the engine wants done, carried out: messages and bytes over the network, timers, reports.
#include <algorithm>

#include "registry_model/replication/match.h"
#include "registry_model/world/world.h"

namespace crrsim {

void World::AcceptPushes() {
  // A push can cause no other push, so the list does not grow meanwhile.
  for (const auto& push : pushes_) {
    const auto& registry = registries_.at(push.registry);
    auto destinations = DestinationsOf(registry.replication, push.repository, assumptions_);
    if (destinations.empty()) continue;
    if (!push.tag && assumptions_.Use(Assumption::kUntaggedPush) == "not-replicated") continue;
    if (!transfers_.empty()) assumptions_.Use(Assumption::kJobOrder);
    const auto* repository = registry.Find(push.repository);
    const auto* image = repository->FindImage(push.digest);
    Feed(ImageAccepted{push.registry, push.repository, ClosureOf(*repository, image->manifest), push.tag,
                       std::move(destinations)});
  }
  pushes_.clear();
}

void World::FeedAll() {
  // Actions can cause further inputs at this instant (a transfer that cannot start); they wait their turn.
  feeding_ = true;
  for (std::size_t next = 0; next < inputs_.size(); ++next) {
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
  const auto from = action.replication->source.region;
  const auto to = action.replication->destination.region;
  const auto id = action.request;
  const auto deadline = now_ + action.timeout;
  if (FindRegistry(action.replication->destination) == nullptr) {
    Feed(Answered{id, Answer{FailureCode::kRegistryNotFound, {}}});
    return;
  }
  auto& request = requests_.Emplace(id).first;
  request.ask = std::move(action);
  request.deadline = deadline;
  if (const auto cut = faults_.Cutting(from, to)) {
    HitFault(*cut);
    request.phase = RequestPhase::kLost;
    Schedule(deadline, {ScheduledKind::kRequestTimesOut, id, 0});
    return;
  }
  const auto arrival = now_ + network_.DrawMessageDelay(SiteOf(from), SiteOf(to));
  Schedule(arrival, {ScheduledKind::kRequestArrives, id, 0});
  if (arrival > deadline) Schedule(deadline, {ScheduledKind::kRequestTimesOut, id, 0});
}

// ---- Transfers ------------------------------------------------------------------------------------------------------

void World::CarryOut(StartTransfer&& action) {
  const auto id = action.transfer;
  const auto& copy = *action.replication;
  const auto* source = registries_.at(copy.source).Find(copy.repository);
  if (source == nullptr || source->blobs.Find(action.blob) == nullptr) {
    Feed(TransferFailed{id, FailureCode::kSourceImageNotFound});
    return;
  }
  Emit(TransferStarted{id, action.job, copy.source, copy.destination, copy.repository, action.blob, action.size});
  const auto delay = network_.DrawMessageDelay(SiteOf(copy.source.region), SiteOf(copy.destination.region));
  const auto flow_starts = Schedule(now_ + delay, {ScheduledKind::kFlowStarts, id, 0});
  auto& transfer = transfers_.Emplace(id).first;
  transfer.flow_starts = flow_starts;
  transfer.start = std::move(action);
}

void World::StartFlow(TransferId id) {
  auto& transfer = *transfers_.Find(id);
  const auto& copy = *transfer.start.replication;
  FlowSpec flow;
  flow.from = SiteOf(copy.source.region);
  flow.to = SiteOf(copy.destination.region);
  flow.size = transfer.start.size;
  flow.owner = id;
  transfer.flow = network_.Start(now_, flow);
  if (const auto cut = faults_.Cutting(copy.source.region, copy.destination.region)) WatchForStall(id, transfer, *cut);
}

void World::CompleteFlows() {
  network_.TakeCompleted(now_, completed_);
  for (const auto& flow : completed_) transfers_.Find(flow.owner)->flow.reset();
  for (const auto& flow : completed_) {
    auto* transfer = transfers_.Find(flow.owner);
    // What the engine does about one arrival may cancel the others of this instant.
    if (transfer == nullptr) continue;
    auto arrived = transfer->start.blob;
    if (const auto fault = faults_.Failing(JobStep::kTransfer, *transfer->start.replication)) {
      HitFault(*fault);
      arrived = Digest::Of(fmt::format("{} damaged by fault {}", arrived.text(), *fault));
      transfer->damaged = arrived;
    }
    Feed(TransferArrived{flow.owner, arrived});
  }
  completed_.clear();
}

void World::WatchForStall(TransferId id, ActiveTransfer& transfer, FaultNumber cause) {
  if (transfer.stalled) return;
  assumptions_.Use(Assumption::kCutCopy);
  transfer.stalled = true;
  ++transfer.stalls;
  HitFault(cause);
  Schedule(now_ + transfer.start.stall_timeout, {ScheduledKind::kTransferStalls, id, transfer.stalls});
}

void World::StallExpired(TransferId id, std::uint64_t stall) {
  auto* transfer = transfers_.Find(id);
  if (transfer == nullptr || !transfer->stalled || transfer->stalls != stall) return;
  const auto delivered = StopFlow(*transfer);
  EndTransfer(id, ByteCount(), delivered, FailureCode::kTimedOut);
  Feed(TransferFailed{id, FailureCode::kTimedOut});
}

ByteCount World::StopFlow(ActiveTransfer& transfer) {
  if (transfer.flow) return network_.Cancel(now_, *transfer.flow);
  if (queue_.Cancel(transfer.flow_starts)) return ByteCount();
  return transfer.start.size;  // all of it arrived at this very instant
}

void World::EndTransfer(TransferId id, ByteCount useful, ByteCount wasted, FailureCode failure) {
  const auto transfer = std::move(*transfers_.Find(id));
  transfers_.Erase(id);
  const auto& copy = *transfer.start.replication;
  Emit(TransferEnded{id, transfer.start.job, copy.source, copy.destination, copy.repository, transfer.start.blob,
                     copy.source.account, useful, wasted, failure});
}

void World::CarryOut(const CancelTransfer& action) {
  auto* transfer = transfers_.Find(action.transfer);
  CRRSIM_CHECK(transfer != nullptr, "transfer {} is cancelled but not under way", action.transfer);
  const auto delivered = StopFlow(*transfer);
  EndTransfer(action.transfer, ByteCount(), delivered, action.reason);
}

void World::CarryOut(const AcceptBlob& action) {
  const auto* transfer = transfers_.Find(action.transfer);
  CRRSIM_CHECK(transfer != nullptr, "transfer {} is accepted but not under way", action.transfer);
  const auto& copy = *transfer->start.replication;
  const auto size = transfer->start.size;
  auto* repository = registries_.at(copy.destination).FindMutable(copy.repository);
  if (repository == nullptr) {
    // Deleted while the bytes were under way: they crossed for nothing, and the put of the manifest will say so.
    return EndTransfer(action.transfer, ByteCount(), size, FailureCode::kRepositoryNotFound);
  }
  // What is stored is what arrived: an engine that accepts damaged bytes has them under their own digest.
  StoreBlob({now_, copy.destination, Origin::kReplication, assumptions_, *this}, *repository,
            transfer->damaged.value_or(transfer->start.blob), size);
  EndTransfer(action.transfer, size, ByteCount(), FailureCode::kNone);
}

void World::CarryOut(const RejectBlob& action) {
  const auto* transfer = transfers_.Find(action.transfer);
  CRRSIM_CHECK(transfer != nullptr, "transfer {} is rejected but not under way", action.transfer);
  EndTransfer(action.transfer, ByteCount(), transfer->start.size, action.reason);
}

// ---- Timers and reports ---------------------------------------------------------------------------------------------

void World::CarryOut(const SetTimer& action) {
  Schedule(now_ + action.delay, {ScheduledKind::kEngineTimer, action.timer, 0});
}

void World::CarryOut(const ReportQueued& action) { Emit(JobQueued{action.job, *action.replication}); }

void World::CarryOut(const ReportStarted& action) { Emit(JobStarted{action.job, *action.replication}); }

void World::CarryOut(const ReportStepFailed& action) {
  std::optional<Instant> retry_at;
  if (action.retry_in) retry_at = now_ + *action.retry_in;
  Emit(StepFailed{action.job, action.step, action.attempt, action.failure, retry_at});
}

void World::CarryOut(const ReportEnded& action) {
  Emit(JobEnded{action.job, *action.replication, action.status, action.failure, action.queued_at});
}

// ---- Faults ---------------------------------------------------------------------------------------------------------

FaultNumber World::BeginFault(const std::string& name, std::variant<Partition, StepFault> what,
                              std::optional<Duration> duration) {
  const auto number = faults_.Begin(name, what);
  Emit(FaultBegan{name, number});
  if (const auto* partition = std::get_if<Partition>(&what)) SetLink(*partition, LinkState::kDown, number);
  if (duration) Schedule(now_ + *duration, {ScheduledKind::kFaultEnds, number, 0});
  RescheduleNetworkWake();
  return number;
}

void World::EndFault(FaultNumber number) {
  faults_.End(number);
  const auto& fault = faults_.all().at(number);
  if (const auto* partition = std::get_if<Partition>(&fault.what)) {
    // Another partition may still cut the same way.
    if (!faults_.Cutting(partition->from, partition->to)) SetLink(*partition, LinkState::kUp, number);
  }
  Emit(FaultEnded{fault.name, number});
  RescheduleNetworkWake();
}

void World::SetLink(const Partition& partition, LinkState state, FaultNumber cause) {
  network_.SetLinkState(now_, SiteOf(partition.from), SiteOf(partition.to), state);
  std::vector<TransferId> crossing;
  transfers_.ForEachSorted([&](TransferId id, const ActiveTransfer& transfer) {
    const auto& copy = *transfer.start.replication;
    if (transfer.flow && copy.source.region == partition.from && copy.destination.region == partition.to) {
      crossing.push_back(id);
    }
  });
  if (state == LinkState::kDown) {
    Emit(LinkCut{partition.from, partition.to});
    for (const auto id : crossing) WatchForStall(id, *transfers_.Find(id), cause);
  } else {
    for (const auto id : crossing) transfers_.Find(id)->stalled = false;
    Emit(LinkHealed{partition.from, partition.to});
  }
}

void World::HitFault(FaultNumber number) {
  faults_.CountHit(number);
  Emit(FaultHit{faults_.all().at(number).name, number});
}

}  // namespace crrsim
