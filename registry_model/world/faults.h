// Faults on purpose: what is in force, what it touches, and how often it hit something.
//
// A fault that hit nothing proves nothing, so each counts its hits. This file decides only whether a fault applies; the
// world carries the consequence out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "registry_model/names.h"
#include "registry_model/replication/job.h"

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

using FaultKind = std::variant<Partition, StepFault, BusDisturbance>;

struct Fault {
  std::string name;  // as the scenario calls it
  FaultKind what;
  std::int64_t hits = 0;
  bool in_force = true;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("what", self.what);
    visit("hits", self.hits);
    visit("inForce", self.in_force);
  }
};

/// All faults that ever began in a world, by number.
class Faults {
 public:
  FaultNumber Begin(std::string name, FaultKind what);
  /// Requires that the fault is in force.
  void End(FaultNumber number);
  void CountHit(FaultNumber number);

  /// The first partition in force that cuts the way, in the order in which they began.
  [[nodiscard]] std::optional<FaultNumber> Cutting(const RegionName& from, const RegionName& to) const;
  /// The first disturbance in force of this bus.
  [[nodiscard]] std::optional<FaultNumber> Disturbing(const RegistryKey& bus) const;
  /// The first fault in force that makes this step fail. Counts the step against `skip` and `times`.
  std::optional<FaultNumber> Failing(JobStep step, const Replication& replication);

  [[nodiscard]] const std::map<FaultNumber, Fault>& all() const { return faults_; }

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("faults", self.faults_);
    visit("inForce", self.in_force_);
  }

 private:
  std::map<FaultNumber, Fault> faults_;
  std::int64_t in_force_ = 0;  // how many, so that a world without faults asks nothing
};

}  // namespace crrsim
