// Exact decimal numbers, for the Numeric condition operators.
//
// A number is kept as its digits and the place of its point, so that 0.1, 0.10 and 1e-1 are equal, and
// 9007199254740993 and 9007199254740992 are not (as doubles they would be).
//
//   *Decimal::Parse("10") == *Decimal::Parse("10.0")
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crrsim::policy {

class Decimal {
 public:
  /// Reads an optional sign, digits with at most one point among them, and an optional exponent of up to nine digits
  /// (`-12`, `+3.50`, `.5`, `1e6`). Nothing for any other text.
  static std::optional<Decimal> Parse(std::string_view text);

  friend bool operator==(const Decimal&, const Decimal&) = default;
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

 private:
  int sign_ = 0;            // -1, 0, 1
  std::int64_t point_ = 0;  // the value is sign * 0.DIGITS * 10^point
  std::string digits_;      // neither first nor last is 0; empty for zero
};

}  // namespace crrsim::policy
