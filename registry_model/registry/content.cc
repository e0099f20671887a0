#include "registry_model/registry/content.h"

#include "registry_model/mutants.h"

#include <set>
#include <utility>

#include "registry_model/registry/mounting.h"
#include "registry_model/registry/storage_class.h"

namespace crrsim {

namespace {

/// The children of an index, each once.
std::vector<Digest> DistinctChildren(const Manifest& manifest) {
  std::vector<Digest> children;
  std::set<Digest> seen;
  for (const auto& child : manifest.children) {
    if (seen.insert(child.digest).second) children.push_back(child.digest);
  }
  return children;
}

ByteCount CountedBytes(const ContentContext& context, const Manifest& manifest) {
  return context.assumptions.Use(Assumption::kManifestBytes) == "counted" ? manifest.size() : ByteCount();
}

void RemoveBlob(const ContentContext& context, Repository& repository, const Digest& blob) {
  const auto* stored = repository.blobs.Find(blob);
  CRRSIM_CHECK(stored != nullptr && stored->references == 0, "{} is removed from '{}' though it is listed or absent",
               blob.text(), repository.name.text());
  const auto gone = *stored;
  repository.stored_bytes -= gone.charged_bytes();
  repository.blobs.Erase(blob);
  context.events.Emit<BlobRemoved>(context.registry.key, repository.name, blob, gone.charged_bytes(),
                                   gone.storage_class);
  if (gone.mounted) LeaveMountGroup(context, repository, blob);
}

/// Takes off the mention of its blobs by an image that was in this state.
void ReleaseBlobs(const ContentContext& context, Repository& repository, const Manifest& manifest,
                  const ImageStorage& storage) {
  for (const auto& descriptor : manifest.blobs) {
    auto* blob = repository.blobs.Find(descriptor.digest);
    CRRSIM_CHECK(blob != nullptr && blob->references > 0, "{} is listed in '{}' and not counted",
                 descriptor.digest.text(), repository.name.text());
    if (!storage.is_active()) --blob->inactive;
    if (--blob->references > 0 || context.assumptions.Use(Assumption::kUnreferencedLayers) != "removed-at-once") {
      SettleStorageClass(context, repository, descriptor.digest, *blob);
      continue;
    }
    RemoveBlob(context, repository, descriptor.digest);
  }
}

/// Takes a tag off the image that it named.
void ForgetTag(Repository& repository, const Digest& digest, const Tag& tag) {
  auto* image = repository.images.Find(digest);
  CRRSIM_CHECK(image != nullptr && image->tags.erase(tag) == 1, "{} does not know its tag '{}'", digest.text(),
               tag.text());
}

}  // namespace

Repository& CreateRepositoryIn(const ContentContext& context, Registry& registry, const RepositoryName& name,
                               const RepositorySettings& settings, const std::string& template_prefix) {
  Repository created;
  created.name = name;
  created.created_at = context.now;
  created.created_by = context.origin;
  created.template_prefix = template_prefix;
  created.settings = settings;
  const auto [place, is_new] = registry.repositories.Emplace(name, std::move(created));
  CRRSIM_CHECK(is_new, "'{}' is created twice in {}", name.text(), ToText(registry.key));
  context.events.Emit<RepositoryCreated>(context.registry.key, name, context.origin, template_prefix);
  return place.Mutable();
}

void DeleteRepositoryFrom(const ContentContext& context, Registry& registry, const RepositoryName& name) {
  auto* repository = registry.FindMutable(name);
  CRRSIM_CHECK(repository != nullptr, "'{}' is not there to be deleted from {}", name.text(), ToText(registry.key));
  // Each round takes out what no index lists any more; an index cannot list itself, so each round finds something.
  while (!repository->images.empty()) {
    std::vector<Digest> unlisted;
    repository->images.ForEachSorted([&](const Digest& digest, const Image& image) {
      if (image.indexes == 0) unlisted.push_back(digest);
    });
    CRRSIM_CHECK(!unlisted.empty(), "indexes of '{}' list each other", name.text());
    for (const auto& digest : unlisted) DeleteImage(context, *repository, digest, DeletionCause::kRepository);
  }
  std::vector<Digest> unreferenced;
  repository->blobs.ForEachSorted([&](const Digest& digest, const StoredBlob&) { unreferenced.push_back(digest); });
  for (const auto& digest : unreferenced) RemoveBlob(context, *repository, digest);
  CRRSIM_CHECK(repository->stored_bytes == ByteCount() && repository->tags.empty(), "'{}' is not empty: {} bytes left",
               name.text(), repository->stored_bytes.bytes());
  registry.repositories.Erase(name);
  context.events.Emit<RepositoryDeleted>(context.registry.key, name);
}

BlobOutcome StoreBlob(const ContentContext& context, Repository& repository, const Digest& blob, ByteCount size) {
  StoredBlob own;
  own.size = size;
  const auto [stored, is_new] = repository.blobs.Emplace(blob, own);
  if (!is_new) return BlobOutcome::kAlreadyThere;
  repository.stored_bytes += size;
  context.events.Emit<BlobStored>(context.registry.key, repository.name, blob, size, context.origin);
  return BlobOutcome::kStored;
}

MissingReferences FindMissing(const Repository& repository, const Manifest& manifest) {
  MissingReferences missing;
  repository.images.Prefetch(manifest.digest);  // the next to be looked for, by whoever asks this
  for (const auto& blob : manifest.blobs) repository.blobs.Prefetch(blob.digest);
  for (const auto& blob : manifest.blobs) {
    if (repository.blobs.Find(blob.digest) == nullptr) missing.blobs.push_back(blob.digest);
  }
  for (const auto& child : DistinctChildren(manifest)) {
    if (repository.FindImage(child) == nullptr) missing.children.push_back(child);
  }
  return missing;
}

void InsertManifest(const ContentContext& context, Repository& repository, const ManifestPtr& manifest) {
  if (!repository.images.Emplace(manifest->digest, manifest, context.now, context.origin).second) return;
  if (manifest->subject) ++repository.subjects[manifest->subject->digest].referrers;
  if (const auto subject = repository.subjects.find(manifest->digest); subject != repository.subjects.end()) {
    subject->second.was_deleted = false;
  }

  std::vector<Digest> references;
  references.reserve(manifest->blobs.size() + manifest->children.size());
  for (const auto& descriptor : manifest->blobs) {
    auto* blob = repository.blobs.Find(descriptor.digest);
    CRRSIM_CHECK(blob != nullptr, "{} enters '{}' without {}", manifest->digest.text(), repository.name.text(),
                 descriptor.digest.text());
    ++blob->references;
    if (blob->inactive > 0) SettleStorageClass(context, repository, descriptor.digest, *blob);
    references.push_back(descriptor.digest);
  }
  for (const auto& digest : DistinctChildren(*manifest)) {
    auto* child = repository.images.Find(digest);
    CRRSIM_CHECK(child != nullptr, "{} enters '{}' without {}", manifest->digest.text(), repository.name.text(),
                 digest.text());
    ++child->indexes;
    references.push_back(digest);
  }
  const auto stored = CountedBytes(context, *manifest);
  repository.stored_bytes += stored;
  context.events.Emit<ManifestStored>(context.registry.key, repository.name, manifest->digest, manifest->media_type,
                                      std::move(references), stored, context.origin);
}

TagOutcome BindTag(const ContentContext& context, Repository& repository, const Tag& tag, const Digest& digest) {
  auto* image = repository.images.Find(digest);
  CRRSIM_CHECK(image != nullptr, "tag '{}' is bound to {}, which is not in '{}'", tag.text(), digest.text(),
               repository.name.text());
  const auto [bound, is_new] = repository.tags.Emplace(tag, digest);
  std::optional<Digest> from;
  if (!is_new) {
    const bool conflicts = Mutated(Mutant::kSameDigestConflicts) && IsImmutable(repository.settings, tag);
    if (bound == digest && !conflicts) return TagOutcome::kUnchanged;
    if (IsImmutable(repository.settings, tag)) return TagOutcome::kRefusedImmutable;
    from = bound;
    ForgetTag(repository, *from, tag);
    bound = digest;
  }
  image->tags.insert(tag);
  context.events.Emit<TagMoved>(context.registry.key, repository.name, tag, from, digest, context.origin);
  return is_new ? TagOutcome::kBound : TagOutcome::kMoved;
}

void RemoveTag(const ContentContext& context, Repository& repository, const Tag& tag) {
  const auto* bound = repository.tags.Find(tag);
  CRRSIM_CHECK(bound != nullptr, "tag '{}' is not in '{}'", tag.text(), repository.name.text());
  // `tag` may belong to the set that is changed here.
  TagMoved moved{context.registry.key, repository.name, tag, *bound, std::nullopt, context.origin};
  repository.tags.Erase(moved.tag);
  ForgetTag(repository, *moved.from, moved.tag);
  context.events.Emit<TagMoved>(std::move(moved));
}

void DeleteTag(const ContentContext& context, Repository& repository, const Tag& tag, DeletionCause cause) {
  const auto* bound = repository.tags.Find(tag);
  CRRSIM_CHECK(bound != nullptr, "tag '{}' is not in '{}'", tag.text(), repository.name.text());
  context.events.Emit<ImageDeleted>(context.registry.key, repository.name, *bound, tag, std::vector<Tag>(), cause);
  RemoveTag(context, repository, tag);
}

void DeleteImage(const ContentContext& context, Repository& repository, const Digest& digest, DeletionCause cause) {
  const auto* image = repository.images.Find(digest);
  CRRSIM_CHECK(image != nullptr, "{} is not in '{}'", digest.text(), repository.name.text());
  context.events.Emit<ImageDeleted>(context.registry.key, repository.name, digest, std::nullopt,
                                    std::vector<Tag>(image->tags.begin(), image->tags.end()), cause);
  RemoveImage(context, repository, digest);
}

void RemoveImage(const ContentContext& context, Repository& repository, const Digest& digest) {
  const auto* image = repository.images.Find(digest);
  CRRSIM_CHECK(image != nullptr, "{} is not in '{}'", digest.text(), repository.name.text());
  CRRSIM_CHECK(image->indexes == 0, "{} indexes of '{}' list {}", image->indexes, repository.name.text(),
               digest.text());
  while (!image->tags.empty()) RemoveTag(context, repository, *image->tags.begin());

  const auto manifest = image->manifest;
  const auto storage = image->storage;
  repository.images.Erase(manifest->digest);
  if (manifest->subject) {
    const auto subject = repository.subjects.find(manifest->subject->digest);
    if (--subject->second.referrers == 0) repository.subjects.erase(subject);
  }
  if (const auto subject = repository.subjects.find(manifest->digest); subject != repository.subjects.end()) {
    subject->second.was_deleted = true;
  }
  const auto freed = CountedBytes(context, *manifest);
  repository.stored_bytes -= freed;
  context.events.Emit<ManifestRemoved>(context.registry.key, repository.name, manifest->digest, freed,
                                       storage.storage_class());
  for (const auto& child : DistinctChildren(*manifest)) {
    auto* listed = repository.images.Find(child);
    CRRSIM_CHECK(listed != nullptr && listed->indexes > 0, "{} lost its child {}", manifest->digest.text(),
                 child.text());
    --listed->indexes;
  }
  ReleaseBlobs(context, repository, *manifest, storage);
}

}  // namespace crrsim
