#include "registry_model/registry/storage_class.h"

#include "registry_model/mutants.h"

#include <algorithm>

namespace crrsim {

namespace {

Image& ImageIn(Repository& repository, const Digest& digest) {
  auto* image = repository.images.Find(digest);
  CRRSIM_CHECK(image != nullptr, "{} is not in '{}'", digest.text(), repository.name.text());
  return *image;
}

bool Lists(const Manifest& index, const Digest& child) {
  return std::any_of(index.children.begin(), index.children.end(),
                     [&](const Descriptor& one) { return one.digest == child; });
}

/// Whether an index other than the archived ones lists the image.
bool IsNeededByIndex(const Repository& repository, const Image& image) {
  if (image.indexes == 0) return false;
  bool needed = false;
  repository.images.VisitSortedFrom(nullptr, [&](const Digest&, const Image& other) {
    needed = other.storage.status != ImageStatus::kArchived && Lists(*other.manifest, image.manifest->digest);
    return !needed;
  });
  return needed;
}

void Say(const ContentContext& context, const Repository& repository, const Image& image, StorageClass target) {
  const bool counted = image.storage.status != ImageStatus::kActivating &&
                       context.assumptions.Use(Assumption::kManifestBytes) == "counted";
  context.events.Emit<StorageClassChanged>(context.registry.key, repository.name, image.manifest->digest, target,
                                           image.storage.status, counted ? image.manifest->size() : ByteCount(),
                                           context.origin);
}

/// The image became active (-1) or ceased to be (+1): its blobs count it.
void CountInactive(const ContentContext& context, Repository& repository, const Manifest& manifest,
                   std::int32_t change) {
  for (const auto& descriptor : manifest.blobs) {
    auto& blob = *repository.blobs.Find(descriptor.digest);
    blob.inactive += change;
    CRRSIM_CHECK(blob.inactive >= 0 && blob.inactive <= blob.references, "{} has {} images, {} of them not active",
                 descriptor.digest.text(), blob.references, blob.inactive);
    SettleStorageClass(context, repository, descriptor.digest, blob);
  }
}

void Archive(const ContentContext& context, Repository& repository, Image& image) {
  image.storage.status = ImageStatus::kArchived;
  image.storage.archived_at = context.now;
  Say(context, repository, image, StorageClass::kArchive);
  const auto manifest = image.manifest;
  CountInactive(context, repository, *manifest, 1);
  if (manifest->children.empty() || context.assumptions.Use(Assumption::kArchivedIndex) == "index-alone") return;
  for (const auto& descriptor : manifest->children) {
    auto& child = ImageIn(repository, descriptor.digest);
    const bool goes_along = child.storage.is_active() && child.tags.empty() && !IsNeededByIndex(repository, child);
    if (goes_along) Archive(context, repository, child);
  }
}

void BeginRestore(const ContentContext& context, Repository& repository, Image& image) {
  for (const auto& descriptor : image.manifest->children) {
    auto& child = ImageIn(repository, descriptor.digest);
    if (child.storage.status == ImageStatus::kArchived) BeginRestore(context, repository, child);
  }
  image.storage.status = ImageStatus::kActivating;
  image.storage.restore_began = context.now;
  Say(context, repository, image, StorageClass::kStandard);
}

void Activate(const ContentContext& context, Repository& repository, Image& image) {
  image.storage.status = ImageStatus::kActive;
  image.storage.activated_at = context.now;
  image.storage.restore_began = Instant();
  image.scan.reset();
  Say(context, repository, image, StorageClass::kStandard);
  CountInactive(context, repository, *image.manifest, -1);
}

}  // namespace

ClassRefusal RefusalOfClass(const Repository& repository, const Image& image, StorageClass target) {
  if (target == StorageClass::kStandard || image.storage.status == ImageStatus::kArchived) return ClassRefusal::kNone;
  if (image.storage.status == ImageStatus::kActivating) return ClassRefusal::kActivating;
  const bool is_needed = IsNeededByIndex(repository, image) && !Mutated(Mutant::kNeededIsArchived);
  return is_needed ? ClassRefusal::kNeededByIndex : ClassRefusal::kNone;
}

void ChangeStorageClass(const ContentContext& context, Repository& repository, const Digest& digest,
                        StorageClass target) {
  auto& image = ImageIn(repository, digest);
  CRRSIM_CHECK(RefusalOfClass(repository, image, target) == ClassRefusal::kNone, "{} cannot change its class",
               digest.text());
  const auto status = image.storage.status;
  if (target == StorageClass::kArchive && status == ImageStatus::kActive) Archive(context, repository, image);
  if (target == StorageClass::kStandard && status == ImageStatus::kArchived) BeginRestore(context, repository, image);
}

void FinishRestore(const ContentContext& context, Repository& repository, const Digest& digest) {
  auto& image = ImageIn(repository, digest);
  CRRSIM_CHECK(image.storage.status == ImageStatus::kActivating, "{} is not being restored", digest.text());
  Activate(context, repository, image);
}

void RestoreAtOnce(const ContentContext& context, Repository& repository, const Digest& digest) {
  auto& image = ImageIn(repository, digest);
  CRRSIM_CHECK(!image.storage.is_active(), "{} is active", digest.text());
  for (const auto& descriptor : image.manifest->children) {
    if (!ImageIn(repository, descriptor.digest).storage.is_active()) {
      RestoreAtOnce(context, repository, descriptor.digest);
    }
  }
  Activate(context, repository, image);
}

void SettleStorageClass(const ContentContext& context, const Repository& repository, const Digest& digest,
                        StoredBlob& blob) {
  const auto right = blob.archived() && !blob.mounted ? StorageClass::kArchive : StorageClass::kStandard;
  if (blob.storage_class == right) return;
  CRRSIM_CHECK(blob.charged, "{} of '{}' changes class and is charged elsewhere", digest.text(),
               repository.name.text());
  blob.storage_class = right;
  context.events.Emit<BlobClassChanged>(context.registry.key, repository.name, digest, blob.size, right);
}

}  // namespace crrsim
