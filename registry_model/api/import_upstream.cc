// What the pull-through cache brings: an image of an upstream registry enters a repository of the cache and is
// replicated from there like one that was pushed. Upstreams themselves, the cache's rules and its credentials are not
// modelled: the caller says what the upstream has.
//
// Source  ecr-replication.md 2.1 (14), 2.6 (2), 3 (3).
#include <algorithm>

#include "registry_model/api/create_for.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/validate.h"
#include "registry_model/registry/storage_class.h"

namespace crrsim {

ApiResult<ImportUpstreamImageResponse> Execute(ApiContext& context, const ImportUpstreamImageRequest& request) {
  CRRSIM_CHECK(!request.manifests.empty(), "nothing to import");
  const auto& root = request.manifests.back();
  const auto tag = CheckTag(request.image_tag);
  if (!tag) return tag.error();
  const auto* present = context.registry.Find(std::string_view(request.repository_name));
  const auto is_here = [&](const ManifestPtr& manifest) {
    return present != nullptr && present->FindImage(manifest->digest) != nullptr;
  };
  const bool is_cached = present != nullptr && present->FindImage(*tag) != nullptr;
  const auto held = present == nullptr ? 0 : static_cast<std::int64_t>(present->images.size());
  const auto here = std::count_if(request.manifests.begin(), request.manifests.end(), is_here);
  const auto added = static_cast<std::int64_t>(request.manifests.size()) - here;
  if (!is_cached && added > 0 && Exceeds(held + added, context.options.images_max)) {
    return Refuse(exception::kLimitExceeded,
                  fmt::format("The repository with name '{}' already holds {} images", request.repository_name, held));
  }
  const auto opened = OpenForImport(context, request.repository_name);
  if (!opened) return opened.error();
  context.assumptions.Use(Assumption::kUpstreamImages);
  if (const auto* cached = (*opened)->FindImage(*tag)) return ImportUpstreamImageResponse{cached->manifest->digest};

  auto content = context.content();
  content.origin = Origin::kPullThroughCache;
  auto& repository = ForChange(context, **opened);
  for (const auto& blob : request.blobs) StoreBlob(content, repository, blob.digest, blob.size);
  for (const auto& manifest : request.manifests) {
    const auto* image = repository.FindImage(manifest->digest);
    const bool is_new = image == nullptr;
    if (is_new) InsertManifest(content, repository, manifest);
    const bool restores = !is_new && !image->storage.is_active();
    if (restores) RestoreAtOnce(content, repository, manifest->digest);
    if (is_new || restores) context.scans.ScanOnArrival(context.registry.key, repository.name, *manifest);
  }
  const auto outcome = BindTag(content, repository, *tag, root->digest);
  CRRSIM_CHECK(outcome == TagOutcome::kBound);
  context.events.Emit<ImagePushed>(context.registry.key, repository.name, root->digest, *tag);
  return ImportUpstreamImageResponse{root->digest};
}

}  // namespace crrsim
