#include "sim/event_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/test/support/short_names.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Queue = EventQueue<std::uint64_t>;

constexpr ChannelId kChannel{7};

std::vector<std::uint64_t> PopAll(Queue& queue) {
  std::vector<std::uint64_t> payloads;
  while (!queue.empty()) payloads.push_back(queue.Pop().payload);
  return payloads;
}

std::vector<std::uint64_t> Ready(const Queue& queue) {
  std::vector<std::uint64_t> payloads;
  for (const auto& entry : queue.ReadyAtNextInstant()) payloads.push_back(entry.payload);
  return payloads;
}

TEST(EventQueueTest, PopsByInstant) {
  Queue queue;
  queue.Schedule(At(30), 3);
  queue.Schedule(At(-10), 1);
  queue.Schedule(At(20), 2);
  queue.Schedule(Instant::Max(), 4);
  EXPECT_EQ(queue.NextInstant(), At(-10));
  EXPECT_THAT(PopAll(queue), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(queue.NextInstant(), std::nullopt);
}

TEST(EventQueueTest, EqualInstantsPopAsScheduled) {
  Queue queue;
  std::vector<std::uint64_t> expected;
  for (std::uint64_t i = 0; i < 100; ++i) {
    queue.Schedule(At(5), i);
    expected.push_back(i);
  }
  EXPECT_EQ(PopAll(queue), expected);
}

TEST(EventQueueTest, TiesOrderEqualInstantsAndNothingElse) {
  Queue queue;
  queue.Schedule(At(5), 1, 9);
  queue.Schedule(At(5), 2, ~std::uint64_t{0});
  queue.Schedule(At(5), 3, 8);
  queue.Schedule(At(5), 4);
  queue.Schedule(At(5), 5, 8);
  queue.Schedule(At(4), 6, 100);
  EXPECT_THAT(PopAll(queue), ElementsAre(6, 4, 3, 5, 1, 2));
}

TEST(EventQueueTest, TiesAtTheLastInstantOfAllAreInOrder) {
  // The heap fills its last line up with nodes at this instant.
  for (std::uint64_t count = 1; count < 20; ++count) {
    Queue queue;
    std::vector<std::uint64_t> expected;
    for (std::uint64_t i = 0; i < count; ++i) queue.Schedule(Instant::Max(), count - i, count - i);
    for (std::uint64_t i = 1; i <= count; ++i) expected.push_back(i);
    EXPECT_EQ(PopAll(queue), expected);
  }
}

TEST(EventQueueTest, AnEntryCarriesWhatItWasScheduledWith) {
  Queue queue;
  queue.Schedule(At(1), 7);
  const auto id = queue.Schedule(At(2), 8, 42);
  EXPECT_EQ(queue.Pop().sequence, 1);
  const auto entry = queue.Pop();
  EXPECT_EQ(entry.when, At(2));
  EXPECT_EQ(entry.tie, 42);
  EXPECT_EQ(entry.sequence, 2);
  EXPECT_EQ(entry.id, id);
  EXPECT_EQ(entry.payload, 8);
}

TEST(EventQueueTest, SchedulingAtThePresentIsAllowedAndBeforeItADefect) {
  Queue queue;
  queue.Schedule(At(10), 1);
  queue.Pop();
  queue.Schedule(At(10), 2);
  EXPECT_THROW(queue.Schedule(At(9), 3), Defect);
  EXPECT_EQ(queue.size(), 1);
  EXPECT_THAT(PopAll(queue), ElementsAre(2));
}

TEST(EventQueueTest, PoppingAnEmptyQueueIsADefect) {
  Queue queue;
  EXPECT_THROW(queue.Pop(), Defect);
  EXPECT_THROW(queue.PopReady(0), Defect);
  queue.Schedule(At(1), 1);
  EXPECT_THROW(queue.PopReady(1), Defect);
  EXPECT_EQ(queue.size(), 1);
}

TEST(EventQueueTest, SaysWhetherAnythingIsDueBy) {
  Queue queue;
  EXPECT_FALSE(queue.IsDueBy(Instant::Max())) << "empty";
  const auto first = queue.Schedule(At(10), 1);
  queue.Schedule(At(20), 2);
  EXPECT_FALSE(queue.IsDueBy(At(9)));
  EXPECT_TRUE(queue.IsDueBy(At(10))) << "at that very instant";
  EXPECT_TRUE(queue.Cancel(first));
  EXPECT_FALSE(queue.IsDueBy(At(19))) << "the first was cancelled";
  EXPECT_TRUE(queue.IsDueBy(At(20)));
}

TEST(EventQueueCancelTest, WhatIsCancelledNeverComes) {
  Queue queue;
  const auto first = queue.Schedule(At(1), 1);
  const auto second = queue.Schedule(At(2), 2);
  queue.Schedule(At(3), 3);
  EXPECT_TRUE(queue.Cancel(second));
  EXPECT_EQ(queue.size(), 2);
  EXPECT_TRUE(queue.Cancel(first));
  EXPECT_EQ(queue.NextInstant(), At(3));
  EXPECT_THAT(PopAll(queue), ElementsAre(3));
}

TEST(EventQueueCancelTest, AnIdCancelsOnceAndNeverAnotherEntry) {
  Queue queue;
  const auto cancelled = queue.Schedule(At(1), 1);
  EXPECT_TRUE(queue.Cancel(cancelled));
  EXPECT_FALSE(queue.Cancel(cancelled));
  const auto fired = queue.Schedule(At(1), 2);
  queue.Pop();
  EXPECT_FALSE(queue.Cancel(fired));
  // The places of both are used again.
  queue.Schedule(At(1), 3);
  queue.Schedule(At(1), 4);
  EXPECT_FALSE(queue.Cancel(cancelled));
  EXPECT_FALSE(queue.Cancel(fired));
  EXPECT_FALSE(queue.Cancel(EventId{}));
  EXPECT_FALSE(queue.Cancel(EventId{~std::uint64_t{0}}));
  EXPECT_THAT(PopAll(queue), ElementsAre(3, 4));
}

TEST(EventQueueCancelTest, CancellingEverythingLeavesAnEmptyQueue) {
  Queue queue;
  std::vector<EventId> ids;
  for (int i = 0; i < 1000; ++i) ids.push_back(queue.Schedule(At(i % 7), 0, static_cast<std::uint64_t>(i % 3)));
  for (const auto id : ids) EXPECT_TRUE(queue.Cancel(id));
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.size(), 0);
  EXPECT_EQ(queue.NextInstant(), std::nullopt);
}

TEST(EventQueueCancelTest, GarbageIsBounded) {
  // Timers that are always cancelled, far behind the one event that keeps the top in place.
  Queue queue;
  queue.Schedule(At(0), 0);
  Writer after_a_few;
  for (int i = 0; i < 100'000; ++i) {
    queue.Cancel(queue.Schedule(At(1'000'000 - i), 1));
    if (i == 1000) after_a_few.Put(queue);
  }
  Writer after_many;
  after_many.Put(queue);
  EXPECT_LE(after_many.bytes().size(), 2 * after_a_few.bytes().size());
  EXPECT_THAT(PopAll(queue), ElementsAre(0));
}

TEST(EventQueueReadyTest, ShowsWhatIsDueAtTheNextInstantInOrder) {
  Queue queue;
  queue.Schedule(At(5), 1, 3);
  queue.Schedule(At(6), 2);
  queue.Schedule(At(5), 3);
  const auto cancelled = queue.Schedule(At(5), 4, 1);
  queue.Schedule(At(5), 5, 2);
  queue.Cancel(cancelled);
  EXPECT_THAT(Ready(queue), ElementsAre(3, 5, 1));
  EXPECT_THAT(Ready(Queue()), IsEmpty());
}

TEST(EventQueueReadyTest, AnyOfThemCanBeTaken) {
  Queue queue;
  for (std::uint64_t i = 0; i < 6; ++i) queue.Schedule(At(5), i);
  queue.Schedule(At(6), 6);
  EXPECT_EQ(queue.PopReady(3).payload, 3);
  EXPECT_EQ(queue.PopReady(4).payload, 5);
  EXPECT_THAT(Ready(queue), ElementsAre(0, 1, 2, 4));
  EXPECT_THROW(queue.Schedule(At(4), 9), Defect);
  EXPECT_THAT(PopAll(queue), ElementsAre(0, 1, 2, 4, 6));
}

TEST(EventQueueReadyTest, EveryOrderOfThreeCanBeExplored) {
  Queue queue;
  for (std::uint64_t i = 0; i < 3; ++i) queue.Schedule(At(5), i);
  std::vector<std::string> orders;
  const auto explore = [&orders](const auto& self, const Queue& here, const std::string& order) -> void {
    if (here.empty()) return orders.push_back(order);
    for (std::size_t i = 0; i < here.ReadyAtNextInstant().size(); ++i) {
      auto there = here;
      const auto taken = there.PopReady(i).payload;
      self(self, there, order + std::to_string(taken));
    }
  };
  explore(explore, queue, "");
  EXPECT_THAT(orders, ElementsAre("012", "021", "102", "120", "201", "210"));
}

TEST(EventQueueChannelTest, NoTieOvertakesInAChannel) {
  Queue queue;
  queue.ScheduleInChannel(kChannel, At(5), 1, 9);
  queue.ScheduleInChannel(kChannel, At(5), 2, 3);
  queue.Schedule(At(5), 3, 5);
  queue.ScheduleInChannel(ChannelId{8}, At(5), 4, 1);
  EXPECT_THAT(PopAll(queue), ElementsAre(4, 3, 1, 2));
}

TEST(EventQueueChannelTest, AnEarlierInstantWaitsForWhatIsAhead) {
  Queue queue;
  queue.ScheduleInChannel(kChannel, At(5), 1, 2);
  queue.ScheduleInChannel(kChannel, At(3), 2, 1);
  queue.ScheduleInChannel(kChannel, At(7), 3);
  queue.ScheduleInChannel(kChannel, At(5), 4);
  queue.Schedule(At(4), 5);
  std::vector<std::int64_t> instants;
  std::vector<std::uint64_t> payloads;
  while (!queue.empty()) {
    const auto entry = queue.Pop();
    instants.push_back(entry.when.unix_nanoseconds());
    payloads.push_back(entry.payload);
  }
  EXPECT_THAT(payloads, ElementsAre(5, 1, 2, 3, 4));
  EXPECT_THAT(instants, ElementsAre(4, 5, 5, 7, 7));
}

TEST(EventQueueChannelTest, OnlyTheHeadOfAChannelIsReady) {
  Queue queue;
  queue.ScheduleInChannel(kChannel, At(5), 1);
  queue.ScheduleInChannel(kChannel, At(5), 2);
  queue.Schedule(At(5), 3);
  queue.ScheduleInChannel(ChannelId{8}, At(5), 4);
  queue.ScheduleInChannel(ChannelId{8}, At(5), 5);
  EXPECT_THAT(Ready(queue), ElementsAre(1, 3, 4));
  EXPECT_EQ(queue.PopReady(2).payload, 4);
  EXPECT_THAT(Ready(queue), ElementsAre(1, 3, 5));
  EXPECT_EQ(queue.PopReady(0).payload, 1);
  EXPECT_THAT(Ready(queue), ElementsAre(2, 3, 5));
}

TEST(EventQueueChannelTest, ACancelledHeadLetsTheNextOneThrough) {
  Queue queue;
  const auto head = queue.ScheduleInChannel(kChannel, At(5), 1);
  queue.ScheduleInChannel(kChannel, At(5), 2);
  EXPECT_TRUE(queue.Cancel(head));
  EXPECT_THAT(Ready(queue), ElementsAre(2));
}

TEST(EventQueueChannelTest, AnEmptyChannelHoldsNothingBack) {
  Queue queue;
  const auto late = queue.ScheduleInChannel(kChannel, At(9), 1, 5);
  queue.Cancel(late);
  queue.ScheduleInChannel(kChannel, At(5), 2, 1);
  const auto entry = queue.Pop();
  EXPECT_EQ(entry.when, At(5));
  EXPECT_EQ(entry.tie, 1);
  queue.ScheduleInChannel(kChannel, At(5), 3);
  EXPECT_EQ(queue.Pop().tie, 0);
  EXPECT_THROW(queue.ScheduleInChannel(ChannelId{~std::uint64_t{0}}, At(9), 4), Defect);
}

TEST(EventQueuePendingTest, AreVisitedInTheTotalOrderWithoutTheCancelled) {
  Queue queue;
  queue.Schedule(At(9), 1);
  queue.Schedule(At(5), 2, 2);
  const auto cancelled = queue.Schedule(At(7), 3);
  queue.Schedule(At(5), 4, 1);
  queue.Cancel(cancelled);
  std::vector<std::uint64_t> payloads;
  queue.ForEachPending([&payloads](const Queue::Entry& entry) { payloads.push_back(entry.payload); });
  EXPECT_THAT(payloads, ElementsAre(4, 2, 1));
  EXPECT_EQ(queue.size(), 3);
}

TEST(EventQueueCopyTest, ACopyGoesItsOwnWay) {
  Queue queue;
  queue.Schedule(At(1), 1);
  const auto id = queue.Schedule(At(2), 2);
  auto copy = queue;
  EXPECT_TRUE(copy.Cancel(id));
  copy.Schedule(At(3), 3);
  EXPECT_THAT(PopAll(queue), ElementsAre(1, 2));
  EXPECT_THAT(PopAll(copy), ElementsAre(1, 3));
}

}  // namespace
}  // namespace crrsim
