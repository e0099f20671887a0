// Claims about bytes, times and events: each beside a twin that is wrong on purpose.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kWay = "from: us-west-2, to: eu-west-1";

std::vector<std::string> ClaimedOf(const std::string& steps, const std::vector<std::string>& claims) {
  auto text = steps + "expect:\n";
  for (const auto& claim : claims) text += "  - " + claim + "\n";
  return VerdictsOf(Played(text));
}

/// Bytes of config and layer of `app`: a layer of 1,024 bytes and what is not worth stating here.
std::int64_t SizeOfApp() {
  const auto run = Played(kPush);
  EXPECT_FALSE(run.images.empty());
  return run.images.empty() ? 0 : run.images.front().size.bytes();
}

TEST(ExpectationTransferTest, TimesCountsConfigAndDistinctLayers) {
  const auto size = SizeOfApp();
  ASSERT_GT(size, 1024);
  EXPECT_THAT(
      ClaimedOf(kPush + kSettle,
                {"{transferred: app, " + kWay + ", times: 1}", "{transferred: app, " + kWay + ", times: 2}",
                 "{transferred: app, " + kWay + ", times: 0}"}),
      ElementsAre(fmt::format("holds: {} bytes useful, 0 wasted", size),
                  fmt::format("broken: {0} bytes useful, 0 wasted; config and distinct layers are {0} bytes", size),
                  fmt::format("broken: {0} bytes useful, 0 wasted; config and distinct layers are {0} bytes", size)));
}

TEST(ExpectationTransferTest, EveryBoundHasItsTwin) {
  const auto size = SizeOfApp();
  const auto claim = [&](const std::string& bound, std::int64_t bytes) {
    return fmt::format("{{transferred: app, {}, {}: {}B}}", kWay, bound, bytes);
  };
  EXPECT_THAT(
      ClaimedOf(kPush + kSettle, {claim("exactly", size), claim("exactly", size + 1), claim("at_least", size),
                                  claim("at_least", size + 1), claim("at_most", size), claim("at_most", size - 1)}),
      ElementsAre(HasSubstr("holds"), HasSubstr("broken"), HasSubstr("holds"), HasSubstr("broken"), HasSubstr("holds"),
                  HasSubstr("broken")));
}

TEST(ExpectationTransferTest, EveryBoundOnWasteHasItsTwin) {
  // The layer arrives damaged once; the config, which is smaller, has arrived before.
  const std::string damaged = "  - corrupt: {skip: 1, times: 1}\n" + kPush + kSettle;
  const auto claim = [&](const std::string& bound, std::int64_t bytes) {
    return fmt::format("{{transferred: app, {}, {}: {}B}}", kWay, bound, bytes);
  };
  const auto size = SizeOfApp();
  const auto observed = fmt::format("{} bytes useful, 1024 wasted", size);
  EXPECT_THAT(ClaimedOf(damaged,
                        {claim("wasted_exactly", 1024), claim("wasted_exactly", 0), claim("wasted_at_least", 1024),
                         claim("wasted_at_least", 1025), claim("wasted_at_most", 1024), claim("wasted_at_most", 1023)}),
              ElementsAre("holds: " + observed, "broken: " + observed, "holds: " + observed, "broken: " + observed,
                          "holds: " + observed, "broken: " + observed));
}

TEST(ExpectationStorageTest, EveryBoundOnBytesHasItsTwin) {
  const auto size = SizeOfApp();
  const auto claim = [&](const std::string& bound, std::int64_t bytes) {
    return fmt::format("{{stored: app, in: eu-west-1, {}: {}B}}", bound, bytes);
  };
  const auto holds = fmt::format("holds: {} bytes stored", size);
  const auto broken = fmt::format("broken: {} bytes stored", size);
  EXPECT_THAT(
      ClaimedOf(kPush + kSettle, {claim("exactly", size), claim("exactly", size - 1), claim("at_least", size),
                                  claim("at_least", size + 1), claim("at_most", size), claim("at_most", size - 1)}),
      ElementsAre(holds, broken, holds, broken, holds, broken));
}

TEST(ExpectationStorageTest, TimeInAMonthIsExact) {
  // Stored at the destination from 250 ms after the push at 10:00 to the end of the run at 11:00.
  const std::string steps = kPush + "    at: 10h\n  - advance_to: 2026-01-01T11:00:00Z\n";
  const auto claim = [](const std::string& region, const std::string& bounds) {
    return "{stored: app, in: " + region + ", month: 2026-01, " + bounds + "}";
  };
  // Verdicts round what they show; the bounds are exact.
  const auto shown = fmt::format("{} bytes for 1.00h", SizeOfApp());
  EXPECT_THAT(ClaimedOf(steps, {claim("us-west-2", "for_at_least: 1h, for_at_most: 1h"),
                                claim("eu-west-1", "for_at_least: 59m59.75s, for_at_most: 59m59.75s"),
                                claim("eu-west-1", "for_at_least: 59m59.750000001s"),
                                claim("eu-west-1", "for_at_most: 59m59.749999999s")}),
              ElementsAre("holds: " + shown, "holds: " + shown, "broken: " + shown, "broken: " + shown));
}

TEST(ExpectationStorageTest, AMonthBeforeTheFirstByteHasNothing) {
  EXPECT_THAT(ClaimedOf(kPush + kSettle, {"{stored: app, in: eu-west-1, month: 2026-02, for_at_most: 1d}"}),
              ElementsAre(fmt::format("broken: 0 byte-seconds in 2026-02, {} bytes stored at the end", SizeOfApp())));
}

TEST(ExpectationLagTest, QuantilesAreOfTheNearestRank) {
  // One copy takes 400 ms, nine take their share of a link that carries 1 MiB in 100 ms.
  const std::string world = Replaced(kWorld, "latency: 50ms}", "latency: 50ms, bandwidth: 10MiB/s}");
  std::string steps = "  - push: app:1\n    to: us-west-2\n  - settle: 1h\n";
  steps += "  - push: app:2\n    image: big\n    to: us-west-2\n  - settle: 1h\n";
  const auto claims = [](const std::string& quantile, const std::string& at_least, const std::string& at_most) {
    return fmt::format("  - {{lag: {}, {}, at_least: {}, at_most: {}}}\n", quantile, kWay, at_least, at_most);
  };
  const auto scenario =
      Loaded(world + steps + "expect:\n" + claims("p50", "400ms", "401ms") + claims("p90", "500ms", "501ms") +
             claims("max", "500ms", "501ms") + claims("p50", "500ms", "501ms") + claims("max", "400ms", "401ms"));
  EXPECT_THAT(VerdictsOf(RunScenario(scenario, {})),
              ElementsAre("holds: 400ms over 2 replications", "holds: 500ms over 2 replications",
                          "holds: 500ms over 2 replications", "broken: 400ms over 2 replications",
                          "broken: 500ms over 2 replications"));
}

TEST(ExpectationLagTest, BothBoundsHaveTheirTwins) {
  EXPECT_THAT(ClaimedOf(kPush + kSettle,
                        {"{lag: max, " + kWay + ", at_least: 400ms, at_most: 400ms}",
                         "{lag: max, " + kWay + ", at_least: 401ms}", "{lag: max, " + kWay + ", at_most: 399ms}"}),
              ElementsAre("holds: 400ms over 1 replication", "broken: 400ms over 1 replication",
                          "broken: 400ms over 1 replication"));
}

TEST(ExpectationFaultTest, HitsAreCountedByVerb) {
  const std::string steps =
      "  - fail: {step: bind-tag, times: 2}\n  - fail: {step: admit, times: 1}\n"
      "  - corrupt: {times: 1}\n" +
      kPush + kSettle;
  EXPECT_THAT(
      ClaimedOf(steps, {"{fault: fail, hits: 3}", "{fault: fail, hits: 2}", "{fault: fail, hits_at_least: 3}",
                        "{fault: fail, hits_at_least: 4}", "{fault: fail, hits_at_most: 3}",
                        "{fault: fail, hits_at_most: 2}", "{fault: corrupt, hits: 1}", "{fault: corrupt, hits: 0}"}),
      ElementsAre("holds: fail hit 3 times", "broken: fail hit 3 times", "holds: fail hit 3 times",
                  "broken: fail hit 3 times", "holds: fail hit 3 times", "broken: fail hit 3 times",
                  "holds: corrupt hit 1 time", "broken: corrupt hit 1 time"));
}

TEST(ExpectationFaultTest, APartitionHitsWhatItHoldsUp) {
  const std::string cut = "  - partition: {from: us-west-2, to: eu-west-1}\n    for: 30s\n";
  EXPECT_THAT(ClaimedOf(cut + kPush + kSettle, {"{fault: partition, hits_at_least: 1}", "{fault: partition, hits: 0}"}),
              ElementsAre(HasSubstr("holds: partition hit"), HasSubstr("broken: partition hit")));
  // The other way is free: nothing crosses it but answers, and none while nothing is copied.
  const std::string idle = "  - partition: {from: eu-west-1, to: us-west-2}\n    for: 30s\n";
  EXPECT_THAT(ClaimedOf(idle + kSettle + kPush + kSettle, {"{fault: partition, hits_at_least: 1}"}),
              ElementsAre("broken: partition hit 0 times"));
}

TEST(ExpectationEventTest, CountsHaveTheirTwins) {
  const std::string steps = kPush + kPushOther + kSettle;
  EXPECT_THAT(
      ClaimedOf(steps, {"{event: TagMoved}", "{event: TagDropped}", "{event: TagMoved, times: 4}",
                        "{event: TagMoved, in: eu-west-1, times: 2}", "{event: TagMoved, in: eu-west-1, times: 1}",
                        "{event: TagMoved, times_at_least: 4}", "{event: TagMoved, times_at_least: 5}",
                        "{event: TagMoved, times_at_most: 4}", "{event: TagMoved, times_at_most: 3}"}),
      ElementsAre("holds: 4 times", "broken: 0 times", "holds: 4 times", "holds: 2 times", "broken: 2 times",
                  "holds: 4 times", "broken: 4 times", "holds: 4 times", "broken: 4 times"));
}

TEST(ExpectationEventTest, FieldsNarrowItDown) {
  const std::string steps = kPush + kPushOther + kSettle;
  EXPECT_THAT(ClaimedOf(steps, {"{event: TagMoved, in: eu-west-1, where: {tag: 2, origin: replication}, times: 1}",
                                "{event: TagMoved, where: {tag: 2, origin: client}, times: 1}",
                                "{event: TagMoved, in: eu-west-1, where: {origin: client}, times: 1}",
                                "{event: JobEnded, where: {source: us-west-2, destination: shop/eu-west-1, status: "
                                "COMPLETE, failure: none}, times: 2}",
                                "{event: BlobStored, in: eu-west-1, where: {stored: 1KiB}, times: 1}",
                                "{event: BlobStored, in: eu-west-1, where: {stored: 1025}, times: 1}"}),
              ElementsAre("holds: 1 times", "holds: 1 times", "broken: 0 times", "holds: 2 times", "holds: 1 times",
                          "broken: 0 times"));
}

TEST(ExpectationOrderTest, AllOfOneComeBeforeAllOfTheNext) {
  const std::string steps = kPush + kSettle;
  EXPECT_THAT(
      ClaimedOf(steps, {"{in_order: [{event: BlobStored, in: eu-west-1}, {event: ManifestStored, in: eu-west-1}, "
                        "{event: TagMoved, in: eu-west-1}]}",
                        "{in_order: [{event: ManifestStored, in: eu-west-1}, {event: BlobStored, in: eu-west-1}]}"}),
      ElementsAre("holds: 3 kinds of events in that order",
                  testing::ContainsRegex("broken: event [0-9]+ was ManifestStored in eu-west-1, after event "
                                         "[0-9]+, the first BlobStored in eu-west-1")));
}

TEST(ExpectationOrderTest, OneOfManyOutOfOrderBreaksIt) {
  // The second image's blobs come after the first image's manifest.
  EXPECT_THAT(ClaimedOf(kPush + kSettle + kPushOther + kSettle,
                        {"{in_order: [{event: BlobStored, in: eu-west-1}, {event: ManifestStored, in: eu-west-1}]}"}),
              ElementsAre(HasSubstr("broken: event ")));
}

TEST(ExpectationOrderTest, AKindThatNeverCameBreaksIt) {
  EXPECT_THAT(ClaimedOf(kPush + kSettle,
                        {"{in_order: [{event: BlobStored, in: eu-west-1}, {event: TagDropped, where: {tag: \"1\"}}]}"}),
              ElementsAre("broken: no event matched TagDropped (tag 1)"));
}

}  // namespace
}  // namespace crrsim
