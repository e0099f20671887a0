// Content that leaves its source while it is to be copied. Source  ecr-replication.md 2.1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "registry_model/world/world.h"

namespace crrsim {
namespace {

class EndedJobs : public Observer {
 public:
  void OnEvent(const Event& event) override {
    if (const auto* ended = std::get_if<JobEnded>(&event.body)) failures.push_back(ended->failure);
  }
  std::vector<FailureCode> failures;
};

TEST(WorldSourceLostTest, ARepositoryDeletedBeforeItsBlobsLeaveFailsTheJobOnce) {
  const RegistryKey source{AccountId::FromNumber(111122223333), *RegionName::Parse("us-west-2")};
  WorldConfig config;
  config.start = Instant() + Days(20'000);
  config.accounts = {source.account};
  config.regions = {{source.region}, {*RegionName::Parse("eu-west-1")}};
  for (const auto& [from, to] : {std::pair(0, 1), std::pair(1, 0)}) {
    config.links.push_back({config.regions[static_cast<std::size_t>(from)].name,
                            config.regions[static_cast<std::size_t>(to)].name, Milliseconds(70), Duration(),
                            BytesPerSecond::Unlimited()});
  }
  World world(config);
  EndedJobs jobs;
  world.AddObserver(jobs);
  const auto caller = Caller::RootOf(source);
  ASSERT_TRUE(world
                  .ApplyJson(caller, "PutReplicationConfiguration",
                             nlohmann::json::parse(R"({"replicationConfiguration":{"rules":[{"destinations":[
                               {"region":"eu-west-1","registryId":"111122223333"}]}]}})"))
                  .ok());
  ASSERT_TRUE(world.ApplyJson(caller, "CreateRepository", {{"repositoryName", "app"}}).ok());
  const auto blob = [&](const std::string& text, std::string_view type) {
    const Blob content{Digest::Of(text), ByteCount::FromBytes(1'000), nullptr};
    EXPECT_TRUE(world.Apply(caller, source, UploadBlobRequest{std::nullopt, "app", content}).ok());
    return nlohmann::ordered_json{{"mediaType", type}, {"digest", content.digest.text()}, {"size", 1'000}};
  };
  nlohmann::ordered_json manifest = {{"schemaVersion", 2}, {"mediaType", media_type::kOciManifest}};
  manifest["config"] = blob("config", media_type::kOciConfig);
  manifest["layers"] = {blob("layer 1", media_type::kOciLayer), blob("layer 2", media_type::kOciLayer)};
  ASSERT_TRUE(
      world.ApplyJson(caller, "PutImage", {{"repositoryName", "app"}, {"imageManifest", manifest.dump()}}).ok());

  // Three transfers are to start at once when the destination has answered; none of them can.
  ASSERT_TRUE(world.ApplyJson(caller, "DeleteRepository", {{"repositoryName", "app"}, {"force", true}}).ok());
  EXPECT_EQ(world.RunUntilIdle(world.now() + Days(2)), RunEnd::kIdle);
  EXPECT_THAT(jobs.failures, testing::ElementsAre(FailureCode::kSourceImageNotFound));
}

}  // namespace
}  // namespace crrsim
