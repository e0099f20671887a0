// When flows are complete: against brute force on random cases, and against what arithmetic on paper says.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/network/network_problem.h"
#include "harness/test/support/network/brute_force.h"
#include "sim/random.h"

namespace crrsim {
namespace {

using Flow = NetworkProblem::Flow;
using Completions = std::vector<std::optional<double>>;

/// Regions of equal capacity both ways, without latency.
NetworkProblem RegionsOf(std::size_t count, double capacity) {
  return {.uplink = std::vector(count, capacity),
          .downlink = std::vector(count, capacity),
          .latency = std::vector(count * count, 0.0)};
}

void ExpectAgreement(const NetworkProblem& problem, double tolerance) {
  const auto found = SolveNetwork(problem);
  const auto expected = CompletionsByBruteForce(problem);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].has_value(), expected[i].has_value()) << "flow " << i;
    if (!found[i]) continue;
    const auto error = std::fabs(static_cast<long double>(*found[i]) - *expected[i]);
    ASSERT_LE(error, tolerance * std::fabs(*expected[i])) << "flow " << i << " at " << *found[i];
  }
}

/// What random cases are drawn from.
struct Shape {
  const char* name;
  std::int64_t regions;  ///< the most
  std::int64_t flows;    ///< likewise
  enum class Numbers { kRound, kAnySize, kNearlyEqual } numbers;
  std::uint64_t cases;
};

class CaseDrawer {
 public:
  CaseDrawer(const Shape& shape, std::uint64_t seed) : shape_(shape), random_(seed, shape.name) {}

  NetworkProblem Draw() {
    const auto regions = random_.Between(1, shape_.regions);
    NetworkProblem problem;
    for (std::int64_t i = 0; i < regions; ++i) {
      problem.uplink.push_back(DrawRate());
      problem.downlink.push_back(DrawRate());
    }
    const bool has_links = random_.Chance(1, 3);
    for (std::int64_t i = 0; i < regions * regions; ++i) {
      problem.latency.push_back(random_.Chance(1, 3) ? 0 : DrawReal() / 4);
      if (has_links) problem.links.push_back(random_.Chance(1, 2) ? NetworkProblem::kInfinite : DrawRate());
    }
    for (auto left = random_.Between(1, shape_.flows); left > 0; --left) {
      Flow flow{.start = DrawStart(), .bytes = DrawSize()};
      flow.src = static_cast<std::uint32_t>(random_.Below(static_cast<std::uint64_t>(regions)));
      flow.dst = static_cast<std::uint32_t>(random_.Below(static_cast<std::uint64_t>(regions)));
      if (random_.Chance(1, 4)) flow.cap = DrawRate();
      if (random_.Chance(1, 6)) flow.cancel_at = flow.start + std::exp2(DrawReal() * 12 - 2);
      problem.flows.push_back(flow);
    }
    return problem;
  }

 private:
  /// Uniform in [0, 1).
  double DrawReal() { return static_cast<double>(random_.Next() >> 11) * 0x1p-53; }
  double DrawRate() {
    switch (shape_.numbers) {
      case Shape::Numbers::kRound:
        return static_cast<double>(random_.Between(1, 6)) * 1000;
      case Shape::Numbers::kAnySize:
        return std::pow(10.0, DrawReal() * 12);
      case Shape::Numbers::kNearlyEqual:
        return 3000 * (1 + static_cast<double>(random_.Between(-2, 2)) * (random_.Chance(1, 2) ? 0x1p-52 : 1e-9));
    }
    return 0;
  }
  double DrawSize() {
    switch (shape_.numbers) {
      case Shape::Numbers::kRound:
        return static_cast<double>(random_.Between(0, 12)) * 500;
      case Shape::Numbers::kAnySize:
        if (random_.Chance(1, 4)) return random_.Chance(1, 2) ? 1 : 1e13;
        return std::floor(std::pow(10.0, DrawReal() * 13));
      case Shape::Numbers::kNearlyEqual:
        return random_.Chance(1, 2) ? 6000 : DrawReal() * 9000;
    }
    return 0;
  }
  double DrawStart() {
    if (random_.Chance(1, 2)) return static_cast<double>(random_.Between(0, 3));
    return random_.Chance(1, 2) ? DrawReal() * 10 : DrawReal() * 1000;
  }

  const Shape& shape_;
  RandomStream random_;
};

class NetworkSolveRandomTest : public testing::TestWithParam<Shape> {};

TEST_P(NetworkSolveRandomTest, AgreesWithBruteForceToOnePartInABillion) {
  for (std::uint64_t seed = 1; seed <= GetParam().cases; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    ASSERT_NO_FATAL_FAILURE(ExpectAgreement(CaseDrawer(GetParam(), seed).Draw(), 1e-9));
  }
}

using Numbers = Shape::Numbers;
INSTANTIATE_TEST_SUITE_P(Shapes, NetworkSolveRandomTest,
                         testing::Values(Shape{"few_round", 3, 12, Numbers::kRound, 500},
                                         Shape{"few_of_any_size", 4, 20, Numbers::kAnySize, 500},
                                         Shape{"few_nearly_equal", 4, 20, Numbers::kNearlyEqual, 300},
                                         Shape{"one_region", 1, 40, Numbers::kAnySize, 100},
                                         Shape{"many_regions", 24, 60, Numbers::kAnySize, 100},
                                         Shape{"many_round", 16, 60, Numbers::kRound, 60}),
                         [](const auto& shape) { return std::string(shape.param.name); });

TEST(NetworkSolveTest, OneFlowTakesItsLatencyAndThenItsBytesAtTheLesserCapacity) {
  NetworkProblem problem{.uplink = {1000, 1}, .downlink = {1, 400}, .latency = {0, 0.5, 0, 0}};
  problem.flows = {{.start = 2, .src = 0, .dst = 1, .bytes = 1000}};
  EXPECT_EQ(SolveNetwork(problem), Completions{5.0});
}

TEST(NetworkSolveTest, FlowsThatStartTogetherShareAndTheLongerHasAllThereafter) {
  auto problem = RegionsOf(2, 1000);
  problem.flows = {{.src = 0, .dst = 1, .bytes = 1000}, {.src = 0, .dst = 1, .bytes = 3000}};
  EXPECT_EQ(SolveNetwork(problem), Completions({2.0, 4.0}));
}

TEST(NetworkSolveTest, ASecondFlowHalvesTheRateFromWhenItsLatencyIsOver) {
  auto problem = RegionsOf(3, 1000);
  problem.latency[1 * 3 + 2] = 0.5;
  problem.flows = {{.src = 0, .dst = 2, .bytes = 2000}, {.start = 0.5, .src = 1, .dst = 2, .bytes = 2000}};
  // From 1 s on, 500 B/s each: 3 s for the first, whose other half then gives the second 1000 more in 1 s.
  EXPECT_EQ(SolveNetwork(problem), Completions({3.0, 4.0}));
}

TEST(NetworkSolveTest, WhatABottleneckElsewhereLeavesIsForTheOthers) {
  NetworkProblem problem{.uplink = {900, 900}, .downlink = {300, 1200}, .latency = std::vector(4, 0.0)};
  // Region 0 sends to both: downlink 0 gives 150 to each of its two, so uplink 0 has 750 for the other.
  problem.flows = {
      {.src = 0, .dst = 0, .bytes = 150}, {.src = 1, .dst = 0, .bytes = 150}, {.src = 0, .dst = 1, .bytes = 750}};
  EXPECT_EQ(SolveNetwork(problem), Completions({1.0, 1.0, 1.0}));
}

TEST(NetworkSolveTest, AFlowWithinARegionUsesItsUplinkAndItsDownlink) {
  NetworkProblem problem{.uplink = {1000, 1000}, .downlink = {600, 1000}, .latency = {0.25, 0, 0, 0}};
  problem.flows = {{.src = 0, .dst = 0, .bytes = 600}, {.start = 0.25, .src = 0, .dst = 1, .bytes = 500}};
  // Both share the uplink, 500 each; the second is done at 1.25 s, and then the downlink gives 600.
  const auto found = SolveNetwork(problem);
  EXPECT_DOUBLE_EQ(*found[0], 1.25 + 100.0 / 600);
  EXPECT_EQ(found[1], 1.25);
}

TEST(NetworkSolveTest, AFlowWithoutBytesIsCompleteWhenItsLatencyIsOver) {
  NetworkProblem problem{.uplink = {0}, .downlink = {1}, .latency = {0.125}};
  problem.flows = {{.start = 3}, {.start = -1, .cancel_at = -0.875}};
  EXPECT_EQ(SolveNetwork(problem), Completions({3.125, -0.875}));
}

TEST(NetworkSolveTest, WhereNothingPassesNothingIsComplete) {
  NetworkProblem problem{.uplink = {0, 10}, .downlink = {10, 10}, .latency = std::vector(4, 0.0)};
  problem.flows = {
      {.src = 0, .dst = 1, .bytes = 1}, {.src = 1, .dst = 1, .bytes = 10}, {.src = 1, .bytes = 1, .cap = 0}};
  EXPECT_EQ(SolveNetwork(problem), Completions({std::nullopt, 1.0, std::nullopt}));
}

TEST(NetworkSolveTest, WhatNothingLimitsIsCompleteAtOnce) {
  auto problem = RegionsOf(1, NetworkProblem::kInfinite);
  problem.flows = {{.start = 2, .bytes = 1e13}, {.start = 2, .bytes = 100, .cap = 50}};
  EXPECT_EQ(SolveNetwork(problem), Completions({2.0, 4.0}));
}

TEST(NetworkSolveTest, FlowsMayBeListedInAnyOrder) {
  auto problem = RegionsOf(2, 1000);
  problem.flows = {{.start = 5, .src = 0, .dst = 1, .bytes = 1000},
                   {.start = 0, .src = 0, .dst = 1, .bytes = 1000},
                   {.start = 0.5, .src = 0, .dst = 1, .bytes = 1000}};
  EXPECT_EQ(SolveNetwork(problem), Completions({6.0, 1.5, 2.0}));
}

TEST(NetworkSolveTest, ACancelledFlowIsNeverCompleteAndLeavesItsShare) {
  auto problem = RegionsOf(2, 1000);
  problem.flows = {{.src = 0, .dst = 1, .bytes = 1e9, .cancel_at = 2}, {.src = 0, .dst = 1, .bytes = 2000}};
  EXPECT_EQ(SolveNetwork(problem), Completions({std::nullopt, 3.0}));
}

TEST(NetworkSolveTest, ACancellationAtTheInstantOfTheCompletionComesAfterIt) {
  // A third of 1000 is no double, so the arithmetic may miss 3 s by a hair.
  auto problem = RegionsOf(2, 1000);
  for (int i = 0; i < 3; ++i) problem.flows.push_back({.src = 0, .dst = 1, .bytes = 1000, .cancel_at = 3});
  for (const auto& completion : SolveNetwork(problem)) {
    ASSERT_TRUE(completion.has_value());
    EXPECT_DOUBLE_EQ(*completion, 3);
  }
  for (auto& flow : problem.flows) flow.cancel_at = 3 * (1 - 1e-11);
  EXPECT_EQ(SolveNetwork(problem), Completions(3, std::nullopt));
}

TEST(NetworkSolveTest, ACancellationBeforeTheFirstByteArrivesMeansThatItNeverDoes) {
  auto problem = RegionsOf(1, 1000);
  problem.latency = {1};
  problem.flows = {{.bytes = 1000, .cancel_at = 0.5}, {.bytes = 1000, .cancel_at = -7}, {.bytes = 1000}};
  EXPECT_EQ(SolveNetwork(problem), Completions({std::nullopt, std::nullopt, 2.0}));
}

TEST(NetworkSolveTest, CapsAndLinksHoldBackLikeCapacities) {
  auto problem = RegionsOf(2, 1000);
  problem.links = {NetworkProblem::kInfinite, 500, NetworkProblem::kInfinite, NetworkProblem::kInfinite};
  problem.flows = {{.src = 0, .dst = 1, .bytes = 100, .cap = 100},
                   {.src = 0, .dst = 1, .bytes = 400},
                   {.src = 0, .dst = 0, .bytes = 500}};
  EXPECT_EQ(SolveNetwork(problem), Completions({1.0, 1.0, 1.0}));
}

TEST(NetworkSolveTest, ALastByteIsNotLostInABigService) {
  // A byte in the middle of 10 TB at 10^12 B/s: each has half the capacity for 2 ps.
  auto problem = RegionsOf(1, 1e12);
  problem.flows = {{.bytes = 1e13}, {.start = 5, .bytes = 1}, {.start = 5, .bytes = 1.5}};
  const auto found = SolveNetwork(problem);
  EXPECT_EQ(found[0], (1e13 + 2.5) / 1e12);
  EXPECT_EQ(found[1], 5 + 3e-12);
  EXPECT_EQ(found[2], 5 + 4e-12);
}

TEST(NetworkSolveTest, NoErrorBuildsUpOverManyEventsOnOneBottleneck) {
  // k flows of 1, 2, ..., k bytes that start together: flow i is complete after (1 + ... + i) + i (k - i) bytes in all.
  constexpr int kFlows = 20'000;
  auto problem = RegionsOf(1, 3);
  for (int i = 1; i <= kFlows; ++i) problem.flows.push_back({.bytes = static_cast<double>(i)});
  const auto found = SolveNetwork(problem);
  for (std::int64_t i = 1; i <= kFlows; ++i) {
    const std::int64_t flowed = i * (i + 1) / 2 + i * (kFlows - i);  // a whole number
    const auto bytes = static_cast<long double>(flowed);
    const auto error = std::fabs(static_cast<long double>(*found[static_cast<std::size_t>(i - 1)]) * 3 / bytes - 1);
    ASSERT_LE(error, 1e-15L) << "flow " << i;
  }
}

TEST(NetworkSolveTest, NoFlowsAreNoCompletions) {
  EXPECT_TRUE(SolveNetwork(RegionsOf(2, 1000)).empty());
  EXPECT_TRUE(SolveNetwork(NetworkProblem{}).empty());
}

}  // namespace
}  // namespace crrsim
