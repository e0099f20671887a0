#include "harness/images/image_content.h"

#include <utility>

namespace crrsim {

void ImageAssembler::AddBlob(Blob blob) {
  if (blobs_.insert(blob.digest).second) image_.blobs.push_back(std::move(blob));
}

void ImageAssembler::AddManifest(ManifestPtr manifest) {
  for (const auto& blob : manifest->blobs) CRRSIM_CHECK(HasBlob(blob.digest), "{} comes too late", blob.digest.text());
  for (const auto& child : manifest->children) {
    CRRSIM_CHECK(HasManifest(child.digest), "{} comes too late", child.digest.text());
  }
  image_.root = manifest;
  if (manifests_.insert(manifest->digest).second) image_.manifests.push_back(std::move(manifest));
}

void ImageAssembler::AddImage(const ImageContent& image) {
  for (const auto& blob : image.blobs) AddBlob(blob);
  for (const auto& manifest : image.manifests) AddManifest(manifest);
}

ImageContent ImageAssembler::Finish(std::string origin, LayerContent content) {
  CRRSIM_CHECK(image_.root != nullptr && image_.manifests.back() == image_.root);
  image_.origin = std::move(origin);
  image_.content = content;
  return std::move(image_);
}

}  // namespace crrsim
