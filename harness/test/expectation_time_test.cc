// When claims are judged: now, within, never, always, and within an anchor, at the exact instants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kThere = "{image: app:1, in: eu-west-1}";

/// An end claim over kThere, after `steps`.
ExpectationResult OneClaimedOf(const std::string& steps, const std::string& claim) {
  return TheOne(Played(steps + "expect:\n  - " + claim + "\n"), "image: app:1");
}

TEST(WithinTest, EndsAtTheVeryInstantAtWhichItCameTrue) {
  const auto run =
      Played(kPush + "  - expect: " + kThere + "\n    within: 30m\n  - pull: app:1\n    from: eu-west-1\n");
  const auto within = TheOne(run, "expect");
  EXPECT_TRUE(within.held);
  EXPECT_EQ(ToText(within.when), "2026-01-01T00:00:00.400Z");
  EXPECT_THAT(within.observed, HasSubstr("in eu-west-1, after 400ms"));
  EXPECT_EQ(run.verdict, Verdict::kPass);
}

TEST(WithinTest, TheLastInstantCounts) {
  EXPECT_TRUE(TheOne(Played(kPush + "  - expect: " + kThere + "\n    within: 400ms\n"), "expect").held);
  const auto late = TheOne(Played(kPush + "  - expect: " + kThere + "\n    within: 399.999999ms\n"), "expect");
  EXPECT_FALSE(late.held);
  EXPECT_EQ(late.observed, "app:1 is not in eu-west-1, still after 399.999999ms");
  EXPECT_EQ(ToText(late.when), "2026-01-01T00:00:00.399999999Z");
}

TEST(WithinTest, WhatIsTrueAlreadyHoldsAtOnce) {
  const auto at_once = TheOne(Played(kPush + kSettle + "  - expect: " + kThere + "\n    within: 1h\n"), "expect");
  EXPECT_TRUE(at_once.held);
  EXPECT_THAT(at_once.observed, HasSubstr(", after 0s"));
}

TEST(WithinTest, WhenNothingIsUnderWayItDoesNotWait) {
  const auto run = Played(kPush + "  - expect: {image: app:2, in: eu-west-1}\n    within: 30d\n");
  const auto never = TheOne(run, "app:2");
  EXPECT_FALSE(never.held);
  EXPECT_THAT(never.observed, HasSubstr("nothing is under way any more"));
  EXPECT_EQ(ToText(never.when), "2026-01-01T00:00:00.450Z");
}

TEST(WithinTest, ZeroIsNow) {
  EXPECT_FALSE(TheOne(Played(kPush + "  - expect: " + kThere + "\n    within: 0s\n"), "expect").held);
  EXPECT_TRUE(
      TheOne(Played(kPush + "  - advance: 400ms\n  - expect: " + kThere + "\n    within: 0s\n"), "expect").held);
}

TEST(NowTest, IsJudgedAtItsStepAndNotLater) {
  EXPECT_FALSE(TheOne(Played(kPush + "  - advance: 399ms\n  - expect: " + kThere + "\n"), "expect").held);
  EXPECT_TRUE(TheOne(Played(kPush + "  - advance: 400ms\n  - expect: " + kThere + "\n"), "expect").held);
  // At the end everything has come to rest.
  EXPECT_TRUE(OneClaimedOf(kPush, kThere).held);
}

TEST(NowTest, TheEndIsUntilWhereThatIsGiven) {
  const auto run =
      RunScenario(Loaded("until: 2026-01-01T00:00:00.399Z\n" + kWorld + kPush + "expect:\n  - " + kThere + "\n"), {});
  EXPECT_FALSE(TheOne(run, "image").held);
  EXPECT_EQ(ToText(run.end), "2026-01-01T00:00:00.399Z");
  EXPECT_EQ(run.verdict, Verdict::kFail);
}

TEST(NeverTest, IsBrokenAtTheVeryInstant) {
  const auto never = TheOne(Played(kPush + "  - never: " + kThere + "\n"), "never");
  EXPECT_FALSE(never.held);
  EXPECT_EQ(ToText(never.when), "2026-01-01T00:00:00.400Z");
  EXPECT_THAT(never.observed, HasSubstr("at 2026-01-01T00:00:00.400Z: sha256:"));
}

TEST(NeverTest, IsToldOnceHoweverLongItIsBroken) {
  const auto run = Played(kPush + "  - never: " + kThere +
                          "\n  - settle: 1h\n  - push: app:2\n    image: other\n    to: us-west-2\n");
  EXPECT_EQ(run.expectations.size(), 1U);
}

TEST(NeverTest, BeginsWithItsStep) {
  // The repository came into being before.
  const std::string absent = "  - never: {repository: app, in: eu-west-1, is: absent}\n";
  EXPECT_FALSE(TheOne(Played(kPush + absent + kSettle), "never").held);
  EXPECT_TRUE(TheOne(Played(kPush + "  - advance: 50ms\n" + absent + kSettle), "never").held);
}

TEST(NeverTest, AtTheEndOfTheFileItCountsFromTheStart) {
  const auto broken = OneClaimedOf(kPush, "never: {image: app:1, in: us-west-2}");
  EXPECT_FALSE(broken.held);
  EXPECT_EQ(ToText(broken.when), "2026-01-01T00:00:00Z");
  const auto kept = OneClaimedOf(kPush, "never: {image: app:1, in: us-west-2, tags: [other]}");
  EXPECT_TRUE(kept.held);
  EXPECT_THAT(kept.observed, testing::MatchesRegex("over [0-9]+ events"));
}

TEST(AlwaysTest, HoldsFromItsStepToTheEnd) {
  EXPECT_TRUE(TheOne(Played(kPush + "  - always: {image: app:1, in: us-west-2}\n"), "always").held);
}

TEST(AlwaysTest, IsBrokenAtTheVeryInstant) {
  const std::string deleted =
      "  - BatchDeleteImage: {repositoryName: app, imageIds: [{imageTag: \"1\"}]}\n    in: us-west-2\n"
      "    at: 5m\n";
  const auto always = TheOne(Played(kPush + "  - always: {image: app:1, in: us-west-2}\n" + deleted), "always");
  EXPECT_FALSE(always.held);
  EXPECT_EQ(always.observed, "at 2026-01-01T00:05:00Z: app:1 is not in us-west-2");
}

TEST(AlwaysTest, WhatIsNotTrueYetBreaksIt) {
  const auto always = TheOne(Played(kPush + "  - always: " + kThere + "\n"), "always");
  EXPECT_FALSE(always.held);
  EXPECT_EQ(always.observed, "at 2026-01-01T00:00:00Z: app:1 is not in eu-west-1");
}

TEST(AnchoredTest, CountsFromTheStart) {
  const auto held = OneClaimedOf(kPush, "{image: app:1, in: eu-west-1, within: 400ms, after: start}");
  EXPECT_TRUE(held.held);
  EXPECT_THAT(held.observed, HasSubstr("400ms after start; at the end: sha256:"));
  const auto late = OneClaimedOf(kPush, "{image: app:1, in: eu-west-1, within: 399ms, after: start}");
  EXPECT_FALSE(late.held);
  EXPECT_THAT(late.observed, HasSubstr("not within 399ms of start (2026-01-01T00:00:00Z); at the end: sha256:"));
}

TEST(AnchoredTest, CountsFromTheReturnOfALabelledStep) {
  const std::string steps = kPush + "    after: 7s\n    label: pushed\n" + kSettle;
  EXPECT_TRUE(OneClaimedOf(steps, "{image: app:1, in: eu-west-1, within: 400ms, after: pushed}").held);
  EXPECT_FALSE(OneClaimedOf(steps, "{image: app:1, in: eu-west-1, within: 399ms, after: pushed}").held);
}

TEST(AnchoredTest, CountsFromTheEndOfTheLastFault) {
  // The request for permission was lost and is asked again 10 s later, which is when it times out, and some more.
  const std::string steps = "  - partition: {from: us-west-2, to: eu-west-1}\n    for: 5s\n" + kPush;
  EXPECT_TRUE(OneClaimedOf(steps, "{image: app:1, in: eu-west-1, within: 10s, after: heal}").held);
  const auto late = OneClaimedOf(steps, "{image: app:1, in: eu-west-1, within: 1s, after: heal}");
  EXPECT_FALSE(late.held);
  EXPECT_THAT(late.observed, HasSubstr("not within 1s of heal (2026-01-01T00:00:05Z)"));
}

TEST(AnchoredTest, AnAnchorThatNeverWasBreaksIt) {
  const auto healed = OneClaimedOf(kPush, "{image: app:1, in: eu-west-1, within: 10m, after: heal}");
  EXPECT_FALSE(healed.held);
  EXPECT_EQ(healed.observed, "'heal' never happened, so nothing can be within 10m of it");
}

TEST(AnchoredTest, WhatCameTrueBeforeAndWentDoesNotCount) {
  const std::string steps =
      kPush + kSettle +
      "  - BatchDeleteImage: {repositoryName: app, imageIds: [{imageTag: \"1\"}]}\n    in: eu-west-1\n"
      "    label: deleted\n  - push: app:2\n    image: other\n    to: us-west-2\n";
  EXPECT_FALSE(OneClaimedOf(steps, "{image: app:1, in: eu-west-1, within: 1h, after: deleted}").held);
}

TEST(StepTimeTest, StepsStartWhenTheyAreTold) {
  const auto run = Played(
      "  - push: app:1\n    to: us-west-2\n    at: 10s\n"
      "  - expect: {image: app:1, in: us-west-2}\n    after: 90s\n"
      "  - expect: {image: app:1, in: eu-west-1}\n    at: 2026-01-01T01:00:00Z\n"
      "  - advance: 5m\n  - expect: {repository: app, in: us-west-2}\n");
  std::vector<std::string> instants;
  for (const auto& expectation : run.expectations) instants.push_back(ToText(expectation.when));
  EXPECT_THAT(instants, ElementsAre("2026-01-01T00:01:40Z", "2026-01-01T01:00:00Z", "2026-01-01T01:05:00Z"));
}

TEST(StepTimeTest, AStepThatIsTooLateStopsTheRun) {
  // The copy is there after 400 ms, which only the run knows.
  const auto run =
      Played(kPush + "  - expect: {image: app:1, in: eu-west-1}\n    within: 1h\n" + "  - settle: 1m\n    at: 300ms\n");
  EXPECT_EQ(run.verdict, Verdict::kError);
  EXPECT_THAT(run.error, HasSubstr("small.yaml:"));
  EXPECT_THAT(run.error, HasSubstr("the step is to start at 2026-01-01T00:00:00.300Z, but the step before returned at "
                                   "2026-01-01T00:00:00.400Z"));
}

TEST(StepTimeTest, AStepWaitsForProgress) {
  // 1 MiB of layer at 1 MiB/s flows from 250 ms on; the config is too small to matter.
  const auto world = Replaced(kWorld, "latency: 50ms}", "latency: 50ms, bandwidth: 1MiB/s}");
  const auto run = RunScenario(
      Loaded(world +
             "  - push: app:1\n    image: big\n    to: us-west-2\n"
             "  - expect: {image: app:1, in: us-west-2}\n    when: {copy: app:1, to: eu-west-1, reaches: 50%}\n"),
      {});
  const auto half = TheOne(run, "expect");
  EXPECT_GT(half.when, run.start + Milliseconds(745));
  EXPECT_LT(half.when, run.start + Milliseconds(755));
}

TEST(StepTimeTest, ProgressThatNeverComesStopsTheRun) {
  const auto run = Played("  - settle: 1m\n    when: {copy: app:1, to: eu-west-1, reaches: 50%}\n");
  EXPECT_EQ(run.verdict, Verdict::kError);
  EXPECT_THAT(run.error, HasSubstr("the copy of app:1 to eu-west-1 never reached 50%: it was never pushed"));
}

TEST(SettleTest, FailsWhenSomethingIsStillUnderWay) {
  const auto run = Played(kPush + "  - settle: 449ms\n");
  EXPECT_EQ(run.verdict, Verdict::kFail);
  EXPECT_EQ(TheOne(run, "settle").observed, "after 449ms something is still under way");
  EXPECT_EQ(Played(kPush + "  - settle: 450ms\n").verdict, Verdict::kPass);
}

}  // namespace
}  // namespace crrsim
