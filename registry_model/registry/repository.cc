#include "registry_model/registry/repository.h"

#include "registry_model/mutants.h"

#include <algorithm>
#include <array>

#include "registry_model/registry/wildcard.h"

namespace crrsim {

namespace {

constexpr std::array<std::string_view, 4> kMutabilityNames = {"MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION",
                                                              "IMMUTABLE_WITH_EXCLUSION"};

}  // namespace

std::string_view NameOf(TagMutability mutability) { return kMutabilityNames.at(static_cast<std::size_t>(mutability)); }

std::optional<TagMutability> ParseTagMutability(std::string_view text) {
  const auto found = std::find(kMutabilityNames.begin(), kMutabilityNames.end(), text);
  if (found == kMutabilityNames.end()) return std::nullopt;
  return static_cast<TagMutability>(found - kMutabilityNames.begin());
}

bool IsImmutable(const RepositorySettings& settings, const Tag& tag) {
  const auto excluded = [&] {
    return std::any_of(settings.mutability_exclusions.begin(), settings.mutability_exclusions.end(),
                       [&](const std::string& filter) { return MatchesWildcard(filter, tag.text()); });
  };
  if (Mutated(Mutant::kImmutabilityIsIgnored)) return false;
  if (Mutated(Mutant::kExclusionsAreIgnored)) {
    return settings.mutability == TagMutability::kImmutable ||
           settings.mutability == TagMutability::kImmutableWithExclusion;
  }
  switch (settings.mutability) {
    case TagMutability::kMutable:
      return false;
    case TagMutability::kImmutable:
      return true;
    case TagMutability::kMutableWithExclusion:
      return excluded();
    case TagMutability::kImmutableWithExclusion:
      return !excluded();
  }
  FailCheck(__FILE__, __LINE__, "a known mutability", "");
}

const Image* Repository::FindImage(const Digest& digest) const { return images.Find(digest); }

const Image* Repository::FindImage(const Tag& tag) const {
  const auto* digest = tags.Find(tag);
  if (digest == nullptr) return nullptr;
  const auto* image = FindImage(*digest);
  CRRSIM_CHECK(image != nullptr, "tag '{}' names no image in '{}'", tag.text(), name.text());
  return image;
}

}  // namespace crrsim
