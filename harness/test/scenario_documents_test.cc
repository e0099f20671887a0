// AWS documents beside a scenario: found, read strictly, and turned into the request that is meant.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/json.h"
#include "harness/scenario/documents.h"
#include "harness/scenario/load.h"

namespace crrsim {
namespace {
using testing::ElementsAre;

class ScenarioDocumentsTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / ("crrsim_documents_" + std::string(test->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "below");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, std::string_view text) { std::ofstream(folder_ / name) << text; }

  /// A scenario whose one step takes its request from `document`; problems have the folder's name taken off.
  Result<nlohmann::json, std::vector<std::string>> RequestOf(const std::string& operation,
                                                             const std::string& document) {
    Write("s.yaml", fmt::format(R"(accounts: {{shop: "111122223333"}}
regions: [us-west-2]
network: aws-2026
images: {{}}
timeline:
  - {}: {}
    in: us-west-2
)",
                                operation, document));
    const auto scenario = LoadScenario((folder_ / "s.yaml").string());
    if (scenario) return std::get<CallStep>(scenario->timeline.at(0).what).request;
    std::vector<std::string> problems;
    for (const auto& diagnostic : scenario.error().all) {
      const auto prefix = folder_.string() + "/";
      auto line = ToText(diagnostic);
      for (auto place = line.find(prefix); place != std::string::npos; place = line.find(prefix))
        line.erase(place, prefix.size());
      problems.push_back(line);
    }
    return problems;
  }
  std::vector<std::string> ProblemsOf(const std::string& operation, const std::string& document) {
    const auto request = RequestOf(operation, document);
    return request ? std::vector<std::string>() : request.error();
  }

  std::filesystem::path folder_;
};

TEST_F(ScenarioDocumentsTest, ScenarioKnowsWhatItRead) {
  Write("rules.json", R"({"rules": []})");
  Write("table.csv", "from,us-west-2,eu-west-1\nus-west-2,1ms,65ms\neu-west-1,65ms,1ms\n");
  Write("s.yaml", R"(accounts: {shop: "111122223333"}
regions: [us-west-2, eu-west-1]
network: {latency_csv: table.csv}
images: {}
timeline:
  - PutReplicationConfiguration: file://rules.json
    in: us-west-2
)");
  const auto documents = [&] {
    const auto scenario = LoadScenario((folder_ / "s.yaml").string());
    EXPECT_TRUE(scenario.ok());
    return scenario ? scenario->documents : std::map<std::string, Digest>();
  };
  const auto before = documents();
  EXPECT_EQ(before.at("rules.json"), Digest::Of(R"({"rules": []})"));
  EXPECT_EQ(before.size(), 2U);
  Write("table.csv", "from,us-west-2,eu-west-1\nus-west-2,1ms,66ms\neu-west-1,66ms,1ms\n");
  EXPECT_EQ(documents().at("rules.json"), before.at("rules.json"));
  EXPECT_NE(documents().at("table.csv"), before.at("table.csv"));
}

const PlainJson kRules =
    PlainJson::parse(R"([{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}]}])");
const PlainJson kPolicy = PlainJson::parse(R"({"Version": "2012-10-17", "Statement": []})");

TEST_F(ScenarioDocumentsTest, AreFoundBesideTheScenarioWhereverItIsRunFrom) {
  Write("a.json", R"({"repositoryName": "app"})");
  Write("below/b.json", R"({"repositoryName": "below"})");
  EXPECT_EQ(*RequestOf("CreateRepository", "file://a.json"), PlainJson({{"repositoryName", "app"}}));
  EXPECT_EQ(*RequestOf("CreateRepository", "file://below/b.json"), PlainJson({{"repositoryName", "below"}}));
  EXPECT_EQ(*RequestOf("CreateRepository", "file://below/../a.json"), PlainJson({{"repositoryName", "app"}}));
  EXPECT_EQ(*RequestOf("CreateRepository", "file://" + (folder_ / "a.json").string()),
            PlainJson({{"repositoryName", "app"}}));
}

TEST_F(ScenarioDocumentsTest, OneThatIsAbsentIsNamedWithItsNeighbour) {
  Write("replication.json", "{}");
  EXPECT_THAT(
      ProblemsOf("CreateRepository", "file://replicaton.json"),
      ElementsAre("s.yaml:6:23: there is no document replicaton.json; did you mean 'replication.json'? (file:// "
                  "is relative to the scenario)"));
  EXPECT_THAT(ProblemsOf("CreateRepository", "file://nowhere/a.json"),
              ElementsAre("s.yaml:6:23: there is no document nowhere/a.json (file:// is relative to the scenario)"));
}

TEST_F(ScenarioDocumentsTest, AFolderIsNone) {
  EXPECT_THAT(ProblemsOf("CreateRepository", "file://below"),
              ElementsAre("s.yaml:6:23: there is no document below (file:// is relative to the scenario)"));
}

TEST_F(ScenarioDocumentsTest, BrokenJsonIsShownInTheDocument) {
  Write("a.json", "{\n  \"repositoryName\": \"app\",\n}\n");
  EXPECT_THAT(
      ProblemsOf("CreateRepository", "file://a.json"),
      ElementsAre("a.json:3:1: not valid JSON: syntax error while parsing object key - unexpected '}'; expected "
                  "string literal"));
  Write("a.json", "{\"ü\": 1 \"b\": 2}");
  EXPECT_THAT(ProblemsOf("CreateRepository", "file://a.json"),
              ElementsAre("a.json:1:11: not valid JSON: syntax error while parsing object - unexpected string literal; "
                          "expected '}'"));
  Write("a.json", "");
  EXPECT_THAT(ProblemsOf("CreateRepository", "file://a.json"),
              ElementsAre("a.json:1:1: not valid JSON: syntax error while parsing value - unexpected end of input; "
                          "expected '[', '{', or a literal"));
}

TEST_F(ScenarioDocumentsTest, WhatOnlyYamlTakesIsNoJson) {
  for (const auto* text : {"repositoryName: app", "{repositoryName: \"app\"}", "{'repositoryName': 'app'}",
                           "{\"repositoryName\": \"app\"} # a comment"}) {
    Write("a.json", text);
    EXPECT_THAT(ProblemsOf("CreateRepository", "file://a.json"), ElementsAre(testing::StartsWith("a.json:1:"))) << text;
  }
  Write("a.yaml", "repositoryName: app # taken here\n");
  EXPECT_EQ(*RequestOf("CreateRepository", "file://a.yaml"), PlainJson({{"repositoryName", "app"}}));
}

TEST_F(ScenarioDocumentsTest, DuplicateMembersAndDepthsAreRefusedThereToo) {
  Write("a.json", R"({"repositoryName": "a", "repositoryName": "b"})");
  EXPECT_THAT(ProblemsOf("CreateRepository", "file://a.json"),
              ElementsAre("a.json:1:25: 'repositoryName' stands here twice, first in line 1"));
  Write("a.json", std::string(100'000, '[') + std::string(100'000, ']'));
  EXPECT_THAT(ProblemsOf("CreateRepository", "file://a.json"), ElementsAre("a.json:1:101: more than 100 levels"));
}

TEST_F(ScenarioDocumentsTest, OneThatIsNoObjectIsRefused) {
  Write("a.json", "[1]");
  EXPECT_THAT(ProblemsOf("CreateRepository", "file://a.json"),
              ElementsAre("a.json:1:1: found a list, expected a JSON object"));
}

TEST_F(ScenarioDocumentsTest, WrongMembersAreRefusedAtTheStep) {
  Write("a.json", R"({"replicationConfiguration": {"rules": [{"destination": []}]}})");
  EXPECT_THAT(ProblemsOf("PutReplicationConfiguration", "file://a.json"),
              ElementsAre("s.yaml:6:34: /replicationConfiguration/rules/0/destination is not a member; did you mean "
                          "'destinations'?"));
}

TEST_F(ScenarioDocumentsTest, DiagnosticsOfTheScenarioStandFirst) {
  Write("a.json", "{");
  const auto problems =
      ProblemsOf("CreateRepository", "file://a.json\n    in: us-west-9\n    x: 1\n  - settle: soon\n#");
  EXPECT_GE(problems.size(), 3U);
  EXPECT_THAT(problems.front(), testing::StartsWith("s.yaml:"));
  EXPECT_THAT(problems.back(), testing::StartsWith("a.json:"));
}

TEST(RequestOfDocumentTest, RegistryAsTheCliPrintsItIsAConfigurationToPut) {
  const PlainJson wanted = {{"replicationConfiguration", {{"rules", kRules}}}};
  EXPECT_EQ(AsRequest("PutReplicationConfiguration", wanted), wanted);
  EXPECT_EQ(AsRequest("PutReplicationConfiguration", {{"rules", kRules}}), wanted);
  EXPECT_EQ(AsRequest("PutReplicationConfiguration",
                      {{"registryId", "111122223333"}, {"replicationConfiguration", {{"rules", kRules}}}}),
            wanted);
}

TEST(RequestOfDocumentTest, PolicyInAnyFormIsTextInTheRequest) {
  const PlainJson wanted = {{"policyText", kPolicy.dump()}};
  EXPECT_EQ(AsRequest("PutRegistryPolicy", wanted), wanted);
  EXPECT_EQ(AsRequest("PutRegistryPolicy", kPolicy), wanted);
  EXPECT_EQ(AsRequest("PutRegistryPolicy", {{"policyText", kPolicy}}), wanted);
  EXPECT_EQ(AsRequest("PutRegistryPolicy", {{"registryId", "111122223333"}, {"policyText", kPolicy.dump()}}), wanted);
  EXPECT_EQ(AsRequest("SetRepositoryPolicy", {{"repositoryName", "app"}, {"policyText", kPolicy}}),
            PlainJson({{"repositoryName", "app"}, {"policyText", kPolicy.dump()}}));
  EXPECT_EQ(AsRequest("CreateRepositoryCreationTemplate", {{"prefix", "app"}, {"repositoryPolicy", kPolicy}}),
            PlainJson({{"prefix", "app"}, {"repositoryPolicy", kPolicy.dump()}}));
}

TEST(RequestOfDocumentTest, EverythingElseIsTakenAsItIs) {
  const PlainJson request = {{"registryId", "111122223333"}, {"repositoryName", "app"}};
  EXPECT_EQ(AsRequest("DescribeRepositories", request), request);
}

}  // namespace
}  // namespace crrsim
