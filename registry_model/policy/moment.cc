#include "registry_model/policy/moment.h"

#include <algorithm>
#include <array>

#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

/// Takes numbers and marks from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool TakeMark(char mark) {
    if (next() != mark || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// A number of exactly `digits` digits between the bounds, both included.
  bool TakeNumber(std::size_t digits, int low, int high, int& number) {
    if (rest_.size() < digits || !AllDigits(rest_.substr(0, digits))) return false;
    number = 0;
    for (std::size_t i = 0; i < digits; ++i) number = number * 10 + (rest_[i] - '0');
    rest_.remove_prefix(digits);
    return number >= low && number <= high;
  }
  /// One digit or more.
  bool TakeDigits(std::string& digits) {
    while (IsDigit(next())) {
      digits += next();
      rest_.remove_prefix(1);
    }
    return !digits.empty();
  }

 private:
  std::string_view rest_;
};

int DaysInMonth(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, counted in years that begin in March.
std::int64_t DaysSinceEpoch(int year, int month, int day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

/// `Z`, `+01:00`, `-0530`, or nothing at all for UTC; in seconds to take away.
bool TakeZone(Scanner& scanner, std::int64_t& offset) {
  offset = 0;
  if (scanner.done() || scanner.TakeMark('Z') || scanner.TakeMark('z')) return true;
  const bool west = scanner.next() == '-';
  if (!scanner.TakeMark('+') && !scanner.TakeMark('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!scanner.TakeNumber(2, 0, 23, hours)) return false;
  scanner.TakeMark(':');
  if (!scanner.TakeNumber(2, 0, 59, minutes)) return false;
  offset = (hours * 60 + minutes) * 60;
  if (west) offset = -offset;
  return true;
}

void DropTrailingZeros(std::string& digits) {
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
}

}  // namespace

std::optional<Moment> Moment::Parse(std::string_view text) {
  const bool unix_time = !text.empty() && text.find_first_not_of("-.0123456789") == std::string_view::npos &&
                         text.find('-', 1) == std::string_view::npos && !(text.size() == 4 && AllDigits(text));
  return unix_time ? ParseUnixTime(text) : ParseCalendar(text);
}

std::optional<Moment> Moment::ParseUnixTime(std::string_view text) {
  constexpr std::size_t kDigitsMax = 18;
  Scanner scanner(text);
  const bool negative = scanner.TakeMark('-');
  std::string whole;
  Moment moment;
  if (!scanner.TakeDigits(whole) || whole.size() > kDigitsMax) return std::nullopt;
  if (scanner.TakeMark('.') && !scanner.TakeDigits(moment.fraction_)) return std::nullopt;
  if (!scanner.done()) return std::nullopt;
  for (const char c : whole) moment.seconds_ = moment.seconds_ * 10 + (c - '0');
  DropTrailingZeros(moment.fraction_);
  if (!negative) return moment;

  // Before 1970 the seconds are rounded down and the decimals count up from there: -1.25 is -2 and .75.
  moment.seconds_ = -moment.seconds_;
  if (!moment.fraction_.empty()) {
    --moment.seconds_;
    for (char& c : moment.fraction_) c = static_cast<char>('9' - (c - '0'));
    ++moment.fraction_.back();  // at most 9, since the last decimal was not 0
  }
  return moment;
}

std::optional<Moment> Moment::ParseCalendar(std::string_view text) {
  Scanner scanner(text);
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t offset = 0;
  Moment moment;
  if (!scanner.TakeNumber(4, 0, 9999, year)) return std::nullopt;
  if (scanner.TakeMark('-')) {
    if (!scanner.TakeNumber(2, 1, 12, month)) return std::nullopt;
    if (scanner.TakeMark('-')) {
      if (!scanner.TakeNumber(2, 1, DaysInMonth(year, month), day)) return std::nullopt;
      if (scanner.TakeMark('T') || scanner.TakeMark('t')) {
        if (!scanner.TakeNumber(2, 0, 23, hour) || !scanner.TakeMark(':')) return std::nullopt;
        if (!scanner.TakeNumber(2, 0, 59, minute)) return std::nullopt;
        if (scanner.TakeMark(':')) {
          if (!scanner.TakeNumber(2, 0, 59, second)) return std::nullopt;
          if (scanner.TakeMark('.') && !scanner.TakeDigits(moment.fraction_)) return std::nullopt;
        }
        if (!TakeZone(scanner, offset)) return std::nullopt;
      }
    }
  }
  if (!scanner.done()) return std::nullopt;
  DropTrailingZeros(moment.fraction_);
  moment.seconds_ = DaysSinceEpoch(year, month, day) * 86'400 + hour * 3'600 + minute * 60 + second - offset;
  return moment;
}

}  // namespace crrsim::policy
