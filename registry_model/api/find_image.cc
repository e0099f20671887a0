#include "registry_model/api/find_image.h"

#include "registry_model/api/validate.h"

namespace crrsim {

Result<FoundImage, ImageFailure> FindByIdentifier(const Repository& repository, const ImageIdentifier& id) {
  const auto failure = [&id](std::string_view code, std::string_view reason) {
    return ImageFailure{id, std::string(code), std::string(reason)};
  };
  if (!id.image_digest && !id.image_tag) {
    return failure("MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null");
  }
  FoundImage found;
  if (id.image_tag) {
    auto tag = Tag::Parse(*id.image_tag);
    if (!tag) {
      return failure("InvalidImageTag", fmt::format("Invalid request parameters: {}", tag.error().message));
    }
    found.tag = *std::move(tag);
    found.image = repository.FindImage(*found.tag);
  }
  if (id.image_digest) {
    if (!HasDigestForm(*id.image_digest)) {
      return failure("InvalidImageDigest",
                     "Invalid request parameters: image digest should satisfy the regex "
                     "'[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
    }
    const auto digest = Digest::Parse(*id.image_digest);
    const auto* by_digest = digest ? repository.FindImage(*digest) : nullptr;
    if (found.image != nullptr && by_digest != nullptr && found.image != by_digest) {
      return failure("ImageTagDoesNotMatchDigest", "Requested image tag names another image digest");
    }
    if (!id.image_tag || by_digest == nullptr) found.image = by_digest;
  }
  if (found.image == nullptr) return failure("ImageNotFound", "Requested image not found");
  return found;
}

ApiResult<const Image*> RequireImage(const ApiContext& context, const Repository& repository,
                                     const ImageIdentifier& id) {
  auto found = FindByIdentifier(repository, id);
  if (found) return found->image;
  const auto& code = found.error().failure_code;
  if (code == "ImageNotFound" || code == "ImageTagDoesNotMatchDigest") {
    return ImageNotFound(context.registry.key, repository.name, id);
  }
  return Refuse(exception::kInvalidParameter, found.error().failure_reason);
}

}  // namespace crrsim
