#include "sim/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "sim/test/support/short_names.h"

namespace crrsim {
namespace {

enum class Paint { kRed, kBlue };

struct Inner {
  std::string name;
  std::vector<std::optional<int>> numbers;
  friend bool operator==(const Inner&, const Inner&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("numbers", self.numbers);
  }
};

/// A type with an invariant of its own: an even number.
class Even {
 public:
  explicit Even(int half) : half_(half) {}
  void Encode(Writer& writer) const { writer.Put(2 * half_); }
  static Even Decode(Reader& reader) {
    const auto number = reader.Get<int>();
    if (number % 2 != 0) throw ArchiveError("an even number is odd");
    return Even(number / 2);
  }
  friend bool operator==(const Even&, const Even&) = default;

 private:
  int half_;
};

struct Everything {
  bool truth = true;
  std::uint8_t byte = 200;
  char letter = 'x';
  std::int32_t small = -7;
  std::uint32_t small_unsigned = 7;
  std::int64_t large = std::numeric_limits<std::int64_t>::min();
  std::uint64_t large_unsigned = std::numeric_limits<std::uint64_t>::max();
  Int128 huge = -(static_cast<Int128>(1) << 100);
  UInt128 huge_unsigned = static_cast<UInt128>(1) << 127;
  double fraction = -0.1;
  Paint colour = Paint::kBlue;
  Duration duration = Seconds(-3);
  Instant instant = Instant::Max();
  ByteCount bytes = Mebibytes(48);
  BytesPerSecond rate = BytesPerSecond::Unlimited();
  std::string text = std::string("a\0b", 3);
  std::optional<int> nothing;
  std::optional<std::string> something = "s";
  std::vector<Inner> inners = {{"x", {1, std::nullopt}}, {"", {}}};
  std::set<int> set = {3, 1};
  std::map<std::string, int> map = {{"b", 2}, {"a", 1}};
  std::array<std::uint64_t, 3> array = {1, 2, 3};
  std::pair<int, std::string> pair = {1, "p"};
  std::variant<int, std::string, std::monostate> variant = "v";
  std::variant<int, std::monostate> empty_variant = std::monostate();

  friend bool operator==(const Everything&, const Everything&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("truth", self.truth);
    visit("byte", self.byte);
    visit("letter", self.letter);
    visit("small", self.small);
    visit("small_unsigned", self.small_unsigned);
    visit("large", self.large);
    visit("large_unsigned", self.large_unsigned);
    visit("huge", self.huge);
    visit("huge_unsigned", self.huge_unsigned);
    visit("fraction", self.fraction);
    visit("colour", self.colour);
    visit("duration", self.duration);
    visit("instant", self.instant);
    visit("bytes", self.bytes);
    visit("rate", self.rate);
    visit("text", self.text);
    visit("nothing", self.nothing);
    visit("something", self.something);
    visit("inners", self.inners);
    visit("set", self.set);
    visit("map", self.map);
    visit("array", self.array);
    visit("pair", self.pair);
    visit("variant", self.variant);
    visit("empty_variant", self.empty_variant);
  }
};

template <class T>
T Loaded(std::string_view bytes) {
  Reader reader(bytes);
  auto value = reader.Get<T>();
  EXPECT_TRUE(reader.at_end());
  return value;
}

TEST(ArchiveTest, EveryKindOfValueComesBack) {
  const Everything everything;
  const auto bytes = Saved(everything);
  EXPECT_EQ(Loaded<Everything>(bytes), everything);
  EXPECT_EQ(Saved(Loaded<Everything>(bytes)), bytes);
  EXPECT_EQ(Loaded<Even>(Saved(Even(4))), Even(4));
}

TEST(ArchiveTest, TheBytesAreThoseOfTheHeader) {
  using namespace std::string_literals;
  EXPECT_EQ(Saved(true), "\x01");
  EXPECT_EQ(Saved(-2), "\xfe\xff\xff\xff\xff\xff\xff\xff");
  EXPECT_EQ(Saved(Paint::kBlue), "\x01\0\0\0\0\0\0\0"s);
  EXPECT_EQ(Saved("ab"s), "\x02\0\0\0\0\0\0\0ab"s);
  EXPECT_EQ(Saved(std::optional<bool>()), "\0"s);
  EXPECT_EQ(Saved(std::optional(true)), "\x01\x01");
  EXPECT_EQ(Saved(std::vector<bool>{}), "\0\0\0\0\0\0\0\0"s);
  EXPECT_EQ(Saved(std::variant<int, bool>(true)), "\x01\0\0\0\0\0\0\0\x01"s);
  EXPECT_EQ(Saved(std::pair(false, 'z')), "\0z"s);
  EXPECT_EQ(Saved(static_cast<Int128>(-1)), std::string(16, '\xff'));
  EXPECT_EQ(Saved(std::map<std::string, bool>{{"a", true}}), "\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0a\x01"s);
}

TEST(ArchiveTest, EveryShorteningIsRefused) {
  const auto bytes = Saved(Everything());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Reader reader(std::string_view(bytes).substr(0, size));
    EXPECT_THROW(reader.Get<Everything>(), ArchiveError) << size;
  }
}

TEST(ArchiveTest, ADamagedByteIsRefusedOrAnotherValue) {
  const Everything everything;
  const auto bytes = Saved(everything);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    try {
      Reader reader(damaged);
      EXPECT_FALSE(reader.Get<Everything>() == everything && reader.at_end()) << at;
    } catch (const ArchiveError&) {
      SUCCEED();
    }
  }
}

template <class T>
void ExpectRefused(const std::string& bytes) {
  Reader reader(bytes);
  EXPECT_THROW(reader.Get<T>(), ArchiveError);
}

TEST(ArchiveTest, ValuesThatTheTypeDoesNotHaveAreRefused) {
  ExpectRefused<bool>("\x02");
  ExpectRefused<std::int32_t>(Saved(std::int64_t{1} << 31));
  ExpectRefused<std::uint32_t>(Saved(-1));
  ExpectRefused<std::uint16_t>(Saved(65'536));
  ExpectRefused<Paint>(Saved(std::int64_t{1} << 32));
  ExpectRefused<ByteCount>(Saved(-1));
  ExpectRefused<BytesPerSecond>(Saved(-1));
  ExpectRefused<std::vector<int>>(Saved(-1));
  ExpectRefused<std::string>(Saved(std::numeric_limits<std::int64_t>::max()));
  ExpectRefused<std::variant<int, bool>>(Saved(2) + std::string(8, '\0'));
  ExpectRefused<Even>(Saved(3));
}

TEST(ArchiveTest, AHugeCountFailsAtTheEndOfTheBytesAndNotInMemory) {
  ExpectRefused<std::vector<std::string>>(Saved(std::numeric_limits<std::int64_t>::max()));
  ExpectRefused<std::map<int, int>>(Saved(std::numeric_limits<std::int64_t>::max()));
}

struct Blob {
  std::string digest;
  std::string content;
  [[nodiscard]] std::string ShareKey() const { return digest; }
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("digest", self.digest);
    visit("content", self.content);
  }
};
using BlobPtr = std::shared_ptr<const Blob>;

TEST(ArchiveSharedTest, SharedContentIsWrittenOnceAndSharedAgain) {
  const auto blob = std::make_shared<const Blob>(Blob{"d", std::string(1000, 'c')});
  const auto twin = std::make_shared<const Blob>(*blob);  // the same content in other memory
  const auto other = std::make_shared<const Blob>(Blob{"e", "x"});
  const std::vector<BlobPtr> blobs = {blob, nullptr, blob, twin, other, blob};
  const auto bytes = Saved(blobs);
  EXPECT_LT(bytes.size(), 1200);
  const auto loaded = Loaded<std::vector<BlobPtr>>(bytes);
  ASSERT_EQ(loaded.size(), 6);
  EXPECT_EQ(loaded[0]->content, blob->content);
  EXPECT_EQ(loaded[1], nullptr);
  EXPECT_EQ(loaded[2], loaded[0]);
  EXPECT_EQ(loaded[3], loaded[0]);
  EXPECT_EQ(loaded[4]->digest, "e");
  EXPECT_EQ(loaded[5], loaded[0]);
  EXPECT_EQ(Saved(loaded), bytes);
}

TEST(ArchiveSharedTest, AClearedWriterStartsAgain) {
  const auto blob = std::make_shared<const Blob>(Blob{"d", "c"});
  Writer writer;
  writer.Put(blob);
  const std::string first(writer.bytes());
  writer.Clear();
  EXPECT_EQ(writer.bytes(), "");
  writer.Put(blob);
  EXPECT_EQ(writer.bytes(), first);
}

TEST(ArchiveSharedTest, ContentMentionedBeforeItIsWrittenIsRefused) {
  ExpectRefused<BlobPtr>(Saved(2) + Saved(Blob{"d", "c"}));
  ExpectRefused<BlobPtr>(Saved(1));
}

TEST(Int128Test, IsWrittenInDecimal) {
  EXPECT_EQ(ToDecimal(0), "0");
  EXPECT_EQ(ToDecimal(-1), "-1");
  EXPECT_EQ(ToDecimal(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  const auto largest = static_cast<Int128>(~static_cast<UInt128>(0) >> 1);
  EXPECT_EQ(ToDecimal(largest), "170141183460469231731687303715884105727");
  EXPECT_EQ(ToDecimal(-largest - 1), "-170141183460469231731687303715884105728");
}

}  // namespace
}  // namespace crrsim
