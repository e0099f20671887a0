// Folders of documents as the aws cli prints them, read into registries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/test/support/set_up_folder.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ExplainSetUpTest : public testing::Test {
 protected:
  std::string Write(std::string_view registry, const std::string& name, std::string_view text) {
    return folder_.Write(std::string(registry) + "/" + name, text);
  }
  /// What is wrong with the folder, the folder's path left out.
  std::vector<std::string> Problems() {
    const auto set_up = ReadSetUp(folder_.path());
    if (set_up) return {};
    std::vector<std::string> problems;
    for (const auto& diagnostic : set_up.error().all)
      problems.push_back(ToText(diagnostic).substr(folder_.path().size()));
    return problems;
  }
  const Registry& RegistryIn(const crrsim::SetUp& set_up, std::string_view key) {
    return set_up.registries.at(*ParseRegistryKey(key));
  }
  ScratchFolder folder_;
};

TEST_F(ExplainSetUpTest, DocumentsAreKnownByTheirMembersWhateverTheirNames) {
  Write(kBuildFolder, "a.json", RuleToProd(R"(["team/"])"));
  Write(kProdFolder, "b.json", PrintedPolicy("[" + GrantToBuild("*", kBothActions) + "]"));
  Write(
      kProdFolder, "c.json",
      R"({"registryId": "444455556666", "repositoryCreationTemplates": [{"prefix": "team/", "appliedFor": ["REPLICATION"],
            "createdAt": "2026-10-01T09:30:00+00:00", "resourceTags": [{"Key": "a", "Value": "b"}], "aNewMember": 1}]})");
  Write(
      kProdFolder, "d.json",
      R"({"repositories": [{"repositoryName": "team/api", "createdAt": 1793491200.5, "imageTagMutability": "IMMUTABLE"}]})");
  const auto set_up = ReadOrFail(folder_.path());
  EXPECT_EQ(set_up.documents.size(), 4U);
  EXPECT_TRUE(set_up.refusals.empty());
  const auto& build = RegistryIn(set_up, kBuildFolder);
  ASSERT_EQ(build.replication.rules.size(), 1U);
  EXPECT_EQ(build.replication.rules[0].filters[0].prefix, "team/");
  EXPECT_EQ(ToText(build.replication.rules[0].destinations[0]), kProdFolder);
  const auto& prod = RegistryIn(set_up, kProdFolder);
  EXPECT_TRUE(prod.policy.has_value());
  ASSERT_TRUE(prod.templates.contains("team"));
  EXPECT_EQ(prod.templates.at("team").settings.resource_tags.size(), 1U);
  ASSERT_NE(prod.Find("team/api"), nullptr);
  EXPECT_EQ(prod.Find("team/api")->settings.mutability, TagMutability::kImmutable);
}

TEST_F(ExplainSetUpTest, BareDocumentsAndAPolicyAsAnObjectAreTaken) {
  Write(kBuildFolder, "registry.json", R"({"rules": []})");
  Write(kProdFolder, "policy.json",
        R"({"policyText": {"Version": "2012-10-17", "Statement": [)" + GrantToBuild("*", kBothActions) + "]}}");
  Write("444455556666/us-east-1", "policy.json",
        R"({"Version": "2012-10-17", "Statement": [)" + GrantToBuild("*", kBothActions) + "]}");
  const auto set_up = ReadOrFail(folder_.path());
  EXPECT_TRUE(RegistryIn(set_up, kProdFolder).policy.has_value());
  EXPECT_TRUE(RegistryIn(set_up, "444455556666/us-east-1").policy.has_value());
}

TEST_F(ExplainSetUpTest, AnEmptyFileStandsForNothingPut) {
  Write(kBuildFolder, "registry.json", RuleToProd(""));
  Write(kProdFolder, "policy.json", "\n");
  const auto set_up = ReadOrFail(folder_.path());
  EXPECT_FALSE(RegistryIn(set_up, kProdFolder).policy.has_value());
  EXPECT_EQ(set_up.documents.size(), 1U);
}

TEST_F(ExplainSetUpTest, WhatAlwaysPrintsSomethingIsNeverEmpty) {
  const std::vector<std::pair<std::string, std::string>> documents = {
      {"registry.json", "what aws ecr describe-registry (replicationConfiguration) prints"},
      {"templates.json", "what aws ecr describe-repository-creation-templates (repositoryCreationTemplates) prints"},
      {"repositories.json", "what aws ecr describe-repositories (repositories) prints"},
      {"a.json",
       "what one of aws ecr describe-registry, get-registry-policy, describe-repository-creation-templates, "
       "describe-repositories prints"}};
  for (const auto& [name, expected] : documents) {
    for (const auto& [text, found] : {std::pair("\n", "an empty file"),
                                      {"{}", "none of replicationConfiguration, policyText"},
                                      {R"({"registryId": "111122223333"})", "none of replicationConfiguration"}}) {
      const auto file = Write(kBuildFolder, name, text);
      EXPECT_THAT(Problems(),
                  ElementsAre(testing::AllOf(HasSubstr(name + ":1:1: found " + found), HasSubstr(expected))));
      std::filesystem::remove(file);
    }
  }
}

TEST_F(ExplainSetUpTest, ADocumentHasTheShapeOfItsKind) {
  const std::vector<std::pair<std::string, std::string>> documents = {
      {R"({"replicationConfiguration": {}})",
       ":1:30: /replicationConfiguration: found no rules, expected a list as the member rules"},
      {R"({"replicationConfiguration": null})", ":1:30: /replicationConfiguration: found null, expected an object"},
      {R"({"rules": {}})", ":1:11: /rules: found an empty object, expected a list"},
      {R"({"policyText": null})", ":1:16: /policyText: found null, expected the text of a policy"},
      {R"({"repositoryCreationTemplates": null})", ":1:33: /repositoryCreationTemplates: found null, expected a list"},
      {R"({"repositoryCreationTemplates": [{}]})",
       ":1:34: /repositoryCreationTemplates/0: found no prefix, expected text as the member prefix"},
      {R"({"repositories": [[]]})", ":1:19: /repositories/0: found an empty list, expected an object"},
      {R"({"repositories": []} {"repositories": []})", ":1:22: found a second document, expected one document a file"},
      {R"({"repositories": [], "repositories": []})", ":1:22: /repositories: found "}};
  for (const auto& [text, problem] : documents) {
    Write(kBuildFolder, "a.json", text);
    EXPECT_THAT(Problems(), ElementsAre(HasSubstr(problem))) << text;
  }
}

TEST_F(ExplainSetUpTest, ListsOfNothingAreSound) {
  Write(kBuildFolder, "registry.json", R"({"registryId": "111122223333", "replicationConfiguration": {"rules": []}})");
  Write(kBuildFolder, "templates.json", R"({"registryId": "111122223333", "repositoryCreationTemplates": []})");
  Write(kBuildFolder, "repositories.json", R"({"repositories": []})");
  EXPECT_EQ(ReadOrFail(folder_.path()).documents.size(), 3U);
}

TEST_F(ExplainSetUpTest, WhatCannotBeReadIsNamedWithItsPlace) {
  Write(kBuildFolder, "a.json", "{\n  \"rules\": [,]\n}");
  Write(kBuildFolder, "b.json", R"({"images": []})");
  Write(kProdFolder, "a.json", R"({"rules": []})");
  Write(kProdFolder, "b.json", R"({"rules": []})");
  Write("44445555666/eu-west-1", "a.json", "{}");
  Write("444455556666/EU", "a.json", "{}");
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("/111122223333/us-west-2/a.json:2:13: "),
                                      HasSubstr("/111122223333/us-west-2/b.json:1:1: found none of"),
                                      HasSubstr("/44445555666:1:1: '44445555666' is not an account id"),
                                      HasSubstr("'EU' is not a region name"),
                                      HasSubstr("b.json:1:1: a second replication configuration")));
}

TEST_F(ExplainSetUpTest, AFolderWithoutRegistriesSaysWhatIsExpected) {
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("expected folders ACCOUNT/REGION")));
  EXPECT_FALSE(ReadSetUp(folder_.path() + "/absent").ok());
}

TEST_F(ExplainSetUpTest, WhatEcrWouldNotStoreIsKeptAndNoted) {
  Write(kBuildFolder, "registry.json",
        R"({"rules": [{"destinations": [{"region": "us-west-2", "registryId": "111122223333"}],
            "deleteReplication": {"enabled": true}}]})");
  const auto policy = Write(kProdFolder, "policy.json",
                            "{\n  \"Statement\": [{\"Effect\": \"allow\", \"Principal\": \"*\", \"Action\": \"*\", "
                            "\"Resource\": \"*\"}]}");
  const auto set_up = ReadOrFail(folder_.path());
  ASSERT_EQ(set_up.refusals.size(), 2U);
  EXPECT_THAT(set_up.refusals[0].message, HasSubstr("cannot be the same as the source registry"));
  EXPECT_EQ(RegistryIn(set_up, kBuildFolder).replication.rules.size(), 1U);
  EXPECT_THAT(set_up.refusals[1].message, HasSubstr("did you mean \"Allow\"?"));
  EXPECT_EQ(set_up.refusals[1].pointer, "/Statement/0/Effect");
  EXPECT_EQ(ToText(set_up.documents[1].PlaceOf(set_up.refusals[1].pointer)), policy + ":2:28");
}

TEST_F(ExplainSetUpTest, ADocumentOfAnotherAccountIsNoted) {
  Write("999900001111/us-west-2", "registry.json", RuleToProd(""));
  const auto set_up = ReadOrFail(folder_.path());
  ASSERT_EQ(set_up.refusals.size(), 1U);
  EXPECT_EQ(set_up.refusals[0].pointer, "/registryId");
}

}  // namespace
}  // namespace crrsim
