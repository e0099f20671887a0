// The way of one job: which steps, in which order, at which instants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "registry_model/test/support/engine_fake_world.h"
#include "sim/check.h"

namespace crrsim::engine_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

ManifestPtr ThreeLayers() { return ImageNamed("image", {"layer1", "layer2", "layer3"}); }

TEST(EngineJobTest, TakesTheseStepsAtTheseInstants) {
  FakeWorld world(EngineOptions{});
  world.Push({ThreeLayers()}, "42");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines(), ElementsAre("0s queued job 1 to eu-west-1",                                          //
                                         "0s started job 1",                                                      //
                                         "0s ask admit job 1",                                                    //
                                         "20ms ask check-content job 1 image-config layer1 layer2 layer3 image",  //
                                         "40ms start transfer 1 job 1 image-config",                              //
                                         "40ms start transfer 2 job 1 layer1",                                    //
                                         "40ms start transfer 3 job 1 layer2",                                    //
                                         "40ms start transfer 4 job 1 layer3",                                    //
                                         "140ms accept transfer 1 image-config",                                  //
                                         "140ms accept transfer 2 layer1",                                        //
                                         "140ms accept transfer 3 layer2",                                        //
                                         "140ms accept transfer 4 layer3",                                        //
                                         "140ms ask put-manifest job 1 image",                                    //
                                         "160ms ask bind-tag job 1 image",                                        //
                                         "180ms ended job 1 COMPLETE"));
  EXPECT_EQ(world.Destination().tags.at("42"), ThreeLayers()->digest);
  EXPECT_EQ(world.useful_bytes(), 3 * 1000 + 10);
  EXPECT_EQ(world.wasted_bytes(), 0);
}

TEST(EngineJobTest, ActionsCarryTheWholeReplication) {
  FakeWorld world(EngineOptions{});
  world.RunUntil(Instant() + Seconds(5));
  world.Push({ThreeLayers()}, "42");
  world.RunUntilIdle();
  const Replication expected{world.source, world.destinations.front(), world.repository, ThreeLayers()->digest,
                             *Tag::Parse("42")};
  ASSERT_THAT(world.All<Ask>(), SizeIs(4));
  for (const auto& [when, ask] : world.All<Ask>()) EXPECT_EQ(*ask.replication, expected);
  ASSERT_THAT(world.All<StartTransfer>(), SizeIs(4));
  for (const auto& [when, start] : world.All<StartTransfer>()) {
    EXPECT_EQ(*start.replication, expected);
    EXPECT_EQ(start.size.bytes(), NameOfDigest(start.blob) == "image-config" ? 10 : 1000);
  }
  const auto ended = world.All<ReportEnded>();
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(*ended[0].second.replication, expected);
  EXPECT_EQ(ended[0].second.queued_at, Instant() + Seconds(5));
  EXPECT_EQ(ended[0].first, Instant() + Milliseconds(5180));
}

TEST(EngineJobTest, EachDestinationHasItsJobInOrder) {
  FakeWorld world(EngineOptions{});
  world.destinations = {RegistryIn("eu-west-1"), RegistryIn("ap-south-1"), RegistryIn("eu-west-1", "444455556666")};
  world.Push({ThreeLayers()});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("queued"), ElementsAre("0s queued job 1 to eu-west-1", "0s queued job 2 to ap-south-1",
                                                 "0s queued job 3 to eu-west-1"));
  EXPECT_EQ(world.Lines()[3], "0s started job 1") << "all are queued before the first starts";
  for (const auto& destination : world.destinations) {
    EXPECT_THAT(world.At(destination, world.repository).blobs, SizeIs(4)) << ToText(destination);
  }
  EXPECT_EQ(world.Count("start transfer"), 12u) << "registries share nothing";
}

TEST(EngineJobTest, NoDestinationMeansNothingToDo) {
  FakeWorld world(EngineOptions{});
  world.destinations.clear();
  world.Push({ThreeLayers()});
  EXPECT_THAT(world.actions(), IsEmpty());
}

TEST(EngineJobTest, UntaggedImageBindsNothing) {
  FakeWorld world(EngineOptions{});
  world.Push({ThreeLayers()}, std::nullopt);
  world.RunUntilIdle();
  EXPECT_EQ(world.Count("bind-tag"), 0u);
  EXPECT_THAT(world.Lines("ended"), ElementsAre("160ms ended job 1 COMPLETE"));
  EXPECT_THAT(world.Destination().tags, IsEmpty());
}

TEST(EngineJobTest, RetagMovesNothingButBinds) {
  FakeWorld world(EngineOptions{});
  world.Push({ThreeLayers()}, "v1");
  world.RunUntilIdle();
  const auto moved = world.useful_bytes();
  const auto puts = world.Count("ask put-manifest");
  world.Push({ThreeLayers()}, "v2");
  world.RunUntilIdle();
  EXPECT_EQ(world.useful_bytes(), moved);
  EXPECT_EQ(world.Count("ask put-manifest"), puts);
  EXPECT_THAT(world.Lines("job 2"), ElementsAre("180ms queued job 2 to eu-west-1", "180ms started job 2",  //
                                                "180ms ask admit job 2",
                                                "200ms ask check-content job 2 image-config layer1 layer2 layer3 image",
                                                "220ms ask bind-tag job 2 image", "240ms ended job 2 COMPLETE"));
  EXPECT_EQ(world.Destination().tags.at("v2"), ThreeLayers()->digest);
}

TEST(EngineJobTest, UntaggedImageThatIsThereEndsAfterTheCheck) {
  FakeWorld world(EngineOptions{});
  world.Push({ThreeLayers()});
  world.RunUntilIdle();
  world.Push({ThreeLayers()}, std::nullopt);
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended job 2"), ElementsAre("220ms ended job 2 COMPLETE"));
}

TEST(EngineJobTest, OnlyMissingLayersMove) {
  FakeWorld world(EngineOptions{});
  world.Destination().blobs = {BlobNamed("layer1"), BlobNamed("layer3")};
  world.Push({ThreeLayers()});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("start"), ElementsAre("0s started job 1", "40ms start transfer 1 job 1 image-config",
                                                "40ms start transfer 2 job 1 layer2"));
}

TEST(EngineJobTest, ABlobThatWentMissingUnderItsManifestIsMovedAgain) {
  FakeWorld world(EngineOptions{});
  world.Push({ThreeLayers()});
  world.RunUntilIdle();
  world.Destination().blobs.erase(BlobNamed("layer2"));
  world.Push({ThreeLayers()}, "v2");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("start transfer 5"), ElementsAre("220ms start transfer 5 job 2 layer2"));
  EXPECT_EQ(world.Count("ask put-manifest"), 1u) << "the manifest was there";
}

TEST(EngineJobTest, ImageWithoutLayersIsPutAfterItsConfig) {
  FakeWorld world(EngineOptions{});
  world.Push({ImageNamed("empty", {})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("transfer"),
              ElementsAre("40ms start transfer 1 job 1 empty-config", "140ms accept transfer 1 empty-config"));
  EXPECT_THAT(world.Lines("put-manifest"), ElementsAre("140ms ask put-manifest job 1 empty"));
}

TEST(EngineJobTest, ParallelTransfersAreBoundedAndInManifestOrder) {
  FakeWorld world({.transfers_per_job_max = 2});
  world.on_transfer = [](const StartTransfer& start) {
    return FakeTransfer{.takes = NameOfDigest(start.blob) == "a" ? Milliseconds(300) : Milliseconds(100)};
  };
  world.Push({ImageNamed("bounded", {"a", "b", "c"})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("start transfer"),
              ElementsAre("40ms start transfer 1 job 1 bounded-config", "40ms start transfer 2 job 1 a",
                          "140ms start transfer 3 job 1 b", "240ms start transfer 4 job 1 c"));
  EXPECT_EQ(world.streams_most(), 2);
}

TEST(EngineJobTest, IndexGoesUpChildrenFirstEachPartOnce) {
  // Two children share a layer; the inner index is listed by the outer one, which lists one child again.
  const auto a = ImageNamed("a", {"base", "only-a"});
  const auto b = ImageNamed("b", {"base", "only-b"});
  const auto inner = IndexNamed("inner", {a, b});
  const auto outer = IndexNamed("outer", {inner, a, a});
  FakeWorld world({.transfers_per_job_max = 8});
  world.Push({a, b, inner, outer});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("check-content"),
              ElementsAre("20ms ask check-content job 1 a-config base only-a b-config only-b a b inner outer"));
  EXPECT_THAT(world.Lines("start transfer"),
              ElementsAre("40ms start transfer 1 job 1 a-config", "40ms start transfer 2 job 1 base",
                          "40ms start transfer 3 job 1 only-a", "40ms start transfer 4 job 1 b-config",
                          "40ms start transfer 5 job 1 only-b"));
  EXPECT_THAT(world.Lines("put-manifest"),
              ElementsAre("140ms ask put-manifest job 1 a", "140ms ask put-manifest job 1 b",
                          "160ms ask put-manifest job 1 inner", "180ms ask put-manifest job 1 outer"));
  EXPECT_THAT(world.Lines("ended"), ElementsAre("220ms ended job 1 COMPLETE"));
}

TEST(EngineJobTest, AChildIsPutWhileItsSiblingStillMoves) {
  const auto small = ImageNamed("small", {"s"});
  const auto big = ImageNamed("big", {"b"});
  FakeWorld world(EngineOptions{});
  world.on_transfer = [](const StartTransfer& start) {
    return FakeTransfer{.takes = NameOfDigest(start.blob) == "b" ? Seconds(10) : Milliseconds(100)};
  };
  world.Push({small, big, IndexNamed("list", {small, big})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("put-manifest"),
              ElementsAre("140ms ask put-manifest job 1 small", "10.04s ask put-manifest job 1 big",
                          "10.06s ask put-manifest job 1 list"));
}

TEST(EngineJobTest, ChildrenThatAreThereAreNotPutAgain) {
  const auto a = ImageNamed("a", {"base", "only-a"});
  const auto b = ImageNamed("b", {"base", "only-b"});
  FakeWorld world(EngineOptions{});
  world.Push({a}, "a");
  world.RunUntilIdle();
  world.Push({a, b, IndexNamed("list", {a, b})}, "list");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("put-manifest job 2"),
              ElementsAre("320ms ask put-manifest job 2 b", "340ms ask put-manifest job 2 list"));
  EXPECT_EQ(world.Count("start transfer"), 5u);
}

TEST(EngineJobTest, IndexWithoutChildrenIsPutAfterTheCheck) {
  FakeWorld world(EngineOptions{});
  world.Push({IndexNamed("hollow", {})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("put-manifest"), ElementsAre("40ms ask put-manifest job 1 hollow"));
}

TEST(EngineJobTest, BytesThatAreBothLayerAndManifestCountAsBoth) {
  // An index lists an image and a bundle whose layer is that very image manifest.
  const auto image = ThreeLayers();
  auto bundle = *ImageNamed("bundle", {"bundle-layer"});
  bundle.blobs.back().digest = image->digest;
  const auto bundled = std::make_shared<const Manifest>(bundle);
  FakeWorld world(EngineOptions{});
  world.Destination().blobs = {image->digest};
  world.Push({image, bundled, IndexNamed("list", {image, bundled})});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("put-manifest job 1 image"), SizeIs(1)) << "there as a blob is not there as a manifest";
  EXPECT_THAT(world.Lines("failed"), IsEmpty());
}

TEST(EngineJobTest, WhatArrivedByReplicationGoesNoFurther) {
  const auto engine = MakeStandardEngine(EngineOptions{});
  std::vector<EngineAction> actions;
  engine->Handle(Instant(),
                 ImageReplicated{RegistryIn("eu-west-1"),
                                 RepositoryNamed("mservice"),
                                 {ThreeLayers()},
                                 *Tag::Parse("v1"),
                                 {RegistryIn("ap-south-1")}},
                 actions);
  EXPECT_THAT(actions, IsEmpty());
  EXPECT_EQ(engine->active_jobs(), 0u);
}

// ---- The dialogue ---------------------------------------------------------------------------------------------------

class EngineDialogueTest : public testing::Test {
 protected:
  std::vector<EngineAction> Give(const EngineInput& input, Instant now = Instant()) {
    std::vector<EngineAction> actions;
    engine_->Handle(now, input, actions);
    return actions;
  }
  ImageAccepted APush() {
    return {RegistryIn("us-west-2"),
            RepositoryNamed("mservice"),
            {ThreeLayers()},
            *Tag::Parse("v1"),
            {RegistryIn("eu-west-1")}};
  }
  std::unique_ptr<ReplicationEngine> engine_ = MakeStandardEngine(EngineOptions{});
};

TEST_F(EngineDialogueTest, AnAnswerThatNobodyAskedForIsADefect) {
  EXPECT_THROW(Give(Answered{1, {}}), Defect);
  const auto asked = std::get<Ask>(Give(APush()).back());
  Give(Answered{asked.request, {}});
  EXPECT_THROW(Give(Answered{asked.request, {}}), Defect) << "answered twice";
}

TEST_F(EngineDialogueTest, ATransferThatIsNotUnderWayCannotEnd) {
  EXPECT_THROW(Give(TransferArrived{1, ThreeLayers()->digest}), Defect);
  EXPECT_THROW(Give(TransferFailed{1, FailureCode::kTimedOut}), Defect);
}

TEST_F(EngineDialogueTest, ATimerThatWasNotSetCannotFire) { EXPECT_THROW(Give(TimerFired{1}), Defect); }

TEST_F(EngineDialogueTest, ATimerFiresAtItsInstantOnly) {
  const auto asked = std::get<Ask>(Give(APush()).back());
  const auto actions = Give(Answered{asked.request, {FailureCode::kTimedOut, {}}});
  const auto timer = std::get<SetTimer>(actions.back());
  EXPECT_THROW(Give(TimerFired{timer.timer}, Instant() + timer.delay - Nanoseconds(1)), Defect);
  EXPECT_THAT(Give(TimerFired{timer.timer}, Instant() + timer.delay), SizeIs(1));
  EXPECT_THROW(Give(TimerFired{timer.timer}, Instant() + timer.delay), Defect) << "fired twice";
}

TEST_F(EngineDialogueTest, AnAnswerMustNameAskedPlacesInOrder) {
  const auto check = [&](std::vector<std::uint32_t> missing) {
    engine_ = MakeStandardEngine(EngineOptions{});
    const auto asked = std::get<Ask>(Give(APush()).back());
    const auto checked = std::get<Ask>(Give(Answered{asked.request, {}}).back());
    return Give(Answered{checked.request, {FailureCode::kNone, std::move(missing)}});
  };
  EXPECT_THAT(check({0, 4}), SizeIs(1));
  EXPECT_THROW(check({5}), Defect);
  EXPECT_THROW(check({2, 1}), Defect);
  EXPECT_THROW(check({2, 2}), Defect);
}

TEST_F(EngineDialogueTest, AnImageIsNotReplicatedToItself) {
  auto push = APush();
  push.destinations = {push.source};
  EXPECT_THROW(Give(push), Defect);
}

TEST_F(EngineDialogueTest, AnImageHasAManifest) {
  auto push = APush();
  push.manifests.clear();
  EXPECT_THROW(Give(push), Defect);
}

TEST(EngineOptionsTest, ImpossibleOptionsAreADefect) {
  const auto is_refused = [](const EngineOptions& options) { EXPECT_THROW(MakeStandardEngine(options), Defect); };
  is_refused({.jobs_in_flight_max = 0});
  is_refused({.transfers_per_job_max = 0});
  is_refused({.retry_first = Duration()});
  is_refused({.retry_cap = Duration()});
  is_refused({.retry_give_up = Nanoseconds(-1)});
  is_refused({.retry_jitter_percent = -1});
  is_refused({.retry_jitter_percent = 101});
  is_refused({.denial = "maybe"});
  is_refused({.job_order = "alphabetical"});
  EXPECT_NE(MakeStandardEngine({.retry_give_up = Duration(), .retry_jitter_percent = 100}), nullptr);
}

}  // namespace
}  // namespace crrsim::engine_test
