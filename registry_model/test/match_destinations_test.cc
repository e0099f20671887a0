// Which destinations an image goes to. Source  ecr-replication.md 1.4 (5 to 8), 14 (8, 9).
#include <gtest/gtest.h>

#include "registry_model/replication/match.h"
#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::Key;
using api_test::Named;

const RegistryKey kOregon = Key("111122223333", "us-west-2");
const RegistryKey kTokyo = Key("111122223333", "ap-northeast-1");
const RegistryKey kPartner = Key("444455556666", "us-west-2");

ReplicationRule Rule(std::vector<RegistryKey> destinations, std::vector<std::string> prefixes = {}) {
  ReplicationRule rule;
  rule.destinations = std::move(destinations);
  for (auto& prefix : prefixes) rule.filters.push_back({std::move(prefix)});
  return rule;
}

TEST(MatchTest, AFilterIsAPlainPrefixOfTheName) {
  const auto rule = Rule({kOregon}, {"prod"});
  for (const auto* name : {"prod", "prod-a", "production/x", "prod/y", "prod.b"}) {
    EXPECT_TRUE(Matches(rule, Named(name))) << name;
  }
  for (const auto* name : {"my-prod", "pro", "my/prod", "dev"}) EXPECT_FALSE(Matches(rule, Named(name))) << name;
}

TEST(MatchTest, ATrailingSlashIsPartOfThePrefix) {
  const auto rule = Rule({kOregon}, {"prod/"});
  EXPECT_TRUE(Matches(rule, Named("prod/y")));
  EXPECT_FALSE(Matches(rule, Named("prod")));
  EXPECT_FALSE(Matches(rule, Named("production/x")));
}

TEST(MatchTest, ARuleWithoutFiltersTakesEveryRepository) {
  EXPECT_TRUE(Matches(Rule({kOregon}), Named("anything/at-all")));
}

TEST(MatchTest, SeveralFiltersAreAlternatives) {
  const auto rule = Rule({kOregon}, {"team-a/", "team-b/"});
  EXPECT_TRUE(Matches(rule, Named("team-a/x")));
  EXPECT_TRUE(Matches(rule, Named("team-b/x")));
  EXPECT_FALSE(Matches(rule, Named("team-c/x")));
}

TEST(MatchTest, NothingIsConfiguredNothingIsReplicated) {
  Assumptions assumptions;
  EXPECT_TRUE(DestinationsOf({}, Named("prod"), assumptions).empty());
  EXPECT_TRUE(DestinationsOf({{Rule({kOregon}, {"dev"})}}, Named("prod"), assumptions).empty());
  EXPECT_EQ(assumptions, Assumptions());
}

TEST(MatchTest, RulesAddUpInTheirOrder) {
  Assumptions assumptions;
  const ReplicationConfiguration configuration{
      {Rule({kTokyo}, {"prod"}), Rule({kPartner}, {"dev"}), Rule({kPartner, kOregon})}};
  EXPECT_EQ(DestinationsOf(configuration, Named("prod/x"), assumptions),
            (std::vector<RegistryKey>{kTokyo, kPartner, kOregon}));
  EXPECT_EQ(assumptions, Assumptions()) << "nothing was assumed: no destination is named twice";
}

TEST(MatchTest, ADestinationByTwoRulesCountsOnceOrAsAssumed) {
  const ReplicationConfiguration configuration{{Rule({kTokyo, kOregon}), Rule({kOregon, kPartner})}};
  Assumptions once;
  EXPECT_EQ(DestinationsOf(configuration, Named("x1"), once), (std::vector<RegistryKey>{kTokyo, kOregon, kPartner}));
  EXPECT_TRUE(once.consulted(Assumption::kSameDestinationByTwoRules));

  Assumptions twice;
  ASSERT_TRUE(twice.Set("same_destination_by_two_rules", "one-per-rule").ok());
  EXPECT_EQ(DestinationsOf(configuration, Named("x1"), twice),
            (std::vector<RegistryKey>{kTokyo, kOregon, kOregon, kPartner}));
}

TEST(MatchTest, TheSameRegionOfAnotherAccountIsAnotherDestination) {
  Assumptions assumptions;
  EXPECT_EQ(DestinationsOf({{Rule({kOregon}), Rule({kPartner})}}, Named("x1"), assumptions).size(), 2U);
}

}  // namespace
}  // namespace crrsim
