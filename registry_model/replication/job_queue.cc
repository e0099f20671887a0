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

std::uint32_t JobQueue::PairOf(const RegistryKey& source, const RegistryKey& destination) {
  const PairKey key{source, destination};
  if (const auto* number = pair_numbers_.Find(key)) return *number;
  const auto number = static_cast<std::uint32_t>(pairs_.size());
  pair_numbers_.Insert(key, number);
  pairs_.emplace_back();
  return number;
}

bool JobQueue::SameLane(const Replication& a, const Replication& b) const {
  if (a.source != b.source || a.destination != b.destination) return false;
  return order_ == Order::kPerDestination || (a.tag == b.tag && a.repository == b.repository);
}

void JobQueue::Add(Slot job, JobId id, ReplicationPtr copy) {
  if (job >= entries_.size()) entries_.resize(job + 1);
  CRRSIM_CHECK(entries_[job].copy == nullptr, "slot {} is queued already", job);
  auto& entry = entries_[job];
  entry = Entry{id, std::move(copy), State::kBehind, 0, kNoSlot, kNoSlot, kNoSlot};
  entry.pair = PairOf(entry.copy->source, entry.copy->destination);
  if (order_ == Order::kPerDestination || (order_ == Order::kPerTag && entry.copy->tag)) JoinLane(job);
  if (entry.ahead == kNoSlot) MakeReady(job);
}

void JobQueue::JoinLane(Slot job) {
  auto& entry = entries_[job];
  auto hash = HashOfPair(entry.copy->source, entry.copy->destination);
  if (order_ == Order::kPerTag) {
    hash = MixHash(MixHash(hash, entry.copy->repository.LookupHash()), entry.copy->tag->LookupHash());
  }
  entry.lane = lanes_by_hash_.Find(
      hash, [&](Slot lane) { return SameLane(*entries_[lanes_[lane].first].copy, *entry.copy); });
  if (entry.lane == kNoSlot) {
    entry.lane = lanes_.Take();
    lanes_[entry.lane] = Lane{hash, job, job};
    lanes_by_hash_.Insert(hash, entry.lane);
    return;
  }
  auto& lane = lanes_[entry.lane];
  CRRSIM_CHECK(entries_[lane.last].id < entry.id, "job {} is queued after job {}", entry.id, entries_[lane.last].id);
  entry.ahead = lane.last;
  entries_[lane.last].behind = job;
  lane.last = job;
}

void JobQueue::MakeReady(Slot job) {
  auto& entry = entries_[job];
  CRRSIM_CHECK(entry.state == State::kBehind && entry.ahead == kNoSlot, "job {} is not first in its lane", entry.id);
  entry.state = State::kReady;
  auto& ready = pairs_[entry.pair].ready;
  ready.emplace_back(entry.id, job);
  std::push_heap(ready.begin(), ready.end(), std::greater<>());
}

std::optional<Slot> JobQueue::StartNext(const RegistryKey& source, const RegistryKey& destination) {
  auto& [in_flight, ready] = pairs_[PairOf(source, destination)];
  CRRSIM_CHECK(in_flight >= 0 && in_flight <= in_flight_max_, "{} of {} jobs in flight", in_flight, in_flight_max_);
  if (ready.empty() || in_flight == in_flight_max_) return std::nullopt;
  std::pop_heap(ready.begin(), ready.end(), std::greater<>());
  const auto job = ready.back().second;
  ready.pop_back();
  CRRSIM_CHECK(entries_[job].state == State::kReady, "job {} is not ready", entries_[job].id);
  entries_[job].state = State::kInFlight;
  ++in_flight;
  return job;
}

void JobQueue::Restart(Slot job) {
  auto& entry = entries_.at(job);
  auto& [in_flight, ready] = pairs_.at(entry.pair);
  CRRSIM_CHECK(entry.state == State::kReady && in_flight < in_flight_max_, "job {} cannot be in flight", entry.id);
  std::erase(ready, std::pair(entry.id, job));
  std::make_heap(ready.begin(), ready.end(), std::greater<>());
  entry.state = State::kInFlight;
  ++in_flight;
}

void JobQueue::End(Slot job) {
  auto& entry = entries_.at(job);
  CRRSIM_CHECK(entry.state == State::kInFlight, "job {} ends without having been in flight", entry.id);
  auto& in_flight = pairs_[entry.pair].in_flight;
  CRRSIM_CHECK(in_flight > 0, "job {} ends, and none is in flight", entry.id);
  --in_flight;
  if (entry.lane != kNoSlot) {
    auto& lane = lanes_[entry.lane];
    CRRSIM_CHECK(lane.first == job && entry.ahead == kNoSlot, "job {} ends before those ahead of it", entry.id);
    if (entry.behind == kNoSlot) {
      lanes_by_hash_.Erase(lane.hash, entry.lane);
      lanes_.Give(entry.lane);
    } else {
      lane.first = entry.behind;
      entries_[entry.behind].ahead = kNoSlot;
      MakeReady(entry.behind);
    }
  }
  entry = Entry{};
}

std::optional<Slot> JobQueue::Ahead(Slot job) const {
  const auto ahead = entries_.at(job).ahead;
  if (ahead == kNoSlot) return std::nullopt;
  return ahead;
}

std::size_t JobQueue::AheadCount(Slot job) const {
  std::size_t count = 0;
  for (auto other = entries_.at(job).ahead; other != kNoSlot; other = entries_[other].ahead) ++count;
  return count;
}

std::size_t JobQueue::ReadyBefore(Slot job) const {
  const auto& entry = entries_.at(job);
  CRRSIM_CHECK(entry.state == State::kReady, "job {} waits for no place", entry.id);
  const auto& ready = pairs_[entry.pair].ready;
  return static_cast<std::size_t>(
      std::count_if(ready.begin(), ready.end(), [&](const auto& other) { return other.first < entry.id; }));
}

}  // namespace crrsim
