#include "sim/max_min.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/int128.h"
#include "sim/random.h"

namespace crrsim {
namespace {

using Share = MaxMin::Rate;

/// Levels and bottlenecks, as far as anything can be seen of them.
std::vector<std::pair<Share, std::uint32_t>> Answer(const MaxMin& solver, const std::vector<std::uint32_t>& paths) {
  std::vector<std::pair<Share, std::uint32_t>> answer;
  for (const auto path : paths) answer.emplace_back(solver.rate(path), solver.bottleneck(path));
  for (std::uint32_t r = 1; r < solver.resource_end(); ++r) answer.emplace_back(solver.level(r), r);
  return answer;
}

TEST(MaxMinTest, AResourceIsSharedEvenlyAndRoundedDown) {
  MaxMin solver;
  const auto wire = solver.AddResource(11);
  const auto path = solver.AddPath(std::vector{wire}, MaxMin::kUnlimited);
  solver.SetFlows(path, 3);
  solver.Solve();
  EXPECT_EQ(solver.rate(path), 3u);
  EXPECT_EQ(solver.bottleneck(path), wire);
}

TEST(MaxMinTest, TheChainOfThreeLinksGivesTheLongFlowTheLeastShare) {
  MaxMin solver;
  const std::vector<std::uint32_t> wires{solver.AddResource(900), solver.AddResource(600), solver.AddResource(1200)};
  const auto all = solver.AddPath(wires, MaxMin::kUnlimited);
  std::vector<std::uint32_t> one;
  for (const auto wire : wires) one.push_back(solver.AddPath(std::vector{wire}, MaxMin::kUnlimited));
  for (const auto path : one) solver.SetFlows(path, 1);
  solver.SetFlows(all, 1);
  solver.Solve();
  EXPECT_EQ(solver.rate(all), 300u);
  EXPECT_EQ(solver.rate(one[0]), 600u);
  EXPECT_EQ(solver.rate(one[1]), 300u);
  EXPECT_EQ(solver.rate(one[2]), 900u);
}

TEST(MaxMinTest, AResourceWithoutFlowsHasNoLevelAndGivesTheNextFlowWhatItHasByThen) {
  MaxMin solver;
  const std::vector<std::uint32_t> way{solver.AddResource(900), solver.AddResource(600)};
  const auto path = solver.AddPath(way, MaxMin::kUnlimited);
  solver.SetFlows(path, 1);
  solver.Solve();
  EXPECT_EQ(solver.rate(path), 600u);
  solver.SetFlows(path, 0);
  solver.Solve();
  EXPECT_EQ(solver.bottleneck(path), MaxMin::kNothing);
  for (const auto wire : way) EXPECT_EQ(solver.level(wire), MaxMin::kUnlimited);

  solver.SetFlows(path, 1);
  solver.Solve();
  EXPECT_EQ(solver.rate(path), 600u);
  EXPECT_TRUE(solver.changed_resources().empty()) << "nothing is different from when there was a flow before";
  EXPECT_EQ(solver.moved_paths().size(), 1u);

  solver.SetFlows(path, 0);
  solver.Solve();
  solver.SetCapacity(way[0], 300);
  solver.Solve();
  solver.SetFlows(path, 2);
  solver.Solve();
  EXPECT_EQ(solver.rate(path), 150u);
  EXPECT_EQ(solver.bottleneck(path), way[0]);
}

TEST(MaxMinTest, EqualSharesGoByTheLowestNumber) {
  // Both resources offer floor(11 / 3); the first gives 3 to the path in common, which leaves 8 for two in the second.
  for (const bool second_is_made_first : {false, true}) {
    MaxMin solver;
    const auto a = solver.AddResource(11);
    const auto b = solver.AddResource(11);
    const auto both = second_is_made_first ? solver.AddPath(std::vector{b, a}, MaxMin::kUnlimited)
                                           : solver.AddPath(std::vector{a, b}, MaxMin::kUnlimited);
    const auto only_b = solver.AddPath(std::vector{b}, MaxMin::kUnlimited);
    const auto only_a = solver.AddPath(std::vector{a}, MaxMin::kUnlimited);
    solver.SetFlows(only_b, 2);
    if (second_is_made_first) solver.Solve();
    solver.SetFlows(both, 1);
    if (second_is_made_first) solver.Solve();
    solver.SetFlows(only_a, 2);
    solver.Solve();
    EXPECT_EQ(solver.bottleneck(both), a);
    EXPECT_EQ(solver.rate(only_a), 3u);
    EXPECT_EQ(solver.rate(only_b), 4u);
  }
}

TEST(MaxMinTest, ACapGoesBeforeAnEqualShareAndAPathWithoutResourcesHasItsCap) {
  MaxMin solver;
  const auto wire = solver.AddResource(20);
  const auto capped = solver.AddPath(std::vector{wire}, 10);
  const auto free = solver.AddPath(std::vector{wire}, MaxMin::kUnlimited);
  const auto alone = solver.AddPath({}, 7);
  const auto unlimited = solver.AddPath({}, MaxMin::kUnlimited);
  for (const auto path : {capped, free, alone, unlimited}) solver.SetFlows(path, 1);
  solver.Solve();
  EXPECT_EQ(solver.bottleneck(capped), MaxMin::kOwnCap);
  EXPECT_EQ(solver.rate(free), 10u);
  EXPECT_EQ(solver.rate(alone), 7u);
  EXPECT_EQ(solver.rate(unlimited), MaxMin::kUnlimited);
  EXPECT_EQ(solver.bottleneck(unlimited), MaxMin::kNothing);
}

TEST(MaxMinTest, AQuantumAFlowIsEnoughThatNoneStarves) {
  MaxMin solver;
  const auto narrow = solver.AddResource(1000);
  const auto wide = solver.AddResource(1u << 30);
  const auto both = solver.AddPath(std::vector{narrow, wide}, MaxMin::kUnlimited);
  solver.SetFlows(both, 1000);
  solver.Solve();
  EXPECT_EQ(solver.rate(both), 1u);
}

struct World {
  MaxMin solver;
  std::vector<std::uint32_t> paths;
  std::vector<std::vector<std::uint32_t>> routes;
  std::vector<Share> caps;
};

/// The certificate of max-min fairness, up to a quantum a flow: nothing is oversubscribed, and every path has its cap
/// or a resource that is as good as used up, on which none has more than it.
void ExpectFair(const World& world, const std::vector<Share>& capacities) {
  std::vector<UInt128> used(capacities.size());
  std::vector<Share> flows(capacities.size());
  std::vector<Share> highest(capacities.size());
  for (std::size_t i = 0; i < world.paths.size(); ++i) {
    const Share count = world.solver.flows(world.paths[i]);
    if (count == 0) continue;
    for (const auto r : world.routes[i]) {
      if (capacities[r] == MaxMin::kUnlimited) continue;
      used[r] += static_cast<UInt128>(world.solver.rate(world.paths[i])) * count;
      flows[r] += count;
      highest[r] = std::max(highest[r], world.solver.rate(world.paths[i]));
    }
  }
  for (std::size_t r = 0; r < capacities.size(); ++r) {
    ASSERT_TRUE(used[r] <= capacities[r]) << "resource " << r << " is oversubscribed";
  }
  for (std::size_t i = 0; i < world.paths.size(); ++i) {
    if (world.solver.flows(world.paths[i]) == 0) continue;
    const auto rate = world.solver.rate(world.paths[i]);
    bool held = rate == world.caps[i];
    for (const auto r : world.routes[i]) {
      if (capacities[r] == MaxMin::kUnlimited) continue;
      held = held || (used[r] + flows[r] > capacities[r] && rate == highest[r]);
    }
    ASSERT_TRUE(held || rate == MaxMin::kUnlimited) << "path " << i << " could have more than " << rate;
  }
}

struct Shape {
  std::uint64_t resources;
  std::uint64_t paths;
  std::uint64_t longest;
  Share capacity;  ///< the most
  int rounds;
  std::uint64_t seeds;
};

class MaxMinRandomTest : public testing::TestWithParam<Shape> {};

TEST_P(MaxMinRandomTest, SolvingWhatChangedGivesTheFairAnswerOfAFreshStart) {
  const auto shape = GetParam();
  for (std::uint64_t seed = 1; seed <= shape.seeds; ++seed) {
    RandomStream random(seed, "max_min_test");
    World world;
    std::vector<Share> capacities{MaxMin::kUnlimited};  // number 0 is none
    const auto draw_capacity = [&]() -> Share {
      if (random.Chance(1, 8)) return random.Chance(1, 2) ? MaxMin::kUnlimited : 0;
      return 1 + random.Below(random.Chance(1, 2) ? shape.capacity : 12);
    };
    for (std::uint64_t i = 0; i < shape.resources; ++i) {
      capacities.push_back(draw_capacity());
      world.solver.AddResource(capacities.back());
    }
    const auto draw_path = [&](std::size_t row) {
      std::vector<std::uint32_t> route;
      for (std::uint64_t i = random.Below(shape.longest + 1); i > 0; --i) {
        const auto r = static_cast<std::uint32_t>(1 + random.Below(shape.resources));
        if (std::find(route.begin(), route.end(), r) == route.end()) route.push_back(r);
      }
      world.routes[row] = route;
      world.caps[row] = random.Chance(1, 4) ? 1 + random.Below(shape.capacity) : MaxMin::kUnlimited;
      world.paths[row] = world.solver.AddPath(route, world.caps[row]);
    };
    world.routes.resize(shape.paths);
    world.caps.resize(shape.paths);
    world.paths.resize(shape.paths);
    for (std::size_t row = 0; row < shape.paths; ++row) draw_path(row);
    for (int round = 0; round < shape.rounds; ++round) {
      for (auto changes = 1 + random.Below(3); changes > 0; --changes) {
        const auto row = random.Below(shape.paths);
        switch (random.Below(8)) {
          case 0: {
            const auto r = 1 + random.Below(shape.resources);
            capacities[r] = draw_capacity();
            world.solver.SetCapacity(static_cast<std::uint32_t>(r), capacities[r]);
            break;
          }
          case 1:
            world.solver.SetFlows(world.paths[row], 0);
            world.solver.RemovePath(world.paths[row]);
            draw_path(row);
            break;
          case 2: {
            const auto r = static_cast<std::uint32_t>(1 + random.Below(shape.resources));
            auto& route = world.routes[row];
            if (route.size() == MaxMin::kMaxResources || std::find(route.begin(), route.end(), r) != route.end()) break;
            route.push_back(r);
            world.solver.Extend(world.paths[row], r);
            break;
          }
          default:
            world.solver.SetFlows(world.paths[row], static_cast<std::uint32_t>(random.Below(4)));
        }
      }
      round % 8 == 0 ? world.solver.SolveFromStart() : world.solver.Solve();
      MaxMin fresh = world.solver;
      fresh.SolveFromStart();
      const auto answer = Answer(world.solver, world.paths);
      const auto fresh_answer = Answer(fresh, world.paths);
      for (std::size_t i = 0; i < answer.size(); ++i) {
        ASSERT_EQ(answer[i], fresh_answer[i])
            << "seed " << seed << " round " << round << " of " << (i < shape.paths ? "path " : "resource ")
            << (i < shape.paths ? i : i - shape.paths + 1);
      }
      ASSERT_NO_FATAL_FAILURE(ExpectFair(world, capacities));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, MaxMinRandomTest,
                         testing::Values(Shape{2, 4, 2, 20, 200, 200}, Shape{6, 10, 3, 30, 300, 200},
                                         Shape{12, 40, 4, 1000, 200, 50}, Shape{40, 60, 7, Share{1} << 63, 100, 20},
                                         Shape{100, 400, 2, 1 << 20, 50, 20}));

}  // namespace
}  // namespace crrsim
