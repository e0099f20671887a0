// Every kind of step, from the file's text to the struct that the runner executes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The step that is written as `text`, indented by two.
Step StepOf(const std::string& text) {
  const auto scenario = Loaded(kWorld + text);
  EXPECT_EQ(scenario.timeline.size(), 3U);
  return scenario.timeline.empty() ? Step() : scenario.timeline.back();
}
template <class What>
What ReadStep(const std::string& text) {
  const auto step = StepOf(text);
  EXPECT_TRUE(std::holds_alternative<What>(step.what)) << text;
  return std::holds_alternative<What>(step.what) ? std::get<What>(step.what) : What();
}

TEST(ScenarioStepsTest, CallKeepsItsRequestAsItStands) {
  const auto call = ReadStep<CallStep>(R"(  - DescribeImages:
      repositoryName: app
      imageIds: [{imageTag: "1"}]
      maxResults: 5
    in: eu-west-1
    as: arn:aws:iam::444455556666:role/reader
    fails_with: AccessDeniedException
    message: No.
)");
  EXPECT_EQ(call.message, "No.");
  EXPECT_EQ(call.operation, "DescribeImages");
  EXPECT_EQ(call.request,
            nlohmann::json::parse(R"({"repositoryName": "app", "imageIds": [{"imageTag": "1"}], "maxResults": 5})"));
  EXPECT_EQ(call.in, ShopIn("eu-west-1"));
  EXPECT_EQ(call.as, "arn:aws:iam::444455556666:role/reader");
  EXPECT_EQ(call.fails_with, "AccessDeniedException");
  EXPECT_FALSE(call.answers.has_value());
}

TEST(ScenarioStepsTest, CallWithoutARequestSendsAnEmptyOne) {
  const auto call =
      ReadStep<CallStep>("  - DescribeRegistry:\n    in: us-west-2\n    answers: {registryId: \"111122223333\"}\n");
  EXPECT_EQ(call.request, nlohmann::json::object());
  EXPECT_EQ(call.as, "");
  EXPECT_EQ(*call.answers, nlohmann::json({{"registryId", "111122223333"}}));
}

TEST(ScenarioStepsTest, PushTakesItsContentByTheRepositorysName) {
  const auto push = ReadStep<PushStep>(kPush);
  EXPECT_EQ(push.repository.text(), "app");
  EXPECT_EQ(push.tag, "1");
  EXPECT_EQ(push.content, "app");
  EXPECT_EQ(push.to, ShopIn("us-west-2"));
  EXPECT_EQ(push.times, 1);
  EXPECT_EQ(push.every, Duration());
}

TEST(ScenarioStepsTest, PushOfEverythingElse) {
  const auto push = ReadStep<PushStep>(R"(  - push: team/app:v{n}-rc
    image: other
    mount_from: base
    to: shop/eu-west-1
    as: arn:aws:iam::111122223333:user/ci
    fails_with: RepositoryNotFoundException
    times: 12
    every: 1m30s
)");
  EXPECT_EQ(push.repository.text(), "team/app");
  EXPECT_EQ(push.tag, "v{n}-rc");
  EXPECT_EQ(push.content, "other");
  EXPECT_EQ(push.mount_from->text(), "base");
  EXPECT_EQ(push.to, ShopIn("eu-west-1"));
  EXPECT_EQ(push.as, "arn:aws:iam::111122223333:user/ci");
  EXPECT_EQ(push.fails_with, "RepositoryNotFoundException");
  EXPECT_EQ(push.times, 12);
  EXPECT_EQ(push.every, Seconds(90));
}

TEST(ScenarioStepsTest, PushOfARepositoryAloneHasNoTag) {
  const auto push = ReadStep<PushStep>("  - push: app\n    to: us-west-2\n");
  EXPECT_EQ(push.repository.text(), "app");
  EXPECT_EQ(push.tag, "");
}

TEST(ScenarioStepsTest, PullNamesATagOrADigest) {
  EXPECT_EQ(ReadStep<PullStep>("  - pull: app:1\n    from: eu-west-1\n").image.tag->text(), "1");
  const auto digest = "sha256:" + std::string(64, 'a');
  const auto pull = ReadStep<PullStep>("  - pull: app@" + digest +
                                       "\n    from: eu-west-1\n    as: arn:aws:iam::444455556666:root\n"
                                       "    fails_with: ImageNotFoundException\n");
  EXPECT_EQ(pull.image.digest->text(), digest);
  EXPECT_FALSE(pull.image.tag.has_value());
  EXPECT_EQ(pull.from, ShopIn("eu-west-1"));
  EXPECT_EQ(pull.as, "arn:aws:iam::444455556666:root");
  EXPECT_EQ(pull.fails_with, "ImageNotFoundException");
}

TEST(ScenarioStepsTest, ExpectationsKnowWhenTheyAreJudged) {
  const auto now = ReadStep<ExpectStep>("  - expect: {image: app:1, in: eu-west-1}\n").expectation;
  EXPECT_EQ(now.mode, Mode::kNow);
  EXPECT_EQ(now.text, "expect: {image: app:1, in: eu-west-1}");
  EXPECT_TRUE(std::holds_alternative<ImageClaim>(now.claim));
  const auto within = ReadStep<ExpectStep>("  - expect: {image: app:1, in: eu-west-1}\n    within: 30m\n").expectation;
  EXPECT_EQ(within.mode, Mode::kWithin);
  EXPECT_EQ(within.within, Minutes(30));
  EXPECT_EQ(ReadStep<ExpectStep>("  - never: {image: app:1, in: eu-west-1}\n").expectation.mode, Mode::kNever);
  EXPECT_EQ(ReadStep<ExpectStep>("  - always: {image: app:1, in: eu-west-1}\n").expectation.mode, Mode::kAlways);
}

TEST(ScenarioStepsTest, ClockMovesByADurationOrToAnInstant) {
  const auto by = ReadStep<AdvanceStep>("  - advance: 2h\n");
  EXPECT_FALSE(by.to.has_value());
  EXPECT_EQ(by.by, Hours(2));
  EXPECT_EQ(ToText(*ReadStep<AdvanceStep>("  - advance_to: 2026-03-01T10:00:00Z\n").to), "2026-03-01T10:00:00Z");
  EXPECT_EQ(ReadStep<SettleStep>("  - settle: 5m\n").within, Minutes(5));
}

TEST(ScenarioStepsTest, PartitionCutsOneWayOrBoth) {
  const auto one_way = ReadStep<FaultStep>("  - partition: {from: us-west-2, to: eu-west-1}\n    for: 30m\n");
  EXPECT_EQ(one_way.name, "partition");
  ASSERT_EQ(one_way.what.size(), 1U);
  EXPECT_EQ(std::get<Partition>(one_way.what[0]).from.text(), "us-west-2");
  EXPECT_EQ(std::get<Partition>(one_way.what[0]).to.text(), "eu-west-1");
  EXPECT_EQ(one_way.duration, Minutes(30));
  const auto both = ReadStep<FaultStep>("  - partition: {between: [eu-west-1, us-west-2]}\n");
  ASSERT_EQ(both.what.size(), 2U);
  EXPECT_EQ(std::get<Partition>(both.what[0]).from.text(), "eu-west-1");
  EXPECT_EQ(std::get<Partition>(both.what[1]).from.text(), "us-west-2");
  EXPECT_FALSE(both.duration.has_value());
}

/// What a `fail` or `corrupt` means.
StepFault StepFaultOf(const std::string& text) { return std::get<StepFault>(ReadStep<FaultStep>(text).what.at(0)); }

TEST(ScenarioStepsTest, FailuresNameAStepAndWhom) {
  const std::string text =
      "  - fail: {step: put-manifest, in: eu-west-1, repository: app, skip: 2, times: 3}\n    for: 1h\n";
  EXPECT_EQ(ReadStep<FaultStep>(text).name, "fail");
  EXPECT_EQ(ReadStep<FaultStep>(text).duration, Hours(1));
  const auto fault = StepFaultOf(text);
  EXPECT_EQ(fault.step, JobStep::kPutManifest);
  EXPECT_EQ(fault.failure, FailureCode::kInjected);
  EXPECT_EQ(fault.destination, ShopIn("eu-west-1"));
  EXPECT_EQ(fault.repository->text(), "app");
  EXPECT_EQ(fault.skip, 2);
  EXPECT_EQ(fault.times, 3);
  EXPECT_EQ(StepFaultOf("  - fail: {step: admit}\n").step, JobStep::kAdmit);
  EXPECT_EQ(StepFaultOf("  - fail: {step: check-content}\n").step, JobStep::kCheckContent);
  EXPECT_EQ(StepFaultOf("  - fail: {step: bind-tag}\n").step, JobStep::kBindTag);
}

TEST(ScenarioStepsTest, CorruptionIsATransferThatFailsItsDigest) {
  EXPECT_EQ(ReadStep<FaultStep>("  - corrupt: {}\n").name, "corrupt");
  const auto fault = StepFaultOf("  - corrupt: {repository: app, times: 3}\n");
  EXPECT_EQ(fault.step, JobStep::kTransfer);
  EXPECT_EQ(fault.failure, FailureCode::kDigestMismatch);
  EXPECT_FALSE(fault.destination.has_value());
  EXPECT_EQ(fault.repository->text(), "app");
  EXPECT_EQ(fault.skip, 0);
  const auto all = StepFaultOf("  - corrupt: {}\n");
  EXPECT_FALSE(all.repository.has_value());
  EXPECT_FALSE(all.times.has_value());
}

TEST(ScenarioStepsTest, EveryStepMayWaitAndHaveALabel) {
  const auto step = StepOf(R"(  - push: app:1
    to: us-west-2
    after: 5s
    label: pushed
    when: {copy: app:1, from: us-west-2, to: eu-west-1, reaches: 50%}
)");
  EXPECT_EQ(step.after, Seconds(5));
  EXPECT_EQ(step.label, "pushed");
  ASSERT_TRUE(step.when.has_value());
  EXPECT_EQ(ToText(step.when->image), "app:1");
  EXPECT_EQ(step.when->from, ShopIn("us-west-2"));
  EXPECT_EQ(step.when->to, ShopIn("eu-west-1"));
  EXPECT_EQ(step.when->percent, 50);
  EXPECT_FALSE(step.at.has_value());
}

TEST(ScenarioStepsTest, AtIsAnInstantOrCountsFromTheStart) {
  EXPECT_EQ(ToText(*StepOf("  - settle: 1m\n    at: 90m\n").at), "2026-01-01T01:30:00Z");
  EXPECT_EQ(ToText(*StepOf("  - settle: 1m\n    at: 2026-02-01T01:30:00Z\n").at), "2026-02-01T01:30:00Z");
  EXPECT_EQ(ToText(*StepOf("  - settle: 1m\n    at: 2026-02-01\n").at), "2026-02-01T00:00:00Z");
  const auto scenario = Loaded("start: 2026-06-01T00:00:00Z\n" + kWorld + "  - settle: 1m\n    at: 90m\n");
  EXPECT_EQ(ToText(*scenario.timeline.back().at), "2026-06-01T01:30:00Z");
}

TEST(ScenarioStepsTest, PlaceAndTextAreTheFiles) {
  const auto scenario = Loaded(kSmallScenario);
  ASSERT_EQ(scenario.timeline.size(), 2U);
  EXPECT_EQ(scenario.timeline[0].place, (Place{"small.yaml", 8, 5}));
  EXPECT_EQ(scenario.timeline[1].place, (Place{"small.yaml", 10, 5}));
  EXPECT_EQ(scenario.timeline[1].text, "push: app:1, to: us-west-2");
  ASSERT_EQ(scenario.expect.size(), 1U);
  EXPECT_EQ(scenario.expect[0].place, (Place{"small.yaml", 13, 5}));
}

TEST(ScenarioStepsTest, KeysThatWereReadAreNoted) {
  const auto scenario = Loaded(kSmallScenario);
  EXPECT_THAT(scenario.used_keys,
              testing::IsSupersetOf({"scenario.title", "image.layers", "step call.in", "step push.push", "step push.to",
                                     "claim image.image", "claim image.in"}));
  EXPECT_FALSE(scenario.used_keys.contains("step push.times"));
}

}  // namespace
}  // namespace crrsim
