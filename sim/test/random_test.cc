#include "sim/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <limits>
#include <vector>

#include "sim/archive.h"

namespace crrsim {
namespace {

using testing::ElementsAre;

// These values must never change: a seed that someone reported must give the same run for ever.
TEST(RandomStreamTest, GoldenValuesOfSeedOne) {
  RandomStream jitter(1, "network/jitter");
  std::vector<std::uint64_t> drawn;
  for (int i = 0; i < 4; ++i) drawn.push_back(jitter.Next());
  EXPECT_THAT(drawn,
              ElementsAre(642948816157436773u, 6620278743575081096u, 9249983816944128597u, 17591800240569838809u));
  RandomStream dice(1, "dice");
  std::vector<std::uint64_t> rolled;
  for (int i = 0; i < 12; ++i) rolled.push_back(dice.Below(6));
  EXPECT_THAT(rolled, ElementsAre(3, 2, 0, 3, 5, 0, 5, 2, 0, 3, 0, 1));
  RandomStream delays(1, "delays");
  std::vector<std::int64_t> delayed;
  for (int i = 0; i < 3; ++i) delayed.push_back(delays.UniformDuration(Milliseconds(1), Seconds(1)).nanoseconds());
  EXPECT_THAT(delayed, ElementsAre(271230275, 809838747, 717629170));
}

TEST(RandomStreamTest, IsXoshiro256StarStar) {
  // The first outputs of the authors' C code from the state 1, 2, 3, 4.
  Writer writer;
  for (std::uint64_t word = 1; word <= 4; ++word) writer.Put(word);
  Reader reader(writer.bytes());
  auto stream = reader.Get<RandomStream>();
  EXPECT_EQ(stream.Next(), 11'520);
  EXPECT_EQ(stream.Next(), 0);
  EXPECT_EQ(stream.Next(), 1'509'978'240);
  EXPECT_EQ(stream.Next(), 1'215'971'899'390'074'240);
}

TEST(RandomStreamTest, SeedAndNameDecide) {
  EXPECT_EQ(RandomStream(1, "a"), RandomStream(1, "a"));
  EXPECT_NE(RandomStream(1, "a").Next(), RandomStream(2, "a").Next());
  EXPECT_NE(RandomStream(1, "a").Next(), RandomStream(1, "b").Next());
  EXPECT_NE(RandomStream(1, "").Next(), RandomStream(0, "").Next());
}

TEST(RandomStreamTest, ADrawFromOneStreamMovesNoOther) {
  RandomStream quiet(1, "a");
  RandomStream other(1, "b");
  const auto expected = RandomStream(1, "a").Next();
  for (int i = 0; i < 100; ++i) other.Next();
  EXPECT_EQ(quiet.Next(), expected);
}

TEST(RandomStreamTest, StreamsOfOneSeedAreIndependent) {
  // Independent bits agree half of the time: 64,000 of 128,000, with a standard deviation of 179.
  RandomStream a(1, "fault/crash");
  RandomStream b(1, "fault/crasi");
  int agreeing = 0;
  for (int i = 0; i < 2000; ++i) agreeing += 64 - std::popcount(a.Next() ^ b.Next());
  EXPECT_NEAR(agreeing, 64'000, 1000);
}

TEST(RandomStreamTest, BelowIsUniform) {
  RandomStream stream(1, "uniform");
  std::array<int, 10> counts{};
  for (int i = 0; i < 100'000; ++i) ++counts[stream.Below(10)];
  // 10,000 each, with a standard deviation of 95.
  for (const auto count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(RandomStreamTest, ALargeBoundHasNoBias) {
  // With a plain remainder the lower half of three quarters of 2^64 would come twice as often.
  RandomStream stream(1, "bias");
  constexpr std::uint64_t kBound = std::uint64_t{3} << 62;
  int low = 0;
  for (int i = 0; i < 30'000; ++i) {
    const auto drawn = stream.Below(kBound);
    ASSERT_LT(drawn, kBound);
    if (drawn < kBound / 3) ++low;
  }
  EXPECT_NEAR(low, 10'000, 500);
}

TEST(RandomStreamTest, BelowOneIsZeroAndBelowZeroADefect) {
  RandomStream stream(1, "edge");
  EXPECT_EQ(stream.Below(1), 0);
  EXPECT_THROW(stream.Below(0), Defect);
}

TEST(RandomStreamTest, BetweenIncludesBothEnds) {
  RandomStream stream(1, "between");
  std::array<int, 3> counts{};
  for (int i = 0; i < 300; ++i) ++counts[static_cast<std::size_t>(stream.Between(-1, 1) + 1)];
  for (const auto count : counts) EXPECT_GT(count, 50);
  EXPECT_EQ(stream.Between(5, 5), 5);
  EXPECT_THROW(stream.Between(5, 4), Defect);
}

TEST(RandomStreamTest, BetweenTheEndsOfAllNumbersDrawsBothSigns) {
  RandomStream stream(1, "wide");
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  int negative = 0;
  for (int i = 0; i < 1000; ++i) negative += stream.Between(kLeast, kMost) < 0 ? 1 : 0;
  EXPECT_NEAR(negative, 500, 100);
  EXPECT_GE(stream.Between(kLeast + 1, kMost), kLeast + 1);
}

TEST(RandomStreamTest, ChanceIsWhatItSays) {
  RandomStream stream(1, "chance");
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) hits += stream.Chance(1, 4) ? 1 : 0;
  EXPECT_NEAR(hits, 2500, 250);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(stream.Chance(0, 4));
    EXPECT_TRUE(stream.Chance(4, 4));
  }
  EXPECT_THROW(stream.Chance(5, 4), Defect);
  EXPECT_THROW(stream.Chance(0, 0), Defect);
}

TEST(RandomStreamTest, ALoadedStreamGoesOn) {
  RandomStream stream(1, "saved");
  stream.Next();
  Writer writer;
  writer.Put(stream);
  Reader reader(writer.bytes());
  auto loaded = reader.Get<RandomStream>();
  EXPECT_EQ(loaded, stream);
  EXPECT_EQ(loaded.Next(), stream.Next());
}

}  // namespace
}  // namespace crrsim
