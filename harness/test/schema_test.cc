// The JSON Schemas that are shipped: current, and in agreement with the loader and the reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/compare/compare.h"
#include "harness/json.h"
#include "harness/report/json.h"
#include "harness/report/sweep_report.h"
#include "harness/scenario/documents.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/yaml.h"
#include "harness/test/support/inline_scenario.h"
#include "harness/test/support/json_schema.h"
#include "harness/test/support/mutants/engines.h"
#include "harness/test/support/scenario_files.h"
#include "registry_model/api/wire.h"

namespace crrsim {
namespace {
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

PlainJson JsonOf(const std::string& yaml) {
  const auto root = ParseYaml(yaml, "small.yaml");
  EXPECT_TRUE(root.ok());
  return root ? ToJson(*root) : PlainJson();
}

const PlainJson& Schema() {
  static const PlainJson kSchema = PlainJson(ScenarioSchema());
  return kSchema;
}

/// Every object of a JSON document, with a pointer to it.
void ForEachObject(const PlainJson& value, const PlainJson::json_pointer& pointer,
                   const std::function<void(const PlainJson::json_pointer&)>& visit) {
  if (value.is_object()) visit(pointer);
  if (!value.is_structured()) return;
  for (const auto& [name, member] : value.items()) {
    ForEachObject(member, value.is_array() ? pointer / std::stoul(name) : pointer / name, visit);
  }
}

/// Whether what is there is AWS's (a request, an answer, an event) or a map of free names, which takes any member.
bool TakesAnyName(const PlainJson::json_pointer& pointer) {
  for (auto part = pointer; !part.empty(); part = part.parent_pointer()) {
    const auto& name = part.back();
    if (name == "answers" || name == "where" || name == "envelope" || (name.front() >= 'A' && name.front() <= 'Z'))
      return true;
  }
  if (pointer.to_string() == "/faults/kinds") return true;  // names of kinds, which the loader knows
  const auto& name = pointer.empty() ? "" : pointer.back();
  return pointer.parent_pointer().empty() && (name == "accounts" || name == "assumptions");
}

TEST(ScenarioSchemaTest, TheShippedFileIsCurrent) {
  const auto shipped = ReadFile(std::string(CRRSIM_SOURCE_DIR) + "/scenarios/crrsim.schema.json");
  ASSERT_TRUE(shipped.has_value());
  EXPECT_TRUE(*shipped == ScenarioSchema().dump(2) + "\n")
      << "write it anew: build/dev/crrsim schema > scenarios/crrsim.schema.json";
}

TEST(ReportSchemaTest, TheShippedFileIsCurrent) {
  const auto shipped = ReadFile(std::string(CRRSIM_SOURCE_DIR) + "/scenarios/report.schema.json");
  ASSERT_TRUE(shipped.has_value());
  EXPECT_TRUE(*shipped == ReportSchema().dump(2) + "\n")
      << "write it anew: build/dev/crrsim schema --report > scenarios/report.schema.json";
}

TEST(SweepSchemaTest, TheShippedFileIsCurrent) {
  const auto shipped = ReadFile(std::string(CRRSIM_SOURCE_DIR) + "/scenarios/sweep.schema.json");
  ASSERT_TRUE(shipped.has_value());
  EXPECT_TRUE(*shipped == SweepSchema().dump(2) + "\n")
      << "write it anew: build/dev/crrsim schema --sweep > scenarios/sweep.schema.json";
}

TEST(CompareSchemaTest, TheShippedFileIsCurrent) {
  const auto shipped = ReadFile(std::string(CRRSIM_SOURCE_DIR) + "/scenarios/compare.schema.json");
  ASSERT_TRUE(shipped.has_value());
  EXPECT_TRUE(*shipped == CompareSchema().dump(2) + "\n")
      << "write it anew: build/dev/crrsim schema --compare > scenarios/compare.schema.json";
}

/// One difference of every kind and for every reason, with all that it can have.
Comparison FullComparison() {
  Comparison comparison{"west", "east", "2026-11-01T00:00:00Z", 3, 4, 1, 2, {}, {"a note"}};
  for (int reason = 0; reason <= static_cast<int>(DifferenceReason::kUnknown); ++reason) {
    Difference difference{DifferenceKind::kMissing,
                          "app",
                          "sha256:1",
                          "",
                          {"1"},
                          "sha256:2",
                          "",
                          "",
                          "",
                          static_cast<DifferenceReason>(reason),
                          "why"};
    comparison.differences.push_back(difference);
  }
  comparison.differences.push_back({DifferenceKind::kDifferent,
                                    "app",
                                    "sha256:1",
                                    "1",
                                    {},
                                    "",
                                    "",
                                    "sha256:1",
                                    "",
                                    DifferenceReason::kUnknown,
                                    "w"});
  comparison.differences.push_back({DifferenceKind::kSetting,
                                    "app",
                                    "",
                                    "",
                                    {},
                                    "",
                                    "imageTagMutability",
                                    "MUTABLE",
                                    "IMMUTABLE",
                                    DifferenceReason::kOwnSettings,
                                    "w"});
  comparison.differences.push_back(
      {DifferenceKind::kPending, "app", "sha256:1", "", {}, "", "", "", "", DifferenceReason::kUnderWay, "w"});
  comparison.differences.push_back(
      {DifferenceKind::kExtra, "app", "sha256:3", "", {}, "", "", "", "", DifferenceReason::kDeletedAtSource, "w"});
  return comparison;
}

TEST(CompareSchemaTest, ComparisonsSatisfyIt) {
  const PlainJson schema = PlainJson(CompareSchema());
  auto comparison = FullComparison();
  EXPECT_THAT(SchemaProblems(schema, PlainJson(ToJson(comparison))), IsEmpty());
  comparison.at.clear();
  comparison.differences.clear();
  EXPECT_THAT(SchemaProblems(schema, PlainJson(ToJson(comparison))), IsEmpty());
}

TEST(CompareSchemaTest, NoMemberCanBeLeftOutOrMisnamed) {
  const PlainJson schema = PlainJson(CompareSchema());
  const PlainJson report = PlainJson(ToJson(FullComparison()));
  for (const auto& [name, value] : report.items()) {
    if (name == "at") continue;
    auto mutated = report;
    mutated.erase(name);
    EXPECT_THAT(SchemaProblems(schema, mutated), Not(IsEmpty())) << name;
  }
  for (const auto* pointer : {"/differences/0/kind", "/differences/0/reason", "/differences/0/why", "/counts/extra"}) {
    auto mutated = report;
    mutated[PlainJson::json_pointer(pointer)] = "lost";
    const bool is_text = std::string(pointer).ends_with("why");
    EXPECT_EQ(SchemaProblems(schema, mutated).empty(), is_text) << pointer;
    mutated = report;
    mutated[PlainJson::json_pointer(pointer).parent_pointer()].erase(PlainJson::json_pointer(pointer).back());
    EXPECT_THAT(SchemaProblems(schema, mutated), Not(IsEmpty())) << pointer;
  }
  auto mutated = report;
  mutated["differences"][0]["tag"] = "1";
  EXPECT_THAT(SchemaProblems(schema, mutated), Not(IsEmpty()));
}

TEST(ScenarioSchemaTest, EveryScenarioOfTheTreeSatisfiesIt) {
  for (const auto& file : ScenarioFilesOfTheTree()) {
    EXPECT_THAT(SchemaProblems(Schema(), JsonOf(*ReadFile(file))), IsEmpty()) << file;
  }
}

TEST(ScenarioSchemaTest, NoObjectOfAScenarioTakesAnUnknownMember) {
  std::size_t refused = 0;
  for (const auto& file : ScenarioFilesOfTheTree()) {
    const auto scenario = JsonOf(*ReadFile(file));
    ForEachObject(scenario, PlainJson::json_pointer(), [&](const PlainJson::json_pointer& pointer) {
      if (TakesAnyName(pointer)) return;
      auto mutated = scenario;
      mutated[pointer]["not a key"] = 1;
      EXPECT_THAT(SchemaProblems(Schema(), mutated), Not(IsEmpty())) << file << " at " << pointer;
      ++refused;
    });
  }
  EXPECT_GT(refused, 500U);
}

TEST(ScenarioSchemaTest, NoRequiredKeyCanBeLeftOut) {
  const auto scenario = JsonOf(kSmallScenario);
  for (const auto* pointer :
       {"/accounts", "/regions", "/network", "/images", "/timeline", "/timeline/0/in", "/timeline/0/CreateRepository",
        "/timeline/1/to", "/timeline/1/push", "/expect/0/in", "/expect/0/image"}) {
    const PlainJson::json_pointer place(pointer);
    auto mutated = scenario;
    mutated[place.parent_pointer()].erase(place.back());
    EXPECT_THAT(SchemaProblems(Schema(), mutated), Not(IsEmpty())) << pointer;
  }
}

TEST(ScenarioSchemaTest, ValuesOfTheWrongKindAreRefused) {
  const auto scenario = JsonOf(kSmallScenario);
  const std::vector<std::pair<std::string, PlainJson>> mutations = {
      {"/title", PlainJson::array()},
      {"/seed", -1},
      {"/seed", 9007199254740992},
      {"/start", "yesterday"},
      {"/accounts", PlainJson::array()},
      {"/regions", "us-west-2"},
      {"/regions/0", "US-WEST-2"},
      {"/network", 5},
      {"/images/app/layers/0", 5},
      {"/images/app/layers/0", "5"},
      {"/images/app/layers/0", "5mib"},
      {"/images/app/content", "size-only"},
      {"/images/app/findings", 2},
      {"/images/app/findings", {{"HIHG", 1}}},
      {"/images/app/path", PlainJson::object()},
      {"/timeline", PlainJson::object()},
      {"/timeline/0", "push"},
      {"/timeline/0/CreateRepository", "app"},
      {"/timeline/0/CreateRepository", 5},
      {"/timeline/1/to", "us west 2"},
      {"/timeline/1/times", 1.5},
      {"/timeline/1/every", "5"},
      {"/timeline/1/when", {{"copy", "app:1"}}},
      {"/expect/0/image", "app"},
      {"/expect/0/is", "missing"},
      {"/expect/0/tags", "1"},
      {"/expect/0/within", 5},
      {"/expect/0", {{"lag", "p95"}, {"from", "us-west-2"}, {"to", "eu-west-1"}}},
      {"/expect/0", {{"never", {{"imag", "app:1"}}}}},
  };
  for (const auto& [pointer, value] : mutations) {
    auto mutated = scenario;
    mutated[PlainJson::json_pointer(pointer)] = value;
    EXPECT_THAT(SchemaProblems(Schema(), mutated), Not(IsEmpty())) << pointer << " = " << value;
  }
}

TEST(ScenarioSchemaTest, EveryOperationOfTheApiIsAStep) {
  const auto scenario = JsonOf(kSmallScenario);
  for (const auto operation : KnownOperations()) {
    auto mutated = scenario;
    mutated["timeline"].push_back({{std::string(operation), PlainJson::object()}, {"in", "us-west-2"}});
    EXPECT_THAT(SchemaProblems(Schema(), mutated), IsEmpty()) << operation;
    mutated["timeline"].back()["Create"] = PlainJson::object();
    EXPECT_THAT(SchemaProblems(Schema(), mutated), Not(IsEmpty())) << operation;
  }
}

TEST(ScenarioSchemaTest, KeysAndSchemaAreOneList) {
  const auto& definitions = Schema().at("$defs");
  for (const auto& section : AllSections()) {
    if (section.name == "anchored") continue;
    std::string name(section.name);
    std::replace(name.begin(), name.end(), ' ', '-');
    const auto& definition = section.name == "scenario" ? Schema() : definitions.at(name);
    std::set<std::string> wanted;
    for (const auto& key : section.keys) wanted.insert(std::string(key.name));
    if (section.name == "step call") wanted.insert(KnownOperations().begin(), KnownOperations().end());
    if (section.name.starts_with("step ")) {
      for (const auto& key : CommonStepKeys().keys) wanted.insert(std::string(key.name));
    }
    std::set<std::string> found;
    for (const auto& [key, schema] : definition.at("properties").items()) found.insert(key);
    EXPECT_EQ(found, wanted) << section.name;
    EXPECT_EQ(definition.at("additionalProperties"), false) << section.name;
  }
}

TEST(ScenarioSchemaTest, EveryKeyIsExplained) {
  for (const auto& section : AllSections()) {
    EXPECT_FALSE(section.help.empty()) << section.name;
    for (const auto& key : section.keys) {
      EXPECT_TRUE(!key.help.empty() && key.help.back() == '.') << section.name << "." << key.name << ": " << key.help;
    }
  }
}

TEST(ScenarioSchemaTest, TheLoaderTakesNoKeyThatIsNotInTheTable) {
  // Each section's unknown key is refused by the loader as by the schema.
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"title:", "x:"},
           {"{layers: [1KiB]}", "{layers: [1KiB], x: 1}"},
           {"    in: us-west-2\n", "    in: us-west-2\n    x: 1\n"},
           {"    to: us-west-2\n", "    to: us-west-2\n    x: 1\n"},
           {"{image: app:1, in: us-west-2}", "{image: app:1, in: us-west-2, x: 1}"},
           {"network: aws-2026", "network: {preset: aws-2026, x: 1}"},
           {"network: aws-2026", "network: aws-2026\noptions: {x: 1}"},
           {"network: aws-2026", "network: aws-2026\noptions: {retry: {x: 1}}"},
           {"network: aws-2026", "network: aws-2026\noptions: {within_region: {x: 1}}"},
           {"network: aws-2026", "network: {preset: aws-2026, regions: {us-west-2: {x: 1}}}"}}) {
    const auto text = Replaced(kSmallScenario, from, to);
    EXPECT_THAT(ProblemsOf(text), ElementsAre(HasSubstr("unknown key 'x'"))) << to;
    EXPECT_THAT(SchemaProblems(Schema(), JsonOf(text)), Not(IsEmpty())) << to;
  }
}

TEST(ReportSchemaTest, ReportsOfRunsSatisfyIt) {
  const PlainJson schema = PlainJson(ReportSchema());
  const auto passed = Played(kPush + "expect:\n  - {image: app:1, in: eu-west-1}\n");
  const auto failed = Played(kPush + "expect:\n  - {image: app:2, in: eu-west-1}\n");
  const auto untagged = Played("  - push: app\n    to: us-west-2\n");
  const auto stopped = Played("  - settle: 1s\n    when: {copy: app:1, to: eu-west-1, reaches: 1%}\n");
  RunOptions options;
  options.engine = mutants::ForgetsTheTag();
  const auto broken = RunScenario(Loaded(kWorld + kPush), options);
  EXPECT_EQ(broken.verdict, Verdict::kFail);
  const auto waiting = Played("  - partition: {from: us-west-2, to: eu-west-1}\n" + kPush + "  - settle: 1s\n");
  EXPECT_FALSE(waiting.waiting.empty());
  for (const auto* run : {&passed, &failed, &untagged, &stopped, &broken, &waiting}) {
    const PlainJson report = PlainJson(ToJson(*run));
    EXPECT_THAT(SchemaProblems(schema, report), IsEmpty()) << report.dump(2);
  }
  EXPECT_EQ(passed.verdict, Verdict::kPass);
  EXPECT_EQ(failed.verdict, Verdict::kFail);
  EXPECT_EQ(stopped.verdict, Verdict::kError);
}

TEST(ReportSchemaTest, TheReportOfSeveralFilesSatisfiesIt) {
  const PlainJson schema = PlainJson(ReportSchema());
  const PlainJson report = PlainJson(ToJson(Played(kPush)));
  EXPECT_THAT(SchemaProblems(schema, PlainJson::array({report, report})), IsEmpty());
  EXPECT_THAT(SchemaProblems(schema, PlainJson::array()), Not(IsEmpty()));
  EXPECT_THAT(SchemaProblems(schema, PlainJson::array({report, PlainJson::object()})), Not(IsEmpty()));
}

TEST(ReportSchemaTest, NoMemberCanBeLeftOutOrMisnamed) {
  const PlainJson schema = PlainJson(ReportSchema());
  const PlainJson report = PlainJson(ToJson(Played(kPush + "expect:\n  - {image: app:1, in: eu-west-1}\n")));
  for (const auto& [name, value] : report.items()) {
    auto mutated = report;
    mutated.erase(name);
    EXPECT_THAT(SchemaProblems(schema, mutated), Not(IsEmpty())) << name;
  }
  auto mutated = report;
  mutated["verdict"] = "passed";
  EXPECT_THAT(SchemaProblems(schema, mutated), Not(IsEmpty()));
}

TEST(JsonSchemaTest, AKeywordThatTheValidatorDoesNotKnowIsAProblem) {
  EXPECT_THAT(SchemaProblems({{"maxLength", 3}}, "abc"),
              Each(HasSubstr("the schema uses 'maxLength', which is not known here")));
  EXPECT_THAT(SchemaProblems({{"$ref", "#/$defs/nowhere"}, {"$defs", PlainJson::object()}}, "abc"), Not(IsEmpty()));
}

}  // namespace
}  // namespace crrsim
