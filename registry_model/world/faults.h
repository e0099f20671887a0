// Faults on purpose: what is in force, what it touches, and how often it hit something.
//
// A fault that hit nothing proves nothing, so each says whether it began and counts its hits. This file decides only
// whether a fault applies; the world carries the consequence out (world/fault_effects.cc).
//
// Determinism: what a fault hits by chance is drawn from the streams `fault/hit/loss`, `fault/hit/duplicate` and
// `fault/hit/api`,
// one draw for each message or call that it could hit, so a fault that is not in force draws nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "registry_model/replication/job.h"
#include "sim/random.h"
#include "sim/units.h"

namespace crrsim {

using FaultNumber = std::uint64_t;

/// Nothing passes from one region to another: messages are lost, flows stall and keep what they have.
struct Partition {
  RegionName from;
  RegionName to;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
  }
};

/// A step of a replication job fails at its destination. A failing kTransfer delivers all bytes, but wrong ones.
struct StepFault {
  JobStep step = JobStep::kAdmit;
  FailureCode failure = FailureCode::kInjected;
  std::optional<RegistryKey> destination;    // any when empty
  std::optional<RepositoryName> repository;  // any when empty
  std::int64_t skip = 0;                     // lets this many pass first
  std::optional<std::int64_t> times;         // then fails this many; all when empty
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("step", self.step);
    visit("failure", self.failure);
    visit("destination", self.destination);
    visit("repository", self.repository);
    visit("skip", self.skip);
    visit("times", self.times);
  }
};

/// An account's event bus in one region does not hand over each event once, at once and in order. What happens to which
/// event is drawn from the stream `fault/bus`.
struct BusDisturbance {
  RegistryKey bus;
  std::int64_t lose_percent = 0;       // of all events
  std::int64_t duplicate_percent = 0;  // of those that are not lost: delivered twice
  Duration delay;                      // each delivery comes so much later ...
  Duration reorder;                    // ... and up to this much more, drawn for each by itself, so that some overtake
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("bus", self.bus);
    visit("losePercent", self.lose_percent);
    visit("duplicatePercent", self.duplicate_percent);
    visit("delay", self.delay);
    visit("reorder", self.reorder);
  }
};

/// A region is down: nothing enters, leaves or moves within it, and its endpoint answers every call with
/// ServerException. What is stored there stays.
struct Outage {
  RegionName region;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("region", self.region);
  }
};

/// A link has `percent` of its bandwidth, at least one byte a second. Of several, the least counts. It cannot touch a
/// link without a limit, and hits only transfers that the link then holds up: where the regions' own egress and ingress
/// let less pass, it changes nothing.
struct Degradation {
  RegionName from;
  RegionName to;
  std::int64_t percent = 100;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
    visit("percent", self.percent);
  }
};

/// All that passes takes so much longer, one way. Several add up.
struct LatencySpike {
  RegionName from;
  RegionName to;
  Duration extra;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
    visit("extra", self.extra);
  }
};

/// Requests and answers are lost, each with this probability; bytes in transfer are not (a lossy link slows them, see
/// LinkConfig::loss).
struct MessageLoss {
  RegionName from;
  RegionName to;
  std::int64_t percent = 0;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
    visit("percent", self.percent);
  }
};

/// Requests and answers arrive twice, each with this probability, the second `behind` after its first.
struct Duplication {
  RegionName from;
  RegionName to;
  std::int64_t percent = 0;
  Duration behind;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
    visit("percent", self.percent);
    visit("behind", self.behind);
  }
};

/// Transfers stop where they are while everything else on their way goes on. Of several, each holds what it took until
/// it ends.
struct Stall {
  std::optional<RegistryKey> destination;    // any when empty
  std::optional<RepositoryName> repository;  // any when empty
  std::int64_t skip = 0;                     // lets this many transfers pass first
  std::optional<std::int64_t> times;         // then stalls this many; all when empty
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("destination", self.destination);
    visit("repository", self.repository);
    visit("skip", self.skip);
    visit("times", self.times);
  }
};

/// What an endpoint answers instead of doing what it was asked.
enum class ApiFailure : std::uint8_t {
  kThrottling,  // ThrottlingException, 400
  kServer,      // ServerException, 500
};
/// The operation by which faults name the requests of replication.
inline constexpr std::string_view kReplicateOperation = "ReplicateImage";

/// Calls fail, and so do the requests of copies at their destination (operation ReplicateImage).
struct ApiFault {
  ApiFailure failure = ApiFailure::kThrottling;
  std::optional<RegionName> region;          // each any when empty
  std::optional<AccountId> account;          // whose registry is asked
  std::optional<RepositoryName> repository;  // calls that name none are not hit
  std::string operation;
  std::int64_t percent = 100;         // of those that could be hit
  std::int64_t skip = 0;              // lets this many pass first
  std::optional<std::int64_t> times;  // then fails this many; all when empty
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("failure", self.failure);
    visit("region", self.region);
    visit("account", self.account);
    visit("repository", self.repository);
    visit("operation", self.operation);
    visit("percent", self.percent);
    visit("skip", self.skip);
    visit("times", self.times);
  }
};

/// The replication workers of a region crash, and are back when the fault ends. They lose what they hold in memory
/// (requests, timers, transfers, counts of attempts); jobs are durable and start again. The region's API goes on.
struct WorkerCrash {
  RegionName region;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("region", self.region);
  }
};

/// Blobs are damaged where they are stored: every copy that is read there arrives with another digest.
struct StorageDamage {
  RegistryKey registry;
  RepositoryName repository;
  std::optional<Digest> blob;  // all when empty
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("blob", self.blob);
  }
};

/// A registry can hold no more than this. What is there stays, also where it is more.
struct Quota {
  RegistryKey registry;
  std::optional<std::int64_t> repositories;  // of the registry
  std::optional<std::int64_t> images;        // of each repository
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repositories", self.repositories);
    visit("images", self.images);
  }
};

/// The clocks of a region are wrong: what it stamps (imagePushedAt, createdAt, scans) is off; order is not. Several add
/// up.
struct ClockSkew {
  RegionName region;
  Duration ahead;  // negative: behind
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("region", self.region);
    visit("ahead", self.ahead);
  }
};

using FaultKind = std::variant<Partition, StepFault, Outage, Degradation, LatencySpike, MessageLoss, Duplication, Stall,
                               ApiFault, WorkerCrash, StorageDamage, Quota, ClockSkew, BusDisturbance>;

/// What it touches, for people: `us-west-2 to eu-west-1`.
std::string TargetOf(const FaultKind& what);

struct Fault {
  std::string name;  // as the scenario calls it
  FaultKind what;
  std::optional<Duration> duration;  // of one that is planned: how long, once it begins
  /// The first of those that are one fault together, such as a cut of both ways; its own number where it is alone.
  FaultNumber part_of = 0;
  std::int64_t hits = 0;
  bool began = false;
  bool in_force = false;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("what", self.what);
    visit("duration", self.duration);
    visit("partOf", self.part_of);
    visit("hits", self.hits);
    visit("began", self.began);
    visit("inForce", self.in_force);
  }
};

/// A call or a request, as faults of the API see it.
struct ApiTarget {
  const RegionName& region;
  const AccountId& account;
  std::string_view repository;  // empty for none
  std::string_view operation;
};

/// All faults of a world, by number: in force, over, and planned.
class Faults {
 public:
  explicit Faults(std::uint64_t seed = 0);

  /// Notes a fault that is to begin later, alone or as a part of one that is noted already.
  FaultNumber Plan(std::string name, FaultKind what, std::optional<Duration> duration,
                   std::optional<FaultNumber> part_of = std::nullopt);
  /// Requires that the fault has not begun.
  void Begin(FaultNumber number);
  /// Requires that the fault is in force.
  void End(FaultNumber number);
  void CountHit(FaultNumber number);

  // What is asked at nearly every step: nothing is looked at while no fault is in force.

  // Each the first in force that applies, in the order of their numbers; those with counts or chances take a turn.

  /// Cuts the way: a partition, or an outage at either end.
  [[nodiscard]] std::optional<FaultNumber> Cutting(const RegionName& from, const RegionName& to) const {
    return any_in_force() ? FindCutting(from, to) : std::nullopt;
  }
  /// Makes this step fail.
  std::optional<FaultNumber> Failing(JobStep step, const Replication& replication) {
    return any_in_force() ? FindFailing(step, replication) : std::nullopt;
  }
  std::optional<FaultNumber> Losing(const RegionName& from, const RegionName& to) {
    return any_in_force() ? FindLosing(from, to) : std::nullopt;
  }
  std::optional<FaultNumber> Duplicating(const RegionName& from, const RegionName& to) {
    return any_in_force() ? FindDuplicating(from, to) : std::nullopt;
  }
  /// All stalls that take this transfer; each takes a turn of its own.
  std::vector<FaultNumber> Stalling(const Replication& replication) {
    return any_in_force() ? FindStalling(replication) : std::vector<FaultNumber>();
  }
  /// Whether this one stall takes it. Requires a Stall in force.
  bool Stalls(FaultNumber number, const Replication& replication);
  /// Whether this fault is in force and cuts the way.
  [[nodiscard]] bool Cuts(FaultNumber number, const RegionName& from, const RegionName& to) const;
  std::optional<FaultNumber> Refusing(const ApiTarget& target) {
    return any_in_force() ? FindRefusing(target) : std::nullopt;
  }
  [[nodiscard]] std::optional<FaultNumber> Down(const RegionName& region) const {
    return any_in_force() ? FindDown(region) : std::nullopt;
  }
  [[nodiscard]] std::optional<FaultNumber> Crashed(const RegionName& region) const {
    return any_in_force() ? FindCrashed(region) : std::nullopt;
  }
  [[nodiscard]] std::optional<FaultNumber> Damaging(const Replication& replication, const Digest& blob) const {
    return any_in_force() ? FindDamaging(replication, blob) : std::nullopt;
  }
  /// A spike of the latency; the degradation that leaves the least bandwidth; a quota of a registry; a skew of a
  /// region's clocks.
  [[nodiscard]] std::optional<FaultNumber> Slowing(const RegionName& from, const RegionName& to) const {
    return any_in_force() ? FindSlowing(from, to) : std::nullopt;
  }
  [[nodiscard]] std::optional<FaultNumber> Degrading(const RegionName& from, const RegionName& to) const {
    return any_in_force() ? FindDegrading(from, to) : std::nullopt;
  }
  [[nodiscard]] std::optional<FaultNumber> Limiting(const RegistryKey& registry) const {
    return any_in_force() ? FindLimiting(registry) : std::nullopt;
  }
  [[nodiscard]] std::optional<FaultNumber> Skewing(const RegionName& region) const {
    return any_in_force() ? FindSkewing(region) : std::nullopt;
  }
  [[nodiscard]] std::optional<FaultNumber> Disturbing(const RegistryKey& bus) const {
    return any_in_force() ? FindDisturbing(bus) : std::nullopt;
  }

  // What all in force come to.

  [[nodiscard]] Duration ExtraLatency(const RegionName& from, const RegionName& to) const;
  [[nodiscard]] std::int64_t BandwidthPercent(const RegionName& from, const RegionName& to) const;
  /// The least that they leave; `otherwise` where they say nothing.
  [[nodiscard]] std::int64_t RepositoriesMax(const RegistryKey& registry, std::int64_t otherwise) const;
  [[nodiscard]] std::int64_t ImagesMax(const RegistryKey& registry, std::int64_t otherwise) const;
  [[nodiscard]] Duration ClockAhead(const RegionName& region) const {
    return any_in_force() ? SumClockAhead(region) : Duration();
  }

  [[nodiscard]] const Fault& operator[](FaultNumber number) const { return faults_.at(number); }
  [[nodiscard]] const std::map<FaultNumber, Fault>& all() const { return faults_; }
  [[nodiscard]] bool any_in_force() const { return in_force_ != 0; }

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("faults", self.faults_);
    visit("inForce", self.in_force_);
    visit("loss", self.loss_);
    visit("duplicate", self.duplicate_);
    visit("api", self.api_);
  }

 private:
  [[nodiscard]] std::optional<FaultNumber> FindCutting(const RegionName& from, const RegionName& to) const;
  std::optional<FaultNumber> FindFailing(JobStep step, const Replication& replication);
  std::optional<FaultNumber> FindLosing(const RegionName& from, const RegionName& to);
  std::optional<FaultNumber> FindDuplicating(const RegionName& from, const RegionName& to);
  std::vector<FaultNumber> FindStalling(const Replication& replication);
  std::optional<FaultNumber> FindRefusing(const ApiTarget& target);
  [[nodiscard]] std::optional<FaultNumber> FindDown(const RegionName& region) const;
  [[nodiscard]] std::optional<FaultNumber> FindCrashed(const RegionName& region) const;
  [[nodiscard]] std::optional<FaultNumber> FindDamaging(const Replication& replication, const Digest& blob) const;
  [[nodiscard]] std::optional<FaultNumber> FindSlowing(const RegionName& from, const RegionName& to) const;
  [[nodiscard]] std::optional<FaultNumber> FindDegrading(const RegionName& from, const RegionName& to) const;
  [[nodiscard]] std::optional<FaultNumber> FindLimiting(const RegistryKey& registry) const;
  [[nodiscard]] std::optional<FaultNumber> FindSkewing(const RegionName& region) const;
  [[nodiscard]] std::optional<FaultNumber> FindDisturbing(const RegistryKey& bus) const;
  [[nodiscard]] Duration SumClockAhead(const RegionName& region) const;
  template <class Kind, class Applies>
  [[nodiscard]] std::optional<FaultNumber> FirstOf(const Applies& applies) const;
  template <class Kind, class Visit>
  void ForEach(const Visit& visit) const;
  template <class Kind, class Applies>
  std::optional<FaultNumber> TakeTurn(const Applies& applies);

  std::map<FaultNumber, Fault> faults_;
  std::int64_t in_force_ = 0;  // how many, so that a world without faults asks nothing
  RandomStream loss_;
  RandomStream duplicate_;
  RandomStream api_;
};

}  // namespace crrsim
