// What happens to the content of repositories: blobs, manifests, tags; pushes and pulls. registry_model/events.h has
// the rules and the stream.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/events/origin.h"
#include "registry_model/events/storage_class.h"
#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "sim/units.h"

namespace crrsim {

/// A layer or config is now in a repository. `stored` is what this adds to the bytes kept there.
struct BlobStored {
  static constexpr std::string_view kName = "BlobStored";
  RegistryKey registry;
  RepositoryName repository;
  Digest blob;
  ByteCount stored;
  Origin origin = Origin::kClient;

  friend bool operator==(const BlobStored&, const BlobStored&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("blob", self.blob);
    visit("stored", self.stored);
    visit("origin", self.origin);
  }
};

/// A layer or config left a repository. `freed` is what this takes off the bytes kept there, in its storage class.
struct BlobRemoved {
  static constexpr std::string_view kName = "BlobRemoved";
  RegistryKey registry;
  RepositoryName repository;
  Digest blob;
  ByteCount freed;
  StorageClass storage_class = StorageClass::kStandard;

  friend bool operator==(const BlobRemoved&, const BlobRemoved&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("blob", self.blob);
    visit("freed", self.freed);
    visit("storage_class", self.storage_class);
  }
};

/// A manifest is visible in a repository. `stored` is what it adds to the bytes kept there (zero unless manifests
/// count: assumption `manifest_bytes`).
struct ManifestStored {
  static constexpr std::string_view kName = "ManifestStored";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  std::string_view media_type;  // one of the four in oci/manifest.h
  std::vector<Digest> references;
  ByteCount stored;
  Origin origin = Origin::kClient;

  friend bool operator==(const ManifestStored&, const ManifestStored&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("media_type", self.media_type);
    visit("references", self.references);
    visit("stored", self.stored);
    visit("origin", self.origin);
  }
};

/// An image was deleted.
struct ManifestRemoved {
  static constexpr std::string_view kName = "ManifestRemoved";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  ByteCount freed;
  StorageClass storage_class = StorageClass::kStandard;

  friend bool operator==(const ManifestRemoved&, const ManifestRemoved&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("freed", self.freed);
    visit("storage_class", self.storage_class);
  }
};

/// A tag was bound (`from` empty), moved, or removed (`to` empty).
struct TagMoved {
  static constexpr std::string_view kName = "TagMoved";
  RegistryKey registry;
  RepositoryName repository;
  Tag tag;
  std::optional<Digest> from;
  std::optional<Digest> to;
  Origin origin = Origin::kClient;

  friend bool operator==(const TagMoved&, const TagMoved&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("tag", self.tag);
    visit("from", self.from);
    visit("to", self.to);
    visit("origin", self.origin);
  }
};

/// A replicated image arrived without its tag, which is immutable and names another image. Source
/// ecr-replication.md 4.1.
struct TagDropped {
  static constexpr std::string_view kName = "TagDropped";
  RegistryKey registry;
  RepositoryName repository;
  Tag tag;
  Digest digest;

  friend bool operator==(const TagDropped&, const TagDropped&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("tag", self.tag);
    visit("digest", self.digest);
  }
};

/// A client's PutImage was accepted; this is what replication hears.
struct ImagePushed {
  static constexpr std::string_view kName = "ImagePushed";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  std::optional<Tag> tag;

  friend bool operator==(const ImagePushed&, const ImagePushed&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tag", self.tag);
  }
};

/// A client fetched a manifest.
struct ImagePulled {
  static constexpr std::string_view kName = "ImagePulled";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  std::optional<Tag> tag;

  friend bool operator==(const ImagePulled&, const ImagePulled&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tag", self.tag);
  }
};

}  // namespace crrsim
