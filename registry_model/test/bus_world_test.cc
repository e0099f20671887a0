// Event buses in a world: what is delivered, what faults take, and that all of it repeats.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "registry_model/event_bus/envelope.h"
#include "registry_model/world/world.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const AccountId kBusShop = AccountId::FromNumber(111122223333);
const RegistryKey kBusSource{kBusShop, *RegionName::Parse("us-west-2")};
const RegistryKey kBusDestination{kBusShop, *RegionName::Parse("eu-west-1")};

/// Keeps what buses delivered and lost: bus, detail-type, action and tag.
class BusListener : public Observer {
 public:
  void OnEvent(const Event& event) override {
    if (const auto* lost = std::get_if<EventLost>(&event.body)) lost_.push_back(TextOf(lost->event));
    const auto* delivered = std::get_if<EventDelivered>(&event.body);
    if (delivered == nullptr) return;
    delivered_.push_back(TextOf(delivered->event));
    ids_.push_back(delivered->event.id);
  }
  /// Since the last call.
  std::vector<std::string> TakeDelivered() { return std::exchange(delivered_, {}); }
  std::vector<std::string> lost_;
  std::vector<Uuid> ids_;

 private:
  static std::string TextOf(const BusEvent& event) {
    const auto detail = JsonOf(event.detail);
    return fmt::format("{} {} {} {}", event.registry.region.text(), DetailTypeOf(event.detail),
                       detail.value("action-type", detail.value("status", "")), detail.value("image-tag", "untagged"));
  }
  std::vector<std::string> delivered_;
};

class BusWorldTest : public testing::Test {
 protected:
  static WorldConfig Config(std::uint64_t seed = 1) {
    WorldConfig config;
    config.seed = seed;
    config.start = Instant() + Days(20'000);
    config.accounts = {kBusShop};
    config.regions = {{kBusSource.region}, {kBusDestination.region}};
    config.links = {{kBusSource.region, kBusDestination.region, Milliseconds(50), Duration()},
                    {kBusDestination.region, kBusSource.region, Milliseconds(50), Duration()}};
    return config;
  }
  void Build(const WorldConfig& config) {
    world_.emplace(config);
    world_->AddObserver(listener_);
    CallIn("CreateRepository", {{"repositoryName", "app"}});
  }
  nlohmann::json CallIn(const std::string& operation, const nlohmann::json& request,
                        const RegistryKey& registry = kBusSource) {
    const auto answer = world_->ApplyJson(Caller::RootOf(registry), operation, request);
    EXPECT_TRUE(answer.ok()) << answer.error().message;
    return answer.ok() ? *answer : nlohmann::json();
  }
  void Configure() {
    CallIn("PutReplicationConfiguration", nlohmann::json::parse(R"({"replicationConfiguration":{"rules":[
      {"destinations":[{"region":"eu-west-1","registryId":"111122223333"}]}]}})"));
  }
  Digest Push(const std::string& image, const std::string& tag) {
    const auto upload = [&](const std::string& text, std::string_view type) {
      const Blob blob{Digest::Of(text), ByteCount::FromBytes(1'000), nullptr};
      EXPECT_TRUE(
          world_->Apply(Caller::RootOf(kBusSource), kBusSource, UploadBlobRequest{std::nullopt, "app", blob}).ok());
      return nlohmann::ordered_json{{"mediaType", type}, {"digest", blob.digest.text()}, {"size", 1'000}};
    };
    const nlohmann::ordered_json manifest = {
        {"schemaVersion", 2},
        {"mediaType", media_type::kOciManifest},
        {"config", upload("config " + image, media_type::kOciConfig)},
        {"layers", nlohmann::ordered_json::array({upload("layer " + image, media_type::kOciLayer)})}};
    PutParsedImageRequest put;
    put.repository_name = "app";
    put.manifest = *ParseManifest(manifest.dump(), "");
    if (!tag.empty()) put.image_tag = tag;
    EXPECT_TRUE(world_->Apply(Caller::RootOf(kBusSource), kBusSource, put).ok());
    return put.manifest->digest;
  }
  void Settle() { ASSERT_EQ(world_->RunUntilIdle(world_->now() + Days(2)), RunEnd::kIdle); }

  BusListener listener_;
  std::optional<World> world_;
};

TEST_F(BusWorldTest, AnImageDeletedByDigestGivesOneEventATagAndAnUntaggedImageOne) {
  Build(Config());
  const auto digest = Push("a", "1");
  Push("a", "2");
  const auto untagged = Push("b", "");
  listener_.TakeDelivered();
  CallIn("BatchDeleteImage", {{"repositoryName", "app"}, {"imageIds", {{{"imageDigest", digest.text()}}}}});
  EXPECT_THAT(listener_.TakeDelivered(),
              ElementsAre("us-west-2 ECR Image Action DELETE 1", "us-west-2 ECR Image Action DELETE 2"));
  CallIn("BatchDeleteImage", {{"repositoryName", "app"}, {"imageIds", {{{"imageDigest", untagged.text()}}}}});
  EXPECT_THAT(listener_.TakeDelivered(), ElementsAre("us-west-2 ECR Image Action DELETE untagged"));
}

TEST_F(BusWorldTest, AReplicationGivesAPushAtItsDestinationOnlyWhereThatIsAssumed) {
  Build(Config());
  Configure();
  Push("a", "1");
  Settle();
  EXPECT_THAT(listener_.TakeDelivered(),
              ElementsAre("us-west-2 ECR Image Action PUSH 1", "eu-west-1 ECR Replication Action REPLICATE 1"));

  auto config = Config();
  ASSERT_TRUE(config.assumptions.Set("destination_push_event", "on").ok());
  Build(config);
  Configure();
  Push("a", "1");
  Settle();
  EXPECT_THAT(listener_.TakeDelivered(),
              ElementsAre("us-west-2 ECR Image Action PUSH 1", "eu-west-1 ECR Replication Action REPLICATE 1",
                          "eu-west-1 ECR Image Action PUSH 1"));
}

TEST_F(BusWorldTest, ATagThatAnImmutableOneKeptOutIsNotInTheEvent) {
  Build(Config());
  CallIn("CreateRepository", {{"repositoryName", "app"}, {"imageTagMutability", "IMMUTABLE"}}, kBusDestination);
  Configure();
  Push("a", "1");
  Settle();
  Push("b", "1");
  Settle();
  EXPECT_THAT(listener_.TakeDelivered(),
              ElementsAre("us-west-2 ECR Image Action PUSH 1", "eu-west-1 ECR Replication Action REPLICATE 1",
                          "us-west-2 ECR Image Action PUSH 1", "eu-west-1 ECR Replication Action REPLICATE untagged"));
}

TEST_F(BusWorldTest, TheEndOfABackfillIsSaidUnlessThatIsAssumedOff) {
  for (const auto& [value, count] : {std::pair("sent", 1U), {"off", 0U}}) {
    auto config = Config();
    ASSERT_TRUE(config.assumptions.Set("backfill_event", value).ok());
    Build(config);
    Configure();
    CallIn("StartReplicationBackfill", {{"destination", {{"region", "eu-west-1"}, {"registryId", "111122223333"}}}});
    listener_.TakeDelivered();
    Settle();
    const auto delivered = listener_.TakeDelivered();
    ASSERT_EQ(delivered.size(), count) << value;
    if (count == 0) continue;
    EXPECT_EQ(delivered.front(), "us-west-2 ECR Replication Backfill COMPLETE untagged");
  }
}

TEST_F(BusWorldTest, ABusThatLosesAllDeliversNothingAndCountsEachHit) {
  Build(Config());
  const auto fault = world_->BeginFault("disturb", BusDisturbance{kBusSource, 100, 0, {}, {}});
  Push("a", "1");
  Push("a", "2");
  EXPECT_THAT(listener_.TakeDelivered(), IsEmpty());
  EXPECT_EQ(listener_.lost_.size(), 2U);
  EXPECT_EQ(world_->faults().all().at(fault).hits, 2);
  world_->EndFault(fault);
  Push("a", "3");
  EXPECT_THAT(listener_.TakeDelivered(), ElementsAre("us-west-2 ECR Image Action PUSH 3"));
}

TEST_F(BusWorldTest, ADuplicateHasTheIdOfItsOriginal) {
  Build(Config());
  world_->BeginFault("disturb", BusDisturbance{kBusSource, 0, 100, {}, {}});
  Push("a", "1");
  ASSERT_EQ(listener_.ids_.size(), 2U);
  EXPECT_EQ(listener_.ids_[0], listener_.ids_[1]);
  Push("a", "2");
  EXPECT_NE(listener_.ids_[2], listener_.ids_[0]);
}

TEST_F(BusWorldTest, ADelayIsKeptToTheNanosecondAndTheTimeInTheEventIsThatOfItsSending) {
  Build(Config());
  world_->BeginFault("disturb", BusDisturbance{kBusSource, 0, 0, Seconds(30), {}});
  Push("a", "1");
  const auto sent = world_->now();
  world_->RunUntil(sent + Seconds(30) - Nanoseconds(1));
  EXPECT_THAT(listener_.TakeDelivered(), IsEmpty());
  world_->RunUntil(sent + Seconds(30));
  EXPECT_THAT(listener_.TakeDelivered(), ElementsAre("us-west-2 ECR Image Action PUSH 1"));
}

TEST_F(BusWorldTest, AnotherBusIsNotDisturbed) {
  Build(Config());
  world_->BeginFault("disturb", BusDisturbance{kBusDestination, 100, 0, {}, {}});
  Push("a", "1");
  EXPECT_THAT(listener_.TakeDelivered(), ElementsAre("us-west-2 ECR Image Action PUSH 1"));
}

TEST_F(BusWorldTest, AWorldSavedWhileEventsAndABackfillAreUnderWayGoesOnAlike) {
  Build(Config());
  for (int n = 1; n <= 5; ++n) Push(fmt::format("image {}", n), std::to_string(n));
  Configure();
  world_->BeginFault("disturb", BusDisturbance{kBusDestination, 20, 20, Seconds(1), Minutes(1)});
  CallIn("StartReplicationBackfill", {{"destination", {{"region", "eu-west-1"}, {"registryId", "111122223333"}}}});
  std::vector<World> copies;
  for (int step = 0; world_->Step(); ++step) {
    if (step % 3 != 0) continue;
    auto loaded = World::Load(world_->Save());
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    copies.push_back(*std::move(loaded));
    copies.push_back(*world_);
  }
  ASSERT_GT(copies.size(), 10U);
  for (auto& copy : copies) {
    while (copy.Step()) {
    }
    EXPECT_EQ(copy.run_digest().value(), world_->run_digest().value());
    EXPECT_EQ(copy.StateHashValue(), world_->StateHashValue());
  }
}

TEST_F(BusWorldTest, ABackfillStoppedWhileItPreparesKeepsNobodyWaiting) {
  Build(Config());
  Push("a", "1");
  Configure();
  const auto started =
      CallIn("StartReplicationBackfill", {{"destination", {{"region", "eu-west-1"}, {"registryId", "111122223333"}}}});
  EXPECT_FALSE(world_->IsIdle());
  CallIn("StopReplicationBackfill", {{"replicationBackfillId", started["replicationBackfillId"]}});
  EXPECT_TRUE(world_->IsIdle());
  const auto list = CallIn("ListReplicationBackfills", nlohmann::json::object());
  EXPECT_EQ(list["backfills"][0]["status"], "STOPPED");
}

TEST_F(BusWorldTest, AnImageThatIsThereAlreadyGetsAJobOnlyWhereThatIsAssumed) {
  for (const auto& [value, jobs] : {std::pair("complete", 1U), {"job", 2U}}) {
    auto config = Config();
    ASSERT_TRUE(config.assumptions.Set("backfill_present", value).ok());
    Build(config);
    Configure();
    Push("a", "1");
    Settle();
    listener_.TakeDelivered();
    CallIn("StartReplicationBackfill", {{"destination", {{"region", "eu-west-1"}, {"registryId", "111122223333"}}}});
    Settle();
    const auto list = CallIn("ListReplicationBackfills", nlohmann::json::object());
    EXPECT_EQ(list["backfills"][0]["status"], "COMPLETE");
    EXPECT_EQ(list["backfills"][0]["progress"]["completedReplicationCount"], 1);
    // The event of the backfill's end, and of its job if there was one.
    EXPECT_EQ(listener_.TakeDelivered().size(), jobs) << value;
  }
}

TEST_F(BusWorldTest, ABackfillTakesArchivedImagesOnlyWhereThatIsAssumed) {
  for (const auto& [value, total] : {std::pair("left-out", 1), {"included", 2}}) {
    auto config = Config();
    ASSERT_TRUE(config.assumptions.Set("backfill_archived", value).ok());
    Build(config);
    Push("a", "1");
    Push("b", "2");
    CallIn("UpdateImageStorageClass",
           {{"repositoryName", "app"}, {"imageId", {{"imageTag", "2"}}}, {"targetStorageClass", "ARCHIVE"}});
    Configure();
    CallIn("StartReplicationBackfill", {{"destination", {{"region", "eu-west-1"}, {"registryId", "111122223333"}}}});
    Settle();
    const auto list = CallIn("ListReplicationBackfills", nlohmann::json::object());
    EXPECT_EQ(list["backfills"][0]["status"], "COMPLETE");
    EXPECT_EQ(list["backfills"][0]["progress"]["completedReplicationCount"], total) << value;
  }
}

TEST_F(BusWorldTest, ABackfillDoesNotMoveATagBackToAnOlderImage) {
  auto config = Config();
  config.backfill.jobs_in_flight_max = 1;
  Build(config);
  Push("a", "1");
  const auto first = Push("b", "x");
  Configure();
  CallIn("StartReplicationBackfill", {{"destination", {{"region", "eu-west-1"}, {"registryId", "111122223333"}}}});
  world_->RunUntil(world_->now() + config.backfill.preparing);
  const auto second = Push("c", "x");
  ASSERT_NE(first, second);
  Settle();
  const auto* there = world_->FindRegistry(kBusDestination)->Find(*RepositoryName::Parse("app"));
  ASSERT_NE(there, nullptr);
  EXPECT_EQ(there->FindImage(*Tag::Parse("x"))->manifest->digest, second);
}

}  // namespace
}  // namespace crrsim
