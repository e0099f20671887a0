// Steps and claims about event buses, the replication role and answers that later requests mention.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ScenarioEventsTest, ADisturbanceIsOfOneBus) {
  const auto scenario = Loaded(
      kWorld + "  - disturb: {bus: eu-west-1, lose: 10%, duplicate: 5%, delay: 30s, reorder: 2m}\n    for: 1h\n");
  const auto& step = std::get<FaultStep>(scenario.timeline.back().what);
  ASSERT_EQ(step.what.size(), 1U);
  const auto& disturbance = std::get<BusDisturbance>(step.what.front());
  EXPECT_EQ(disturbance.bus, ShopIn("eu-west-1"));
  EXPECT_EQ(disturbance.lose_percent, 10);
  EXPECT_EQ(disturbance.duplicate_percent, 5);
  EXPECT_EQ(disturbance.delay, Seconds(30));
  EXPECT_EQ(disturbance.reorder, Minutes(2));
  EXPECT_EQ(step.duration, Hours(1));
}

TEST(ScenarioEventsTest, ADisturbanceOfNothingIsRefused) {
  EXPECT_THAT(ProblemsOf(kWorld + "  - disturb: {bus: eu-west-1}\n"),
              ElementsAre(HasSubstr("nothing is disturbed; add lose, duplicate, delay or reorder")));
}

TEST(ScenarioEventsTest, ADeliveryIsClaimedByMembersThatItsEventHas) {
  const std::string head = kWorld + "expect:\n  - {delivered: ECR Replication Action, in: eu-west-1, ";
  EXPECT_THAT(ProblemsOf(head + "where: {result: SUCCESS, image-tag: '1'}, envelope: {resources: []}}\n"), IsEmpty());
  EXPECT_THAT(ProblemsOf(head + "where: {results: SUCCESS}}\n"),
              ElementsAre(HasSubstr("ECR Replication Action has no member 'results'; did you mean 'result'?")));
  EXPECT_THAT(ProblemsOf(head + "envelope: {acount: x}}\n"), ElementsAre(HasSubstr("did you mean 'account'?")));
}

TEST(ScenarioEventsTest, ATextInBracesIsAMentionOnlyOfALabelAndAMember) {
  const auto mention = ParseAnswerMention("{first.replicationBackfillId}");
  ASSERT_TRUE(mention.has_value());
  EXPECT_EQ(mention->label, "first");
  EXPECT_EQ(mention->member, "replicationBackfillId");
  for (const auto* text : {"", "{", "{}", "{.}", "{a.}", "{.b}", "{a}", "{a.b", "a.b}", "{a.b.c}", "{a.b} ", "{a b.c}",
                           R"({"Version": "2012.10"})"}) {
    EXPECT_FALSE(ParseAnswerMention(text).has_value()) << text;
  }
}

TEST(ScenarioEventsTest, AMentionNeedsAStepOfThatLabelBefore) {
  const std::string stop =
      "  - StopReplicationBackfill: {replicationBackfillId: \"{frist.replicationBackfillId}\"}\n"
      "    in: us-west-2\n";
  EXPECT_THAT(ProblemsOf(kWorld + "  - ListReplicationBackfills: {}\n    in: us-west-2\n    label: first\n" + stop),
              ElementsAre(HasSubstr("no step before this one is labelled 'frist'; did you mean 'first'?")));
}

}  // namespace
}  // namespace crrsim
