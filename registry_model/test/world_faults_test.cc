// Faults of a world: what each does at its edges, and that a world full of them is still a value.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "registry_model/world/world.h"

namespace crrsim {
namespace {

const AccountId kFaultShop = AccountId::FromNumber(111122223333);
const RegionName kWest = *RegionName::Parse("us-west-2");
const RegionName kIreland = *RegionName::Parse("eu-west-1");
const RegistryKey kFrom{kFaultShop, kWest};
const RegistryKey kTo{kFaultShop, kIreland};
const RepositoryName kApp = *RepositoryName::Parse("app");

WorldConfig TwoRegions(std::uint64_t seed = 1) {
  WorldConfig config;
  config.seed = seed;
  config.accounts = {kFaultShop};
  config.regions = {{kIreland}, {kWest}};
  const auto rate = BytesPerSecond::FromCount(1'000'000);
  config.links = {{kIreland, kWest, Milliseconds(50), Duration(), rate, {}, {}},
                  {kWest, kIreland, Milliseconds(50), Duration(), rate, {}, {}}};
  return config;
}

nlohmann::ordered_json StoredBlob(World& world, const std::string& text, std::int64_t size, std::string_view type) {
  const Blob content{Digest::Of(text), ByteCount::FromBytes(size), nullptr};
  EXPECT_TRUE(world.Apply(Caller::RootOf(kFrom), kFrom, UploadBlobRequest{std::nullopt, "app", content}).ok());
  return {{"mediaType", type}, {"digest", content.digest.text()}, {"size", size}};
}

/// One image of 1 MB and a hundred bytes, pushed with this tag.
void PushTo(World& world, const std::string& name, const std::string& tag) {
  nlohmann::ordered_json manifest = {{"schemaVersion", 2}, {"mediaType", media_type::kOciManifest}};
  manifest["config"] = StoredBlob(world, "config " + name, 100, media_type::kOciConfig);
  manifest["layers"] =
      nlohmann::ordered_json::array({StoredBlob(world, "layer " + name, 1'000'000, media_type::kOciLayer)});
  const auto image = *ParseManifest(manifest.dump(), "");
  const auto put = world.Apply(Caller::RootOf(kFrom), kFrom, PutParsedImageRequest{std::nullopt, "app", image, tag});
  EXPECT_TRUE(put.ok()) << put.error().message;
}

World Replicating(const WorldConfig& config) {
  World world(config);
  const auto caller = Caller::RootOf(kFrom);
  EXPECT_TRUE(world
                  .ApplyJson(caller, "PutReplicationConfiguration",
                             nlohmann::json::parse(R"({"replicationConfiguration":{"rules":[{"destinations":[
        {"region":"eu-west-1","registryId":"111122223333"}]}]}})"))
                  .ok());
  EXPECT_TRUE(world.ApplyJson(caller, "CreateRepository", {{"repositoryName", "app"}}).ok());
  return world;
}

std::string Refusal(World& world, const RegistryKey& where, const std::string& operation,
                    const nlohmann::json& request) {
  const auto answer = world.ApplyJson(Caller::RootOf(where), operation, request);
  return answer ? "" : answer.error().exception + ": " + answer.error().message;
}

std::size_t ImagesAtDestination(const World& world) {
  const auto* repository = world.FindRegistry(kTo)->Find(kApp);
  return repository == nullptr ? 0 : repository->images.size();
}

TEST(WorldFaultsTest, ARefusedCallChangesNothingAndIsCounted) {
  auto world = Replicating(TwoRegions());
  const auto before = world.StateHashValue();
  ApiFault fault;
  fault.region = kWest;
  fault.repository = *RepositoryName::Parse("new");
  fault.skip = 1;
  fault.times = 1;
  fault.operation = "CreateRepository";
  const auto number = world.BeginFault("throttle", fault);
  const nlohmann::json create = {{"repositoryName", "new"}};
  EXPECT_EQ(Refusal(world, kFrom, "DeleteRepository", create).substr(0, 27), "RepositoryNotFoundException");
  EXPECT_EQ(Refusal(world, kTo, "CreateRepository", create), "");
  EXPECT_EQ(world.faults()[number].hits, 0);
  EXPECT_EQ(Refusal(world, kFrom, "CreateRepository", create), "") << "the first passes";
  EXPECT_TRUE(world.ApplyJson(Caller::RootOf(kFrom), "DeleteRepository", create).ok());
  EXPECT_EQ(Refusal(world, kFrom, "CreateRepository", create), "ThrottlingException: Rate exceeded");
  EXPECT_EQ(world.FindRegistry(kFrom)->Find("new"), nullptr);
  EXPECT_EQ(Refusal(world, kFrom, "CreateRepository", create), "") << "and the third";
  EXPECT_EQ(world.faults()[number].hits, 1);
  EXPECT_NE(world.StateHashValue(), before);
}

TEST(WorldFaultsTest, AnOutageAnswersEveryCallOfItsRegionAlone) {
  auto world = Replicating(TwoRegions());
  const auto number = world.BeginFault("outage", Outage{kIreland});
  EXPECT_EQ(Refusal(world, kTo, "DescribeRegistry", nlohmann::json::object()).substr(0, 15), "ServerException");
  EXPECT_EQ(Refusal(world, kFrom, "DescribeRegistry", nlohmann::json::object()), "");
  world.EndFault(number);
  EXPECT_EQ(Refusal(world, kTo, "DescribeRegistry", nlohmann::json::object()), "");
}

TEST(WorldFaultsTest, OverlappingCutsHealWithTheLast) {
  auto world = Replicating(TwoRegions());
  PushTo(world, "one", "v1");
  world.RunUntil(world.now() + Milliseconds(700));
  const auto outage = world.BeginFault("outage", Outage{kIreland});
  const auto cut = world.BeginFault("partition", Partition{kWest, kIreland});
  world.RunUntil(world.now() + Minutes(1));
  world.EndFault(outage);
  world.RunUntil(world.now() + Minutes(1));
  EXPECT_EQ(ImagesAtDestination(world), 0U) << "the partition still cuts";
  world.EndFault(cut);
  EXPECT_EQ(world.RunUntilIdle(world.now() + Hours(1)), RunEnd::kIdle);
  EXPECT_EQ(ImagesAtDestination(world), 1U);
  EXPECT_EQ(world.bill().transfers.size(), 1U);
  EXPECT_EQ(world.bill().transfers.front().wasted, ByteCount());
}

/// A copy of 1 MB that has moved 650 kB and stands still for five minutes at most.
World HalfWay() {
  auto config = TwoRegions();
  config.engine.stall_timeout = Minutes(5);
  auto world = Replicating(config);
  PushTo(world, "one", "v1");
  world.RunUntil(world.now() + Milliseconds(800));
  return world;
}

ByteCount WastedInTheEnd(World world) {
  EXPECT_EQ(world.RunUntilIdle(world.now() + Hours(2)), RunEnd::kIdle);
  EXPECT_EQ(ImagesAtDestination(world), 1U);
  EXPECT_EQ(world.bill().transfers.size(), 1U);
  return world.bill().transfers.front().wasted;
}

TEST(WorldFaultsTest, OverlappingStallsHoldUntilTheLast) {
  auto world = HalfWay();
  const auto first = world.BeginFault("stall", Stall{}, Minutes(1));
  world.RunUntil(world.now() + Seconds(10));
  const auto second = world.BeginFault("stall", Stall{}, Minutes(3));
  EXPECT_EQ(world.faults()[second].hits, 0) << "the first holds it";
  world.RunUntil(world.now() + Minutes(2));
  EXPECT_EQ(ImagesAtDestination(world), 0U);
  EXPECT_EQ(world.faults()[first].hits, 1);
  EXPECT_EQ(world.faults()[second].hits, 1);
  EXPECT_EQ(WastedInTheEnd(world), ByteCount());
}

TEST(WorldFaultsTest, AStallSeesATransferOnce) {
  auto world = HalfWay();
  const auto later = world.BeginFault("stall", Stall{{}, {}, 1, {}});
  world.BeginFault("stall", Stall{kFrom, {}, 0, {}});  // nothing goes there
  world.RunUntil(world.now() + Minutes(1));
  EXPECT_EQ(ImagesAtDestination(world), 1U) << "it had let the first one pass";
  EXPECT_EQ(world.faults()[later].hits, 0);
}

TEST(WorldFaultsTest, AFaultThatTakesOverATransferHits) {
  auto world = HalfWay();
  const auto cut = world.BeginFault("partition", Partition{kWest, kIreland}, Minutes(1));
  const auto outage = world.BeginFault("outage", Outage{kIreland}, Minutes(2));
  const auto idle = world.BeginFault("stall", Stall{}, Seconds(30));
  world.RunUntil(world.now() + Seconds(59));
  EXPECT_EQ(world.faults()[cut].hits, 1);
  EXPECT_EQ(world.faults()[outage].hits, 0);
  world.RunUntil(world.now() + Seconds(2));
  EXPECT_EQ(world.faults()[outage].hits, 1);
  EXPECT_EQ(world.faults()[cut].hits, 1);
  EXPECT_EQ(world.faults()[idle].hits, 0) << "others held it all the time";
  EXPECT_EQ(WastedInTheEnd(world), ByteCount());
}

TEST(WorldFaultsTest, AStandstillIsOneWhateverHoldsTheTransfer) {
  const std::vector<FaultKind> kinds = {Stall{}, Partition{kWest, kIreland}, Outage{kIreland}};
  for (const auto& first : kinds) {
    for (const auto& second : kinds) {
      const auto name = TargetOf(first) + ", then " + TargetOf(second);
      const auto with = [&](Duration apart) {
        auto world = HalfWay();
        world.BeginFault("first", first, Minutes(4));
        world.PlanFault(world.now() + apart, "second", second, Minutes(4));
        return WastedInTheEnd(std::move(world));
      };
      EXPECT_GT(with(Minutes(3)), ByteCount()) << name;
      EXPECT_GT(with(Minutes(4)), ByteCount()) << name << ": no byte flows in no time";
      EXPECT_EQ(with(Minutes(4) + Milliseconds(1)), ByteCount()) << name << ": bytes flowed between";
    }
  }
}

TEST(WorldFaultsTest, ADegradationHitsOnlyWhatItHoldsUp) {
  // The link's megabyte a second is what a copy gets: half of that holds it up, and then a tenth takes over.
  auto world = HalfWay();
  const auto half = world.BeginFault("half", Degradation{kWest, kIreland, 50});
  const auto tenth = world.BeginFault("tenth", Degradation{kWest, kIreland, 10}, Milliseconds(100));
  const auto most = world.BeginFault("most", Degradation{kWest, kIreland, 90});
  const auto other = world.BeginFault("other", Degradation{kIreland, kWest, 1});
  world.RunUntilIdle(world.now() + Hours(1));
  EXPECT_EQ(world.faults()[half].hits, 2) << "at once, and when the tenth is over";
  EXPECT_EQ(world.faults()[tenth].hits, 1);
  EXPECT_EQ(world.faults()[most].hits, 0);
  EXPECT_EQ(world.faults()[other].hits, 0);

  const auto hits_with = [](BytesPerSecond link, BytesPerSecond egress) {
    auto config = TwoRegions();
    config.links[1].bandwidth = link;
    config.regions[1].egress = egress;
    auto limited = Replicating(config);
    const auto number = limited.BeginFault("degrade", Degradation{kWest, kIreland, 50});
    PushTo(limited, "one", "v1");
    EXPECT_EQ(limited.RunUntilIdle(limited.now() + Hours(1)), RunEnd::kIdle);
    return limited.faults()[number].hits;
  };
  const auto slow = BytesPerSecond::FromCount(400'000);
  const auto fast = BytesPerSecond::FromCount(1'000'000);
  EXPECT_EQ(hits_with(fast, BytesPerSecond::Unlimited()), 2) << "config and layer";
  EXPECT_EQ(hits_with(fast, slow), 0) << "half of the link is more than the region lets out";
  EXPECT_EQ(hits_with(BytesPerSecond::Unlimited(), slow), 0) << "there is no limit to degrade";
}

TEST(WorldFaultsTest, ABackfillIsForgottenByTheClockThatSawItEnd) {
  // One that has ended is known for 90 days.
  auto world = Replicating(TwoRegions());
  PushTo(world, "one", "v1");
  world.RunUntilIdle(world.now() + Hours(1));
  world.BeginFault("skew", ClockSkew{kWest, Days(100)});
  const auto started = world.ApplyJson(Caller::RootOf(kFrom), "StartReplicationBackfill",
                                       {{"destination", {{"region", "eu-west-1"}, {"registryId", "111122223333"}}}});
  ASSERT_TRUE(started.ok()) << started.error().message;
  EXPECT_EQ(world.RunUntilIdle(world.now() + Days(2)), RunEnd::kIdle);
  const auto described = world.ApplyJson(Caller::RootOf(kFrom), "DescribeReplicationBackfillResults",
                                         {{"replicationBackfillId", started->at("replicationBackfillId")}});
  ASSERT_TRUE(described.ok()) << described.error().message;
  EXPECT_EQ(described->at("status"), "COMPLETE");
}

TEST(WorldFaultsTest, ACopyThatStandsStillAndCrashesIsWatchedNoLonger) {
  auto world = Replicating(TwoRegions());
  PushTo(world, "one", "v1");
  world.RunUntil(world.now() + Milliseconds(700));
  const auto cut = world.BeginFault("partition", Partition{kWest, kIreland});
  const auto crash = world.BeginFault("crash", WorkerCrash{kWest});
  world.RunUntil(world.now() + Hours(1));  // past every stall timeout
  world.EndFault(crash);
  world.EndFault(cut);
  EXPECT_EQ(world.RunUntilIdle(world.now() + Hours(1)), RunEnd::kIdle);
  EXPECT_EQ(ImagesAtDestination(world), 1U);
  ASSERT_EQ(world.bill().transfers.size(), 1U);
  EXPECT_EQ(world.bill().transfers.front().useful, ByteCount::FromBytes(1'000'100));
  EXPECT_EQ(world.bill().transfers.front().wasted, ByteCount());
}

TEST(WorldFaultsTest, AQuotaHoldsAtItsLimitAndOnePast) {
  auto world = Replicating(TwoRegions());
  world.BeginFault("quota", Quota{kTo, std::nullopt, 2}, Minutes(10));
  for (const auto* name : {"one", "two", "three"}) PushTo(world, name, name);
  world.RunUntil(world.now() + Minutes(9));
  EXPECT_EQ(ImagesAtDestination(world), 2U);
  world.RunUntilIdle(world.now() + Hours(2));
  EXPECT_EQ(ImagesAtDestination(world), 3U);
}

TEST(WorldFaultsTest, APlannedFaultIsNoneBeforeItBegins) {
  auto world = Replicating(TwoRegions());
  const auto number = world.PlanFault(world.now() + Minutes(1), "outage", Outage{kIreland}, Minutes(1));
  EXPECT_EQ(Refusal(world, kTo, "DescribeRegistry", nlohmann::json::object()), "");
  EXPECT_FALSE(world.faults()[number].began);
  world.RunUntil(world.now() + Minutes(1));
  EXPECT_TRUE(world.faults()[number].in_force);
  world.RunUntil(world.now() + Minutes(1));
  EXPECT_TRUE(world.faults()[number].began);
  EXPECT_FALSE(world.faults()[number].in_force);
}

/// Every kind of fault, over and over, while pushes move one tag.
World FullOfFaults(std::uint64_t seed) {
  auto config = TwoRegions(seed);
  config.links[1].window = ByteCount::FromBytes(300'000);
  config.limits = {{"all", BytesPerSecond::FromCount(900'000), {}, {}, "a"}};
  auto world = Replicating(config);
  const auto at = [&](std::int64_t milliseconds) { return world.now() + Milliseconds(milliseconds); };
  for (std::int64_t number = 0; number < 4; ++number) PushTo(world, fmt::format("n{}", number), "latest");
  world.PlanFault(at(150), "duplicate", Duplication{kWest, kIreland, 50, Seconds(3)}, Minutes(1));
  world.PlanFault(at(200), "lose", MessageLoss{kIreland, kWest, 40}, Seconds(40));
  world.PlanFault(at(600), "crash", WorkerCrash{kWest}, Seconds(2));
  world.PlanFault(at(700), "crash", WorkerCrash{kWest}, Seconds(5));
  world.PlanFault(at(6'000), "delay", LatencySpike{kWest, kIreland, Seconds(12)}, Seconds(20));
  world.PlanFault(at(6'100), "degrade", Degradation{kWest, kIreland, 10}, Seconds(30));
  world.PlanFault(at(40'000), "stall", Stall{kTo, std::nullopt, 0, 2}, Seconds(9));
  world.PlanFault(at(41'000), "outage", Outage{kIreland}, Seconds(5));
  world.PlanFault(at(50'000), "damage", StorageDamage{kFrom, kApp, std::nullopt}, Seconds(20));
  world.PlanFault(at(60'000), "skew", ClockSkew{kIreland, Hours(-2)}, Seconds(20));
  world.PlanFault(at(60'000), "error", ApiFault{ApiFailure::kServer, kIreland, {}, {}, "", 50, 1, {}}, Seconds(30));
  world.PlanFault(at(60'000), "quota", Quota{kTo, 5, 2}, Seconds(60));
  return world;
}

TEST(WorldFaultsTest, CopiedOrLoadedInTheMiddleOfEverythingItEndsAlike) {
  auto world = FullOfFaults(3);
  const auto end_of = [](World one) {
    EXPECT_EQ(one.RunUntilIdle(one.now() + Days(3)), RunEnd::kIdle);
    return std::pair(one.run_digest().value(), one.bill());
  };
  const auto expected = end_of(world);
  int compared = 0;
  for (int step = 0; world.Step(); ++step) {
    if (step % 7 != 0) continue;
    ++compared;
    auto loaded = World::Load(world.Save());
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    EXPECT_EQ(loaded->StateHashValue(), world.StateHashValue()) << step;
    EXPECT_EQ(end_of(std::move(*loaded)), expected) << "loaded at step " << step;
    EXPECT_EQ(end_of(world), expected) << "copied at step " << step;
  }
  EXPECT_GE(compared, 10);
}

TEST(WorldFaultsTest, WhateverTheSeedTheTagEndsWhereTheLastPushPutIt) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    auto world = FullOfFaults(seed);
    EXPECT_EQ(world.RunUntilIdle(world.now() + Days(3)), RunEnd::kIdle);
    const auto tag = *Tag::Parse("latest");
    const auto* there = world.FindRegistry(kTo)->Find(kApp);
    ASSERT_NE(there, nullptr) << seed;
    EXPECT_EQ(there->images.size(), 4U) << seed;
    ASSERT_NE(there->FindImage(tag), nullptr) << seed;
    EXPECT_EQ(there->FindImage(tag)->manifest->digest,
              world.FindRegistry(kFrom)->Find(kApp)->FindImage(tag)->manifest->digest)
        << seed;
    ByteCount useful;
    for (const auto& transfer : world.bill().transfers) useful += transfer.useful;
    EXPECT_EQ(useful, ByteCount::FromBytes(4 * 1'000'100)) << "each byte is useful once, seed " << seed;
  }
}

}  // namespace
}  // namespace crrsim
