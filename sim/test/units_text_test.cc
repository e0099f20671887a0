#include "sim/units_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace crrsim {
namespace {

template <class Parsed>
std::string ErrorOf(const Parsed& parsed) {
  return parsed.ok() ? "(no error)" : parsed.error().message;
}

struct DurationCase {
  std::string_view text;
  std::int64_t nanoseconds;
  std::string_view written;  // what ToText makes of it
};

class DurationFormsTest : public testing::TestWithParam<DurationCase> {};

TEST_P(DurationFormsTest, IsReadExactlyAndWrittenInItsOwnForm) {
  const auto parsed = ParseDuration(GetParam().text);
  ASSERT_TRUE(parsed.ok()) << ErrorOf(parsed);
  EXPECT_EQ(parsed->nanoseconds(), GetParam().nanoseconds);
  EXPECT_EQ(ToText(*parsed), GetParam().written);
}

constexpr std::int64_t kS = 1'000'000'000;

INSTANTIATE_TEST_SUITE_P(
    UnitsText, DurationFormsTest,
    testing::Values(DurationCase{"0s", 0, "0s"}, DurationCase{"0.000ns", 0, "0s"}, DurationCase{"1ns", 1, "1ns"},
                    DurationCase{"250ns", 250, "250ns"}, DurationCase{"10us", 10'000, "10us"},
                    DurationCase{"40ms", 40'000'000, "40ms"}, DurationCase{"1.5s", 3 * kS / 2, "1.5s"},
                    DurationCase{"1500ms", 3 * kS / 2, "1.5s"}, DurationCase{"0.1s", kS / 10, "100ms"},
                    DurationCase{"30m", 1800 * kS, "30m"}, DurationCase{"2h", 7200 * kS, "2h"},
                    DurationCase{"90m", 5400 * kS, "1h30m"}, DurationCase{"1h30m", 5400 * kS, "1h30m"},
                    DurationCase{"1.5h", 5400 * kS, "1h30m"}, DurationCase{"29d", 29 * 86400 * kS, "29d"},
                    DurationCase{"36h", 36 * 3600 * kS, "1d12h"}, DurationCase{"1m1.5s", 123 * kS / 2, "1m1.5s"},
                    DurationCase{"1h500us", 3600 * kS + 500'000, "1h500us"},
                    DurationCase{"1.000000001s", kS + 1, "1.000000001s"},
                    DurationCase{"106751d23h47m16.854775807s", std::numeric_limits<std::int64_t>::max(),
                                 "106751d23h47m16.854775807s"}));

struct ErrorCase {
  std::string_view text;
  std::string_view message;
};

class DurationErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(DurationErrorTest, SaysWhatWasFoundAndWhatToWrite) {
  EXPECT_EQ(ErrorOf(ParseDuration(GetParam().text)), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    UnitsText, DurationErrorTest,
    testing::Values(
        ErrorCase{"", "'' is not a duration; write it like 40ms, 1.5s or 1h30m"},
        ErrorCase{"40", "'40' has no unit; write 40ms, 40s, 40m or 40h"},
        ErrorCase{"1.5", "'1.5' has no unit; write 1.5ms, 1.5s, 1.5m or 1.5h"},
        ErrorCase{"1h30", "'30' in '1h30' has no unit; write 30ms, 30s, 30m or 30h"},
        ErrorCase{"ms", "'ms' is not a duration; write it like 40ms, 1.5s or 1h30m"},
        ErrorCase{".5s", "'.5s' is not a duration; write it like 40ms, 1.5s or 1h30m"},
        ErrorCase{"5.s", "'5.s' is not a duration; write it like 40ms, 1.5s or 1h30m"},
        ErrorCase{"1,5s", "'1,5s' is not a duration; write it like 40ms, 1.5s or 1h30m"},
        ErrorCase{"40 ms", "'40 ms' has a space in it; write 40ms"},
        ErrorCase{" ", "' ' has a space in it; write 40ms, 1.5s or 1h30m"},
        ErrorCase{"-5s", "'-5s' has a sign, which a duration does not take; write it like 40ms, 1.5s or 1h30m"},
        ErrorCase{"40MS", "unknown unit 'MS' in '40MS'; did you mean 'ms'?"},
        ErrorCase{"5min", "unknown unit 'min' in '5min'; did you mean 'm'?"},
        ErrorCase{"5sec", "unknown unit 'sec' in '5sec'; did you mean 's'?"},
        ErrorCase{"10µs", "unknown unit 'µs' in '10µs'; did you mean 'us'?"},
        ErrorCase{"3fortnights", "unknown unit 'fortnights' in '3fortnights'; the units are ns, us, ms, s, m, h, d"},
        ErrorCase{"0.5ns", "'0.5ns' is not a whole number of nanoseconds"},
        ErrorCase{"0.0000000000000000001d", "'0.0000000000000000001d' has more than 18 decimals"},
        ErrorCase{"30m1h", "'30m1h' does not go from large units to small ones, each once"},
        ErrorCase{"1h1h", "'1h1h' does not go from large units to small ones, each once"},
        ErrorCase{"1.5h30m", "'1.5h30m' has decimals before its last unit; only the last may have them"},
        ErrorCase{"106751d23h47m16.854775808s",
                  "'106751d23h47m16.854775808s' is too large; the largest is 106751d23h47m16.854775807s"},
        ErrorCase{"99999999999999999999999999s",
                  "'99999999999999999999999999s' is too large; the largest is 106751d23h47m16.854775807s"}));

TEST(DurationTextTest, NegativeValuesAreWrittenWithASign) {
  EXPECT_EQ(ToText(Seconds(-90)), "-1m30s");
  EXPECT_EQ(ToText(Duration::FromNanoseconds(std::numeric_limits<std::int64_t>::min())), "-106751d23h47m16.854775808s");
  EXPECT_EQ(ToShortText(Milliseconds(-1930)), "-1.93s");
}

TEST(DurationTextTest, ShortFormsHaveThreeDigitsAndRoundIntoTheNextUnit) {
  EXPECT_EQ(ToShortText(Duration()), "0s");
  EXPECT_EQ(ToShortText(Nanoseconds(7)), "7ns");
  EXPECT_EQ(ToShortText(Nanoseconds(999)), "999ns");
  EXPECT_EQ(ToShortText(Nanoseconds(1005)), "1.01us");
  EXPECT_EQ(ToShortText(Milliseconds(1930)), "1.93s");
  EXPECT_EQ(ToShortText(Milliseconds(1934)), "1.93s");
  EXPECT_EQ(ToShortText(Milliseconds(9995)), "10.0s");
  EXPECT_EQ(ToShortText(Milliseconds(59'949)), "59.9s");
  EXPECT_EQ(ToShortText(Milliseconds(59'960)), "1.00m");
  EXPECT_EQ(ToShortText(Microseconds(999'600)), "1.00s");
  EXPECT_EQ(ToShortText(Seconds(1812)), "30.2m");
  EXPECT_EQ(ToShortText(Hours(29 * 24 + 22)), "29.9d");
  EXPECT_EQ(ToShortText(Days(12'345)), "12345d");
}

TEST(ByteCountTextTest, ReadsBinaryAndDecimalUnits) {
  const std::vector<std::pair<std::string_view, std::int64_t>> cases = {{"0B", 0},
                                                                        {"17B", 17},
                                                                        {"3KiB", 3072},
                                                                        {"48MiB", 50'331'648},
                                                                        {"1.5GiB", 1'610'612'736},
                                                                        {"1TiB", 1'099'511'627'776},
                                                                        {"3kB", 3000},
                                                                        {"2MB", 2'000'000},
                                                                        {"0.5kB", 500},
                                                                        {"1GB", 1'000'000'000},
                                                                        {"2TB", 2'000'000'000'000},
                                                                        {"9223372036854775807B", INT64_MAX}};
  for (const auto& [text, bytes] : cases) {
    const auto parsed = ParseByteCount(text);
    ASSERT_TRUE(parsed.ok()) << ErrorOf(parsed);
    EXPECT_EQ(parsed->bytes(), bytes) << text;
  }
}

TEST(ByteCountTextTest, ErrorsNameTheNearestUnit) {
  EXPECT_EQ(ErrorOf(ParseByteCount("48")), "'48' has no unit; write 48MiB, 48GiB, 48MB or 48B");
  EXPECT_EQ(ErrorOf(ParseByteCount("48mib")), "unknown unit 'mib' in '48mib'; did you mean 'MiB'?");
  EXPECT_EQ(ErrorOf(ParseByteCount("48Mi")), "unknown unit 'Mi' in '48Mi'; did you mean 'MiB'?");
  EXPECT_EQ(ErrorOf(ParseByteCount("48KB")), "unknown unit 'KB' in '48KB'; did you mean 'kB'?");
  EXPECT_EQ(ErrorOf(ParseByteCount("48bytes")), "unknown unit 'bytes' in '48bytes'; did you mean 'B'?");
  EXPECT_EQ(ErrorOf(ParseByteCount("0.1KiB")), "'0.1KiB' is not a whole number of bytes");
  EXPECT_EQ(ErrorOf(ParseByteCount("1GiB512MiB")),
            "'1GiB512MiB' is not an amount of bytes; write it like 48MiB, 1.5GiB or 300kB");
  EXPECT_EQ(ErrorOf(ParseByteCount("8388608TiB")), "'8388608TiB' is too large; the largest is 9223372036854775807B");
  EXPECT_EQ(ErrorOf(ParseByteCount("9223372036854775808B")),
            "'9223372036854775808B' is too large; the largest is 9223372036854775807B");
}

TEST(ByteCountTextTest, WritesTheLargestUnitThatIsExactToTwoDecimals) {
  EXPECT_EQ(ToText(Bytes(0)), "0B");
  EXPECT_EQ(ToText(Bytes(1234)), "1234B");
  EXPECT_EQ(ToText(Mebibytes(48)), "48MiB");
  EXPECT_EQ(ToText(Kibibytes(51'712)), "50.5MiB");
  EXPECT_EQ(ToText(Mebibytes(1280)), "1.25GiB");
  EXPECT_EQ(ToText(Kibibytes(512)), "512KiB");
  EXPECT_EQ(ToText(Bytes(INT64_MAX)), "9223372036854775807B");
}

TEST(ByteCountTextTest, ShortFormsHaveThreeDigits) {
  EXPECT_EQ(ToShortText(Bytes(0)), "0 B");
  EXPECT_EQ(ToShortText(Bytes(1023)), "1023 B");
  EXPECT_EQ(ToShortText(Mebibytes(51)), "51.0 MiB");
  EXPECT_EQ(ToShortText(Bytes(1024 * 1024 - 1)), "1.00 MiB");
  EXPECT_EQ(ToShortText(Kibibytes(1000)), "1000 KiB");
  EXPECT_EQ(ToShortText(Gibibytes(1536)), "1.50 TiB");
}

TEST(RateTextTest, ReadsBytesBitsAndUnlimited) {
  const std::vector<std::pair<std::string_view, std::int64_t>> cases = {
      {"250MB/s", 250'000'000},  {"1MiB/s", 1'048'576},      {"8kbit/s", 1000}, {"0.008kbit/s", 1},
      {"100Mbit/s", 12'500'000}, {"2.5Gbit/s", 312'500'000}, {"1B/s", 1},       {"0B/s", 0}};
  for (const auto& [text, count] : cases) {
    const auto parsed = ParseBytesPerSecond(text);
    ASSERT_TRUE(parsed.ok()) << ErrorOf(parsed);
    EXPECT_EQ(parsed->count(), count) << text;
  }
  EXPECT_TRUE(ParseBytesPerSecond("unlimited")->unlimited());
}

TEST(RateTextTest, ErrorsTellBytesFromBits) {
  EXPECT_EQ(ErrorOf(ParseBytesPerSecond("250")), "'250' has no unit; write 250MB/s, 250MiB/s or 250Mbit/s");
  EXPECT_EQ(ErrorOf(ParseBytesPerSecond("250MB")), "unknown unit 'MB' in '250MB'; did you mean 'MB/s'?");
  EXPECT_EQ(ErrorOf(ParseBytesPerSecond("250Mbps")), "unknown unit 'Mbps' in '250Mbps'; did you mean 'Mbit/s'?");
  EXPECT_EQ(ErrorOf(ParseBytesPerSecond("250Mb/s")), "unknown unit 'Mb/s' in '250Mb/s'; did you mean 'Mbit/s'?");
  EXPECT_EQ(ErrorOf(ParseBytesPerSecond("250mib/s")), "unknown unit 'mib/s' in '250mib/s'; did you mean 'MiB/s'?");
  EXPECT_EQ(ErrorOf(ParseBytesPerSecond("Unlimited")), "'Unlimited' is not a rate; did you mean 'unlimited'?");
  EXPECT_EQ(ErrorOf(ParseBytesPerSecond("0.001kbit/s")), "'0.001kbit/s' is not a whole number of bytes per second");
  EXPECT_EQ(ErrorOf(ParseBytesPerSecond("9223372036854775807B/s")),
            "'9223372036854775807B/s' is too large; the largest is 9223372036854775806B/s");
}

TEST(RateTextTest, IsWrittenInDecimalUnits) {
  EXPECT_EQ(ToText(BytesPerSecond::FromCount(250'000'000)), "250MB/s");
  EXPECT_EQ(ToText(BytesPerSecond::FromCount(12'500'000)), "12.5MB/s");
  EXPECT_EQ(ToText(BytesPerSecond::FromCount(1234)), "1234B/s");
  EXPECT_EQ(ToText(BytesPerSecond::FromCount(0)), "0B/s");
  EXPECT_EQ(ToText(BytesPerSecond::Unlimited()), "unlimited");
}

}  // namespace
}  // namespace crrsim
