// The steps by which content enters and leaves a repository, shared by the API operations and by incoming replication.
// Each changes the state and says so in events; nothing else changes images, tags, blobs or stored bytes. What an event
// takes off or adds to the stored bytes is what the repository's `stored_bytes` changes by.
//
// Source  ecr-replication.md 4.1 (immutable tags), 7 (storage), 10.2 (PutImage, BatchDeleteImage).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "registry_model/assumptions.h"
#include "registry_model/events.h"
#include "registry_model/registry/registry.h"

namespace crrsim {

/// Where the typed events of a change go.
namespace internal {
/// Becomes whatever a member is.
struct Anything {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor): that is what it is for
};
}  // namespace internal

class EventSink {
 public:
  virtual ~EventSink() = default;
  /// Says that something happened at the present instant. `Body` is one of EventBody, made of these members: all that
  /// it has, in order.
  template <class Body, class... Members>
  void Emit(Members&&... members) {
    static_assert(requires { Body{std::forward<Members>(members)...}; }, "a member is narrowed or has another type");
    static_assert(!requires { Body{std::forward<Members>(members)..., internal::Anything()}; }, "a member is left out");
    // Made where it stays: an event is a few hundred bytes, and all that happens passes here.
    Event event{Instant(), EventBody(std::in_place_type<Body>, std::forward<Members>(members)...)};
    Take(event);
  }

 protected:
  /// The sink knows the instant and sets it.
  virtual void Take(Event& event) = 0;
};

/// What every step needs to know of its surroundings.
struct ContentContext {
  Instant now;
  Registry& registry;  // the one that holds the repository that is changed
  Origin origin = Origin::kClient;
  Assumptions& assumptions;
  EventSink& events;
};

/// Creates an empty repository. Requires that the name is free. `template_prefix` is empty for none.
Repository& CreateRepositoryIn(const ContentContext& context, Registry& registry, const RepositoryName& name,
                               const RepositorySettings& settings, const std::string& template_prefix);
/// Deletes everything, indexes before their children, blobs that no image lists last; then the repository itself.
/// Requires that it is there.
void DeleteRepositoryFrom(const ContentContext& context, Registry& registry, const RepositoryName& name);

enum class BlobOutcome : std::uint8_t { kStored, kAlreadyThere, kMounted };
/// Stores a blob; one that is there already changes nothing and says nothing.
BlobOutcome StoreBlob(const ContentContext& context, Repository& repository, const Digest& blob, ByteCount size);

/// Digests that a manifest refers to and the repository lacks: blobs, then children, each once. Foreign layers are not
/// asked for, nor is the subject of a referrer.
struct MissingReferences {
  std::vector<Digest> blobs;
  std::vector<Digest> children;

  [[nodiscard]] bool none() const { return blobs.empty() && children.empty(); }
};
MissingReferences FindMissing(const Repository& repository, const Manifest& manifest);

/// Inserts a manifest whose references are all here. One that is there already changes nothing.
/// Requires FindMissing to find none.
void InsertManifest(const ContentContext& context, Repository& repository, const ManifestPtr& manifest);

enum class TagOutcome : std::uint8_t { kBound, kMoved, kUnchanged, kRefusedImmutable };
/// Binds a tag to an image that is here, unless an immutable tag names another image already; then nothing changes.
TagOutcome BindTag(const ContentContext& context, Repository& repository, const Tag& tag, const Digest& digest);

/// Takes a tag off; the image stays, tagged or not. Requires that the tag is there.
void RemoveTag(const ContentContext& context, Repository& repository, const Tag& tag);

/// What a deletion of this registry's own, not one that replication brings, does: says ImageDeleted, which replication
/// hears, then RemoveTag.
void DeleteTag(const ContentContext& context, Repository& repository, const Tag& tag, DeletionCause cause);
/// The same with RemoveImage.
void DeleteImage(const ContentContext& context, Repository& repository, const Digest& digest, DeletionCause cause);

/// Removes an image with all its tags; blobs that no other image lists go with it (assumption `unreferenced_layers`).
/// Requires that it is there and that no index here lists it.
/// Order    tags, the manifest, then its blobs in manifest order.
void RemoveImage(const ContentContext& context, Repository& repository, const Digest& digest);

}  // namespace crrsim
