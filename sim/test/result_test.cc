#include "sim/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace crrsim {
namespace {

using testing::HasSubstr;

using NumberOrError = Result<int, ParseError>;

NumberOrError Halve(int number) {
  if (number % 2 != 0) return ParseError{"odd"};
  return number / 2;
}

TEST(ResultTest, IsAValueOrAnError) {
  const auto half = Halve(8);
  EXPECT_TRUE(half.ok());
  EXPECT_TRUE(half);
  EXPECT_EQ(*half, 4);
  const auto none = Halve(7);
  EXPECT_FALSE(none.ok());
  EXPECT_EQ(none.error().message, "odd");
}

TEST(ResultTest, AskingForWhatIsNotThereIsADefect) {
  EXPECT_THROW(static_cast<void>(Halve(7).value()), Defect);
  EXPECT_THROW(static_cast<void>(*Halve(7)), Defect);
  EXPECT_THROW(static_cast<void>(Halve(8).error()), Defect);
}

TEST(ResultTest, GivesAwayWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>, ParseError> result = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(ResultTest, CanBeChangedInPlace) {
  auto half = Halve(8);
  *half += 1;
  EXPECT_EQ(half.value(), 5);
  Result<std::string, ParseError> text = std::string("ab");
  text->push_back('c');
  EXPECT_EQ(*text, "abc");
}

TEST(CheckTest, ADefectSaysWhereWhatAndWhy) {
  const int delivered = 5;
  try {
    CRRSIM_CHECK(delivered <= 4, "delivered {} of {}", delivered, 4);
    FAIL() << "nothing was thrown";
  } catch (const Defect& defect) {
    EXPECT_THAT(defect.what(), HasSubstr("result_test.cc:"));
    EXPECT_THAT(defect.what(), HasSubstr("check failed: delivered <= 4: delivered 5 of 4"));
  }
}

TEST(CheckTest, TheDetailIsOnlyMadeWhenTheCheckFails) {
  int made = 0;
  const auto detail = [&made] { return ++made; };
  CRRSIM_CHECK(made == 0, "{}", detail());
  EXPECT_EQ(made, 0);
  EXPECT_THROW(CRRSIM_CHECK(made != 0, "{}", detail()), Defect);
  EXPECT_EQ(made, 1);
}

}  // namespace
}  // namespace crrsim
