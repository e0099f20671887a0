#include "sim/network_flows.h"

#include <algorithm>
#include <limits>

#include "sim/check.h"

namespace crrsim {

namespace {

constexpr int kRateFractionBits = 20;
constexpr std::int64_t kMaxFiniteRate = std::int64_t{1} << (63 - kRateFractionBits);
/// With no more flows than this, a byte a second gives each of them a quantum.
constexpr std::uint32_t kMaxFlows = 1U << kRateFractionBits;

MaxMin::Rate QuantaOf(BytesPerSecond rate) {
  if (rate.unlimited()) return MaxMin::kUnlimited;
  return static_cast<MaxMin::Rate>(std::min(rate.count(), kMaxFiniteRate)) << kRateFractionBits;
}

}  // namespace

NetworkFlows::NetworkFlows(NetworkClock clock) {
  CRRSIM_CHECK(clock.ticks_per_second > 0 && clock.ticks_per_second <= NetworkClock::kMaxTicksPerSecond,
               "{} ticks per second", clock.ticks_per_second);
  quanta_a_byte_ = clock.ticks_per_second << kRateFractionBits;
  const auto most = (Int128{1} << 125) / quanta_a_byte_;
  max_size_ = static_cast<std::int64_t>(std::min(most, Int128{std::numeric_limits<std::int64_t>::max()}));
}

// Time and rates.

/// Rates hold from now_ to `now`: nothing changes and nothing is complete in between.
void NetworkFlows::AdvanceTo(Instant now) {
  if (started_ && now != now_) {
    CRRSIM_CHECK(now > now_, "the network is at {} already, not {}", now_.unix_nanoseconds(), now.unix_nanoseconds());
    const auto next = NextTick();
    CRRSIM_CHECK(now.unix_nanoseconds() <= next, "completions of {} are not taken at {}", next, now.unix_nanoseconds());
  }
  now_ = now;
  started_ = true;
}

void NetworkFlows::Change() {
  unsettled_ = true;
  ++rate_version_;
}

/// Solves for the rates from now_ on and sets the clocks to them.
void NetworkFlows::Settle() {
  if (!unsettled_) return;
  unsettled_ = false;
  solver_.Solve();
  const auto now = now_.unix_nanoseconds();
  // Paths leave their clocks before the rates change and join others after, so each sees its service at now_ unbroken.
  for (const auto path : solver_.moved_paths()) clocks_.Unhang(path, now);
  for (const auto resource : solver_.changed_resources()) {
    const auto level = solver_.level(resource);
    clocks_.SetRate(ClockOfResource(resource), level == MaxMin::kUnlimited ? 0 : level, now);
  }
  for (const auto path : solver_.moved_paths()) HangPath(path);
  clocks_.Refresh();
}

void NetworkFlows::HangPath(std::uint32_t path) {
  const auto now = now_.unix_nanoseconds();
  const auto bottleneck = solver_.bottleneck(path);
  if (bottleneck == MaxMin::kNothing) return CompleteAll(path);
  if (bottleneck != MaxMin::kOwnCap) return clocks_.Hang(path, ClockOfResource(bottleneck), now);
  clocks_.MakeClock(ClockOfCap(path));
  clocks_.SetRate(ClockOfCap(path), solver_.rate(path), now);
  clocks_.Hang(path, ClockOfCap(path), now);
}

/// Nothing holds the path back. Its going changes no other rate: all its resources are unlimited.
void NetworkFlows::CompleteAll(std::uint32_t path) {
  while (!paths_[path].dues.empty()) {
    const auto slot = paths_[path].dues.top().id;
    TakeDue(slot);
    MarkComplete(slot);
  }
  clocks_.ClearDue(path);
  solver_.SetFlows(path, 0);
  DropPath(path);
}

void NetworkFlows::AddResources(const NetworkTopology& topology) {
  const auto capacities = topology.capacities();
  for (auto resource = solver_.resource_end(); resource < capacities.size(); ++resource) {
    solver_.AddResource(QuantaOf(capacities[resource]));
    clocks_.MakeClock(ClockOfResource(resource));
  }
}

void NetworkFlows::SetCapacity(Instant now, std::uint32_t resource, BytesPerSecond capacity) {
  AdvanceTo(now);
  if (solver_.capacity(resource) == QuantaOf(capacity)) return;
  // What nothing limits is complete there and then, though a limit comes at the same instant; otherwise it would depend
  // on whether anyone asked in between.
  if (solver_.capacity(resource) == MaxMin::kUnlimited) Settle();
  solver_.SetCapacity(resource, QuantaOf(capacity));
  Change();
}

void NetworkFlows::AddToLink(Instant now, SiteId from, SiteId to, std::uint32_t resource) {
  AdvanceTo(now);
  Settle();  // as in SetCapacity: so far the link limited nothing
  for (std::uint32_t path = 0; path < paths_.size(); ++path) {
    if (paths_[path].dues.empty() || paths_[path].kind.from != from || paths_[path].kind.to != to) continue;
    solver_.Extend(path, resource);
    Change();
  }
}

// Paths.

std::uint64_t NetworkFlows::Kind::LookupHash() const {
  // Each step is one to one and spreads its number upwards, which is where Index looks.
  constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15u;
  auto hash = (static_cast<std::uint64_t>(from.value) << 32) | to.value;
  if (!cap.unlimited()) hash = hash * kSpread + static_cast<std::uint64_t>(cap.count());
  for (const auto limit : limits) hash = hash * kSpread + limit.value + 1;
  return hash ^ (hash >> 32);
}

/// The path of flows of this kind: the present one or a new one.
std::uint32_t NetworkFlows::MakePath(const Kind& kind, const NetworkTopology& topology) {
  if (const auto* present = path_of_kind_.Find(kind)) return *present;
  route_.clear();
  topology.AppendRoute(kind.from, kind.to, kind.limits, route_);
  const auto path = solver_.AddPath(route_, QuantaOf(kind.cap));
  if (path >= paths_.size()) paths_.resize(path + 1);
  paths_[path].kind = kind;
  clocks_.MakePath(path);
  clocks_.ResetPath(path);
  path_of_kind_.Insert(kind, path);
  return path;
}

void NetworkFlows::DropPath(std::uint32_t path) {
  clocks_.Unhang(path, now_.unix_nanoseconds());
  solver_.RemovePath(path);
  path_of_kind_.Erase(paths_[path].kind);
}

void NetworkFlows::AddToPath(std::uint32_t slot, std::uint32_t path, Int128 missing) {
  Flow& flow = flows_[slot];
  flow.state = State::kFlowing;
  flow.path = path;
  flow.due = clocks_.ServiceOf(path, now_.unix_nanoseconds()) + missing;
  auto& dues = paths_[path].dues;
  dues.Push(flow.due, slot, [this](std::uint32_t id, std::uint32_t position) { flows_[id].position = position; });
  if (flow.position == 0) clocks_.SetDue(path, flow.due);
  solver_.SetFlows(path, dues.size());
}

void NetworkFlows::TakeDue(std::uint32_t slot) {
  paths_[flows_[slot].path].dues.Remove(
      flows_[slot].position, [this](std::uint32_t id, std::uint32_t position) { flows_[id].position = position; });
}

void NetworkFlows::RemoveFromPath(std::uint32_t slot) {
  const auto path = flows_[slot].path;
  const bool was_first = flows_[slot].position == 0;
  TakeDue(slot);
  const auto& dues = paths_[path].dues;
  solver_.SetFlows(path, dues.size());
  if (dues.empty()) {
    clocks_.ClearDue(path);
    DropPath(path);
  } else if (was_first) {
    clocks_.SetDue(path, dues.top().key);
  }
}

// Flows.

std::uint32_t NetworkFlows::SlotOf(FlowId flow) const {
  CRRSIM_CHECK(IsActive(flow), "flow {} (generation {}) is not under way", flow.slot, flow.generation);
  return flow.slot;
}

bool NetworkFlows::IsActive(FlowId flow) const {
  return flow.slot < flows_.size() && flows_[flow.slot].state != State::kFree &&
         flows_[flow.slot].generation == flow.generation;
}

std::uint32_t NetworkFlows::TakeSlot() {
  if (!free_slots_.empty()) {
    const auto slot = free_slots_.back();
    free_slots_.pop_back();
    return slot;
  }
  CRRSIM_CHECK(flows_.size() < kMaxFlows, "more than {} flows at a time", kMaxFlows);
  flows_.emplace_back();
  return static_cast<std::uint32_t>(flows_.size() - 1);
}

void NetworkFlows::Free(std::uint32_t slot) {
  flows_[slot].state = State::kFree;
  ++flows_[slot].generation;
  free_slots_.push_back(slot);
  --active_;
}

void NetworkFlows::MarkComplete(std::uint32_t slot) {
  flows_[slot].state = State::kComplete;
  flows_[slot].position = static_cast<std::uint32_t>(complete_.size());
  complete_.push_back(slot);
}

void NetworkFlows::UnmarkComplete(std::uint32_t slot) {
  const auto position = flows_[slot].position;
  complete_[position] = complete_.back();
  flows_[complete_[position]].position = position;
  complete_.pop_back();
}

FlowId NetworkFlows::Start(Instant now, const FlowSpec& spec, const NetworkTopology& topology) {
  CRRSIM_CHECK(topology.Knows(spec.from, spec.to, spec.limits), "a flow {} to {} names what the network has not",
               spec.from.value, spec.to.value);
  CRRSIM_CHECK(spec.size.bytes() <= max_size_, "a flow of {} bytes is too long for the clock", spec.size.bytes());
  AdvanceTo(now);
  const auto slot = TakeSlot();
  ++active_;
  flows_[slot].size = spec.size;
  flows_[slot].owner = spec.owner;
  flows_[slot].sequence = next_sequence_++;
  Change();
  if (spec.size == ByteCount()) {
    MarkComplete(slot);
  } else {
    const Kind kind{.from = spec.from, .to = spec.to, .cap = spec.cap, .limits = spec.limits};
    AddToPath(slot, MakePath(kind, topology), ServiceFor(spec.size));
  }
  return {slot, flows_[slot].generation};
}

ByteCount NetworkFlows::Cancel(Instant now, FlowId id) {
  AdvanceTo(now);
  const auto slot = SlotOf(id);
  const Flow& flow = flows_[slot];
  if (flow.state == State::kFlowing && solver_.IsUnlimited(flow.path)) Settle();
  auto delivered = DeliveredAt(flow, now);
  if (delivered == flow.size && delivered > ByteCount()) delivered -= Bytes(1);
  if (flow.state == State::kComplete) {
    UnmarkComplete(slot);
  } else {
    RemoveFromPath(slot);
  }
  Free(slot);
  Change();
  return delivered;
}

std::int64_t NetworkFlows::NextTick() {
  Settle();
  const auto now = now_.unix_nanoseconds();
  return complete_.empty() ? std::max(now, clocks_.NextTick()) : now;
}

void NetworkFlows::TakeCompleted(Instant now, std::vector<CompletedFlow>& completed) {
  AdvanceTo(now);
  Settle();
  done_.swap(complete_);
  for (auto path = clocks_.FindDue(now.unix_nanoseconds()); path != ServiceClocks::kNoPath;
       path = clocks_.FindDue(now.unix_nanoseconds())) {
    done_.push_back(paths_[path].dues.top().id);
    RemoveFromPath(done_.back());
  }
  if (done_.empty()) return;
  const auto started_before = [this](std::uint32_t a, std::uint32_t b) {
    return flows_[a].sequence < flows_[b].sequence;
  };
  // No two starts have one sequence number: a total order.
  if (done_.size() > 1) std::sort(done_.begin(), done_.end(), started_before);
  for (const auto slot : done_) {
    const Flow& flow = flows_[slot];
    completed.push_back({.id = {slot, flow.generation}, .owner = flow.owner, .size = flow.size});
    Free(slot);
  }
  done_.clear();
  Change();
}

// Asking.

Int128 NetworkFlows::ServiceFor(ByteCount bytes) const { return static_cast<Int128>(bytes.bytes()) * quanta_a_byte_; }

/// What is still to flow, 0 if nothing.
Int128 NetworkFlows::MissingAt(const Flow& flow, Instant now) const {
  if (flow.state == State::kComplete) return 0;
  return std::max(Int128{0}, flow.due - clocks_.ServiceOf(flow.path, now.unix_nanoseconds()));
}

ByteCount NetworkFlows::DeliveredAt(const Flow& flow, Instant now) const {
  const auto served = ServiceFor(flow.size) - MissingAt(flow, now);
  return Bytes(static_cast<std::int64_t>(served / quanta_a_byte_));
}

ByteCount NetworkFlows::Delivered(Instant now, FlowId flow) {
  CRRSIM_CHECK(now >= now_);
  Settle();
  return DeliveredAt(flows_[SlotOf(flow)], now);
}

BytesPerSecond NetworkFlows::Rate(FlowId id) {
  Settle();
  const Flow& flow = flows_[SlotOf(id)];
  if (flow.state == State::kComplete) return BytesPerSecond::Unlimited();
  return BytesPerSecond::FromCount(static_cast<std::int64_t>(solver_.rate(flow.path) >> kRateFractionBits));
}

std::optional<Instant> NetworkFlows::WhenDelivered(FlowId id, ByteCount bytes) {
  Settle();
  const Flow& flow = flows_[SlotOf(id)];
  CRRSIM_CHECK(bytes <= flow.size, "{} of a flow of {} bytes", bytes.bytes(), flow.size.bytes());
  if (flow.state == State::kComplete) return now_;
  const auto service = flow.due - ServiceFor(flow.size - bytes);
  const auto tick = clocks_.WhenServed(flow.path, service, now_.unix_nanoseconds());
  if (tick == ServiceClocks::kNever) return std::nullopt;
  return Instant::FromUnixNanoseconds(tick);
}

// Saving.

void NetworkFlows::AddToHash(Instant now, StateHash& hash) {
  Settle();
  for (const Flow& flow : flows_) {
    if (flow.state == State::kFree) continue;
    Writer writer;
    PutFlow(writer, flow, now);
    hash.Add(HashBytes(writer.bytes()));
  }
}

/// What the flow is and has still to do, whatever its handle and its past.
void NetworkFlows::PutFlow(Writer& writer, const Flow& flow, Instant now) const {
  writer.Put(flow.state);
  writer.Put(flow.size);
  writer.Put(flow.owner);
  if (flow.state == State::kComplete) return;
  writer.Put(paths_[flow.path].kind);
  writer.Put(MissingAt(flow, now));
}

void NetworkFlows::Encode(Writer& writer) {
  Settle();
  writer.Put(now_);
  writer.Put(started_);
  writer.Put(rate_version_);
  writer.Put(next_sequence_);
  writer.Put(free_slots_);
  writer.Put(static_cast<std::uint64_t>(flows_.size()));
  for (const Flow& flow : flows_) {
    writer.Put(flow.generation);
    if (flow.state == State::kFree) {
      writer.Put(flow.state);
      continue;
    }
    PutFlow(writer, flow, now_);
    writer.Put(flow.sequence);
  }
}

NetworkFlows NetworkFlows::Decode(Reader& reader, NetworkClock clock, const NetworkTopology& topology) {
  NetworkFlows flows(clock);
  flows.AddResources(topology);
  flows.now_ = reader.Get<Instant>();
  flows.started_ = reader.Get<bool>();
  flows.rate_version_ = reader.Get<std::uint64_t>();
  flows.next_sequence_ = reader.Get<std::uint64_t>();
  flows.free_slots_ = reader.Get<std::vector<std::uint32_t>>();
  const auto slots = reader.Get<std::uint64_t>();
  if (slots > kMaxFlows) throw ArchiveError("a network has too many flows");
  for (std::uint32_t slot = 0; slot < slots; ++slot) flows.GetFlow(reader, topology);
  std::vector<bool> listed(flows.flows_.size());
  for (const auto slot : flows.free_slots_) {
    if (slot >= listed.size() || listed[slot] || flows.flows_[slot].state != State::kFree) {
      throw ArchiveError("a network's free flow is none");
    }
    listed[slot] = true;
  }
  if (flows.free_slots_.size() + flows.active_ != slots) throw ArchiveError("a network's flow is lost");
  flows.unsettled_ = true;  // the rates follow from what was read
  flows.Settle();
  return flows;
}

void NetworkFlows::GetFlow(Reader& reader, const NetworkTopology& topology) {
  const auto slot = static_cast<std::uint32_t>(flows_.size());
  Flow& flow = flows_.emplace_back();
  flow.generation = reader.Get<std::uint32_t>();
  if (flow.generation == 0) throw ArchiveError("a network's flow has no generation");
  const auto state = reader.Get<State>();
  if (state == State::kFree) return;
  flow.size = reader.Get<ByteCount>();
  flow.owner = reader.Get<std::uint64_t>();
  ++active_;
  if (state == State::kComplete) {
    MarkComplete(slot);
  } else {
    const auto kind = reader.Get<Kind>();
    const auto missing = reader.Get<Int128>();
    const bool sound = state == State::kFlowing && kind.limits.Sound() &&
                       topology.Knows(kind.from, kind.to, kind.limits) && flow.size.bytes() <= max_size_ &&
                       missing >= 0 && missing <= ServiceFor(flow.size);
    if (!sound) throw ArchiveError("a network's flow is none");
    AddToPath(slot, MakePath(kind, topology), missing);
  }
  flow.sequence = reader.Get<std::uint64_t>();
}

}  // namespace crrsim
