// The bytes of synthetic layers: made up from the layer's name, place and size, never stored.
//
// The bytes are uniform noise and no tar archive: nothing unpacks them, they only have to be as many as stated, to be
// different for different layers, and to be the same on every machine, in every run and for every seed.
//
//   DigestBuilder builder;
//   VisitLayerBytes({"mservice", 0, Mebibytes(48)}, [&](std::string_view block) { builder.Add(block); });
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "registry_model/oci/digest.h"
#include "sim/units.h"

namespace crrsim {

/// Counted up when the bytes that a key stands for change.
inline constexpr int kLayerBytesVersion = 1;

/// What a synthetic layer is made from.
struct LayerKey {
  std::string name;
  std::int64_t index = 0;
  ByteCount size;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("index", self.index);
    visit("size", self.size);
  }
};

/// Passes the layer's bytes on, block by block.
/// Order  from the first byte to the last.
void VisitLayerBytes(const LayerKey& key, const std::function<void(std::string_view)>& visit);

/// The digest of the layer's bytes: about 1 s a gibibyte.
Digest DigestOfLayer(const LayerKey& key, DigestAlgorithm algorithm);

/// The stand-in for a layer without bytes: the digest of a short text that states name, place and size. No bytes of the
/// stated size have it.
Digest StandInDigest(const LayerKey& key, DigestAlgorithm algorithm);

}  // namespace crrsim
