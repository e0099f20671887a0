#include "sim/boxed.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace crrsim {
namespace {

TEST(BoxedTest, CopiesHaveValuesOfTheirOwn) {
  Boxed<std::string> original(std::string("one"));
  auto copy = original;
  *copy += " more";
  EXPECT_EQ(*original, "one");
  EXPECT_EQ(copy->size(), 8U);
  original = copy;
  copy.reset();
  EXPECT_FALSE(copy.has_value());
  EXPECT_EQ(*original, "one more");
}

TEST(BoxedTest, AnEmptyOneIsCopiedAndAssignedEmpty) {
  const Boxed<std::string> empty;
  auto copy = empty;
  EXPECT_FALSE(copy);
  copy = std::string("something");
  EXPECT_TRUE(copy);
  copy = empty;
  EXPECT_FALSE(copy);
}

TEST(BoxedTest, AssignedToItselfItStays) {
  Boxed<std::string> boxed(std::string("one"));
  const auto& same = boxed;
  boxed = same;
  EXPECT_EQ(*boxed, "one");
}

TEST(BoxedTest, OneThatWasMovedFromIsEmpty) {
  Boxed<std::string> from(std::string("one"));
  const auto to = std::move(from);
  EXPECT_EQ(*to, "one");
  EXPECT_FALSE(from);  // NOLINT(bugprone-use-after-move): what it promises
}

TEST(BoxedTest, AskingAnEmptyOneIsADefect) {
  Boxed<std::string> empty;
  EXPECT_THROW(*empty, Defect);
  EXPECT_THROW((void)std::as_const(empty)->size(), Defect);
}

TEST(BoxedTest, ItsBytesAreThoseOfAnOptional) {
  for (const auto& value : {std::optional<std::string>(), std::optional<std::string>("text")}) {
    Writer as_optional;
    as_optional.Put(value);
    Reader reader(as_optional.bytes());
    const auto boxed = reader.Get<Boxed<std::string>>();
    EXPECT_EQ(boxed.has_value(), value.has_value());
    if (value) {
      EXPECT_EQ(*boxed, *value);
    }
    Writer again;
    again.Put(boxed);
    EXPECT_EQ(again.bytes(), as_optional.bytes());
  }
}

}  // namespace
}  // namespace crrsim
