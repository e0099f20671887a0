#include "sim/index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
// RapidCheck wants GoogleTest first.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "sim/test/support/short_names.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::Pair;

template <class Key, class Value, class Hasher>
std::vector<std::pair<Key, Value>> Sorted(const Index<Key, Value, Hasher>& index) {
  std::vector<std::pair<Key, Value>> entries;
  index.ForEachSorted([&entries](const Key& key, const Value& value) { entries.emplace_back(key, value); });
  return entries;
}

TEST(IndexTest, FindsWhatWasInserted) {
  Index<std::string, int> index;
  EXPECT_EQ(index.Find("a"), nullptr);
  EXPECT_TRUE(index.Insert("a", 1));
  EXPECT_FALSE(index.Insert("a", 2));
  ASSERT_NE(index.Find("a"), nullptr);
  EXPECT_EQ(*index.Find("a"), 1);
  EXPECT_EQ(*index.Find(std::string_view("a")), 1);
  EXPECT_EQ(index.Find("b"), nullptr);
  *index.Find("a") = 3;
  EXPECT_EQ(*std::as_const(index).Find("a"), 3);
  EXPECT_EQ(index.size(), 1);
}

TEST(IndexTest, EmplaceTellsNewFromOld) {
  Index<std::uint64_t, std::string> index;
  auto [first, first_is_new] = index.Emplace(0, 3, 'x');
  EXPECT_TRUE(first_is_new);
  EXPECT_EQ(first, "xxx");
  auto [second, second_is_new] = index.Emplace(0, "other");
  EXPECT_FALSE(second_is_new);
  second += "y";
  EXPECT_EQ(*index.Find(std::uint64_t{0}), "xxxy");
}

TEST(IndexTest, ErasedKeysAreGoneAndCanComeBack) {
  Index<std::string, int> index;
  EXPECT_FALSE(index.Erase("a"));
  index.Insert("a", 1);
  index.Insert("b", 2);
  EXPECT_TRUE(index.Erase("a"));
  EXPECT_FALSE(index.Erase("a"));
  EXPECT_EQ(index.Find("a"), nullptr);
  EXPECT_EQ(*index.Find("b"), 2);
  EXPECT_TRUE(index.Insert("a", 3));
  EXPECT_THAT(Sorted(index), ElementsAre(Pair("a", 3), Pair("b", 2)));
  index.clear();
  EXPECT_TRUE(index.empty());
  EXPECT_EQ(index.Find("b"), nullptr);
  EXPECT_TRUE(index.Insert("b", 4));
}

TEST(IndexTest, SavedBytesDoNotDependOnTheWayIn) {
  Index<int, int> up;
  Index<int, int> down;
  for (int i = 0; i < 100; ++i) up.Insert(i, i * i);
  for (int i = 199; i >= 0; --i) down.Insert(i, i * i);
  for (int i = 199; i >= 100; --i) down.Erase(i);
  EXPECT_EQ(up, down);
  EXPECT_EQ(Saved(up), Saved(down));
  *down.Find(50) = 0;
  EXPECT_NE(up, down);
  EXPECT_NE(Saved(up), Saved(down));
}

TEST(IndexTest, LoadedIsTheSame) {
  Index<std::string, std::vector<int>> index;
  index.Insert("b", {1, 2});
  index.Insert("", {});
  const auto bytes = Saved(index);
  Reader reader(bytes);
  EXPECT_EQ((reader.Get<Index<std::string, std::vector<int>>>()), index);
  EXPECT_TRUE(reader.at_end());
}

TEST(IndexTest, UnsortedOrRepeatedKeysAreRefused) {
  for (const auto& keys : {std::vector<int>{2, 1}, std::vector<int>{1, 1}}) {
    Writer writer;
    writer.Put(std::uint64_t{2});
    for (const auto key : keys) {
      writer.Put(key);
      writer.Put(0);
    }
    Reader reader(writer.bytes());
    EXPECT_THROW((reader.Get<Index<int, int>>()), ArchiveError);
  }
}

enum class Colour : std::uint8_t { kRed, kBlue };

struct Digits {
  std::uint64_t number = 0;
  friend auto operator<=>(const Digits&, const Digits&) = default;
  [[nodiscard]] std::uint64_t LookupHash() const { return number % 10; }
};

TEST(IndexTest, KeysOfSeveralKindsAreHashed) {
  Index<Colour, int> colours;
  colours.Insert(Colour::kBlue, 1);
  EXPECT_NE(colours.Find(Colour::kBlue), nullptr);
  EXPECT_EQ(colours.Find(Colour::kRed), nullptr);
  Index<Hash128, int> hashes;
  hashes.Insert({1, 2}, 3);
  EXPECT_EQ(*hashes.Find(Hash128{1, 2}), 3);
  EXPECT_EQ(hashes.Find(Hash128{2, 2}), nullptr);
  // Only ten different hashes, so that most keys stand in each other's way.
  Index<Digits, std::uint64_t> digits;
  for (std::uint64_t i = 0; i < 300; ++i) digits.Insert({i}, i);
  for (std::uint64_t i = 0; i < 300; i += 3) EXPECT_TRUE(digits.Erase(Digits{i}));
  for (std::uint64_t i = 0; i < 300; ++i) EXPECT_EQ(digits.Find(Digits{i}) != nullptr, i % 3 != 0) << i;
}

TEST(IndexTest, HoldsAMillionEntries) {
  Index<std::uint64_t, std::uint64_t> index;
  constexpr std::uint64_t kCount = 1'000'000;
  for (std::uint64_t i = 0; i < kCount; ++i) index.Insert(i << 20, i);
  EXPECT_EQ(index.size(), kCount);
  for (std::uint64_t i = 0; i < kCount; ++i) ASSERT_EQ(*index.Find(i << 20), i);
  EXPECT_EQ(index.Find(std::uint64_t{1}), nullptr);
  for (std::uint64_t i = 0; i < kCount; i += 2) ASSERT_TRUE(index.Erase(i << 20));
  EXPECT_EQ(index.size(), kCount / 2);
  for (std::uint64_t i = 0; i < kCount; ++i) ASSERT_EQ(index.Find(i << 20) != nullptr, i % 2 == 1);
}

TEST(IndexTest, ReservedRoomIsEnough) {
  Index<int, int> index;
  index.Insert(-1, 0);
  index.Reserve(1000);
  const auto* value = index.Find(-1);
  for (int i = 0; i < 999; ++i) index.Insert(i, i);
  EXPECT_EQ(index.Find(-1), value);
}

/// Whatever the key, one of four homes next to each other, the last of them at the end of the table.
struct CrowdedHasher {
  std::uint64_t operator()(std::uint64_t key) const { return (key % 4) * 0x5555555555555555u; }
};

template <class AnyIndex>
void ExpectLikeAMap() {
  AnyIndex index;
  std::map<std::uint64_t, int> map;
  const auto keys = *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 30));
  for (const auto key : keys) {
    if (*rc::gen::inRange(0, 3) == 0) {
      RC_ASSERT(index.Erase(key) == (map.erase(key) > 0));
    } else {
      const auto value = *rc::gen::inRange(0, 100);
      RC_ASSERT(index.Insert(key, value) == map.emplace(key, value).second);
    }
    for (std::uint64_t any = 0; any < 30; ++any) {
      const auto found = map.find(any);
      const auto* value = index.Find(any);
      RC_ASSERT((value == nullptr) == (found == map.end()));
      if (value != nullptr) RC_ASSERT(*value == found->second);
    }
  }
  RC_ASSERT(Sorted(index) == (std::vector<std::pair<std::uint64_t, int>>(map.begin(), map.end())));
}

RC_GTEST_PROP(IndexPropertyTest, DoesWhatAMapDoes, ()) { ExpectLikeAMap<Index<std::uint64_t, int>>(); }

RC_GTEST_PROP(IndexPropertyTest, DoesWhatAMapDoesWhereHashesCollide, ()) {
  ExpectLikeAMap<Index<std::uint64_t, int, CrowdedHasher>>();
}

}  // namespace
}  // namespace crrsim
