// What faults do to what is under way: links that go down and come back, flows that stop and go on, calls that fail,
// clocks and quotas that change.
#include <algorithm>

#include "registry_model/world/world.h"
#include "sim/overloaded.h"

namespace crrsim {

// ---- Beginning and end ----------------------------------------------------------------------------------------------

FaultNumber World::BeginFault(const std::string& name, FaultKind what, std::optional<Duration> duration) {
  return BeginFaults(name, {std::move(what)}, duration).front();
}

std::vector<FaultNumber> World::BeginFaults(const std::string& name, std::vector<FaultKind> parts,
                                            std::optional<Duration> duration) {
  std::vector<FaultNumber> numbers;
  for (auto& what : parts) {
    const auto first = numbers.empty() ? std::nullopt : std::optional(numbers.front());
    numbers.push_back(faults_.Plan(name, std::move(what), duration, first));
    StartFault(numbers.back());
    RescheduleNetworkWake();
  }
  return numbers;
}

FaultNumber World::PlanFault(Instant when, const std::string& name, FaultKind what, std::optional<Duration> duration) {
  const auto number = faults_.Plan(name, std::move(what), duration);
  Schedule(when, {ScheduledKind::kFaultBegins, number});
  return number;
}

void World::StartFault(FaultNumber number) {
  const auto what = faults_[number].what;
  const auto name = faults_[number].name;
  const auto duration = faults_[number].duration;
  const auto* crash = std::get_if<WorkerCrash>(&what);
  const bool crashed_already = crash != nullptr && faults_.Crashed(crash->region).has_value();
  faults_.Begin(number);
  Emit<FaultBegan>(name, number, TargetOf(what));
  if (!crashed_already) ApplyFault(number, what);
  if (duration) Schedule(now_ + *duration, {ScheduledKind::kFaultEnds, number});
}

void World::EndFault(FaultNumber number) {
  faults_.End(number);
  const auto fault = faults_[number];
  if (std::holds_alternative<Stall>(fault.what)) ResumeStalledBy(number);
  LiftFault(fault.what);
  Emit<FaultEnded>(fault.name, number);
  RescheduleNetworkWake();
}

void World::ApplyFault(FaultNumber number, const FaultKind& what) {
  std::visit(Overloaded{
                 [&](const Partition& partition) {
                   Emit<LinkCut>(partition.from, partition.to);
                   UpdateCut(partition.from, partition.to);
                 },
                 [&](const Outage& outage) { UpdateCuts(outage.region); },
                 [&](const Degradation& one) {
                   UpdateLink(one.from, one.to);
                   if (HoldingUp(one.from, one.to) == number) HitCrossing(one, number);
                 },
                 [&](const LatencySpike& spike) { UpdateLink(spike.from, spike.to); },
                 [&](const Stall&) { StallMatching(number); },
                 [&](const WorkerCrash& crash) { Feed(WorkersCrashed{crash.region}); },
                 [](const auto&) {},
             },
             what);
}

void World::LiftFault(const FaultKind& what) {
  std::visit(Overloaded{
                 [&](const Partition& partition) {
                   UpdateCut(partition.from, partition.to);
                   // Another fault may still cut the same way.
                   if (!faults_.Cutting(partition.from, partition.to)) {
                     Emit<LinkHealed>(partition.from, partition.to);
                   }
                 },
                 [&](const Outage& outage) { UpdateCuts(outage.region); },
                 [&](const Degradation& one) {
                   UpdateLink(one.from, one.to);
                   // Another may take over.
                   if (one.percent < faults_.BandwidthPercent(one.from, one.to)) {
                     HitCrossing(one, HoldingUp(one.from, one.to));
                   }
                 },
                 [&](const LatencySpike& spike) { UpdateLink(spike.from, spike.to); },
                 [&](const WorkerCrash& crash) {
                   if (!faults_.Crashed(crash.region)) Feed(WorkersRestarted{crash.region});
                 },
                 [](const auto&) {},
             },
             what);
}

void World::HitFault(FaultNumber number) {
  faults_.CountHit(number);
  Emit<FaultHit>(faults_[number].name, number);
}

// ---- Links ----------------------------------------------------------------------------------------------------------

void World::UpdateCuts(const RegionName& region) {
  for (const auto& other : regions_) {
    UpdateCut(region, other);
    if (other != region) UpdateCut(other, region);
  }
}

/// Transfers over a link that is cut wait for it; those over one that heals go on.
void World::UpdateCut(const RegionName& from, const RegionName& to) {
  const auto cut = faults_.Cutting(from, to);
  network_.SetLinkState(now_, SiteOf(from), SiteOf(to), cut ? LinkState::kDown : LinkState::kUp);
  const auto under_way = TransfersWhere([&](const ActiveTransfer& transfer) {
    const auto& copy = *transfer.start.replication;
    return transfer.is_under_way() && copy.source.region == from && copy.destination.region == to;
  });
  for (const auto id : under_way) {
    auto* transfer = transfers_.Find(id);
    // What the engine does about one that is lost may end others.
    if (transfer != nullptr) ReviewStandstill(id, *transfer);
  }
}

/// Bandwidth and latency as the faults in force leave them, and new caps for the flows whose round trip this is.
void World::UpdateLink(const RegionName& from, const RegionName& to) {
  const auto site_from = SiteOf(from);
  const auto site_to = SiteOf(to);
  const auto& link = LinkOf(site_from, site_to);
  network_.SetLink(now_, site_from, site_to, {LatencyOf(link), link.jitter, BandwidthOf(link)});
  const auto renew = [&](const LinkConfig& way) {
    if (way.loss == LossRate() && way.window == ByteCount()) return;
    for (const auto id : Crossing(way.from, way.to)) {
      auto& transfer = *transfers_.Find(id);
      PauseFlow(transfer);
      RunFlow(id, transfer);
    }
  };
  renew(link);
  renew(LinkOf(site_to, site_from));
}

BytesPerSecond World::BandwidthOf(const LinkConfig& link) const {
  const auto percent = faults_.BandwidthPercent(link.from, link.to);
  if (percent == 100 || link.bandwidth.unlimited()) return link.bandwidth;
  const auto left = static_cast<Int128>(link.bandwidth.count()) * percent / 100;
  return BytesPerSecond::FromCount(std::max<std::int64_t>(static_cast<std::int64_t>(left), 1));
}

/// The degradation that holds up what crosses a link, if one does: the link is full, and would have more without it.
std::optional<FaultNumber> World::HoldingUp(const RegionName& from, const RegionName& to) const {
  const auto number = faults_.Degrading(from, to);
  if (!number) return std::nullopt;
  const auto& link = LinkOf(SiteOf(from), SiteOf(to));
  if (link.bandwidth.unlimited()) return std::nullopt;
  const auto crossing = Crossing(from, to);
  Int128 rate = 0;
  for (const auto id : crossing) rate += network_.Rate(*transfers_.Find(id)->flow).count();
  // Each rate is rounded down.
  const auto rounded_off = static_cast<Int128>(crossing.size());
  return rate > 0 && rate + rounded_off >= BandwidthOf(link).count() ? number : std::nullopt;
}

void World::HitCrossing(const Degradation& one, const std::optional<FaultNumber>& number) {
  for (std::size_t flows = Crossing(one.from, one.to).size(); flows > 0; --flows) HitFault(number);
}

const LinkConfig& World::LinkOf(SiteId from, SiteId to) const {
  return links_.at(from.value * regions_.size() + to.value);
}

Duration World::LatencyOf(const LinkConfig& link) const {
  return link.latency + faults_.ExtraLatency(link.from, link.to);
}

Duration World::MessageDelay(Registries::Place from, Registries::Place to) {
  const auto site_from = SiteAt(from);
  const auto site_to = SiteAt(to);
  HitFault(faults_.Slowing(regions_[site_from.value], regions_[site_to.value]));
  return network_.DrawMessageDelay(site_from, site_to);
}

BytesPerSecond World::FlowCap(SiteId from, SiteId to) const {
  const auto& link = LinkOf(from, to);
  auto cap = BytesPerSecond::Unlimited();
  if (link.loss == LossRate() && link.window == ByteCount()) return cap;
  const auto round_trip = LatencyOf(link) + LatencyOf(LinkOf(to, from));
  if (link.window != ByteCount()) cap = std::min(cap, WindowThroughput(link.window, round_trip));
  return std::min(cap, MathisThroughput(ByteCount::FromBytes(kEthernetSegmentBytes), round_trip, link.loss));
}

// ---- Flows ----------------------------------------------------------------------------------------------------------

/// Order  ascending ids.
template <class Which>
std::vector<TransferId> World::TransfersWhere(const Which& which) const {
  std::vector<TransferId> found;
  transfers_.ForEachSorted([&](TransferId id, const ActiveTransfer& transfer) {
    if (which(transfer)) found.push_back(id);
  });
  return found;
}

std::vector<TransferId> World::Crossing(const RegionName& from, const RegionName& to) const {
  return TransfersWhere([&](const ActiveTransfer& transfer) {
    const auto& copy = *transfer.start.replication;
    return transfer.flow && copy.source.region == from && copy.destination.region == to;
  });
}

/// Begins, or goes on with, what is left of a transfer.
void World::RunFlow(TransferId id, ActiveTransfer& transfer) {
  const auto& copy = *transfer.start.replication;
  FlowSpec flow;
  flow.from = SiteAt(transfer.ends.source);
  flow.to = SiteAt(transfer.ends.destination);
  flow.size = transfer.start.size - transfer.kept;
  flow.cap = FlowCap(flow.from, flow.to);
  flow.owner = id;
  for (std::uint32_t number = 0; number < limits_.size(); ++number) {
    const auto& limit = limits_[number];
    if (limit.from && *limit.from != copy.source) continue;
    if (limit.to && *limit.to != copy.destination) continue;
    if (copy.repository.text().starts_with(limit.prefix)) flow.limits.Add(LimitId{number});
  }
  transfer.flow = network_.Start(now_, flow);
  ReviewStandstill(id, transfer);
}

void World::PauseFlow(ActiveTransfer& transfer) {
  transfer.kept += network_.Cancel(now_, *transfer.flow);
  transfer.flow.reset();
}

/// A stall sees each transfer once: here those that were under way when it began, later ones as they begin to flow.
void World::StallMatching(FaultNumber number) {
  for (const auto id : TransfersWhere([](const ActiveTransfer& one) { return one.is_under_way(); })) {
    auto& transfer = *transfers_.Find(id);
    if (!faults_.Stalls(number, *transfer.start.replication)) continue;
    if (transfer.flow) PauseFlow(transfer);
    transfer.stalls.push_back(number);
    ReviewStandstill(id, transfer);
  }
}

void World::ResumeStalledBy(FaultNumber number) {
  for (const auto id :
       TransfersWhere([&](const ActiveTransfer& one) { return std::ranges::count(one.stalls, number) > 0; })) {
    auto* transfer = transfers_.Find(id);
    // What the engine does about one that is lost may end others.
    if (transfer == nullptr) continue;
    std::erase(transfer->stalls, number);
    if (transfer->stalls.empty()) {
      RunFlow(id, *transfer);
    } else {
      ReviewStandstill(id, *transfer);
    }
  }
}

// ---- Standing still -------------------------------------------------------------------------------------------------

/// The fault by which a transfer that is under way stands still, if it does. Whichever held it before goes on to count.
std::optional<FaultNumber> World::HolderOf(const ActiveTransfer& transfer) const {
  const auto& from = transfer.start.replication->source.region;
  const auto& to = transfer.start.replication->destination.region;
  if (transfer.standstill) {
    const auto cause = transfer.standstill->cause;
    if (std::ranges::count(transfer.stalls, cause) > 0 || faults_.Cuts(cause, from, to)) return cause;
  }
  if (!transfer.stalls.empty()) return transfer.stalls.front();
  return faults_.Cutting(from, to);
}

/// A standstill is one, whatever holds the transfer first and whatever after that: it lasts until bytes flow again. A
/// fault hits when it begins to hold alone, or first.
void World::ReviewStandstill(TransferId id, ActiveTransfer& transfer) {
  const auto holder = HolderOf(transfer);
  if (!holder) return EndStandstill(transfer);
  if (transfer.standstill && transfer.standstill->cause == *holder) return;
  HitFault(*holder);
  if (transfer.stalls.empty() && assumptions_.Use(Assumption::kCutCopy) == "restart") {
    const auto delivered = StopFlow(transfer);
    EndTransfer(id, ByteCount(), delivered, FailureCode::kConnectionLost);
    return Feed(TransferFailed{id, FailureCode::kConnectionLost});
  }
  if (transfer.standstill) {
    transfer.standstill->cause = *holder;
    return;
  }
  // Nothing flows in no time: what ended at this very instant has not ended.
  const auto& last = transfer.stood_still;
  const auto since = last && last->until == now_ ? last->since : now_;
  const auto expires = Schedule(since + transfer.start.stall_timeout, {ScheduledKind::kTransferStalls, id});
  transfer.standstill = Standstill{*holder, since, expires};
}

void World::EndStandstill(ActiveTransfer& transfer) {
  if (!transfer.standstill) return;
  queue_.Cancel(transfer.standstill->expires);
  transfer.stood_still = PastStandstill{transfer.standstill->since, now_};
  transfer.standstill.reset();
}

// ---- Calls ----------------------------------------------------------------------------------------------------------

namespace {

ApiError ThrottledError() { return {std::string(exception::kThrottling), "Rate exceeded"}; }

}  // namespace

std::optional<ApiError> World::FaultOfCall(const RegistryKey& registry, std::string_view repository,
                                           std::string_view operation) {
  const ApiError server_error{std::string(exception::kServer),
                              "These errors are usually caused by a server-side issue."};
  if (const auto outage = faults_.Down(registry.region)) {
    HitFault(*outage);
    return server_error;
  }
  // A simulated client's call stands for those that a real one makes.
  if (operation == PutParsedImageRequest::kOperation) operation = PutImageRequest::kOperation;
  if (operation == UploadBlobRequest::kOperation) operation = UploadLayerPartRequest::kOperation;
  const auto fault = faults_.Refusing({registry.region, registry.account, repository, operation});
  if (!fault) return std::nullopt;
  HitFault(*fault);
  if (std::get<ApiFault>(faults_[*fault].what).failure == ApiFailure::kServer) return server_error;
  return ThrottledError();
}

ApiError World::Throttled() {
  assumptions_.Use(Assumption::kCallRates);
  return ThrottledError();
}

void World::NoteAnswered(const RegistryKey& registry, const ApiError* error) {
  if (error == nullptr) {
    HitFault(faults_.Skewing(registry.region));
  } else if (error->exception == exception::kLimitExceeded) {
    HitFault(faults_.Limiting(registry));
  }
}

ApiOptions World::OptionsOf(const RegistryKey& registry) const {
  auto options = api_options_;
  if (!faults_.any_in_force()) return options;
  options.repositories_max = faults_.RepositoriesMax(registry, options.repositories_max);
  options.images_max = faults_.ImagesMax(registry, options.images_max);
  return options;
}

}  // namespace crrsim
