// What is under way in a world: scheduled things, requests, transfers, scans. Plain data, saved and copied with the
// world.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "registry_model/event_bus/bus_event.h"
#include "registry_model/events/origin.h"
#include "registry_model/names.h"
#include "registry_model/registry/registry.h"
#include "registry_model/replication/engine.h"
#include "sim/event_queue.h"
#include "sim/network_types.h"
#include "sim/units.h"

namespace crrsim {

/// What can be scheduled.
enum class ScheduledKind : std::uint8_t {
  kEngineTimer,         // subject: timer
  kRequestArrives,      // subject: request, at the destination
  kAnswerArrives,       // subject: request, at the source
  kRequestTimesOut,     // subject: request
  kFlowStarts,          // subject: transfer
  kTransferStalls,      // subject: transfer; the watch over one that stands still ends
  kScanEnds,            // subject: scan
  kFaultEnds,           // subject: fault
  kFaultBegins,         // subject: fault
  kDuplicateArrives,    // subject: duplicate, at the destination
  kRestoreEnds,         // subject: restore
  kLifecycleEvaluates,  // subject: lifecycle
  kBackfillListed,      // subject: backfill; its images are listed
  kEventArrives,        // subject: delayed event, at its bus's subscribers
};
/// Whether it is housekeeping, which goes on for ever and which no run waits for.
constexpr bool IsBackground(ScheduledKind kind) { return kind == ScheduledKind::kLifecycleEvaluates; }

/// What the queue holds: small data, never a closure.
struct Scheduled {
  ScheduledKind kind = ScheduledKind::kEngineTimer;
  std::uint64_t subject = 0;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("kind", self.kind);
    visit("subject", self.subject);
  }
};
/// The registries between which a copy goes, by their places: looked up once, when something of it sets out.
struct CopyEnds {
  Registries::Place source = 0;
  Registries::Place destination = 0;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("source", self.source);
    visit("destination", self.destination);
  }
};
/// Where a request is.
enum class RequestPhase : std::uint8_t { kUnderWay, kUnderWayUnheard, kAnswered, kLost };
/// A request that has no outcome yet.
struct PendingRequest {
  Ask ask;
  CopyEnds ends;
  Instant deadline;
  RequestPhase phase =
      RequestPhase::kUnderWay;  // kUnderWayUnheard: the asker has given up, the message has not arrived
  Answer answer;                // once it is on its way back
  bool void_lease = false;      // its job is over: what arrives now is not carried out
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("ask", self.ask);
    visit("ends", self.ends);
    visit("deadline", self.deadline);
    visit("phase", self.phase);
    visit("answer", self.answer);
    visit("voidLease", self.void_lease);
  }
};
/// What a job has out.
struct Leases {
  std::vector<RequestId> requests;        // in no order
  std::vector<std::uint64_t> duplicates;  // in no order
};
/// That a transfer under way stands still. It is watched for how long, whatever holds it.
struct Standstill {
  std::uint64_t cause = 0;  // the fault that holds it; of several, one that held it before, else the first
  Instant since;
  EventId expires;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("cause", self.cause);
    visit("since", self.since);
    visit("expires", self.expires);
  }
};
/// When a transfer stood still last.
struct PastStandstill {
  Instant since;
  Instant until;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("since", self.since);
    visit("until", self.until);
  }
};
/// A transfer that is not settled yet.
struct ActiveTransfer {
  StartTransfer start;
  CopyEnds ends;
  EventId flow_starts;
  ByteCount kept;                     // bytes of it that flowed before `flow` began
  std::optional<FlowId> flow;         // empty until its latency has passed, and while a stall holds it
  std::optional<Digest> damaged;      // what arrived, where it is not what was sent; within one step only
  std::vector<std::uint64_t> stalls;  // the faults of this kind that hold it, in the order in which they took it
  std::optional<Standstill> standstill;
  std::optional<PastStandstill> stood_still;

  /// Whether its latency has passed: it flows, or is held.
  [[nodiscard]] bool is_under_way() const { return flow || !stalls.empty(); }
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("start", self.start);
    visit("ends", self.ends);
    visit("flow", self.flow);
    visit("flowStarts", self.flow_starts);
    visit("kept", self.kept);
    visit("stalls", self.stalls);
    visit("standstill", self.standstill);
    visit("stoodStill", self.stood_still);
  }
};
/// What a transfer brought before its workers crashed: the next one of the same blob goes on from there.
struct PartialKey {
  RegistryKey source;
  RegistryKey destination;
  RepositoryName repository;
  Digest blob;
  friend auto operator<=>(const PartialKey&, const PartialKey&) = default;
  friend bool operator==(const PartialKey&, const PartialKey&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("source", self.source);
    visit("destination", self.destination);
    visit("repository", self.repository);
    visit("blob", self.blob);
  }
};
struct PartialTransfer {
  TransferId transfer = 0;   // which has not been said to have ended
  JobId job = 0;             // that started it, which may have ended long ago
  std::vector<JobId> heirs;  // at least one: jobs that rode on it and have not ended
  ByteCount kept;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("transfer", self.transfer);
    visit("job", self.job);
    visit("heirs", self.heirs);
    visit("kept", self.kept);
  }
};
/// The evaluations of one repository's lifecycle policy.
struct LifecycleRun {
  std::uint64_t number = 0;
  Instant due;  // the next one
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("number", self.number);
    visit("due", self.due);
  }
};
/// An event of a bus that a fault holds back.
struct DelayedEvent {
  BusEvent event;
  std::uint64_t copy = 1;
  Instant arrives_at;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("event", self.event);
    visit("copy", self.copy);
    visit("arrivesAt", self.arrives_at);
  }
};
/// A scan that has begun.
struct RunningScan {
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  Instant started_at;  // by the clock of its region
  EventId ends;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("startedAt", self.started_at);
    visit("ends", self.ends);
  }
};

/// A restore from the archive that has begun.
struct RunningRestore {
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  Origin origin = Origin::kClient;  // who asked for it; a client's restore is replicated like a push
  EventId ends;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("origin", self.origin);
    visit("ends", self.ends);
  }
};

}  // namespace crrsim
