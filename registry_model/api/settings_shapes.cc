#include "registry_model/api/settings_shapes.h"

#include <algorithm>
#include <array>

#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"

namespace crrsim {

namespace {

constexpr std::string_view kFiltersWhere = "imageTagMutabilityExclusionFilters";
constexpr std::int64_t kFiltersMax = 5;
constexpr std::int64_t kScanFilterLengthMax = 128;
constexpr std::int64_t kKmsKeyLengthMax = 2'048;
constexpr std::int64_t kTagsMax = 50;
constexpr std::int64_t kTagKeyLengthMax = 128;
constexpr std::int64_t kTagValueLengthMax = 256;

constexpr bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

ApiResult<Unit> CheckFilter(const ImageTagMutabilityExclusionFilter& filter) {
  constexpr std::array<std::string_view, 1> kTypes = {"WILDCARD"};
  if (auto sound = CheckOneOf(kFiltersWhere, filter.filter_type, kTypes); !sound) return sound;
  if (auto sound = CheckLength(kFiltersWhere, filter.filter.size(), 1, kScanFilterLengthMax); !sound) return sound;
  const auto allowed = [](char c) {
    return IsLower(c) || IsDigit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '*' || c == '-';
  };
  if (std::all_of(filter.filter.begin(), filter.filter.end(), allowed)) return Unit{};
  return InvalidParameter(kFiltersWhere, fmt::format("'{}' holds more than letters, digits and ._*-", filter.filter));
}

/// `arn:aws:kms:<region>:<account>:key/<id>`; partition and id of lower-case letters, digits and dashes.
bool IsFullKeyArn(std::string_view text) {
  const auto take = [&text](std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
  };
  const auto take_name = [&text] {
    const auto end =
        std::find_if_not(text.begin(), text.end(), [](char c) { return IsLower(c) || IsDigit(c) || c == '-'; });
    const auto length = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(length);
    return length;
  };
  if (!take("arn:aws")) return false;
  take_name();
  if (!take(":kms:") || take_name() == 0 || !take(":")) return false;
  if (text.size() < 12 || !AccountId::Parse(text.substr(0, 12)).ok()) return false;
  text.remove_prefix(12);
  return take(":key/") && take_name() > 0 && text.empty();
}

}  // namespace

ApiResult<Unit> ReadMutability(const std::string& mutability,
                               const std::optional<std::vector<ImageTagMutabilityExclusionFilter>>& filters,
                               RepositorySettings& settings) {
  constexpr std::array<std::string_view, 4> kValues = {"MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION",
                                                       "MUTABLE_WITH_EXCLUSION"};
  if (auto sound = CheckOneOf("imageTagMutability", mutability, kValues); !sound) return sound;
  const bool with_exclusion = mutability.ends_with("_WITH_EXCLUSION");
  if (with_exclusion != filters.has_value() && !Mutated(Mutant::kAnyFilters)) {
    return InvalidParameter(kFiltersWhere, with_exclusion
                                               ? fmt::format("{} needs exclusion filters", mutability)
                                               : fmt::format("{} does not go with exclusion filters", mutability));
  }
  std::vector<std::string> exclusions;
  if (filters) {
    if (auto sound = CheckLength(kFiltersWhere, filters->size(), 1, kFiltersMax); !sound) return sound;
    for (const auto& filter : *filters) {
      if (auto sound = CheckFilter(filter); !sound) return sound;
      exclusions.push_back(filter.filter);
    }
  }
  settings.mutability = ParseTagMutability(mutability).value_or(TagMutability::kMutable);
  settings.mutability_exclusions = std::move(exclusions);
  return Unit{};
}

std::optional<std::vector<ImageTagMutabilityExclusionFilter>> FiltersOf(const RepositorySettings& settings) {
  if (settings.mutability_exclusions.empty()) return std::nullopt;
  std::vector<ImageTagMutabilityExclusionFilter> filters;
  for (const auto& filter : settings.mutability_exclusions) filters.push_back({"WILDCARD", filter});
  return filters;
}

ApiResult<Unit> ReadEncryption(const EncryptionConfiguration& encryption, KmsKeyForm form,
                               RepositorySettings& settings) {
  constexpr std::array<std::string_view, 3> kTypes = {"AES256", "KMS", "KMS_DSSE"};
  constexpr std::string_view kKeyWhere = "encryptionConfiguration.kmsKey";
  if (auto sound = CheckOneOf("encryptionConfiguration.encryptionType", encryption.encryption_type, kTypes); !sound) {
    return sound;
  }
  const auto key = encryption.kms_key.value_or("");
  const bool may_be_empty = !encryption.kms_key || form == KmsKeyForm::kFullArn;
  if (auto sound = CheckLength(kKeyWhere, key.size(), may_be_empty ? 0 : 1, kKmsKeyLengthMax); !sound) return sound;
  if (!key.empty() && encryption.encryption_type == "AES256") {
    return InvalidParameter(kKeyWhere, "AES256 does not go with a KMS key");
  }
  if (form == KmsKeyForm::kFullArn && !key.empty() && !IsFullKeyArn(key)) {
    return InvalidParameter(kKeyWhere, fmt::format("'{}' is not the full ARN of a KMS key", key));
  }
  settings.encryption_type = encryption.encryption_type;
  settings.kms_key = key;
  return Unit{};
}

EncryptionConfiguration EncryptionOf(const RepositorySettings& settings) {
  return {settings.encryption_type, settings.kms_key.empty() ? std::nullopt : std::optional(settings.kms_key)};
}

ApiResult<Unit> CheckTagKey(const std::string& key) {
  if (key.empty() || Exceeds(static_cast<std::int64_t>(key.size()), kTagKeyLengthMax)) {
    return Refuse(exception::kInvalidTagParameter,
                  fmt::format("An invalid parameter has been specified. Tag keys have 1 to {} characters; '{}' has {}",
                              kTagKeyLengthMax, key, key.size()));
  }
  if (key.starts_with("aws:") && !Mutated(Mutant::kReservedTagsAreTaken)) {
    return Refuse(exception::kInvalidTagParameter,
                  fmt::format("An invalid parameter has been specified. The prefix aws: of '{}' is reserved", key));
  }
  return Unit{};
}

ApiResult<Unit> CheckTagCount(std::size_t count) {
  if (!Exceeds(static_cast<std::int64_t>(count), kTagsMax)) return Unit{};
  return Refuse(exception::kTooManyTags, fmt::format("The list of tags on the repository is over the limit. A "
                                                     "repository has at most {} tags, found {}",
                                                     kTagsMax, count));
}

ApiResult<std::map<std::string, std::string>> ReadResourceTags(const std::vector<ResourceTag>& tags) {
  std::map<std::string, std::string> read;
  for (const auto& tag : tags) {
    if (auto sound = CheckTagKey(tag.key); !sound) return sound.error();
    if (Exceeds(static_cast<std::int64_t>(tag.value.size()), kTagValueLengthMax)) {
      return Refuse(exception::kInvalidTagParameter,
                    fmt::format("An invalid parameter has been specified. Tag values have at most {} characters; that "
                                "of '{}' has {}",
                                kTagValueLengthMax, tag.key, tag.value.size()));
    }
    if (!read.emplace(tag.key, tag.value).second) {
      return Refuse(exception::kInvalidTagParameter, fmt::format("The tag key '{}' is given twice", tag.key));
    }
  }
  if (auto sound = CheckTagCount(read.size()); !sound) return sound.error();
  return read;
}

}  // namespace crrsim
