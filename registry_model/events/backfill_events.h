// What happens to replication backfills. registry_model/events.h has the rules and the stream.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "registry_model/backfill/backfill.h"
#include "registry_model/names.h"

namespace crrsim {

/// A backfill began (PREPARING) or has another status now. The counts are of its copies, one an image and tag; all are
/// zero until the images are listed.
struct BackfillChanged {
  static constexpr std::string_view kName = "BackfillChanged";
  RegistryKey registry;  // the source
  RegistryKey destination;
  Uuid id;
  BackfillStatus status = BackfillStatus::kPreparing;
  std::uint64_t total = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;

  friend bool operator==(const BackfillChanged&, const BackfillChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("destination", self.destination);
    visit("id", self.id);
    visit("status", self.status);
    visit("total", self.total);
    visit("completed", self.completed);
    visit("failed", self.failed);
  }
};

/// A copy that a backfill was to make was settled without a job: the image was there already (assumption
/// `backfill_present`), or its source has gone.
struct BackfillCopySkipped {
  static constexpr std::string_view kName = "BackfillCopySkipped";
  RegistryKey registry;  // the source
  RegistryKey destination;
  RepositoryName repository;
  Digest digest;
  std::optional<Tag> tag;
  FailureCode failure = FailureCode::kNone;

  friend bool operator==(const BackfillCopySkipped&, const BackfillCopySkipped&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("destination", self.destination);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tag", self.tag);
    visit("failure", self.failure);
  }
};

}  // namespace crrsim
