// A destination that lost content in the middle of a copy: back to the check, and how often.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/engine_fake_world.h"

namespace crrsim::engine_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// The destination loses a blob just before the first put of a manifest.
void LoseBeforeTheFirstPut(FakeWorld& world, std::string_view blob) {
  world.on_ask = [&world, blob, has_lost = false](const Ask& ask) mutable {
    if (ask.step == JobStep::kPutManifest && !std::exchange(has_lost, true)) {
      world.Destination().blobs.erase(BlobNamed(blob));
    }
    return FailureCode::kNone;
  };
}

TEST(EngineRecheckTest, AMissingBlobSendsTheJobBackToTheCheck) {
  FakeWorld world(WithoutJitter());
  LoseBeforeTheFirstPut(world, "layer1");
  world.Push({ImageNamed("image", {"layer1", "layer2"})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("job 1"),
              ElementsAre("0s queued job 1 to eu-west-1", "0s started job 1", "0s ask admit job 1",
                          "20ms ask check-content job 1 image-config layer1 layer2 image",
                          "40ms start transfer 1 job 1 image-config", "40ms start transfer 2 job 1 layer1",
                          "40ms start transfer 3 job 1 layer2", "140ms ask put-manifest job 1 image",
                          "160ms failed put-manifest job 1 attempt 1 ContentMissing retry in 1s",
                          "1.16s ask check-content job 1 image-config layer1 layer2 image",
                          "1.18s start transfer 4 job 1 layer1", "1.28s ask put-manifest job 1 image",
                          "1.3s ask bind-tag job 1 image", "1.32s ended job 1 COMPLETE"));
}

TEST(EngineRecheckTest, ADestinationThatKeepsLosingContentIsAskedLessAndLess) {
  FakeWorld world(WithoutJitter());
  int losses = 0;
  world.on_ask = [&](const Ask& ask) {
    if (ask.step == JobStep::kPutManifest && losses < 5) {
      ++losses;
      world.Destination().blobs.erase(BlobNamed("layer1"));
    }
    return FailureCode::kNone;
  };
  world.Push({ImageNamed("image", {"layer1"})});
  world.RunUntilIdle();
  const auto failed = world.All<ReportStepFailed>();
  ASSERT_THAT(failed, SizeIs(5));
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_EQ(failed[i].second.retry_in, DelayAfter(static_cast<std::int64_t>(i) + 1));
  EXPECT_EQ(world.Count("check-content"), 6u);
  EXPECT_EQ(world.Count("start transfer"), 2u + 5u);
  EXPECT_EQ(world.Count("COMPLETE"), 1u);
}

TEST(EngineRecheckTest, AManifestLostBeforeItsTagIsPutAgain) {
  FakeWorld world(WithoutJitter());
  bool has_lost = false;
  world.on_ask = [&](const Ask& ask) {
    if (ask.step == JobStep::kBindTag && !std::exchange(has_lost, true)) world.Destination().manifests.clear();
    return FailureCode::kNone;
  };
  world.Push({ImageNamed("image", {"layer1"})});
  world.RunUntilIdle();
  EXPECT_EQ(world.Count("ask put-manifest"), 2u);
  EXPECT_EQ(world.Count("start transfer"), 2u) << "blobs were there";
  EXPECT_THAT(world.Lines("bind-tag"), ElementsAre("160ms ask bind-tag job 1 image",
                                                   "180ms failed bind-tag job 1 attempt 1 ContentMissing retry in 1s",
                                                   "1.22s ask bind-tag job 1 image"));
  EXPECT_TRUE(world.Destination().tags.contains("v1"));
}

TEST(EngineRecheckTest, WhatIsUnderWayGoesOnDuringTheCheck) {
  // Child `fast` loses its layer before its put, while `slow` still moves its own: that transfer is not started again.
  const auto fast = ImageNamed("fast", {"lf"});
  const auto slow = ImageNamed("slow", {"ls"});
  FakeWorld world(WithoutJitter());
  LoseBeforeTheFirstPut(world, "lf");
  world.on_transfer = [](const StartTransfer& start) {
    return FakeTransfer{.takes = NameOfDigest(start.blob) == "ls" ? Seconds(20) : Milliseconds(100)};
  };
  world.Push({fast, slow, IndexNamed("list", {fast, slow})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("start transfer"),
              ElementsAre("40ms start transfer 1 job 1 fast-config", "40ms start transfer 2 job 1 lf",
                          "40ms start transfer 3 job 1 slow-config", "40ms start transfer 4 job 1 ls",
                          "1.18s start transfer 5 job 1 lf"));
  EXPECT_THAT(world.Lines("ask put-manifest"),
              ElementsAre("140ms ask put-manifest job 1 fast", "1.28s ask put-manifest job 1 fast",
                          "20.04s ask put-manifest job 1 slow", "20.06s ask put-manifest job 1 list"));
}

TEST(EngineRecheckTest, ABlobThatArrivesDuringTheCheckIsNotMovedAgain) {
  // The check is carried out at 1.17 s, `ls` arrives at 1.175 s, the answer that still misses it comes at 1.18 s.
  const auto fast = ImageNamed("fast", {"lf"});
  const auto slow = ImageNamed("slow", {"ls"});
  FakeWorld world(WithoutJitter());
  LoseBeforeTheFirstPut(world, "lf");
  world.on_transfer = [](const StartTransfer& start) {
    return FakeTransfer{.takes = NameOfDigest(start.blob) == "ls" ? Milliseconds(1135) : Milliseconds(100)};
  };
  world.Push({fast, slow, IndexNamed("list", {fast, slow})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("accept transfer 4"), ElementsAre("1.175s accept transfer 4 ls"));
  EXPECT_EQ(world.Count("start transfer"), 5u);
  EXPECT_EQ(world.Count("COMPLETE"), 1u);
}

TEST(EngineRecheckTest, ACheckDoesNotShortenTheBackoffOfABlob) {
  // `ls` fails four times, so it is due 8 s after 7.44 s; the check that the loss of `lf` causes comes in between.
  const auto fast = ImageNamed("fast", {"lf"});
  const auto slow = ImageNamed("slow", {"ls"});
  FakeWorld world(WithoutJitter());
  int failures = 0;
  world.on_transfer = [&](const StartTransfer& start) {
    const bool fails = NameOfDigest(start.blob) == "ls" && failures < 4;
    if (fails) ++failures;
    return FakeTransfer{.failure = fails ? FailureCode::kTimedOut : FailureCode::kNone};
  };
  int puts = 0;
  world.on_ask = [&](const Ask& ask) {
    // Four lost puts of `fast`: the fourth recheck begins at 1 + 2 + 4 + 8 s and a little.
    return ask.step == JobStep::kPutManifest && ++puts <= 4 ? FailureCode::kContentMissing : FailureCode::kNone;
  };
  world.Push({fast, slow, IndexNamed("list", {fast, slow})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("check-content"), SizeIs(5));
  EXPECT_THAT(world.Lines(" ls"), testing::Contains("15.44s start transfer 8 job 1 ls"));
  EXPECT_THAT(world.Lines("failed transfer"),
              ElementsAre("140ms failed transfer job 1 attempt 1 TimedOut retry in 1s",
                          "1.24s failed transfer job 1 attempt 2 TimedOut retry in 2s",
                          "3.34s failed transfer job 1 attempt 3 TimedOut retry in 4s",
                          "7.44s failed transfer job 1 attempt 4 TimedOut retry in 8s"));
}

TEST(EngineRecheckTest, AnOldTimerDoesNotRetryABlobThatFailedAnew) {
  // Job 1 would retry `shared` at 7.34 s, but job 2 brings it at 4.14 s. It gets lost, and job 1 fails anew: its retry
  // is due at 8.38 s, not when the old timer fires.
  FakeWorld world(WithoutJitter());
  world.on_transfer = [](const StartTransfer& start) {
    return FakeTransfer{.failure = start.job == 1 && NameOfDigest(start.blob) == "shared" ? FailureCode::kTimedOut
                                                                                          : FailureCode::kNone};
  };
  int puts = 0;
  world.on_ask = [&](const Ask& ask) {
    return ask.job == 1 && ask.step == JobStep::kPutManifest && ++puts == 1 ? FailureCode::kContentMissing
                                                                            : FailureCode::kNone;
  };
  world.Push({ImageNamed("first", {"shared"})}, "a");
  world.RunUntil(Instant() + Seconds(4));
  world.Push({ImageNamed("second", {"shared"})}, "b");
  world.RunUntil(Instant() + Seconds(5));
  EXPECT_EQ(world.Count("ended job 2 COMPLETE"), 1u);
  world.Destination().blobs.erase(BlobNamed("shared"));
  world.RunUntil(Instant() + Seconds(10));
  EXPECT_THAT(world.Lines("failed"), ElementsAre("140ms failed transfer job 1 attempt 1 TimedOut retry in 1s",
                                                 "1.24s failed transfer job 1 attempt 2 TimedOut retry in 2s",
                                                 "3.34s failed transfer job 1 attempt 3 TimedOut retry in 4s",
                                                 "4.16s failed put-manifest job 1 attempt 1 ContentMissing retry in 1s",
                                                 "5.28s failed transfer job 1 attempt 1 TimedOut retry in 1s",
                                                 "6.38s failed transfer job 1 attempt 2 TimedOut retry in 2s",
                                                 "8.48s failed transfer job 1 attempt 3 TimedOut retry in 4s"));
}

TEST(EngineRecheckTest, TwoPutsThatMissContentShareOneCheck) {
  const auto a = ImageNamed("a", {"la"});
  const auto b = ImageNamed("b", {"lb"});
  FakeWorld world({.transfers_per_job_max = 4, .retry_jitter_percent = 0});
  int puts = 0;
  world.on_ask = [&](const Ask& ask) {
    if (ask.step != JobStep::kPutManifest || ++puts > 2) return FailureCode::kNone;
    world.Destination().blobs.erase(BlobNamed(puts == 1 ? "la" : "lb"));
    return FailureCode::kContentMissing;
  };
  world.Push({a, b, IndexNamed("list", {a, b})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("failed"),
              ElementsAre("160ms failed put-manifest job 1 attempt 1 ContentMissing retry in 1s",
                          "160ms failed put-manifest job 1 attempt 1 ContentMissing retry in 1s"));
  EXPECT_EQ(world.Count("check-content"), 2u);
  EXPECT_EQ(world.Count("start transfer"), 4u + 2u);
  EXPECT_EQ(world.Count("COMPLETE"), 1u);
}

TEST(EngineRecheckTest, ACheckThatSucceededCountsFromOneAgain) {
  FakeWorld world(WithoutJitter());
  int checks = 0;
  int puts = 0;
  world.on_ask = [&](const Ask& ask) {
    if (ask.step == JobStep::kCheckContent && ++checks != 3) {
      return checks <= 2 || checks == 4 ? FailureCode::kTimedOut : FailureCode::kNone;
    }
    return ask.step == JobStep::kPutManifest && ++puts == 1 ? FailureCode::kContentMissing : FailureCode::kNone;
  };
  world.Push({ImageNamed("image", {"layer1"})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("failed"), ElementsAre("40ms failed check-content job 1 attempt 1 TimedOut retry in 1s",
                                                 "1.06s failed check-content job 1 attempt 2 TimedOut retry in 2s",
                                                 "3.2s failed put-manifest job 1 attempt 1 ContentMissing retry in 1s",
                                                 "4.22s failed check-content job 1 attempt 1 TimedOut retry in 1s"));
}

TEST(EngineRecheckTest, APutThatSomebodyElseMadeGoodCountsFromOneAgain) {
  // The put misses content, the check finds the manifest there, the bind misses it, and the next put fails again.
  FakeWorld world(WithoutJitter());
  int puts = 0;
  world.on_ask = [&](const Ask& ask) {
    if (ask.step == JobStep::kPutManifest && ++puts == 1) {
      world.Destination().manifests.insert(ask.manifest->digest);
      return FailureCode::kContentMissing;
    }
    if (ask.step == JobStep::kPutManifest && puts == 2) return FailureCode::kTimedOut;
    if (ask.step == JobStep::kBindTag && puts == 1) world.Destination().manifests.clear();
    return FailureCode::kNone;
  };
  world.Push({ImageNamed("image", {"layer1"})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("failed"), ElementsAre("160ms failed put-manifest job 1 attempt 1 ContentMissing retry in 1s",
                                                 "1.2s failed bind-tag job 1 attempt 1 ContentMissing retry in 1s",
                                                 "2.24s failed put-manifest job 1 attempt 1 TimedOut retry in 1s"));
  EXPECT_EQ(world.Count("COMPLETE"), 1u);
}

}  // namespace
}  // namespace crrsim::engine_test
