#include "registry_model/replication/job_queue.h"

#include <algorithm>
#include <functional>

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

bool JobQueue::SameLane(const Replication& a, const Replication& b) const {
  if (a.source != b.source || a.destination != b.destination) return false;
  return order_ == Order::kPerDestination || (a.tag == b.tag && a.repository == b.repository);
}

PairNumber JobQueue::Add(QueuedJob job) { return entries_[Readd(std::move(job))].pair; }

Slot JobQueue::Readd(QueuedJob job) {
  const auto ticket = entries_.Take();
  auto& entry = entries_[ticket];
  entry = Entry{std::move(job), State::kBehind, 0, kNoSlot, kNoSlot, kNoSlot};
  const auto& copy = *entry.job.copy;
  entry.pair = PairOf(copy);
  if (order_ == Order::kPerDestination || (order_ == Order::kPerTag && copy.tag)) JoinLane(ticket);
  if (entry.ahead == kNoSlot) MakeReady(ticket);
  return ticket;
}

void JobQueue::JoinLane(Slot ticket) {
  auto& entry = entries_[ticket];
  const auto& copy = *entry.job.copy;
  auto hash = HashOfPair(copy.source, copy.destination);
  if (order_ == Order::kPerTag) {
    hash = MixHash(MixHash(hash, copy.repository.LookupHash()), copy.tag->LookupHash());
  }
  entry.lane = lanes_by_hash_.FindOrInsert(
      hash, [&](Slot lane) { return SameLane(*entries_[lanes_[lane].first].job.copy, copy); },
      [&] {
        const auto lane = lanes_.Take();
        lanes_[lane] = Lane{hash, ticket, ticket};
        return lane;
      });
  auto& lane = lanes_[entry.lane];
  if (lane.last == ticket) return;
  auto& last = entries_[lane.last];
  CRRSIM_CHECK(last.job.id < entry.job.id, "job {} is queued after job {}", entry.job.id, last.job.id);
  entry.ahead = lane.last;
  last.behind = ticket;
  lane.last = ticket;
}

void JobQueue::MakeReady(Slot ticket) {
  auto& entry = entries_[ticket];
  CRRSIM_CHECK(entry.state == State::kBehind && entry.ahead == kNoSlot, "job {} is not first in its lane",
               entry.job.id);
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
  if (entry.lane != kNoSlot) {
    auto& lane = lanes_[entry.lane];
    CRRSIM_CHECK(lane.first == ticket && entry.ahead == kNoSlot, "job {} ends before those ahead of it", entry.job.id);
    if (entry.behind == kNoSlot) {
      lanes_by_hash_.Erase(lane.hash, entry.lane);
      lanes_.Give(entry.lane);
    } else {
      lane.first = entry.behind;
      entries_[entry.behind].ahead = kNoSlot;
      MakeReady(entry.behind);
    }
  }
  entry.job = QueuedJob{};
  entries_.Give(ticket);
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
  const auto ahead = entries_[ticket].ahead;
  if (ahead == kNoSlot) return std::nullopt;
  return ahead;
}

std::size_t JobQueue::AheadCount(Slot ticket) const {
  std::size_t count = 0;
  for (auto other = entries_[ticket].ahead; other != kNoSlot; other = entries_[other].ahead) ++count;
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
