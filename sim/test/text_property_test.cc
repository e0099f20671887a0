// Whatever a text form writes, it reads back as the same value.
#include <gtest/gtest.h>
// RapidCheck wants GoogleTest first.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>

#include "sim/digest.h"
#include "sim/units_text.h"

namespace crrsim {
namespace {

/// Numbers of every magnitude, round ones among them, since those are written in large units.
rc::Gen<std::int64_t> AnyCount() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::int64_t>(0, 2000), rc::gen::inRange(0, 63),
                     rc::gen::element<std::int64_t>(1, 10, 1000, 1024, 1'000'000, 60'000'000'000, 86'400'000'000'000)),
      [](const auto& parts) {
        const auto& [number, shift, factor] = parts;
        const auto shifted = (static_cast<std::uint64_t>(number) << shift) * static_cast<std::uint64_t>(factor);
        return static_cast<std::int64_t>(shifted & std::numeric_limits<std::int64_t>::max());
      });
}

template <class Value, class Parse>
void ExpectReadBack(Value value, Parse parse) {
  const auto text = ToText(value);
  const auto parsed = parse(text);
  RC_ASSERT(parsed.ok());
  RC_ASSERT(*parsed == value);
}

RC_GTEST_PROP(TextPropertyTest, DurationsReadBack, ()) {
  ExpectReadBack(Duration::FromNanoseconds(*AnyCount()), ParseDuration);
}

RC_GTEST_PROP(TextPropertyTest, ByteCountsReadBack, ()) { ExpectReadBack(Bytes(*AnyCount()), ParseByteCount); }

RC_GTEST_PROP(TextPropertyTest, RatesReadBack, ()) {
  ExpectReadBack(BytesPerSecond::FromCount(*AnyCount()), ParseBytesPerSecond);
}

RC_GTEST_PROP(TextPropertyTest, InstantsReadBack, ()) {
  const auto count = *AnyCount();
  ExpectReadBack(Instant::FromUnixNanoseconds(count), ParseInstant);
  ExpectReadBack(Instant::FromUnixNanoseconds(-count), ParseInstant);
}

RC_GTEST_PROP(TextPropertyTest, MonthsReadBackAndHoldTheirInstants, ()) {
  const auto instant = Instant::FromUnixNanoseconds(*AnyCount());
  const auto month = MonthOf(instant);
  ExpectReadBack(month, ParseMonth);
  RC_ASSERT(StartOf(month) <= instant);
  RC_PRE(month < MonthOf(Instant::Max()));
  RC_ASSERT(instant < StartOf(Next(month)));
}

RC_GTEST_PROP(TextPropertyTest, HashesReadBack, (std::uint64_t high, std::uint64_t low)) {
  ExpectReadBack(Hash128{high, low}, ParseHash128);
}

RC_GTEST_PROP(TextPropertyTest, AnyTextIsAValueOrAMessage, ()) {
  // Characters that the forms are made of, so that some of it is nearly right.
  const auto text =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789.smhdunMGKTiB/bt -+:TZe\xc2")));
  // RC_ASSERT evaluates both sides of an `||`, and a value has no error to ask for.
  const auto expect_message = [](const auto& parsed) {
    if (!parsed.ok()) RC_ASSERT(!parsed.error().message.empty());
  };
  expect_message(ParseDuration(text));
  expect_message(ParseByteCount(text));
  expect_message(ParseBytesPerSecond(text));
  expect_message(ParseInstant(text));
  expect_message(ParseMonth(text));
}

}  // namespace
}  // namespace crrsim
