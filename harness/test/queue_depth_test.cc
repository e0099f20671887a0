// How many replications wait or run towards each destination.
#include "harness/report/queue_depth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/report/json.h"
#include "harness/report/terminal.h"
#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Instant At(std::int64_t seconds) { return Instant() + Seconds(seconds); }

ReplicationRow Row(std::string_view to, std::int64_t queued, std::optional<std::int64_t> ended) {
  ReplicationRow row;
  row.replication.destination = ShopIn(to);
  row.queued_at = At(queued);
  if (ended) row.completed_at = At(*ended);
  return row;
}

TEST(QueueDepthTest, CountsFromQueueingToTheEndOfTheJob) {
  const auto depths = QueueDepthsOf({Row("eu-west-1", 0, 4), Row("eu-west-1", 1, 2), Row("us-east-1", 1, std::nullopt),
                                     Row("eu-west-1", 2, 3), Row("eu-west-1", 3, 3)});
  ASSERT_EQ(depths.size(), 2U);
  EXPECT_EQ(depths[0].destination, ShopIn("eu-west-1"));
  EXPECT_THAT(depths[0].steps, ElementsAre(Pair(At(0), 1), Pair(At(1), 2), Pair(At(3), 1), Pair(At(4), 0)));
  EXPECT_EQ(depths[0].max, 2);
  EXPECT_EQ(depths[0].max_at, At(1)) << "the first instant of so many";
  EXPECT_THAT(depths[1].steps, ElementsAre(Pair(At(1), 1)));
  EXPECT_THAT(QueueDepthsOf({}), IsEmpty());
}

TEST(QueueDepthTest, ReportsShowIt) {
  // A job lasts 450 ms, from its push.
  const auto run = Played(kPush + "    label: pushed\n" + kPushOther + "    at: 100ms\n" + kSettle);
  const auto depth = ToJson(run).at("queue_depth");
  ASSERT_EQ(depth.size(), 1U);
  EXPECT_EQ(depth[0]["destination"], "111122223333/eu-west-1");
  EXPECT_EQ(depth[0]["max"], 2);
  EXPECT_EQ(depth[0]["max_at_seconds"], 0.1);
  ASSERT_EQ(depth[0]["steps"].size(), 4U);
  EXPECT_EQ(depth[0]["steps"][0].dump(), "[0.0,1]");
  EXPECT_EQ(depth[0]["steps"][3][1], 0);
  const auto page = ToTerminal(run, {});
  EXPECT_THAT(page, HasSubstr("us-west-2 to eu-west-1: 2 images, lag p50 "));
  EXPECT_THAT(page, HasSubstr("eu-west-1: at most 2 replications queued or running, first at +100ms"));
}

}  // namespace
}  // namespace crrsim
