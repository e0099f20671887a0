#include "registry_model/api_error.h"

#include <array>

namespace crrsim {

namespace {

constexpr std::array kExceptions = {
    exception::kAccessDenied,
    exception::kEmptyUpload,
    exception::kImageAlreadyExists,
    exception::kImageArchived,
    exception::kImageDigestDoesNotMatch,
    exception::kImageNotFound,
    exception::kImageStorageClassUpdateNotSupported,
    exception::kImageTagAlreadyExists,
    exception::kInvalidLayer,
    exception::kInvalidLayerPart,
    exception::kInvalidParameter,
    exception::kInvalidTagParameter,
    exception::kLayerAlreadyExists,
    exception::kLayerInaccessible,
    exception::kLayerPartTooSmall,
    exception::kLayersNotFound,
    exception::kLifecyclePolicyNotFound,
    exception::kLifecyclePolicyPreviewInProgress,
    exception::kLifecyclePolicyPreviewNotFound,
    exception::kLimitExceeded,
    exception::kReferencedImagesNotFound,
    exception::kRegistryPolicyNotFound,
    exception::kRepositoryAlreadyExists,
    exception::kRepositoryNotEmpty,
    exception::kRepositoryNotFound,
    exception::kRepositoryPolicyNotFound,
    exception::kScanNotFound,
    exception::kServer,
    exception::kTemplateAlreadyExists,
    exception::kTemplateNotFound,
    exception::kThrottling,
    exception::kTooManyTags,
    exception::kUnknownOperation,
    exception::kUnrecognizedClient,
    exception::kUnsupportedImageType,
    exception::kUploadNotFound,
    exception::kValidation,
};

}  // namespace

std::span<const std::string_view> KnownExceptions() { return kExceptions; }

}  // namespace crrsim
