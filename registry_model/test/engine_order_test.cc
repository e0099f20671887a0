// Which job may start when: lanes, and places in flight.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/engine_fake_world.h"
#include "sim/random.h"

namespace crrsim::engine_test {
namespace {

using testing::ElementsAre;

/// Layers named `big` take a minute.
FakeTransfer SlowWhenBig(const StartTransfer& start) {
  return {.takes = NameOfDigest(start.blob).starts_with("big") ? Minutes(1) : Milliseconds(100)};
}

TEST(EngineOrderTest, ALaterSmallerPushOfATagDoesNotOvertake) {
  FakeWorld world(EngineOptions{});
  world.on_transfer = SlowWhenBig;
  const auto old_image = ImageNamed("old", {"big"});
  const auto new_image = ImageNamed("new", {});
  world.Push({old_image}, "latest");
  world.Push({new_image}, "latest");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended"), ElementsAre("1m80ms ended job 1 COMPLETE", "1m260ms ended job 2 COMPLETE"));
  EXPECT_THAT(world.Lines("started job 2"), ElementsAre("1m80ms started job 2"));
  EXPECT_EQ(world.Destination().tags.at("latest"), new_image->digest);
}

TEST(EngineOrderTest, TheLaneMovesOnWhenAJobFails) {
  FakeWorld world(EngineOptions{});
  world.on_ask = [](const Ask& ask) { return ask.job == 1 ? FailureCode::kAccessDenied : FailureCode::kNone; };
  world.Push({ImageNamed("old", {"x"})}, "latest");
  world.Push({ImageNamed("new", {})}, "latest");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended"), ElementsAre("20ms ended job 1 FAILED AccessDenied", "200ms ended job 2 COMPLETE"));
}

TEST(EngineOrderTest, WhateverTheDelaysTheLastPushOfATagWins) {
  // Random sizes and failures: the tag ends where the last push put it, and moves in the order of the pushes.
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    RandomStream chance(seed, "test");
    FakeWorld world({.seed = seed});
    world.on_transfer = [&](const StartTransfer&) {
      return FakeTransfer{.takes = chance.UniformDuration(Milliseconds(1), Seconds(20)),
                          .is_damaged = chance.Chance(1, 5)};
    };
    world.on_ask = [&](const Ask&) { return chance.Chance(1, 5) ? FailureCode::kTimedOut : FailureCode::kNone; };
    ManifestPtr last;
    for (int i = 0; i < 8; ++i) {
      last = ImageNamed(fmt::format("push{}-{}", seed, i), {fmt::format("layer{}-{}", seed, i)});
      world.PushAt(Instant() + chance.UniformDuration(Duration(), Seconds(1)) + Seconds(i),
                   {world.source, world.repository, {last}, *Tag::Parse("latest"), world.destinations});
    }
    world.RunUntilIdle();
    ASSERT_EQ(world.Count("COMPLETE"), 8u);
    ASSERT_EQ(world.Destination().tags.at("latest"), last->digest) << "seed " << seed;
    std::vector<JobId> ended;
    for (const auto& [when, report] : world.All<ReportEnded>()) ended.push_back(report.job);
    ASSERT_TRUE(std::is_sorted(ended.begin(), ended.end()));
  }
}

TEST(EngineOrderTest, OtherTagsRepositoriesAndUntaggedImagesGoAhead) {
  FakeWorld world(EngineOptions{});
  world.on_transfer = SlowWhenBig;
  world.Push({ImageNamed("old", {"big"})}, "latest");
  world.Push({ImageNamed("new", {})}, "other");
  world.Push({ImageNamed("untagged", {})}, std::nullopt);
  world.repository = RepositoryNamed("elsewhere");
  world.Push({ImageNamed("new", {})}, "latest");
  world.source = RegistryIn("eu-north-1");
  world.Push({ImageNamed("new", {})}, "latest");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended"),
              ElementsAre("160ms ended job 3 COMPLETE", "180ms ended job 2 COMPLETE", "180ms ended job 4 COMPLETE",
                          "180ms ended job 5 COMPLETE", "1m80ms ended job 1 COMPLETE"));
}

TEST(EngineOrderTest, UntaggedImagesOfOneRepositoryRunAtOnce) {
  FakeWorld world(EngineOptions{});
  for (int i = 0; i < 5; ++i) world.Push({ImageNamed(fmt::format("u{}", i), {})}, std::nullopt);
  world.RunUntilIdle();
  EXPECT_EQ(world.in_flight_most(), 5);
}

TEST(EngineOrderTest, ConcurrentLetsThemOvertake) {
  FakeWorld world({.job_order = "concurrent"});
  world.on_transfer = SlowWhenBig;
  const auto old_image = ImageNamed("old", {"big"});
  world.Push({old_image}, "latest");
  world.Push({ImageNamed("new", {})}, "latest");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended"), ElementsAre("180ms ended job 2 COMPLETE", "1m80ms ended job 1 COMPLETE"));
  EXPECT_EQ(world.Destination().tags.at("latest"), old_image->digest) << "the earlier push wins: the race is real";
}

TEST(EngineOrderTest, PerDestinationRunsOneAtATime) {
  FakeWorld world({.job_order = "per-destination"});
  world.destinations = {RegistryIn("eu-west-1"), RegistryIn("ap-south-1")};
  for (int i = 0; i < 3; ++i) world.Push({ImageNamed(fmt::format("u{}", i), {})}, fmt::format("t{}", i));
  world.Push({ImageNamed("u3", {})}, std::nullopt);
  world.RunUntilIdle();
  EXPECT_EQ(world.in_flight_most(), 1);
  EXPECT_THAT(world.Lines("started"),
              ElementsAre("0s started job 1", "0s started job 2", "180ms started job 3", "180ms started job 4",
                          "360ms started job 5", "360ms started job 6", "540ms started job 7", "540ms started job 8"));
}

TEST(EngineOrderTest, OfTheWaitingTheFirstQueuedStarts) {
  // Two places. Job 3 waits behind job 1 in its lane; when job 1 ends, job 3 goes before jobs 4 and 5, which were ready
  // all the time, since it was queued before them.
  FakeWorld world({.jobs_in_flight_max = 2});
  world.on_transfer = [](const StartTransfer& start) {
    return FakeTransfer{.takes = NameOfDigest(start.blob) == "j2-config" ? Seconds(1) : Milliseconds(100)};
  };
  world.Push({ImageNamed("j1", {})}, "same");
  world.Push({ImageNamed("j2", {})}, "t2");
  world.Push({ImageNamed("j3", {})}, "same");
  world.Push({ImageNamed("j4", {})}, "t4");
  world.Push({ImageNamed("j5", {})}, "t5");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("started"), ElementsAre("0s started job 1", "0s started job 2", "180ms started job 3",
                                                  "360ms started job 4", "540ms started job 5"));
}

TEST(EngineOrderTest, PairsOfRegistriesDoNotWaitForEachOther) {
  FakeWorld world({.jobs_in_flight_max = 1});
  world.on_transfer = SlowWhenBig;
  world.Push({ImageNamed("slow", {"big"})}, "a");
  world.destinations = {RegistryIn("ap-south-1")};
  world.Push({ImageNamed("slow", {"big"})}, "b");
  world.source = RegistryIn("eu-north-1");
  world.Push({ImageNamed("slow", {"big"})}, "c");
  EXPECT_EQ(world.Count("started"), 3u);
  world.Push({ImageNamed("slow", {"big"})}, "d");
  EXPECT_EQ(world.Count("started"), 3u);
  world.RunUntilIdle();
  EXPECT_EQ(world.Count("COMPLETE"), 4u);
}

TEST(EngineOrderTest, ManyJobsKeepToBothBoundsAndUseThem) {
  FakeWorld world({.jobs_in_flight_max = 7, .transfers_per_job_max = 3});
  world.destinations = {RegistryIn("eu-west-1"), RegistryIn("ap-south-1")};
  RandomStream chance(3, "test");
  world.on_transfer = [&](const StartTransfer&) {
    return FakeTransfer{.takes = chance.UniformDuration(Milliseconds(1), Seconds(1)),
                        .is_damaged = chance.Chance(1, 10)};
  };
  std::size_t blobs = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<std::string> layers;
    for (std::int64_t layer = chance.Between(0, 6); layer > 0; --layer)
      layers.push_back(fmt::format("m{}-{}", i, layer));
    blobs += layers.size() + 1;
    world.Push({ImageNamed(fmt::format("many{}", i), layers)}, fmt::format("t{}", i % 50));
  }
  world.RunUntilIdle();
  EXPECT_EQ(world.Count("COMPLETE"), 400u);
  EXPECT_EQ(world.in_flight_most(), 7);
  EXPECT_EQ(world.streams_most(), 3);
  EXPECT_EQ(world.Count("accept transfer"), 2 * blobs) << "each blob once a destination";
}

TEST(EngineOrderTest, TwoJobsToOneDestinationFromOnePushRunInTurn) {
  FakeWorld world(EngineOptions{});
  world.destinations = {RegistryIn("eu-west-1"), RegistryIn("eu-west-1")};
  world.Push({ImageNamed("twice", {"l"})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended"), ElementsAre("180ms ended job 1 COMPLETE", "240ms ended job 2 COMPLETE"));
  EXPECT_EQ(world.Count("start transfer"), 2u);
}

}  // namespace
}  // namespace crrsim::engine_test
