// The scenarios of the tree: they load, say what they show, use the whole language, and run alike every time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "harness/run/run.h"
#include "harness/scenario/documents.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/load.h"
#include "harness/test/support/scenario_files.h"

namespace crrsim {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// All scenarios of the tree, loaded; a failure for each that does not load.
const std::vector<Scenario>& Scenarios() {
  static const auto kAll = [] {
    std::vector<Scenario> all;
    for (const auto& file : ScenarioFilesOfTheTree()) {
      auto scenario = LoadScenario(file);
      if (scenario) {
        all.push_back(*std::move(scenario));
      } else {
        for (const auto& diagnostic : scenario.error().all) ADD_FAILURE() << ToText(diagnostic);
      }
    }
    return all;
  }();
  return kAll;
}

const Scenario& ScenarioNamed(const std::string& ending) {
  for (const auto& scenario : Scenarios()) {
    if (scenario.path.ends_with(ending)) return scenario;
  }
  ADD_FAILURE() << "there is no scenario " << ending;
  return Scenarios().front();
}

TEST(ScenarioFilesTest, EachSaysWhatItShowsAndClaimsIt) {
  std::set<std::string> titles;
  for (const auto& scenario : Scenarios()) {
    EXPECT_NE(scenario.title, "") << scenario.path;
    EXPECT_TRUE(titles.insert(scenario.title).second) << scenario.path << " has a title that another has, too";
    for (const auto& rule : scenario.cites) {
      EXPECT_THAT(rule, testing::MatchesRegex("ecr-replication\\.md [0-9]+(\\.[0-9]+)?( \\([0-9, ]+\\))?"))
          << scenario.path;
    }
    const bool is_rule = scenario.path.find("/semantics/") != std::string::npos;
    EXPECT_EQ(is_rule && scenario.cites.empty(), false) << scenario.path;
  }
}

TEST(ScenarioFilesTest, TheFirstTenRulesHaveAFileEach) {
  std::set<int> shown;
  const std::string prefix = "ecr-replication.md 14 (";
  for (const auto& scenario : Scenarios()) {
    if (scenario.path.find("/semantics/") == std::string::npos) continue;
    for (const auto& rule : scenario.cites) {
      if (rule.starts_with(prefix)) shown.insert(std::stoi(rule.substr(prefix.size())));
    }
  }
  for (int rule = 1; rule <= 10; ++rule) EXPECT_TRUE(shown.contains(rule)) << prefix << rule << ")";
}

TEST(ScenarioFilesTest, EveryKeyOfTheLanguageIsUsedBySome) {
  std::set<std::string> used;
  for (const auto& scenario : Scenarios()) used.insert(scenario.used_keys.begin(), scenario.used_keys.end());
  std::vector<std::string> unused;
  const auto look = [&](const Section& section) {
    for (const auto& key : section.keys) {
      const auto name = fmt::format("{}.{}", section.name, key.name);
      if (!used.contains(name)) unused.push_back(name);
    }
  };
  for (const auto& section : AllSections()) look(section);
  look(CommonStepKeys());
  EXPECT_THAT(unused, IsEmpty());
}

TEST(ScenarioFilesTest, NoneIsLargerThanItNeedsToBe) {
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(CRRSIM_SOURCE_DIR) + "/scenarios")) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(".schema.json") || name == "rules.txt" || !entry.is_regular_file()) continue;
    EXPECT_LT(entry.file_size(), 31'000U) << entry.path();
  }
}

TEST(ScenarioFilesTest, EachPassesStrictlyAndRunsAlikeTwice) {
  RunOptions strict;
  strict.idle_faults = IdleFaults::kFail;
  for (const auto& scenario : Scenarios()) {
    const auto first = RunScenario(scenario, strict);
    const auto second = RunScenario(scenario, strict);
    EXPECT_EQ(first.verdict, Verdict::kPass) << scenario.path << ": " << first.error;
    EXPECT_THAT(first.warnings, IsEmpty()) << scenario.path;
    EXPECT_EQ(first.run_digest, second.run_digest) << scenario.path;
    EXPECT_FALSE(first.expectations.empty()) << scenario.path;
  }
}

TEST(ScenarioFilesTest, ContentionDrawsFromItsSeed) {
  const auto& scenario = ScenarioNamed("determinism/contention_and_retries.yaml");
  RunOptions options;
  std::set<std::string> digests;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    options.seed = seed;
    const auto run = RunScenario(scenario, options);
    EXPECT_EQ(run.verdict, Verdict::kPass) << "seed " << seed;
    digests.insert(ToText(run.run_digest));
  }
  EXPECT_EQ(digests.size(), 20U);
}

TEST(ScenarioFilesTest, AWorldWithoutChanceIsTheSameForEverySeed) {
  const auto& scenario = ScenarioNamed("walkthrough/us_west_to_europe.yaml");
  RunOptions options;
  options.seed = 7;
  EXPECT_EQ(RunScenario(scenario, options).run_digest, RunScenario(scenario, {}).run_digest);
}

TEST(ScenarioFilesTest, TheBillOfThreeRegionsIsExact) {
  const auto run = RunScenario(ScenarioNamed("walkthrough/three_regions_bill.yaml"), {});
  const Int128 bytes = 3'221'225'472 + 805'306'368 + 268'435'456 + 320 + 399;
  const auto integral = [&](const std::string& region, int month) {
    Int128 found = 0;
    for (const auto& row : run.bill.storage) {
      if (row.where.registry.region.text() == region && row.month == CalendarMonth{2026, month})
        found = row.byte_nanoseconds;
    }
    return found;
  };
  const auto span = [&](Duration duration) { return bytes * duration.nanoseconds(); };
  EXPECT_EQ(integral("us-west-2", 11), span(Days(20)));
  EXPECT_EQ(integral("eu-west-1", 11), span(Days(20) - Milliseconds(350)));
  EXPECT_EQ(integral("ap-northeast-1", 11), span(Days(20) - Milliseconds(250)));
  for (const auto* region : {"us-west-2", "eu-west-1", "ap-northeast-1"}) {
    EXPECT_EQ(integral(region, 12), span(Days(15))) << region;
    EXPECT_EQ(integral(region, 10), 0) << region;
  }
  // 4 GiB and 719 bytes for 20 of 30 and 15 of 31 days.
  const auto gigabyte_months = run.units.GigabyteMonthsOf(integral("us-west-2", 11), {2026, 11});
  EXPECT_NEAR(gigabyte_months, 4.0 * 20 / 30, 1e-6);
  EXPECT_NEAR(run.units.GigabyteMonthsOf(integral("us-west-2", 12), {2026, 12}), 4.0 * 15 / 31, 1e-6);
}

TEST(ScenarioFilesTest, ManifestsCountWhereTheAssumptionSaysSo) {
  auto scenario = ScenarioNamed("walkthrough/three_regions_bill.yaml");
  const auto without = RunScenario(scenario, {});
  ASSERT_TRUE(scenario.world.assumptions.Set("manifest_bytes", "counted").ok());
  const auto with = RunScenario(scenario, {});
  const auto moved = [](const RunResult& run) {
    ByteCount total;
    for (const auto& row : run.bill.transfers) total += row.useful;
    return total;
  };
  EXPECT_GT(moved(with), moved(without));
  EXPECT_LT(moved(with) - moved(without), Kibibytes(8));
  EXPECT_EQ(with.verdict, Verdict::kFail);
}

}  // namespace
}  // namespace crrsim
