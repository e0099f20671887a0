// How the operations refuse: ECR's exceptions with ECR's texts, and the checks of single members that many share.
//
// Texts that ecr-replication.md quotes are the same here, and where more can be said it follows behind them; the others
// are ours in the same style.
//
// Source  ecr-replication.md 1.4 (9), 8 (request limits), 10.2, 10.3 (message texts).
#pragma once

#include <fmt/format.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "registry_model/api/image_requests.h"
#include "registry_model/api_error.h"
#include "registry_model/names.h"
#include "registry_model/oci/digest.h"

namespace crrsim {

/// `name` is one of namespace exception.
ApiError Refuse(std::string_view name, std::string message);
/// `Invalid parameter at 'WHERE' failed to satisfy constraint: 'CONSTRAINT'`.
ApiError InvalidParameter(std::string_view where, std::string_view constraint);

ApiError RepositoryNotFound(const RegistryKey& registry, const RepositoryName& name);
/// `id` as the request gave it.
ApiError ImageNotFound(const RegistryKey& registry, const RepositoryName& name, const ImageIdentifier& id);

ApiResult<RepositoryName> CheckRepositoryName(std::string_view text);
ApiResult<Tag> CheckTag(std::string_view text);
/// Whether ECR takes the text for a digest: `[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+`. That is more than the digests that content
/// can have (oci/digest.h): those of another algorithm or length, or in capitals, are only never there.
bool HasDigestForm(std::string_view text);
/// On error  InvalidParameterException for a text without the form of a digest.
/// Returns   nothing for a digest that no content can have.
ApiResult<std::optional<Digest>> CheckDigest(std::string_view where, std::string_view text);
/// On error  InvalidParameterException with the nearest of `values`.
ApiResult<Unit> CheckOneOf(std::string_view where, std::string_view text, std::span<const std::string_view> values);
/// On error  InvalidParameterException unless min <= found <= max. `what` says what is counted: `length` or `value`.
ApiResult<Unit> CheckRange(std::string_view where, std::string_view what, std::int64_t found, std::int64_t min,
                           std::int64_t max);
/// The number of elements or characters.
ApiResult<Unit> CheckLength(std::string_view where, std::size_t found, std::int64_t min, std::int64_t max);

/// `{imageDigest:'sha256:…', imageTag:'null'}`, as ECR's messages name an image.
/// Whether a count is past its limit.
bool Exceeds(std::int64_t count, std::int64_t max);
std::string ToText(const ImageIdentifier& id);

}  // namespace crrsim
