// What happens to replication jobs and their transfers. registry_model/events.h has the rules and the stream.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "registry_model/replication/job.h"
#include "sim/units.h"

namespace crrsim {

/// A replication job waits at its source.
struct JobQueued {
  static constexpr std::string_view kName = "JobQueued";
  JobId job = 0;
  Replication replication;

  friend bool operator==(const JobQueued&, const JobQueued&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
  }
};

/// A job left its queue.
struct JobStarted {
  static constexpr std::string_view kName = "JobStarted";
  JobId job = 0;
  Replication replication;

  friend bool operator==(const JobStarted&, const JobStarted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
  }
};

/// A job that had left its queue is back in it: the workers of its source region crashed. It will start again.
struct JobRequeued {
  static constexpr std::string_view kName = "JobRequeued";
  JobId job = 0;
  Replication replication;

  friend bool operator==(const JobRequeued&, const JobRequeued&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
  }
};

/// The destination answered whether the copy may enter. `action` is the deciding action when refused.
struct PermissionDecided {
  static constexpr std::string_view kName = "PermissionDecided";
  JobId job = 0;
  Replication replication;
  bool allowed = false;
  std::string action;

  friend bool operator==(const PermissionDecided&, const PermissionDecided&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
    visit("allowed", self.allowed);
    visit("action", self.action);
  }
};

/// A step of a job failed. `retry_at` is empty when it is not tried again; `attempt` counts from 1.
struct StepFailed {
  static constexpr std::string_view kName = "StepFailed";
  JobId job = 0;
  JobStep step = JobStep::kAdmit;
  std::uint64_t attempt = 0;
  FailureCode failure = FailureCode::kNone;
  std::optional<Instant> retry_at;

  friend bool operator==(const StepFailed&, const StepFailed&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("step", self.step);
    visit("attempt", self.attempt);
    visit("failure", self.failure);
    visit("retry_at", self.retry_at);
  }
};

/// Bytes of one blob begin to flow towards a destination repository.
struct TransferStarted {
  static constexpr std::string_view kName = "TransferStarted";
  TransferId transfer = 0;
  JobId job = 0;
  RegistryKey source;
  RegistryKey destination;
  RepositoryName repository;
  Digest blob;
  ByteCount size;

  friend bool operator==(const TransferStarted&, const TransferStarted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("transfer", self.transfer);
    visit("job", self.job);
    visit("source", self.source);
    visit("destination", self.destination);
    visit("repository", self.repository);
    visit("blob", self.blob);
    visit("size", self.size);
  }
};

/// A transfer is over: `useful` bytes were accepted at the destination, `wasted` bytes crossed for nothing. One of them
/// is zero. `payer` is the account that the traffic is charged to. Source  ecr-replication.md 7 (4).
struct TransferEnded {
  static constexpr std::string_view kName = "TransferEnded";
  TransferId transfer = 0;
  JobId job = 0;
  RegistryKey source;
  RegistryKey destination;
  RepositoryName repository;
  Digest blob;
  AccountId payer;
  ByteCount useful;
  ByteCount wasted;
  FailureCode failure = FailureCode::kNone;

  friend bool operator==(const TransferEnded&, const TransferEnded&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("transfer", self.transfer);
    visit("job", self.job);
    visit("source", self.source);
    visit("destination", self.destination);
    visit("repository", self.repository);
    visit("blob", self.blob);
    visit("payer", self.payer);
    visit("useful", self.useful);
    visit("wasted", self.wasted);
    visit("failure", self.failure);
  }
};

/// A job is over, for good.
struct JobEnded {
  static constexpr std::string_view kName = "JobEnded";
  JobId job = 0;
  Replication replication;
  ReplicationStatus status = ReplicationStatus::kInProgress;
  FailureCode failure = FailureCode::kNone;
  Instant queued_at;

  friend bool operator==(const JobEnded&, const JobEnded&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
    visit("status", self.status);
    visit("failure", self.failure);
    visit("queued_at", self.queued_at);
  }
};

}  // namespace crrsim
