// Runs that once went wrong: what happens at one instant, inside one step, or never to the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kHead = R"(accounts: {shop: "111122223333"}
regions: [us-west-2, eu-west-1]
network:
  links:
    - {from: us-west-2, to: eu-west-1, latency: 50ms}
    - {from: eu-west-1, to: us-west-2, latency: 50ms}
images:
  app: {layers: [10MiB, 10MiB], content: sizes-only, distinct_per_push: true}
)";
const std::string kReplicate = R"(  - PutReplicationConfiguration:
      {"replicationConfiguration": {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}]}]}}
    in: us-west-2
  - CreateRepository: {repositoryName: app}
    in: us-west-2
)";

RunResult RunOf(const std::string& text) { return RunScenario(Loaded(text), {}); }

TEST(RunCornerCasesTest, ABlobThatArrivesWithTheOneThatEndsItsJobIsWasted) {
  const auto run = RunOf(kHead + "options: {retry: {give_up: 0s}}\ntimeline:\n" + kReplicate +
                         "  - corrupt: {skip: 1, times: 1}\n"
                         "  - push: app:1\n    to: us-west-2\n  - settle: 1h\n"
                         "expect:\n  - {replication: app:1, from: us-west-2, to: eu-west-1, status: FAILED}\n");
  EXPECT_EQ(run.verdict, Verdict::kPass) << run.error;
  ASSERT_EQ(run.bill.transfers.size(), 1U);
  EXPECT_GE(run.bill.transfers.front().wasted, Mebibytes(20));
}

TEST(RunCornerCasesTest, NeverSeesWhatHappensBetweenTheCallsOfOneStep) {
  const auto run = RunOf(kHead + "timeline:\n  - CreateRepository: {repositoryName: app}\n    in: us-west-2\n" +
                         "  - never: {repository: app, in: us-west-2, images: 1}\n" +
                         "  - push: app:{n}\n    times: 2\n    every: 10m\n    to: us-west-2\n");
  EXPECT_EQ(run.verdict, Verdict::kFail);
}

TEST(RunCornerCasesTest, ALagCountsCopiesThatAreStillUnderWay) {
  const auto run = RunOf(kHead + "timeline:\n" + kReplicate +
                         "  - push: app:1\n    to: us-west-2\n  - settle: 1h\n"
                         "  - partition: {from: us-west-2, to: eu-west-1}\n    for: 30m\n"
                         "  - push: app:2\n    to: us-west-2\n  - advance: 10m\n"
                         "  - expect: {lag: max, from: us-west-2, to: eu-west-1, at_most: 5m}\n"
                         "  - expect: {lag: max, from: us-west-2, to: eu-west-1, at_least: 5m}\n");
  EXPECT_THAT(VerdictsOf(run),
              ElementsAre(testing::AllOf(HasSubstr("broken: 10.0m over 2"), HasSubstr("1 of them not")),
                          HasSubstr("holds: 10.0m over 2")));
}

TEST(RunCornerCasesTest, AnExpectationWaitsForFiguresThatGrowWithTimeAlone) {
  const auto run =
      RunOf(kHead + "timeline:\n  - CreateRepository: {repositoryName: app}\n    in: us-west-2\n" +
            "  - push: app:1\n    to: us-west-2\n" +
            "  - expect: {stored: app, in: us-west-2, month: 2026-01, for_at_least: 1h}\n    within: 2h\n");
  EXPECT_EQ(run.verdict, Verdict::kPass);
}

TEST(RunCornerCasesTest, ALabelCountsItsOwnInstant) {
  const auto run = RunOf(kHead + "timeline:\n  - CreateRepository: {repositoryName: app}\n    in: us-west-2\n" +
                         "  - push: app:1\n    to: us-west-2\n    label: here\n  - advance: 1h\n" +
                         "expect:\n  - {image: app:1, in: us-west-2, within: 1m, after: here}\n");
  EXPECT_EQ(run.verdict, Verdict::kPass);
}

TEST(RunCornerCasesTest, ARunThatEndsRefusedRestsOnWhatDenialDoes) {
  const auto run = RunOf(
      "accounts: {shop: \"111122223333\", partner: \"444455556666\"}\nregions: [us-west-2, eu-west-1]\n"
      "network: aws-2026\nimages:\n  app: {layers: [1KiB]}\ntimeline:\n"
      "  - PutReplicationConfiguration:\n      {\"replicationConfiguration\": {\"rules\": [{\"destinations\": "
      "[{\"region\": \"eu-west-1\", \"registryId\": \"444455556666\"}]}]}}\n    in: shop/us-west-2\n"
      "  - CreateRepository: {repositoryName: app}\n    in: shop/us-west-2\n"
      "  - push: app:1\n    to: shop/us-west-2\n  - settle: 1h\n");
  std::vector<std::string> names;
  for (const auto& row : run.assumptions) names.emplace_back(row.name);
  EXPECT_THAT(names, Contains("denial"));
}

TEST(RunCornerCasesTest, NothingWaitsForTheStallOfATransferThatWentOn) {
  const auto run = RunOf(
      "accounts: {shop: \"111122223333\"}\nregions: [us-west-2, eu-west-1]\nnetwork:\n"
      "  links: [{between: [us-west-2, eu-west-1], latency: 50ms, bandwidth: 10MB/s}]\n"
      "options: {stall_timeout: 20h}\nimages:\n  app: {layers: [100MiB], content: sizes-only}\ntimeline:\n"
      "  - PutReplicationConfiguration:\n      {\"replicationConfiguration\": {\"rules\": [{\"destinations\": "
      "[{\"region\": \"eu-west-1\", \"registryId\": \"111122223333\"}]}]}}\n    in: us-west-2\n"
      "  - CreateRepository: {repositoryName: app}\n    in: us-west-2\n  - push: app:1\n    to: us-west-2\n"
      "  - outage: eu-west-1\n    when: {copy: \"app:1\", to: eu-west-1, reaches: 50%}\n    for: 1m\n"
      "  - settle: 10m\nexpect:\n  - {image: \"app:1\", in: eu-west-1}\n");
  EXPECT_EQ(run.verdict, Verdict::kPass) << run.error;
  EXPECT_LT(run.end - run.start, Minutes(2));
}

TEST(RunCornerCasesTest, DamageOfAnIndexSaysThatItsImagesAreToBeNamed) {
  const auto run = RunOf(
      "accounts: {shop: \"111122223333\"}\nregions: [us-west-2]\nnetwork: aws-2026\nimages:\n  app: {layers: [1KiB]}\n"
      "  both: {index_of: [app]}\ntimeline:\n  - CreateRepository: {repositoryName: app}\n    in: us-west-2\n"
      "  - push: app:1\n    image: both\n    to: us-west-2\n  - damage: {image: \"app:1\", in: us-west-2}\n    for: "
      "1m\n");
  EXPECT_EQ(run.verdict, Verdict::kFail);
  ASSERT_EQ(run.expectations.size(), 1U);
  EXPECT_EQ(run.expectations[0].observed, "app:1 is an index; name one of its images");
}

TEST(RunCornerCasesTest, AScanOfAnImageThatCameAgainIsItsOwn) {
  const auto run = RunOf(
      kHead + "options: {scan_duration: 30s}\ntimeline:\n" +
      "  - CreateRepository: {repositoryName: app}\n    in: us-west-2\n" + "  - push: app:1\n    to: us-west-2\n" +
      "  - StartImageScan: {repositoryName: app, imageId: {imageTag: \"1\"}}\n    in: us-west-2\n" +
      "  - BatchDeleteImage: {repositoryName: app, imageIds: [{imageTag: \"1\"}]}\n    in: us-west-2\n" +
      "    after: 20s\n  - push: app:1\n    to: us-west-2\n" +
      "  - StartImageScan: {repositoryName: app, imageId: {imageTag: \"1\"}}\n    in: us-west-2\n" +
      "  - settle: 1h\nexpect:\n  - {event: ScanCompleted, times: 1}\n");
  EXPECT_EQ(run.verdict, Verdict::kPass) << run.error;
  for (const auto& verdict : VerdictsOf(run)) EXPECT_THAT(verdict, Not(HasSubstr("broken")));
}

}  // namespace
}  // namespace crrsim
