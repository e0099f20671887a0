// What one connection can carry: closed forms, worked out by hand.
#include "sim/tcp_throughput.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <limits>

namespace crrsim {
namespace {

const ByteCount kSegment = ByteCount::FromBytes(kEthernetSegmentBytes);

TEST(TcpThroughputTest, RootsAreTheLargestWhoseSquareFits) {
  EXPECT_EQ(SquareRoot(0), 0);
  EXPECT_EQ(SquareRoot(1), 1);
  EXPECT_EQ(SquareRoot(3), 1);
  EXPECT_EQ(SquareRoot(4), 2);
  const Int128 large = Int128{3'000'000'000'000'000'000};
  EXPECT_EQ(SquareRoot(large * large), 3'000'000'000'000'000'000);
  EXPECT_EQ(SquareRoot(large * large - 1), 2'999'999'999'999'999'999);
}

RC_GTEST_PROP(TcpThroughputTest, ARootSquaredIsNotMoreAndItsSuccessorIs, (std::uint64_t high, std::uint32_t low)) {
  const auto value = (static_cast<Int128>(high >> 8) << 32) | low;
  const Int128 root = SquareRoot(value);
  RC_ASSERT(root * root <= value);
  RC_ASSERT((root + 1) * (root + 1) > value);
}

TEST(TcpThroughputTest, AWindowPassesOnceARoundTrip) {
  EXPECT_EQ(WindowThroughput(Mebibytes(4), Milliseconds(100)).count(), 41'943'040);
  EXPECT_EQ(WindowThroughput(ByteCount::FromBytes(1), Hours(1)).count(), 1) << "never nothing";
  EXPECT_TRUE(WindowThroughput(Mebibytes(4), Duration()).unlimited());
}

TEST(TcpThroughputTest, LossLimitsAsMathisSays) {
  // 1460 / 0.1 s * 1.224744871 / sqrt(10^-4) = 1 788 127.5; / sqrt(10^-2) = 178 812.75.
  EXPECT_EQ(MathisThroughput(kSegment, Milliseconds(100), {100'000}).count(), 1'788'127);
  EXPECT_EQ(MathisThroughput(kSegment, Milliseconds(100), {10'000'000}).count(), 178'812);
  EXPECT_TRUE(MathisThroughput(kSegment, Milliseconds(100), {0}).unlimited());
  EXPECT_TRUE(MathisThroughput(kSegment, Duration(), {10'000'000}).unlimited());
}

TEST(TcpThroughputTest, FourTimesTheLossOrTwiceTheWayIsHalfTheRate) {
  const auto rate = MathisThroughput(kSegment, Milliseconds(50), {1'000'000}).count();
  EXPECT_EQ(MathisThroughput(kSegment, Milliseconds(50), {4'000'000}).count(), rate / 2);
  EXPECT_EQ(MathisThroughput(kSegment, Milliseconds(100), {1'000'000}).count(), rate / 2);
}

TEST(TcpThroughputTest, ExtremesStayWithinTheirNumbers) {
  EXPECT_GT(MathisThroughput(ByteCount::FromBytes(65'535), Duration::FromNanoseconds(1), {1}).count(), 1'000'000'000);
  EXPECT_EQ(MathisThroughput(ByteCount::FromBytes(1), Duration::Max(), {LossRate::kOne}).count(), 1);
  EXPECT_FALSE(
      WindowThroughput(ByteCount::FromBytes(std::numeric_limits<std::int64_t>::max()), Duration::FromNanoseconds(1))
          .unlimited());
}

}  // namespace
}  // namespace crrsim
