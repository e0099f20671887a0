// A world is a value: copied, or saved and loaded, at any event, it goes on as if nothing had happened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "registry_model/world/world.h"

namespace crrsim {
namespace {

RegionName Region(std::string_view name) { return *RegionName::Parse(name); }

const AccountId kShop = AccountId::FromNumber(111122223333);
const RegistryKey kSource{kShop, Region("us-west-2")};

/// Two regions with jitter and a narrow link, ties drawn from the seed.
WorldConfig HardConfig(std::uint64_t seed) {
  WorldConfig config;
  config.seed = seed;
  config.start = Instant() + Days(20'000);
  config.accounts = {kShop};
  const std::vector<RegionName> regions = {Region("eu-west-1"), Region("us-east-1"), Region("us-west-2")};
  for (const auto& region : regions) config.regions.push_back({region, BytesPerSecond::FromCount(40'000'000)});
  for (const auto& from : regions) {
    for (const auto& to : regions) {
      if (from == to) continue;
      config.links.push_back({from, to, Milliseconds(70), Milliseconds(5), BytesPerSecond::FromCount(25'000'000)});
    }
  }
  config.same_instant = SameInstant::kSeeded;
  return config;
}

ManifestPtr ImageOf(World& world, const std::string& repository, int number) {
  nlohmann::ordered_json manifest = {{"schemaVersion", 2}, {"mediaType", media_type::kOciManifest}};
  const auto blob = [&](const std::string& text, std::int64_t size, std::string_view type) {
    const auto algorithm = number == 3 && text != "base" ? DigestAlgorithm::kSha512 : DigestAlgorithm::kSha256;
    const Blob content{Digest::Of(text, algorithm), ByteCount::FromBytes(size), nullptr};
    const auto stored =
        world.Apply(Caller::RootOf(kSource), kSource, UploadBlobRequest{std::nullopt, repository, content});
    EXPECT_TRUE(stored.ok()) << stored.error().message;
    return nlohmann::ordered_json{{"mediaType", type}, {"digest", content.digest.text()}, {"size", size}};
  };
  manifest["config"] = blob(fmt::format("config {}", number), 1'500, media_type::kOciConfig);
  manifest["layers"] = {blob("base", 9'000'000, media_type::kOciLayer),
                        blob(fmt::format("layer {}", number), 1'000'000 * (number + 1), media_type::kOciLayer)};
  return *ParseManifest(manifest.dump(), "");
}

/// Pushes that contend for one link while steps fail, blobs arrive damaged and the way is cut for a while. Some images
/// have been scanned, one has two tags, and one has digests of both algorithms.
World HardWorld(std::uint64_t seed) {
  World world(HardConfig(seed));
  const auto caller = Caller::RootOf(kSource);
  const auto configure =
      world.ApplyJson(caller, "PutReplicationConfiguration",
                      nlohmann::json::parse(R"({"replicationConfiguration":{"rules":[{"destinations":[
        {"region":"eu-west-1","registryId":"111122223333"},{"region":"us-east-1","registryId":"111122223333"}]}]}})"));
  EXPECT_TRUE(configure.ok()) << configure.error().message;
  EXPECT_TRUE(world
                  .ApplyJson(caller, "CreateRepository",
                             {{"repositoryName", "app"}, {"imageScanningConfiguration", {{"scanOnPush", true}}}})
                  .ok());
  world.BeginFault("fail", StepFault{JobStep::kPutManifest, FailureCode::kInjected, {}, {}, 1, 3});
  world.BeginFault("corrupt", StepFault{JobStep::kTransfer, FailureCode::kDigestMismatch, {}, {}, 2, 2});
  for (int number = 0; number < 8; ++number) {
    const auto image = ImageOf(world, "app", number);
    if (number == 7) world.SetFindings(image->digest, {{"HIGH", 2}});
    for (const auto& tag : {fmt::format("{}", number % 3), std::string(number == 7 ? "latest" : "")}) {
      if (tag.empty()) continue;
      const auto put = world.Apply(caller, kSource, PutParsedImageRequest{std::nullopt, "app", image, tag});
      EXPECT_TRUE(put.ok()) << put.error().message;
    }
  }
  world.RunUntil(world.now() + Milliseconds(300));
  world.BeginFault("partition", Partition{Region("us-west-2"), Region("eu-west-1")}, Seconds(30));
  return world;
}

/// How a continuation ends: everything that a user could compare.
struct Ending {
  Hash128 digest;
  Hash128 state;
  Bill bill;
  std::vector<std::vector<DestinationStatus>> statuses;
  friend bool operator==(const Ending&, const Ending&) = default;
};

Ending EndOf(World world) {
  EXPECT_EQ(world.RunUntilIdle(world.now() + Days(3)), RunEnd::kIdle);
  Ending ending{world.run_digest().value(), world.StateHashValue(), world.bill(), {}};
  const auto* repository = world.FindRegistry(kSource)->Find(*RepositoryName::Parse("app"));
  repository->images.ForEachSorted([&](const Digest& digest, const Image&) {
    ending.statuses.push_back(world.StatusOf({kSource, repository->name, digest}));
  });
  return ending;
}

TEST(WorldValueTest, CopiedOrLoadedAtEveryTenthEventItEndsAlike) {
  auto world = HardWorld(7);
  const auto expected = EndOf(world);
  EXPECT_GT(expected.bill.transfers.size(), 1U);
  int compared = 0;
  for (int step = 0; world.Step(); ++step) {
    if (step % 10 != 0) continue;
    ++compared;
    EXPECT_EQ(EndOf(world), expected) << "copied at step " << step;
    auto loaded = World::Load(world.Save());
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    EXPECT_EQ(loaded->StateHashValue(), world.StateHashValue()) << step;
    EXPECT_EQ(EndOf(std::move(*loaded)), expected) << "loaded at step " << step;
  }
  EXPECT_GE(compared, 15);
  EXPECT_EQ(EndOf(world), expected);
}

struct CountingObserver : Observer {
  void OnEvent(const Event&) override { ++events; }
  int events = 0;
};

TEST(WorldValueTest, ACopyHasNoObserversAndAMovedWorldKeepsThem) {
  auto world = HardWorld(7);
  CountingObserver observer;
  world.AddObserver(observer);
  EndOf(world);
  EXPECT_EQ(observer.events, 0);
  EndOf(std::move(world));
  EXPECT_GT(observer.events, 0);
}

TEST(WorldValueTest, TheHardWorldReallyRetriesAndWastesBytes) {
  const auto ending = EndOf(HardWorld(7));
  ByteCount wasted;
  for (const auto& row : ending.bill.transfers) wasted += row.wasted;
  EXPECT_GT(wasted, ByteCount());
  for (const auto& image : ending.statuses) {
    ASSERT_EQ(image.size(), 2U);
    for (const auto& entry : image) EXPECT_EQ(entry.status, ReplicationStatus::kComplete);
  }
}

TEST(WorldValueTest, OneSeedGivesOneDigestAndAnotherSeedAnother) {
  EXPECT_EQ(EndOf(HardWorld(7)).digest, EndOf(HardWorld(7)).digest);
  EXPECT_NE(EndOf(HardWorld(7)).digest, EndOf(HardWorld(8)).digest);
}

TEST(WorldValueTest, DamagedBytesAreRefused) {
  auto bytes = HardWorld(7).Save();
  EXPECT_FALSE(World::Load("").ok());
  EXPECT_FALSE(World::Load(bytes.substr(0, bytes.size() - 1)).ok());
  bytes[bytes.size() / 2] ^= 1;
  const auto damaged = World::Load(bytes);
  ASSERT_FALSE(damaged.ok());
  EXPECT_THAT(damaged.error().message, testing::HasSubstr("damaged"));
}

TEST(WorldValueTest, TheStateHashKnowsWhatIsStillToCome) {
  const auto world = HardWorld(7);
  auto with_findings = world;
  with_findings.SetFindings(Digest::Of("an image"), {{"HIGH", 2}});
  EXPECT_NE(with_findings.StateHashValue(), world.StateHashValue());
  auto with_plan = world;
  with_plan.PlanFault(world.now() + Days(1), "later", Outage{Region("us-east-1")});
  EXPECT_NE(with_plan.StateHashValue(), world.StateHashValue());
  auto config = HardConfig(7);
  const World opted_in(config);
  config.opted_out = {{kShop, Region("eu-west-1")}};
  EXPECT_NE(World(config).StateHashValue(), opted_in.StateHashValue());
}

TEST(WorldValueTest, ARefusedCallChangesNoState) {
  auto world = HardWorld(7);
  const auto before = world.StateHashValue();
  EXPECT_FALSE(world.ApplyJson(Caller::RootOf(kSource), "CreateRepository", {{"repositoryName", "app"}}).ok());
  EXPECT_FALSE(
      world.ApplyJson(Caller::RootOf(kSource), "PutImage", {{"repositoryName", "app"}, {"imageManifest", "{"}}).ok());
  EXPECT_FALSE(world.ApplyJson(Caller::RootOf(kSource), "NoSuchOperation", nlohmann::json::object()).ok());
  EXPECT_EQ(world.StateHashValue(), before);
}

}  // namespace
}  // namespace crrsim
