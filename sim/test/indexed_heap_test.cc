#include "sim/indexed_heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "sim/level_queue.h"
#include "sim/random.h"

namespace crrsim {
namespace {

TEST(IndexedHeapTest, TheLeastKeyIsOnTopAndEveryIdIsWhereItWasPlaced) {
  RandomStream random(1, "indexed_heap_test");
  IndexedHeap<std::int64_t> heap;
  std::vector<std::uint32_t> positions(50, IndexedHeap<std::int64_t>::kNowhere);
  const auto place = [&](std::uint32_t id, std::uint32_t position) { positions[id] = position; };
  std::map<std::uint32_t, std::int64_t> expected;
  for (int i = 0; i < 5000; ++i) {
    const auto id = static_cast<std::uint32_t>(random.Below(positions.size()));
    const auto key = random.Between(-20, 20);
    if (positions[id] == IndexedHeap<std::int64_t>::kNowhere) {
      heap.Push(key, id, place);
      expected[id] = key;
    } else if (random.Chance(1, 2)) {
      heap.Move(positions[id], key, place);
      expected[id] = key;
    } else {
      heap.Remove(positions[id], place);
      expected.erase(id);
      ASSERT_EQ(positions[id], IndexedHeap<std::int64_t>::kNowhere);
    }
    ASSERT_EQ(heap.size(), expected.size());
    ASSERT_EQ(heap.empty(), expected.empty());
    if (expected.empty()) continue;
    const auto least = std::min_element(expected.begin(), expected.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
    ASSERT_EQ(heap.top().key, least->second);
    ASSERT_EQ(expected.at(heap.top().id), least->second);
    ASSERT_EQ(positions[heap.top().id], 0u);
  }
  EXPECT_THROW(heap.Remove(heap.size(), place), Defect);
}

TEST(LevelQueueTest, WhatWasPutInComesOutOnceAndInAboutTheOrderOfItsLevel) {
  RandomStream random(1, "level_queue_test");
  LevelQueue queue;
  EXPECT_TRUE(queue.empty());
  std::map<std::uint32_t, std::uint64_t> in;
  for (std::uint32_t id = 0; id < 500; ++id) {
    const auto level = random.Next() >> random.Below(64);
    queue.Put(id, level);
    queue.Put(id, 0);  // is in already
    in[id] = level;
  }
  queue.Put(500, ~std::uint64_t{0});
  queue.Put(501, 0);
  in[500] = ~std::uint64_t{0};
  in[501] = 0;
  std::uint64_t highest = 0;
  while (!queue.empty()) {
    ASSERT_EQ(queue.size(), in.size());
    const auto id = queue.Take();
    ASSERT_TRUE(in.contains(id));
    EXPECT_GE(std::max<std::uint64_t>(in[id], 1), highest - highest / 32) << "id " << id;
    highest = std::max(highest, in[id]);
    in.erase(id);
    EXPECT_FALSE(queue.contains(id));
  }
  EXPECT_TRUE(in.empty());
}

}  // namespace
}  // namespace crrsim
