// Two hashes with two purposes, both XXH3-128 over canonical bytes (sim/archive.h).
//
// RunDigest chains every event of a run, so two runs are equal when their digests are, and the first checkpoint that
// differs says where they parted. StateHash identifies a state whatever way led to it: a commutative sum over the
// entities of a world, which leaves out sequence numbers, the run digest and absolute time.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/archive.h"
#include "sim/result.h"

namespace crrsim {

/// A 128-bit hash value.
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const Hash128&, const Hash128&) = default;
  [[nodiscard]] std::uint64_t LookupHash() const { return low; }

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("high", self.high);
    visit("low", self.low);
  }
};

/// 32 lower-case hexadecimal digits, the high half first.
std::string ToText(Hash128 hash);
Result<Hash128, ParseError> ParseHash128(std::string_view text);

/// XXH3-128 of the bytes.
Hash128 HashBytes(std::string_view bytes);
/// A quick 64-bit hash for lookup tables; the same everywhere, but in no file format.
std::uint64_t HashForLookup(std::string_view bytes);

/// XXH3-128 of a value's canonical bytes.
template <class T>
Hash128 HashOf(const T& value) {
  Writer writer;
  writer.Put(value);
  return HashBytes(writer.bytes());
}

/// All that happened so far, in one value. The bytes of events gather in a chunk, each with its length behind it, and
/// chunks are chained: `d = XXH3_128(d, chunk)`. One ends at a checkpoint, or when it has kChunkBytes. So where chunks
/// end follows from the events alone, and not from who looks at the digest, copies or saves it in between.
class RunDigest {
 public:
  /// The digest after a number of events.
  struct Checkpoint {
    std::uint64_t events = 0;
    Hash128 digest;
    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("events", self.events);
      visit("digest", self.digest);
    }
  };

  /// Folds in one event: what `append(Writer&)` writes. So it is written where it is hashed.
  template <std::invocable<Writer&> Append>
  void Add(Append&& append) {
    if (chunk_.bytes().empty()) chunk_.Put(value_);
    const auto before = chunk_.bytes().size();
    append(chunk_);
    chunk_.Put(static_cast<std::uint64_t>(chunk_.bytes().size() - before));
    ++events_;
    if (IsCheckpoint(events_) || chunk_.bytes().size() >= kChunkBytes) EndChunk();
  }
  void Add(std::string_view canonical_bytes) {
    Add([&](Writer& writer) { writer.PutBytes(canonical_bytes.data(), canonical_bytes.size()); });
  }

  [[nodiscard]] Hash128 value() const { return chunk_.bytes().empty() ? value_ : HashBytes(chunk_.bytes()); }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  /// At most 2 * kCheckpointsKept, oldest first, evenly spaced; the spacing doubles as the run grows.
  [[nodiscard]] const std::vector<Checkpoint>& checkpoints() const { return checkpoints_; }

  friend bool operator==(const RunDigest& a, const RunDigest& b) {
    return a.value() == b.value() && a.events_ == b.events_ && a.checkpoints_ == b.checkpoints_;
  }

  void Encode(Writer& writer) const;
  static RunDigest Decode(Reader& reader);

  static constexpr std::size_t kCheckpointsKept = 64;
  static constexpr std::size_t kChunkBytes = 4096;

 private:
  /// Without a division, which would be a good part of what an event costs here.
  [[nodiscard]] bool IsCheckpoint(std::uint64_t events) const { return (events & (spacing_ - 1)) == 0; }
  void EndChunk();

  Hash128 value_;  // of the chunks that have ended
  std::uint64_t events_ = 0;
  std::uint64_t spacing_ = 1;  // a power of two
  std::vector<Checkpoint> checkpoints_;
  Writer chunk_;  // empty, or value_ and the events since
};

/// A sum of entity hashes: adding and removing entities in any order gives the same value for the same set.
class StateHash {
 public:
  void Add(Hash128 entity);
  void Remove(Hash128 entity);
  [[nodiscard]] Hash128 value() const { return sum_; }
  friend bool operator==(const StateHash&, const StateHash&) = default;

 private:
  Hash128 sum_;
};

}  // namespace crrsim
