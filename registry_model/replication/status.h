// The replication status of every image, as DescribeImageReplicationStatus gives it: a projection of JobQueued and
// JobEnded.
//
// One entry a destination, kept at the source, whatever the number of tags: the job that was queued last to a
// destination decides, so a new tag on an image that is COMPLETE makes it IN_PROGRESS again, and the end of an older
// job changes nothing. Children that travel with their index have no entry of their own. Entries are kept for ever, the
// image's deletion included, since no text says when ECR forgets them; so there are as many as pairs of an image and a
// destination.
//
//   StatusBoard board;
//   board.OnEvent({now, JobQueued{1, replication}});
//   board.StatusOf({replication.source, replication.repository, replication.digest});  // one entry, IN_PROGRESS
//
// Errors  none: the end of a job that was never queued, which only a broken engine reports, changes nothing.
// Determinism  equal events in equal order give equal boards, byte for byte.
// Source  ecr-replication.md 5.
#pragma once

#include <vector>

#include "registry_model/events.h"
#include "registry_model/repository_numbers.h"
#include "sim/index.h"

namespace crrsim {

struct DestinationStatus {
  RegistryKey destination;
  ReplicationStatus status = ReplicationStatus::kInProgress;
  FailureCode failure = FailureCode::kNone;
  JobId job = 0;  // the one queued last to this destination
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
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
  }
};

class StatusBoard {
 public:
  void OnEvent(const Event& event) { Tell(*this, event); }
  void On(Instant when, const JobQueued& event);
  void On(Instant when, const JobEnded& event);

  /// Order  by the first job to each destination. Empty for an image that was never to be replicated.
  [[nodiscard]] std::vector<DestinationStatus> StatusOf(const SourceImage& image) const;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("sources", self.sources_);
    visit("images", self.images_);
  }

 private:
  struct ImageKey {
    RepositoryNumber source = 0;
    Digest digest;
    friend auto operator<=>(const ImageKey&, const ImageKey&) = default;
    friend bool operator==(const ImageKey&, const ImageKey&) = default;
    [[nodiscard]] std::uint64_t LookupHash() const { return digest.LookupHash() ^ source; }
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("source", self.source);
      visit("digest", self.digest);
    }
  };

  RepositoryNumbers sources_;
  Index<ImageKey, std::vector<DestinationStatus>> images_;
};

}  // namespace crrsim
