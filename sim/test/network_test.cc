#include "sim/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "sim/test/support/short_names.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::Optional;

Instant AtSecond(std::int64_t s) { return Instant() + Seconds(s); }

constexpr SiteId kA{0};
constexpr SiteId kB{1};
constexpr SiteId kC{2};
constexpr SiteId kD{3};

/// Sites 0 to 3 whose only limit is what a test sets.
class NetworkTest : public testing::Test {
 protected:
  NetworkTest() {
    for (int i = 0; i < 4; ++i) network.AddSite({});
  }
  FlowId Start(Instant now, SiteId from, SiteId to, std::int64_t bytes) {
    return network.Start(now, {.from = from, .to = to, .size = Bytes(bytes), .owner = next_owner++});
  }
  void LimitLink(SiteId from, SiteId to, std::int64_t bandwidth) {
    network.SetLink(Instant(), from, to, {.bandwidth = Rate(bandwidth)});
  }
  /// The owners of what completes at `now`, in order.
  std::vector<std::uint64_t> OwnersDone(Instant now) {
    std::vector<CompletedFlow> completed;
    network.TakeCompleted(now, completed);
    std::vector<std::uint64_t> owners;
    for (const auto& flow : completed) owners.push_back(flow.owner);
    return owners;
  }

  Network network{1};
  std::uint64_t next_owner = 0;
};

TEST_F(NetworkTest, OneFlowTakesItsSizeDividedByTheBandwidth) {
  LimitLink(kA, kB, 1000);
  const auto flow = Start(AtSecond(5), kA, kB, 2500);
  EXPECT_EQ(network.Rate(flow), Rate(1000));
  EXPECT_EQ(network.NextCompletion(), AtSecond(5) + Milliseconds(2500));
  std::vector<CompletedFlow> completed;
  network.TakeCompleted(At(7'500'000'000), completed);
  EXPECT_THAT(completed, ElementsAre(CompletedFlow{.id = flow, .owner = 0, .size = Bytes(2500)}));
  EXPECT_EQ(network.NextCompletion(), std::nullopt);
  EXPECT_EQ(network.active_flows(), 0u);
}

TEST_F(NetworkTest, ACompletionIsOnTheFirstTickThatHasAllBytes) {
  LimitLink(kA, kB, 3);
  Start(Instant(), kA, kB, 1);
  EXPECT_EQ(network.NextCompletion(), At(333'333'334));
}

TEST_F(NetworkTest, TwoFlowsShareAndTheOneThatStaysTakesOver) {
  network.SetSite(Instant(), kA, {.egress = Rate(1000)});
  const auto shorter = Start(Instant(), kA, kB, 1000);
  const auto longer = Start(Instant(), kA, kC, 3000);
  EXPECT_EQ(network.Rate(shorter), Rate(500));
  EXPECT_EQ(network.NextCompletion(), AtSecond(2));
  EXPECT_THAT(OwnersDone(AtSecond(2)), ElementsAre(0));
  EXPECT_EQ(network.Rate(longer), Rate(1000));
  EXPECT_EQ(network.Delivered(AtSecond(2), longer), Bytes(1000));
  EXPECT_EQ(network.NextCompletion(), AtSecond(4));
}

TEST_F(NetworkTest, OneThatComesLaterSlowsOneThatIsThere) {
  network.SetSite(Instant(), kB, {.ingress = Rate(1000)});
  const auto first = Start(Instant(), kA, kB, 2000);
  EXPECT_EQ(network.NextCompletion(), AtSecond(2));
  Start(AtSecond(1), kC, kB, 2000);
  EXPECT_EQ(network.Rate(first), Rate(500));
  EXPECT_EQ(network.NextCompletion(), AtSecond(3));
}

TEST_F(NetworkTest, OnTheChainOfThreeLinksTheLongFlowGetsTheLeastShareAndTheOthersTheRest) {
  const auto first = network.AddLimit(Rate(900));
  const auto second = network.AddLimit(Rate(600));
  const auto third = network.AddLimit(Rate(1200));
  const auto start = [&](LimitList limits) {
    return network.Start(Instant(), {.from = kA, .to = kB, .size = Mebibytes(1), .limits = limits});
  };
  const auto longest = start({first, second, third});
  const auto on_first = start({first});
  const auto on_second = start({second});
  const auto on_third = start({third});
  EXPECT_EQ(network.Rate(longest), Rate(300));
  EXPECT_EQ(network.Rate(on_first), Rate(600));
  EXPECT_EQ(network.Rate(on_second), Rate(300));
  EXPECT_EQ(network.Rate(on_third), Rate(900));
}

TEST_F(NetworkTest, EgressLinkIngressLimitAndCapEachHoldAFlowBack) {
  const auto limit = network.AddLimit(BytesPerSecond::Unlimited());
  const auto free =
      network.Start(Instant(), {.from = kA, .to = kB, .size = Gibibytes(1), .cap = Rate(900), .limits = {limit}});
  EXPECT_EQ(network.Rate(free), Rate(900));
  network.SetSite(Instant(), kA, {.egress = Rate(800)});
  EXPECT_EQ(network.Rate(free), Rate(800));
  LimitLink(kA, kB, 700);
  EXPECT_EQ(network.Rate(free), Rate(700));
  network.SetSite(Instant(), kB, {.ingress = Rate(600)});
  EXPECT_EQ(network.Rate(free), Rate(600));
  network.SetLimit(Instant(), limit, Rate(500));
  EXPECT_EQ(network.Rate(free), Rate(500));
  network.SetLimit(Instant(), limit, BytesPerSecond::Unlimited());
  EXPECT_EQ(network.Rate(free), Rate(600));
}

TEST_F(NetworkTest, TheTwoDirectionsOfAPairAreApart) {
  LimitLink(kA, kB, 100);
  const auto there = Start(Instant(), kA, kB, 1000);
  const auto back = network.Start(Instant(), {.from = kB, .to = kA, .size = Bytes(1000), .cap = Rate(250)});
  EXPECT_EQ(network.Rate(there), Rate(100));
  EXPECT_EQ(network.Rate(back), Rate(250));
}

TEST_F(NetworkTest, WithinASiteOnlyItsOwnLinkLimits) {
  network.SetSite(Instant(), kA, {.egress = Rate(10), .ingress = Rate(10)});
  LimitLink(kA, kA, 1000);
  const auto local = Start(Instant(), kA, kA, 5000);
  EXPECT_EQ(network.Rate(local), Rate(1000));
  EXPECT_EQ(network.NextCompletion(), AtSecond(5));
}

TEST_F(NetworkTest, WithoutAnyLimitAFlowIsCompleteWhereItStarts) {
  const auto flow = Start(AtSecond(3), kA, kB, std::numeric_limits<std::int64_t>::max());
  EXPECT_TRUE(network.Rate(flow).unlimited());
  EXPECT_EQ(network.NextCompletion(), AtSecond(3));
  EXPECT_EQ(network.WhenDelivered(flow, Bytes(7)), AtSecond(3));
  EXPECT_THAT(OwnersDone(AtSecond(3)), ElementsAre(0));
}

TEST_F(NetworkTest, AFlowWhoseLastLimitGoesIsCompleteAtOnce) {
  LimitLink(kA, kB, 1000);
  const auto other = network.Start(Instant(), {.from = kA, .to = kB, .size = Bytes(1000), .cap = Rate(1), .owner = 9});
  Start(Instant(), kA, kB, 1000);
  EXPECT_EQ(network.NextCompletion(), At(1'001'001'002));
  network.SetLink(Instant() + Milliseconds(10), kA, kB, {});
  EXPECT_EQ(network.NextCompletion(), Instant() + Milliseconds(10));
  EXPECT_THAT(OwnersDone(Instant() + Milliseconds(10)), ElementsAre(0));
  EXPECT_EQ(network.Rate(other), Rate(1));
}

TEST_F(NetworkTest, NoBytesAreDeliveredAtOnceEvenOnALinkThatIsDown) {
  network.SetLinkState(Instant(), kA, kB, LinkState::kDown);
  const auto empty = Start(AtSecond(1), kA, kB, 0);
  EXPECT_EQ(network.NextCompletion(), AtSecond(1));
  EXPECT_EQ(network.Delivered(AtSecond(1), empty), Bytes(0));
  EXPECT_THAT(OwnersDone(AtSecond(1)), ElementsAre(0));
  const auto another = Start(AtSecond(1), kA, kB, 0);
  EXPECT_EQ(network.Cancel(AtSecond(1), another), Bytes(0));
  EXPECT_EQ(network.NextCompletion(), std::nullopt);
}

TEST_F(NetworkTest, AFlowOnALinkThatIsDownStallsAndGoesOnWithWhatItHad) {
  network.SetSite(Instant(), kA, {.egress = Rate(1000)});
  const auto cut = Start(Instant(), kA, kB, 2000);
  const auto other = Start(Instant(), kA, kC, 3000);
  network.SetLinkState(AtSecond(1), kA, kB, LinkState::kDown);
  EXPECT_FALSE(network.IsUp(kA, kB));
  EXPECT_EQ(network.Rate(cut), Rate(0));
  EXPECT_EQ(network.Rate(other), Rate(1000));
  EXPECT_EQ(network.WhenDelivered(cut, Bytes(500)), AtSecond(1));
  EXPECT_EQ(network.WhenDelivered(cut, Bytes(501)), std::nullopt);
  network.SetLinkState(AtSecond(2), kA, kB, LinkState::kUp);
  EXPECT_TRUE(network.IsUp(kA, kB));
  EXPECT_EQ(network.Delivered(AtSecond(2), cut), Bytes(500));
  EXPECT_EQ(network.Rate(cut), Rate(500));
  EXPECT_EQ(network.NextCompletion(), AtSecond(5));
  EXPECT_THAT(OwnersDone(AtSecond(5)), ElementsAre(0, 1));
}

TEST_F(NetworkTest, AFlowThatStartsOnALinkThatIsDownWaitsForIt) {
  LimitLink(kA, kB, 1000);
  network.SetLinkState(Instant(), kA, kB, LinkState::kDown);
  Start(Instant(), kA, kB, 1000);
  EXPECT_EQ(network.NextCompletion(), std::nullopt);
  network.SetLinkState(AtSecond(9), kA, kB, LinkState::kUp);
  EXPECT_EQ(network.NextCompletion(), AtSecond(10));
}

TEST_F(NetworkTest, SettingALinkKeepsItDown) {
  network.SetLinkState(Instant(), kA, kB, LinkState::kDown);
  LimitLink(kA, kB, 1000);
  EXPECT_FALSE(network.IsUp(kA, kB));
  EXPECT_EQ(network.Rate(Start(Instant(), kA, kB, 10)), Rate(0));
}

TEST_F(NetworkTest, CancelReturnsTheWholeBytesDelivered) {
  LimitLink(kA, kB, 1000);
  const auto flow = Start(Instant(), kA, kB, 1000);
  EXPECT_EQ(network.Cancel(At(999'999), flow), Bytes(0));
  EXPECT_FALSE(network.IsActive(flow));
  const auto next = Start(AtSecond(1), kA, kB, 1000);
  EXPECT_EQ(network.Cancel(AtSecond(1) + Microseconds(1500), next), Bytes(1));
  EXPECT_EQ(network.NextCompletion(), std::nullopt);
}

TEST_F(NetworkTest, CancelAtTheVeryCompletionNeverReturnsAllBytes) {
  LimitLink(kA, kB, 1000);
  const auto flow = Start(Instant(), kA, kB, 1000);
  EXPECT_EQ(network.Delivered(AtSecond(1), flow), Bytes(1000));
  EXPECT_EQ(network.Cancel(AtSecond(1), flow), Bytes(999));
  EXPECT_THAT(OwnersDone(AtSecond(1)), ElementsAre());
  const auto instant = Start(AtSecond(1), kC, kD, 10);
  EXPECT_EQ(network.Cancel(AtSecond(1), instant), Bytes(9));
  EXPECT_THAT(OwnersDone(AtSecond(1)), ElementsAre());
}

TEST_F(NetworkTest, WhatNothingLimitsIsCompleteThoughALimitComesAtThatInstant) {
  const auto capped = network.Start(Instant(), {.from = kA, .to = kB, .size = Bytes(10), .cap = Rate(1)});
  Start(Instant(), kA, kB, 10);
  LimitLink(kA, kB, 1);
  EXPECT_THAT(OwnersDone(Instant()), ElementsAre(0));
  EXPECT_EQ(network.Delivered(Instant() + Seconds(2), capped), Bytes(2));
}

TEST_F(NetworkTest, AFlowThatIsDueCompletesThoughItsLinkGoesDownAtThatInstant) {
  LimitLink(kA, kB, 1000);
  Start(Instant(), kA, kB, 1000);
  network.SetLinkState(AtSecond(1), kA, kB, LinkState::kDown);
  EXPECT_EQ(network.NextCompletion(), AtSecond(1));
  EXPECT_THAT(OwnersDone(AtSecond(1)), ElementsAre(0));
}

TEST_F(NetworkTest, CompletionsOfOneInstantComeInTheOrderOfTheirStarts) {
  LimitLink(kA, kB, 100);
  LimitLink(kC, kD, 10);
  LimitLink(kB, kC, 30);
  Start(Instant(), kC, kD, 10);
  Start(Instant(), kB, kC, 15);
  Start(Instant(), kA, kB, 100);
  Start(Instant(), kB, kC, 15);
  Start(AtSecond(1), kA, kB, 0);
  EXPECT_EQ(network.NextCompletion(), AtSecond(1));
  EXPECT_THAT(OwnersDone(AtSecond(1)), ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(NetworkTest, TakingTwiceTakesNothingMore) {
  LimitLink(kA, kB, 100);
  Start(Instant(), kA, kB, 100);
  EXPECT_THAT(OwnersDone(At(999'999'999)), ElementsAre());
  EXPECT_THAT(OwnersDone(AtSecond(1)), ElementsAre(0));
  EXPECT_THAT(OwnersDone(AtSecond(1)), ElementsAre());
}

TEST_F(NetworkTest, WhenDeliveredIsTheFirstTickWithThatManyBytes) {
  LimitLink(kA, kB, 3);
  const auto flow = Start(Instant(), kA, kB, 100);
  EXPECT_EQ(network.WhenDelivered(flow, Bytes(0)), Instant());
  EXPECT_EQ(network.WhenDelivered(flow, Bytes(1)), At(333'333'334));
  EXPECT_EQ(network.WhenDelivered(flow, Bytes(3)), AtSecond(1));
  EXPECT_EQ(network.WhenDelivered(flow, Bytes(100)), network.NextCompletion());
  EXPECT_EQ(network.Delivered(At(333'333'333), flow), Bytes(0));
  EXPECT_EQ(network.Delivered(At(333'333'334), flow), Bytes(1));
  EXPECT_EQ(network.Delivered(At(333'333'334) + Hours(1), flow), Bytes(100));
}

TEST_F(NetworkTest, TheRateVersionGrowsWithEveryChangeAndNotWithQuestions) {
  LimitLink(kA, kB, 1000);
  const auto before = network.rate_version();
  const auto flow = Start(Instant(), kA, kB, 1000);
  const auto started = network.rate_version();
  EXPECT_GT(started, before);
  EXPECT_EQ(network.NextCompletion(), AtSecond(1));
  EXPECT_EQ(network.Delivered(At(5), flow), Bytes(0));
  LimitLink(kA, kB, 1000);
  EXPECT_EQ(network.rate_version(), started);
  LimitLink(kA, kB, 999);
  EXPECT_GT(network.rate_version(), started);
}

TEST_F(NetworkTest, AnOldHandleNeverMeansANewFlow) {
  const auto first = Start(Instant(), kA, kB, 1);
  EXPECT_TRUE(network.IsActive(first));
  OwnersDone(Instant());
  const auto second = Start(Instant(), kA, kB, 1);
  EXPECT_EQ(second.slot, first.slot);
  EXPECT_FALSE(network.IsActive(first));
  EXPECT_FALSE(network.IsActive(FlowId{}));
  EXPECT_THROW((void)network.Rate(first), Defect);
  EXPECT_THROW(network.Cancel(Instant(), first), Defect);
  EXPECT_TRUE(network.IsActive(second));
}

TEST_F(NetworkTest, HugeAndTinyRatesNeitherOverflowNorStarve) {
  LimitLink(kA, kB, 1);
  std::vector<FlowId> flows;
  for (int i = 0; i < 10'000; ++i) flows.push_back(Start(Instant(), kA, kB, 1));
  // 10,000 flows of a byte through a byte a second: all are done together, after 10,000 s and what rounding down costs.
  const auto done = network.NextCompletion();
  ASSERT_TRUE(done);
  EXPECT_GE(*done, AtSecond(10'000));
  EXPECT_LE(*done, AtSecond(10'000) + Seconds(100));
  EXPECT_EQ(OwnersDone(*done).size(), 10'000u);

  const auto most = std::numeric_limits<std::int64_t>::max() - 1;
  network.SetLink(*done, kC, kD, {.bandwidth = Rate(most)});
  const auto huge = Start(*done, kC, kD, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(network.Rate(huge), Rate(std::int64_t{1} << 43));
  // 2^63 - 1 bytes at 2^43 a second: a nanosecond's worth short of 2^20 seconds.
  EXPECT_EQ(network.NextCompletion(), *done + Seconds(1 << 20));
}

TEST_F(NetworkTest, WhatWouldEndAfterTheLastInstantDoesNotComplete) {
  LimitLink(kA, kB, 1);
  const auto flow = Start(Instant(), kA, kB, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(network.NextCompletion(), std::nullopt);
  EXPECT_EQ(network.Delivered(AtSecond(1000), flow), Bytes(1000));
}

TEST_F(NetworkTest, InstantsBeforeTheEpochAreAsGoodAsAny) {
  const Instant early = Instant() - Days(365);
  LimitLink(kB, kC, 1000);  // at the epoch: must not be taken as the network's past
  Network fresh(1);
  fresh.AddSite({.egress = Rate(10)});
  fresh.AddSite({});
  const auto flow = fresh.Start(early, {.from = kA, .to = kB, .size = Bytes(100)});
  EXPECT_EQ(fresh.NextCompletion(), early + Seconds(10));
  EXPECT_EQ(fresh.Cancel(early + Seconds(1), flow), Bytes(10));
}

TEST_F(NetworkTest, TimeNeitherRunsBackNorPassesACompletion) {
  LimitLink(kA, kB, 1000);
  const auto flow = Start(AtSecond(1), kA, kB, 1000);
  EXPECT_THROW(Start(Instant(), kA, kB, 1), Defect);
  EXPECT_THROW((void)network.Delivered(Instant(), flow), Defect);
  EXPECT_THROW(Start(At(2'000'000'001), kA, kB, 1), Defect);
}

TEST_F(NetworkTest, WhatTheNetworkHasNotIsADefect) {
  EXPECT_THROW(Start(Instant(), kA, SiteId{4}, 1), Defect);
  EXPECT_THROW(network.Start(Instant(), {.from = kA, .to = kB, .size = Bytes(1), .limits = {LimitId{0}}}), Defect);
  EXPECT_THROW((void)network.site(SiteId{4}), Defect);
  EXPECT_THROW((void)network.link(kA, SiteId{4}), Defect);
  EXPECT_THROW(network.SetLimit(Instant(), LimitId{0}, Rate(1)), Defect);
  EXPECT_THROW(network.SetLink(Instant(), kA, kB, {.latency = Nanoseconds(-1)}), Defect);
  LimitList four{LimitId{3}, LimitId{1}, LimitId{2}, LimitId{0}, LimitId{1}};
  EXPECT_THROW(four.Add(LimitId{4}), Defect);
}

TEST_F(NetworkTest, MessagesTakeLatencyAndJitterWithinItsBounds) {
  EXPECT_EQ(network.DrawMessageDelay(kA, kB), Duration());
  EXPECT_EQ(network.DrawMessageDelay(kA, kA), Network::kLocalLatency);
  network.SetLink(Instant(), kA, kB, {.latency = Milliseconds(65), .jitter = Nanoseconds(3)});
  std::vector<int> seen(4);
  for (int i = 0; i < 400; ++i) {
    const auto extra = network.DrawMessageDelay(kA, kB) - Milliseconds(65);
    ASSERT_GE(extra, Duration());
    ASSERT_LE(extra, Nanoseconds(3));
    ++seen[static_cast<std::size_t>(extra.nanoseconds())];
  }
  for (const int count : seen) EXPECT_GT(count, 50);
}

TEST_F(NetworkTest, JitterComesFromTheSeedAndOnlyLinksThatHaveItDraw) {
  const auto draw = [](std::uint64_t seed, int draws_without_jitter) {
    Network other(seed);
    for (int i = 0; i < 2; ++i) other.AddSite({});
    other.SetLink(Instant(), kA, kB, {.latency = {}, .jitter = Seconds(1)});
    for (int i = 0; i < draws_without_jitter; ++i) other.DrawMessageDelay(kB, kA);
    return other.DrawMessageDelay(kA, kB);
  };
  EXPECT_EQ(draw(1, 0), draw(1, 5));
  EXPECT_NE(draw(1, 0), draw(2, 0));
}

TEST_F(NetworkTest, AFinerClockRoundsLess) {
  Network fine(1, {.ticks_per_second = std::int64_t{1} << 40});
  fine.AddSite({.egress = Rate(3)});
  fine.AddSite({});
  fine.Start(Instant(), {.from = kA, .to = kB, .size = Bytes(1)});
  EXPECT_EQ(fine.NextCompletion(), At(((std::int64_t{1} << 40) + 2) / 3));
  EXPECT_THROW(Network(1, {.ticks_per_second = 0}), Defect);
}

TEST_F(NetworkTest, ALimitThatComesToALinkInUseHoldsItsFlowsBack) {
  const auto flow = network.Start(Instant(), {.from = kA, .to = kB, .size = Bytes(1000), .cap = Rate(100)});
  const auto other = network.Start(Instant(), {.from = kA, .to = kC, .size = Bytes(1000), .cap = Rate(100)});
  EXPECT_EQ(network.Rate(flow), Rate(100));
  network.SetLink(AtSecond(1), kA, kB, {.bandwidth = Rate(50)});
  EXPECT_EQ(network.Rate(flow), Rate(50));
  EXPECT_EQ(network.Rate(other), Rate(100));
  EXPECT_EQ(network.WhenDelivered(flow, Bytes(1000)), AtSecond(19));
}

}  // namespace
}  // namespace crrsim
