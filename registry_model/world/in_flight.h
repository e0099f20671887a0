// What is under way in a world: scheduled things, requests, transfers, scans. Plain data, saved and copied with the
// world.
#pragma once

#include <cstdint>
#include <optional>

#include "registry_model/names.h"
#include "registry_model/replication/engine.h"
#include "sim/event_queue.h"
#include "sim/network_types.h"
#include "sim/units.h"

namespace crrsim {

/// What can be scheduled.
enum class ScheduledKind : std::uint8_t {
  kEngineTimer,      // subject: timer
  kRequestArrives,   // subject: request, at the destination
  kAnswerArrives,    // subject: request, at the source
  kRequestTimesOut,  // subject: request
  kFlowStarts,       // subject: transfer
  kTransferStalls,   // subject: transfer; version: its stall
  kNetworkWakes,     // a flow completes
  kScanEnds,         // subject: scan
  kFaultEnds,        // subject: fault
};
/// What the queue holds: small data, never a closure.
struct Scheduled {
  ScheduledKind kind = ScheduledKind::kEngineTimer;
  std::uint64_t subject = 0;
  std::uint64_t version = 0;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("kind", self.kind);
    visit("subject", self.subject);
    visit("version", self.version);
  }
};
/// Where a request is.
enum class RequestPhase : std::uint8_t { kUnderWay, kUnderWayUnheard, kAnswered, kLost };
/// A request that has no outcome yet.
struct PendingRequest {
  Ask ask;
  Instant deadline;
  RequestPhase phase =
      RequestPhase::kUnderWay;  // kUnderWayUnheard: the asker has given up, the message has not arrived
  Answer answer;                // once it is on its way back
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("ask", self.ask);
    visit("deadline", self.deadline);
    visit("phase", self.phase);
    visit("answer", self.answer);
  }
};
/// A transfer that is not settled yet.
struct ActiveTransfer {
  StartTransfer start;
  std::optional<FlowId> flow;     // empty until its latency has passed
  std::optional<Digest> damaged;  // what arrived, where it is not what was sent; within one step only
  EventId flow_starts;
  std::uint64_t stalls = 0;  // how often it has begun to stall
  bool stalled = false;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("start", self.start);
    visit("flow", self.flow);
    visit("flowStarts", self.flow_starts);
    visit("stalls", self.stalls);
    visit("stalled", self.stalled);
  }
};
/// A scan that has begun.
struct RunningScan {
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
  }
};

}  // namespace crrsim
