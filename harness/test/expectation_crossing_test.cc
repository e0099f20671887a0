// Claims about figures that grow with time alone: they come true, and are broken, at their own instants, without an
// event.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// In kWorld: a copy of a gigabyte that is cut off for good within its first seconds.
const std::string kCutOff =
    "  - partition: {from: us-west-2, to: eu-west-1}\n  - partition: {from: eu-west-1, to: us-west-2}\n";
const std::string kUntil = "until: 2026-01-03T00:00:00Z\n";

RunResult Cut(const std::string& watches, const std::string& at_end = "") {
  return Played(kPush + kCutOff + watches + at_end + kUntil);
}

TEST(ExpectationCrossingTest, ALagThatGrowsBreaksAlwaysWhenItPassesItsBound) {
  const auto run = Cut("  - always: {lag: max, from: us-west-2, to: eu-west-1, at_most: 1h}\n");
  EXPECT_THAT(VerdictsOf(run), ElementsAre(HasSubstr("broken: at 2026-01-01T01:00:00.000000001Z: 1.00h over 1")));
  EXPECT_EQ(run.expectations.front().when, *ParseInstant("2026-01-01T01:00:00.000000001Z"));
}

TEST(ExpectationCrossingTest, ALagThatStaysWithinItsBoundHoldsToTheEnd) {
  // Given up after a day, the copy never arrives, so no bound would hold beyond that.
  EXPECT_THAT(
      VerdictsOf(Played(kPush + kCutOff + "  - always: {lag: max, from: us-west-2, to: eu-west-1, at_most: 20h}\n" +
                        "until: 2026-01-01T20:00:00Z\n")),
      ElementsAre(HasSubstr("holds")));
}

TEST(ExpectationCrossingTest, ALagThatGrowsEndsNeverWhenItReachesItsBound) {
  const auto run = Cut("  - never: {lag: p50, from: us-west-2, to: eu-west-1, at_least: 30m}\n");
  EXPECT_THAT(VerdictsOf(run), ElementsAre(HasSubstr("broken: at 2026-01-01T00:30:00Z: 30.0m over 1")));
}

TEST(ExpectationCrossingTest, AWaitEndsWhenTheLagReachesItsBound) {
  const auto run = Cut("  - expect: {lag: max, from: us-west-2, to: eu-west-1, at_least: 30m}\n    within: 2h\n");
  EXPECT_THAT(VerdictsOf(run), ElementsAre(HasSubstr("holds: 30.0m over 1 replication, 1 of them not there yet")));
  EXPECT_EQ(run.expectations.front().when, *ParseInstant("2026-01-01T00:30:00Z"));
}

TEST(ExpectationCrossingTest, ABoundIsReachedAlsoWhereSomethingHappensThenWithoutAnEvent) {
  // The answer to the first question arrives 100 ms after the push; the first event after that is at 200 ms.
  const std::string bound = "{lag: max, from: us-west-2, to: eu-west-1, at_least: 100ms}\n";
  const auto waited = Played(kPush + "  - expect: " + bound + "    within: 2h\n");
  EXPECT_THAT(VerdictsOf(waited), ElementsAre(HasSubstr("holds: 100ms over 1 replication")));
  EXPECT_THAT(VerdictsOf(Played(kPush + "  - never: " + bound)),
              ElementsAre(HasSubstr("broken: at 2026-01-01T00:00:00.100Z: 100ms over 1 replication")));
}

TEST(ExpectationCrossingTest, TheQuantileOfSeveralLagsCrossesWithTheCopyThatDecidesIt) {
  // Queued at 0, 10 and 20 minutes; the second largest is that of minute 10.
  const auto run = Played(kCutOff + kPush + "  - push: app:2\n    to: us-west-2\n    at: 10m\n" +
                          "  - push: app:3\n    to: us-west-2\n    at: 20m\n" +
                          "  - never: {lag: p50, from: us-west-2, to: eu-west-1, at_least: 40m}\n" + kUntil);
  EXPECT_THAT(VerdictsOf(run), ElementsAre(HasSubstr("broken: at 2026-01-01T00:50:00Z: 40.0m over 3")));
}

TEST(ExpectationCrossingTest, StorageBreaksAlwaysWhenItsTimePassesTheBound) {
  const auto run =
      Played("  - push: app:1\n    to: us-west-2\n  - advance: 1s\n" +
             std::string("  - always: {stored: app, in: us-west-2, month: 2026-01, for_at_most: 20h}\n") + kUntil);
  EXPECT_THAT(VerdictsOf(run), ElementsAre(HasSubstr("broken: at 2026-01-01T20:00:00.000000001Z: ")));
}

TEST(ExpectationCrossingTest, StorageBehindAnAnchorComesTrueWithinItsTime) {
  const auto run = Played(
      "  - push: app:1\n    to: us-west-2\nexpect:\n"
      "  - {stored: app, in: us-west-2, month: 2026-01, for_at_least: 20h, within: 21h, after: start}\n"
      "  - {stored: app, in: us-west-2, month: 2026-01, for_at_least: 20h, within: 19h, after: start}\n" +
      kUntil);
  EXPECT_THAT(VerdictsOf(run), ElementsAre(HasSubstr("holds: 20.0h after start"), HasSubstr("broken: not within 19h")));
}

TEST(ExpectationCrossingTest, StorageOfALaterMonthBeginsToGrowWithThatMonth) {
  const auto run = Played(
      "  - push: app:1\n    to: us-west-2\n"
      "  - never: {stored: app, in: us-west-2, month: 2026-02, for_at_least: 2d}\nuntil: 2026-03-01T00:00:00Z\n");
  EXPECT_THAT(VerdictsOf(run), ElementsAre(HasSubstr("broken: at 2026-02-03T00:00:00Z: ")));
}

TEST(ExpectationCrossingTest, ACopyThatFailedIsNoLagOfAtMost) {
  const std::string grant_nothing =
      "  - PutRegistryPolicy: {policyText: {\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", "
      "\"Principal\": \"*\", \"Action\": \"ecr:ReplicateImage\", \"Resource\": \"*\"}]}}\n    in: eu-west-1\n";
  const auto run = Played(kPush + kSettle + grant_nothing + kPushOther + kSettle +
                          "expect:\n  - {lag: max, from: us-west-2, to: eu-west-1, at_most: 1h}\n"
                          "  - {lag: p50, from: us-west-2, to: eu-west-1, at_most: 1h}\n"
                          "  - {lag: max, from: us-west-2, to: eu-west-1, at_least: 1h}\n");
  EXPECT_THAT(VerdictsOf(run),
              ElementsAre(HasSubstr("broken: 400ms over 1 replication; 1 more FAILED and never arrived"),
                          HasSubstr("holds: 400ms over 1 replication; 1 more FAILED"),
                          HasSubstr("broken: 400ms over 1 replication; 1 more FAILED")));
}

}  // namespace
}  // namespace crrsim
