// Calendar months and GB-months.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/ledger_events.h"

namespace crrsim {
namespace {

using namespace ledger_test;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::IsEmpty;

/// What one byte, stored from one instant to another, comes to in each month.
std::vector<StorageRow> OneByte(Instant from, Instant to) {
  Ledger ledger;
  ledger.OnEvent(Stored(from, kWest, kApi, "byte", Bytes(1)));
  ledger.OnEvent(Removed(to, kWest, kApi, "byte", Bytes(1)));
  return ledger.BillUntil(Instant::Max()).storage;
}
StorageRow Row(CalendarMonth month, Duration duration) {
  return {{kWest, kApi}, month, ByteNanoseconds(Bytes(1), duration)};
}

TEST(LedgerMonthsTest, WholeMonthIsOneRow) {
  EXPECT_THAT(OneByte(At("2026-11-01"), At("2026-12-01")), ElementsAre(Row({2026, 11}, Days(30))));
}

TEST(LedgerMonthsTest, OneNanosecondOnEitherSideOfMidnightIsSplit) {
  EXPECT_THAT(OneByte(At("2026-11-30T23:59:59.999999999Z"), At("2026-12-01T00:00:00.000000001Z")),
              ElementsAre(Row({2026, 11}, Nanoseconds(1)), Row({2026, 12}, Nanoseconds(1))));
}

TEST(LedgerMonthsTest, YearEndIsSplit) {
  EXPECT_THAT(OneByte(At("2026-12-31T12:00:00Z"), At("2027-01-01T18:00:00Z")),
              ElementsAre(Row({2026, 12}, Hours(12)), Row({2027, 1}, Hours(18))));
}

TEST(LedgerMonthsTest, FebruaryHasTwentyNineDaysInLeapYearsOnly) {
  EXPECT_THAT(OneByte(At("2028-01-31"), At("2028-03-02")),
              ElementsAre(Row({2028, 1}, Days(1)), Row({2028, 2}, Days(29)), Row({2028, 3}, Days(1))));
  EXPECT_THAT(OneByte(At("2027-01-31"), At("2027-03-02")),
              ElementsAre(Row({2027, 1}, Days(1)), Row({2027, 2}, Days(28)), Row({2027, 3}, Days(1))));
  // A century is a leap year only every fourth time.
  EXPECT_THAT(OneByte(At("2100-02-01"), At("2100-03-02")),
              ElementsAre(Row({2100, 2}, Days(28)), Row({2100, 3}, Days(1))));
}

TEST(LedgerMonthsTest, BytesOverYearsAreSplitIntoEveryMonth) {
  const auto rows = OneByte(At("2026-11-15"), At("2030-02-10"));
  ASSERT_EQ(rows.size(), 40U);
  EXPECT_EQ(rows.front(), Row({2026, 11}, Days(16)));
  EXPECT_EQ(rows.back(), Row({2030, 2}, Days(9)));
  Int128 sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    sum += rows[i].byte_nanoseconds;
    EXPECT_EQ(rows[i].month, MonthOfNumber(NumberOf({2026, 11}) + static_cast<MonthNumber>(i)));
  }
  EXPECT_TRUE(sum == ByteNanoseconds(Bytes(1), At("2030-02-10") - At("2026-11-15")));
}

TEST(LedgerMonthsTest, ChangeExactlyAtMidnightGivesTheOldMonthNothingMore) {
  Ledger ledger;
  ledger.OnEvent(Stored(At("2026-11-01"), kWest, kApi, "a", Bytes(1)));
  ledger.OnEvent(Stored(At("2026-12-01"), kWest, kApi, "b", Bytes(100)));
  EXPECT_THAT(ledger.BillUntil(At("2026-12-01")).storage, ElementsAre(Row({2026, 11}, Days(30))));
  EXPECT_THAT(ledger.BillUntil(At("2026-12-01T00:00:00.000000002Z")).storage,
              ElementsAre(Row({2026, 11}, Days(30)), StorageRow{{kWest, kApi}, {2026, 12}, 202}));
}

TEST(LedgerMonthsTest, EmptyRepositoryWakesInALaterMonth) {
  Ledger ledger;
  ledger.OnEvent(Stored(At("2026-11-01"), kWest, kApi, "a", Bytes(1)));
  ledger.OnEvent(Removed(At("2026-11-02"), kWest, kApi, "a", Bytes(1)));
  ledger.OnEvent(Stored(At("2028-02-29"), kWest, kApi, "a", Bytes(1)));
  EXPECT_THAT(ledger.BillUntil(At("2028-03-01")).storage,
              ElementsAre(Row({2026, 11}, Days(1)), Row({2028, 2}, Days(1))));
  // Asked in a month in which nothing was stored, the earlier one is still there.
  ledger.OnEvent(Removed(At("2028-03-01"), kWest, kApi, "a", Bytes(1)));
  EXPECT_THAT(ledger.BillUntil(At("2029-01-01")).storage,
              ElementsAre(Row({2026, 11}, Days(1)), Row({2028, 2}, Days(1))));
}

TEST(LedgerMonthsTest, InstantsBefore1970Count) {
  EXPECT_THAT(OneByte(At("1969-12-31T23:59:59Z"), At("1970-01-01T00:00:01Z")),
              ElementsAre(Row({1969, 12}, Seconds(1)), Row({1970, 1}, Seconds(1))));
}

TEST(LedgerMonthsTest, FirstAndLastInstantOfTimeCount) {
  const auto first = Instant::FromUnixNanoseconds(std::numeric_limits<std::int64_t>::min());
  EXPECT_THAT(OneByte(first, first + Nanoseconds(5)), ElementsAre(Row({1677, 9}, Nanoseconds(5))));
  EXPECT_THAT(OneByte(Instant::Max() - Nanoseconds(5), Instant::Max()), ElementsAre(Row({2262, 4}, Nanoseconds(5))));
  EXPECT_THAT(OneByte(Instant::Max(), Instant::Max()), IsEmpty());
}

TEST(LedgerMonthsTest, LargestAmountOverTheLongestTimeIsExact) {
  const auto most = Bytes(std::numeric_limits<std::int64_t>::max());
  const auto first = Instant::FromUnixNanoseconds(std::numeric_limits<std::int64_t>::min());
  Ledger ledger;
  ledger.OnEvent(Stored(first, kWest, kApi, "all", most));
  const auto rows = ledger.BillUntil(Instant::Max()).storage;
  ASSERT_EQ(rows.size(), (2262U - 1677U) * 12U + 4U - 9U + 1U);
  Int128 sum = 0;
  for (const auto& row : rows) sum += row.byte_nanoseconds;
  const auto all = static_cast<Int128>(std::numeric_limits<std::int64_t>::max()) *
                   static_cast<Int128>(std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(sum == all) << ToDecimal(sum);
}

// ---- GB-months ------------------------------------------------------------------------------------------------------

TEST(GigabyteMonthsTest, OneGibibyteForNovember2026IsExactlyOne) {
  Ledger ledger;
  ledger.OnEvent(Stored(At("2026-11-01"), kWest, kApi, "layer", Gibibytes(1)));
  const auto rows = ledger.BillUntil(At("2026-12-01")).storage;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(GigabyteMonths(rows.front().byte_nanoseconds, Gibibytes(1), LengthOf(rows.front().month)), 1.0);
}

TEST(GigabyteMonthsTest, KnownAnswers) {
  const auto november = ByteNanoseconds(Gibibytes(1), Days(30));
  EXPECT_EQ(GigabyteMonths(0, Gibibytes(1), Days(30)), 0.0);
  EXPECT_EQ(GigabyteMonths(november / 2, Gibibytes(1), Days(30)), 0.5);
  EXPECT_EQ(GigabyteMonths(november, Bytes(1'000'000'000), Days(30)), 1.073741824);
  EXPECT_DOUBLE_EQ(GigabyteMonths(november, Gibibytes(1), Hours(730)), 720.0 / 730.0);
  for (int times = 1; times <= 1'000; ++times) {
    EXPECT_EQ(GigabyteMonths(november * times, Gibibytes(1), Days(30)), times);
  }
}

TEST(GigabyteMonthsTest, MonthsHaveTheirRealLength) {
  EXPECT_EQ(LengthOf({2026, 11}), Days(30));
  EXPECT_EQ(LengthOf({2026, 12}), Days(31));
  EXPECT_EQ(LengthOf({2026, 2}), Days(28));
  EXPECT_EQ(LengthOf({2028, 2}), Days(29));
  EXPECT_EQ(LengthOf({2262, 4}), Days(30));  // although no instant reaches its end
  EXPECT_THROW((void)LengthOf({2026, 13}), Defect);
}

TEST(GigabyteMonthsTest, NothingToMeasureWithIsADefect) {
  EXPECT_THROW((void)GigabyteMonths(-1, Gibibytes(1), Days(30)), Defect);
  EXPECT_THROW((void)GigabyteMonths(1, ByteCount(), Days(30)), Defect);
  EXPECT_THROW((void)GigabyteMonths(1, Gibibytes(1), Duration()), Defect);
}

}  // namespace
}  // namespace crrsim
