// What lint finds, and where it keeps silent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/lint/lint.h"
#include "harness/test/support/set_up_folder.h"

namespace crrsim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kLintScenarios = std::string(CRRSIM_SOURCE_DIR) + "/scenarios/lint";

std::vector<std::string> CodesOf(const std::vector<LintFinding>& findings) {
  std::vector<std::string> codes;
  for (const auto& finding : findings) codes.emplace_back(finding.code);
  return codes;
}

TEST(LintScenariosTest, EachBrokenSetUpNamesItsCauseAndTheSoundOnesAreSilent) {
  std::ifstream file(kLintScenarios + "/expected.json");
  const auto expected = nlohmann::json::parse(file);
  std::size_t broken = 0;
  std::size_t sound = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kLintScenarios)) {
    if (!entry.is_directory()) continue;
    const auto name = entry.path().filename().string();
    ASSERT_TRUE(expected.contains(name)) << name << " is not in expected.json";
    const auto findings = LintSetUp(ReadOrFail(entry.path().string()), Assumptions());
    const auto codes = CodesOf(findings);
    EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()), expected[name].get<std::set<std::string>>())
        << name << "\n"
        << ToText(findings);
    ++(name.starts_with("sound_") ? sound : broken);
  }
  EXPECT_GE(broken, 12U);
  EXPECT_GE(sound, 5U);
  EXPECT_EQ(broken + sound, expected.size());
}

TEST(LintScenariosTest, EveryFindingHasACodeThatIsListedAPlaceAndAFix) {
  std::set<std::string_view> listed;
  for (const auto& code : LintCodes()) EXPECT_TRUE(listed.insert(code.code).second) << code.code;
  for (const auto& entry : std::filesystem::directory_iterator(kLintScenarios)) {
    if (!entry.is_directory()) continue;
    for (const auto& finding : LintSetUp(ReadOrFail(entry.path().string()), Assumptions())) {
      EXPECT_THAT(listed, Contains(finding.code));
      EXPECT_TRUE(std::filesystem::exists(finding.place.file)) << finding.place.file;
      EXPECT_GE(finding.place.line, 1);
      EXPECT_NE(finding.fix, "");
      EXPECT_NE(finding.message, "");
    }
  }
}

class LintTest : public testing::Test {
 protected:
  void Write(std::string_view registry, const std::string& name, std::string_view text) {
    EXPECT_NE(folder_.Write(std::string(registry) + "/" + name, text), "");
  }
  void Build(std::string_view filters) { Write(kBuildFolder, "registry.json", RuleToProd(filters)); }
  void Prod(std::string_view statements) { Write(kProdFolder, "policy.json", PrintedPolicy(statements)); }
  std::vector<LintFinding> Lint(const Assumptions& assumptions = {}) {
    return LintSetUp(ReadOrFail(folder_.path()), assumptions);
  }
  std::vector<std::string> Codes(const Assumptions& assumptions = {}) { return CodesOf(Lint(assumptions)); }
  ScratchFolder folder_;
};

TEST_F(LintTest, AFindingThatRestsOnAnAssumptionSaysSoAndGoesWithIt) {
  Build("");
  Prod("[" +
       GrantToBuild("*", kBothActions, R"(, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}})") +
       "]");
  const auto findings = Lint();
  ASSERT_EQ(CodesOf(findings), std::vector<std::string>{"condition-key-absent"});
  EXPECT_EQ(findings[0].assumption, "replication_principal = role");
  EXPECT_EQ(findings[0].pointer, "/policyText#/Statement/0/Condition/StringEquals/aws:SourceAccount");
  EXPECT_THAT(ToText(findings), HasSubstr("rests on the assumption replication_principal = role"));

  Assumptions service;
  ASSERT_TRUE(service.Set("replication_principal", "service").ok());
  EXPECT_THAT(Codes(service), Not(Contains("condition-key-absent")));
}

TEST_F(LintTest, APolicyIsJudgedWithoutItsSources) {
  Prod("[" +
       GrantToBuild("*", kBothActions, R"(, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}})") +
       "]");
  EXPECT_THAT(Codes(), ElementsAre("condition-key-absent"));
}

TEST_F(LintTest, AConditionThatMayHoldIsNoFinding) {
  Build("");
  for (const auto* condition : {R"({"StringEquals": {"aws:PrincipalAccount": "111122223333"}})",
                                R"({"StringEqualsIfExists": {"aws:SourceVpc": "v"}})",
                                R"({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws-service-role/*"}})",
                                R"({"StringEquals": {"aws:RequestedRegion": ["us-west-2", "eu-west-1"]}})"}) {
    Prod("[" + GrantToBuild("*", kBothActions, std::string(R"(, "Condition": )") + condition) + "]");
    EXPECT_THAT(Codes(), IsEmpty()) << condition;
  }
}

TEST_F(LintTest, LimitsAreCountedAtAndPastThem) {
  const auto filters = [](int count) {
    auto list = nlohmann::json::array();
    for (int i = 0; i < count; ++i) list.push_back(fmt::format("team-{:03}/", i));
    return list.dump();
  };
  Build(filters(100));
  EXPECT_THAT(Codes(), IsEmpty());
  Build(filters(101));
  EXPECT_THAT(Codes(), ElementsAre("over-limit"));

  const auto rules = [](int count) {
    auto list = nlohmann::json::array();
    for (int i = 0; i < count; ++i) {
      list.push_back(
          {{"destinations", {{{"region", "eu-west-1"}, {"registryId", "111122223333"}}}},
           {"repositoryFilters", {{{"filter", fmt::format("r{:02}/", i)}, {"filterType", "PREFIX_MATCH"}}}}});
    }
    return nlohmann::json{{"rules", list}}.dump();
  };
  Write(kBuildFolder, "registry.json", rules(25));
  EXPECT_THAT(Codes(), IsEmpty());
  Write(kBuildFolder, "registry.json", rules(26));
  EXPECT_THAT(Codes(), ElementsAre("over-limit"));
}

TEST_F(LintTest, ResourcesAreComparedComponentByComponent) {
  struct Case {
    std::string resource;
    std::vector<std::string> codes;
  };
  const std::vector<Case> cases = {
      {"*", {}},
      {"arn:aws:ecr:*", {}},
      {"arn:aws:ecr:eu-*:4444*:repository/*", {}},
      {"arn:*:ecr:*:*:repository/team/*", {}},
      {"arn:aws-cn:ecr:eu-west-1:444455556666:repository/*", {"resource-wrong-partition"}},
      {"arn:aws:ecr:eu-west-2:444455556666:repository/*", {"resource-wrong-region"}},
      {"arn:aws:ecr:eu-west-1:444455556667:repository/*", {"resource-wrong-account"}},
      {"arn:aws:ecs:eu-west-1:444455556666:repository/*", {"resource-wrong-service"}},
      {"arn:aws:ecr:eu-west-1:444455556666:team/*", {"resource-not-a-repository"}},
      {"arn:aws:ecr:eu-west-1:444455556666:repositories/*", {"resource-not-a-repository"}},
  };
  Build("");
  for (const auto& one : cases) {
    auto grant = GrantToBuild("*", kBothActions);
    grant.replace(grant.find("arn:aws:ecr"), std::string("arn:aws:ecr:eu-west-1:444455556666:repository/*").size(),
                  one.resource);
    Prod("[" + grant + "]");
    EXPECT_EQ(Codes(), one.codes) << one.resource;
  }
}

TEST_F(LintTest, APrincipalWithADigitTooFewIsInvalidAndTheNearestIsNamed) {
  Build("");
  auto grant = GrantToBuild("*", kBothActions);
  grant.replace(grant.find("111122223333"), 12, "11112222333");
  Prod("[" + grant + "]");
  const auto findings = Lint();
  ASSERT_EQ(CodesOf(findings), std::vector<std::string>{"principal-invalid"});
  EXPECT_THAT(findings[0].fix, HasSubstr("did you mean '111122223333'?"));
}

TEST_F(LintTest, AnotherAccountThatIsNotNearIsItsOwnAffair) {
  Build("");
  Prod("[" + GrantToBuild("*", kBothActions) + R"(, {"Effect": "Allow", "Principal": {"AWS": "999900001111"},
       "Action": "ecr:BatchGetImage", "Resource": "*"}])");
  EXPECT_THAT(Codes(), IsEmpty());
}

TEST_F(LintTest, ARuleThatAddsSomethingIsNoDuplicate) {
  const auto rules = [](std::string_view second) {
    return fmt::format(
        R"({{"rules": [{{"destinations": [{{"region": "eu-west-1", "registryId": "111122223333"}}],
                        "repositoryFilters": [{{"filter": "prod/", "filterType": "PREFIX_MATCH"}}]}}, {}]}})",
        second);
  };
  Write(kBuildFolder, "registry.json",
        rules(R"({"destinations": [{"region": "us-east-1", "registryId": "111122223333"}]})"));
  EXPECT_THAT(Codes(), IsEmpty());
  Write(kBuildFolder, "registry.json",
        rules(R"({"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}]})"));
  const auto findings = Lint();
  ASSERT_EQ(CodesOf(findings), std::vector<std::string>{"duplicate-rule"});
  EXPECT_EQ(findings[0].pointer, "/rules/0") << "the narrower one adds nothing";
  Write(kBuildFolder, "registry.json",
        rules(R"({"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}],
                  "deleteReplication": {"enabled": true}})"));
  EXPECT_THAT(Codes(), ElementsAre("delete-flags-differ"));
}

TEST_F(LintTest, AChainThatIsClosedDirectlyIsSound) {
  const auto to = [](std::string_view regions) {
    std::string destinations;
    for (const auto& region : nlohmann::json::parse(regions)) {
      destinations += fmt::format(R"({}{{"region": {}, "registryId": "111122223333"}})",
                                  destinations.empty() ? "" : ", ", region.dump());
    }
    return fmt::format(R"({{"rules": [{{"destinations": [{}]}}]}})", destinations);
  };
  Write("111122223333/us-west-2", "a.json", to(R"(["us-east-1"])"));
  Write("111122223333/us-east-1", "a.json", to(R"(["eu-west-1", "us-west-2"])"));
  EXPECT_THAT(Codes(), ElementsAre("no-chain"));
  Write("111122223333/us-west-2", "a.json", to(R"(["us-east-1", "eu-west-1"])"));
  EXPECT_THAT(Codes(), IsEmpty());
}

TEST_F(LintTest, TemplatesOfAnotherRegionOrAccountAreFound) {
  Write("111122223333/eu-west-1", "templates.json",
        R"({"repositoryCreationTemplates": [
            {"prefix": "a", "appliedFor": ["REPLICATION"], "customRoleArn": "arn:aws:iam::222233334444:role/r",
             "encryptionConfiguration": {"encryptionType": "KMS",
                                         "kmsKey": "arn:aws:kms:us-west-2:111122223333:key/1"}},
            {"prefix": "root", "appliedFor": []}]})");
  EXPECT_THAT(Codes(), testing::UnorderedElementsAre("template-role-elsewhere", "template-key-elsewhere",
                                                     "template-root-spelling", "template-never-applied"));
}

TEST_F(LintTest, ATemplateThatNoRuleReachesIsFound) {
  Write(kBuildFolder, "registry.json",
        R"({"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}],
                       "repositoryFilters": [{"filter": "prod/", "filterType": "PREFIX_MATCH"}]}]})");
  Write("111122223333/eu-west-1", "templates.json",
        R"({"repositoryCreationTemplates": [{"prefix": "production", "appliedFor": ["REPLICATION"]}]})");
  EXPECT_THAT(Codes(), ElementsAre("template-unreachable"));
}

TEST_F(LintTest, ALongerTemplateForPushesShadowsOnlyUnderItsAssumption) {
  Write(kBuildFolder, "registry.json",
        R"({"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}],
                       "repositoryFilters": [{"filter": "prod/team/", "filterType": "PREFIX_MATCH"}]}]})");
  Write("111122223333/eu-west-1", "templates.json",
        R"({"repositoryCreationTemplates": [{"prefix": "prod", "appliedFor": ["REPLICATION"]},
                                            {"prefix": "prod/team", "appliedFor": ["CREATE_ON_PUSH"]}]})");
  EXPECT_THAT(Codes(), IsEmpty());
  Assumptions longest;
  ASSERT_TRUE(longest.Set("template_choice", "longest-then-applied").ok());
  const auto findings = Lint(longest);
  ASSERT_THAT(CodesOf(findings), Contains("template-shadowed"));
  for (const auto& finding : findings) {
    if (finding.code == "template-shadowed") {
      EXPECT_EQ(finding.assumption, "template_choice = longest-then-applied");
    }
  }
}

TEST_F(LintTest, WhatEcrWouldRefuseIsFoundOnceAndInTheFolderOfItsAccount) {
  Write(kProdFolder, "policy.json", R"({"registryId": "444455556666", "policyText": "{\"Statement\": [{}]}"})");
  Write(kBuildFolder, "registry.json", R"({"registryId": "999900001111", "replicationConfiguration": {"rules": []}})");
  EXPECT_THAT(Codes(), ElementsAre("wrong-folder", "refused-by-ecr"));
}

TEST_F(LintTest, TheCommandsExitCodeSaysWhetherThereAreFindings) {
  Build(R"(["team/*"])");
  const auto found = InvokeCommand({"lint", folder_.path()});
  EXPECT_EQ(found.code, 1);
  EXPECT_THAT(found.out, HasSubstr("registry.json:14:23: filter-wildcard: \"team/*\" has a wildcard"));
  EXPECT_THAT(found.out, HasSubstr("fix: write \"team/\""));
  EXPECT_THAT(found.out, testing::EndsWith("1 finding in 1 document\n"));
  const auto json = nlohmann::json::parse(InvokeCommand({"lint", "--json", folder_.path()}).out);
  EXPECT_EQ(json[0]["code"], "filter-wildcard");
  EXPECT_EQ(json[0]["pointer"], "/replicationConfiguration/rules/0/repositoryFilters/0/filter");
  EXPECT_EQ(json[0]["line"], 14);
  EXPECT_TRUE(json[0]["assumption"].is_null());

  Build(R"(["team/"])");
  const auto silent = InvokeCommand({"lint", folder_.path()});
  EXPECT_EQ(silent.code, 0) << silent.out;
  EXPECT_EQ(silent.out, "nothing found\n");
  EXPECT_EQ(InvokeCommand({"lint", "--json", folder_.path()}).out, "[]\n");
  EXPECT_EQ(InvokeCommand({"lint", folder_.path() + "/absent"}).code, 3);
  EXPECT_EQ(InvokeCommand({"lint"}).code, 2);
  EXPECT_EQ(InvokeCommand({"lint", "--assume", "denial=often", folder_.path()}).code, 2);
}

}  // namespace
}  // namespace crrsim
