#include "registry_model/repository_numbers.h"

#include <algorithm>
#include <numeric>

namespace crrsim {

namespace {

/// A repository's names where they stand, so that looking one up copies no text.
struct NamesInPlace {
  const RegistryKey& registry;
  const RepositoryName& repository;
  [[nodiscard]] std::uint64_t LookupHash() const { return RepositoryKey::LookupHashOf(registry, repository); }
  friend bool operator==(const RepositoryKey& key, const NamesInPlace& names) {
    return key.registry == names.registry && key.repository == names.repository;
  }
};

}  // namespace

RepositoryNumber RepositoryNumbers::NumberOf(const RegistryKey& registry, const RepositoryName& repository) {
  if (const auto* number = numbers_.Find(NamesInPlace{registry, repository})) return *number;
  const auto number = static_cast<RepositoryNumber>(keys_.size());
  keys_.push_back({registry, repository});
  numbers_.Insert(keys_.back(), number);
  return number;
}

std::optional<RepositoryNumber> RepositoryNumbers::Find(const RegistryKey& registry,
                                                        const RepositoryName& repository) const {
  const auto* number = numbers_.Find(NamesInPlace{registry, repository});
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::vector<RepositoryNumber> RepositoryNumbers::Sorted() const {
  std::vector<RepositoryNumber> sorted(keys_.size());
  std::iota(sorted.begin(), sorted.end(), RepositoryNumber{0});
  std::sort(sorted.begin(), sorted.end(),
            [this](RepositoryNumber a, RepositoryNumber b) { return keys_[a] < keys_[b]; });
  return sorted;
}

}  // namespace crrsim
