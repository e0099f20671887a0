// Why a push would or would not be replicated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/explain/explanation.h"
#include "harness/test/support/set_up_folder.h"

namespace crrsim {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ExplainPushTest : public testing::Test {
 protected:
  void Build(std::string_view filters) { Write(kBuildFolder, "registry.json", RuleToProd(filters)); }
  void Prod(std::string_view statements) { Write(kProdFolder, "policy.json", PrintedPolicy(statements)); }
  void Write(std::string_view registry, const std::string& name, std::string_view text) {
    written_.push_back(folder_.Write(std::string(registry) + "/" + name, text));
  }
  PushExplanation ExplainIt(std::string_view repository, const Assumptions& assumptions = {}) {
    set_up_ = ReadOrFail(folder_.path());
    EXPECT_THAT(set_up_.refusals, IsEmpty());
    return ExplainPush({set_up_.registries},
                       {*ParseRegistryKey(kBuildFolder), *RepositoryName::Parse(repository), *Tag::Parse("1"), {}},
                       assumptions);
  }
  /// The one destination of a push that has one.
  DestinationExplanation TheDestination(std::string_view repository, const Assumptions& assumptions = {}) {
    auto explanation = ExplainIt(repository, assumptions);
    EXPECT_EQ(explanation.destinations.size(), 1U);
    return explanation.destinations.empty() ? DestinationExplanation() : explanation.destinations[0];
  }

  ScratchFolder folder_;
  crrsim::SetUp set_up_;
  std::vector<std::string> written_;
};

TEST_F(ExplainPushTest, TheRuleTheFilterAndTheStatementAreNamed) {
  Build(R"(["base/", "team/"])");
  Prod("[" + GrantToBuild("base/*", kBothActions) + ", " + GrantToBuild("team/*", kBothActions).replace(9, 4, "Team") +
       "]");
  const auto destination = TheDestination("team/api");
  EXPECT_EQ(destination.ending, Ending::kReplicated);
  ASSERT_EQ(destination.rules.size(), 1U);
  EXPECT_EQ(destination.rules[0].filter, 1U);
  EXPECT_EQ(destination.rules[0].prefix, "team/");
  EXPECT_EQ(destination.reason,
            "statement 1 (Team) of the policy of 444455556666/eu-west-1 allows ecr:CreateRepository");
  EXPECT_EQ(destination.repository, RepositoryThere::kCreated);
  EXPECT_EQ(destination.creation.outcome, CreationOutcome::kDefaults);
}

TEST_F(ExplainPushTest, ARepositoryThatNoRuleTakesSaysWhichPrefixesThereAre) {
  Build(R"(["base/", "team/"])");
  const auto explanation = ExplainIt("teams/api");
  EXPECT_THAT(explanation.destinations, IsEmpty());
  EXPECT_EQ(explanation.reason, "no rule of 111122223333/us-west-2 takes the repository teams/api");
  EXPECT_THAT(ToText(explanation),
              HasSubstr("Rule 0 does not take the repository: its name begins with none of \"base/\", \"team/\""));
}

TEST_F(ExplainPushTest, WithoutRulesNothingIsReplicated) {
  Write(kBuildFolder, "registry.json", R"({"rules": []})");
  EXPECT_THAT(ToText(ExplainIt("api")), HasSubstr("It would not be replicated: 111122223333/us-west-2 has no "
                                                  "replication rules"));
}

TEST_F(ExplainPushTest, AnotherAccountWithoutPolicyRefuses) {
  Build("");
  Write(kProdFolder, "policy.json", "");
  const auto destination = TheDestination("api");
  EXPECT_EQ(destination.ending, Ending::kRefused);
  EXPECT_EQ(destination.failure, FailureCode::kAccessDenied);
  EXPECT_THAT(destination.reason, HasSubstr("has no registry policy"));
}

TEST_F(ExplainPushTest, ARegistryThatNothingIsGivenOfIsNotGuessed) {
  Build("");
  const auto destination = TheDestination("api");
  EXPECT_EQ(destination.ending, Ending::kUnknown);
  EXPECT_THAT(destination.permissions, IsEmpty());
  EXPECT_THAT(ToText(ExplainIt("api")), HasSubstr("444455556666/eu-west-1: cannot be said"));
}

TEST_F(ExplainPushTest, WithinAnAccountNothingIsAsked) {
  Write(kBuildFolder, "registry.json",
        R"({"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}]}]})");
  const auto destination = TheDestination("api");
  EXPECT_EQ(destination.ending, Ending::kReplicated);
  EXPECT_THAT(destination.reason, HasSubstr("same account"));
  EXPECT_THAT(destination.notes, testing::ElementsAre(HasSubstr("nothing is given of 111122223333/eu-west-1")));
}

TEST_F(ExplainPushTest, ADenyWithinAnAccountStillDenies) {
  Write(kBuildFolder, "registry.json",
        R"({"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}]}]})");
  Write(
      "111122223333/eu-west-1", "policy.json",
      R"({"Statement": [{"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Resource": "*"}]})");
  const auto destination = TheDestination("api");
  EXPECT_EQ(destination.ending, Ending::kRefused);
  EXPECT_EQ(destination.reason,
            "statement 0 (Closed) of the policy of 111122223333/eu-west-1 denies ecr:ReplicateImage");
}

TEST_F(ExplainPushTest, TheConditionKeyThatIsAbsentIsNamed) {
  Build("");
  Prod("[" +
       GrantToBuild("*", kBothActions, R"(, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}})") +
       "]");
  const auto destination = TheDestination("api");
  EXPECT_EQ(destination.ending, Ending::kRefused);
  EXPECT_THAT(destination.reason, HasSubstr("statement 0 (Repl) of the policy of 444455556666/eu-west-1 would allow "
                                            "ecr:ReplicateImage, but the request has no aws:SourceAccount"));
  const auto text = ToText(ExplainIt("api"));
  EXPECT_THAT(text, HasSubstr("replication_principal = role"));

  // Under the other reading of who asks, the key is there; then the service asks, which nothing grants.
  Assumptions service;
  ASSERT_TRUE(service.Set("replication_principal", "service").ok());
  EXPECT_THAT(ToText(ExplainIt("api", service)), Not(HasSubstr("has no aws:SourceAccount")));
}

TEST_F(ExplainPushTest, CreationThatIsNotAllowedFailsOnlyWhereTheRepositoryIsMissing) {
  Build("");
  Prod("[" + GrantToBuild("*", R"("ecr:ReplicateImage")") + "]");
  Write(kProdFolder, "repositories.json", R"({"repositories": [{"repositoryName": "team/api"}]})");
  EXPECT_EQ(TheDestination("team/api").ending, Ending::kReplicated);
  EXPECT_EQ(TheDestination("team/api").repository, RepositoryThere::kPresent);
  const auto missing = TheDestination("team/web");
  EXPECT_EQ(missing.ending, Ending::kRefused);
  EXPECT_EQ(missing.failure, FailureCode::kRepositoryNotFound);
  EXPECT_EQ(missing.reason, "no statement of the policy of 444455556666/eu-west-1 allows ecr:CreateRepository");
}

TEST_F(ExplainPushTest, TheTemplateThatWouldApplyIsNamed) {
  Build("");
  Prod("[" + GrantToBuild("*", kBothActions) + "]");
  Write(kProdFolder, "templates.json",
        R"({"repositoryCreationTemplates": [
            {"prefix": "team", "appliedFor": ["REPLICATION"], "imageTagMutability": "IMMUTABLE"},
            {"prefix": "tagged", "appliedFor": ["REPLICATION"], "resourceTags": [{"Key": "a", "Value": "b"}]}]})");
  EXPECT_EQ(TheDestination("team/api").creation.template_prefix, "team");
  EXPECT_THAT(ToText(ExplainIt("team/api")), HasSubstr("would be created by the template \"team\""));
  EXPECT_EQ(TheDestination("teams/api").creation.template_prefix, "");

  const auto tagged = TheDestination("tagged/api");
  EXPECT_EQ(tagged.failure, FailureCode::kRepositoryNotCreated);
  EXPECT_THAT(tagged.reason, HasSubstr("'tagged' sets resource tags or a KMS key and names no custom role"));
  Assumptions defaults;
  ASSERT_TRUE(defaults.Set("template_without_role", "defaults").ok());
  EXPECT_EQ(TheDestination("tagged/api", defaults).ending, Ending::kReplicated);
}

TEST_F(ExplainPushTest, JsonSaysTheSame) {
  Build(R"(["team/"])");
  Prod("[" + GrantToBuild("*", kBothActions, R"(, "Condition": {"StringEquals": {"aws:SourceAccount": "1"}})") + "]");
  const auto json = ToJson(ExplainIt("team/api"));
  EXPECT_EQ(json["image"], "team/api:1");
  const auto& destination = json["destinations"][0];
  EXPECT_EQ(destination["registryId"], "444455556666");
  EXPECT_EQ(destination["outcome"], "refused");
  EXPECT_EQ(destination["expected_status"], "FAILED");
  EXPECT_EQ(destination["failure_code"], "AccessDenied");
  EXPECT_EQ(destination["rules"][0]["prefix"], "team/");
  const auto& statement = destination["permissions"][0]["statements"][0];
  EXPECT_EQ(statement["sid"], "Repl");
  EXPECT_EQ(statement["applies"], false);
  EXPECT_EQ(statement["conditions"][0]["key"], "aws:SourceAccount");
  EXPECT_EQ(statement["conditions"][0]["key_present"], false);
  EXPECT_EQ(json["assumptions"]["replication_principal"], "role");
}

TEST_F(ExplainPushTest, WhatIsAdmittedIsWhatEveryPermissionAllows) {
  Build("");
  const std::vector<std::string> actions = {R"("ecr:ReplicateImage")", R"("ecr:CreateRepository")",
                                            std::string(kBothActions), R"("ecr:*")", R"("ecr:PutImage")"};
  for (const auto& action : actions) {
    Prod("[" + GrantToBuild("*", action) + "]");
    const auto destination = TheDestination("api");
    bool all = true;
    for (const auto& permission : destination.permissions) all = all && permission.allowed;
    EXPECT_EQ(destination.ending == Ending::kReplicated, all) << action;
  }
}

}  // namespace
}  // namespace crrsim
