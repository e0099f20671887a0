// Sweeps over seeds: what comes of them, whatever the number of threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/report/sweep_report.h"
#include "harness/search/sweep.h"
#include "harness/test/support/command_bench.h"
#include "harness/test/support/inline_scenario.h"
#include "harness/test/support/json_schema.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Jitter makes the copy take another time with each seed: between 450 ms and some 700 ms.
std::string Jittery() { return Replaced(kWorld, "latency: 50ms}", "latency: 50ms, jitter: 40ms}") + kPush; }
/// Fails with some seeds and holds with others.
std::string Sometimes() {
  return Jittery() + "expect:\n  - {lag: max, from: us-west-2, to: eu-west-1, at_most: 560ms}\n";
}

SweepResult Swept(const std::string& text, SeedRange seeds, unsigned jobs, OnFailure on_failure) {
  const auto scenario = Loaded(text);
  const auto images = ImageLibrary::Build(scenario);
  EXPECT_TRUE(images.ok());
  SweepOptions options;
  options.seeds = seeds;
  options.jobs = jobs;
  options.on_failure = on_failure;
  return Sweep(scenario, *images, options);
}

std::string WithoutTime(const SweepResult& result) {
  auto json = ToJson(result);
  json["wall_seconds"] = 0;
  return json.dump(1);
}

TEST(SweepTest, ResultsDoNotDependOnTheNumberOfThreads) {
  for (const auto on_failure : {OnFailure::kStop, OnFailure::kKeepGoing}) {
    const auto one = Swept(Sometimes(), {1, 40}, 1, on_failure);
    for (const unsigned jobs : {2U, 7U}) {
      EXPECT_EQ(WithoutTime(one), WithoutTime(Swept(Sometimes(), {1, 40}, jobs, on_failure)));
    }
  }
}

TEST(SweepTest, EachSeedIsTheRunThatItsCommandRepeats) {
  const auto sweep = Swept(Sometimes(), {1, 40}, 2, OnFailure::kKeepGoing);
  EXPECT_EQ(sweep.ran, 40U);
  EXPECT_GT(sweep.passed, 0U);
  ASSERT_GT(sweep.failed, 0U);
  EXPECT_EQ(sweep.passed + sweep.failed, 40U);
  const auto scenario = Loaded(Sometimes());
  std::vector<std::uint64_t> failing;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    RunOptions options;
    options.seed = seed;
    if (RunScenario(scenario, options).verdict != Verdict::kPass) failing.push_back(seed);
  }
  std::vector<std::uint64_t> swept;
  for (const auto& one : sweep.failing) swept.push_back(one.seed);
  EXPECT_EQ(swept, failing);
  EXPECT_THAT(sweep.failing.front().reproduce, HasSubstr("--seed " + std::to_string(failing.front()) + " "));
  EXPECT_THAT(sweep.failing.front().problems, ElementsAre(HasSubstr("lag: max")));
}

TEST(SweepTest, StopsAtTheLowestSeedThatFails) {
  const auto all = Swept(Sometimes(), {1, 40}, 2, OnFailure::kKeepGoing);
  const auto stopped = Swept(Sometimes(), {1, 40}, 3, OnFailure::kStop);
  ASSERT_EQ(stopped.failing.size(), 1U);
  EXPECT_EQ(stopped.failing.front().seed, all.failing.front().seed);
  EXPECT_EQ(stopped.ran, all.failing.front().seed);
  EXPECT_EQ(stopped.end, SweepEnd::kFirstFailure);
}

TEST(SweepTest, LagQuantilesAreOverTheImagesOfAllSeeds) {
  const auto sweep = Swept(Jittery(), {1, 20}, 2, OnFailure::kStop);
  const auto scenario = Loaded(Jittery());
  std::vector<Duration> lags;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    RunOptions options;
    options.seed = seed;
    const auto run = RunScenario(scenario, options);
    lags.push_back(*run.replications.front().visible_at - run.replications.front().queued_at);
  }
  std::sort(lags.begin(), lags.end());
  const auto rows = LagsByDestination(sweep);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().name, "eu-west-1");
  EXPECT_EQ(rows.front().images, 20);
  EXPECT_EQ(rows.front().p50, lags[9]);
  EXPECT_EQ(rows.front().p90, lags[17]);
  EXPECT_EQ(rows.front().max, lags[19]);
  EXPECT_EQ(LagsByRegionPair(sweep).front().name, "us-west-2 to eu-west-1");
}

TEST(SweepTest, FaultsAreCountedByKindAndAKindThatNeverHitIsAWarning) {
  const std::string faults = Jittery() + "  - partition: {between: [us-west-2, eu-west-1]}\n    for: 1m\n" +
                             kPushOther + "  - settle: 1h\n  - fail: {step: bind-tag}\n    for: 1m\n";
  const auto sweep = Swept(faults, {1, 5}, 2, OnFailure::kStop);
  EXPECT_EQ(sweep.faults.at("partition").fired, 5);
  EXPECT_GE(sweep.faults.at("partition").fired_and_hit, 5);
  EXPECT_GE(sweep.faults.at("partition").hits, 5);
  EXPECT_EQ(sweep.faults.at("fail").fired, 5);
  EXPECT_EQ(sweep.faults.at("fail").hits, 0);
  EXPECT_THAT(sweep.warnings, ElementsAre(HasSubstr("fault 'fail' began 5 times and never hit anything")));
  EXPECT_EQ(sweep.verdict(), Verdict::kPass);
  ScratchFolder folder;
  const auto path = folder.Write("s.yaml", faults);
  EXPECT_EQ(InvokeCommand({"run", "--seeds", "1..5", path}).code, 0);
  EXPECT_EQ(InvokeCommand({"run", "--seeds", "1..5", "--strict", path}).code, 1);
}

TEST(SweepTest, ASignalEndsItWithWhatIsKnown) {
  const auto scenario = Loaded(Jittery());
  const auto images = ImageLibrary::Build(scenario);
  SweepOptions options;
  options.seeds = {1, 100'000'000};
  options.jobs = 2;
  options.progress_every = Milliseconds(1);
  options.progress = [](const SweepProgress& progress) {
    if (progress.done > 0 && progress.done < progress.of) std::raise(SIGINT);
  };
  // The first raise is caught by the sweep, after which it tells its progress once more.
  bool raised = false;
  const auto raise = options.progress;
  options.progress = [&](const SweepProgress& progress) {
    if (raised || progress.done == 0) return;
    raised = true;
    raise(progress);
  };
  const auto sweep = Sweep(scenario, *images, options);
  EXPECT_TRUE(raised);
  EXPECT_EQ(sweep.end, SweepEnd::kInterrupted);
  EXPECT_EQ(sweep.verdict(), Verdict::kError);
  EXPECT_GT(sweep.ran, 0U);
  EXPECT_EQ(sweep.passed, sweep.ran);
}

TEST(SweepTest, SeedRangesAreTwoNumbersTheSmallerFirst) {
  EXPECT_EQ(ParseSeedRange("3..3")->size(), 1U);
  EXPECT_EQ(ParseSeedRange("0..9007199254740991")->last, kSeedMax);
  for (const auto* text : {"", "3", "3..", "..3", "4..3", "1...3", "01..3", "1..-3", "0..9007199254740992", "a..b"}) {
    EXPECT_FALSE(ParseSeedRange(text)) << text;
  }
}

TEST(SweepCommandTest, WritesItsReportsAndEndsWithOneWhenASeedFails) {
  ScratchFolder folder;
  const auto path = folder.Write("s.yaml", Sometimes());
  const auto outcome = InvokeCommand({"run", "--seeds", "1..20", "--jobs", "2", "--keep-going", "--json",
                                      folder.PathOf("r.json"), "--junit", folder.PathOf("r.xml"), path});
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Lag by destination"));
  EXPECT_THAT(outcome.out, HasSubstr("./crrsim run --seed "));
  EXPECT_THAT(outcome.err, HasSubstr("20/20 seeds"));
  EXPECT_EQ(outcome.err.find('\r'), std::string::npos);
  const auto report = nlohmann::json::parse(std::ifstream(folder.PathOf("r.json")));
  EXPECT_THAT(SchemaProblems(nlohmann::json(SweepSchema()), report), IsEmpty());
  EXPECT_EQ(report["failed"].get<std::size_t>(), report["failing"].size());
  std::ostringstream junit;
  junit << std::ifstream(folder.PathOf("r.xml")).rdbuf();
  EXPECT_THAT(junit.str(), HasSubstr("name=\"seed "));
}

TEST(SweepCommandTest, OneSeedAndManyExcludeEachOther) {
  EXPECT_EQ(InvokeCommand({"run", "--seed", "1", "--seeds", "1..2", "s.yaml"}).code, 2);
  EXPECT_EQ(InvokeCommand({"run", "--jobs", "2", "s.yaml"}).code, 2);
  EXPECT_EQ(InvokeCommand({"run", "--keep-going", "s.yaml"}).code, 2);
  EXPECT_EQ(InvokeCommand({"run", "--seeds", "2..1", "s.yaml"}).code, 2);
}

}  // namespace
}  // namespace crrsim
