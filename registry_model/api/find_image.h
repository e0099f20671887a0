// From an image identifier of a request to the image.
#pragma once

#include <cstdint>
#include <optional>

#include "registry_model/api/context.h"
#include "registry_model/api/image_requests.h"

namespace crrsim {

/// The most image identifiers that one request may hold (ecr-replication.md 10.2).
constexpr std::int64_t kImageIdsMax = 100;

struct FoundImage {
  const Image* image = nullptr;
  std::optional<Tag> tag;  // if the request names one
};

/// For the operations that answer image by image.
/// On error  the failure with ECR's code and reason: MissingDigestAndTag, InvalidImageDigest, InvalidImageTag,
///           ImageNotFound, ImageTagDoesNotMatchDigest.
Result<FoundImage, ImageFailure> FindByIdentifier(const Repository& repository, const ImageIdentifier& id);

/// For the operations that fail as a whole.
/// On error  InvalidParameterException for an identifier that is none, else ImageNotFoundException.
ApiResult<const Image*> RequireImage(const ApiContext& context, const Repository& repository,
                                     const ImageIdentifier& id);

}  // namespace crrsim
