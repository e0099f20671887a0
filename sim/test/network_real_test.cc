// The network in real numbers: its arithmetic, its rates against progressive filling, and its times against the network
// in whole numbers.
#include "sim/network_real.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sim/check.h"
#include "sim/network.h"
#include "sim/random.h"

namespace crrsim {
namespace {

TEST(LongRealTest, SumsAndDifferencesKeepWhatADoubleLoses) {
  const LongReal large = 1e16;
  EXPECT_EQ(((large + 1) - large).value(), 1);
  EXPECT_EQ(((large + 1e-15) - large).value(), 1e-15);
  EXPECT_TRUE(large < large + 1e-15);
  EXPECT_FALSE(large + 1e-15 <= large);
  EXPECT_TRUE(LongReal(0.1) + 0.2 == LongReal(0.2) + 0.1);
  EXPECT_EQ((LongReal(0.1) - 0.1).value(), 0);
}

TEST(LongRealTest, AQuotientTimesItsDivisorComesBackToThirtyDigits) {
  RandomStream random(1, "long_real");
  for (int i = 0; i < 10'000; ++i) {
    const double a = std::ldexp(static_cast<double>(random.Next() >> 11), static_cast<int>(random.Between(-80, 80)));
    const double b =
        std::ldexp(static_cast<double>(random.Between(1, 1LL << 52)), static_cast<int>(random.Between(-80, 80)));
    const auto back = (LongReal(a) / b) * b;
    ASSERT_LE(std::fabs((back - a).value()), a * 1e-30) << a << " / " << b;
  }
}

TEST(RealSumTest, ASmallRestOfManyLargeNumbersIsExact) {
  RealSum sum(1e12 + 0.25);
  for (int i = 0; i < 10'000; ++i) sum.Add(-1e8 / 3);
  for (int i = 0; i < 10'000; ++i) sum.Add(1e8 / 3);
  sum.Add(-1e12);
  EXPECT_EQ(sum.value(), 0.25);
}

struct RealWorld {
  RealMaxMin solver;
  std::vector<double> capacities{RealMaxMin::kUnlimited};  // number 0 is none
  std::vector<std::uint32_t> paths;
  std::vector<std::vector<std::uint32_t>> routes;
  std::vector<double> caps;
};

/// The certificate of max-min fairness: nothing is oversubscribed, and every path has its cap or a resource that is
/// used up, on which none has more than it; all to 1e-12.
void ExpectRealFair(const RealWorld& world) {
  std::vector<long double> used(world.capacities.size());
  std::vector<double> highest(world.capacities.size());
  for (std::size_t i = 0; i < world.paths.size(); ++i) {
    const auto flows = world.solver.flows(world.paths[i]);
    for (const auto r : world.routes[i]) {
      if (flows == 0 || world.capacities[r] == RealMaxMin::kUnlimited) continue;
      used[r] += static_cast<long double>(world.solver.rate(world.paths[i])) * flows;
      highest[r] = std::max(highest[r], world.solver.rate(world.paths[i]));
    }
  }
  for (std::size_t r = 1; r < world.capacities.size(); ++r) {
    ASSERT_LE(used[r], world.capacities[r] * (1 + 1e-12L)) << "resource " << r << " is oversubscribed";
  }
  for (std::size_t i = 0; i < world.paths.size(); ++i) {
    if (world.solver.flows(world.paths[i]) == 0) continue;
    const auto rate = world.solver.rate(world.paths[i]);
    bool held = rate == world.caps[i];
    for (const auto r : world.routes[i]) {
      if (world.capacities[r] == RealMaxMin::kUnlimited) continue;
      held = held || (used[r] >= world.capacities[r] * (1 - 1e-12L) && rate >= highest[r] * (1 - 1e-12));
    }
    ASSERT_TRUE(held) << "path " << i << " could have more than " << rate;
  }
}

/// Capacities: equal ones, ones that differ in their last bits, or any from 1 to 10^12.
double DrawRealRate(RandomStream& random, std::uint64_t kind) {
  switch (kind) {
    case 0:
      return 1000;
    case 1:
      return 1000 * (1 + static_cast<double>(random.Between(-3, 3)) * 0x1p-52);
    default:
      return std::exp2(static_cast<double>(random.Next() >> 11) * 0x1p-53 * 40);
  }
}

TEST(RealMaxMinTest, SolvingWhatChangedIsFairAndAgreesWithAFreshStart) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    RandomStream random(seed, "real_max_min_test");
    const auto kind = random.Below(3);
    const auto resources = static_cast<std::uint64_t>(random.Between(2, 20));
    const auto rows = static_cast<std::size_t>(random.Between(2, 60));
    RealWorld world;
    for (std::uint64_t i = 0; i < resources; ++i) {
      world.capacities.push_back(random.Chance(1, 10) ? RealMaxMin::kUnlimited : DrawRealRate(random, kind));
      world.solver.AddResource(world.capacities.back());
    }
    for (std::size_t row = 0; row < rows; ++row) {
      auto& route = world.routes.emplace_back();
      for (auto i = 1 + random.Below(3); i > 0; --i) {
        const auto r = static_cast<std::uint32_t>(1 + random.Below(resources));
        if (std::find(route.begin(), route.end(), r) == route.end()) route.push_back(r);
      }
      // A cap on every path whose resources may all be unlimited.
      world.caps.push_back(DrawRealRate(random, kind) / (random.Chance(1, 2) ? 1 : 4));
      world.paths.push_back(world.solver.AddPath(route, world.caps.back()));
    }
    for (int round = 0; round < 60; ++round) {
      for (auto changes = random.Below(4); changes > 0; --changes) {
        world.solver.SetFlows(world.paths[random.Below(rows)], static_cast<std::uint32_t>(random.Below(5)));
      }
      world.solver.Solve();
      ASSERT_NO_FATAL_FAILURE(ExpectRealFair(world)) << "seed " << seed << " round " << round;
      RealMaxMin fresh = world.solver;
      fresh.SolveFromStart();
      for (const auto path : world.paths) {
        if (fresh.flows(path) == 0) continue;
        ASSERT_LE(std::fabs(fresh.rate(path) - world.solver.rate(path)), fresh.rate(path) * 1e-13)
            << "seed " << seed << " round " << round << " path " << path;
      }
    }
  }
}

TEST(RealNetworkTest, AFlowIsCompleteAtTheExactInstantAndHasTheShareOfItsBottleneck) {
  RealNetwork network;
  const auto narrow = network.AddResource(900);
  const auto wide = network.AddResource(1200);
  const auto both = network.AddRoute(std::vector{narrow, wide}, RealNetwork::kUnlimited);
  const auto alone = network.AddRoute(std::vector{wide}, RealNetwork::kUnlimited);
  const auto first = network.Start(1, both, 900);
  const auto second = network.Start(1, both, 450);
  const auto third = network.Start(1, alone, 600);
  EXPECT_EQ(network.Rate(first), 400);
  EXPECT_EQ(network.Rate(third), 400);
  network.Cancel(1, second);
  EXPECT_EQ(network.Rate(first), 600);
  EXPECT_EQ(network.NextCompletion()->value(), 2);
  EXPECT_EQ(network.WhenComplete(first)->value(), 2.5);
  std::vector<std::uint32_t> done;
  network.TakeCompleted(2, done);
  EXPECT_EQ(done, std::vector{third});
  EXPECT_EQ(network.Rate(first), 900);
  EXPECT_FALSE(network.IsActive(second));
  EXPECT_EQ(network.active_flows(), 1u);
}

TEST(RealNetworkTest, WrongUseIsADefect) {
  RealNetwork network;
  const auto wire = network.AddResource(10);
  const auto route = network.AddRoute(std::vector{wire}, RealNetwork::kUnlimited);
  const auto flow = network.Start(5, route, 10);
  EXPECT_THROW(network.Start(4, route, 1), Defect);
  EXPECT_THROW(network.Start(6.5, route, 1), Defect);  // past a completion
  EXPECT_THROW(network.Start(5, route + 1, 1), Defect);
  EXPECT_THROW(network.Start(5, route, -1), Defect);
  EXPECT_THROW(network.AddResource(-1), Defect);
  network.Cancel(5, flow);
  EXPECT_THROW(network.Cancel(5, flow), Defect);
  EXPECT_EQ(network.NextCompletion(), std::nullopt);
}

struct TimedFlow {
  std::int64_t start;  ///< tick
  std::uint32_t from;
  std::uint32_t to;
  std::int64_t bytes;
};

/// When each flow is complete: in seconds, by the network in whole numbers.
std::vector<double> CompletionsInTicks(const std::vector<std::int64_t>& rates, const std::vector<TimedFlow>& flows,
                                       std::int64_t ticks_per_second) {
  Network network(1, {.ticks_per_second = ticks_per_second});
  for (std::size_t i = 0; i < rates.size(); i += 2) {
    network.AddSite(
        {.egress = BytesPerSecond::FromCount(rates[i]), .ingress = BytesPerSecond::FromCount(rates[i + 1])});
  }
  std::vector<double> completions(flows.size());
  std::vector<CompletedFlow> done;
  const auto take_until = [&](std::optional<Instant> end) {
    for (auto next = network.NextCompletion(); next && (!end || *next <= *end); next = network.NextCompletion()) {
      done.clear();
      network.TakeCompleted(*next, done);
      for (const auto& flow : done) {
        completions[flow.owner] = static_cast<double>(next->unix_nanoseconds()) / static_cast<double>(ticks_per_second);
      }
    }
  };
  for (std::size_t i = 0; i < flows.size(); ++i) {
    const auto now = Instant::FromUnixNanoseconds(flows[i].start);
    take_until(now);
    network.Start(now, {.from = {flows[i].from}, .to = {flows[i].to}, .size = Bytes(flows[i].bytes), .owner = i});
  }
  take_until(std::nullopt);
  return completions;
}

std::vector<double> CompletionsInReals(const std::vector<std::int64_t>& rates, const std::vector<TimedFlow>& flows,
                                       std::int64_t ticks_per_second) {
  RealNetwork network;
  for (const auto rate : rates) network.AddResource(static_cast<double>(rate));
  std::vector<double> completions(flows.size());
  std::vector<std::uint32_t> done;
  const auto take_until = [&](std::optional<LongReal> end) {
    for (auto next = network.NextCompletion(); next && (!end || *next <= *end); next = network.NextCompletion()) {
      done.clear();
      network.TakeCompleted(*next, done);
      for (const auto flow : done) completions[flow] = next->value();
    }
  };
  for (const auto& flow : flows) {
    const auto now = LongReal(static_cast<double>(flow.start)) / static_cast<double>(ticks_per_second);
    take_until(now);
    const auto route = network.AddRoute(std::vector{2 * flow.from + 1, 2 * flow.to + 2}, RealNetwork::kUnlimited);
    network.Start(now, route, static_cast<double>(flow.bytes));
  }
  take_until(std::nullopt);
  return completions;
}

/// `slack_ticks`: of the clock of whole numbers, for each flow, since each completion waits for a whole tick.
void ExpectSameTimes(std::uint64_t seed, std::int64_t ticks_per_second, double slack_ticks) {
  RandomStream random(seed, "network_real_test");
  const auto sites = static_cast<std::uint32_t>(random.Between(2, 8));
  std::vector<std::int64_t> rates;
  for (std::uint32_t i = 0; i < 2 * sites; ++i) {
    rates.push_back(random.Chance(1, 3) ? 2'000'000 : random.Between(500'000, 10'000'000));
  }
  std::vector<TimedFlow> flows;
  for (auto left = random.Between(1, 60); left > 0; --left) {
    const auto from = static_cast<std::uint32_t>(random.Below(sites));
    const auto to = (from + 1 + static_cast<std::uint32_t>(random.Below(sites - 1))) % sites;
    const auto start =
        random.Chance(1, 2) ? random.Between(0, 4) * ticks_per_second : random.Between(0, 10 * ticks_per_second);
    flows.push_back({start, from, to, random.Between(0, 20'000'000)});
  }
  std::stable_sort(flows.begin(), flows.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
  const auto whole = CompletionsInTicks(rates, flows, ticks_per_second);
  const auto reals = CompletionsInReals(rates, flows, ticks_per_second);
  const auto slack = slack_ticks * static_cast<double>(flows.size() + 1) / static_cast<double>(ticks_per_second);
  for (std::size_t i = 0; i < flows.size(); ++i) {
    ASSERT_NEAR(whole[i], reals[i], slack + 1e-9 * reals[i]) << "flow " << i;
  }
}

TEST(RealNetworkTest, AgreesWithTheNetworkInWholeNumbersWithinItsClock) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    ASSERT_NO_FATAL_FAILURE(ExpectSameTimes(seed, 1'000'000'000, 4));
    ASSERT_NO_FATAL_FAILURE(ExpectSameTimes(seed, std::int64_t{1} << 40, 4));
  }
}

}  // namespace
}  // namespace crrsim
