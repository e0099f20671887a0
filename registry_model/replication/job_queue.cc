#include "registry_model/replication/job_queue.h"

#include <algorithm>
#include <functional>
#include <set>

#include "sim/check.h"

namespace crrsim {

namespace {

std::uint64_t HashOfRegistry(const RegistryKey& registry) {
  return MixHash(registry.account.LookupHash(), registry.region.LookupHash());
}

std::uint64_t HashOfPair(const RegistryKey& source, const RegistryKey& destination) {
  return MixHash(HashOfRegistry(source), HashOfRegistry(destination));
}

}  // namespace

std::uint64_t HashOfTarget(const Replication& copy) {
  return MixHash(HashOfRegistry(copy.destination), copy.repository.LookupHash());
}

std::uint64_t JobQueue::PairKey::LookupHash() const { return HashOfPair(source, destination); }

JobQueue::JobQueue(const EngineOptions& options)
    : order_(OrderOf(options)), in_flight_max_(options.jobs_in_flight_max) {
  CRRSIM_CHECK(in_flight_max_ >= 1, "{} jobs in flight", in_flight_max_);
}

JobQueue::Order JobQueue::OrderOf(const EngineOptions& options) {
  if (options.job_order == "per-tag") return Order::kPerTag;
  if (options.job_order == "concurrent") return Order::kConcurrent;
  CRRSIM_CHECK(options.job_order == "per-destination", "job_order is '{}'", options.job_order);
  return Order::kPerDestination;
}

// ---- Coming ---------------------------------------------------------------------------------------------------------

PairNumber JobQueue::PairOf(const Replication& copy) {
  const auto [number, is_new] =
      pair_numbers_.Emplace(PairKey{copy.source, copy.destination}, static_cast<PairNumber>(pairs_.size()));
  if (is_new) pairs_.push_back({0, {}, copy.source, copy.destination});
  return number;
}

PairNumber JobQueue::Add(QueuedJob job) { return entries_[Readd(std::move(job))].pair; }

Slot JobQueue::Readd(QueuedJob job) {
  const auto ticket = entries_.Take();
  auto& entry = entries_[ticket];
  entry = Entry{std::move(job), State::kBehind, 0, kNoSlot, kNoSlot, 0};
  entry.pair = PairOf(*entry.job.copy);
  JoinLanes(ticket);
  if (entries_[ticket].waits == 0) MakeReady(ticket);
  return ticket;
}

// ---- Lanes ----------------------------------------------------------------------------------------------------------

const Tag& JobQueue::TagOf(const QueuedJob& job, std::uint32_t place) {
  return place == 0 ? *job.copy->tag : job.tags.at(place - 1);
}

void JobQueue::JoinLanes(Slot ticket) {
  if (order_ == Order::kConcurrent) return;
  const auto& job = entries_[ticket].job;
  if (order_ == Order::kPerDestination) {
    const auto lane = FindOrAddLane(
        LaneKind::kPair, HashOfPair(job.copy->source, job.copy->destination), [&](const Lane&, const QueuedJob& first) {
          return first.copy->source == job.copy->source && first.copy->destination == job.copy->destination;
        });
    StandInLane(ticket, lane, Mode::kAlone);
    return;
  }
  if (job.kind == JobKind::kDeletion && !manifests_have_lanes_) {
    manifests_have_lanes_ = true;
    for (const auto earlier : TicketsById()) {
      if (earlier != ticket) JoinManifestLanes(earlier);
    }
  }
  if (job.copy->tag) JoinTagLane(ticket, 0);
  for (std::uint32_t place = 1; place <= job.tags.size(); ++place) JoinTagLane(ticket, place);
  if (manifests_have_lanes_) JoinManifestLanes(ticket);
}

void JobQueue::JoinManifestLanes(Slot ticket) {
  const auto& job = entries_[ticket].job;
  if (job.kind == JobKind::kCopy) {
    for (const auto& manifest : *job.manifests) JoinManifestLane(ticket, manifest->digest, Mode::kShared);
    return;
  }
  if (job.copy->tag) return;  // a tag alone concerns no manifest
  JoinManifestLane(ticket, job.copy->digest, Mode::kAlone);
  std::set<Digest> children;
  for (const auto& child : job.manifests->back()->children) {
    if (children.insert(child.digest).second) JoinManifestLane(ticket, child.digest, Mode::kShared);
  }
}

void JobQueue::JoinTagLane(Slot ticket, std::uint32_t place) {
  const auto& copy = *entries_[ticket].job.copy;
  const auto& tag = TagOf(entries_[ticket].job, place);
  const auto hash =
      MixHash(MixHash(HashOfPair(copy.source, copy.destination), copy.repository.LookupHash()), tag.LookupHash());
  const auto lane = FindOrAddLane(LaneKind::kTag, hash, [&](const Lane& candidate, const QueuedJob& first) {
    const auto& other = *first.copy;
    return other.source == copy.source && other.destination == copy.destination &&
           TagOf(first, stands_[candidate.first].place) == tag && other.repository == copy.repository;
  });
  stands_[StandInLane(ticket, lane, Mode::kAlone)].place = place;
}

void JobQueue::JoinManifestLane(Slot ticket, const Digest& manifest, Mode mode) {
  const auto& copy = *entries_[ticket].job.copy;
  const auto hash =
      MixHash(MixHash(HashOfPair(copy.source, copy.destination), copy.repository.LookupHash()), manifest.LookupHash());
  const auto lane = FindOrAddLane(LaneKind::kManifest, hash, [&](const Lane& candidate, const QueuedJob& first) {
    const auto& other = *first.copy;
    return candidate.manifest == manifest && other.source == copy.source && other.destination == copy.destination &&
           other.repository == copy.repository;
  });
  lanes_[lane].manifest = manifest;
  StandInLane(ticket, lane, mode);
}

/// `is_same` is asked about lanes of this kind, with the first job of each.
template <class IsSame>
Slot JobQueue::FindOrAddLane(LaneKind kind, std::uint64_t hash, IsSame is_same) {
  return lanes_by_hash_.FindOrInsert(
      hash,
      [&](Slot lane) {
        const auto& candidate = lanes_[lane];
        return candidate.kind == kind && is_same(candidate, entries_[stands_[candidate.first].ticket].job);
      },
      [&] {
        const auto lane = lanes_.Take();
        lanes_[lane] = Lane{kind, hash, Digest(), kNoSlot, kNoSlot};
        return lane;
      });
}

Slot JobQueue::StandInLane(Slot ticket, Slot lane_slot, Mode mode) {
  const auto slot = stands_.Take();
  auto& lane = lanes_[lane_slot];
  stands_[slot] = Stand{ticket, lane_slot, lane.last, kNoSlot, kNoSlot, 0, mode, false};
  auto& entry = entries_[ticket];
  (entry.first_stand == kNoSlot ? entry.first_stand : stands_[entry.last_stand].next_of_job) = slot;
  entry.last_stand = slot;
  ++entry.waits;
  if (lane.last == kNoSlot) {
    lane.first = lane.last = slot;
    GiveTurn(slot);
    return slot;
  }
  auto& last = stands_[lane.last];
  CRRSIM_CHECK(entries_[last.ticket].job.id < entry.job.id, "job {} is queued after job {}", entry.job.id,
               entries_[last.ticket].job.id);
  last.behind = slot;
  lane.last = slot;
  if (mode == Mode::kShared && last.mode == Mode::kShared && last.has_turn) GiveTurn(slot);
  return slot;
}

void JobQueue::GiveTurn(Slot slot) {
  auto& stand = stands_[slot];
  auto& entry = entries_[stand.ticket];
  CRRSIM_CHECK(!stand.has_turn && entry.waits > 0, "job {} has its turn twice", entry.job.id);
  stand.has_turn = true;
  --entry.waits;
}

void JobQueue::LeaveLane(Slot slot) {
  const auto stand = stands_[slot];
  auto& lane = lanes_[stand.lane];
  CRRSIM_CHECK(stand.has_turn, "job {} ends before those ahead of it", entries_[stand.ticket].job.id);
  (stand.ahead == kNoSlot ? lane.first : stands_[stand.ahead].behind) = stand.behind;
  (stand.behind == kNoSlot ? lane.last : stands_[stand.behind].ahead) = stand.ahead;
  stands_.Give(slot);
  if (lane.first == kNoSlot) {
    lanes_by_hash_.Erase(lane.hash, stand.lane);
    lanes_.Give(stand.lane);
    return;
  }
  // Only where the first has gone can one that waits have its turn, and those that share with it.
  if (stand.ahead != kNoSlot) return;
  for (auto next = lane.first; next != kNoSlot && !stands_[next].has_turn; next = stands_[next].behind) {
    if (next != lane.first && stands_[next].mode == Mode::kAlone) return;
    GiveTurn(next);
    if (entries_[stands_[next].ticket].waits == 0) MakeReady(stands_[next].ticket);
    if (stands_[next].mode == Mode::kAlone) return;
  }
}

void JobQueue::MakeReady(Slot ticket) {
  auto& entry = entries_[ticket];
  CRRSIM_CHECK(entry.state == State::kBehind && entry.waits == 0, "job {} waits in {} lanes", entry.job.id,
               entry.waits);
  entry.state = State::kReady;
  auto& ready = pairs_[entry.pair].ready;
  ready.emplace_back(entry.job.id, ticket);
  std::push_heap(ready.begin(), ready.end(), std::greater<>());
}

// ---- Going ----------------------------------------------------------------------------------------------------------

std::optional<Slot> JobQueue::StartNext(PairNumber pair) {
  auto& [in_flight, ready, source, destination] = pairs_.at(pair);
  CRRSIM_CHECK(in_flight >= 0 && in_flight <= in_flight_max_, "{} of {} jobs in flight", in_flight, in_flight_max_);
  if (ready.empty() || in_flight == in_flight_max_) return std::nullopt;
  std::pop_heap(ready.begin(), ready.end(), std::greater<>());
  const auto ticket = ready.back().second;
  ready.pop_back();
  auto& entry = entries_[ticket];
  CRRSIM_CHECK(entry.state == State::kReady, "job {} is not ready", entry.job.id);
  entry.state = State::kInFlight;
  ++in_flight;
  return ticket;
}

void JobQueue::Restart(Slot ticket) {
  auto& entry = entries_[ticket];
  auto& [in_flight, ready, source, destination] = pairs_.at(entry.pair);
  CRRSIM_CHECK(entry.state == State::kReady && in_flight < in_flight_max_, "job {} cannot be in flight", entry.job.id);
  std::erase(ready, std::pair(entry.job.id, ticket));
  std::make_heap(ready.begin(), ready.end(), std::greater<>());
  entry.state = State::kInFlight;
  ++in_flight;
}

void JobQueue::PutBack(Slot ticket) {
  auto& entry = entries_[ticket];
  CRRSIM_CHECK(entry.state == State::kInFlight, "job {} is put back without having been in flight", entry.job.id);
  --pairs_[entry.pair].in_flight;
  entry.state = State::kBehind;
  MakeReady(ticket);
}

std::vector<PairNumber> JobQueue::PairsFrom(const RegionName& region) const {
  std::vector<PairNumber> numbers;
  for (PairNumber pair = 0; pair < pairs_.size(); ++pair) {
    if (pairs_[pair].source.region == region) numbers.push_back(pair);
  }
  // Numbers depend on history; registries do not. A pair is there once: a total order.
  std::sort(numbers.begin(), numbers.end(), [this](PairNumber a, PairNumber b) {
    return std::pair(pairs_[a].source, pairs_[a].destination) < std::pair(pairs_[b].source, pairs_[b].destination);
  });
  return numbers;
}

PairNumber JobQueue::End(Slot ticket) {
  auto& entry = entries_[ticket];
  CRRSIM_CHECK(entry.state == State::kInFlight, "job {} ends without having been in flight", entry.job.id);
  const auto pair = entry.pair;
  auto& in_flight = pairs_[pair].in_flight;
  CRRSIM_CHECK(in_flight > 0, "job {} ends, and none is in flight", entry.job.id);
  --in_flight;
  for (auto stand = entry.first_stand; stand != kNoSlot;) {
    const auto next = stands_[stand].next_of_job;
    LeaveLane(stand);
    stand = next;
  }
  entry.job = QueuedJob{};
  entries_.Give(ticket);
  if (entries_.taken() == 0) manifests_have_lanes_ = false;
  return pair;
}

// ---- Looking --------------------------------------------------------------------------------------------------------

std::vector<Slot> JobQueue::TicketsById() const {
  std::vector<Slot> tickets;
  tickets.reserve(entries_.taken());
  for (Slot ticket = 0; ticket < entries_.places(); ++ticket) {
    if (entries_.holds(ticket)) tickets.push_back(ticket);
  }
  // Job ids are unique: a total order.
  std::sort(tickets.begin(), tickets.end(), [this](Slot a, Slot b) { return entries_[a].job.id < entries_[b].job.id; });
  return tickets;
}

std::optional<Slot> JobQueue::Ahead(Slot ticket) const {
  for (auto stand = entries_[ticket].first_stand; stand != kNoSlot; stand = stands_[stand].next_of_job) {
    if (!stands_[stand].has_turn) return stands_[stands_[stand].ahead].ticket;
  }
  return std::nullopt;
}

std::size_t JobQueue::AheadCount(Slot ticket) const {
  std::size_t count = 0;
  for (auto stand = entries_[ticket].first_stand; stand != kNoSlot; stand = stands_[stand].next_of_job) {
    if (stands_[stand].has_turn) continue;
    for (auto other = stands_[stand].ahead; other != kNoSlot; other = stands_[other].ahead) ++count;
  }
  return count;
}

std::size_t JobQueue::ReadyBefore(Slot ticket) const {
  const auto& entry = entries_[ticket];
  CRRSIM_CHECK(entry.state == State::kReady, "job {} waits for no place", entry.job.id);
  const auto& ready = pairs_[entry.pair].ready;
  return static_cast<std::size_t>(
      std::count_if(ready.begin(), ready.end(), [&](const auto& other) { return other.first < entry.job.id; }));
}

}  // namespace crrsim
