#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sim/index.h"

namespace crrsim {
namespace {

using Entries = std::vector<std::pair<int, std::string>>;

Index<int, std::string> Squares(int count) {
  Index<int, std::string> index;
  // 7 and 31 have no common divisor, so every key comes, in no order.
  for (int i = 0; i < count; ++i) index.Insert(i * 7 % count, std::to_string(i * 7 % count * (i * 7 % count)));
  return index;
}

/// At most `limit` entries from `first` on.
Entries Taken(const Index<int, std::string>& index, const int* first, std::size_t limit) {
  Entries taken;
  index.VisitSortedFrom(first, [&](int key, const std::string& value) {
    taken.emplace_back(key, value);
    return taken.size() < limit;
  });
  return taken;
}

TEST(IndexSortedFromTest, VisitsAllInOrderWithoutAFirst) {
  const auto index = Squares(31);
  Entries all;
  index.ForEachSorted([&](int key, const std::string& value) { all.emplace_back(key, value); });
  EXPECT_EQ(all.size(), 31U);
  EXPECT_EQ(Taken(index, nullptr, 100), all);
}

TEST(IndexSortedFromTest, BeginsAtTheFirstThatIsNotSmaller) {
  auto index = Squares(31);
  const int five = 5;
  EXPECT_EQ(Taken(index, &five, 2), (Entries{{5, "25"}, {6, "36"}}));
  index.Erase(5);
  EXPECT_EQ(Taken(index, &five, 2), (Entries{{6, "36"}, {7, "49"}}));
  const int last = 30;
  EXPECT_EQ(Taken(index, &last, 9), (Entries{{30, "900"}}));
  const int past = 31;
  EXPECT_TRUE(Taken(index, &past, 9).empty());
}

TEST(IndexSortedFromTest, StopsWhereTheVisitorSays) {
  EXPECT_EQ(Taken(Squares(31), nullptr, 1), (Entries{{0, "0"}}));
  EXPECT_TRUE(Taken({}, nullptr, 1).empty());
}

}  // namespace
}  // namespace crrsim
