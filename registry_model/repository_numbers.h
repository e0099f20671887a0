// Small numbers for repositories, for projections that hear of one at every event: rows in a vector in place of a map
// keyed by names.
//
// A number is a repository's place in the order of first mention. It means something to its owner only: whatever is
// published goes by names, sorted by them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "registry_model/names.h"
#include "sim/index.h"

namespace crrsim {

using RepositoryNumber = std::uint32_t;

class RepositoryNumbers {
 public:
  /// The repository's number; the next free one, which is size(), at its first mention.
  RepositoryNumber NumberOf(const RegistryKey& registry, const RepositoryName& repository);
  /// Empty when it was never mentioned.
  [[nodiscard]] std::optional<RepositoryNumber> Find(const RegistryKey& registry,
                                                     const RepositoryName& repository) const;

  /// Requires number < size().
  [[nodiscard]] const RepositoryKey& KeyOf(RepositoryNumber number) const { return keys_.at(number); }
  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  /// All numbers. Order  by the names.
  [[nodiscard]] std::vector<RepositoryNumber> Sorted() const;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("keys", self.keys_);
    visit("numbers", self.numbers_);
  }

 private:
  std::vector<RepositoryKey> keys_;
  Index<RepositoryKey, RepositoryNumber> numbers_;
};

}  // namespace crrsim
