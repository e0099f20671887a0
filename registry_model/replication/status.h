// The replication status of every image, as DescribeImageReplicationStatus gives it: a projection of JobQueued and
// JobEnded.
//
// One entry a destination, kept at the source, whatever the number of tags; the newest job to a destination decides.
// Entries are kept for ever (assumption `status_retention` has no other value yet).
//
// Source  ecr-replication.md 5.
#pragma once

#include <optional>
#include <vector>

#include "registry_model/events.h"
#include "sim/index.h"

namespace crrsim {

struct DestinationStatus {
  RegistryKey destination;
  ReplicationStatus status = ReplicationStatus::kInProgress;
  FailureCode failure = FailureCode::kNone;
  JobId job = 0;  // the newest to this destination
  friend bool operator==(const DestinationStatus&, const DestinationStatus&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("destination", self.destination);
    visit("status", self.status);
    visit("failure", self.failure);
    visit("job", self.job);
  }
};

/// An image at its source.
struct SourceImage {
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  friend auto operator<=>(const SourceImage&, const SourceImage&) = default;
  friend bool operator==(const SourceImage&, const SourceImage&) = default;
  [[nodiscard]] std::uint64_t LookupHash() const {
    return digest.LookupHash() ^ repository.LookupHash() ^ registry.region.LookupHash() ^ registry.account.number();
  }
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
  }
};

class StatusBoard {
 public:
  void OnEvent(const Event& event);

  /// Order  by the first job to each destination. Empty for an image that was never to be replicated.
  [[nodiscard]] std::vector<DestinationStatus> StatusOf(const SourceImage& image) const;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("images", self.images_);
  }

 private:
  Index<SourceImage, std::vector<DestinationStatus>> images_;
};

}  // namespace crrsim
