// What a failing step does: when it is tried again, what is wasted, when the job gives up.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "registry_model/test/support/engine_fake_world.h"

namespace crrsim::engine_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kLayer = "layer1";

/// Makes one step fail: the first `times` attempts with `failure`, then the next with `then` if given. Of the
/// transfers, that of layer1.
struct Failing {
  JobStep step = JobStep::kAdmit;
  std::int64_t times = 0;
  FailureCode failure = FailureCode::kNone;
  std::optional<FailureCode> then;

  FailureCode Next() {
    if (times > 0) {
      --times;
      return failure;
    }
    const auto last = then.value_or(FailureCode::kNone);
    then.reset();
    return last;
  }
};

void Arrange(FakeWorld& world, Failing& failing) {
  world.on_ask = [&failing](const Ask& ask) { return ask.step == failing.step ? failing.Next() : FailureCode::kNone; };
  world.on_transfer = [&failing](const StartTransfer& start) {
    FakeTransfer fate;
    if (failing.step != JobStep::kTransfer || NameOfDigest(start.blob) != kLayer) return fate;
    const auto failure = failing.Next();
    fate.is_damaged = failure == FailureCode::kDigestMismatch;
    fate.failure = fate.is_damaged ? FailureCode::kNone : failure;
    return fate;
  };
}

/// From an attempt of the step to its failure.
Duration AttemptTakes(const FakeWorld& world, JobStep step) {
  return step == JobStep::kTransfer ? FakeTransfer{}.takes : 2 * world.latency;
}

/// When the first attempt of each step fails if nothing failed before.
Duration FirstFailure(JobStep step) {
  switch (step) {
    case JobStep::kAdmit:
      return Milliseconds(20);
    case JobStep::kCheckContent:
      return Milliseconds(40);
    case JobStep::kTransfer:
      return Milliseconds(140);
    case JobStep::kPutManifest:
      return Milliseconds(160);
    case JobStep::kBindTag:
      return Milliseconds(180);
    case JobStep::kDelete:
      break;  // of deletions, which have tests of their own
  }
  return {};
}

constexpr std::array<JobStep, 5> kSteps = {JobStep::kAdmit, JobStep::kCheckContent, JobStep::kTransfer,
                                           JobStep::kPutManifest, JobStep::kBindTag};

/// Failures after which another attempt is made, as they can befall a step.
std::vector<FailureCode> RetryableOf(JobStep step) {
  std::vector<FailureCode> codes = {FailureCode::kTimedOut, FailureCode::kInjected};
  if (step == JobStep::kTransfer) codes.push_back(FailureCode::kDigestMismatch);
  return codes;
}

constexpr std::array<FailureCode, 7> kPermanent = {
    FailureCode::kAccessDenied,     FailureCode::kRepositoryNotFound, FailureCode::kRepositoryNotCreated,
    FailureCode::kRegistryNotFound, FailureCode::kRegionNotOptedIn,   FailureCode::kSourceImageNotFound,
    FailureCode::kTagImmutable,
};

std::int64_t WastedEach(JobStep step, FailureCode failure) {
  if (step != JobStep::kTransfer) return 0;
  return failure == FailureCode::kDigestMismatch ? 1000 : 500;
}

struct Case {
  JobStep step;
  std::int64_t failures;
  FailureCode code;
};

std::vector<Case> RetryGrid() {
  std::vector<Case> grid;
  for (const auto step : kSteps) {
    for (const auto code : RetryableOf(step)) {
      for (const std::int64_t failures : {1, 2, 3, 4, 8, 9, 10, 11, 12}) grid.push_back({step, failures, code});
    }
  }
  return grid;
}

std::string CaseName(const testing::TestParamInfo<Case>& info) {
  auto name = fmt::format("{}_{}_{}", NameOf(info.param.step), NameOf(info.param.code), info.param.failures);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class EngineRetryGridTest : public testing::TestWithParam<Case> {};

TEST_P(EngineRetryGridTest, RetriesAtTheseInstantsThenCompletes) {
  const auto& [step, failures, code] = GetParam();
  Failing failing{step, failures, code, std::nullopt};
  FakeWorld world(WithoutJitter());
  Arrange(world, failing);
  world.Push({ImageNamed("image", {"layer1", "layer2"})});
  world.RunUntilIdle();

  const auto failed = world.All<ReportStepFailed>();
  ASSERT_THAT(failed, SizeIs(static_cast<std::size_t>(failures)));
  auto expected = Instant() + FirstFailure(step);
  for (std::int64_t attempt = 1; attempt <= failures; ++attempt) {
    const auto& [when, report] = failed[static_cast<std::size_t>(attempt - 1)];
    EXPECT_EQ(when, expected) << "attempt " << attempt;
    EXPECT_EQ(report.attempt, static_cast<std::uint64_t>(attempt));
    EXPECT_EQ(report.job, 1u);
    EXPECT_EQ(report.step, step);
    EXPECT_EQ(report.failure, code);
    EXPECT_EQ(report.retry_in, DelayAfter(attempt));
    expected += DelayAfter(attempt) + AttemptTakes(world, step);
  }
  // The last attempt succeeds; what follows takes as long as it does without failures (180 ms in all).
  const auto ended = world.All<ReportEnded>();
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].second.status, ReplicationStatus::kComplete);
  EXPECT_EQ(ended[0].first, expected + (Milliseconds(180) - FirstFailure(step)));
  EXPECT_EQ(world.wasted_bytes(), failures * WastedEach(step, code));
  EXPECT_EQ(world.useful_bytes(), 2010);
}

INSTANTIATE_TEST_SUITE_P(StepAttemptCode, EngineRetryGridTest, testing::ValuesIn(RetryGrid()), CaseName);

class EnginePermanentGridTest : public testing::TestWithParam<Case> {};

std::vector<Case> PermanentGrid() {
  std::vector<Case> grid;
  for (const auto step : kSteps) {
    for (const auto code : kPermanent) {
      for (const std::int64_t before : {0, 1, 3}) grid.push_back({step, before, code});
    }
  }
  return grid;
}

TEST_P(EnginePermanentGridTest, EndsTheJobAtOnce) {
  // `failures` attempts time out, the next one fails for good.
  const auto& [step, before, code] = GetParam();
  Failing failing{step, before, FailureCode::kTimedOut, code};
  FakeWorld world(WithoutJitter());
  Arrange(world, failing);
  world.Push({ImageNamed("image", {"layer1", "layer2"})});
  world.RunUntilIdle();

  auto expected = Instant() + FirstFailure(step);
  for (std::int64_t attempt = 1; attempt <= before; ++attempt) {
    expected += DelayAfter(attempt) + AttemptTakes(world, step);
  }
  const auto failed = world.All<ReportStepFailed>();
  ASSERT_THAT(failed, SizeIs(static_cast<std::size_t>(before + 1)));
  EXPECT_EQ(failed.back().first, expected);
  EXPECT_EQ(failed.back().second.attempt, static_cast<std::uint64_t>(before + 1));
  EXPECT_EQ(failed.back().second.failure, code);
  EXPECT_EQ(failed.back().second.retry_in, std::nullopt);
  const auto ended = world.All<ReportEnded>();
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].first, expected);
  EXPECT_EQ(ended[0].second.status, ReplicationStatus::kFailed);
  EXPECT_EQ(ended[0].second.failure, code);
}

INSTANTIATE_TEST_SUITE_P(StepAttemptCode, EnginePermanentGridTest, testing::ValuesIn(PermanentGrid()), CaseName);

class EngineGiveUpTest : public testing::TestWithParam<JobStep> {};

TEST_P(EngineGiveUpTest, StopsWhenTheNextRetryWouldComeTooLate) {
  const auto step = GetParam();
  Failing failing{step, 1'000'000, FailureCode::kInjected, std::nullopt};
  FakeWorld world(WithoutJitter());
  Arrange(world, failing);
  world.Push({ImageNamed("image", {"layer1", "layer2"})});
  world.RunUntilIdle();

  auto failure = FirstFailure(step);  // since the job was queued
  std::int64_t attempts = 1;
  while (failure + DelayAfter(attempts) <= Hours(24)) {
    failure += DelayAfter(attempts) + AttemptTakes(world, step);
    ++attempts;
  }
  ASSERT_GT(attempts, 280) << "24 h hold some 288 times 5 min";
  const auto failed = world.All<ReportStepFailed>();
  ASSERT_THAT(failed, SizeIs(static_cast<std::size_t>(attempts)));
  EXPECT_EQ(failed.back().first, Instant() + failure);
  EXPECT_EQ(failed.back().second.failure, FailureCode::kInjected);
  EXPECT_EQ(failed.back().second.retry_in, std::nullopt);
  EXPECT_EQ(failed[failed.size() - 2].second.retry_in, Minutes(5));
  const auto ended = world.All<ReportEnded>();
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].first, Instant() + failure);
  EXPECT_EQ(ended[0].second.status, ReplicationStatus::kFailed);
  EXPECT_EQ(ended[0].second.failure, FailureCode::kRetriesExhausted);
}

std::string StepName(const testing::TestParamInfo<JobStep>& info) {
  auto name = std::string(NameOf(info.param));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Step, EngineGiveUpTest, testing::ValuesIn(kSteps), StepName);

TEST(EngineRetryTest, ARetryAtTheVeryLastInstantIsMade) {
  // The first attempt fails at 20 ms and would be tried again 1 s later.
  for (const auto give_up : {Milliseconds(1020), Milliseconds(1020) - Nanoseconds(1)}) {
    Failing failing{JobStep::kAdmit, 1, FailureCode::kTimedOut, std::nullopt};
    FakeWorld world({.retry_give_up = give_up, .retry_jitter_percent = 0});
    Arrange(world, failing);
    world.Push({ImageNamed("image", {})});
    world.RunUntilIdle();
    EXPECT_EQ(world.Count("COMPLETE"), give_up == Milliseconds(1020) ? 1u : 0u);
    EXPECT_EQ(world.Count("FAILED RetriesExhausted"), give_up == Milliseconds(1020) ? 0u : 1u);
  }
}

TEST(EngineRetryTest, TimeInTheQueueCountsTowardsGivingUp) {
  FakeWorld world({.jobs_in_flight_max = 1, .retry_give_up = Seconds(2), .retry_jitter_percent = 0});
  world.on_transfer = [](const StartTransfer&) { return FakeTransfer{.takes = Seconds(5)}; };
  world.on_ask = [](const Ask& ask) {
    return ask.job == 2 && ask.step == JobStep::kAdmit ? FailureCode::kTimedOut : FailureCode::kNone;
  };
  world.Push({ImageNamed("first", {})}, "a");
  world.Push({ImageNamed("second", {})}, "b");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("job 2"),
              ElementsAre("0s queued job 2 to eu-west-1", "5.08s started job 2",  //
                          "5.08s ask admit job 2", "5.1s failed admit job 2 attempt 1 TimedOut final",
                          "5.1s ended job 2 FAILED RetriesExhausted"));
}

TEST(EngineRetryTest, EachStepCountsItsOwnFailuresInARow) {
  std::map<std::string, int> seen;
  FakeWorld world(WithoutJitter());
  world.on_ask = [&](const Ask& ask) {
    // Every first and second attempt of every step fails.
    return ++seen[std::string(NameOf(ask.step))] <= 2 ? FailureCode::kTimedOut : FailureCode::kNone;
  };
  world.on_transfer = [&](const StartTransfer& start) {
    return FakeTransfer{.is_damaged = ++seen[NameOfDigest(start.blob)] <= 2};
  };
  world.Push({ImageNamed("image", {"layer1", "layer2"})});
  world.RunUntilIdle();
  const auto failed = world.All<ReportStepFailed>();
  EXPECT_THAT(failed, SizeIs(2 * (4 + 3)));
  for (const auto& [when, report] : failed) EXPECT_EQ(*report.retry_in, Seconds(1) * (report.attempt == 1 ? 1 : 2));
  EXPECT_EQ(world.wasted_bytes(), 2 * 2010);
  EXPECT_EQ(world.Count("COMPLETE"), 1u);
}

TEST(EngineRetryTest, JitterStaysInItsBoundsAndSpreads) {
  std::set<std::int64_t> delays;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Failing failing{JobStep::kAdmit, 12, FailureCode::kTimedOut, std::nullopt};
    FakeWorld world({.seed = seed, .retry_jitter_percent = 30});
    Arrange(world, failing);
    world.Push({ImageNamed("image", {})});
    world.RunUntilIdle();
    const auto failed = world.All<ReportStepFailed>();
    ASSERT_THAT(failed, SizeIs(12));
    for (const auto& [when, report] : failed) {
      const auto full = DelayAfter(static_cast<std::int64_t>(report.attempt));
      EXPECT_LE(*report.retry_in, full);
      EXPECT_GE(*report.retry_in, full * 70 / 100);
      delays.insert(report.retry_in->nanoseconds() * 100 / full.nanoseconds());
    }
  }
  EXPECT_GE(delays.size(), 30u) << "600 draws hit every percent from 70 to 100";
}

TEST(EngineRetryTest, FullJitterStillWaits) {
  Failing failing{JobStep::kAdmit, 200, FailureCode::kTimedOut, std::nullopt};
  FakeWorld world({.retry_first = Nanoseconds(1), .retry_cap = Nanoseconds(1), .retry_jitter_percent = 100});
  Arrange(world, failing);
  world.Push({ImageNamed("image", {})});
  world.RunUntilIdle();
  EXPECT_EQ(world.Count("retry in 1ns"), 200u);
}

TEST(EngineRetryTest, TheSeedDecidesTheJitter) {
  const auto lines_of = [](std::uint64_t seed) {
    Failing failing{JobStep::kAdmit, 3, FailureCode::kTimedOut, std::nullopt};
    FakeWorld world({.seed = seed});
    Arrange(world, failing);
    world.Push({ImageNamed("image", {})});
    world.RunUntilIdle();
    return world.Lines();
  };
  EXPECT_EQ(lines_of(1), lines_of(1));
  EXPECT_NE(lines_of(1), lines_of(2));
}

TEST(EngineRetryTest, DenialIsRetriedWhereTheAssumptionSaysSo) {
  Failing failing{JobStep::kAdmit, 2, FailureCode::kAccessDenied, std::nullopt};
  FakeWorld world({.retry_jitter_percent = 0, .denial = "retry"});
  Arrange(world, failing);
  world.Push({ImageNamed("image", {})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("failed"), ElementsAre("20ms failed admit job 1 attempt 1 AccessDenied retry in 1s",
                                                 "1.04s failed admit job 1 attempt 2 AccessDenied retry in 2s"));
  EXPECT_EQ(world.Count("COMPLETE"), 1u);
}

TEST(EngineRetryTest, AFailingBlobDoesNotHoldTheOthersUp) {
  FakeWorld world({.transfers_per_job_max = 1, .retry_jitter_percent = 0});
  bool has_failed = false;
  world.on_transfer = [&](const StartTransfer& start) {
    const bool fails = NameOfDigest(start.blob) == "layer1" && !std::exchange(has_failed, true);
    return FakeTransfer{.failure = fails ? FailureCode::kTimedOut : FailureCode::kNone};
  };
  world.Push({ImageNamed("image", {"layer1", "layer2", "layer3"})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("start transfer"),
              ElementsAre("40ms start transfer 1 job 1 image-config", "140ms start transfer 2 job 1 layer1",
                          "240ms start transfer 3 job 1 layer2", "340ms start transfer 4 job 1 layer3",
                          "1.24s start transfer 5 job 1 layer1"));
}

TEST(EngineRetryTest, ARetryWaitsForAFreeStream) {
  FakeWorld world({.transfers_per_job_max = 1, .retry_jitter_percent = 0});
  bool has_failed = false;
  world.on_transfer = [&](const StartTransfer& start) {
    const bool fails = NameOfDigest(start.blob) == "image-config" && !std::exchange(has_failed, true);
    return FakeTransfer{.takes = Seconds(3), .failure = fails ? FailureCode::kTimedOut : FailureCode::kNone};
  };
  world.Push({ImageNamed("image", {"layer1"})});
  world.RunUntilIdle();
  // Due at 4.04 s, while layer1 has the only stream until 6.04 s.
  EXPECT_THAT(world.Lines("start transfer"),
              ElementsAre("40ms start transfer 1 job 1 image-config", "3.04s start transfer 2 job 1 layer1",
                          "6.04s start transfer 3 job 1 image-config"));
}

TEST(EngineRetryTest, AFailedJobCancelsItsTransfersAndLeavesNoTrace) {
  FakeWorld world(WithoutJitter());
  world.on_transfer = [](const StartTransfer& start) {
    if (NameOfDigest(start.blob) == "layer1") return FakeTransfer{.failure = FailureCode::kSourceImageNotFound};
    return FakeTransfer{.takes = Seconds(60)};
  };
  world.Push({ImageNamed("image", {"layer1", "layer2"})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("job 1"), testing::Contains("140ms ended job 1 FAILED SourceImageNotFound"));
  EXPECT_THAT(world.Lines("cancel"), ElementsAre("140ms cancel transfer 1 SourceImageNotFound",
                                                 "140ms cancel transfer 3 SourceImageNotFound"));
  EXPECT_THAT(world.Destination().manifests, IsEmpty());
  EXPECT_THAT(world.Destination().tags, IsEmpty());
}

TEST(EngineRetryTest, AnswersAndTimersOfAnEndedJobAreIgnored) {
  // One child's put fails for good while the other's is out, and a blob waits for its retry.
  const auto a = ImageNamed("a", {"la"});
  const auto b = ImageNamed("b", {"lb"});
  const auto c = ImageNamed("c", {"lc"});
  FakeWorld world({.transfers_per_job_max = 8, .retry_jitter_percent = 0});
  world.on_ask = [](const Ask& ask) {
    return ask.step == JobStep::kPutManifest && NameOfDigest(ask.manifest->digest) == "a"
               ? FailureCode::kRepositoryNotFound
               : FailureCode::kNone;
  };
  world.on_transfer = [](const StartTransfer& start) {
    return FakeTransfer{.failure = NameOfDigest(start.blob) == "lc" ? FailureCode::kTimedOut : FailureCode::kNone};
  };
  world.Push({a, b, c, IndexNamed("list", {a, b, c})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended"), ElementsAre("160ms ended job 1 FAILED RepositoryNotFound"));
  EXPECT_EQ(world.Lines().back(), "160ms ended job 1 FAILED RepositoryNotFound");
  EXPECT_GT(world.now(), Instant() + Seconds(1)) << "the timer did fire";
}

// ---- Content that goes missing between check and put ----------------------------------------------------------------

}  // namespace
}  // namespace crrsim::engine_test
