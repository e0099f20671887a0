// Steps and claims about event buses, the replication role and answers that later requests mention.
#include <fmt/format.h>
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
  EXPECT_THAT(mention->path, ElementsAre("replicationBackfillId"));
  EXPECT_THAT(ParseAnswerMention("{a.b.0.c}")->path, ElementsAre("b", "0", "c"));
  for (const auto* text : {"", "{", "{}", "{.}", "{a.}", "{.b}", "{a}", "{a.b", "a.b}", "{a..b}", "{a.b.}", "{a.b} ",
                           "{a.b}}", "{a b.c}", R"({"Version": "2012.10"})"}) {
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

TEST(ScenarioEventsTest, AMentionNamesAMemberOfTheAnswer) {
  const auto problems = [](std::string_view mention, std::string_view first = "ListReplicationBackfills: {}\n    ") {
    return ProblemsOf(
        fmt::format("{}  - {}in: us-west-2\n    label: first\n  - DescribeRepositories:\n"
                    "      {{repositoryNames: [\"{}\"]}}\n    in: us-west-2\n",
                    kWorld, first, mention));
  };
  EXPECT_THAT(problems("{first.backfills.0.destination.region}"), IsEmpty());
  EXPECT_THAT(problems("{first.backfils.0.status}"),
              ElementsAre("20:7: {first.backfils.0.status}: the answer to ListReplicationBackfills has no member "
                          "'backfils'; did you mean 'backfills'?"));
  EXPECT_THAT(problems("{first.backfills.0.destination.regoin}"),
              ElementsAre(HasSubstr("the answer to ListReplicationBackfills.backfills.0.destination has no member "
                                    "'regoin'; did you mean 'region'?")));
  EXPECT_THAT(problems("{first.backfills.status}"),
              ElementsAre(HasSubstr("backfills is a list; expected the number of an item instead of 'status'")));
  EXPECT_THAT(problems("{first.backfills.0.status.x}"), ElementsAre(HasSubstr("status has no members")));
  EXPECT_THAT(problems("{first.tag}", "push: app:1\n    to: us-west-2\n    "), testing::Not(IsEmpty()));
}

TEST(ScenarioEventsTest, AMemberDeepInAnAnswerIsFilledIn) {
  const auto run = Played(R"(  - DescribeRepositories: {repositoryNames: [app]}
    in: us-west-2
    label: described
  - CreateRepository: {repositoryName: "{described.repositories.0.repositoryName}"}
    in: us-west-2
    fails_with: RepositoryAlreadyExistsException
  - CreateRepository: {repositoryName: "{described.repositories.0.repositoryName}"}
    in: eu-west-1
expect:
  - {repository: app, in: eu-west-1}
)");
  EXPECT_EQ(run.verdict, Verdict::kPass) << run.error << testing::PrintToString(VerdictsOf(run));
}

TEST(ScenarioEventsTest, AMemberThatAnAnswerLacksStopsTheRun) {
  const auto run = Played(R"(  - DescribeRepositories: {repositoryNames: [app]}
    in: us-west-2
    label: described
  - DescribeRepositories: {repositoryNames: ["{described.repositories.1.repositoryName}"]}
    in: us-west-2
)");
  EXPECT_THAT(run.error, HasSubstr("the answer to the step labelled 'described' has no '1' for "
                                   "{described.repositories.1.repositoryName}"));
}

}  // namespace
}  // namespace crrsim
