// BatchDeleteImage: a tag named alone is taken off, and the last tag takes the image along; a digest takes the image
// and all its tags. Identifiers are worked off in the order of the request.
//
// Source  ecr-replication.md 10.2 (BatchDeleteImage).
#include <algorithm>

#include "registry_model/api/find_image.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"

namespace crrsim {

namespace {

ImageFailure ReferencedFailure(const Repository& repository, const ImageIdentifier& id, const Digest& digest) {
  std::string indexes;
  repository.images.ForEachSorted([&](const Digest& index_digest, const Image& index) {
    const auto& children = index.manifest->children;
    const auto lists = [&](const Descriptor& child) { return child.digest == digest; };
    if (std::none_of(children.begin(), children.end(), lists)) return;
    indexes += (indexes.empty() ? "" : ", ") + index_digest.text();
  });
  return {id, "ImageReferencedByManifestList",
          fmt::format("Requested image referenced by manifest list: [{}]", indexes)};
}

/// Removes what one identifier names and lists the (digest, tag) pairs that went.
void DeleteOne(const ContentContext& content, Repository& repository, const ImageIdentifier& id,
               BatchDeleteImageResponse& response) {
  const auto found = FindByIdentifier(repository, id);
  if (!found) return response.failures.push_back(found.error());
  const auto& image = *found->image;
  const auto digest = image.manifest->digest;
  if (found->tag && image.tags.size() > 1 && !Mutated(Mutant::kUntaggingDeletes)) {
    DeleteTag(content, repository, *found->tag, DeletionCause::kClient);
    return response.image_ids.push_back({digest.text(), found->tag->text()});
  }
  if (image.indexes > 0 && Mutated(Mutant::kReferencedIsDeleted)) {
    return response.image_ids.push_back({digest.text(), std::nullopt});
  }
  if (image.indexes > 0) return response.failures.push_back(ReferencedFailure(repository, id, digest));
  if (image.tags.empty()) response.image_ids.push_back({digest.text(), std::nullopt});
  for (const auto& tag : image.tags) response.image_ids.push_back({digest.text(), tag.text()});
  DeleteImage(content, repository, digest, DeletionCause::kClient);
}

}  // namespace

ApiResult<BatchDeleteImageResponse> Execute(ApiContext& context, const BatchDeleteImageRequest& request) {
  if (auto sound = CheckLength("imageIds", request.image_ids.size(), 1, kImageIdsMax); !sound) return sound.error();
  const auto opened = OpenRepository(context, "ecr:BatchDeleteImage", request.repository_name);
  if (!opened) return opened.error();
  const auto content = context.content();
  auto& repository = ForChange(context, **opened);
  BatchDeleteImageResponse response;
  for (const auto& id : request.image_ids) DeleteOne(content, repository, id, response);
  if (Mutated(Mutant::kFailuresAreLeftOut)) response.failures.clear();
  return response;
}

}  // namespace crrsim
