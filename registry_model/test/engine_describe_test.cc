// What the engine says that each job waits for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/engine_fake_world.h"

namespace crrsim::engine_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kPair = "(111122223333/us-west-2 to 111122223333/eu-west-1, ";

std::string Line(int job, std::string_view what, std::string_view cause) {
  return "job " + std::to_string(job) + " " + std::string(kPair) + std::string(what) + ") waits for " +
         std::string(cause);
}

class EngineDescribeTest : public testing::Test {
 protected:
  std::vector<std::string> At(FakeWorld& world, Duration since) {
    world.RunUntil(Instant() + since);
    return world.engine().DescribeWaiting();
  }
};

TEST_F(EngineDescribeTest, NamesEachStepThatIsOut) {
  FakeWorld world(EngineOptions{});
  world.Push({ImageNamed("image", {"l1"})}, "42");
  const auto image = ImageNamed("image", {"l1"})->digest.short_text();
  const auto config = BlobNamed("image-config").short_text();
  const auto layer = BlobNamed("l1").short_text();
  const std::string there = "111122223333/eu-west-1";
  EXPECT_THAT(At(world, Milliseconds(5)),
              ElementsAre(Line(1, "mservice:42", "the answer of " + there + " to admit (attempt 1)")));
  EXPECT_THAT(At(world, Milliseconds(25)),
              ElementsAre(Line(1, "mservice:42", "the answer of " + there + " to check-content (attempt 1)")));
  EXPECT_THAT(At(world, Milliseconds(45)),
              ElementsAre(Line(1, "mservice:42", "transfer 1 of " + config + "; transfer 2 of " + layer)));
  EXPECT_THAT(
      At(world, Milliseconds(145)),
      ElementsAre(Line(1, "mservice:42", "the answer of " + there + " to put-manifest of " + image + " (attempt 1)")));
  EXPECT_THAT(At(world, Milliseconds(165)),
              ElementsAre(Line(1, "mservice:42", "the answer of " + there + " to bind-tag (attempt 1)")));
  EXPECT_THAT(At(world, Milliseconds(185)), IsEmpty());
}

TEST_F(EngineDescribeTest, NamesARetryWithItsInstantAndItsCause) {
  FakeWorld world({.retry_jitter_percent = 0});
  int admits = 0;
  world.on_ask = [&](const Ask& ask) {
    return ask.step == JobStep::kAdmit && ++admits <= 2 ? FailureCode::kTimedOut : FailureCode::kNone;
  };
  bool has_failed = false;
  world.on_transfer = [&](const StartTransfer& start) {
    return FakeTransfer{.is_damaged = NameOfDigest(start.blob) == "l1" && !std::exchange(has_failed, true)};
  };
  world.Push({ImageNamed("image", {"l1"})}, std::nullopt);
  const auto what = "mservice@" + ImageNamed("image", {"l1"})->digest.short_text();
  EXPECT_THAT(
      At(world, Milliseconds(30)),
      ElementsAre(Line(1, what, "admit to be tried again at 1970-01-01T00:00:01.020Z (attempt 1 failed: TimedOut)")));
  EXPECT_THAT(At(world, Milliseconds(1030)),
              ElementsAre(Line(1, what, "the answer of 111122223333/eu-west-1 to admit (attempt 2)")));
  EXPECT_THAT(At(world, Milliseconds(3300)),
              ElementsAre(Line(1, what,
                               "transfer of " + BlobNamed("l1").short_text() +
                                   " to be tried again at 1970-01-01T00:00:04.180Z (attempt 1 failed: "
                                   "DigestMismatch)")));
}

TEST_F(EngineDescribeTest, NamesWhoIsAheadAndWhoMovesASharedBlob) {
  FakeWorld world({.jobs_in_flight_max = 2});
  world.on_transfer = [](const StartTransfer&) { return FakeTransfer{.takes = Minutes(1)}; };
  world.Destination().blobs = {BlobNamed("one-config"), BlobNamed("two-config")};
  world.Push({ImageNamed("one", {"shared"})}, "a");
  world.Push({ImageNamed("two", {"shared"})}, "b");
  world.Push({ImageNamed("three", {})}, "a");
  world.Push({ImageNamed("four", {})}, "c");
  world.Push({ImageNamed("five", {})}, "d");
  const auto shared = BlobNamed("shared").short_text();
  EXPECT_THAT(
      At(world, Seconds(1)),
      ElementsAre(
          Line(1, "mservice:a", "transfer 1 of " + shared),
          Line(2, "mservice:b", "transfer 1 of " + shared + ", which job 1 started"),
          Line(3, "mservice:a", "job 1, which is ahead of it"),
          Line(4, "mservice:c", "one of the 2 places for jobs of this pair, all taken; 0 were queued before it"),
          Line(5, "mservice:d", "one of the 2 places for jobs of this pair, all taken; 1 were queued before it")));
}

}  // namespace
}  // namespace crrsim::engine_test
