// The errors that ECR's API answers with.
//
// `exception` is the name on the wire (`RepositoryNotFoundException`), `message` its text. Where the specification
// quotes the service's text, the text is the same; other texts are ours.
//
// Source  ecr-replication.md 10.2 and 10.3.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace crrsim {

struct ApiError {
  std::string exception;
  std::string message;
  friend bool operator==(const ApiError&, const ApiError&) = default;
};

template <class T>
using ApiResult = Result<T, ApiError>;

namespace exception {
inline constexpr std::string_view kAccessDenied = "AccessDeniedException";
inline constexpr std::string_view kEmptyUpload = "EmptyUploadException";
inline constexpr std::string_view kImageAlreadyExists = "ImageAlreadyExistsException";
inline constexpr std::string_view kImageArchived = "ImageArchivedException";
inline constexpr std::string_view kImageDigestDoesNotMatch = "ImageDigestDoesNotMatchException";
inline constexpr std::string_view kImageNotFound = "ImageNotFoundException";
inline constexpr std::string_view kImageStorageClassUpdateNotSupported = "ImageStorageClassUpdateNotSupportedException";
inline constexpr std::string_view kImageTagAlreadyExists = "ImageTagAlreadyExistsException";
inline constexpr std::string_view kInvalidLayer = "InvalidLayerException";
inline constexpr std::string_view kInvalidLayerPart = "InvalidLayerPartException";
inline constexpr std::string_view kInvalidParameter = "InvalidParameterException";
inline constexpr std::string_view kInvalidTagParameter = "InvalidTagParameterException";
inline constexpr std::string_view kLayerAlreadyExists = "LayerAlreadyExistsException";
inline constexpr std::string_view kLayerInaccessible = "LayerInaccessibleException";
inline constexpr std::string_view kLayerPartTooSmall = "LayerPartTooSmallException";
inline constexpr std::string_view kLayersNotFound = "LayersNotFoundException";
inline constexpr std::string_view kLifecyclePolicyNotFound = "LifecyclePolicyNotFoundException";
inline constexpr std::string_view kLifecyclePolicyPreviewInProgress = "LifecyclePolicyPreviewInProgressException";
inline constexpr std::string_view kLifecyclePolicyPreviewNotFound = "LifecyclePolicyPreviewNotFoundException";
inline constexpr std::string_view kLimitExceeded = "LimitExceededException";
inline constexpr std::string_view kReferencedImagesNotFound = "ReferencedImagesNotFoundException";
inline constexpr std::string_view kRegistryPolicyNotFound = "RegistryPolicyNotFoundException";
inline constexpr std::string_view kRepositoryAlreadyExists = "RepositoryAlreadyExistsException";
inline constexpr std::string_view kRepositoryNotEmpty = "RepositoryNotEmptyException";
inline constexpr std::string_view kRepositoryNotFound = "RepositoryNotFoundException";
inline constexpr std::string_view kRepositoryPolicyNotFound = "RepositoryPolicyNotFoundException";
inline constexpr std::string_view kScanNotFound = "ScanNotFoundException";
inline constexpr std::string_view kServer = "ServerException";
inline constexpr std::string_view kTemplateAlreadyExists = "TemplateAlreadyExistsException";
inline constexpr std::string_view kTemplateNotFound = "TemplateNotFoundException";
inline constexpr std::string_view kThrottling = "ThrottlingException";
inline constexpr std::string_view kTooManyTags = "TooManyTagsException";
inline constexpr std::string_view kUnknownOperation = "UnknownOperationException";
inline constexpr std::string_view kUnrecognizedClient = "UnrecognizedClientException";
inline constexpr std::string_view kUnsupportedImageType = "UnsupportedImageTypeException";
inline constexpr std::string_view kUploadNotFound = "UploadNotFoundException";
inline constexpr std::string_view kValidation = "ValidationException";
}  // namespace exception

/// The names of all exceptions that the model answers with, in alphabetical order.
std::span<const std::string_view> KnownExceptions();

}  // namespace crrsim
