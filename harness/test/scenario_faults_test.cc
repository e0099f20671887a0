// Faults as scenarios write them, what a seed draws of them, and tables of latencies.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/scenario/random_faults.h"
#include "harness/test/support/inline_scenario.h"
#include "harness/test/support/scratch_folder.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// What a fault of kWorld's timeline is read as.
FaultStep FaultOf(const std::string& step) {
  const auto scenario = Loaded(kWorld + "  - " + step + "\n");
  return std::get<FaultStep>(scenario.timeline.back().what);
}

std::vector<std::string> FaultProblems(const std::string& step) {
  auto problems = ProblemsOf(kWorld + "  - " + step + "\n");
  for (auto& problem : problems) problem = problem.substr(problem.find(": ") + 2);
  return problems;
}

TEST(ScenarioFaultsTest, BetweenIsBothWays) {
  const auto step = FaultOf("delay: {between: [us-west-2, eu-west-1], latency: 2s}\n    for: 3m");
  EXPECT_EQ(step.name, "delay");
  EXPECT_EQ(step.duration, Minutes(3));
  ASSERT_THAT(step.what, SizeIs(2));
  EXPECT_EQ(TargetOf(step.what[0]), "us-west-2 to eu-west-1");
  EXPECT_EQ(TargetOf(step.what[1]), "eu-west-1 to us-west-2");
  EXPECT_EQ(std::get<LatencySpike>(step.what[1]).extra, Seconds(2));
}

TEST(ScenarioFaultsTest, RefusalsNameWhomTheyHit) {
  const auto step =
      FaultOf("throttle: {region: eu-west-1, account: shop, repository: app, operation: PutImage, calls: 5%}");
  const auto& fault = std::get<ApiFault>(step.what.at(0));
  EXPECT_EQ(fault.failure, ApiFailure::kThrottling);
  EXPECT_EQ(fault.percent, 5);
  EXPECT_FALSE(fault.times.has_value());
  EXPECT_EQ(TargetOf(step.what[0]), "eu-west-1, 111122223333, app, PutImage");
}

TEST(ScenarioFaultsTest, AClockIsAheadOrBehind) {
  EXPECT_EQ(std::get<ClockSkew>(FaultOf("skew: {region: eu-west-1, behind: 2h}").what.at(0)).ahead, Hours(-2));
  EXPECT_THAT(FaultProblems("skew: {region: eu-west-1}"), ElementsAre("expected either ahead or behind"));
  EXPECT_THAT(FaultProblems("skew: {region: eu-west-1, ahead: 1s, behind: 1s}"),
              ElementsAre("expected either ahead or behind"));
}

TEST(ScenarioFaultsTest, MistakesAreNamed) {
  EXPECT_THAT(FaultProblems("lose: {from: us-west-2, messages: 5%}"),
              ElementsAre("expected from and to, or between: [region, region]"));
  EXPECT_THAT(FaultProblems("lose: {from: us-west-2, to: us-west-2, messages: 5%}"),
              ElementsAre("expected two different regions"));
  EXPECT_THAT(FaultProblems("duplicate: {from: us-west-2, to: eu-west-1, messages: 0%}"),
              ElementsAre("'messages' of nothing is no fault"));
  EXPECT_THAT(FaultProblems("error: {operation: PutImages}"),
              ElementsAre("'PutImages' is not an operation of this API; did you mean 'PutImage'?"));
  EXPECT_THAT(FaultProblems("damage: {in: us-west-2}"), ElementsAre("expected either image or repository"));
  EXPECT_THAT(FaultProblems("damage: {in: us-west-2, repository: app, layer: 1}"),
              ElementsAre("'layer' goes with 'image'"));
  EXPECT_THAT(FaultProblems("quota: {in: us-west-2}"), ElementsAre("no quota is given; add repositories or images"));
}

TEST(ScenarioFaultsTest, ALinkWithoutALimitCannotBeDegraded) {
  const auto refusal = [](const std::string& way) {
    return fmt::format(
        "the link {} has no limit to degrade; give its bandwidth under network: links (egress and "
        "ingress are of regions, not of links)",
        way);
  };
  EXPECT_THAT(FaultProblems("degrade: {from: us-west-2, to: eu-west-1, bandwidth: 10%}"),
              ElementsAre(refusal("us-west-2 to eu-west-1")));
  EXPECT_THAT(FaultProblems("degrade: {between: [us-west-2, eu-west-1], bandwidth: 10%}"),
              ElementsAre(refusal("eu-west-1 to us-west-2"), refusal("us-west-2 to eu-west-1")));
  const auto limited = Replaced(kWorld, "latency: 50ms}", "latency: 50ms, bandwidth: 10MB/s}");
  EXPECT_THAT(ProblemsOf(limited + "  - degrade: {between: [us-west-2, eu-west-1], bandwidth: 10%}\n"), IsEmpty());
  EXPECT_THAT(ProblemsOf(limited + "  - degrade: {from: us-west-2, to: eu-west-1, bandwidth: 100%}\n"),
              ElementsAre(testing::HasSubstr("all of the bandwidth is no fault")));
}

// ---- At random ------------------------------------------------------------------------------------------------------

Scenario RandomWorld(const std::string& faults) {
  return Loaded(Replaced(kWorld, "timeline:\n", "faults: " + faults + "\ntimeline:\n") + kPush);
}

TEST(ScenarioFaultsTest, ASeedDrawsTheSameFaultsAgainAndAnotherSeedOthers) {
  const auto scenario = RandomWorld("random");
  const auto texts = [&](std::uint64_t seed) {
    std::vector<std::string> all;
    for (const auto& fault : DrawFaults(scenario, seed)) {
      all.push_back(fmt::format("{} {} {} {}", fault.name, TargetOf(fault.what), fault.when.unix_nanoseconds(),
                                fault.duration.nanoseconds()));
    }
    return all;
  };
  EXPECT_EQ(texts(1), texts(1));
  EXPECT_NE(texts(1), texts(2));
}

TEST(ScenarioFaultsTest, FaultsKeepToTheirWindowAndBudget) {
  const auto scenario = RandomWorld("{from: 10m, heal_by: 1h, longest: 4m, each_at_most: 2}");
  std::set<std::string> seen;
  std::set<std::size_t> kinds_of_seeds;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::map<std::string, int> count;
    for (const auto& fault : DrawFaults(scenario, seed)) {
      EXPECT_GE(fault.when, scenario.world.start + Minutes(10));
      EXPECT_LE(fault.when + fault.duration, scenario.world.start + Hours(1));
      EXPECT_GE(fault.duration, Seconds(1));
      EXPECT_LE(fault.duration, Minutes(4));
      EXPECT_LE(++count[fault.name], 2);
      seen.insert(fault.name);
    }
    kinds_of_seeds.insert(count.size());
  }
  EXPECT_GT(kinds_of_seeds.size(), 5U) << "some seeds have few kinds, some have many";
  // Of this world no link has a bandwidth to degrade.
  EXPECT_FALSE(seen.contains("degrade"));
  EXPECT_EQ(seen.size(), RandomFaultVerbs().size() - 1);
}

TEST(ScenarioFaultsTest, OnlyKindsOfTheListAreDrawnAndEachAsLikelyAsItSays) {
  const auto scenario = RandomWorld("{kinds: {crash: 100%, lose: 0%, delay: 30%}}");
  int delayed = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::set<std::string> names;
    for (const auto& fault : DrawFaults(scenario, seed)) names.insert(fault.name);
    EXPECT_TRUE(names.contains("crash"));
    EXPECT_FALSE(names.contains("lose"));
    delayed += names.contains("delay") ? 1 : 0;
  }
  EXPECT_GT(delayed, 60);
  EXPECT_LT(delayed, 120);
}

TEST(ScenarioFaultsTest, ADrawThatNoRunCouldSurviveIsRefused) {
  const auto problems = [](const std::string& faults) {
    return ProblemsOf(Replaced(kWorld, "timeline:\n", "faults: " + faults + "\ntimeline:\n") + kPush);
  };
  EXPECT_THAT(problems("{heal_by: 24h}"), SizeIs(1));
  EXPECT_THAT(problems("{from: 1s, heal_by: 24h}"), IsEmpty());
  EXPECT_THAT(problems("{kinds: {crush: 50%}}"), SizeIs(1));
  EXPECT_THAT(problems("sometimes"), SizeIs(1));
  EXPECT_THAT(problems("{from: 1h, heal_by: 1h}"), SizeIs(1));
}

// ---- Tables of latencies --------------------------------------------------------------------------------------------

std::vector<std::string> TableProblems(const std::string& table) {
  const ScratchFolder folder;
  folder.Write("t.csv", table);
  const auto text = Replaced(kSmallScenario, "network: aws-2026\n", "network: {latency_csv: t.csv}\n");
  const auto loaded = LoadScenarioText(text, folder.PathOf("s.yaml"), {});
  std::vector<std::string> problems;
  if (loaded) return problems;
  for (const auto& diagnostic : loaded.error().all) {
    auto one = ToText(diagnostic);
    problems.push_back(one.substr(one.find_last_of('/') + 1));
  }
  return problems;
}

TEST(ScenarioFaultsTest, ATableOfLatenciesIsReadWithItsMistakesInPlace) {
  EXPECT_THAT(TableProblems("x,us-west-2,eu-west-1\r\n# a note\r\nus-west-2,-, 60ms\r\neu-west-1,61ms,\r\n"),
              IsEmpty());
  EXPECT_THAT(TableProblems("x,us-west-2,eu-west-1\nus-west-2,,60\neu-west-1,61ms,\n").front(),
              testing::StartsWith("t.csv:2:12: "));
  EXPECT_THAT(TableProblems("x,us-west-2,eu-west-1\nus-west-2,,60ms,1ms\neu-west-1,61ms,\n").front(),
              "t.csv:2:1: this row has 3 values, the first row names 2 regions");
  EXPECT_THAT(TableProblems("x,us-west-2,us-west-2\n").front(), "t.csv:1:13: column us-west-2 is there twice");
  EXPECT_THAT(TableProblems("").front(), "t.csv:1:1: the table is empty");
  EXPECT_THAT(TableProblems("x,us-west-2,eu-west-1\nus-west-2,,60ms\n"),
              ElementsAre("s.yaml:4:10: no link from eu-west-1 to us-west-2; add it under links, or name a preset"));
}

TEST(ScenarioFaultsTest, LossAndWindowOfALinkHaveLimits) {
  const auto problems = [](const std::string& more) {
    return ProblemsOf(Replaced(kSmallScenario, "network: aws-2026\n",
                               "network: {links: [{between: [us-west-2, eu-west-1], latency: 1ms, " + more + "}]}\n"));
  };
  EXPECT_THAT(problems("loss: 0.1%"), IsEmpty());
  EXPECT_THAT(problems("loss: 10%"), IsEmpty());
  EXPECT_THAT(problems("loss: 10.0000001%"), SizeIs(1));
  EXPECT_THAT(problems("loss: 0.00000001%"), SizeIs(1));
  EXPECT_THAT(problems("loss: .1%"), SizeIs(1));
  EXPECT_THAT(problems("loss: 0.1"), SizeIs(1));
  EXPECT_THAT(problems("window: 0B"), SizeIs(1));
  EXPECT_THAT(problems("window: 1B"), IsEmpty());
}

}  // namespace
}  // namespace crrsim
