// The state machine of backfills: when one fails, ends, stops, and how many may run.
#include <gtest/gtest.h>

#include "registry_model/backfill/backfill.h"

namespace crrsim {
namespace {

const AccountId kShop = AccountId::FromNumber(111122223333);
const Instant kStart = Instant() + Days(20'000);

RegistryKey In(const std::string& region) { return {kShop, *RegionName::Parse(region)}; }

/// A backfill that is IN_PROGRESS over so many images.
class BackfillStateTest : public testing::Test {
 protected:
  void Begin(std::size_t units) {
    number_ = states_.Start(Uuid{1, 2}, In("us-west-2"), In("eu-west-1"), kStart);
    BackfillUnit unit;
    unit.repository = *RepositoryName::Parse("app");
    states_.Prepared(number_, std::vector<BackfillUnit>(units, unit));
  }
  /// Takes and ends so many copies.
  void EndCopies(int count, FailureCode failure) {
    for (int i = 0; i < count; ++i) {
      const auto unit = states_.TakeNext(number_, 1);
      ASSERT_TRUE(unit.has_value());
      states_.EndUnit(*unit, failure);
      states_.Settle(number_, kStart + Hours(1));
    }
  }
  [[nodiscard]] BackfillStatus status() const { return states_.at(number_).status; }

  Backfills states_;
  BackfillNumber number_ = 0;
};

TEST_F(BackfillStateTest, FailsWhenHalfOfAHundredCopiesFailed) {
  Begin(200);
  EndCopies(50, FailureCode::kNone);
  EndCopies(49, FailureCode::kInjected);
  EXPECT_EQ(status(), BackfillStatus::kInProgress);
  EndCopies(1, FailureCode::kInjected);
  EXPECT_EQ(status(), BackfillStatus::kFailed);
  EXPECT_EQ(states_.at(number_).ended_at, kStart + Hours(1));
  EXPECT_EQ(states_.TakeNext(number_, 10), std::nullopt) << "one that failed starts no more copies";
}

TEST_F(BackfillStateTest, FortyNineOfAHundredFailuresAreNotEnough) {
  Begin(100);
  EndCopies(49, FailureCode::kInjected);
  EndCopies(51, FailureCode::kNone);
  EXPECT_EQ(status(), BackfillStatus::kComplete);
}

TEST_F(BackfillStateTest, SixtyFailuresOfNinetyNineDoNotFailIt) {
  Begin(99);
  EndCopies(60, FailureCode::kInjected);
  EndCopies(39, FailureCode::kNone);
  EXPECT_EQ(status(), BackfillStatus::kComplete);
}

TEST_F(BackfillStateTest, TheHundredthAndLastCopyCanFailIt) {
  Begin(100);
  EndCopies(99, FailureCode::kInjected);
  EXPECT_EQ(status(), BackfillStatus::kInProgress);
  EndCopies(1, FailureCode::kNone);
  EXPECT_EQ(status(), BackfillStatus::kFailed);
}

TEST_F(BackfillStateTest, OneWithoutImagesIsCompleteAtOnce) {
  Begin(0);
  EXPECT_TRUE(states_.Settle(number_, kStart));
  EXPECT_EQ(status(), BackfillStatus::kComplete);
}

TEST_F(BackfillStateTest, NoMoreCopiesThanTheBoundAreUnderWay) {
  Begin(3);
  const auto first = states_.TakeNext(number_, 2);
  EXPECT_TRUE(states_.TakeNext(number_, 2).has_value());
  EXPECT_FALSE(states_.TakeNext(number_, 2).has_value());
  states_.EndUnit(*first, FailureCode::kNone);
  EXPECT_TRUE(states_.TakeNext(number_, 2).has_value());
}

TEST_F(BackfillStateTest, AStopWaitsForTheCopiesUnderWayAndStartsNoMore) {
  Begin(3);
  const auto first = states_.TakeNext(number_, 2);
  const auto second = states_.TakeNext(number_, 2);
  states_.Stop(number_, kStart);
  EXPECT_EQ(status(), BackfillStatus::kStopping);
  EXPECT_FALSE(states_.TakeNext(number_, 9).has_value());
  states_.EndUnit(*first, FailureCode::kNone);
  EXPECT_FALSE(states_.Settle(number_, kStart + Hours(1)));
  states_.EndUnit(*second, FailureCode::kInjected);
  EXPECT_TRUE(states_.Settle(number_, kStart + Hours(2)));
  EXPECT_EQ(status(), BackfillStatus::kStopped);
  EXPECT_EQ(states_.at(number_).ended_at, kStart + Hours(2));
  EXPECT_EQ(states_.at(number_).completed, 1);
  EXPECT_EQ(states_.at(number_).failed, 1);
}

TEST_F(BackfillStateTest, AStopWithNothingUnderWayIsImmediate) {
  Begin(3);
  states_.Stop(number_, kStart);
  EXPECT_EQ(status(), BackfillStatus::kStopped);
}

TEST_F(BackfillStateTest, AFailureCountsAsAChildsOnlyWhereAnIndexsImageFailed) {
  number_ = states_.Start(Uuid{1, 2}, In("us-west-2"), In("eu-west-1"), kStart);
  BackfillUnit index;
  index.digest = Digest::Of("index");
  index.is_index = true;
  BackfillUnit image;
  image.digest = Digest::Of("image");
  states_.Prepared(number_, {index, index, image});
  for (JobId job = 1; job <= 3; ++job) states_.TieTo(*states_.TakeNext(number_, 3), job);
  states_.NoteFatalPart(1, Digest::Of("a child's layer"));
  states_.NoteFatalPart(2, Digest::Of("index"));
  states_.NoteFatalPart(3, Digest::Of("its layer"));
  const auto& units = states_.at(number_).units;
  EXPECT_TRUE(units[0].child_failed);
  EXPECT_FALSE(units[1].child_failed);
  EXPECT_FALSE(units[2].child_failed);
}

TEST_F(BackfillStateTest, IsKnownForNinetyDaysAfterItsEnd) {
  Begin(0);
  EXPECT_TRUE(states_.at(number_).IsKnownAt(kStart + Days(1'000))) << "one that runs is always known";
  states_.Settle(number_, kStart);
  EXPECT_TRUE(states_.at(number_).IsKnownAt(kStart + Days(90) - Nanoseconds(1)));
  EXPECT_FALSE(states_.at(number_).IsKnownAt(kStart + Days(90)));
}

}  // namespace
}  // namespace crrsim
