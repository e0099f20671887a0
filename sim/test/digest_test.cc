#include "sim/digest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace crrsim {
namespace {

RunDigest DigestOf(const std::vector<std::string>& events) {
  RunDigest digest;
  for (const auto& event : events) digest.Add(event);
  return digest;
}

std::string NumberedEvent(int number) { return "event " + std::to_string(number); }

// The values of the three tests below must never change: a platform or compiler on which they fail would give other run
// digests for the same scenario.
TEST(RunDigestTest, GoldenValuesAreTheSameEverywhere) {
  EXPECT_EQ(ToText(RunDigest().value()), "00000000000000000000000000000000");
  EXPECT_EQ(ToText(DigestOf({""}).value()), "10e45c7ce2292320743df94ee4c78a2a");
  EXPECT_EQ(ToText(DigestOf({"one", "two", "three"}).value()), "15a38490974e24e59d9252f9966a7f12");
  RunDigest long_run;
  for (int i = 0; i < 1000; ++i) long_run.Add(NumberedEvent(i));
  EXPECT_EQ(ToText(long_run.value()), "209cd9888fb3a0ef609032d424458b09");
}

TEST(HashTest, GoldenValuesAreTheSameEverywhere) {
  // XXH3-128 of nothing is in the specification of xxHash.
  EXPECT_EQ(ToText(HashBytes("")), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(ToText(HashBytes("crrsim")), "edc714d4a18e1f3d18e850eaa153f4a5");
  // Long inputs go other ways through XXH3 (over 16, 128 and 240 bytes).
  std::string joined;
  for (const std::size_t size : {17U, 129U, 241U, 5000U}) joined += ToText(HashBytes(std::string(size, 'x')));
  EXPECT_EQ(ToText(HashBytes(joined)), "09549c31d8e43635143f29c6ee63ba04");
  EXPECT_EQ(HashForLookup("crrsim"), 16923394738809070398u);
}

TEST(HashTest, OfAValueIsOfItsCanonicalBytes) {
  Writer writer;
  writer.Put(std::vector<int>{1, 2});
  EXPECT_EQ(HashOf(std::vector<int>{1, 2}), HashBytes(writer.bytes()));
  EXPECT_NE(HashOf(std::vector<int>{1, 2}), HashOf(std::vector<int>{2, 1}));
}

TEST(RunDigestTest, TheOrderOfEventsMatters) {
  EXPECT_NE(DigestOf({"a", "b"}), DigestOf({"b", "a"}));
  EXPECT_NE(DigestOf({"a", "b"}).value(), DigestOf({"b", "a"}).value());
}

TEST(RunDigestTest, WhereOneEventEndsMatters) {
  EXPECT_NE(DigestOf({"ab", "c"}).value(), DigestOf({"a", "bc"}).value());
  EXPECT_NE(DigestOf({"abc"}).value(), DigestOf({"abc", ""}).value());
  EXPECT_NE(DigestOf({""}).value(), DigestOf({}).value());
}

TEST(RunDigestTest, EveryBitOfEveryEventMatters) {
  for (const std::size_t size : {1U, 16U, 17U, 128U, 129U, 240U, 241U, 1000U}) {
    const std::string event(size, 'e');
    const auto original = DigestOf({event, event}).value();
    for (std::size_t at = 0; at < size; ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        auto changed = event;
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        ASSERT_NE(DigestOf({changed, event}).value(), original) << size << " " << at;
        ASSERT_NE(DigestOf({event, changed}).value(), original) << size << " " << at;
      }
    }
  }
}

TEST(RunDigestTest, CheckpointsAreBoundedAndEvenlySpaced) {
  RunDigest digest;
  std::vector<Hash128> values = {digest.value()};
  for (int i = 0; i < 100'000; ++i) {
    digest.Add(NumberedEvent(i));
    values.push_back(digest.value());
    ASSERT_LT(digest.checkpoints().size(), 2 * RunDigest::kCheckpointsKept);
  }
  ASSERT_GE(digest.checkpoints().size(), RunDigest::kCheckpointsKept / 2);
  const auto spacing = digest.checkpoints().front().events;
  for (std::size_t i = 0; i < digest.checkpoints().size(); ++i) {
    EXPECT_EQ(digest.checkpoints()[i].events, (i + 1) * spacing);
    EXPECT_EQ(digest.checkpoints()[i].digest, values[(i + 1) * spacing]);
  }
  EXPECT_GT(digest.checkpoints().back().events + spacing, digest.events());
}

TEST(RunDigestTest, TheFirstCheckpointThatDiffersEncloses) {
  RunDigest one;
  RunDigest other;
  for (int i = 0; i < 5000; ++i) {
    one.Add(NumberedEvent(i));
    other.Add(NumberedEvent(i == 3000 ? -1 : i));
  }
  const auto spacing = one.checkpoints().front().events;
  for (std::size_t i = 0; i < one.checkpoints().size(); ++i) {
    const bool is_before = one.checkpoints()[i].events <= 3000;
    EXPECT_EQ(one.checkpoints()[i] == other.checkpoints()[i], is_before) << one.checkpoints()[i].events;
  }
  EXPECT_LE(spacing, 128);
}

TEST(RunDigestTest, ALoadedDigestGoesOn) {
  auto digest = DigestOf({"a", "b"});
  Writer writer;
  writer.Put(digest);
  Reader reader(writer.bytes());
  auto loaded = reader.Get<RunDigest>();
  EXPECT_EQ(loaded, digest);
  digest.Add("c");
  loaded.Add("c");
  EXPECT_EQ(loaded, digest);
  EXPECT_EQ(loaded, DigestOf({"a", "b", "c"}));
}

TEST(RunDigestTest, ALongRunGoesOnWhereItWasSaved) {
  RunDigest digest;
  for (int i = 0; i < 10'000; ++i) digest.Add(NumberedEvent(i));
  Writer writer;
  writer.Put(digest);
  Reader reader(writer.bytes());
  auto loaded = reader.Get<RunDigest>();
  for (int i = 10'000; i < 20'000; ++i) {
    digest.Add(NumberedEvent(i));
    loaded.Add(NumberedEvent(i));
  }
  EXPECT_EQ(loaded, digest);
}

TEST(RunDigestTest, ASavedSpacingThatNoRunHasIsRefused) {
  const auto with_spacing = [](std::uint64_t spacing) {
    Writer writer;
    writer.Put(Hash128{1, 2});
    writer.Put(std::uint64_t{5});
    writer.Put(spacing);
    writer.Put(std::vector<RunDigest::Checkpoint>());
    writer.PutText("");
    return std::string(writer.bytes());
  };
  for (const std::uint64_t spacing : {0U, 3U, 96U}) {
    const auto saved = with_spacing(spacing);
    Reader reader(saved);
    EXPECT_THROW(reader.Get<RunDigest>(), ArchiveError) << spacing;
  }
  for (const std::uint64_t spacing : {1U, 64U}) {
    const auto saved = with_spacing(spacing);
    Reader reader(saved);
    EXPECT_EQ(reader.Get<RunDigest>().events(), 5U) << spacing;
  }
}

TEST(StateHashTest, IsThatOfTheSetHoweverItCameAbout) {
  const auto a = HashBytes("a");
  const auto b = HashBytes("b");
  StateHash one;
  one.Add(a);
  one.Add(b);
  StateHash other;
  other.Add(b);
  other.Add(HashBytes("c"));
  other.Add(a);
  other.Remove(HashBytes("c"));
  EXPECT_EQ(one, other);
  one.Remove(a);
  EXPECT_NE(one, other);
  one.Remove(b);
  EXPECT_EQ(one, StateHash());
}

TEST(StateHashTest, TwiceIsNotOnce) {
  StateHash once;
  once.Add(HashBytes("a"));
  auto twice = once;
  twice.Add(HashBytes("a"));
  EXPECT_NE(once, twice);
  EXPECT_NE(twice, StateHash());
}

TEST(StateHashTest, CarriesFromTheLowHalfToTheHigh) {
  StateHash sum;
  sum.Add({0, ~std::uint64_t{0}});
  sum.Add({0, 1});
  EXPECT_EQ(sum.value(), (Hash128{1, 0}));
  sum.Remove({0, 1});
  EXPECT_EQ(sum.value(), (Hash128{0, ~std::uint64_t{0}}));
}

TEST(HashTextTest, ReadsWhatItWrites) {
  const Hash128 hash{0x0123456789abcdefu, 0xfedcba9876543210u};
  EXPECT_EQ(ToText(hash), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(*ParseHash128(ToText(hash)), hash);
  EXPECT_EQ(*ParseHash128(ToText(Hash128())), Hash128());
}

TEST(HashTextTest, AnythingElseIsAnError) {
  for (const std::string text :
       {"", "0", "0123456789abcdeffedcba987654321", "0123456789abcdeffedcba98765432100",
        "0123456789abcdeffedcba987654321g", "-123456789abcdef0123456789abcdef", "0x23456789abcdef0123456789abcdef"}) {
    const auto parsed = ParseHash128(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().message, "'" + text + "' is not a digest of 32 hexadecimal digits");
  }
}

}  // namespace
}  // namespace crrsim
