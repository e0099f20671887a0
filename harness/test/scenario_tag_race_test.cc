// Pushes of one tag in quick succession, with a thousand seeds: what a seed draws (the order of things of one instant,
// jitter) never decides which of them stays.
#include <gtest/gtest.h>

#include <string>

#include "harness/run/run.h"
#include "harness/scenario/load.h"

namespace crrsim {
namespace {

const Scenario& TagRace() {
  static const auto kScenario =
      LoadScenario(std::string(CRRSIM_SOURCE_DIR) + "/scenarios/assumptions/the_last_push_of_a_tag_wins.yaml").value();
  return kScenario;
}

Verdict VerdictOf(const Scenario& scenario, std::uint64_t seed) {
  RunOptions options;
  options.seed = seed;
  options.keep_timeline = false;
  return RunScenario(scenario, options).verdict;
}

TEST(TagRaceTest, TheSourcesLastPushStaysForEverySeedOfAThousand) {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    EXPECT_EQ(VerdictOf(TagRace(), seed), Verdict::kPass) << "seed " << seed;
  }
}

TEST(TagRaceTest, WithoutAnOrderOfCopiesAnEarlierPushStays) {
  auto concurrent = TagRace();
  ASSERT_TRUE(concurrent.world.assumptions.Set("job_order", "concurrent").ok());
  EXPECT_EQ(VerdictOf(concurrent, 1), Verdict::kFail);
}

TEST(TagRaceTest, SeedsDrawDifferentCourses) {
  RunOptions one;
  one.seed = 1;
  RunOptions two;
  two.seed = 2;
  EXPECT_NE(RunScenario(TagRace(), one).run_digest, RunScenario(TagRace(), two).run_digest);
}

}  // namespace
}  // namespace crrsim
