// Runs that would never end, and runs that end too late: stopped, with what waits for what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/report/json.h"
#include "harness/report/terminal.h"
#include "harness/test/support/inline_scenario.h"
#include "harness/test/support/mutants/engines.h"

namespace crrsim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunResult RunWith(EngineMaker engine, std::uint64_t limit) {
  RunOptions options;
  options.engine = std::move(engine);
  options.steps_per_instant_max = limit;
  options.steps_without_progress_max = 5 * limit;
  return RunScenario(Loaded(kWorld + kPush), options);
}

TEST(ProgressGuardsTest, TimersWithoutDelayAreALoopAtOneInstant) {
  const auto run = RunWith(mutants::LoopsByTimer(Duration()), 1000);
  EXPECT_EQ(run.verdict, Verdict::kError);
  EXPECT_EQ(run.stopped_by, StoppedBy::kNoProgress);
  EXPECT_THAT(run.error, HasSubstr("more than 1000 "));
  EXPECT_THAT(run.error, HasSubstr("time does not go on"));
  EXPECT_THAT(run.waiting, Contains("job 1 goes round in circles"));
}

TEST(ProgressGuardsTest, AnEngineThatAsksAgainAtOnceIsALoopWithinOneStep) {
  const auto run = RunWith(mutants::LoopsAtOnce(), 1000);
  EXPECT_EQ(run.stopped_by, StoppedBy::kNoProgress);
  EXPECT_THAT(run.error, HasSubstr("the replication engine was given more than 1000 inputs"));
}

TEST(ProgressGuardsTest, StepsOfWhichNothingComesAreCounted) {
  const auto run = RunWith(mutants::LoopsByTimer(Seconds(1)), 1000);
  EXPECT_EQ(run.stopped_by, StoppedBy::kNoProgress);
  EXPECT_THAT(run.error, HasSubstr("nothing came of more than 5000 steps in a row"));
}

TEST(ProgressGuardsTest, ARunWithAsManyStepsAsTheLimitsAllowIsLeftAlone) {
  const auto scenario = Loaded(kWorld + kPush);
  std::uint64_t least = 1;
  while (least < 100) {
    RunOptions options;
    options.steps_per_instant_max = least;
    if (RunScenario(scenario, options).verdict == Verdict::kPass) break;
    ++least;
  }
  EXPECT_GT(least, 1U);
  EXPECT_LT(least, 100U);
}

std::string CutForGood() { return "  - partition: {from: us-west-2, to: eu-west-1}\n" + kPush; }

std::string WithLimit(const std::string& limit, const std::string& timeline) {
  return "converges_within: " + limit + "\n" + kWorld + timeline;
}

TEST(ConvergenceTest, HoldsWhenTheLastJobEndsInTimeAfterTheLastFault) {
  const std::string cut = "  - partition: {from: us-west-2, to: eu-west-1}\n    for: 1h\n" + kPush;
  const auto run = RunScenario(Loaded(WithLimit("6m", cut)), {});
  EXPECT_EQ(run.verdict, Verdict::kPass) << run.error;
  EXPECT_TRUE(TheOne(run, "converges_within: 6m").held);
  EXPECT_THAT(run.waiting, IsEmpty());
}

TEST(ConvergenceTest, SaysWhatWaitsForWhatDownToTheCause) {
  const auto scenario = Loaded(WithLimit("30m", CutForGood()));
  const auto run = RunScenario(scenario, {});
  EXPECT_EQ(run.verdict, Verdict::kFail);
  EXPECT_FALSE(TheOne(run, "converges_within: 30m").held);
  ASSERT_TRUE(run.waiting_at);
  EXPECT_LE(*run.waiting_at - run.start, Minutes(31));
  EXPECT_THAT(run.waiting,
              Contains(HasSubstr("job 1 (111122223333/us-west-2 to 111122223333/eu-west-1, app:1) waits")));
  EXPECT_THAT(run.waiting,
              Contains(HasSubstr("fault 'partition' is in force: nothing passes from us-west-2 to eu-west-1; it hit")));
  const auto text = ToTerminal(run, {});
  EXPECT_THAT(text, HasSubstr("What waited for what at "));
  EXPECT_FALSE(ToJson(run)["waiting"].empty());
}

TEST(ConvergenceTest, OfARunWithoutReplicationProvesNothing) {
  const auto run = RunScenario(Loaded(WithLimit("30m", "  - advance: 1h\n")), {});
  EXPECT_THAT(TheOne(run, "converges_within").observed, HasSubstr("proves nothing"));
  EXPECT_EQ(run.verdict, Verdict::kFail);
}

TEST(ConvergenceTest, TheInstantOfTheLimitIsStillInTime) {
  // kWorld's copies take 450 ms from the push, which is the last step.
  const auto at = [](const std::string& limit) { return RunScenario(Loaded(WithLimit(limit, kPush)), {}).verdict; };
  EXPECT_EQ(at("450ms"), Verdict::kPass);
  EXPECT_EQ(at("449ms"), Verdict::kFail);
}

TEST(IdleFaultsTest, AFaultThatHitNothingIsAWarningAndStrictlyAFailure) {
  const auto scenario =
      Loaded(kWorld + kPush + kSettle + "  - partition: {from: us-west-2, to: eu-west-1}\n    for: 1m\n");
  const auto lenient = RunScenario(scenario, {});
  EXPECT_EQ(lenient.verdict, Verdict::kPass);
  EXPECT_THAT(lenient.warnings, Contains("fault 'partition' hit nothing, so it proves nothing"));
  RunOptions strict;
  strict.idle_faults = IdleFaults::kFail;
  EXPECT_EQ(RunScenario(scenario, strict).verdict, Verdict::kFail);
}

TEST(IdleFaultsTest, OfWhatASeedDrawsOneHasToHit) {
  const auto with = [](const std::string& kinds, const std::string& steps) {
    RunOptions strict;
    strict.idle_faults = IdleFaults::kFail;
    const auto faults = "faults: {kinds: {" + kinds + "}, heal_by: 10m, each_at_most: 8}\ntimeline:\n";
    return RunScenario(Loaded(Replaced(kWorld, "timeline:\n", faults) + steps), strict);
  };
  // Nothing is pushed, so nothing can be hit.
  const auto idle = with("partition: 100%", "  - advance: 1h\n");
  EXPECT_EQ(idle.verdict, Verdict::kFail);
  EXPECT_THAT(idle.warnings, ElementsAre("no fault that the seed drew hit anything, so it proves nothing"));
  const auto some = with("partition: 100%, stall: 100%", kPush +
                                                             "  - push: app:{n}\n    image: big\n    to: us-west-2\n"
                                                             "    times: 60\n    every: 10s\n" +
                                                             kSettle);
  EXPECT_EQ(some.verdict, Verdict::kPass);
  EXPECT_TRUE(std::ranges::any_of(some.faults, [](const FaultRow& row) { return row.hits == 0; }))
      << "choose another seed: this one shows nothing";
}

TEST(IdleFaultsTest, ACutOfBothWaysIsOneFault) {
  // Nothing gets as far as having an answer that could be lost on its way back.
  const auto scenario =
      Loaded(kWorld + "  - partition: {between: [us-west-2, eu-west-1]}\n    for: 5s\n" + kPush + kSettle);
  RunOptions strict;
  strict.idle_faults = IdleFaults::kFail;
  const auto run = RunScenario(scenario, strict);
  EXPECT_EQ(run.verdict, Verdict::kPass);
  ASSERT_EQ(run.faults.size(), 1U);
  EXPECT_EQ(run.faults[0].target, "us-west-2 to eu-west-1, eu-west-1 to us-west-2");
  EXPECT_EQ(run.faults[0].fired, 1);
  EXPECT_GT(run.faults[0].hits, 0);
}

}  // namespace
}  // namespace crrsim
