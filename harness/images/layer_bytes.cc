#include "harness/images/layer_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "sim/archive.h"
#include "sim/digest.h"
#include "sim/int128.h"

namespace crrsim {

namespace {

constexpr std::size_t kBlockSize = 64UL * 1024;

/// The two halves of a product, folded: one multiplication a word, several times as fast as the hash that follows.
std::uint64_t Fold(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<UInt128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

void FillBlock(std::vector<char>& block, Hash128 seed, std::uint64_t first_word) {
  // An odd step reaches every 64-bit value before it comes back; the constants are digits of pi.
  constexpr std::uint64_t kStep = 0x243F6A8885A308D3;
  constexpr std::uint64_t kOther = 0x13198A2E03707344;
  auto counter = seed.low + first_word * kStep;
  for (std::size_t place = 0; place < block.size(); place += sizeof(std::uint64_t)) {
    counter += kStep;
    const auto word = Fold(counter ^ kOther, counter ^ seed.high);
    std::memcpy(block.data() + place, &word, sizeof(word));
  }
}

}  // namespace

void VisitLayerBytes(const LayerKey& key, const std::function<void(std::string_view)>& visit) {
  Writer writer;
  writer.PutText("crrsim synthetic layer");
  writer.Put(kLayerBytesVersion);
  writer.Put(key);
  const auto seed = HashBytes(writer.bytes());
  std::vector<char> block(kBlockSize);
  std::uint64_t first_word = 0;
  for (auto left = static_cast<std::uint64_t>(key.size.bytes()); left > 0;) {
    FillBlock(block, seed, first_word);
    const auto taken = std::min<std::uint64_t>(left, kBlockSize);
    visit({block.data(), static_cast<std::size_t>(taken)});
    left -= taken;
    first_word += kBlockSize / sizeof(std::uint64_t);
  }
}

Digest DigestOfLayer(const LayerKey& key, DigestAlgorithm algorithm) {
  DigestBuilder builder(algorithm);
  VisitLayerBytes(key, [&builder](std::string_view block) { builder.Add(block); });
  return builder.Finish();
}

Digest StandInDigest(const LayerKey& key, DigestAlgorithm algorithm) {
  // The name stands last, so that no name can look like other figures.
  return Digest::Of(fmt::format("crrsim layer without bytes, version {}\nsize {}\nindex {}\nname {}\n",
                                kLayerBytesVersion, key.size.bytes(), key.index, key.name),
                    algorithm);
}

}  // namespace crrsim
