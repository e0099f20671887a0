// Regions that an account has not opted in to. Source  ecr-replication.md 1.4 (13).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "registry_model/world/world.h"

namespace crrsim {
namespace {

const RegistryKey kOpen{AccountId::FromNumber(111122223333), *RegionName::Parse("us-west-2")};
const RegistryKey kShut{AccountId::FromNumber(111122223333), *RegionName::Parse("me-south-1")};
const RegistryKey kOther{AccountId::FromNumber(444455556666), kShut.region};

World WorldWithoutBahrain() {
  WorldConfig config;
  config.start = Instant() + Days(20'000);
  config.accounts = {kOpen.account, kOther.account};
  config.regions = {{kOpen.region}, {kShut.region}};
  config.links = {{kOpen.region, kShut.region, Milliseconds(110), Duration(), BytesPerSecond::Unlimited()},
                  {kShut.region, kOpen.region, Milliseconds(110), Duration(), BytesPerSecond::Unlimited()}};
  config.opted_out = {kShut};
  return World(config);
}

TEST(WorldOptInTest, ARegionThatAnAccountHasNotOptedInToAnswersItNothing) {
  auto world = WorldWithoutBahrain();
  const auto refused = world.ApplyJson(Caller::RootOf(kShut), "DescribeRegistry", nlohmann::json::object());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().exception, exception::kUnrecognizedClient);
  EXPECT_TRUE(world.ApplyJson(Caller::RootOf(kOpen), "DescribeRegistry", nlohmann::json::object()).ok());
  EXPECT_TRUE(world.ApplyJson(Caller::RootOf(kOther), "DescribeRegistry", nlohmann::json::object()).ok());
}

TEST(WorldOptInTest, NobodyReachesARegistryInARegionThatItsAccountHasNotOptedInTo) {
  auto world = WorldWithoutBahrain();
  const auto refused =
      world.ApplyJson(Caller::RootOf(kOther), "DescribeRepositories", {{"registryId", kShut.account.text()}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().exception, exception::kUnrecognizedClient);
}

TEST(WorldOptInTest, WhoHasOptedInIsPartOfASavedWorld) {
  const auto world = WorldWithoutBahrain();
  auto loaded = World::Load(world.Save());
  ASSERT_TRUE(loaded.ok());
  EXPECT_FALSE(loaded->FindRegistry(kShut)->opted_in);
  EXPECT_TRUE(loaded->FindRegistry(kOther)->opted_in);
  EXPECT_EQ(loaded->StateHashValue(), world.StateHashValue());
}

}  // namespace
}  // namespace crrsim
