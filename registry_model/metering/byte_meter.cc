#include "registry_model/metering/byte_meter.h"

#include <algorithm>

namespace crrsim {

MonthNumber NumberOf(CalendarMonth month) { return MonthNumber{month.year} * 12 + month.month - 1; }

CalendarMonth MonthOfNumber(MonthNumber number) {
  return {static_cast<int>(number / 12), static_cast<int>(number % 12) + 1};
}

MonthSpan MonthSpan::Around(Instant instant) {
  constexpr auto kFirst = Instant::FromUnixNanoseconds(std::numeric_limits<std::int64_t>::min());
  const auto month = MonthOf(instant);
  return {NumberOf(month), month == MonthOf(kFirst) ? kFirst : StartOf(month),
          month == MonthOf(Instant::Max()) ? Instant::Max() : StartOf(Next(month))};
}

void ByteMeter::Add(ByteCount amount, Instant now) {
  Advance(now);
  bytes_ += amount;
}

void ByteMeter::Take(ByteCount amount, Instant now) {
  CRRSIM_CHECK(amount <= bytes_, "{} bytes are taken away where {} are", amount.bytes(), bytes_.bytes());
  Advance(now);
  bytes_ -= amount;
}

std::vector<ByteMeter::MonthSum> ByteMeter::SumsUntil(Instant until) const {
  auto meter = *this;
  meter.Advance(until);
  meter.Close(NumberOf(MonthOf(until)));
  return std::move(meter.closed_);
}

void ByteMeter::Advance(Instant now) {
  CRRSIM_CHECK(now >= since_, "metered up to {}, then asked for {}", since_.unix_nanoseconds(), now.unix_nanoseconds());
  if (now >= month_end_) return AdvanceIntoLaterMonth(now);
  Accumulate(now);
}

void ByteMeter::AdvanceIntoLaterMonth(Instant now) {
  if (bytes_ == ByteCount()) {
    if (open_ != 0) Close(NumberOf(MonthOf(since_)));
    since_ = now;
  }
  while (since_ < now) {
    const auto month = MonthSpan::Around(since_);
    Accumulate(std::min(now, month.end));
    if (since_ == month.end) Close(month.number);
  }
  month_end_ = MonthSpan::Around(now).end;
}

void ByteMeter::Accumulate(Instant until) {
  open_ += static_cast<Int128>(bytes_.bytes()) * (until - since_).nanoseconds();
  since_ = until;
}

void ByteMeter::Close(MonthNumber month) {
  if (open_ != 0) closed_.push_back({month, open_});
  open_ = 0;
}

}  // namespace crrsim
