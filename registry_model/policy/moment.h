// Points of time as condition values give them, for the Date operators.
//
// Read are the W3C forms of ISO 8601 (`2026`, `2026-11`, `2026-11-01`, `2026-11-01T09:30Z`,
// `2026-11-01T09:30:00.5+01:00`) and Unix time in seconds (`1793520000`, `1793520000.5`). Exactly four digits are a
// year. A time without a zone is UTC; a missing month or day is the first. Comparison is exact, to any number of
// decimals.
//
// Source  IAM user guide, reference_policies_elements_condition_operators ("Date condition operators"); W3C
// NOTE-datetime.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crrsim::policy {

class Moment {
 public:
  /// Nothing for text in none of the forms, or for a day that no calendar has.
  static std::optional<Moment> Parse(std::string_view text);

  friend bool operator==(const Moment&, const Moment&) = default;
  friend auto operator<=>(const Moment&, const Moment&) = default;

 private:
  static std::optional<Moment> ParseUnixTime(std::string_view text);
  static std::optional<Moment> ParseCalendar(std::string_view text);

  std::int64_t seconds_ = 0;  // since 1970-01-01T00:00:00Z, rounded down
  std::string fraction_;      // decimals of the second, without trailing zeros; they compare like words
};

}  // namespace crrsim::policy
