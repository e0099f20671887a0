// What happens to the storage of content that is there: archiving, restoring, and layers that repositories share by
// mounting. registry_model/events.h has the rules and the stream.
#pragma once

#include <string_view>

#include "registry_model/events/origin.h"
#include "registry_model/events/storage_class.h"
#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "sim/units.h"

namespace crrsim {

/// An image was archived (`status` ARCHIVED), begins to be restored (ACTIVATING), or is restored (ACTIVE). `target` is
/// the class that was asked for. `moved` are the bytes of its manifest that changed class with it (zero unless
/// manifests count: assumption `manifest_bytes`); its layers are said to change by BlobClassChanged.
struct StorageClassChanged {
  static constexpr std::string_view kName = "StorageClassChanged";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  StorageClass target = StorageClass::kStandard;
  ImageStatus status = ImageStatus::kActive;
  ByteCount moved;
  Origin origin = Origin::kClient;

  friend bool operator==(const StorageClassChanged&, const StorageClassChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("target", self.target);
    visit("status", self.status);
    visit("moved", self.moved);
    visit("origin", self.origin);
  }
};

/// The stored bytes of a layer or config belong to another storage class from now on.
struct BlobClassChanged {
  static constexpr std::string_view kName = "BlobClassChanged";
  RegistryKey registry;
  RepositoryName repository;
  Digest blob;
  ByteCount moved;
  StorageClass to = StorageClass::kStandard;

  friend bool operator==(const BlobClassChanged&, const BlobClassChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("blob", self.blob);
    visit("moved", self.moved);
    visit("to", self.to);
  }
};

/// A repository has a layer that another of its registry holds: nothing was moved and nothing is stored for it.
struct BlobMounted {
  static constexpr std::string_view kName = "BlobMounted";
  RegistryKey registry;
  RepositoryName repository;
  RepositoryName from;
  Digest blob;
  ByteCount size;
  Origin origin = Origin::kClient;

  friend bool operator==(const BlobMounted&, const BlobMounted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("from", self.from);
    visit("blob", self.blob);
    visit("size", self.size);
    visit("origin", self.origin);
  }
};

/// The repository to which a mounted layer was counted lost it; it counts to this one, which holds it too, from now on.
struct BlobCharged {
  static constexpr std::string_view kName = "BlobCharged";
  RegistryKey registry;
  RepositoryName repository;
  Digest blob;
  ByteCount stored;

  friend bool operator==(const BlobCharged&, const BlobCharged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("blob", self.blob);
    visit("stored", self.stored);
  }
};

}  // namespace crrsim
