// Restores under virtual time, and a world as a value while they are under way. Source  ecr-replication.md 2.1, 2.4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "registry_model/world/world.h"

namespace crrsim {
namespace {

const AccountId kOwner = AccountId::FromNumber(111122223333);
const RegistryKey kWestOfOwner{kOwner, RegionName::Parse("us-west-2").value()};
const RegistryKey kIrelandOfOwner{kOwner, RegionName::Parse("eu-west-1").value()};

/// Two regions, a rule from west to Ireland, and the image app:1 at both.
class WorldArchiveTest : public testing::Test {
 protected:
  WorldArchiveTest() : world_(Config()) {
    Do(kWestOfOwner, "PutReplicationConfiguration",
       nlohmann::json::parse(R"({"replicationConfiguration":{"rules":[{"destinations":[
         {"region":"eu-west-1","registryId":"111122223333"}]}]}})"));
    Do(kWestOfOwner, "CreateRepository", {{"repositoryName", "app"}});
    const Blob blob{Digest::Of("config"), ByteCount::FromBytes(1'000), nullptr};
    EXPECT_TRUE(world_.Apply(Caller::RootOf(kWestOfOwner), UploadBlobRequest{std::nullopt, "app", blob, {}}).ok());
    const auto text =
        nlohmann::ordered_json{
            {"schemaVersion", 2},
            {"mediaType", media_type::kOciManifest},
            {"config",
             {{"mediaType", media_type::kOciConfig}, {"digest", blob.digest.text()}, {"size", blob.size.bytes()}}},
            {"layers", nlohmann::ordered_json::array()}}
            .dump();
    image_ = ParseManifest(text, "").value();
    Do(kWestOfOwner, "PutImage", {{"repositoryName", "app"}, {"imageManifest", text}, {"imageTag", "1"}});
    Settle();
  }
  static WorldConfig Config() {
    WorldConfig config;
    config.start = Instant() + Days(20'000);
    config.accounts = {kOwner};
    config.regions = {{kIrelandOfOwner.region}, {kWestOfOwner.region}};
    config.links = {{kIrelandOfOwner.region, kWestOfOwner.region, Milliseconds(70), {}},
                    {kWestOfOwner.region, kIrelandOfOwner.region, Milliseconds(70), {}}};
    return config;
  }
  void Do(const RegistryKey& where, std::string_view operation, const nlohmann::json& request) {
    const auto answer = world_.ApplyJson(Caller::RootOf(where), operation, request);
    EXPECT_TRUE(answer.ok()) << answer.error().message;
  }
  void Change(const RegistryKey& where, const char* target) {
    Do(where, "UpdateImageStorageClass",
       {{"repositoryName", "app"}, {"imageId", {{"imageTag", "1"}}}, {"targetStorageClass", target}});
  }
  void Settle() { EXPECT_EQ(world_.RunUntilIdle(world_.now() + Days(2)), RunEnd::kIdle); }
  [[nodiscard]] ImageStatus StatusIn(const World& world, const RegistryKey& where) const {
    return world.FindRegistry(where)->Find(std::string_view("app"))->FindImage(image_->digest)->storage.status;
  }

  World world_;
  ManifestPtr image_;
};

TEST_F(WorldArchiveTest, ARestoreTakesItsTimeToTheTick) {
  Change(kWestOfOwner, "ARCHIVE");
  Change(kWestOfOwner, "STANDARD");
  const auto begun = world_.now();
  world_.RunUntil(begun + Minutes(20) - Nanoseconds(1));
  EXPECT_EQ(StatusIn(world_, kWestOfOwner), ImageStatus::kActivating);
  world_.RunUntil(begun + Minutes(20));
  EXPECT_EQ(StatusIn(world_, kWestOfOwner), ImageStatus::kActive);
}

TEST_F(WorldArchiveTest, ACopyAndASavedWorldFinishTheRestoreAndItsReplicationAlike) {
  Change(kIrelandOfOwner, "ARCHIVE");
  Change(kWestOfOwner, "ARCHIVE");
  Change(kWestOfOwner, "STANDARD");
  world_.RunUntil(world_.now() + Minutes(7));
  auto copy = world_;
  auto loaded = World::Load(world_.Save()).value();
  EXPECT_EQ(copy.StateHashValue(), world_.StateHashValue());
  Settle();
  for (auto* other : {&copy, &loaded}) {
    other->RunUntilIdle(other->now() + Days(2));
    EXPECT_EQ(other->run_digest().value(), world_.run_digest().value());
    EXPECT_EQ(StatusIn(*other, kIrelandOfOwner), ImageStatus::kActive);
  }
}

TEST_F(WorldArchiveTest, ARestoreThatAPushOvertookEndsNothing) {
  Change(kWestOfOwner, "ARCHIVE");
  Change(kWestOfOwner, "STANDARD");
  world_.RunUntil(world_.now() + Minutes(5));
  Do(kWestOfOwner, "PutImage", {{"repositoryName", "app"}, {"imageManifest", image_->bytes}, {"imageTag", "1"}});
  EXPECT_EQ(StatusIn(world_, kWestOfOwner), ImageStatus::kActive);
  Change(kWestOfOwner, "ARCHIVE");
  Change(kWestOfOwner, "STANDARD");
  world_.RunUntil(world_.now() + Minutes(16));
  EXPECT_EQ(StatusIn(world_, kWestOfOwner), ImageStatus::kActivating) << "ended by the restore that was overtaken";
  world_.RunUntil(world_.now() + Minutes(4));
  EXPECT_EQ(StatusIn(world_, kWestOfOwner), ImageStatus::kActive);
}

TEST_F(WorldArchiveTest, ADeletedImageOrRepositoryIsNotRestored) {
  Change(kWestOfOwner, "ARCHIVE");
  Change(kWestOfOwner, "STANDARD");
  Change(kIrelandOfOwner, "ARCHIVE");
  Change(kIrelandOfOwner, "STANDARD");
  Do(kWestOfOwner, "BatchDeleteImage", {{"repositoryName", "app"}, {"imageIds", {{{"imageTag", "1"}}}}});
  Do(kIrelandOfOwner, "DeleteRepository", {{"repositoryName", "app"}, {"force", true}});
  Settle();
  EXPECT_EQ(world_.FindRegistry(kIrelandOfOwner)->Find(std::string_view("app")), nullptr);
}

TEST_F(WorldArchiveTest, NothingWaitsForARestoreOrAScanOfWhatIsGone) {
  Do(kWestOfOwner, "StartImageScan", {{"repositoryName", "app"}, {"imageId", {{"imageTag", "1"}}}});
  Do(kIrelandOfOwner, "StartImageScan", {{"repositoryName", "app"}, {"imageId", {{"imageTag", "1"}}}});
  for (const auto& where : {kWestOfOwner, kIrelandOfOwner}) {
    Change(where, "ARCHIVE");
    Change(where, "STANDARD");
  }
  EXPECT_FALSE(world_.IsIdle());
  Do(kWestOfOwner, "DeleteRepository", {{"repositoryName", "app"}, {"force", true}});
  EXPECT_FALSE(world_.IsIdle());
  Do(kIrelandOfOwner, "BatchDeleteImage",
     {{"repositoryName", "app"}, {"imageIds", nlohmann::json::array({{{"imageTag", "1"}}})}});
  EXPECT_TRUE(world_.IsIdle());
}

TEST_F(WorldArchiveTest, NothingWaitsForARestoreThatAPushOvertook) {
  Change(kIrelandOfOwner, "ARCHIVE");
  Change(kIrelandOfOwner, "STANDARD");
  EXPECT_FALSE(world_.IsIdle());
  Do(kIrelandOfOwner, "PutImage", {{"repositoryName", "app"}, {"imageManifest", image_->bytes}, {"imageTag", "1"}});
  EXPECT_EQ(StatusIn(world_, kIrelandOfOwner), ImageStatus::kActive);
  EXPECT_TRUE(world_.IsIdle());
}

TEST_F(WorldArchiveTest, WhatACopyRestoredIsNotReplicatedOn) {
  Do(kIrelandOfOwner, "PutReplicationConfiguration",
     nlohmann::json::parse(R"({"replicationConfiguration":{"rules":[{"destinations":[
       {"region":"us-west-2","registryId":"111122223333"}]}]}})"));
  Change(kIrelandOfOwner, "ARCHIVE");
  Do(kWestOfOwner, "PutImage", {{"repositoryName", "app"}, {"imageManifest", image_->bytes}, {"imageTag", "2"}});
  Settle();
  EXPECT_EQ(StatusIn(world_, kIrelandOfOwner), ImageStatus::kActive);
  EXPECT_TRUE(world_.StatusOf({kIrelandOfOwner, RepositoryName::Parse("app").value(), image_->digest}).empty());
}

}  // namespace
}  // namespace crrsim
