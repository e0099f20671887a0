// The list of rules, the table made of it, and the command: every sourced rule has a scenario that passes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "harness/cli/commands.h"
#include "harness/scenario/documents.h"
#include "harness/scenario/load.h"
#include "harness/test/support/scenario_files.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> ProblemsIn(std::string_view text) {
  const auto rules = ParseRules(text, "rules.txt");
  if (rules) return {};
  std::vector<std::string> problems;
  for (const auto& one : rules.error().all) problems.push_back(ToText(one));
  return problems;
}

RuleState StateOfOne(std::string_view line, std::vector<CitingRun> runs) {
  return MakeTable(ParseRules(line, "rules.txt").value(), std::move(runs)).rows.at(0).state;
}

const CitingRun kShowing{"a.yaml", {"ecr-replication.md 14 (1, 3)"}, Verdict::kPass};
constexpr std::string_view kRule = "14 (3) | Something. | UG26";
constexpr std::string_view kTested = "14 (3) | Something. | UG26 | tested: LayersTest.Something";
constexpr std::string_view kMarked = "14 (3) | Something. | UG26 | not modelled: later";
constexpr std::string_view kElsewhere = "14 (3) | Something. | UG26 | out of scope: the server: it is called";

TEST(ConformanceTest, ACiteNamesEachOfItsRules) {
  EXPECT_THAT(RuleNumbersOf("ecr-replication.md 14 (3, 21)"), ElementsAre("14 (3)", "14 (21)"));
  EXPECT_THAT(RuleNumbersOf("ecr-replication.md 1.4 (7)"), ElementsAre("1.4 (7)"));
  EXPECT_THAT(RuleNumbersOf("ecr-replication.md 2.5"), ElementsAre("2.5"));
  EXPECT_THAT(RuleNumbersOf("oci-registry.md 3"), IsEmpty());
  EXPECT_THAT(RuleNumbersOf("ecr-replication.md 1.2.3"), IsEmpty());
  EXPECT_THAT(RuleNumbersOf("ecr-replication.md 3 (a)"), IsEmpty());
  EXPECT_THAT(RuleNumbersOf("ecr-replication.md 3 (2"), IsEmpty());
  EXPECT_THAT(RuleNumbersOf("ecr-replication.md 3 ()"), IsEmpty());
}

TEST(ConformanceTest, AListIsReadInItsOrderWithPlaces) {
  const auto rules =
      ParseRules("# a remark\n\n2.5 | Defaults. | UG26; MODEL\n14 (3) | X. | CR#1 | not modelled: why\n", "r");
  ASSERT_TRUE(rules.ok());
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ(rules->at(0).number, "2.5");
  EXPECT_EQ(rules->at(0).source, "UG26; MODEL");
  EXPECT_EQ(rules->at(0).not_modelled, "");
  EXPECT_EQ(rules->at(0).place.line, 3);
  EXPECT_EQ(rules->at(1).not_modelled, "why");
}

TEST(ConformanceTest, WhatIsNoRuleIsNamedByItsLine) {
  EXPECT_THAT(ProblemsIn("14 (1) | Text."), ElementsAre(HasSubstr("rules.txt:1:1: found 2 fields")));
  EXPECT_THAT(ProblemsIn("\n14 (1, 2) | Text. | UG26"),
              ElementsAre(HasSubstr("rules.txt:2:1: '14 (1, 2)' is no number")));
  EXPECT_THAT(ProblemsIn("1 | a | b\n1 | a | b"), ElementsAre(HasSubstr(":2:1: rule 1 is listed twice")));
  EXPECT_THAT(ProblemsIn("1 |  | b"), ElementsAre(HasSubstr("needs a text")));
  EXPECT_THAT(ProblemsIn("1 | a | b | later"), ElementsAre(HasSubstr("expected 'not modelled: WHY'")));
  EXPECT_THAT(ProblemsIn("1 | a | b | out of scope: server"),
              ElementsAre(HasSubstr("expected 'out of scope: PART: WHY'")));
  EXPECT_THAT(ProblemsIn("# nothing"), ElementsAre(HasSubstr("holds no rule")));
}

TEST(ConformanceTest, ARuleIsWhatItsScenariosAre) {
  auto failing = kShowing;
  failing.path = "b.yaml";
  failing.verdict = Verdict::kFail;
  auto stopped = failing;
  stopped.verdict = Verdict::kError;
  EXPECT_EQ(StateOfOne(kRule, {kShowing}), RuleState::kPassing);
  EXPECT_EQ(StateOfOne(kRule, {kShowing, failing}), RuleState::kFailing);
  EXPECT_EQ(StateOfOne(kRule, {stopped}), RuleState::kFailing);
  EXPECT_EQ(StateOfOne(kRule, {}), RuleState::kUncovered);
  EXPECT_EQ(StateOfOne("14 (2) | Another. | UG26", {kShowing}), RuleState::kUncovered);
  EXPECT_EQ(StateOfOne(kMarked, {}), RuleState::kNotModelled);
  EXPECT_EQ(StateOfOne(kTested, {}), RuleState::kTested);
  EXPECT_EQ(StateOfOne(kTested, {kShowing}), RuleState::kPassing);
  EXPECT_EQ(StateOfOne(kMarked, {kShowing}), RuleState::kStale);
  EXPECT_EQ(StateOfOne(kElsewhere, {}), RuleState::kOutOfScope);
  EXPECT_EQ(StateOfOne(kElsewhere, {kShowing}), RuleState::kStale);
}

TEST(ConformanceTest, OnlyPassingAndMarkedRulesAreSound) {
  const auto sound = [](std::string_view line, std::vector<CitingRun> runs) {
    return MakeTable(ParseRules(line, "rules.txt").value(), std::move(runs)).sound();
  };
  EXPECT_TRUE(sound(kRule, {kShowing}));
  EXPECT_TRUE(sound(kMarked, {}));
  EXPECT_TRUE(sound(kTested, {}));
  EXPECT_TRUE(sound(kElsewhere, {}));
  EXPECT_FALSE(sound(kRule, {}));
  EXPECT_FALSE(sound(kMarked, {kShowing}));
}

TEST(ConformanceTest, TheTableNamesScenariosOnceAndInOrder) {
  auto twice = kShowing;
  twice.path = "0.yaml";
  twice.cites.push_back("ecr-replication.md 14 (3)");
  const auto table = MakeTable(ParseRules(kRule, "rules.txt").value(), {kShowing, twice});
  const auto json = ToJson(table);
  EXPECT_EQ(json.at("rules").at(0).at("scenarios").dump(),
            R"([{"scenario":"0.yaml","verdict":"pass"},{"scenario":"a.yaml","verdict":"pass"}])");
  EXPECT_EQ(json.at("sound"), true);
  EXPECT_EQ(json.at("counts").at("pass"), 1);
  EXPECT_THAT(ToText(table, TableDetail::kAllRules), HasSubstr("14 (3)    pass          Something. [UG26]\n"));
  EXPECT_EQ(ToText(table, TableDetail::kProblemsOnly), "1 rules: 1 pass\n");
}

TEST(ConformanceTest, TheTableTellsToWhichPartsRulesOutOfScopeBelong) {
  const auto table = MakeTable(ParseRules(std::string(kElsewhere) + "\n2.5 | Defaults. | UG26\n", "r").value(), {});
  const auto text = ToText(table, TableDetail::kAllRules);
  EXPECT_THAT(
      text, HasSubstr("14 (3)    out of scope  Something. [UG26]\n                        the server: it is called\n"));
  EXPECT_THAT(text, HasSubstr("2 rules: 1 no scenario, 1 out of scope\nout of scope: 1 of the server\n"));
  const auto json = ToJson(table);
  EXPECT_EQ(json.at("rules").at(0).at("outOfScope"), "the server");
  EXPECT_EQ(json.at("rules").at(0).at("notModelled"), "it is called");
  EXPECT_EQ(json.at("counts").at("out of scope"), 1);
}

// ---- The rules and scenarios of the tree ---------------------------------------------------------------------------

const std::string kFolder = std::string(CRRSIM_SOURCE_DIR) + "/scenarios/semantics";

/// Every scenario under semantics/ with what it cites, taken as passing: whether it does is another test's business.
std::vector<CitingRun> CitesOfTheTree() {
  std::vector<CitingRun> runs;
  for (const auto& file : ScenarioFilesOfTheTree()) {
    if (!file.starts_with(kFolder)) continue;
    const auto scenario = LoadScenario(file);
    EXPECT_TRUE(scenario.ok()) << file;
    if (scenario) runs.push_back({file, scenario->cites, Verdict::kPass});
  }
  return runs;
}

std::vector<Rule> RulesOfTheTree() {
  const auto path = kFolder + "/rules.txt";
  return ParseRules(ReadFile(path).value_or(""), path).value();
}

TEST(ConformanceTest, EveryRuleOfTheListHasAScenario) {
  for (const auto& row : MakeTable(RulesOfTheTree(), CitesOfTheTree()).rows) {
    EXPECT_TRUE(row.state == RuleState::kPassing || row.state == RuleState::kOutOfScope ||
                row.state == RuleState::kTested)
        << ToText(row.rule.place) << ": " << row.rule.number << ": " << NameOf(row.state);
  }
}

TEST(ConformanceTest, TheUnitTestsThatShowRulesExist) {
  std::string sources;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(CRRSIM_SOURCE_DIR) + "/registry_model/test")) {
    if (entry.path().extension() == ".cc") sources += ReadFile(entry.path().string()).value_or("");
  }
  std::int64_t tested = 0;
  for (const auto& rule : RulesOfTheTree()) {
    if (rule.tested.empty()) continue;
    ++tested;
    const auto dot = rule.tested.find('.');
    ASSERT_NE(dot, std::string::npos) << rule.tested;
    EXPECT_THAT(sources, HasSubstr(fmt::format("({}, {})", rule.tested.substr(0, dot), rule.tested.substr(dot + 1))));
  }
  EXPECT_LT(tested, 5) << "a rule is shown by a scenario if it can be";
}

TEST(ConformanceTest, ARuleGoesUncoveredWithItsLastScenario) {
  const auto rules = RulesOfTheTree();
  const auto all = CitesOfTheTree();
  const auto full = MakeTable(rules, all);
  std::int64_t sole = 0;
  for (const auto& row : full.rows) {
    if (row.runs.size() != 1) continue;
    ++sole;
    auto fewer = all;
    std::erase_if(fewer, [&](const CitingRun& run) { return run.path == row.runs.front().path; });
    EXPECT_FALSE(MakeTable(rules, fewer).sound()) << row.rule.number;
  }
  EXPECT_GT(sole, 0);
}

TEST(ConformanceTest, TheThirtyCheckableRulesAreListedFirst) {
  const auto rules = RulesOfTheTree();
  ASSERT_GE(rules.size(), 30U);
  for (int number = 1; number <= 30; ++number) {
    EXPECT_EQ(rules.at(static_cast<std::size_t>(number - 1)).number, fmt::format("14 ({})", number));
  }
}

TEST(ConformanceTest, ScenariosCiteRulesOfListedSectionsOnly) {
  // In a section whose rules are listed, a cite of none of them is a slip of the pen.
  std::set<std::string> sections;
  std::set<std::string> numbers;
  for (const auto& rule : RulesOfTheTree()) {
    numbers.insert(rule.number);
    sections.insert(rule.number.substr(0, rule.number.find(' ')));
  }
  for (const auto& run : CitesOfTheTree()) {
    for (const auto& cite : run.cites) {
      for (const auto& number : RuleNumbersOf(cite)) {
        if (sections.contains(number.substr(0, number.find(' ')))) {
          EXPECT_TRUE(numbers.contains(number)) << run.path << " cites " << number;
        }
      }
    }
  }
}

// ---- The command ---------------------------------------------------------------------------------------------------

class ConformanceCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / ("crrsim_conformance_" + std::string(test->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  void WriteScenario(const std::string& title, const std::string& cite, const std::string& answer) {
    Write(title + ".yaml", "title: " + title + "\ncites: [\"ecr-replication.md " + cite +
                               "\"]\naccounts: {shop: \"111122223333\"}\nregions: [us-west-2]\nnetwork: {links: []}\n"
                               "images: {}\ntimeline:\n  - DescribeRegistry: {}\n    in: us-west-2\n    answers: " +
                               answer + "\n");
  }
  ExitCode Call(std::vector<const char*> more = {}) {
    const auto folder = folder_.string();
    std::vector<const char*> arguments = {"crrsim", "conformance", folder.c_str()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    out_.str("");
    err_.str("");
    const auto code = Main(static_cast<int>(arguments.size()), arguments.data(), {out_, err_});
    return static_cast<ExitCode>(code);
  }

  std::filesystem::path folder_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(ConformanceCommandTest, ExitsByWhetherEachRuleIsShown) {
  Write("rules.txt", "1 | One. | UG26\n2 | Two. | UG26 | not modelled: later\n");
  WriteScenario("one", "1", "{registryId: \"111122223333\"}");
  EXPECT_EQ(Call(), ExitCode::kPass) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("2 rules: 1 pass, 1 not modelled\n"));

  Write("rules.txt", "1 | One. | UG26\n2 | Two. | UG26\n");
  EXPECT_EQ(Call({"-q"}), ExitCode::kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("2         no scenario   Two. [UG26]\n2 rules:"));

  WriteScenario("two", "2", "{registryId: \"wrong\"}");
  EXPECT_EQ(Call({"--json", "-"}), ExitCode::kFailed);
  EXPECT_EQ(nlohmann::json::parse(out_.str()).at("rules").at(1).at("verdict"), "fail");
}

TEST_F(ConformanceCommandTest, RefusesBadListsAndScenariosByPlace) {
  WriteScenario("one", "1", "{}");
  EXPECT_EQ(Call(), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("rules.txt: the list of rules cannot be read"));
  Write("rules.txt", "1 | One.\n");
  EXPECT_EQ(Call(), ExitCode::kInvalid);
  EXPECT_THAT(err_.str(), HasSubstr("rules.txt:1:1: found 2 fields"));
  Write("rules.txt", "1 | One. | UG26\n");
  Write("broken.yaml", "titel: x\n");
  EXPECT_EQ(Call(), ExitCode::kInvalid);
  EXPECT_THAT(err_.str(), HasSubstr("broken.yaml:1:1"));
}

}  // namespace
}  // namespace crrsim
