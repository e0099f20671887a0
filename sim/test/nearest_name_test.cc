#include "sim/nearest_name.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace crrsim {
namespace {

const std::vector<std::string> kRegions = {"us-west-1", "us-west-2", "eu-west-1", "ap-southeast-2"};

TEST(NearestNameTest, LetterCaseAloneWinsOverFewerSlips) {
  const std::array<std::string_view, 3> units = {"mB", "MiB", "kB"};
  EXPECT_EQ(NearestName("mib", units), "MiB");
  EXPECT_EQ(NearestName("KB", units), "kB");
}

TEST(NearestNameTest, EachKindOfSlipCountsOne) {
  EXPECT_EQ(NearestName("us-west2", kRegions), "us-west-2");             // left out
  EXPECT_EQ(NearestName("eu-west-11", kRegions), "eu-west-1");           // added
  EXPECT_EQ(NearestName("ap-southeazt-2", kRegions), "ap-southeast-2");  // changed
  const std::array<std::string_view, 2> names = {"push", "pull"};
  EXPECT_EQ(NearestName("psuh", names), "push");  // swapped: one slip, and one is what four letters allow
}

TEST(NearestNameTest, OfEqualsTheFirstWins) { EXPECT_EQ(NearestName("us-west-3", kRegions), "us-west-1"); }

TEST(NearestNameTest, FarNamesAreNotSuggested) {
  EXPECT_EQ(NearestName("moon", kRegions), std::nullopt);
  EXPECT_EQ(NearestName("", kRegions), std::nullopt);
  EXPECT_EQ(NearestName("us-west-1", std::vector<std::string>()), std::nullopt);
  const std::array<std::string_view, 1> letter = {"s"};
  EXPECT_EQ(NearestName("x", letter), std::nullopt);
  EXPECT_EQ(NearestName("S", letter), "s");
}

TEST(NearestNameTest, ASuggestionEndsAMessage) {
  EXPECT_EQ(DidYouMean("us-wets-2", kRegions), "; did you mean 'us-west-2'?");
  EXPECT_EQ(DidYouMean("moon", kRegions), "");
}

}  // namespace
}  // namespace crrsim
