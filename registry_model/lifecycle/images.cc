#include "registry_model/lifecycle/images.h"

#include "registry_model/mutants.h"

namespace crrsim {

std::vector<LifecycleImage> ImagesForLifecycle(const Repository& repository) {
  std::vector<LifecycleImage> images;
  images.reserve(repository.images.size());
  repository.images.ForEachSorted([&](const Digest& digest, const Image& image) {
    auto& seen = images.emplace_back();
    seen.digest = digest;
    for (const auto& tag : image.tags) seen.tags.push_back(tag.text());
    for (const auto& child : image.manifest->children) seen.children.push_back(child.digest);
    seen.pushed_at = image.pushed_at;
    seen.pulled_at = image.pulled_at;
    seen.activated_at = image.storage.activated_at;
    if (image.storage.storage_class() == StorageClass::kArchive) {
      seen.storage_class = LifecycleStorageClass::kArchive;
      seen.transitioned_at = image.storage.archived_at;
    }
  });
  return images;
}

std::vector<Digest> OrphanedReferrers(const Repository& repository) {
  std::vector<Digest> orphaned;
  bool has_any = false;
  for (const auto& [subject, referred] : repository.subjects) has_any = has_any || referred.was_deleted;
  if (!has_any || Mutated(Mutant::kReferrersStay)) return orphaned;
  repository.images.ForEachSorted([&](const Digest& digest, const Image& image) {
    if (!image.manifest->subject || image.indexes > 0) return;
    if (repository.subjects.at(image.manifest->subject->digest).was_deleted) orphaned.push_back(digest);
  });
  return orphaned;
}

}  // namespace crrsim
