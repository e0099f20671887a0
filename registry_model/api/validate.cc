#include "registry_model/api/validate.h"

#include <algorithm>

#include "registry_model/mutants.h"
#include "sim/nearest_name.h"

namespace crrsim {

ApiError Refuse(std::string_view name, std::string message) { return {std::string(name), std::move(message)}; }

ApiError InvalidParameter(std::string_view where, std::string_view constraint) {
  return Refuse(exception::kInvalidParameter,
                fmt::format("Invalid parameter at '{}' failed to satisfy constraint: '{}'", where, constraint));
}

ApiError RepositoryNotFound(const RegistryKey& registry, const RepositoryName& name) {
  return Refuse(exception::kRepositoryNotFound,
                fmt::format("The repository with name '{}' does not exist in the registry with id '{}'", name.text(),
                            registry.account.text()));
}

ApiError ImageNotFound(const RegistryKey& registry, const RepositoryName& name, const ImageIdentifier& id) {
  return Refuse(exception::kImageNotFound,
                fmt::format("The image with imageId {} does not exist within the repository with name '{}' in the "
                            "registry with id '{}'",
                            ToText(id), name.text(), registry.account.text()));
}

ApiResult<RepositoryName> CheckRepositoryName(std::string_view text) {
  auto name = RepositoryName::Parse(text);
  if (!name) return InvalidParameter("repositoryName", name.error().message);
  return *std::move(name);
}

ApiResult<Tag> CheckTag(std::string_view text) {
  auto tag = Tag::Parse(text);
  if (!tag) return InvalidParameter("imageTag", tag.error().message);
  return *std::move(tag);
}

bool HasDigestForm(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_hex = [&](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  const auto is_name = [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '+' ||
           c == '.';
  };
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto algorithm = text.substr(0, colon);
  const auto hex = text.substr(colon + 1);
  return !algorithm.empty() && !hex.empty() && std::all_of(algorithm.begin(), algorithm.end(), is_name) &&
         std::all_of(hex.begin(), hex.end(), is_hex);
}

ApiResult<std::optional<Digest>> CheckDigest(std::string_view where, std::string_view text) {
  const auto digest = Digest::Parse(text);
  if (digest) return std::optional(*digest);
  if (!HasDigestForm(text)) return InvalidParameter(where, digest.error().message);
  return std::optional<Digest>();
}

ApiResult<Unit> CheckOneOf(std::string_view where, std::string_view text, std::span<const std::string_view> values) {
  for (const auto value : values) {
    if (text == value) return Unit{};
  }
  if (Mutated(Mutant::kAnyEnumValue)) return Unit{};
  return InvalidParameter(
      where, fmt::format("'{}' is not one of {}{}", text, fmt::join(values, ", "), DidYouMean(text, values)));
}

ApiResult<Unit> CheckRange(std::string_view where, std::string_view what, std::int64_t found, std::int64_t min,
                           std::int64_t max) {
  if (Mutated(Mutant::kLimitsOneHigher) && min - 1 <= found && found - 1 <= max) return Unit{};
  const std::int64_t inset = Mutated(Mutant::kLimitsOneLower) && min < max ? 1 : 0;
  if (min + inset <= found && found <= max - inset) return Unit{};
  return InvalidParameter(where, fmt::format("Member must have {} between {} and {}, found {}", what, min, max, found));
}

ApiResult<Unit> CheckLength(std::string_view where, std::size_t found, std::int64_t min, std::int64_t max) {
  return CheckRange(where, "length", static_cast<std::int64_t>(found), min, max);
}

bool Exceeds(std::int64_t count, std::int64_t max) {
  if (Mutated(Mutant::kLimitsOneHigher)) return count - 1 > max;
  if (Mutated(Mutant::kLimitsOneLower)) return count >= max;
  return count > max;
}

std::string ToText(const ImageIdentifier& id) {
  return fmt::format("{{imageDigest:'{}', imageTag:'{}'}}", id.image_digest.value_or("null"),
                     id.image_tag.value_or("null"));
}

}  // namespace crrsim
