// When a queued job may start: its lane first, then a place among the jobs in flight.
//
// A lane lets one job run at a time, first in, first out; assumption `job_order` says which jobs share one: those of
// one (source, destination, repository, tag), all of one (source, destination), or none. What stands at the head of its
// lane waits for one of the places in flight that each (source, destination) pair has; the job that was queued first
// takes a free place. Different pairs never wait for each other.
//
// Invariants: a pair never has more jobs in flight than places; of a lane only the first job is ever in flight.
// Source  ecr-replication.md 2.2 (no order is promised); assumption `job_order`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry_model/replication/engine.h"
#include "registry_model/replication/slots.h"
#include "sim/index.h"

namespace crrsim {

/// A job's replication, shared by all that concerns it.
using ReplicationPtr = std::shared_ptr<const Replication>;

/// A hash of where an image goes: destination registry and repository.
std::uint64_t HashOfTarget(const Replication& copy);

class JobQueue {
 public:
  /// Requires at least one place, and a known value of `job_order`; a Defect otherwise.
  explicit JobQueue(const EngineOptions& options);

  /// Puts a job at the end of its lane. Requires ascending ids and a slot that no other queued job has.
  void Add(Slot job, JobId id, ReplicationPtr copy);
  /// Lets the next job of this pair start. Returns its slot; nothing when none is ready or no place is free.
  std::optional<Slot> StartNext(const RegistryKey& source, const RegistryKey& destination);
  /// Puts a job that was started before a save in flight again. Requires that it is ready.
  void Restart(Slot job);
  /// A job in flight is over: its place is free and its lane moves on.
  void End(Slot job);

  /// The job ahead of this one in its lane.
  [[nodiscard]] std::optional<Slot> Ahead(Slot job) const;
  /// How many of its lane are ahead of it.
  [[nodiscard]] std::size_t AheadCount(Slot job) const;
  /// Among the jobs that wait for a place of its pair, how many were queued before it. Requires that it waits for one.
  [[nodiscard]] std::size_t ReadyBefore(Slot job) const;
  [[nodiscard]] std::int64_t in_flight(Slot job) const { return pairs_.at(entries_[job].pair).in_flight; }

 private:
  enum class Order : std::uint8_t { kPerTag, kConcurrent, kPerDestination };
  enum class State : std::uint8_t { kBehind, kReady, kInFlight };
  struct Entry {
    JobId id = 0;
    ReplicationPtr copy;
    State state = State::kBehind;
    std::uint32_t pair = 0;
    Slot lane = kNoSlot;  // none: the job shares its lane with nobody
    Slot ahead = kNoSlot;
    Slot behind = kNoSlot;
  };
  struct Lane {
    std::uint64_t hash = 0;
    Slot first = kNoSlot;
    Slot last = kNoSlot;
  };
  struct PairKey {
    RegistryKey source;
    RegistryKey destination;
    friend auto operator<=>(const PairKey&, const PairKey&) = default;
    friend bool operator==(const PairKey&, const PairKey&) = default;
    [[nodiscard]] std::uint64_t LookupHash() const;
  };
  struct Pair {
    std::int64_t in_flight = 0;
    std::vector<std::pair<JobId, Slot>> ready;  // a heap, the lowest id on top
  };

  static Order OrderOf(const EngineOptions& options);
  std::uint32_t PairOf(const RegistryKey& source, const RegistryKey& destination);
  [[nodiscard]] bool SameLane(const Replication& a, const Replication& b) const;
  void JoinLane(Slot job);
  void MakeReady(Slot job);

  Order order_;
  std::int64_t in_flight_max_;
  std::vector<Entry> entries_;  // by the job's slot
  SlotPool<Lane> lanes_;
  SlotTable lanes_by_hash_;
  Index<PairKey, std::uint32_t> pair_numbers_;
  std::vector<Pair> pairs_;
};

}  // namespace crrsim
