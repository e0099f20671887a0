#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/event_queue.h"
#include "sim/random.h"
#include "sim/test/support/short_names.h"

namespace crrsim {
namespace {

using Queue = EventQueue<std::uint64_t>;

constexpr ChannelId kBus{7};

/// A queue with free places, garbage, ties and two channels.
Queue WornQueue() {
  Queue queue;
  RandomStream random(1, "test");
  std::vector<EventId> ids;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto when = At(random.Between(10, 20));
    ids.push_back(i % 5 == 0 ? queue.ScheduleInChannel(ChannelId{i % 2}, when, i, random.Below(3))
                             : queue.Schedule(when, i, random.Below(3)));
  }
  for (int i = 0; i < 10; ++i) queue.Pop();
  for (std::size_t i = 30; i < 45; ++i) queue.Cancel(ids[i]);
  return queue;
}

Queue Loaded(std::string_view bytes) {
  Reader reader(bytes);
  return reader.Get<Queue>();
}

TEST(EventQueueArchiveTest, ALoadedQueueGoesOnAsTheSavedOne) {
  auto queue = WornQueue();
  auto loaded = Loaded(Saved(queue));
  RandomStream random(2, "test");
  std::vector<EventId> ids;
  for (std::uint64_t step = 0; step < 500; ++step) {
    if (!queue.empty()) {
      const auto entry = queue.Pop();
      const auto same = loaded.Pop();
      ASSERT_EQ(entry.id, same.id);
      ASSERT_EQ(entry.when, same.when);
      ASSERT_EQ(entry.payload, same.payload);
    }
    const auto when = At(20 + static_cast<std::int64_t>(step) + random.Between(0, 5));
    const auto tie = random.Below(4);
    ids.push_back(queue.ScheduleInChannel(kBus, when, step, tie));
    ASSERT_EQ(loaded.ScheduleInChannel(kBus, when, step, tie), ids.back());
    ids.push_back(queue.Schedule(when, step, tie));
    ASSERT_EQ(loaded.Schedule(when, step, tie), ids.back());
    const auto cancelled = ids[random.Below(ids.size())];
    ASSERT_EQ(queue.Cancel(cancelled), loaded.Cancel(cancelled));
  }
  EXPECT_EQ(Saved(queue), Saved(loaded));
}

TEST(EventQueueArchiveTest, EveryShorteningIsRefused) {
  const auto bytes = Saved(WornQueue());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(Loaded(std::string_view(bytes).substr(0, size)), ArchiveError) << size;
  }
}

TEST(EventQueueArchiveTest, ADamagedByteIsRefusedOrGivesAQueueThatHoldsTogether) {
  const auto bytes = Saved(WornQueue());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int flipped : {0x01, 0x80}) {
      auto damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ flipped);
      try {
        auto queue = Loaded(damaged);
        auto last = At(std::numeric_limits<std::int64_t>::min());
        while (!queue.empty()) {
          const auto entry = queue.Pop();
          ASSERT_GE(entry.when, last);
          last = entry.when;
        }
        ASSERT_EQ(queue.size(), 0);
      } catch (const ArchiveError&) {
        ++refused;
      }
    }
  }
  // What is not refused is another queue, with another instant or payload.
  EXPECT_GT(refused, bytes.size() / 2);
}

/// The fields of a saved queue with one entry and one free place, to be written wrong one at a time.
struct SavedFields {
  std::uint64_t next_sequence = 3;
  std::int64_t last_popped = 5;
  std::vector<std::uint32_t> free_slots = {1};
  std::int64_t when = 6;
  std::uint64_t rank = std::uint64_t{2} << 24;
  std::uint64_t tie = 0;
  bool cancelled = false;
  std::uint64_t channel = 7;
  std::uint64_t channel_listed = 7;
  std::uint64_t waiting = 1;
};

Queue LoadedFrom(const SavedFields& fields) {
  Writer writer;
  writer.Put(fields.next_sequence);
  writer.Put(fields.last_popped);
  writer.Put(fields.free_slots);
  writer.Put(std::uint64_t{1});
  writer.Put(fields.when);
  writer.Put(fields.rank);
  writer.Put(fields.tie);
  writer.Put(fields.cancelled);
  if (!fields.cancelled) {
    writer.Put(fields.channel);
    writer.Put(std::uint64_t{99});  // the payload
  }
  writer.Put(std::uint64_t{1});
  writer.Put(fields.channel_listed);
  writer.Put(fields.when);
  writer.Put(fields.tie);
  writer.Put(fields.waiting);
  return Loaded(writer.bytes());
}

TEST(EventQueueArchiveTest, WhatNoQueueCanHaveWrittenIsRefused) {
  EXPECT_EQ(LoadedFrom({}).Pop().payload, 99);
  EXPECT_THROW(LoadedFrom({.next_sequence = 2}), ArchiveError);
  EXPECT_THROW(LoadedFrom({.last_popped = 7}), ArchiveError);
  EXPECT_THROW(LoadedFrom({.free_slots = {0}}), ArchiveError);
  EXPECT_THROW(LoadedFrom({.free_slots = {2}}), ArchiveError);
  EXPECT_THROW(LoadedFrom({.free_slots = {1, 1}}), ArchiveError);
  EXPECT_THROW(LoadedFrom({.rank = (std::uint64_t{2} << 24) | 1}), ArchiveError);
  EXPECT_THROW(LoadedFrom({.rank = 0}), ArchiveError);
  EXPECT_THROW(LoadedFrom({.tie = 1}), ArchiveError);
  EXPECT_THROW(LoadedFrom({.cancelled = true}), ArchiveError);
  EXPECT_THROW(LoadedFrom({.channel_listed = 8}), ArchiveError);
  EXPECT_THROW(LoadedFrom({.waiting = 2}), ArchiveError);
}

}  // namespace
}  // namespace crrsim
