#include "harness/images/layer_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <semaphore>
#include <span>
#include <thread>
#include <vector>

#include "sim/archive.h"
#include "sim/digest.h"
#include "sim/int128.h"

namespace crrsim {

namespace {

constexpr std::size_t kBlockSize = 256UL * 1024;
constexpr std::uint64_t kWordsOfBlock = kBlockSize / sizeof(std::uint64_t);
/// So many that a core that is busy with others now and then makes nobody wait.
constexpr std::uint64_t kBlocksAhead = 16;
/// Below this, starting a thread costs as much as it saves.
constexpr std::int64_t kThreadSizeMin = std::int64_t{1} << 20;  // bytes

/// The two halves of a product, folded: one multiplication a word, several times as fast as the hash that follows.
std::uint64_t Fold(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<UInt128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

void FillBlock(std::span<char> block, Hash128 seed, std::uint64_t first_word) {
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

Hash128 SeedOf(const LayerKey& key) {
  Writer writer;
  writer.PutText("crrsim synthetic layer");
  writer.Put(kLayerBytesVersion);
  writer.Put(key);
  return HashBytes(writer.bytes());
}

std::uint64_t BlockCount(const LayerKey& key) {
  return (static_cast<std::uint64_t>(key.size.bytes()) + kBlockSize - 1) / kBlockSize;
}

/// What of a full block belongs to the layer.
std::string_view PartOfBlock(const LayerKey& key, std::uint64_t number, std::span<const char> block) {
  const auto left = static_cast<std::uint64_t>(key.size.bytes()) - number * kBlockSize;
  return {block.data(), static_cast<std::size_t>(std::min<std::uint64_t>(left, kBlockSize))};
}

/// Makes the blocks of a layer on a thread of its own, a few ahead of the one who takes them, who hashes meanwhile.
class BlocksAhead {
 public:
  explicit BlocksAhead(const LayerKey& key)
      : maker_([this, seed = SeedOf(key), count = BlockCount(key)] {
          for (std::uint64_t number = 0; number < count; ++number) {
            free_.acquire();
            if (abandoned_) return;
            FillBlock(Block(number), seed, number * kWordsOfBlock);
            full_.release();
          }
        }) {}
  ~BlocksAhead() {
    // Whoever goes before the last block must not leave the maker waiting.
    abandoned_ = true;
    free_.release();
  }
  BlocksAhead(const BlocksAhead&) = delete;
  BlocksAhead& operator=(const BlocksAhead&) = delete;

  /// Good until GiveBack. Requires the numbers 0, 1, 2, ... up to the last.
  std::span<const char> Take(std::uint64_t number) {
    full_.acquire();
    return Block(number);
  }
  void GiveBack() { free_.release(); }

 private:
  [[nodiscard]] std::span<char> Block(std::uint64_t number) {
    return {blocks_.get() + number % kBlocksAhead * kBlockSize, kBlockSize};
  }

  std::unique_ptr<char[]> blocks_ = std::make_unique_for_overwrite<char[]>(kBlocksAhead * kBlockSize);
  std::counting_semaphore<> free_{static_cast<std::ptrdiff_t>(kBlocksAhead)};
  std::counting_semaphore<> full_{0};
  std::atomic<bool> abandoned_ = false;
  std::jthread maker_;  // the last, since it uses the others
};

}  // namespace

void VisitLayerBytes(const LayerKey& key, const std::function<void(std::string_view)>& visit) {
  const auto seed = SeedOf(key);
  std::vector<char> block(kBlockSize);
  for (std::uint64_t number = 0; number < BlockCount(key); ++number) {
    FillBlock(block, seed, number * kWordsOfBlock);
    visit(PartOfBlock(key, number, block));
  }
}

Digest DigestOfLayer(const LayerKey& key, DigestAlgorithm algorithm) {
  DigestBuilder builder(algorithm);
  if (key.size.bytes() < kThreadSizeMin || std::thread::hardware_concurrency() < 2) {
    VisitLayerBytes(key, [&builder](std::string_view block) { builder.Add(block); });
    return builder.Finish();
  }
  BlocksAhead blocks(key);
  for (std::uint64_t number = 0; number < BlockCount(key); ++number) {
    builder.Add(PartOfBlock(key, number, blocks.Take(number)));
    blocks.GiveBack();
  }
  return builder.Finish();
}

Digest StandInDigest(const LayerKey& key, DigestAlgorithm algorithm) {
  // The name stands last, so that no name can look like other figures.
  return Digest::Of(fmt::format("crrsim layer without bytes, version {}\nsize {}\nindex {}\nname {}\n",
                                kLayerBytesVersion, key.size.bytes(), key.index, key.name),
                    algorithm);
}

}  // namespace crrsim
