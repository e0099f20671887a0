// The words of replication: what a job is, which steps it goes through, how it can end.
//
// One job brings one (manifest digest, tag or none) to one destination registry, or takes it off there. Repository
// name, digest and tag are the same on both sides.
//
// Source  ecr-replication.md 1.6 (deletions), 1.7 (unit of work), 2.3 (names), 5 (status).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "registry_model/names.h"
#include "registry_model/oci/digest.h"

namespace crrsim {

/// Numbers given by a world in the order of creation, from 1. They are names for people and checkers, never memory
/// positions.
using JobId = std::uint64_t;
using TransferId = std::uint64_t;

struct Replication {
  RegistryKey source;
  RegistryKey destination;
  RepositoryName repository;
  Digest digest;
  std::optional<Tag> tag;

  friend auto operator<=>(const Replication&, const Replication&) = default;
  friend bool operator==(const Replication&, const Replication&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("source", self.source);
    visit("destination", self.destination);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tag", self.tag);
  }
  /// For shared storage in archives: its canonical bytes.
  [[nodiscard]] std::string ShareKey() const;
};

/// Everything that concerns one job shares one.
using ReplicationPtr = std::shared_ptr<const Replication>;

/// What a job does at its destination.
enum class JobKind : std::uint8_t {
  kCopy,      // the image arrives, and its tag is bound
  kDeletion,  // the tag is taken off; without a tag, the image with all its tags
};

/// The steps of a job in their order. A copy takes all but the last, a deletion only the last. Each may fail and be
/// tried again; the later ones may send it back to kCheckContent.
enum class JobStep : std::uint8_t {
  kAdmit,         // permission asked at the destination, repository resolved or created
  kCheckContent,  // which manifests and blobs does the destination lack
  kTransfer,      // one blob moved and its digest verified
  kPutManifest,   // one manifest put, children before their index
  kBindTag,       // the tag, last
  kDelete,        // permission asked at the destination, then the tag or the image taken off
};
inline constexpr std::size_t kJobStepCount = 6;
/// `admit`, `check-content`, `transfer`, `put-manifest`, `bind-tag`, `delete`.
std::string_view NameOf(JobStep step);

enum class ReplicationStatus : std::uint8_t { kInProgress, kComplete, kFailed };
/// `IN_PROGRESS`, `COMPLETE`, `FAILED`.
std::string_view NameOf(ReplicationStatus status);

/// Why a job or one of its steps failed. The names are ours: ECR documents none (ecr-replication.md 5).
enum class FailureCode : std::uint8_t {
  kNone,
  kAccessDenied,          // the destination's registry policy does not allow ecr:ReplicateImage
  kRepositoryNotFound,    // absent at the destination, and ecr:CreateRepository is not allowed there
  kRepositoryNotCreated,  // a template that cannot be applied
  kRegistryNotFound,      // the destination registry does not exist in this world
  kSourceImageNotFound,   // the source lost the content while it was copied
  kDigestMismatch,        // what arrived is not what was asked for
  kContentMissing,        // the destination lost content between check and put
  kTagImmutable,          // assumption `immutable_conflict` = fail
  kTimedOut,              // no answer, or no progress, in time
  kInjected,              // a fault of the scenario made the step fail
  kRetriesExhausted,      // given up after the retry time
  kConnectionLost,        // the way was cut (assumption `cut_copy` = restart)
  kWorkersCrashed,        // the source region's workers crashed
  kThrottled,             // the destination answered ThrottlingException
  kServerError,           // the destination answered ServerException
  kQuotaExceeded,         // the destination registry is full
  kRegionNotOptedIn,      // source or destination account has not opted in to one of the two regions
};
inline constexpr std::size_t kFailureCodeCount = 18;
/// `AccessDenied`, `RepositoryNotFound`, ...; empty for kNone.
std::string_view NameOf(FailureCode code);

}  // namespace crrsim
