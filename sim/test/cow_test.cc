#include "sim/cow.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace crrsim {
namespace {

using Numbers = std::vector<int>;

TEST(CowTest, CopiesShareUntilOneWrites) {
  Cow<Numbers> original(Numbers{1, 2});
  auto copy = original;
  EXPECT_TRUE(copy.SharesWith(original));
  copy.Mutable().push_back(3);
  EXPECT_FALSE(copy.SharesWith(original));
  EXPECT_EQ(*original, (Numbers{1, 2}));
  EXPECT_EQ(*copy, (Numbers{1, 2, 3}));
}

TEST(CowTest, WhoIsAloneWritesInPlace) {
  Cow<Numbers> numbers(Numbers{1});
  const auto* before = &*numbers;
  numbers.Mutable().push_back(2);
  EXPECT_EQ(&*numbers, before);
  {
    const auto copy = numbers;
    EXPECT_NE(&numbers.Mutable(), before);
    EXPECT_EQ(&*copy, before);
  }
  const auto* after = &*numbers;
  EXPECT_EQ(&numbers.Mutable(), after);
}

TEST(CowTest, ThereIsAlwaysAValue) {
  Cow<Numbers> numbers;
  EXPECT_TRUE(numbers->empty());
  numbers.Mutable().push_back(1);
  const auto moved = std::move(numbers);  // NOLINT(performance-move-const-arg): what a mover may write
  EXPECT_EQ(*moved, Numbers{1});
  EXPECT_EQ(*numbers, Numbers{1});  // NOLINT(bugprone-use-after-move): what the header promises
}

TEST(CowTest, EqualityIsThatOfTheValues) {
  const Cow<Numbers> numbers(Numbers{1});
  EXPECT_EQ(numbers, Cow<Numbers>(Numbers{1}));
  EXPECT_NE(numbers, Cow<Numbers>(Numbers{2}));
}

TEST(CowTest, IsSavedAsItsValue) {
  const Cow<Numbers> numbers(Numbers{1, 2});
  Writer as_cow;
  as_cow.Put(numbers);
  Writer as_value;
  as_value.Put(*numbers);
  EXPECT_EQ(as_cow.bytes(), as_value.bytes());
  Reader reader(as_cow.bytes());
  EXPECT_EQ(reader.Get<Cow<Numbers>>(), numbers);
}

TEST(CowTest, WorldsInSeveralThreadsShareOneValue) {
  const Cow<Numbers> shared(Numbers(1000, 7));
  std::vector<Cow<Numbers>> worlds(4, shared);
  std::vector<std::thread> threads;
  for (auto& world : worlds) {
    threads.emplace_back([&world] {
      for (int i = 0; i < 200; ++i) {
        const auto fork = world;
        world.Mutable()[static_cast<std::size_t>(i)] += 1;
        if ((*fork)[static_cast<std::size_t>(i)] != 7) world.Mutable().clear();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(*shared, Numbers(1000, 7));
  for (const auto& world : worlds) {
    Numbers expected(1000, 7);
    std::fill_n(expected.begin(), 200, 8);
    EXPECT_EQ(*world, expected);
  }
}

}  // namespace
}  // namespace crrsim
