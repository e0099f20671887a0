// What happens to deletions: those at a source, and the jobs that carry them to destinations. registry_model/events.h
// has the rules and the stream. What is taken off where is said by TagMoved and ManifestRemoved, as everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "registry_model/replication/job.h"
#include "sim/units.h"

namespace crrsim {

/// Why something is deleted.
enum class DeletionCause : std::uint8_t {
  kClient,      // BatchDeleteImage
  kLifecycle,   // a lifecycle policy expired it, or its subject has gone
  kRepository,  // its repository was deleted
};
/// `client`, `lifecycle`, `repository`.
std::string_view NameOf(DeletionCause cause);

/// A tag alone (`tag`), or an image with all its tags (`tags`), is about to go from a registry, and not because
/// replication says so: this is what replication hears. Source  ecr-replication.md 1.6.
struct ImageDeleted {
  static constexpr std::string_view kName = "ImageDeleted";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  std::optional<Tag> tag;
  std::vector<Tag> tags;
  DeletionCause cause = DeletionCause::kClient;

  friend bool operator==(const ImageDeleted&, const ImageDeleted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tag", self.tag);
    visit("tags", self.tags);
    visit("cause", self.cause);
  }
};

/// A deletion waits at its source: of the tag alone, or without one of the image.
struct DeletionQueued {
  static constexpr std::string_view kName = "DeletionQueued";
  JobId job = 0;
  Replication replication;

  friend bool operator==(const DeletionQueued&, const DeletionQueued&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
  }
};

/// A deletion left its queue.
struct DeletionStarted {
  static constexpr std::string_view kName = "DeletionStarted";
  JobId job = 0;
  Replication replication;

  friend bool operator==(const DeletionStarted&, const DeletionStarted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
  }
};

/// Another account's destination answered whether it lets the deletion happen. `action` is the one that it does not
/// allow.
struct DeletionDecided {
  static constexpr std::string_view kName = "DeletionDecided";
  JobId job = 0;
  Replication replication;
  bool allowed = false;
  std::string action;

  friend bool operator==(const DeletionDecided&, const DeletionDecided&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
    visit("allowed", self.allowed);
    visit("action", self.action);
  }
};

/// A deletion is over, for good. It is COMPLETE too where there was nothing to delete.
struct DeletionEnded {
  static constexpr std::string_view kName = "DeletionEnded";
  JobId job = 0;
  Replication replication;
  ReplicationStatus status = ReplicationStatus::kInProgress;
  FailureCode failure = FailureCode::kNone;
  Instant queued_at;

  friend bool operator==(const DeletionEnded&, const DeletionEnded&) = default;
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
