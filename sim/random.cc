#include "sim/random.h"

#include "sim/digest.h"

namespace crrsim {

namespace {

constexpr std::uint64_t RotateLeft(std::uint64_t value, int by) { return (value << by) | (value >> (64 - by)); }

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view name) {
  // Two 128-bit hashes of (seed, name, half) give the 256 bits of state; all zero, the one bad state, has probability
  // 2^-256.
  for (std::uint64_t half = 0; half < 2; ++half) {
    Writer writer;
    writer.Put(seed);
    writer.PutText(name);
    writer.Put(half);
    const auto hash = HashBytes(writer.bytes());
    state_[2 * half] = hash.high;
    state_[2 * half + 1] = hash.low;
  }
}

std::uint64_t RandomStream::Next() {
  const auto result = RotateLeft(state_[1] * 5, 7) * 9;
  const auto shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = RotateLeft(state_[3], 45);
  return result;
}

std::uint64_t RandomStream::Below(std::uint64_t bound) {
  CRRSIM_CHECK(bound > 0);
  // Lemire's method: the high half of a 128-bit product, with the few biased low halves drawn again.
  auto product = static_cast<UInt128>(Next()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const auto threshold = (0 - bound) % bound;
    while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<UInt128>(Next()) * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::int64_t RandomStream::Between(std::int64_t low, std::int64_t high) {
  CRRSIM_CHECK(low <= high, "{} to {}", low, high);
  const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  if (span == ~std::uint64_t{0}) return static_cast<std::int64_t>(Next());
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + Below(span + 1));
}

Duration RandomStream::UniformDuration(Duration low, Duration high) {
  return Duration::FromNanoseconds(Between(low.nanoseconds(), high.nanoseconds()));
}

bool RandomStream::Chance(std::uint64_t numerator, std::uint64_t denominator) {
  CRRSIM_CHECK(denominator > 0 && numerator <= denominator, "{} in {}", numerator, denominator);
  return Below(denominator) < numerator;
}

}  // namespace crrsim
