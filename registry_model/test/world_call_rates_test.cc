// How many calls a registry takes a second.
#include <gtest/gtest.h>

#include "registry_model/world/call_rates.h"
#include "registry_model/world/world.h"

namespace crrsim {
namespace {

RegistryKey RatedRegistry(std::string_view region) {
  return {AccountId::Parse("111122223333").value(), RegionName::Parse(region).value()};
}

class CallRatesTest : public testing::Test {
 protected:
  /// How many of `asked` calls at one instant are taken.
  int Taken(std::string_view operation, int asked, Instant when, std::string_view region = "us-west-2") {
    int taken = 0;
    for (int call = 0; call < asked; ++call) taken += rates_.Take(RatedRegistry(region), operation, when) ? 1 : 0;
    return taken;
  }

  CallRates rates_;
};

TEST_F(CallRatesTest, TheCallsOfASecondMayComeAtOnce) {
  EXPECT_EQ(Taken("PutImage", 30, Instant()), 10);
  EXPECT_EQ(Taken("PutImage", 30, Instant() + Milliseconds(99)), 0);
  EXPECT_EQ(Taken("PutImage", 30, Instant() + Milliseconds(100)), 1);
  EXPECT_EQ(Taken("PutImage", 30, Instant() + Milliseconds(350)), 2);
  EXPECT_EQ(Taken("PutImage", 30, Instant() + Seconds(60)), 10);
}

TEST_F(CallRatesTest, EachOperationAndRegistryCountsForItself) {
  EXPECT_EQ(Taken("PutImage", 11, Instant()), 10);
  EXPECT_EQ(Taken("PutImage", 11, Instant(), "eu-west-1"), 10);
  EXPECT_EQ(Taken("InitiateLayerUpload", 101, Instant()), 100);
  EXPECT_EQ(Taken("BatchGetImage", 2'001, Instant()), 2'000);
  EXPECT_EQ(Taken("DescribeImages", 5'000, Instant()), 5'000) << "without a published rate";
}

TEST_F(CallRatesTest, WhatASimulatedClientDoesCountsAsTheOperationThatItStandsFor) {
  EXPECT_EQ(Taken("PutParsedImage", 6, Instant()), 6);
  EXPECT_EQ(Taken("PutImage", 6, Instant()), 4);
  EXPECT_EQ(Taken("UploadBlob", 101, Instant()), 100);
}

TEST_F(CallRatesTest, ARefusedCallChangesNothing) {
  EXPECT_EQ(Taken("PutImage", 10, Instant()), 10);
  const auto before = rates_.rested_at();
  EXPECT_EQ(Taken("PutImage", 1, Instant()), 0);
  EXPECT_EQ(rates_.rested_at(), before);
}

TEST(WorldCallRatesTest, AWorldThatWasSavedGoesOnCounting) {
  WorldConfig config;
  config.call_rates_enforced = true;
  config.accounts = {AccountId::Parse("111122223333").value()};
  config.regions = {{RegionName::Parse("us-west-2").value()}};
  World world(config);
  const auto root = Caller::RootOf(RatedRegistry("us-west-2"));
  CreateRepositoryRequest create;
  create.repository_name = "app";
  ASSERT_TRUE(world.Apply(root, create).ok());
  InitiateLayerUploadRequest begin;
  begin.repository_name = "app";
  for (int call = 0; call < 60; ++call) ASSERT_TRUE(world.Apply(root, begin).ok());
  auto loaded = World::Load(world.Save());
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->StateHashValue(), world.StateHashValue());
  for (int call = 60; call < 100; ++call) ASSERT_TRUE(loaded->Apply(root, begin).ok());
  const auto refused = loaded->Apply(root, begin);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().exception, exception::kThrottling);
  EXPECT_EQ(refused.error().message, "Rate exceeded");
  loaded->RunUntil(loaded->now() + Milliseconds(10));
  EXPECT_TRUE(loaded->Apply(root, begin).ok());
}

}  // namespace
}  // namespace crrsim
