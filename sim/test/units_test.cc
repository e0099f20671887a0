#include "sim/units.h"

#include <gtest/gtest.h>

#include <limits>

namespace crrsim {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

TEST(UnitsTest, UnitsAreMultiplesOfEachOther) {
  EXPECT_EQ(Microseconds(1), Nanoseconds(1000));
  EXPECT_EQ(Milliseconds(1), Microseconds(1000));
  EXPECT_EQ(Seconds(1), Milliseconds(1000));
  EXPECT_EQ(Minutes(1), Seconds(60));
  EXPECT_EQ(Hours(1), Minutes(60));
  EXPECT_EQ(Days(1), Hours(24));
  EXPECT_EQ(Kibibytes(1), Bytes(1024));
  EXPECT_EQ(Mebibytes(1), Kibibytes(1024));
  EXPECT_EQ(Gibibytes(1), Mebibytes(1024));
}

TEST(UnitsTest, TimeAddsUpInBothDirections) {
  const auto start = Instant::FromUnixNanoseconds(100);
  EXPECT_EQ(start + Nanoseconds(5), Nanoseconds(5) + start);
  EXPECT_EQ((start + Nanoseconds(5)) - start, Nanoseconds(5));
  EXPECT_EQ(start - Nanoseconds(200), Instant::FromUnixNanoseconds(-100));
  EXPECT_EQ(Seconds(3) - Seconds(5), Seconds(-2));
  EXPECT_EQ(Seconds(7) / 2, Milliseconds(3500));
  EXPECT_EQ(3 * Seconds(7), Seconds(7) * 3);
  auto later = start;
  later += Seconds(1);
  EXPECT_LT(start, later);
}

TEST(UnitsTest, OverflowIsADefectAndNeverAWrongNumber) {
  EXPECT_THROW(Nanoseconds(kMost) + Nanoseconds(1), Defect);
  EXPECT_THROW(Nanoseconds(kLeast) - Nanoseconds(1), Defect);
  EXPECT_THROW(Nanoseconds(kMost / 2 + 1) * 2, Defect);
  EXPECT_THROW(Days(106'752), Defect);
  EXPECT_THROW(Instant::Max() + Nanoseconds(1), Defect);
  EXPECT_THROW(Instant::FromUnixNanoseconds(kLeast) - Nanoseconds(1), Defect);
  EXPECT_THROW(Instant::Max() - Instant::FromUnixNanoseconds(-1), Defect);
  EXPECT_THROW(Bytes(kMost) + Bytes(1), Defect);
  EXPECT_THROW(Bytes(kMost) * 2, Defect);
  EXPECT_THROW(Gibibytes(kMost), Defect);
  EXPECT_EQ(Instant::Max() + Nanoseconds(0), Instant::Max());
}

TEST(UnitsTest, BytesAndRatesAreNeverNegative) {
  EXPECT_THROW(Bytes(-1), Defect);
  EXPECT_THROW(Bytes(1) - Bytes(2), Defect);
  EXPECT_THROW(Bytes(1) * -1, Defect);
  EXPECT_THROW(BytesPerSecond::FromCount(-1), Defect);
  auto rest = Bytes(5);
  rest -= Bytes(5);
  EXPECT_EQ(rest, ByteCount());
  EXPECT_THROW(rest -= Bytes(1), Defect);
  EXPECT_EQ(rest, ByteCount());
}

TEST(UnitsTest, DividingByZeroIsADefect) { EXPECT_THROW(Seconds(1) / 0, Defect); }

TEST(UnitsTest, TheLargestRateLimitsNothing) {
  EXPECT_TRUE(BytesPerSecond::Unlimited().unlimited());
  EXPECT_FALSE(BytesPerSecond::FromCount(kMost - 1).unlimited());
  EXPECT_LT(BytesPerSecond::FromCount(kMost - 1), BytesPerSecond::Unlimited());
}

}  // namespace
}  // namespace crrsim
