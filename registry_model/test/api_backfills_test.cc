// The backfill operations: what they answer and refuse, at each limit and one past it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim::api_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kUnknownId = "13cde686-328b-4117-af20-0e5566167482";

/// A registry with rules for this many regions `region-1`, ...; images are listed and copied by hand.
class ApiBackfillsTest : public testing::Test {
 protected:
  void Configure(int regions) {
    PutReplicationConfigurationRequest request;
    auto& rule = request.replication_configuration.rules.emplace_back();
    for (int n = 1; n <= regions; ++n) rule.destinations.push_back({RegionOf(n), "111122223333"});
    ASSERT_TRUE(bench_.Call(request).ok());
  }
  static std::string RegionOf(int n) { return fmt::format("region-{}", n); }
  static StartReplicationBackfillRequest StartTo(const std::string& region,
                                                 const std::string& account = "111122223333") {
    return {{region, account}, std::nullopt};
  }
  std::string Start(const std::string& region) {
    const auto answer = bench_.Call(StartTo(region));
    EXPECT_TRUE(answer.ok()) << answer.error().message;
    return answer.ok() ? answer->id : "";
  }
  /// Lists this many images, ends their copies, and with them the backfill.
  void Finish(const std::string& id, int images, FailureCode failure = FailureCode::kNone) {
    auto& states = bench_.backfill_states;
    const auto number = states.Find(kHome, id, bench_.now)->number;
    std::vector<BackfillUnit> units;
    for (int n = 1; n <= images; ++n) {
      BackfillUnit unit;
      unit.repository = Named("app");
      unit.digest = Digest::Of(std::to_string(n));
      unit.tag = Tagged(std::to_string(n));
      units.push_back(unit);
    }
    states.Prepared(number, units);
    while (const auto unit = states.TakeNext(number, 1)) {
      states.EndUnit(*unit, failure);
      states.Settle(number, bench_.now);
    }
    states.Settle(number, bench_.now);
  }

  ApiBench bench_;
};

TEST_F(ApiBackfillsTest, AStartAnswersPreparingWithAnId) {
  Configure(1);
  const auto answer = bench_.Call(StartTo("region-1"));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, "PREPARING");
  EXPECT_EQ(answer->registry_id, "111122223333");
  EXPECT_EQ(answer->destination, (ReplicationDestinationShape{"region-1", "111122223333"}));
  EXPECT_EQ(answer->started_at, bench_.now);
  EXPECT_THAT(answer->id, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST_F(ApiBackfillsTest, ADestinationWithoutARuleIsRefused) {
  bench_.ExpectRefusal(StartTo("region-1"), exception::kValidation);
  Configure(1);
  bench_.ExpectRefusal(StartTo("region-2"), exception::kValidation);
  bench_.ExpectRefusal(StartTo("region-1", "444455556666"), exception::kValidation);
}

TEST_F(ApiBackfillsTest, AMalformedDestinationIsRefused) {
  Configure(1);
  EXPECT_THAT(bench_.ExpectRefusal(StartTo("Region 1"), exception::kInvalidParameter),
              HasSubstr("'destination.region'"));
  EXPECT_THAT(bench_.ExpectRefusal(StartTo("region-1", "1111"), exception::kInvalidParameter),
              HasSubstr("'destination.registryId'"));
}

TEST_F(ApiBackfillsTest, OneRunsForADestinationRegionWhateverTheAccount) {
  PutReplicationConfigurationRequest request;
  auto& rule = request.replication_configuration.rules.emplace_back();
  rule.destinations = {{"region-1", "111122223333"}, {"region-1", "444455556666"}};
  ASSERT_TRUE(bench_.Call(request).ok());
  const auto id = Start("region-1");
  bench_.ExpectRefusal(StartTo("region-1"), exception::kReplicationBackfillInProgress);
  bench_.ExpectRefusal(StartTo("region-1", "444455556666"), exception::kReplicationBackfillInProgress);
  Finish(id, 1);
  Start("region-1");
}

TEST_F(ApiBackfillsTest, TenRunInARegistryAndTheEleventhIsRefused) {
  Configure(11);
  std::string first;
  for (int n = 1; n <= 10; ++n) {
    const auto id = Start(RegionOf(n));
    if (n == 1) first = id;
  }
  bench_.ExpectRefusal(StartTo("region-11"), exception::kLimitExceeded);
  Finish(first, 0);
  Start("region-11");
}

TEST_F(ApiBackfillsTest, AStopNeedsOneThatRuns) {
  Configure(1);
  const auto id = Start("region-1");
  const auto stopped = bench_.Call(StopReplicationBackfillRequest{id, std::nullopt});
  ASSERT_TRUE(stopped.ok());
  EXPECT_EQ(stopped->status, "STOPPED");
  bench_.ExpectRefusal(StopReplicationBackfillRequest{id, std::nullopt}, exception::kReplicationBackfillInvalidStatus);
  const auto second = Start("region-1");
  Finish(second, 1);
  bench_.ExpectRefusal(StopReplicationBackfillRequest{second, std::nullopt},
                       exception::kReplicationBackfillInvalidStatus);
  const auto third = Start("region-1");
  auto& states = bench_.backfill_states;
  const auto number = states.Find(kHome, third, bench_.now)->number;
  states.Prepared(number, std::vector<BackfillUnit>(2));
  states.TakeNext(number, 1);
  EXPECT_EQ(bench_.Call(StopReplicationBackfillRequest{third, std::nullopt})->status, "STOPPING");
  bench_.ExpectRefusal(StopReplicationBackfillRequest{third, std::nullopt},
                       exception::kReplicationBackfillInvalidStatus);
}

TEST_F(ApiBackfillsTest, AnIdIsCheckedForItsFormAndThenLookedFor) {
  const auto stop = [](std::string_view id) { return StopReplicationBackfillRequest{std::string(id), std::nullopt}; };
  bench_.ExpectRefusal(stop("13cde686-328b-4117-af20-0e556616748"), exception::kInvalidParameter);
  bench_.ExpectRefusal(stop("13cde686-328b-4117-af20-0e55661674821"), exception::kInvalidParameter);
  bench_.ExpectRefusal(stop("13cde686-328b-4117-af20-0e556616748g"), exception::kInvalidParameter);
  bench_.ExpectRefusal(stop(kUnknownId), exception::kReplicationBackfillNotFound);
  DescribeReplicationBackfillResultsRequest describe;
  describe.id = kUnknownId;
  bench_.ExpectRefusal(describe, exception::kReplicationBackfillNotFound);
}

TEST_F(ApiBackfillsTest, ProgressAndResultsComeInTheirTime) {
  Configure(1);
  DescribeReplicationBackfillResultsRequest describe;
  describe.id = Start("region-1");
  auto answer = bench_.Call(describe);
  EXPECT_EQ(answer->status, "PREPARING");
  EXPECT_EQ(answer->progress, std::nullopt);
  EXPECT_EQ(answer->results, std::nullopt);

  auto& states = bench_.backfill_states;
  const auto number = states.Find(kHome, describe.id, bench_.now)->number;
  BackfillUnit unit;
  unit.repository = Named("app");
  BackfillUnit index = unit;
  index.is_index = true;
  states.Prepared(number, {unit, unit, index});
  states.EndUnit(*states.TakeNext(number, 3), FailureCode::kTimedOut);
  answer = bench_.Call(describe);
  EXPECT_EQ(answer->status, "IN_PROGRESS");
  EXPECT_EQ(answer->progress, (BackfillProgressShape{3, 0, 1, {"TimedOut"}}));
  EXPECT_EQ(answer->results, std::nullopt);

  states.EndUnit(*states.TakeNext(number, 3), FailureCode::kTimedOut);
  const auto last = *states.TakeNext(number, 3);
  states.TieTo(last, 7);
  states.NoteFatalPart(7, Digest::Of("a child"));
  states.EndUnit(last, FailureCode::kDigestMismatch);
  ASSERT_TRUE(states.Settle(number, bench_.now));
  answer = bench_.Call(describe);
  EXPECT_EQ(answer->status, "COMPLETE");
  EXPECT_EQ(answer->ended_at, bench_.now);
  EXPECT_EQ(answer->progress->failure_codes, (std::vector<std::string>{"DigestMismatch", "TimedOut"}));
  ASSERT_EQ(answer->results->size(), 3U);
  EXPECT_EQ((*answer->results)[0].sub_image_failure_codes, std::nullopt);
  EXPECT_EQ((*answer->results)[2].sub_image_failure_codes, std::vector<std::string>{"DigestMismatch"});
}

TEST_F(ApiBackfillsTest, OneStoppedBeforeItsImagesWereListedHasNoProgress) {
  Configure(1);
  DescribeReplicationBackfillResultsRequest describe;
  describe.id = Start("region-1");
  ASSERT_TRUE(bench_.Call(StopReplicationBackfillRequest{describe.id, std::nullopt}).ok());
  const auto answer = bench_.Call(describe);
  EXPECT_EQ(answer->status, "STOPPED");
  EXPECT_EQ(answer->progress, std::nullopt);
  EXPECT_THAT(*answer->results, IsEmpty());
}

TEST_F(ApiBackfillsTest, TooManyFailuresHaveAFailureCode) {
  Configure(1);
  const auto id = Start("region-1");
  Finish(id, 100, FailureCode::kInjected);
  const auto list = bench_.Call(ListReplicationBackfillsRequest{});
  ASSERT_EQ(list->backfills.size(), 1U);
  EXPECT_EQ(list->backfills[0].status, "FAILED");
  EXPECT_EQ(list->backfills[0].failure_code, std::string(kBackfillFailureCode));
}

TEST_F(ApiBackfillsTest, AListHasTwentyFiveOfAPageAndAtMostFifty) {
  Configure(1);
  std::vector<std::string> ids;
  for (int n = 0; n < 51; ++n) {
    ids.push_back(Start("region-1"));
    Finish(ids.back(), 0);
  }
  const auto page_of = [&](std::optional<std::int64_t> max, const std::optional<std::string>& token) {
    return bench_.Call(ListReplicationBackfillsRequest{std::nullopt, max, token});
  };
  EXPECT_EQ(page_of(std::nullopt, std::nullopt)->backfills.size(), 25U);
  const auto first = page_of(50, std::nullopt);
  ASSERT_EQ(first->backfills.size(), 50U);
  EXPECT_EQ(first->backfills[49].id, ids[49]);
  const auto second = page_of(50, first->next_token);
  ASSERT_EQ(second->backfills.size(), 1U);
  EXPECT_EQ(second->backfills[0].id, ids[50]);
  EXPECT_EQ(second->next_token, std::nullopt);
  bench_.ExpectRefusal(ListReplicationBackfillsRequest{std::nullopt, 51, std::nullopt}, exception::kInvalidParameter);
  bench_.ExpectRefusal(ListReplicationBackfillsRequest{std::nullopt, 0, std::nullopt}, exception::kInvalidParameter);
  bench_.ExpectRefusal(ListReplicationBackfillsRequest{std::nullopt, 1, "nonsense"}, exception::kInvalidParameter);
}

TEST_F(ApiBackfillsTest, ResultsHaveAHundredOfAPageAndAtMostAThousand) {
  Configure(1);
  DescribeReplicationBackfillResultsRequest describe;
  describe.id = Start("region-1");
  Finish(describe.id, 1'001);
  EXPECT_EQ(bench_.Call(describe)->results->size(), 100U);
  describe.max_results = 1'000;
  const auto first = bench_.Call(describe);
  EXPECT_EQ(first->results->size(), 1'000U);
  describe.next_token = first->next_token;
  const auto second = bench_.Call(describe);
  ASSERT_EQ(second->results->size(), 1U);
  EXPECT_EQ(second->results->front().image_id.image_tag, "1001");
  EXPECT_EQ(second->next_token, std::nullopt);
  describe.result_status_filter = "FAILED";
  bench_.ExpectRefusal(describe, exception::kInvalidParameter);  // the token is of another list
  describe.next_token.reset();
  EXPECT_THAT(*bench_.Call(describe)->results, IsEmpty());
  describe.max_results = 1'001;
  bench_.ExpectRefusal(describe, exception::kInvalidParameter);
  describe.max_results = 0;
  bench_.ExpectRefusal(describe, exception::kInvalidParameter);
  describe.max_results.reset();
  describe.result_status_filter = "STOPPED";
  bench_.ExpectRefusal(describe, exception::kInvalidParameter);
}

TEST_F(ApiBackfillsTest, AreForgottenNinetyDaysAfterTheirEnd) {
  Configure(1);
  const auto id = Start("region-1");
  Finish(id, 1);
  bench_.now += Days(90) - Nanoseconds(1);
  EXPECT_EQ(bench_.Call(ListReplicationBackfillsRequest{})->backfills.size(), 1U);
  bench_.now += Nanoseconds(1);
  EXPECT_THAT(bench_.Call(ListReplicationBackfillsRequest{})->backfills, IsEmpty());
  bench_.ExpectRefusal(StopReplicationBackfillRequest{id, std::nullopt}, exception::kReplicationBackfillNotFound);
}

TEST_F(ApiBackfillsTest, AnotherAccountsCallerNeedsAGrant) {
  Configure(1);
  const auto stranger = Caller::RootOf(kStranger);
  bench_.ExpectRefusalAs(stranger, StartTo("region-1"), exception::kAccessDenied);
  bench_.ExpectRefusalAs(stranger, ListReplicationBackfillsRequest{}, exception::kAccessDenied);
}

TEST_F(ApiBackfillsTest, TheFirstSuccessfulPutMakesTheReplicationRole) {
  PutReplicationConfigurationRequest own;
  own.replication_configuration.rules.emplace_back().destinations = {{"eu-west-1", "111122223333"}};
  bench_.ExpectRefusal(own, exception::kInvalidParameter);
  EXPECT_THAT(bench_.roles, IsEmpty());
  Configure(1);
  EXPECT_THAT(bench_.TakeEventNames(), testing::ElementsAre("ReplicationRoleCreated", "ReplicationConfigured"));
  EXPECT_TRUE(bench_.roles.contains(kHome.account));
  Configure(2);
  EXPECT_THAT(bench_.TakeEventNames(), testing::ElementsAre("ReplicationConfigured"));
}

}  // namespace
}  // namespace crrsim::api_test
