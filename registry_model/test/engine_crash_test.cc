// What a crash of a region's workers does to the engine: the queue is durable, everything else is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/engine_fake_world.h"

namespace crrsim::engine_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Instant At(Duration after) { return Instant() + after; }

void CrashFor(FakeWorld& world, Duration from, Duration to) {
  world.GiveAt(At(from), WorkersCrashed{world.source.region});
  world.GiveAt(At(to), WorkersRestarted{world.source.region});
}

TEST(EngineCrashTest, AJobInFlightStartsAgainAndEndsOnce) {
  FakeWorld world(WithoutJitter());
  world.Push({ImageNamed("app", {"layer1", "layer2"})});
  CrashFor(world, Milliseconds(70), Seconds(60));  // two transfers are under way
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("requeued"), SizeIs(1));
  EXPECT_THAT(world.Lines("started job 1"), SizeIs(2));
  EXPECT_THAT(world.Lines("ended job 1 COMPLETE"), SizeIs(1));
  EXPECT_THAT(world.Lines("cancel transfer"), Contains(HasSubstr("WorkersCrashed")));
}

TEST(EngineCrashTest, AtEveryInstantOfAJobACrashDelaysItAndNothingElse) {
  for (int at = 0; at <= 320; at += 5) {
    FakeWorld world(WithoutJitter());
    world.Push({ImageNamed("app", {"layer1"})});
    CrashFor(world, Milliseconds(at), Milliseconds(at + 7));  // old answers and timers come back after the restart
    world.RunUntilIdle();
    EXPECT_THAT(world.Lines("ended job 1 COMPLETE"), SizeIs(1)) << at;
    EXPECT_EQ(world.useful_bytes(), world.At(world.destinations.front(), world.repository).blobs.size() == 2
                                        ? ImageNamed("app", {"layer1"})->blob_bytes.bytes()
                                        : -1)
        << at;
  }
}

TEST(EngineCrashTest, NothingStartsUntilTheWorkersAreBack) {
  FakeWorld world(WithoutJitter());
  world.GiveAt(At(Seconds(1)), WorkersCrashed{world.source.region});
  world.RunUntil(At(Seconds(2)));
  world.Push({ImageNamed("app", {"layer1"})});
  world.RunUntil(At(Hours(1)));
  EXPECT_THAT(world.Lines("started"), IsEmpty());
  ASSERT_THAT(world.engine().DescribeWaiting(), SizeIs(1));
  EXPECT_THAT(world.engine().DescribeWaiting().front(), HasSubstr("the workers of us-west-2, which have crashed"));
  world.GiveAt(At(Hours(1)), WorkersRestarted{world.source.region});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended job 1 COMPLETE"), SizeIs(1));
}

TEST(EngineCrashTest, JobsOfOtherRegionsGoOnAndTakeOverWhatTheyRodeOn) {
  FakeWorld world(WithoutJitter());
  world.Push({ImageNamed("app", {"layer1"})});
  auto other = ImageAccepted{RegistryIn("us-east-1"),
                             world.repository,
                             {ImageNamed("app", {"layer1"})},
                             *Tag::Parse("v2"),
                             world.destinations};
  world.PushAt(At(Milliseconds(5)), other);
  world.GiveAt(At(Milliseconds(100)), WorkersCrashed{world.source.region});
  world.RunUntil(At(Minutes(1)));
  EXPECT_THAT(world.Lines("ended job 2 COMPLETE"), SizeIs(1)) << "it did not wait for the other region";
  EXPECT_THAT(world.Lines("failed transfer"), IsEmpty()) << "it lost nothing but time";
  world.GiveAt(At(Minutes(2)), WorkersRestarted{world.source.region});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended job 1 COMPLETE"), SizeIs(1));
}

TEST(EngineCrashTest, WhatACrashCutsOffIsLeftToTheRidersOfItsSource) {
  FakeWorld world(WithoutJitter());
  world.on_transfer = [](const StartTransfer& start) {
    // The job that starts `shared` fails long before it is there.
    if (NameOfDigest(start.blob) == "own") {
      return FakeTransfer{.takes = Seconds(1), .failure = FailureCode::kSourceImageNotFound};
    }
    return FakeTransfer{.takes = NameOfDigest(start.blob) == "shared" ? Seconds(10) : Milliseconds(100)};
  };
  world.Push({ImageNamed("first", {"own", "shared"})}, "a");
  world.Push({ImageNamed("second", {"shared"})}, "b");
  world.Push({ImageNamed("third", {"shared"})}, "c");
  auto elsewhere = ImageAccepted{RegistryIn("us-east-1"),
                                 world.repository,
                                 {ImageNamed("fourth", {"shared"})},
                                 *Tag::Parse("d"),
                                 world.destinations};
  world.PushAt(At(Milliseconds(5)), elsewhere);
  world.GiveAt(At(Seconds(5)), WorkersCrashed{world.source.region});
  world.RunUntil(At(Seconds(6)));
  EXPECT_THAT(world.Lines("ended job 1"), SizeIs(1));
  EXPECT_THAT(world.Lines("cancel transfer"), ElementsAre("5s cancel transfer 3 WorkersCrashed for job 2, 3"));
}

TEST(EngineCrashTest, AnEngineThatIsSavedWhileCrashedGoesOnAlike) {
  FakeWorld world(WithoutJitter());
  world.Push({ImageNamed("app", {"layer1"})});
  CrashFor(world, Milliseconds(70), Seconds(1));
  world.RunUntil(At(Milliseconds(75)));
  Writer writer;
  world.engine().Save(writer);
  auto loaded = MakeStandardEngine(EngineOptions{});
  Reader reader(writer.bytes());
  loaded->Load(reader);
  StateHash before;
  StateHash after;
  world.engine().AddTo(before, world.now());
  loaded->AddTo(after, world.now());
  EXPECT_EQ(before.value(), after.value());
  world.ReplaceEngine(std::move(loaded));
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended job 1 COMPLETE"), SizeIs(1));
}

}  // namespace
}  // namespace crrsim::engine_test
