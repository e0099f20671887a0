// A scenario that passes whatever the model does proves nothing: for every documented rule there are mistakes of the
// model (registry_model/mutants.h) that its scenarios notice. A model that is built with tests has them
// all in it; this program says which one is on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "harness/conformance/rules.h"
#include "harness/run/run.h"
#include "harness/scenario/documents.h"
#include "harness/scenario/load.h"
#include "harness/test/support/mutant_list.h"
#include "sim/check.h"

namespace crrsim {

namespace mutants {

/// The one that is on; this program runs one world at a time.
static Mutant mutant_on = Mutant::kNone;

}  // namespace mutants

bool Mutated(Mutant mutant) { return mutants::mutant_on == mutant; }

namespace mutants {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string kFolder = std::string(CRRSIM_SOURCE_DIR) + "/scenarios/semantics";

std::vector<Rule> RulesOfTheTree() {
  const auto path = kFolder + "/rules.txt";
  return ParseRules(ReadFile(path).value_or(""), path).value();
}

std::vector<RuleMistakes> MistakesOfTheTree() {
  const auto path = kFolder + "/mutants.txt";
  auto rows = ParseMistakes(ReadFile(path).value_or(""), path);
  if (rows) return *std::move(rows);
  for (const auto& problem : rows.error().all) ADD_FAILURE() << ToText(problem);
  return {};
}

/// The scenarios of semantics/ by the rules that they cite.
std::map<std::string, std::vector<const Scenario*>> ScenariosByRule() {
  static const auto kAll = [] {
    std::vector<Scenario> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kFolder)) {
      if (entry.path().extension() != ".yaml") continue;
      auto scenario = LoadScenario(entry.path().string());
      EXPECT_TRUE(scenario.ok()) << entry.path();
      if (scenario) all.push_back(*std::move(scenario));
    }
    return all;
  }();
  std::map<std::string, std::vector<const Scenario*>> by_rule;
  for (const auto& scenario : kAll) {
    for (const auto& cite : scenario.cites) {
      for (const auto& number : RuleNumbersOf(cite)) by_rule[number].push_back(&scenario);
    }
  }
  return by_rule;
}

/// How a scenario fares under a mistake. A mistake that breaks a check of the model says nothing of the scenario.
std::string FateOf(const Scenario& scenario, const Mistake& mistake) {
  auto changed = scenario;
  if (!mistake.assumption.empty()) {
    EXPECT_TRUE(changed.world.assumptions.Set(mistake.assumption, mistake.value).ok());
  }
  mutant_on = mistake.mutant;
  std::string fate;
  try {
    RunOptions options;
    options.keep_timeline = false;
    const auto run = RunScenario(changed, options);
    fate = NameOf(run.verdict);
    if (run.verdict == Verdict::kError) fate += ": " + run.error;
  } catch (const Defect& defect) {
    fate = std::string("defect: ") + defect.what();
  }
  mutant_on = Mutant::kNone;
  return fate;
}

TEST(RuleMutantsTest, EveryRuleThatIsModelledHasMutantsOrAReason) {
  std::set<std::string> listed;
  std::int64_t without = 0;
  for (const auto& row : MistakesOfTheTree()) {
    listed.insert(row.rule);
    if (row.mistakes.empty()) {
      ++without;
      fmt::print("{} has no mutant: {}\n", row.rule, row.none);
    }
  }
  std::set<std::string> rules;
  for (const auto& rule : RulesOfTheTree()) {
    rules.insert(rule.number);
    if (!rule.not_modelled.empty() || !rule.tested.empty()) continue;
    EXPECT_TRUE(listed.contains(rule.number)) << rule.number << " is not in mutants.txt";
  }
  for (const auto& rule : listed) EXPECT_TRUE(rules.contains(rule)) << rule << " is in mutants.txt, but no rule";
  fmt::print("{} rules have mutants, {} have a reason for none\n", listed.size() - static_cast<std::size_t>(without),
             without);
}

TEST(RuleMutantsTest, EveryScenarioOfARulePassesWithoutMutants) {
  std::set<const Scenario*> seen;
  for (const auto& [rule, scenarios] : ScenariosByRule()) {
    for (const auto* scenario : scenarios) {
      if (!seen.insert(scenario).second) continue;
      EXPECT_EQ(FateOf(*scenario, {}), "pass") << scenario->path;
    }
  }
  EXPECT_FALSE(seen.empty());
}

TEST(RuleMutantsTest, EveryMutantOfARuleIsNoticedByItsScenarios) {
  const auto by_rule = ScenariosByRule();
  std::map<std::pair<const Scenario*, std::string>, std::string> fates;  // many rules share scenarios and mutants
  std::int64_t pairs = 0;
  for (const auto& row : MistakesOfTheTree()) {
    const auto found = by_rule.find(row.rule);
    for (const auto& mistake : row.mistakes) {
      ++pairs;
      std::string seen;
      bool noticed = false;
      if (found != by_rule.end()) {
        for (const auto* scenario : found->second) {
          auto [fate, is_new] = fates.try_emplace({scenario, mistake.text});
          if (is_new) fate->second = FateOf(*scenario, mistake);
          noticed = noticed || fate->second == "fail";
          seen += fmt::format("\n  {}: {}", scenario->path, fate->second);
        }
      }
      EXPECT_TRUE(noticed) << ToText(row.place) << ": no scenario of rule " << row.rule << " notices " << mistake.text
                           << seen;
    }
  }
  fmt::print("{} pairs of a rule and a mutant, {} runs\n", pairs, fates.size());
}

TEST(RuleMutantsTest, EveryMutantIsOfSomeRule) {
  std::set<Mutant> used;
  for (const auto& row : MistakesOfTheTree()) {
    for (const auto& mistake : row.mistakes) used.insert(mistake.mutant);
  }
  for (const auto& [mutant, name] : kMutantNames) EXPECT_TRUE(used.contains(mutant)) << name;
}

TEST(MutantListTest, ReadsMutantsAssumptionsAndReasons) {
  const auto rows = ParseMistakes(
      "# a remark\n\n14 (8) | filter-needs-a-segment, untagged_push=not-replicated\n"
      "2.2 (9) | none: nothing to break\n",
      "m");
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->at(0).rule, "14 (8)");
  EXPECT_EQ(rows->at(0).mistakes.at(0).mutant, Mutant::kFilterNeedsASegment);
  EXPECT_EQ(rows->at(0).mistakes.at(1).assumption, "untagged_push");
  EXPECT_EQ(rows->at(0).mistakes.at(1).value, "not-replicated");
  EXPECT_EQ(rows->at(1).none, "nothing to break");
  EXPECT_EQ(rows->at(1).place.line, 4);
}

TEST(MutantListTest, NamesWhatItCannotRead) {
  const auto rows = ParseMistakes(
      "14 (8)\n14 (9) | filter-needs-a-segmnt\n14 (1) | untagged_push=no\n14 | none: x\n14 | none: y", "m");
  ASSERT_FALSE(rows.ok());
  const auto& all = rows.error().all;
  ASSERT_EQ(all.size(), 4U);
  EXPECT_THAT(all.at(0).message, HasSubstr("expected NUMBER"));
  EXPECT_THAT(all.at(1).message, HasSubstr("did you mean 'filter-needs-a-segment'"));
  EXPECT_THAT(all.at(2).message, HasSubstr("is not a value of the assumption"));
  EXPECT_THAT(all.at(3).message, HasSubstr("listed twice"));
}

}  // namespace
}  // namespace mutants
}  // namespace crrsim
