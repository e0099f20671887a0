// Repository settings, between AWS's shapes and the model: shared by repositories and creation templates.
//
// Source  ecr-replication.md 2.6 (2), 8 (exclusion filters, tags), 10.2 (CreateRepository, PutImageTagMutability).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry_model/api/repository_requests.h"
#include "registry_model/api_error.h"
#include "registry_model/registry/repository.h"

namespace crrsim {

/// Sets mutability and exclusion filters. Filters come with a `_WITH_EXCLUSION` value, and such a value with filters.
/// On error  InvalidParameterException; `settings` is as it was.
ApiResult<Unit> ReadMutability(const std::string& mutability,
                               const std::optional<std::vector<ImageTagMutabilityExclusionFilter>>& filters,
                               RepositorySettings& settings);
std::optional<std::vector<ImageTagMutabilityExclusionFilter>> FiltersOf(const RepositorySettings& settings);

enum class KmsKeyForm : std::uint8_t { kAny, kFullArn };
/// On error  InvalidParameterException; `settings` is as it was.
ApiResult<Unit> ReadEncryption(const EncryptionConfiguration& encryption, KmsKeyForm form,
                               RepositorySettings& settings);
EncryptionConfiguration EncryptionOf(const RepositorySettings& settings);

/// On error  InvalidTagParameterException unless it has 1 to 128 characters and does not begin with `aws:`.
ApiResult<Unit> CheckTagKey(const std::string& key);
/// On error  TooManyTagsException for more than 50 tags of a repository.
ApiResult<Unit> CheckTagCount(std::size_t count);
/// On error  InvalidTagParameterException or TooManyTagsException.
ApiResult<std::map<std::string, std::string>> ReadResourceTags(const std::vector<ResourceTag>& tags);

}  // namespace crrsim
