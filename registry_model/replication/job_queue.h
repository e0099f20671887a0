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
#include <utility>
#include <vector>

#include "registry_model/replication/engine.h"
#include "registry_model/replication/slots.h"
#include "sim/index.h"

namespace crrsim {

/// The manifests of one push, shared by its jobs: children before their index, the image itself last.
using ManifestList = std::vector<ManifestPtr>;
using ManifestListPtr = std::shared_ptr<const ManifestList>;

/// A job that was queued and has not ended.
struct QueuedJob {
  JobId id = 0;
  Instant queued_at;
  ReplicationPtr copy;
  ManifestListPtr manifests;
};

/// A (source, destination) pair of registries that has had jobs, numbered by its first.
using PairNumber = std::uint32_t;

class JobQueue {
 public:
  /// Requires at least one place, and a known value of `job_order`; a Defect otherwise.
  explicit JobQueue(const EngineOptions& options);

  /// Puts a job at the end of its lane; ids ascend. Returns the number of its pair.
  PairNumber Add(QueuedJob job);
  /// Lets the next job of this pair start. Returns its ticket; nothing when none is ready or no place is free.
  std::optional<Slot> StartNext(PairNumber pair);
  /// A job in flight is over: its place is free and its lane moves on. Returns the number of its pair.
  PairNumber End(Slot ticket);

  /// A job in flight goes back to the jobs that wait for a place; it is still the first of its lane.
  void PutBack(Slot ticket);
  /// All pairs whose jobs come from this region, in the order of their registries.
  [[nodiscard]] std::vector<PairNumber> PairsFrom(const RegionName& region) const;
  [[nodiscard]] const RegistryKey& SourceOf(PairNumber pair) const { return pairs_.at(pair).source; }

  /// The job of a ticket, until its end.
  [[nodiscard]] const QueuedJob& operator[](Slot ticket) const { return entries_[ticket].job; }
  [[nodiscard]] std::size_t size() const { return entries_.taken(); }
  /// Tickets are below this; some may be free.
  [[nodiscard]] Slot places() const { return entries_.places(); }
  /// All tickets, by ascending job id.
  [[nodiscard]] std::vector<Slot> TicketsById() const;
  [[nodiscard]] bool IsInFlight(Slot ticket) const { return entries_[ticket].state == State::kInFlight; }
  /// The job ahead of this one in its lane.
  [[nodiscard]] std::optional<Slot> Ahead(Slot ticket) const;
  /// How many of its lane are ahead of it.
  [[nodiscard]] std::size_t AheadCount(Slot ticket) const;
  /// Among the jobs that wait for a place of its pair, how many were queued before it. Requires that it waits for one.
  [[nodiscard]] std::size_t ReadyBefore(Slot ticket) const;

  /// For loading: adds a job and returns its ticket; Restart puts it in flight again, and requires that it is ready.
  Slot Readd(QueuedJob job);
  void Restart(Slot ticket);

 private:
  enum class Order : std::uint8_t { kPerTag, kConcurrent, kPerDestination };
  enum class State : std::uint8_t { kBehind, kReady, kInFlight };
  struct Entry {
    QueuedJob job;
    State state = State::kBehind;
    PairNumber pair = 0;
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
    RegistryKey source;
    RegistryKey destination;
  };

  static Order OrderOf(const EngineOptions& options);
  PairNumber PairOf(const Replication& copy);
  [[nodiscard]] bool SameLane(const Replication& a, const Replication& b) const;
  void JoinLane(Slot ticket);
  void MakeReady(Slot ticket);

  Order order_;
  std::int64_t in_flight_max_;
  SlotPool<Entry> entries_;
  SlotPool<Lane> lanes_;
  SlotTable lanes_by_hash_;
  Index<PairKey, PairNumber> pair_numbers_;
  std::vector<Pair> pairs_;
};

/// A hash of where an image goes: destination registry and repository.
std::uint64_t HashOfTarget(const Replication& copy);

}  // namespace crrsim
