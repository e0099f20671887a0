// Bytes over time, in exact integers: an amount that changes at instants, and its integral in byte-nanoseconds, split
// at the calendar months of UTC.
//
// A change costs one multiplication; the calendar is asked only when a change, or a question, comes in a later month
// than the change before it. An integral cannot overflow: 2^63 bytes over a month of 2.7 * 10^15 ns stay below 2^115.
//
//   ByteMeter meter;
//   meter.Add(Gibibytes(1), november_1st);
//   meter.Take(Gibibytes(1), december_2nd);  // 30 days in November, 1 day in December
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "sim/int128.h"
#include "sim/units.h"
#include "sim/units_text.h"

namespace crrsim {

/// A calendar month as one number: year * 12 + month - 1.
using MonthNumber = std::int64_t;
MonthNumber NumberOf(CalendarMonth month);
CalendarMonth MonthOfNumber(MonthNumber number);

/// The calendar month around an instant. The first and the last month that instants reach into are cut at the ends of
/// time.
struct MonthSpan {
  MonthNumber number = 0;
  Instant start;
  Instant end;  // the first instant of the next month, or Instant::Max(), which no month contains

  static MonthSpan Around(Instant instant);
  [[nodiscard]] bool Contains(Instant instant) const { return instant >= start && instant < end; }

  friend bool operator==(const MonthSpan&, const MonthSpan&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("number", self.number);
    visit("start", self.start);
    visit("end", self.end);
  }
};

class ByteMeter {
 public:
  /// What was metered in one month.
  struct MonthSum {
    MonthNumber month = 0;
    Int128 byte_nanoseconds = 0;
    friend bool operator==(const MonthSum&, const MonthSum&) = default;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("month", self.month);
      visit("byteNanoseconds", self.byte_nanoseconds);
    }
  };

  /// Both require that `now` is not before the last change.
  void Add(ByteCount amount, Instant now);
  /// Requires that at least `amount` is there.
  void Take(ByteCount amount, Instant now);

  [[nodiscard]] ByteCount bytes() const { return bytes_; }
  /// Requires that `until` is not before the last change.
  /// Order  by month; months with nothing are left out.
  [[nodiscard]] std::vector<MonthSum> SumsUntil(Instant until) const;

  friend bool operator==(const ByteMeter&, const ByteMeter&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("bytes", self.bytes_);
    visit("since", self.since_);
    visit("monthEnd", self.month_end_);
    visit("open", self.open_);
    visit("closed", self.closed_);
  }

 private:
  static constexpr Instant kNever = Instant::FromUnixNanoseconds(std::numeric_limits<std::int64_t>::min());

  /// Integrates up to `now`.
  void Advance(Instant now);
  void AdvanceIntoLaterMonth(Instant now);
  void Accumulate(Instant until);
  void Close(MonthNumber month);

  ByteCount bytes_;
  Instant since_ = kNever;      // how far the integral goes
  Instant month_end_ = kNever;  // of the month that `since_` lies in
  Int128 open_ = 0;             // the integral of that month, so far
  std::vector<MonthSum> closed_;
};

}  // namespace crrsim
