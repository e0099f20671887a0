// Jobs that want one blob in one destination repository share its transfer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/engine_fake_world.h"

namespace crrsim::engine_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ManifestPtr First() { return ImageNamed("first", {"shared", "own1"}); }
ManifestPtr Second() { return ImageNamed("second", {"shared", "own2"}); }

ImageAccepted PushOf(const FakeWorld& world, const ManifestPtr& image, const std::string& tag) {
  return {world.source, world.repository, {image}, *Tag::Parse(tag), world.destinations};
}

/// `shared` takes `takes`, everything else 100 ms.
std::function<FakeTransfer(const StartTransfer&)> SharedTakes(Duration takes) {
  return [takes](const StartTransfer& start) {
    return FakeTransfer{.takes = NameOfDigest(start.blob) == "shared" ? takes : Milliseconds(100)};
  };
}

TEST(EngineSharingTest, TwoJobsShareOneTransfer) {
  FakeWorld world(EngineOptions{});
  world.on_transfer = SharedTakes(Seconds(10));
  world.Push({First()}, "a");
  world.PushAt(Instant() + Seconds(1), PushOf(world, Second(), "b"));
  world.RunUntilIdle();
  EXPECT_EQ(world.Count("start transfer"), 5u) << "two configs, own1, own2, and shared once";
  EXPECT_THAT(world.Lines("shared"), testing::Contains("10.04s accept transfer 2 shared"));
  EXPECT_THAT(world.Lines("ended"), ElementsAre("10.08s ended job 1 COMPLETE", "10.08s ended job 2 COMPLETE"));
  EXPECT_EQ(world.useful_bytes(), 3 * 1000 + 2 * 10);
}

TEST(EngineSharingTest, WhateverTheOffsetEachBlobMovesOnce) {
  // The second job's check is carried out before, during or after the shared layer's arrival at 140 ms, and its answer
  // comes 10 ms later.
  for (Duration offset; offset <= Milliseconds(300); offset += Milliseconds(1)) {
    FakeWorld world(EngineOptions{});
    world.PushAt(Instant(), PushOf(world, First(), "a"));
    world.PushAt(Instant() + offset, PushOf(world, Second(), "b"));
    world.RunUntilIdle();
    ASSERT_EQ(world.Count("start transfer"), 5u) << offset.nanoseconds();
    ASSERT_EQ(world.Count("COMPLETE"), 2u) << offset.nanoseconds();
  }
}

TEST(EngineSharingTest, OtherRepositoriesAndRegistriesShareNothing) {
  FakeWorld world(EngineOptions{});
  world.destinations = {RegistryIn("eu-west-1"), RegistryIn("ap-south-1")};
  world.Push({First()}, "a");
  world.repository = RepositoryNamed("other");
  world.Push({First()}, "a");
  world.RunUntilIdle();
  EXPECT_EQ(world.Count("start transfer"), 4u * 3u);
}

TEST(EngineSharingTest, AFailureIsEveryRidersFailure) {
  FakeWorld world(WithoutJitter());
  int tries = 0;
  world.on_transfer = [&](const StartTransfer& start) {
    if (NameOfDigest(start.blob) != "shared") return FakeTransfer{};
    return FakeTransfer{.takes = Seconds(10), .is_damaged = ++tries == 1};
  };
  world.Push({First()}, "a");
  world.Push({Second()}, "b");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("failed"), ElementsAre("10.04s failed transfer job 1 attempt 1 DigestMismatch retry in 1s",
                                                 "10.04s failed transfer job 2 attempt 1 DigestMismatch retry in 1s"));
  EXPECT_EQ(tries, 2) << "both wake at 11.04 s; the second rides with the first";
  EXPECT_EQ(world.wasted_bytes(), 1000);
  EXPECT_THAT(world.Lines("ended"), ElementsAre("21.08s ended job 1 COMPLETE", "21.08s ended job 2 COMPLETE"));
}

TEST(EngineSharingTest, ARiderWhoseBackoffIsLongerJoinsTheRetry) {
  // Job 2 has failed once before with its own count, so it would wait 2 s; the blob comes while it waits.
  FakeWorld world(WithoutJitter());
  int tries = 0;
  world.on_transfer = [&](const StartTransfer& start) {
    if (NameOfDigest(start.blob) != "shared") return FakeTransfer{};
    return FakeTransfer{.failure = ++tries <= 2 ? FailureCode::kTimedOut : FailureCode::kNone};
  };
  world.Push({First()}, "a");  // fails at 140 ms, due at 1.14 s
  world.PushAt(Instant() + Milliseconds(1110),
               PushOf(world, Second(), "b"));  // moves at 1.15 s: rides; fails at 1.24 s
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("failed"), ElementsAre("140ms failed transfer job 1 attempt 1 TimedOut retry in 1s",
                                                 "1.24s failed transfer job 1 attempt 2 TimedOut retry in 2s",
                                                 "1.24s failed transfer job 2 attempt 1 TimedOut retry in 1s"));
  EXPECT_EQ(tries, 3) << "job 2 starts it at 2.24 s, and it is there for job 1 before 3.24 s";
  EXPECT_THAT(world.Lines("ended"), ElementsAre("2.38s ended job 1 COMPLETE", "2.38s ended job 2 COMPLETE"));
}

TEST(EngineSharingTest, WhenTheStarterDiesTheTransferGoesOn) {
  FakeWorld world(WithoutJitter());
  world.on_transfer = [](const StartTransfer& start) {
    if (NameOfDigest(start.blob) == "own1") {
      return FakeTransfer{.takes = Seconds(5), .failure = FailureCode::kSourceImageNotFound};
    }
    return FakeTransfer{.takes = NameOfDigest(start.blob) == "shared" ? Seconds(10) : Milliseconds(100)};
  };
  world.Push({First()}, "a");
  world.PushAt(Instant() + Seconds(1), PushOf(world, Second(), "b"));
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("cancel"), IsEmpty());
  EXPECT_THAT(world.Lines("ended"),
              ElementsAre("5.04s ended job 1 FAILED SourceImageNotFound", "10.08s ended job 2 COMPLETE"));
  EXPECT_EQ(world.wasted_bytes(), 500) << "only that of own1";
}

TEST(EngineSharingTest, TheLastRiderCancels) {
  FakeWorld world(WithoutJitter());
  world.on_transfer = [](const StartTransfer& start) {
    const auto name = NameOfDigest(start.blob);
    if (name == "own1") return FakeTransfer{.takes = Seconds(5), .failure = FailureCode::kSourceImageNotFound};
    if (name == "own2") return FakeTransfer{.takes = Seconds(6), .failure = FailureCode::kSourceImageNotFound};
    return FakeTransfer{.takes = Seconds(10)};
  };
  world.Push({First()}, "a");
  world.Push({Second()}, "b");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended"), ElementsAre("5.04s ended job 1 FAILED SourceImageNotFound",
                                                "6.04s ended job 2 FAILED SourceImageNotFound"));
  EXPECT_THAT(world.Lines("cancel"), ElementsAre("5.04s cancel transfer 1 SourceImageNotFound",   // first-config
                                                 "6.04s cancel transfer 4 SourceImageNotFound",   // second-config
                                                 "6.04s cancel transfer 2 SourceImageNotFound"))  // shared
      << "a job's transfers go in the order of its plan";
}

TEST(EngineSharingTest, AJobThatWaitsForAStreamMovesWhatTheCancelledOneLeft) {
  // Job 2 has one stream and is at its config; job 1 starts `shared` and dies; job 2 starts it when its stream is free.
  FakeWorld world({.transfers_per_job_max = 1, .retry_jitter_percent = 0});
  const auto image = ImageNamed("only-shared", {"shared"});
  world.Destination().blobs = {BlobNamed("only-shared-config")};
  world.on_transfer = [](const StartTransfer& start) {
    const bool dies = start.job == 1;
    return FakeTransfer{.takes = dies ? Seconds(2) : Seconds(5),
                        .failure = dies ? FailureCode::kSourceImageNotFound : FailureCode::kNone};
  };
  world.Push({image}, "a");
  world.Push({ImageNamed("patient", {"shared"})}, "b");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("transfer"),
              ElementsAre("40ms start transfer 1 job 1 shared", "40ms start transfer 2 job 2 patient-config",
                          "2.04s failed transfer job 1 attempt 1 SourceImageNotFound final",
                          "5.04s accept transfer 2 patient-config", "5.04s start transfer 3 job 2 shared",
                          "10.04s accept transfer 3 shared"));
}

TEST(EngineSharingTest, ABlobComesForAJobThatHasNoStreamForIt) {
  FakeWorld world({.transfers_per_job_max = 1});
  world.Destination().blobs = {BlobNamed("first-config"), BlobNamed("own1")};
  world.on_transfer = [](const StartTransfer& start) {
    return FakeTransfer{.takes = NameOfDigest(start.blob) == "second-config" ? Seconds(9) : Seconds(1)};
  };
  world.Push({First()}, "a");   // moves only `shared`, until 1.04 s
  world.Push({Second()}, "b");  // its stream is at its config until 9.04 s
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("start transfer"),
              ElementsAre("40ms start transfer 1 job 1 shared", "40ms start transfer 2 job 2 second-config",
                          "9.04s start transfer 3 job 2 own2"));
}

TEST(EngineSharingTest, AnotherSourceLosesNoAttempt) {
  // A job from eu-north-1 rides on a transfer from us-west-2, which loses its image; it moves the blob from its own
  // source at once.
  FakeWorld world(WithoutJitter());
  world.on_transfer = [](const StartTransfer& start) {
    const bool is_lost = start.replication->source.region.text() == "us-west-2" && NameOfDigest(start.blob) == "shared";
    return FakeTransfer{.takes = Seconds(1),
                        .failure = is_lost ? FailureCode::kSourceImageNotFound : FailureCode::kNone};
  };
  world.Push({First()}, "a");
  auto other = PushOf(world, Second(), "b");
  other.source = RegistryIn("eu-north-1");
  world.Push(other);
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("failed"), ElementsAre("1.04s failed transfer job 1 attempt 1 SourceImageNotFound final"));
  EXPECT_THAT(world.Lines("shared"),
              testing::IsSupersetOf({"40ms start transfer 2 job 1 shared", "1.04s start transfer 6 job 2 shared"}));
  EXPECT_THAT(world.Lines("ended"),
              ElementsAre("1.04s ended job 1 FAILED SourceImageNotFound", "2.08s ended job 2 COMPLETE"));
  const auto starts = world.All<StartTransfer>();
  EXPECT_EQ(starts.back().second.replication->source, other.source);
}

TEST(EngineSharingTest, RidersKeepToTheirStreams) {
  // Twelve images over one set of ten layers, three streams each.
  FakeWorld world({.transfers_per_job_max = 3});
  std::vector<std::string> layers;
  for (int i = 0; i < 10; ++i) layers.push_back("common" + std::to_string(i));
  for (int i = 0; i < 12; ++i) {
    world.Push({ImageNamed("twelve" + std::to_string(i), layers)}, "t" + std::to_string(i));
  }
  world.RunUntilIdle();
  EXPECT_EQ(world.Count("start transfer"), 10u + 12u);
  EXPECT_EQ(world.Count("COMPLETE"), 12u);
  EXPECT_EQ(world.streams_most(), 3);
}

TEST(EngineSharingTest, TheSameImageTwiceUnderTwoTagsMovesOnce) {
  FakeWorld world(EngineOptions{});
  world.Push({First()}, "a");
  world.Push({First()}, "b");
  world.RunUntilIdle();
  EXPECT_EQ(world.Count("start transfer"), 3u);
  EXPECT_EQ(world.Destination().tags.size(), 2u);
}

}  // namespace
}  // namespace crrsim::engine_test
