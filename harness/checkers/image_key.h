// An image in a repository, as a key of lookups: what several checkers keep notes by.
#pragma once

#include <cstdint>

#include "registry_model/oci/digest.h"
#include "registry_model/repository_numbers.h"
#include "sim/index.h"

namespace crrsim {

struct ImageKey {
  RepositoryNumber repository = 0;
  Digest digest;
  friend bool operator==(const ImageKey&, const ImageKey&) = default;
  friend auto operator<=>(const ImageKey&, const ImageKey&) = default;
  [[nodiscard]] std::uint64_t LookupHash() const {
    return digest.LookupHash() ^ (repository * std::uint64_t{0x9E3779B97F4A7C15});
  }
};

/// A tag of an image in a repository.
struct TaggedImageKey {
  ImageKey image;
  Tag tag;
  friend bool operator==(const TaggedImageKey&, const TaggedImageKey&) = default;
  [[nodiscard]] std::uint64_t LookupHash() const { return image.LookupHash() ^ tag.LookupHash(); }
};

}  // namespace crrsim
