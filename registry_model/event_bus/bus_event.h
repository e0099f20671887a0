// The events that ECR sends to EventBridge, as typed values; their JSON (envelope.h) is made only when someone looks.
//
// Source  ecr-replication.md 6. Of its events, those of modelled features are here; another is one more alternative of
// BusDetail and its lines in envelope.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "registry_model/backfill/backfill.h"
#include "registry_model/events/call_events.h"
#include "registry_model/events/scan_events.h"
#include "registry_model/events/storage_class.h"
#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "registry_model/uuid.h"
#include "sim/units.h"

namespace crrsim {

enum class ImageActionType : std::uint8_t { kPush, kDelete };

/// `ECR Image Action`: one a tag, or one for an image without.
struct ImageAction {
  RepositoryName repository;
  Digest digest;
  std::optional<Tag> tag;
  ImageActionType action = ImageActionType::kPush;

  friend bool operator==(const ImageAction&, const ImageAction&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tag", self.tag);
    visit("action", self.action);
  }
};

/// `ECR Replication Action`, of the destination. Without a tag its `image-tag` is left out, which deviates from AWS's
/// schema (assumption `immutable_conflict`; of an untagged image nothing is documented).
struct ReplicationAction {
  RepositoryName repository;
  Digest digest;
  std::optional<Tag> tag;
  RegistryKey source;
  ReplicationStatus result = ReplicationStatus::kComplete;  // or kFailed

  friend bool operator==(const ReplicationAction&, const ReplicationAction&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tag", self.tag);
    visit("source", self.source);
    visit("result", self.result);
  }
};

/// `ECR Image Scan`, of a basic scan that ended.
struct ImageScanned {
  RepositoryName repository;
  Digest digest;
  TagSet tags;
  FindingCounts findings;

  friend bool operator==(const ImageScanned&, const ImageScanned&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tags", self.tags);
    visit("findings", self.findings);
  }
};

/// A backfill has ended, said at its source. Name and members are ours (assumption `backfill_event`).
struct BackfillFinished {
  Uuid backfill;
  RegistryKey destination;
  BackfillStatus status = BackfillStatus::kComplete;

  friend bool operator==(const BackfillFinished&, const BackfillFinished&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("backfill", self.backfill);
    visit("destination", self.destination);
    visit("status", self.status);
  }
};

/// UPDATE_STORAGE_CLASS: an image is in another storage class now. `ECR Image Action`, or `ECR Referrer Action` for
/// what refers to an image.
struct StorageClassUpdated {
  RepositoryName repository;
  Digest digest;
  StorageClass target = StorageClass::kStandard;
  std::string manifest_media_type;
  std::string artifact_media_type;           // empty for none
  std::optional<Instant> last_activated_at;  // of a restore
  bool is_referrer = false;

  friend bool operator==(const StorageClassUpdated&, const StorageClassUpdated&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("target", self.target);
    visit("manifestMediaType", self.manifest_media_type);
    visit("artifactMediaType", self.artifact_media_type);
    visit("lastActivatedAt", self.last_activated_at);
    visit("isReferrer", self.is_referrer);
  }
};

/// `ECR Scan Resource Change`: under enhanced scanning these repositories are scanned at other times than before.
struct ScanResourcesChanged {
  RegistryKey registry;
  std::vector<ScanFrequencyChange> changes;

  friend bool operator==(const ScanResourcesChanged&, const ScanResourcesChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("changes", self.changes);
  }
};

using BusDetail = std::variant<ImageAction, ReplicationAction, ImageScanned, BackfillFinished, StorageClassUpdated,
                               ScanResourcesChanged>;

/// What one account's bus in one region gets.
struct BusEvent {
  RegistryKey registry;  // whose bus
  Uuid id;               // the same on every copy of one event
  Instant sent_at;       // `time` in the envelope
  BusDetail detail;

  friend bool operator==(const BusEvent&, const BusEvent&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("id", self.id);
    visit("sent_at", self.sent_at);
    visit("detail", self.detail);
  }
};

}  // namespace crrsim
