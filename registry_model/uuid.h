// Random identifiers in the form that AWS gives them: version 4 UUIDs, drawn from a named stream so that runs repeat.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "sim/random.h"

namespace crrsim {

struct Uuid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  static Uuid Draw(RandomStream& stream);
  /// `13cde686-328b-4117-af20-0e5566167482`.
  [[nodiscard]] std::string text() const;

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
  friend bool operator==(const Uuid&, const Uuid&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("high", self.high);
    visit("low", self.low);
  }
};

}  // namespace crrsim
