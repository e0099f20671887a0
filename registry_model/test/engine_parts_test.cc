// The parts that the standard engine is made of, each alone.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "registry_model/replication/backoff.h"
#include "registry_model/replication/copy_plan.h"
#include "registry_model/replication/slots.h"
#include "registry_model/test/support/engine_fake_world.h"
#include "sim/random.h"

namespace crrsim::engine_test {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

std::vector<PartNumber> List(std::span<const PartNumber> parts) { return {parts.begin(), parts.end()}; }

TEST(EnginePlanTest, NumbersBlobsThenManifests) {
  CopyPlan plan;
  plan.LayOut({ImageNamed("image", {"layer1", "layer2"})});
  EXPECT_EQ(plan.part_count(), 4u);
  EXPECT_EQ(plan.blob_count(), 3u);
  EXPECT_EQ(plan.content()[0], (Content{ContentKind::kBlob, BlobNamed("image-config")}));
  EXPECT_EQ(plan.content()[2], (Content{ContentKind::kBlob, BlobNamed("layer2")}));
  EXPECT_EQ(plan.content()[3].kind, ContentKind::kManifest);
  EXPECT_EQ(plan.blob_size(0).bytes(), 10);
  EXPECT_EQ(plan.blob_size(2).bytes(), 1000);
  EXPECT_THAT(List(plan.NeedsOf(3)), ElementsAre(0, 1, 2));
  for (const PartNumber blob : {0u, 1u, 2u}) EXPECT_THAT(List(plan.NeededBy(blob)), ElementsAre(3));
  EXPECT_THAT(List(plan.NeededBy(3)), IsEmpty());
}

TEST(EnginePlanTest, SharedPartsAreNumberedOnce) {
  const auto a = ImageNamed("a", {"base", "only-a"});
  const auto b = ImageNamed("b", {"base", "only-b"});
  const auto inner = IndexNamed("inner", {a, b});
  CopyPlan plan;
  plan.LayOut({a, b, inner, IndexNamed("outer", {inner, a})});
  // a-config base only-a b-config only-b | a b inner outer
  ASSERT_EQ(plan.part_count(), 9u);
  EXPECT_EQ(plan.blob_count(), 5u);
  EXPECT_THAT(List(plan.NeedsOf(5)), ElementsAre(0, 1, 2));
  EXPECT_THAT(List(plan.NeedsOf(6)), ElementsAre(3, 1, 4));
  EXPECT_THAT(List(plan.NeedsOf(7)), ElementsAre(5, 6));
  EXPECT_THAT(List(plan.NeedsOf(8)), ElementsAre(7, 5));
  EXPECT_THAT(List(plan.NeededBy(1)), ElementsAre(5, 6));
  EXPECT_THAT(List(plan.NeededBy(5)), ElementsAre(7, 8));
  EXPECT_THAT(List(plan.NeededBy(7)), ElementsAre(8));
}

TEST(EnginePlanTest, IsLaidOutAgainFromNothing) {
  CopyPlan plan;
  const auto a = ImageNamed("a", {"base", "only-a"});
  plan.LayOut({a, IndexNamed("list", {a})});
  plan.LayOut({ImageNamed("image", {"layer1"})});
  EXPECT_EQ(plan.part_count(), 3u);
  EXPECT_THAT(List(plan.NeedsOf(2)), ElementsAre(0, 1));
}

TEST(EnginePlanTest, ManifestsInTheWrongOrderAreADefect) {
  const auto a = ImageNamed("a", {"base", "only-a"});
  const auto list = IndexNamed("list", {a});
  CopyPlan plan;
  EXPECT_THROW(plan.LayOut({list, a}), Defect);
  EXPECT_THROW(plan.LayOut({a, a}), Defect);
  EXPECT_THROW(plan.LayOut({}), Defect);
  EXPECT_NO_THROW(plan.LayOut({a, list}));
}

TEST(EnginePlanTest, AChildThatIsNotThereIsNotWaitedFor) {
  const auto a = ImageNamed("a", {"base", "only-a"});
  const auto b = ImageNamed("b", {"base", "only-b"});
  CopyPlan plan;
  plan.LayOut({a, IndexNamed("sparse", {b, a})});
  EXPECT_THAT(List(plan.NeedsOf(plan.part_count() - 1)), ElementsAre(plan.part_count() - 2));
}

TEST(EngineBackoffTest, DoublesUpToItsCapAndNeverOverflows) {
  Backoff backoff({.retry_first = Milliseconds(250), .retry_cap = Seconds(3), .retry_jitter_percent = 0});
  std::vector<std::int64_t> delays;
  for (std::uint64_t attempt = 1; attempt <= 6; ++attempt)
    delays.push_back(backoff.Draw(attempt).nanoseconds() / 1'000'000);
  EXPECT_THAT(delays, ElementsAre(250, 500, 1000, 2000, 3000, 3000));
  EXPECT_EQ(backoff.Draw(1'000'000'000), Seconds(3));
  Backoff endless({.retry_first = Days(365), .retry_cap = Duration::Max(), .retry_jitter_percent = 100});
  for (const std::uint64_t attempt : {1u, 60u, 64u, 1000u}) EXPECT_GT(endless.Draw(attempt), Duration());
}

TEST(EngineBackoffTest, ACapBelowTheFirstDelayWins) {
  Backoff backoff({.retry_first = Seconds(10), .retry_cap = Seconds(3), .retry_jitter_percent = 0});
  EXPECT_EQ(backoff.Draw(1), Seconds(3));
}

TEST(EngineBackoffTest, DrawsNothingWithoutJitter) {
  Backoff backoff({.retry_jitter_percent = 0});
  const auto before = backoff.stream();
  backoff.Draw(3);
  EXPECT_EQ(backoff.stream(), before);
  Backoff jittery({.retry_jitter_percent = 1});
  jittery.Draw(3);
  EXPECT_NE(jittery.stream(), before);
}

TEST(EngineBackoffTest, EveryFailureOfAStepIsEitherPermanentOrNot) {
  const Backoff backoff(EngineOptions{});
  const Backoff patient({.denial = "retry"});
  EXPECT_TRUE(backoff.IsPermanent(FailureCode::kAccessDenied));
  EXPECT_FALSE(patient.IsPermanent(FailureCode::kAccessDenied));
  for (const auto code :
       {FailureCode::kDigestMismatch, FailureCode::kContentMissing, FailureCode::kTimedOut, FailureCode::kInjected}) {
    EXPECT_FALSE(backoff.IsPermanent(code)) << NameOf(code);
  }
  EXPECT_THROW((void)backoff.IsPermanent(FailureCode::kNone), Defect);
  EXPECT_THROW((void)backoff.IsPermanent(FailureCode::kRetriesExhausted), Defect);
}

TEST(EngineSlotPoolTest, GivesPlacesBackInTurnWithTheirRows) {
  SlotPool<std::vector<int>> pool;
  const auto a = pool.Take();
  const auto b = pool.Take();
  pool[a] = {1, 2, 3};
  EXPECT_EQ(pool.taken(), 2u);
  pool.Give(a);
  EXPECT_FALSE(pool.holds(a));
  EXPECT_TRUE(pool.holds(b));
  EXPECT_THROW(pool[a], Defect);
  EXPECT_THROW(pool.Give(a), Defect);
  EXPECT_EQ(pool.Take(), a);
  EXPECT_THAT(pool[a], ElementsAre(1, 2, 3));
  EXPECT_EQ(pool.places(), 2u);
}

TEST(EngineSlotTableTest, EqualHashesAreKeptApart) {
  // Keys are told apart by the caller; four hashes for a hundred keys, against a map.
  RandomStream chance(1, "test");
  std::map<int, Slot> expected;
  std::vector<int> key_of(1000, -1);
  std::vector<Slot> free;
  for (Slot slot = 0; slot < 200; ++slot) free.push_back(slot);
  SlotTable table;
  const auto hash = [](int key) { return static_cast<std::uint64_t>(key % 4); };
  for (int step = 0; step < 20'000; ++step) {
    const auto key = static_cast<int>(chance.Below(100));
    if (expected.contains(key) && chance.Chance(1, 2)) {
      table.Erase(hash(key), expected[key]);
      free.push_back(expected[key]);
      expected.erase(key);
      continue;
    }
    const auto found = table.FindOrInsert(
        hash(key), [&](Slot slot) { return key_of[slot] == key; },
        [&] {
          const auto slot = free.back();
          free.pop_back();
          key_of[slot] = key;
          return slot;
        });
    const auto [entry, is_new] = expected.try_emplace(key, found);
    ASSERT_EQ(entry->second, found);
    ASSERT_EQ(key_of[found], key);
  }
  EXPECT_GT(expected.size(), 20u);
  EXPECT_THROW(table.Erase(17, 0), Defect);
}

}  // namespace
}  // namespace crrsim::engine_test
