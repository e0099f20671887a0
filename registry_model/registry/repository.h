// One repository: its settings, images, tags and blobs. Plain data; the steps that change it are in content.h and keep
// the invariants:
// - a tag names an image that is here; an image knows all tags that name it;
// - a blob's `references` is the number of images here that list it; an image's `indexes` the number of indexes here
//   that list it;
// - `stored_bytes` is the sum of the sizes of the blobs that are charged here (and of manifests, where assumption
//   `manifest_bytes` counts them), in both storage classes: a layer counts once a repository, whatever the number of
//   images, and once among the repositories that share it by mounting;
// - a blob's `inactive` is the number of images here that list it and are not ACTIVE; its bytes are in the archive
//   class where all are and no other repository shares it.
//
// Images, tags and blobs are looked up at every step of every copy, so they are Indexes; lists sort them page by page.
//
// Source  ecr-replication.md 2.5 (defaults), 7 (7) (a layer is stored once a repository), 10.2.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry_model/events.h"
#include "registry_model/lifecycle/state.h"
#include "registry_model/names.h"
#include "registry_model/oci/manifest.h"
#include "registry_model/registry/resource_policy.h"
#include "sim/boxed.h"
#include "sim/index.h"

namespace crrsim {

enum class TagMutability : std::uint8_t { kMutable, kImmutable, kMutableWithExclusion, kImmutableWithExclusion };
/// `MUTABLE`, `IMMUTABLE`, `MUTABLE_WITH_EXCLUSION`, `IMMUTABLE_WITH_EXCLUSION`.
std::string_view NameOf(TagMutability mutability);
std::optional<TagMutability> ParseTagMutability(std::string_view text);

/// The settings that a repository is created with. The defaults are those of an auto-created repository without a
/// template. Source  ecr-replication.md 2.5.
struct RepositorySettings {
  TagMutability mutability = TagMutability::kMutable;
  std::vector<std::string> mutability_exclusions;  // wildcard filters, only with a kWithExclusion value
  std::string encryption_type = "AES256";
  std::string kms_key;  // empty unless the type is KMS
  bool scan_on_push = false;
  std::optional<RepositoryPolicy> repository_policy;
  std::string lifecycle_policy;  // JSON text, empty for none
  std::map<std::string, std::string> resource_tags;

  friend bool operator==(const RepositorySettings&, const RepositorySettings&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("imageTagMutability", self.mutability);
    visit("imageTagMutabilityExclusionFilters", self.mutability_exclusions);
    visit("encryptionType", self.encryption_type);
    visit("kmsKey", self.kms_key);
    visit("scanOnPush", self.scan_on_push);
    visit("repositoryPolicy", self.repository_policy);
    visit("lifecyclePolicy", self.lifecycle_policy);
    visit("resourceTags", self.resource_tags);
  }
};

/// Whether a tag, once bound, may be moved in a repository with these settings. Source  ecr-replication.md 4.1.
bool IsImmutable(const RepositorySettings& settings, const Tag& tag);

enum class ScanStatus : std::uint8_t { kInProgress, kComplete };

struct ImageScan {
  ScanStatus status = ScanStatus::kInProgress;
  Instant started_at;
  Instant completed_at;
  FindingCounts findings;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("status", self.status);
    visit("startedAt", self.started_at);
    visit("completedAt", self.completed_at);
    visit("findings", self.findings);
  }
};

/// Where an image is between the storage classes.
struct ImageStorage {
  ImageStatus status = ImageStatus::kActive;
  std::optional<Instant> archived_at;
  std::optional<Instant> activated_at;
  Instant restore_began;  // while it is kActivating

  [[nodiscard]] bool is_active() const { return status == ImageStatus::kActive; }
  [[nodiscard]] StorageClass storage_class() const {
    return is_active() ? StorageClass::kStandard : StorageClass::kArchive;
  }
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("status", self.status);
    visit("archivedAt", self.archived_at);
    visit("activatedAt", self.activated_at);
    visit("restoreBegan", self.restore_began);
  }
};

struct Image {
  ManifestPtr manifest;
  Instant pushed_at;  // of this registry, never the source's (ecr-replication.md 4)
  Origin origin = Origin::kClient;
  std::int32_t indexes = 0;
  TagSet tags;
  std::optional<Instant> pulled_at;
  Boxed<ImageScan> scan;
  ImageStorage storage;  // changed by storage_class.h alone
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("manifest", self.manifest);
    visit("pushedAt", self.pushed_at);
    visit("origin", self.origin);
    visit("tags", self.tags);
    visit("indexes", self.indexes);
    visit("pulledAt", self.pulled_at);
    visit("scan", self.scan);
    visit("storage", self.storage);
  }
};

struct StoredBlob {
  ByteCount size;
  std::int32_t references = 0;
  std::int32_t inactive = 0;  // of the images that list it, those that are not ACTIVE
  bool mounted = false;       // shared with other repositories of the registry (mounting.h)
  bool charged = true;        // its bytes count here, not in another repository that shares it
  StorageClass storage_class = StorageClass::kStandard;  // of its bytes

  /// Whether it belongs to archived images alone.
  [[nodiscard]] bool archived() const { return references > 0 && inactive == references; }
  [[nodiscard]] ByteCount charged_bytes() const { return charged ? size : ByteCount(); }

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("size", self.size);
    visit("references", self.references);
    visit("inactive", self.inactive);
    visit("mounted", self.mounted);
    visit("charged", self.charged);
    visit("storageClass", self.storage_class);
  }
};

/// A layer upload under way (InitiateLayerUpload to CompleteLayerUpload).
struct LayerUpload {
  std::string bytes;
  std::int64_t parts = 0;
  ByteCount last_part;
  std::int64_t short_parts = 0;  // parts under the minimum that were not the last
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("bytes", self.bytes);
    visit("parts", self.parts);
    visit("lastPart", self.last_part);
    visit("shortParts", self.short_parts);
  }
};

struct Repository {
  RepositoryName name;
  Instant created_at;
  Origin created_by = Origin::kClient;
  std::string template_prefix;  // of the creation template that applied; empty for none
  RepositorySettings settings;
  Index<Digest, Image> images;
  Index<Tag, Digest> tags;
  Index<Digest, StoredBlob> blobs;
  std::map<std::string, LayerUpload> uploads;
  ByteCount stored_bytes;
  std::map<Digest, ReferredSubject> subjects;  // by subject: how many images here name it
  LifecycleState lifecycle;

  [[nodiscard]] const Image* FindImage(const Digest& digest) const;
  [[nodiscard]] const Image* FindImage(const Tag& tag) const;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("createdAt", self.created_at);
    visit("createdBy", self.created_by);
    visit("templatePrefix", self.template_prefix);
    visit("settings", self.settings);
    visit("images", self.images);
    visit("tags", self.tags);
    visit("blobs", self.blobs);
    visit("uploads", self.uploads);
    visit("storedBytes", self.stored_bytes);
    visit("subjects", self.subjects);
    visit("lifecycle", self.lifecycle);
  }
};

}  // namespace crrsim
