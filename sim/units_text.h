// The text forms of the units: what scenario files say and what reports print.
//
// A number always carries its unit: `40ms`, `1.5h`, `48MiB`, `250MB/s`. A bare number is an error that says so.
// Parsing is exact (decimal arithmetic, no floating point); a value finer than the unit's grain is an error.
#pragma once

#include <string>
#include <string_view>

#include "sim/result.h"
#include "sim/units.h"

namespace crrsim {

/// Reads `250ns`, `10us`, `40ms`, `1.5s`, `30m`, `2h`, `29d`, and sums from large units to small ones such as `1h30m`
/// (only the last unit may have decimals). No sign.
Result<Duration, ParseError> ParseDuration(std::string_view text);
/// Reads `17B`, `3KiB`, `48MiB`, `5GiB`, `1TiB` (powers of 1,024) and `kB`, `MB`, `GB`, `TB` (powers of 1,000).
Result<ByteCount, ParseError> ParseByteCount(std::string_view text);
/// Reads a byte count followed by `/s`, the bit forms `kbit/s`, `Mbit/s`, `Gbit/s` (powers of 1,000, divided by eight),
/// or `unlimited`.
Result<BytesPerSecond, ParseError> ParseBytesPerSecond(std::string_view text);
/// Reads an ISO 8601 instant in UTC: `2026-11-01T00:00:00Z`, seconds with up to nine decimals, or a date alone (its
/// midnight).
Result<Instant, ParseError> ParseInstant(std::string_view text);

/// The exact form with as few units as it takes, e.g. `1h30m`, `1.5s`, `250us`, `0s`. Reading it back gives the same
/// value; a negative one starts with `-` and is for reports only.
std::string ToText(Duration value);
/// For people: three significant digits (or all before the point) and one unit, e.g. `1.93s`, `30.2m`, `29.9d`; rounded
/// half up.
std::string ToShortText(Duration value);
/// The largest binary unit that is exact to two decimals, else bytes: `48MiB`, `50.5MiB`, `1234B`. Reading it back
/// gives the same value.
std::string ToText(ByteCount value);
/// For people: three significant digits (or all before the point) and one binary unit, e.g. `51.0 MiB`; rounded half
/// up.
std::string ToShortText(ByteCount value);
/// The largest decimal unit that is exact to two decimals, else bytes: `250MB/s`, `1234B/s`; or `unlimited`. Reading it
/// back gives the same value.
std::string ToText(BytesPerSecond value);
/// `2026-11-01T00:00:00Z`, with as many decimals of the second as are needed (0, 3, 6 or 9).
std::string ToText(Instant value);

/// The calendar month (UTC) of an instant.
struct CalendarMonth {
  int year = 1970;
  int month = 1;  // 1 to 12
  friend auto operator<=>(const CalendarMonth&, const CalendarMonth&) = default;
};
CalendarMonth MonthOf(Instant instant);
/// The first midnight of the month. Requires a month from 1 to 12 whose start is an Instant (1677-10 to 2262-04).
Instant StartOf(CalendarMonth month);
CalendarMonth Next(CalendarMonth month);
/// `2026-11`.
std::string ToText(CalendarMonth month);
Result<CalendarMonth, ParseError> ParseMonth(std::string_view text);

}  // namespace crrsim
