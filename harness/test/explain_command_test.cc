// `crrsim explain`: scenarios at their end and at a label, set-ups, and two of them side by side.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/explain/change.h"
#include "harness/test/support/set_up_folder.h"

namespace crrsim {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kExplainedScenario = R"(title: Denied, then granted
accounts: {build: "111122223333", prod: "444455556666"}
regions: [us-west-2, eu-west-1]
network: aws-2026
images:
  api: {layers: [1MiB]}
  next: {layers: [2MiB]}
timeline:
  - PutReplicationConfiguration: {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "444455556666"}]}]}
    in: build/us-west-2
  - CreateRepository: {repositoryName: team/api}
    in: build/us-west-2
  - push: team/api:1
    image: api
    to: build/us-west-2
  - settle: 1h
    label: denied
  - PutRegistryPolicy:
      policyText: {"Statement": [{"Sid": "In", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["ecr:ReplicateImage", "ecr:CreateRepository"], "Resource": "*"}]}
    in: prod/eu-west-1
  - CreateRepositoryCreationTemplate: {"prefix": "team", "appliedFor": ["REPLICATION"], "imageTagMutability": "IMMUTABLE"}
    in: prod/eu-west-1
    label: granted
  - push: team/api:2
    image: api
    to: build/us-west-2
  - settle: 1h
    label: arrived
  - push: team/api:2
    image: next
    to: build/us-west-2
  - settle: 1h
)";

class ExplainCommandTest : public testing::Test {
 protected:
  CommandOutcome ExplainScenario(std::string_view image, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"explain", folder_.Write("s.yaml", kExplainedScenario), std::string(image)};
    words.insert(words.end(), more.begin(), more.end());
    return InvokeCommand(words);
  }
  std::string WriteSide(std::string_view side, std::string_view registry, const std::string& name,
                        std::string_view text) {
    return folder_.Write(std::string(side) + "/" + std::string(registry) + "/" + name, text);
  }
  CommandOutcome Compare(std::string_view names, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"explain",
                                      "--before",
                                      folder_.path() + "/before",
                                      "--after",
                                      folder_.path() + "/after",
                                      "--repositories",
                                      folder_.Write("names.txt", names)};
    words.insert(words.end(), more.begin(), more.end());
    return InvokeCommand(words);
  }
  ScratchFolder folder_;
};

TEST_F(ExplainCommandTest, AScenarioIsExplainedAtALabel) {
  const auto denied = ExplainScenario("team/api:1", {"--at", "denied"});
  EXPECT_EQ(denied.code, 0) << denied.err;
  EXPECT_THAT(denied.out, HasSubstr("444455556666/eu-west-1: would fail (FAILED, AccessDenied)"));
  EXPECT_THAT(denied.out, HasSubstr("status      FAILED, AccessDenied (of the image's last push)"));
  const auto granted = ExplainScenario("team/api:1", {"--at", "granted"});
  EXPECT_THAT(granted.out, HasSubstr("would be replicated (COMPLETE)"));
  EXPECT_THAT(granted.out, HasSubstr("would be created by the template \"team\""));
  EXPECT_THAT(granted.out, HasSubstr("status      FAILED, AccessDenied")) << "what was, is not changed by the grant";
}

TEST_F(ExplainCommandTest, AScenarioIsExplainedAtItsEndWithTheTagInTheWay) {
  const auto outcome = ExplainScenario("team/api:2");
  EXPECT_THAT(outcome.out, HasSubstr("would be replicated without its tag (COMPLETE)"));
  EXPECT_THAT(outcome.out, HasSubstr("tag 2 is immutable at 444455556666/eu-west-1 and names sha256:"));
  EXPECT_THAT(outcome.out, HasSubstr("status      COMPLETE"));
  EXPECT_THAT(ExplainScenario("team/api:2", {"--at", "arrived"}).out, HasSubstr("would be replicated (COMPLETE)"));
  EXPECT_THAT(ExplainScenario("team/api:2", {"--assume", "immutable_conflict=fail"}).out,
              HasSubstr("would fail (FAILED, TagImmutable)"));
}

TEST_F(ExplainCommandTest, AnImageThatCameByReplicationIsSaidToGoNoFurther) {
  EXPECT_THAT(ExplainScenario("team/api:2", {"--from", "prod/eu-west-1"}).out,
              HasSubstr("the image came here by replication, and what came so is never replicated on"));
}

TEST_F(ExplainCommandTest, WrongNamesSayWhichThereAre) {
  const auto label = ExplainScenario("team/api:1", {"--at", "grantd"});
  EXPECT_EQ(label.code, 4);
  EXPECT_THAT(label.err, HasSubstr("no step has the label 'grantd'; did you mean 'granted'?"));
  const auto from = ExplainScenario("team/api:1", {"--from", "build/us-west-1"});
  EXPECT_EQ(from.code, 2);
  EXPECT_THAT(from.err, HasSubstr("did you mean 'build/us-west-2'?"));
  EXPECT_EQ(ExplainScenario("Team/api:1").code, 2);
  EXPECT_EQ(ExplainScenario("team/api:").code, 2);
  EXPECT_EQ(ExplainScenario("team/api@sha256:12").code, 2);
  EXPECT_EQ(InvokeCommand({"explain", folder_.path() + "/absent", "team/api"}).code, 2);
  EXPECT_EQ(InvokeCommand({"explain", folder_.path()}).code, 2);
  EXPECT_EQ(InvokeCommand({"explain"}).code, 2);
}

TEST_F(ExplainCommandTest, ASetUpThatEcrWouldNotStoreIsRefusedWithItsPlace) {
  const auto file =
      folder_.Write("111122223333/us-west-2/registry.json",
                    R"({"rules": [{"destinations": [{"region": "us-west-2", "registryId": "111122223333"}]}]})");
  const auto outcome = InvokeCommand({"explain", folder_.path(), "api"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr(file + ":1:1: ECR would not store this: InvalidParameterException: "));
}

TEST_F(ExplainCommandTest, SeveralSourcesAskForOne) {
  for (const auto* region : {"us-west-2", "us-east-1"}) {
    EXPECT_NE(folder_.Write(std::string("111122223333/") + region + "/registry.json", RuleToProd("")), "");
  }
  const auto outcome = InvokeCommand({"explain", folder_.path(), "api"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--from: 111122223333/us-east-1, 111122223333/us-west-2"));
  EXPECT_EQ(InvokeCommand({"explain", folder_.path(), "api", "--from", "111122223333/us-east-1"}).code, 0);
}

TEST_F(ExplainCommandTest, AChangeIsShownRepositoryByRepository) {
  const auto grant = PrintedPolicy("[" + GrantToBuild("*", kBothActions) + "]");
  const auto narrow = PrintedPolicy("[" + GrantToBuild("team/*", kBothActions) + "]");
  EXPECT_NE(WriteSide("before", kBuildFolder, "registry.json", RuleToProd(R"(["base/", "team/"])")), "");
  EXPECT_NE(WriteSide("before", kProdFolder, "policy.json", grant), "");
  EXPECT_NE(WriteSide("after", kBuildFolder, "registry.json", RuleToProd(R"(["team/", "tools/"])")), "");
  EXPECT_NE(WriteSide("after", kProdFolder, "policy.json", narrow), "");
  EXPECT_NE(WriteSide("after", kProdFolder, "templates.json",
                      R"({"repositoryCreationTemplates": [{"prefix": "team", "appliedFor": ["REPLICATION"]}]})"),
            "");
  const auto outcome = Compare("base/debian\nteam/api\r\ntools/lint\n\nother\nteam/api\n", {"--json"});
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["repositories"], 4);
  ASSERT_EQ(json["changes"].size(), 3U);
  EXPECT_EQ(json["changes"][0]["repository"], "base/debian");
  EXPECT_EQ(json["changes"][0]["change"], "lost");
  EXPECT_EQ(json["changes"][1]["change"], "template");
  EXPECT_EQ(json["changes"][1]["before"], "defaults");
  EXPECT_EQ(json["changes"][1]["after"], "template \"team\"");
  EXPECT_EQ(json["changes"][2]["change"], "gained");
  EXPECT_EQ(json["changes"][2]["after"], "refused (AccessDenied)");

  const auto table = Compare("base/debian\nteam/api\ntools/lint\nother\n").out;
  EXPECT_THAT(table,
              testing::StartsWith("REPOSITORY   FROM                    TO                      CHANGE    BEFORE"));
  EXPECT_THAT(table, HasSubstr("3 of 4 repositories change."));
  EXPECT_THAT(table, Not(HasSubstr("other")));
}

TEST_F(ExplainCommandTest, APermissionThatChangesIsShown) {
  for (const auto* side : {"before", "after"}) EXPECT_NE(WriteSide(side, kBuildFolder, "r.json", RuleToProd("")), "");
  EXPECT_NE(WriteSide("before", kProdFolder, "p.json", PrintedPolicy("[" + GrantToBuild("*", kBothActions) + "]")), "");
  EXPECT_NE(WriteSide("after", kProdFolder, "policy.json", ""), "");
  const auto outcome = Compare("api\n");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("permission  replicated  refused (AccessDenied)"));
}

TEST_F(ExplainCommandTest, NothingChangedEndsWithZero) {
  for (const auto* side : {"before", "after"}) EXPECT_NE(WriteSide(side, kBuildFolder, "r.json", RuleToProd("")), "");
  const auto outcome = Compare("api\nweb\n");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "Nothing changes for 2 repositories.\n");
}

TEST_F(ExplainCommandTest, ALineThatIsNoRepositoryIsNamed) {
  for (const auto* side : {"before", "after"}) EXPECT_NE(WriteSide(side, kBuildFolder, "r.json", RuleToProd("")), "");
  const auto outcome = Compare("api\n  Web\n");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("names.txt:2:3: 'Web' is not a repository name"));
  EXPECT_EQ(Compare("\n").code, 3);
  EXPECT_EQ(InvokeCommand({"explain", "--before", folder_.path(), "--after", folder_.path()}).code, 2);
}

}  // namespace
}  // namespace crrsim
