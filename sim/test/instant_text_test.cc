#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "sim/units_text.h"

namespace crrsim {
namespace {

std::string ErrorOf(std::string_view text) {
  const auto parsed = ParseInstant(text);
  return parsed.ok() ? "(no error)" : parsed.error().message;
}

TEST(InstantTextTest, ReadsInstantsAndDatesInUtc) {
  const std::vector<std::pair<std::string_view, std::int64_t>> cases = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01", 0},
      {"1970-01-01T00:00:00.000000001Z", 1},
      {"1970-01-01T00:00:00.25Z", 250'000'000},
      {"1969-12-31T23:59:59.999999999Z", -1},
      {"2026-11-01T00:00:00Z", 1'793'491'200'000'000'000},
      {"2024-02-29T12:34:56Z", 1'709'210'096'000'000'000},
      {"2000-02-29", 951'782'400'000'000'000},
      {"2262-04-11T23:47:16.854775807Z", std::numeric_limits<std::int64_t>::max()},
      {"1677-09-21T00:12:43.145224192Z", std::numeric_limits<std::int64_t>::min()}};
  for (const auto& [text, nanoseconds] : cases) {
    const auto parsed = ParseInstant(text);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    EXPECT_EQ(parsed->unix_nanoseconds(), nanoseconds) << text;
  }
}

TEST(InstantTextTest, IsWrittenWithAsManyDecimalsAsItNeeds) {
  const auto text = [](std::int64_t nanoseconds) { return ToText(Instant::FromUnixNanoseconds(nanoseconds)); };
  EXPECT_EQ(text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(text(1), "1970-01-01T00:00:00.000000001Z");
  EXPECT_EQ(text(1'000), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(text(250'000'000), "1970-01-01T00:00:00.250Z");
  EXPECT_EQ(text(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(text(1'793'491'200'000'000'000), "2026-11-01T00:00:00Z");
  EXPECT_EQ(text(std::numeric_limits<std::int64_t>::max()), "2262-04-11T23:47:16.854775807Z");
  EXPECT_EQ(text(std::numeric_limits<std::int64_t>::min()), "1677-09-21T00:12:43.145224192Z");
}

TEST(InstantTextTest, DaysThatDoNotExistAreErrors) {
  EXPECT_EQ(ErrorOf("2026-02-29"), "'2026-02-29' names a day that the calendar does not have: 2026-02-29");
  EXPECT_EQ(ErrorOf("2100-02-29T00:00:00Z"),
            "'2100-02-29T00:00:00Z' names a day that the calendar does not have: 2100-02-29");
  EXPECT_NE(ErrorOf("2026-13-01"), "(no error)");
  EXPECT_NE(ErrorOf("2026-00-01"), "(no error)");
  EXPECT_NE(ErrorOf("2026-04-31"), "(no error)");
}

TEST(InstantTextTest, ErrorsSayWhatToWrite) {
  EXPECT_EQ(ErrorOf("2026-11-01T00:00:00"), "'2026-11-01T00:00:00' is not in UTC; end it with Z: 2026-11-01T00:00:00Z");
  EXPECT_EQ(ErrorOf("2026-11-01T00:00:00+02:00"),
            "'2026-11-01T00:00:00+02:00' is not in UTC; end it with Z: 2026-11-01T00:00:00Z");
  EXPECT_EQ(ErrorOf("2026-11-01T24:00:00Z"),
            "'2026-11-01T24:00:00Z' names a time that the clock does not show: 24:00:00 (from 00:00:00 to 23:59:59)");
  EXPECT_EQ(ErrorOf("2026-11-01T23:59:60Z"),
            "'2026-11-01T23:59:60Z' names a time that the clock does not show: 23:59:60 (from 00:00:00 to 23:59:59)");
  EXPECT_EQ(ErrorOf("2026-11-01T00:00:00.Z"), "'2026-11-01T00:00:00.Z' needs one to nine decimals behind its point");
  EXPECT_EQ(ErrorOf("2026-11-01T00:00:00.0000000001Z"),
            "'2026-11-01T00:00:00.0000000001Z' needs one to nine decimals behind its point");
  for (const auto* text : {"", "yesterday", "2026-11-1", "26-11-01", "2026-11-01 00:00:00Z", "2026-11-01t00:00:00z"}) {
    EXPECT_EQ(ErrorOf(text), "'" + std::string(text) +
                                 "' is not an instant; write it like 2026-11-01T00:00:00Z, 2026-11-01T08:30:00.250Z or "
                                 "2026-11-01");
  }
}

TEST(InstantTextTest, OutOfRangeSaysTheRange) {
  EXPECT_EQ(ErrorOf("2262-04-11T23:47:16.854775808Z"),
            "'2262-04-11T23:47:16.854775808Z' is out of range; instants go from 1677-09-21T00:12:43.145224192Z to "
            "2262-04-11T23:47:16.854775807Z");
  EXPECT_NE(ErrorOf("0001-01-01"), "(no error)");
  EXPECT_NE(ErrorOf("9999-12-31"), "(no error)");
}

TEST(CalendarMonthTest, MonthsAreThoseOfTheGregorianCalendar) {
  const auto month_of = [](std::string_view text) { return ToText(MonthOf(*ParseInstant(text))); };
  EXPECT_EQ(month_of("2026-11-01T00:00:00Z"), "2026-11");
  EXPECT_EQ(month_of("2026-10-31T23:59:59.999999999Z"), "2026-10");
  EXPECT_EQ(month_of("1969-12-31T23:59:59Z"), "1969-12");
  EXPECT_EQ(month_of("2024-02-29T23:59:59Z"), "2024-02");
}

TEST(CalendarMonthTest, AMonthLastsUntilTheStartOfTheNext) {
  const std::vector<std::pair<std::string_view, int>> cases = {{"2023-02", 28}, {"2024-02", 29}, {"2000-02", 29},
                                                               {"2100-02", 28}, {"2026-11", 30}, {"2026-12", 31}};
  for (const auto& [text, days] : cases) {
    const auto month = ParseMonth(text);
    ASSERT_TRUE(month.ok());
    EXPECT_EQ(StartOf(Next(*month)) - StartOf(*month), Days(days)) << text;
    EXPECT_EQ(MonthOf(StartOf(*month)), *month);
    EXPECT_EQ(MonthOf(StartOf(Next(*month)) - Nanoseconds(1)), *month);
  }
  EXPECT_EQ(Next(CalendarMonth{2026, 12}), (CalendarMonth{2027, 1}));
}

TEST(CalendarMonthTest, WrongMonthsAreRefused) {
  for (const auto* text : {"", "2026-13", "2026-00", "2026-1", "2026-11-01", "11-2026"}) {
    const auto parsed = ParseMonth(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().message, "'" + std::string(text) + "' is not a month; write it like 2026-11");
  }
  EXPECT_THROW(StartOf(CalendarMonth{2026, 13}), Defect);
  EXPECT_THROW(StartOf(CalendarMonth{2262, 5}), Defect);
}

}  // namespace
}  // namespace crrsim
