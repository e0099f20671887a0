#include "sim/service_clocks.h"

#include <gtest/gtest.h>

#include <limits>

#include "sim/check.h"

namespace crrsim {
namespace {

constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
constexpr auto kMax = std::numeric_limits<std::int64_t>::max();

class ServiceClocksTest : public testing::Test {
 protected:
  ServiceClocksTest() {
    clocks.MakeClock(1);
    clocks.MakePath(2);
  }
  std::int64_t NextTick() {
    clocks.Refresh();
    return clocks.NextTick();
  }
  ServiceClocks clocks;
};

TEST_F(ServiceClocksTest, ServiceIsRateTimesTicksOfAllThatAPathHungOn) {
  clocks.SetRate(0, 10, 100);
  clocks.SetRate(1, 7, 100);
  clocks.Hang(0, 0, 105);
  EXPECT_TRUE(clocks.ServiceOf(0, 105) == 0);
  EXPECT_TRUE(clocks.ServiceOf(0, 115) == 100);
  clocks.SetRate(0, 20, 115);
  clocks.Unhang(0, 120);
  EXPECT_TRUE(clocks.ServiceOf(0, 1000) == 200);
  clocks.Hang(0, 1, 1000);
  EXPECT_TRUE(clocks.ServiceOf(0, 1003) == 221);
}

TEST_F(ServiceClocksTest, DueIsTheFirstTickWithTheServiceAndNotOneBefore) {
  clocks.SetRate(0, 10, 0);
  clocks.Hang(0, 0, 0);
  clocks.SetDue(0, 101);
  EXPECT_EQ(NextTick(), 11);
  EXPECT_EQ(clocks.FindDue(10), ServiceClocks::kNoPath);
  EXPECT_EQ(clocks.FindDue(11), 0u);
  clocks.SetDue(0, 100);
  EXPECT_EQ(NextTick(), 10);
  EXPECT_EQ(clocks.WhenServed(0, 100, 3), 10);
  EXPECT_EQ(clocks.WhenServed(0, 0, 3), 3);
  EXPECT_EQ(clocks.WhenServed(1, 1, 3), ServiceClocks::kNever);
}

TEST_F(ServiceClocksTest, ARateChangeMovesTheDueOfAllThatHangThere) {
  clocks.SetRate(0, 10, 0);
  for (std::uint32_t path = 0; path < 3; ++path) {
    clocks.Hang(path, 0, 0);
    clocks.SetDue(path, 1000 + path);
  }
  clocks.SetRate(0, 100, 50);
  EXPECT_EQ(NextTick(), 55);
  EXPECT_EQ(clocks.FindDue(55), 0u);
  clocks.ClearDue(0);
  EXPECT_EQ(clocks.FindDue(55), ServiceClocks::kNoPath);
  EXPECT_EQ(NextTick(), 56);
}

TEST_F(ServiceClocksTest, NothingIsDueOnAClockThatStands) {
  clocks.SetRate(0, 10, 0);
  clocks.Hang(0, 0, 0);
  clocks.SetDue(0, 100);
  clocks.SetRate(0, 0, 5);
  EXPECT_EQ(NextTick(), ServiceClocks::kNever);
  clocks.SetRate(0, 1, 1'000'000);
  EXPECT_EQ(NextTick(), 1'000'050);
}

TEST_F(ServiceClocksTest, WhatWasServedIsDueWhereverThePathHangsThen) {
  clocks.SetRate(0, 10, 0);
  clocks.Hang(0, 0, 0);
  clocks.SetDue(0, 100);
  clocks.Unhang(0, 10);
  clocks.Hang(0, 1, 10);  // this clock stands
  EXPECT_LE(NextTick(), 10);
  EXPECT_EQ(clocks.FindDue(10), 0u);
}

TEST_F(ServiceClocksTest, TheWholeOfTimeAtTheHighestRateDoesNotOverflow) {
  const std::uint64_t most = std::uint64_t{1} << 63;
  clocks.SetRate(0, most, 0);
  clocks.Hang(0, 0, 0);
  EXPECT_TRUE(clocks.ServiceOf(0, kMax) == static_cast<Int128>(most) * kMax);
  clocks.SetDue(0, static_cast<Int128>(most) * (kMax - 1));
  EXPECT_EQ(NextTick(), kMax - 1);
  clocks.SetDue(0, static_cast<Int128>(most) * kMax);
  EXPECT_EQ(NextTick(), ServiceClocks::kNever);
  clocks.SetRate(1, 1, kMin);
  clocks.Hang(1, 1, kMin);
  EXPECT_TRUE(clocks.ServiceOf(1, kMax) == std::numeric_limits<std::uint64_t>::max());
}

TEST_F(ServiceClocksTest, APathHangsOnOneClockAtATime) {
  clocks.Hang(0, 0, 0);
  EXPECT_THROW(clocks.Hang(0, 1, 0), Defect);
  EXPECT_THROW(clocks.ResetPath(0), Defect);
  clocks.Unhang(0, 0);
  clocks.Unhang(0, 0);
  clocks.ResetPath(0);
}

}  // namespace
}  // namespace crrsim
