// The replication configuration and the replication status. Source  ecr-replication.md 1, 5, 14 (6, 19, 20, 24, 28).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Key;
using api_test::kHome;
using api_test::kStranger;
using api_test::Named;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kValidation = "ValidationException";

ReplicationDestinationShape To(const std::string& region, const std::string& account = "111122223333") {
  return {region, account};
}
ReplicationRuleShape Rule(std::vector<ReplicationDestinationShape> destinations) {
  return {std::move(destinations), std::nullopt, std::nullopt};
}
ReplicationRuleShape Filtered(std::vector<RepositoryFilterShape> filters) {
  return {{To("us-west-2")}, std::move(filters), std::nullopt};
}
ReplicationRuleShape Filtered(const std::string& filter) {
  return Filtered(std::vector<RepositoryFilterShape>{{filter, "PREFIX_MATCH"}});
}
PutReplicationConfigurationRequest Put(std::vector<ReplicationRuleShape> rules) { return {{std::move(rules)}}; }
/// Destinations of as many accounts, from `first` on.
std::vector<ReplicationDestinationShape> Accounts(int first, int count) {
  std::vector<ReplicationDestinationShape> destinations;
  for (int i = 0; i < count; ++i) destinations.push_back(To("us-west-2", fmt::format("{:012}", 500 + first + i)));
  return destinations;
}

TEST(ReplicationApiTest, ARegistryThatWasNeverConfiguredHasNoRules) {
  ApiBench bench;
  const auto answer = bench.Call(DescribeRegistryRequest{});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->registry_id, "111122223333");
  EXPECT_THAT(answer->replication_configuration.rules, IsEmpty());
}

TEST(ReplicationApiTest, APutIsEchoedDescribedAndSaid) {
  ApiBench bench;
  const auto put = Put({{{To("us-west-2"), To("eu-west-1", "444455556666")},
                         std::vector<RepositoryFilterShape>{{"prod", "PREFIX_MATCH"}, {"team-", "PREFIX_MATCH"}},
                         DeleteReplicationShape{false}},
                        Rule({To("ap-northeast-1")})});
  const auto answer = bench.Call(put);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->replication_configuration, put.replication_configuration);
  EXPECT_EQ(bench.Call(DescribeRegistryRequest{})->replication_configuration, put.replication_configuration);
  EXPECT_EQ(bench.LastEvent<ReplicationConfigured>(), (ReplicationConfigured{kHome, bench.registry.replication}));
  EXPECT_THAT(bench.registry.replication.rules.at(0).destinations,
              ElementsAre(Key("111122223333", "us-west-2"), kStranger));
  EXPECT_EQ(bench.assumptions, Assumptions()) << "nothing of this is assumed";
}

TEST(ReplicationApiTest, APutReplacesAllOfIt) {
  ApiBench bench;
  ASSERT_TRUE(bench.Call(Put({Rule({To("us-west-2")}), Filtered("prod")})).ok());
  const auto second = Put({Rule({To("ap-northeast-1")})});
  ASSERT_TRUE(bench.Call(second).ok());
  EXPECT_EQ(bench.Call(DescribeRegistryRequest{})->replication_configuration, second.replication_configuration);
  ASSERT_TRUE(bench.Call(Put({})).ok());
  EXPECT_THAT(bench.Call(DescribeRegistryRequest{})->replication_configuration.rules, IsEmpty());
}

TEST(ReplicationApiTest, TheOwnRegistryIsNoDestinationInAnyRule) {
  constexpr std::string_view kText =
      "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: 'Replication destination cannot "
      "be the same as the source registry'";
  for (const auto* value : {"split", "invalid-parameter", "validation"}) {
    ApiBench bench;
    ASSERT_TRUE(bench.assumptions.Set("configuration_errors", value).ok());
    EXPECT_EQ(bench.ExpectRefusal(Put({Rule({To("eu-west-1")})}), exception::kInvalidParameter), kText);
    EXPECT_EQ(bench.ExpectRefusal(Put({Rule({To("us-west-2")}), Rule({To("us-east-1"), To("eu-west-1")})}),
                                  exception::kInvalidParameter),
              kText);
    EXPECT_FALSE(bench.assumptions.consulted(Assumption::kConfigurationErrors)) << "this one is attested";
    EXPECT_TRUE(bench.Call(Put({Rule({To("eu-west-1", "444455556666")})})).ok()) << "another account, same region";
    EXPECT_TRUE(bench.Call(Put({Rule({To("us-west-2")})})).ok()) << "same account, another region";
  }
}

TEST(ReplicationApiTest, EveryLimitHoldsAtItsValueAndNotOnePast) {
  std::vector<ReplicationRuleShape> rules(25, Rule({To("us-west-2")}));
  const auto filters = [](std::size_t count) {
    return Filtered(std::vector<RepositoryFilterShape>(count, {"prod", "PREFIX_MATCH"}));
  };
  const std::string longest(256, 'a');
  struct Row {
    std::string what;
    PutReplicationConfigurationRequest at_limit;
    PutReplicationConfigurationRequest past_limit;
  };
  auto more_rules = rules;
  more_rules.push_back(Rule({To("us-west-2")}));
  const std::vector<Row> table = {
      {"rules", Put(rules), Put(more_rules)},
      {"unique destinations in one rule", Put({Rule(Accounts(0, 25))}), Put({Rule(Accounts(0, 26))})},
      {"unique destinations over rules", Put({Rule(Accounts(0, 13)), Rule(Accounts(12, 13))}),
       Put({Rule(Accounts(0, 13)), Rule(Accounts(13, 13))})},
      {"no destination", Put({Rule(Accounts(0, 1))}), Put({Rule({})})},
      {"filters of a rule", Put({filters(100)}), Put({filters(101)})},
      {"no filter in a list", Put({filters(1)}), Put({filters(0)})},
      {"shortest filter", Put({Filtered("ab")}), Put({Filtered("a")})},
      {"longest filter", Put({Filtered(longest)}), Put({Filtered(longest + "a")})},
      {"shortest region", Put({Rule({To("ab")})}), Put({Rule({To("a")})})},
      {"longest region", Put({Rule({To(std::string(25, 'a'))})}), Put({Rule({To(std::string(26, 'a'))})})},
      {"account", Put({Rule({To("us-west-2", "000000000001")})}), Put({Rule({To("us-west-2", "0000000000001")})})},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.what);
    ApiBench bench;
    bench.ExpectRefusal(row.past_limit, exception::kInvalidParameter);
    const auto answer = bench.Call(row.at_limit);
    EXPECT_TRUE(answer.ok()) << answer.error().message;
  }
}

TEST(ReplicationApiTest, ARuleListsAtMostAHundredDestinations) {
  ApiBench bench;
  bench.options.destinations_max = 1'000;
  EXPECT_TRUE(bench.Call(Put({Rule(Accounts(0, 100))})).ok());
  EXPECT_THAT(bench.ExpectRefusal(Put({Rule(Accounts(0, 101))}), exception::kInvalidParameter),
              HasSubstr("between 1 and 100, found 101"));
}

TEST(ReplicationApiTest, TheCapOfRulesIsAnOption) {
  ApiBench bench;
  bench.options.rules_max = 10;
  EXPECT_TRUE(bench.Call(Put(std::vector(10, Rule({To("us-west-2")})))).ok());
  EXPECT_THAT(bench.ExpectRefusal(Put(std::vector(11, Rule({To("us-west-2")}))), exception::kInvalidParameter),
              HasSubstr("'replicationConfiguration.rules'"));
}

TEST(ReplicationApiTest, AFilterIsTheBeginningOfAName) {
  ApiBench bench;
  for (const auto* filter : {"prod", "prod/", "prod-", "prod.", "prod_", "a.b-c/d_", "a--b", "--", "ab/cd/", "0a/1"}) {
    EXPECT_TRUE(bench.Call(Put({Filtered(filter)})).ok()) << filter;
  }
  for (const auto* filter : {"prod*", "Prod", "a//b", "/a", "-a/b", "a b", "a/b/-/", "é"}) {
    EXPECT_THAT(bench.ExpectRefusal(Put({Filtered(filter)}), exception::kInvalidParameter),
                HasSubstr("'replicationConfiguration.rules[0].repositoryFilters[0].filter'"))
        << filter;
  }
  EXPECT_THAT(bench.ExpectRefusal(Put({Filtered({{"prod", "PREFIX"}})}), exception::kInvalidParameter),
              HasSubstr("PREFIX_MATCH"));
}

TEST(ReplicationApiTest, RegionsAndAccountsHaveTheirForm) {
  ApiBench bench;
  for (const auto* region : {"US-west-2", "us west 2", "us_west_2", ""}) {
    EXPECT_THAT(bench.ExpectRefusal(Put({Rule({To(region)})}), exception::kInvalidParameter),
                HasSubstr("'replicationConfiguration.rules[0].destinations[0].region'"));
  }
  for (const auto* account : {"", "11112222333", "11112222333x"}) {
    EXPECT_THAT(
        bench.ExpectRefusal(Put({Rule({To("us-west-2"), To("us-east-1", account)})}), exception::kInvalidParameter),
        HasSubstr("'replicationConfiguration.rules[0].destinations[1].registryId'"));
  }
}

TEST(ReplicationApiTest, WhichExceptionRefusesIsAssumed) {
  struct Row {
    PutReplicationConfigurationRequest put;
    std::string_view by_split;
  };
  const std::vector<Row> table = {
      {Put({Filtered("Prod")}), exception::kInvalidParameter},
      {Put(std::vector(26, Rule({To("us-west-2")}))), exception::kInvalidParameter},
      {Put({Rule({To("US")})}), exception::kInvalidParameter},
      {Put({Rule(Accounts(0, 26))}), exception::kInvalidParameter},
      {Put({Filtered({{"prod", "X"}})}), exception::kInvalidParameter},
      {Put({Rule({To("us-west-2"), To("us-west-2")})}), kValidation},
      {Put({Rule({To("cn-north-1")})}), kValidation},
      {Put({Rule({To("us-gov-west-1")})}), kValidation},
  };
  for (const auto& row : table) {
    for (const auto& [value, exception] : {std::pair<std::string_view, std::string_view>{"split", row.by_split},
                                           {"invalid-parameter", exception::kInvalidParameter},
                                           {"validation", kValidation}}) {
      ApiBench bench;
      ASSERT_TRUE(bench.assumptions.Set("configuration_errors", value).ok());
      bench.ExpectRefusal(row.put, exception);
      EXPECT_TRUE(bench.assumptions.consulted(Assumption::kConfigurationErrors));
    }
  }
}

TEST(ReplicationApiTest, DeleteReplicationIsEchoedAsPut) {
  ApiBench bench;
  for (const auto& flag : {std::optional(DeleteReplicationShape{true}), std::optional(DeleteReplicationShape{false}),
                           std::optional<DeleteReplicationShape>()}) {
    const auto put = Put({{{To("us-west-2")}, std::nullopt, flag}});
    const auto answer = bench.Call(put);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(answer->replication_configuration, put.replication_configuration);
    EXPECT_EQ(bench.Call(DescribeRegistryRequest{})->replication_configuration, put.replication_configuration);
    const auto said = std::get<ReplicationConfigured>(bench.events.back()).configuration.rules.front();
    EXPECT_EQ(said.delete_replication.has_value(), flag.has_value());
    EXPECT_EQ(said.delete_replication.value_or(false), flag && flag->enabled);
  }
}

TEST(ReplicationApiTest, TheSameDestinationMayStandInTwoRules) {
  ApiBench bench;
  EXPECT_TRUE(bench.Call(Put({Rule({To("us-west-2")}), Filtered("prod")})).ok());
}

TEST(ReplicationApiTest, APartitionReplicatesWithinItself) {
  ApiBench bench;
  bench.registry.key = Key("111122223333", "cn-north-1");
  const auto caller = Caller::RootOf(bench.registry.key);
  EXPECT_TRUE(bench.CallAs(caller, Put({Rule({To("cn-northwest-1")})})).ok());
  bench.ExpectRefusalAs(caller, Put({Rule({To("us-west-2")})}), kValidation);
}

// ---- Status ---------------------------------------------------------------------------------------------------------

class StatusApiTest : public testing::Test {
 protected:
  StatusApiTest() {
    bench_.Create("team/api");
    image_ = bench_.Push("team/api", "one", "v1");
  }
  void Say(EventBody body) { bench_.statuses.OnEvent({bench_.now, std::move(body)}); }
  Replication Copy(const RegistryKey& destination) {
    return {kHome, destination, Named("team/api"), image_->digest, api_test::Tagged("v1")};
  }
  static DescribeImageReplicationStatusRequest About(ImageIdentifier id) { return {"team/api", std::move(id), {}}; }

  ApiBench bench_;
  ManifestPtr image_;
  RegistryKey oregon_ = Key("111122223333", "us-west-2");
};

TEST_F(StatusApiTest, AnImageThatWasNeverReplicatedHasNoEntries) {
  const auto answer = bench_.Call(About({std::nullopt, "v1"}));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->repository_name, "team/api");
  EXPECT_EQ(answer->image_id, (ImageIdentifier{image_->digest.text(), "v1"}));
  EXPECT_THAT(answer->replication_statuses, IsEmpty());
}

TEST_F(StatusApiTest, HasOneEntryADestination) {
  Say(JobQueued{1, Copy(oregon_)});
  Say(JobQueued{2, Copy(kStranger)});
  Say(JobEnded{2, Copy(kStranger), ReplicationStatus::kFailed, FailureCode::kAccessDenied, bench_.now});
  const auto answer = bench_.Call(About({image_->digest.text(), std::nullopt}));
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->replication_statuses,
              ElementsAre(ImageReplicationStatus{"us-west-2", "111122223333", "IN_PROGRESS", std::nullopt},
                          ImageReplicationStatus{"eu-west-1", "444455556666", "FAILED", "AccessDenied"}));
  Say(JobEnded{1, Copy(oregon_), ReplicationStatus::kComplete, FailureCode::kNone, bench_.now});
  EXPECT_EQ(bench_.Call(About({std::nullopt, "v1"}))->replication_statuses.at(0),
            (ImageReplicationStatus{"us-west-2", "111122223333", "COMPLETE", std::nullopt}));
}

TEST_F(StatusApiTest, RefusesWhatIsNotThere) {
  bench_.ExpectRefusal(About({std::nullopt, "v9"}), "ImageNotFoundException");
  bench_.ExpectRefusal(About({}), exception::kInvalidParameter);
  auto request = About({std::nullopt, "v1"});
  request.repository_name = "team/none";
  bench_.ExpectRefusal(request, "RepositoryNotFoundException");
}

}  // namespace
}  // namespace crrsim
