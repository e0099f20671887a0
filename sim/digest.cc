#include "sim/digest.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <charconv>

namespace crrsim {

namespace {

Hash128 FromXxh(XXH128_hash_t hash) { return {hash.high64, hash.low64}; }

UInt128 Join(Hash128 hash) { return (static_cast<UInt128>(hash.high) << 64) | hash.low; }
Hash128 Split(UInt128 value) { return {static_cast<std::uint64_t>(value >> 64), static_cast<std::uint64_t>(value)}; }

}  // namespace

std::string ToText(Hash128 hash) { return fmt::format("{:016x}{:016x}", hash.high, hash.low); }

Result<Hash128, ParseError> ParseHash128(std::string_view text) {
  Hash128 hash;
  const auto read = [&](std::size_t from, std::uint64_t& into) {
    const auto* first = text.data() + from;
    const auto [end, error] = std::from_chars(first, first + 16, into, 16);
    return error == std::errc() && end == first + 16;
  };
  if (text.size() != 32 || !read(0, hash.high) || !read(16, hash.low)) {
    return ParseError{fmt::format("'{}' is not a digest of 32 hexadecimal digits", text)};
  }
  return hash;
}

Hash128 HashBytes(std::string_view bytes) { return FromXxh(XXH3_128bits(bytes.data(), bytes.size())); }

std::uint64_t HashForLookup(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

void RunDigest::EndChunk() {
  value_ = HashBytes(chunk_.bytes());
  chunk_.Clear();
  if (!IsCheckpoint(events_)) return;
  checkpoints_.push_back({events_, value_});
  if (checkpoints_.size() < 2 * kCheckpointsKept) return;
  spacing_ *= 2;
  std::erase_if(checkpoints_, [this](const Checkpoint& checkpoint) { return !IsCheckpoint(checkpoint.events); });
}

void RunDigest::Encode(Writer& writer) const {
  writer.Put(value_);
  writer.Put(events_);
  writer.Put(spacing_);
  writer.Put(checkpoints_);
  writer.PutText(chunk_.bytes());
}

RunDigest RunDigest::Decode(Reader& reader) {
  RunDigest digest;
  digest.value_ = reader.Get<Hash128>();
  digest.events_ = reader.Get<std::uint64_t>();
  digest.spacing_ = reader.Get<std::uint64_t>();
  if (!std::has_single_bit(digest.spacing_))
    throw ArchiveError("the spacing of a run digest's checkpoints is no power of two");
  digest.checkpoints_ = reader.Get<std::vector<Checkpoint>>();
  const auto chunk = reader.GetText();
  digest.chunk_.PutBytes(chunk.data(), chunk.size());
  return digest;
}

void StateHash::Add(Hash128 entity) { sum_ = Split(Join(sum_) + Join(entity)); }

void StateHash::Remove(Hash128 entity) { sum_ = Split(Join(sum_) - Join(entity)); }

}  // namespace crrsim
