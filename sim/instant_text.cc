// The text forms of instants and calendar months (declared in sim/units_text.h), by the proleptic Gregorian calendar in
// UTC, without leap seconds.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <limits>
#include <optional>

#include "sim/int128.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kNanosecondsPerSecond;
constexpr std::string_view kInstantExamples = "2026-11-01T00:00:00Z, 2026-11-01T08:30:00.250Z or 2026-11-01";

ParseError NotAnInstant(std::string_view text) {
  return {fmt::format("'{}' is not an instant; write it like {}", text, kInstantExamples)};
}

/// Takes exactly `digits` digits from the front of `rest`.
std::optional<int> TakeNumber(std::string_view& rest, std::size_t digits) {
  if (rest.size() < digits) return std::nullopt;
  int number = 0;
  for (const auto digit : rest.substr(0, digits)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  rest.remove_prefix(digits);
  return number;
}

/// Takes `mark` and then `digits` digits.
std::optional<int> TakeMarkedNumber(std::string_view& rest, char mark, std::size_t digits) {
  if (!rest.starts_with(mark)) return std::nullopt;
  rest.remove_prefix(1);
  return TakeNumber(rest, digits);
}

/// Takes `2026-11-01` and gives the days since 1970-01-01.
Result<std::int64_t, ParseError> TakeDate(std::string_view& rest, std::string_view text) {
  const auto year = TakeNumber(rest, 4);
  const auto month = year ? TakeMarkedNumber(rest, '-', 2) : std::nullopt;
  const auto day = month ? TakeMarkedNumber(rest, '-', 2) : std::nullopt;
  if (!day) return NotAnInstant(text);
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return ParseError{
        fmt::format("'{}' names a day that the calendar does not have: {:04}-{:02}-{:02}", text, *year, *month, *day)};
  }
  return std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()};
}

/// Takes `.250`, up to nine decimals of a second, and gives nanoseconds; nothing there is zero.
std::optional<std::int64_t> TakeDecimals(std::string_view& rest) {
  if (!rest.starts_with('.')) return 0;
  rest.remove_prefix(1);
  std::int64_t nanoseconds = 0;
  std::int64_t weight = kNanosecondsPerSecond;
  while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
    weight /= 10;
    if (weight == 0) return std::nullopt;
    nanoseconds += weight * (rest.front() - '0');
    rest.remove_prefix(1);
  }
  return weight == kNanosecondsPerSecond ? std::nullopt : std::optional(nanoseconds);
}

/// Takes `T08:30:00.250` and gives the nanoseconds since midnight.
Result<std::int64_t, ParseError> TakeTimeOfDay(std::string_view& rest, std::string_view text) {
  const auto hour = TakeMarkedNumber(rest, 'T', 2);
  const auto minute = hour ? TakeMarkedNumber(rest, ':', 2) : std::nullopt;
  const auto second = minute ? TakeMarkedNumber(rest, ':', 2) : std::nullopt;
  if (!second) return NotAnInstant(text);
  if (*hour > 23 || *minute > 59 || *second > 59) {
    return ParseError{
        fmt::format("'{}' names a time that the clock does not show: {:02}:{:02}:{:02} (from 00:00:00 to 23:59:59)",
                    text, *hour, *minute, *second)};
  }
  const auto decimals = TakeDecimals(rest);
  if (!decimals) return ParseError{fmt::format("'{}' needs one to nine decimals behind its point", text)};
  return ((*hour * 60 + *minute) * 60 + *second) * kNanosecondsPerSecond + *decimals;
}

/// The day of an instant, rounded towards the past also before 1970.
std::chrono::sys_days DayOf(Instant instant) {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(instant.unix_nanoseconds())));
}

}  // namespace

Result<Instant, ParseError> ParseInstant(std::string_view text) {
  auto rest = text;
  const auto days = TakeDate(rest, text);
  if (!days) return days.error();
  std::int64_t time_of_day = 0;
  if (!rest.empty()) {
    const auto time = TakeTimeOfDay(rest, text);
    if (!time) return time.error();
    time_of_day = *time;
    if (rest != "Z") {
      return ParseError{
          fmt::format("'{}' is not in UTC; end it with Z: {}Z", text, text.substr(0, text.size() - rest.size()))};
    }
  }
  const auto nanoseconds = static_cast<Int128>(*days) * kDay + time_of_day;
  if (nanoseconds < std::numeric_limits<std::int64_t>::min() ||
      nanoseconds > std::numeric_limits<std::int64_t>::max()) {
    return ParseError{fmt::format("'{}' is out of range; instants go from {} to {}", text,
                                  ToText(Instant::FromUnixNanoseconds(std::numeric_limits<std::int64_t>::min())),
                                  ToText(Instant::Max()))};
  }
  return Instant::FromUnixNanoseconds(static_cast<std::int64_t>(nanoseconds));
}

std::string ToText(Instant value) {
  const auto day = DayOf(value);
  const std::chrono::year_month_day date(day);
  // In two steps, since the midnight before the earliest instant is no Instant.
  const auto since_midnight =
      static_cast<Int128>(value.unix_nanoseconds()) - static_cast<Int128>(day.time_since_epoch().count()) * kDay;
  const auto nanoseconds = static_cast<std::int64_t>(since_midnight % kNanosecondsPerSecond);
  const auto seconds = static_cast<std::int64_t>(since_midnight / kNanosecondsPerSecond);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), seconds / 3600,
                          seconds / 60 % 60, seconds % 60);
  if (nanoseconds % 1'000 != 0) {
    text += fmt::format(".{:09}", nanoseconds);
  } else if (nanoseconds % 1'000'000 != 0) {
    text += fmt::format(".{:06}", nanoseconds / 1'000);
  } else if (nanoseconds != 0) {
    text += fmt::format(".{:03}", nanoseconds / 1'000'000);
  }
  return text + "Z";
}

CalendarMonth MonthOf(Instant instant) {
  const std::chrono::year_month_day date(DayOf(instant));
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month()))};
}

Instant StartOf(CalendarMonth month) {
  CRRSIM_CHECK(month.month >= 1 && month.month <= 12, "month {}", month.month);
  const std::chrono::sys_days first_day =
      std::chrono::year(month.year) / std::chrono::month(static_cast<unsigned>(month.month)) / std::chrono::day(1);
  return Instant() + Days(first_day.time_since_epoch().count());
}

CalendarMonth Next(CalendarMonth month) {
  return month.month == 12 ? CalendarMonth{month.year + 1, 1} : CalendarMonth{month.year, month.month + 1};
}

std::string ToText(CalendarMonth month) { return fmt::format("{:04}-{:02}", month.year, month.month); }

Result<CalendarMonth, ParseError> ParseMonth(std::string_view text) {
  auto rest = text;
  const auto year = TakeNumber(rest, 4);
  const auto month = year ? TakeMarkedNumber(rest, '-', 2) : std::nullopt;
  if (!month || !rest.empty() || *month < 1 || *month > 12) {
    return ParseError{fmt::format("'{}' is not a month; write it like 2026-11", text)};
  }
  return CalendarMonth{*year, *month};
}

}  // namespace crrsim
