// Tag immutability and its exclusion filters. Source  ecr-replication.md 4.1, 10.2 (PutImageTagMutability).
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::Tagged;

RepositorySettings Settings(TagMutability mutability, std::vector<std::string> exclusions = {}) {
  RepositorySettings settings;
  settings.mutability = mutability;
  settings.mutability_exclusions = std::move(exclusions);
  return settings;
}

TEST(ImmutabilityTest, TheMatrixOfMutabilityAndExclusion) {
  struct Row {
    TagMutability mutability;
    std::vector<std::string> exclusions;
    bool excluded_is_immutable;  // tag `dev-1`, which the filter takes
    bool other_is_immutable;     // tag `v1`
  };
  const std::vector<Row> table = {
      {TagMutability::kMutable, {}, false, false},
      {TagMutability::kImmutable, {}, true, true},
      {TagMutability::kMutableWithExclusion, {"dev-*"}, true, false},
      {TagMutability::kImmutableWithExclusion, {"dev-*"}, false, true},
      {TagMutability::kMutableWithExclusion, {"x", "dev-*"}, true, false},
      {TagMutability::kImmutableWithExclusion, {"x", "dev-*"}, false, true},
      {TagMutability::kMutableWithExclusion, {"*"}, true, true},
      {TagMutability::kImmutableWithExclusion, {"*"}, false, false},
  };
  for (const auto& row : table) {
    const auto settings = Settings(row.mutability, row.exclusions);
    EXPECT_EQ(IsImmutable(settings, Tagged("dev-1")), row.excluded_is_immutable) << NameOf(row.mutability);
    EXPECT_EQ(IsImmutable(settings, Tagged("v1")), row.other_is_immutable) << NameOf(row.mutability);
  }
}

TEST(ImmutabilityTest, AStarInAFilterStandsForAnyRunOfCharacters) {
  struct Row {
    std::string filter;
    std::string tag;
    bool matches;
  };
  const std::vector<Row> table = {
      {"latest", "latest", true},  {"latest", "latest2", false}, {"latest", "Latest", false},
      {"latest", "lates", false},  {"dev-*", "dev-", true},      {"dev-*", "dev-1", true},
      {"dev-*", "dev", false},     {"dev-*", "my-dev-1", false}, {"*-rc", "v1-rc", true},
      {"*-rc", "v1-rc1", false},   {"*-rc", "v1-rc-rc", true},   {"*a*b*", "xxaxxbxx", true},
      {"*a*b*", "ba", false},      {"a*a", "a", false},          {"a*a", "aa", true},
      {"a*bc*d", "abcbcxd", true}, {"a**b", "ab", true},         {"*", "anything", true},
      {"v1.*", "v1x0", false},     {"*ab", "aab", true},
  };
  for (const auto& row : table) {
    const auto settings = Settings(TagMutability::kMutableWithExclusion, {row.filter});
    EXPECT_EQ(IsImmutable(settings, Tagged(row.tag)), row.matches) << row.filter << " on " << row.tag;
  }
}

TEST(ImmutabilityTest, ManyStarsDoNotTakeLong) {
  const std::string filter = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
  const auto settings = Settings(TagMutability::kMutableWithExclusion, {filter});
  EXPECT_FALSE(IsImmutable(settings, Tagged(std::string(128, 'a'))));
}

TEST(ImmutabilityTest, NamesReadBackToTheirValues) {
  for (const auto* name : {"MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"}) {
    const auto parsed = ParseTagMutability(name);
    ASSERT_TRUE(parsed.has_value()) << name;
    EXPECT_EQ(NameOf(*parsed), name);
  }
  EXPECT_FALSE(ParseTagMutability("mutable").has_value());
  EXPECT_FALSE(ParseTagMutability("").has_value());
}

}  // namespace
}  // namespace crrsim
