// Seeded random streams with names.
//
// One seed, many independent streams: a stream's state comes from (seed, name), so a draw added to one stream moves no
// other. The generator (xoshiro256**) and the distributions are our own, since the standard library's differ between
// implementations; all of them work in integers.
//
//   RandomStream jitter(seed, "network/jitter");
//   Duration extra = jitter.UniformDuration(Duration(), Milliseconds(5));
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/units.h"

namespace crrsim {

class RandomStream {
 public:
  RandomStream() : RandomStream(0, "") {}
  RandomStream(std::uint64_t seed, std::string_view name);

  /// 64 uniform bits.
  std::uint64_t Next();
  /// Uniform in [0, bound). Requires bound > 0. No modulo bias.
  std::uint64_t Below(std::uint64_t bound);
  /// Uniform in [low, high], both included. Requires low <= high.
  std::int64_t Between(std::int64_t low, std::int64_t high);
  /// Uniform in [low, high], both included. Requires low <= high.
  Duration UniformDuration(Duration low, Duration high);
  /// True with probability numerator / denominator. Requires numerator <= denominator and denominator > 0.
  bool Chance(std::uint64_t numerator, std::uint64_t denominator);

  friend bool operator==(const RandomStream&, const RandomStream&) = default;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("state", self.state_);
  }

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace crrsim
