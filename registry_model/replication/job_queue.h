// When a queued job may start: its turn in every lane first, then a place among the jobs in flight.
//
// In a lane jobs take turns, first in, first out. Assumption `job_order` says which lanes there are:
//
//   per-tag          one for each (source, destination, repository, tag), and one for each (source, destination,
//                    repository, manifest); a copy is alone in its tag's lane and shares those of its manifests with
//                    other copies, a deletion of an image is alone in the lanes of its digest and of the tags that it
//                    had, and shares those of its children, so that an index goes before them
//   per-destination  one for each (source, destination), where each job is alone
//   concurrent       none
//
// A job that is alone in a lane waits for all that were queued there before it; one that shares it waits for those of
// them that are alone. So neither a copy nor a deletion overtakes the other. Manifests have lanes only while there are
// deletions: a world without any does not pay for them.
//
// What has its turn everywhere waits for one of the places in flight that each (source, destination) pair has; the job
// that was queued first takes a free place. Different pairs never wait for each other.
//
// Invariants: a pair never has more jobs in flight than places; a job in flight waits in no lane.
// Source  ecr-replication.md 1.6 (deletions), 2.2 (no order is promised); assumption `job_order`.
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
  ManifestListPtr manifests;  // of a deletion: the one of its image alone
  JobKind kind = JobKind::kCopy;
  std::vector<Tag> tags;  // of the deletion of an image: those that it had
};

/// A (source, destination) pair of registries that has had jobs, numbered by its first.
using PairNumber = std::uint32_t;

class JobQueue {
 public:
  /// Requires at least one place, and a known value of `job_order`; a Defect otherwise.
  explicit JobQueue(const EngineOptions& options);

  /// Puts a job at the end of its lanes; ids ascend. Returns the number of its pair.
  PairNumber Add(QueuedJob job);
  /// Lets the next job of this pair start. Returns its ticket; nothing when none is ready or no place is free.
  std::optional<Slot> StartNext(PairNumber pair);
  /// A job in flight is over: its place is free and its lanes move on. Returns the number of its pair.
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
  /// The job directly ahead of this one in the first lane where it waits.
  [[nodiscard]] std::optional<Slot> Ahead(Slot ticket) const;
  /// How many are ahead of it in the lanes where it waits.
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
    Slot first_stand = kNoSlot;  // in the order in which it took them
    Slot last_stand = kNoSlot;
    std::uint32_t waits = 0;  // in how many lanes it waits for its turn
  };
  enum class LaneKind : std::uint8_t { kPair, kTag, kManifest };
  enum class Mode : std::uint8_t { kAlone, kShared };
  /// A job's place in a lane.
  struct Stand {
    Slot ticket = kNoSlot;
    Slot lane = kNoSlot;
    Slot ahead = kNoSlot;
    Slot behind = kNoSlot;
    Slot next_of_job = kNoSlot;
    std::uint32_t place = 0;  // in the lane of a tag: which of the job's tags, see TagOf
    Mode mode = Mode::kAlone;
    bool has_turn = false;
  };
  struct Lane {
    LaneKind kind = LaneKind::kPair;
    std::uint64_t hash = 0;
    Digest manifest;       // of kManifest
    Slot first = kNoSlot;  // stands
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
  void JoinLanes(Slot ticket);
  void JoinManifestLanes(Slot ticket);
  void JoinTagLane(Slot ticket, std::uint32_t place);
  void JoinManifestLane(Slot ticket, const Digest& manifest, Mode mode);
  template <class IsSame>
  Slot FindOrAddLane(LaneKind kind, std::uint64_t hash, IsSame is_same);
  Slot StandInLane(Slot ticket, Slot lane, Mode mode);
  void LeaveLane(Slot stand);
  void GiveTurn(Slot stand);
  void MakeReady(Slot ticket);
  /// The tag at a place: 0 is that of the replication itself, n the n-th of a deleted image.
  static const Tag& TagOf(const QueuedJob& job, std::uint32_t place);

  Order order_;
  std::int64_t in_flight_max_;
  SlotPool<Entry> entries_;
  SlotPool<Stand> stands_;
  SlotPool<Lane> lanes_;
  SlotTable lanes_by_hash_;
  Index<PairKey, PairNumber> pair_numbers_;
  std::vector<Pair> pairs_;
  bool manifests_have_lanes_ = false;  // since the first deletion, until nothing is queued
};

/// A hash of where an image goes: destination registry and repository.
std::uint64_t HashOfTarget(const Replication& copy);

}  // namespace crrsim
