// The scanning settings of registries and repositories. Source  ecr-replication.md 9, 10.3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/registry/scanning.h"
#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Named;
using testing::ElementsAre;
using testing::IsEmpty;

class ScanningTest : public testing::Test {
 protected:
  static PutRegistryScanningConfigurationRequest Put(const std::string& type, const std::string& frequency,
                                                     const std::vector<std::string>& filters) {
    RegistryScanningRule rule{frequency, {}};
    for (const auto& filter : filters) rule.repository_filters.push_back({filter, "WILDCARD"});
    return {type, std::vector{rule}};
  }
  ApiBench bench_;
};

TEST_F(ScanningTest, ARegistryThatWasNeverConfiguredScansBasicallyAndNothing) {
  const auto answer = bench_.Call(GetRegistryScanningConfigurationRequest{});
  EXPECT_EQ(answer->registry_id, "111122223333");
  EXPECT_EQ(answer->scanning_configuration, (RegistryScanningConfiguration{"BASIC", {}}));
}

TEST_F(ScanningTest, APutReplacesTheWholeConfiguration) {
  ASSERT_TRUE(bench_.Call(Put("BASIC", "SCAN_ON_PUSH", {"prod"})).ok());
  const auto second = bench_.Call(Put("ENHANCED", "CONTINUOUS_SCAN", {"*"}));
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(bench_.Call(GetRegistryScanningConfigurationRequest{})->scanning_configuration,
            second->registry_scanning_configuration);
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("ScanningConfigured", "ScanningConfigured"));
  // Without a type it is BASIC, without rules there are none.
  EXPECT_EQ(bench_.Call(PutRegistryScanningConfigurationRequest{})->registry_scanning_configuration,
            (RegistryScanningConfiguration{"BASIC", {}}));
}

TEST_F(ScanningTest, LimitsHoldAndOnePastThemIsRefused) {
  const std::string exception = "InvalidParameterException";
  EXPECT_TRUE(bench_.Call(Put("BASIC", "SCAN_ON_PUSH", std::vector<std::string>(100, "a"))).ok());
  bench_.ExpectRefusal(Put("BASIC", "SCAN_ON_PUSH", std::vector<std::string>(101, "a")), exception);
  EXPECT_TRUE(bench_.Call(Put("BASIC", "SCAN_ON_PUSH", {std::string(255, 'a')})).ok());
  bench_.ExpectRefusal(Put("BASIC", "SCAN_ON_PUSH", {std::string(256, 'a')}), exception);
  EXPECT_TRUE(bench_.Call(Put("BASIC", "SCAN_ON_PUSH", {})).ok());
  bench_.ExpectRefusal(Put("BASIC", "SCAN_ON_PUSH", {""}), exception);

  const RegistryScanningRule rule{"SCAN_ON_PUSH", {}};
  EXPECT_TRUE(bench_.Call(PutRegistryScanningConfigurationRequest{"BASIC", std::vector(2, rule)}).ok());
  bench_.ExpectRefusal(PutRegistryScanningConfigurationRequest{"BASIC", std::vector(3, rule)}, exception);
}

TEST_F(ScanningTest, FiltersAreNamesWithAsterisks) {
  for (const auto* filter : {"a", "*", "a*b", "prod/*", "a.b_c-d/e", "**"}) {
    EXPECT_TRUE(bench_.Call(Put("BASIC", "SCAN_ON_PUSH", {filter})).ok()) << filter;
  }
  for (const auto* filter : {"A", "a b", "/a", "a/", "a//b", "a._b", "-", "a-"}) {
    bench_.ExpectRefusal(Put("BASIC", "SCAN_ON_PUSH", {filter}), "InvalidParameterException");
  }
  auto other_type = Put("BASIC", "SCAN_ON_PUSH", {"a"});
  other_type.rules->at(0).repository_filters.at(0).filter_type = "PREFIX_MATCH";
  bench_.ExpectRefusal(other_type, "InvalidParameterException");
}

TEST_F(ScanningTest, FrequenciesGoWithTheirScanType) {
  EXPECT_TRUE(bench_.Call(Put("BASIC", "MANUAL", {})).ok());
  EXPECT_TRUE(bench_.Call(Put("ENHANCED", "SCAN_ON_PUSH", {})).ok());
  bench_.ExpectRefusal(Put("BASIC", "CONTINUOUS_SCAN", {}), "ValidationException");
  bench_.ExpectRefusal(Put("ENHANCED", "MANUAL", {}), "ValidationException");
  bench_.ExpectRefusal(Put("BASIC", "HOURLY", {}), "InvalidParameterException");
  bench_.ExpectRefusal(Put("CLAIR", "MANUAL", {}), "InvalidParameterException");
}

TEST_F(ScanningTest, AFilterWithoutAnAsteriskTakesEveryNameThatContainsIt) {
  EXPECT_TRUE(MatchesScanningFilter("prod", Named("my-production/x")));
  EXPECT_FALSE(MatchesScanningFilter("prod*", Named("my-production/x")));
  EXPECT_TRUE(MatchesScanningFilter("*prod*", Named("my-production/x")));
  EXPECT_TRUE(MatchesScanningFilter("*", Named("anything")));
  EXPECT_FALSE(MatchesScanningFilter("prod", Named("pro/d")));
}

TEST_F(ScanningTest, APushIsScannedByTheRegistrysFiltersOrTheRepositorysFlag) {
  ASSERT_TRUE(bench_.Call(Put("BASIC", "SCAN_ON_PUSH", {"prod"})).ok());
  for (const auto* name : {"prod/a", "test/a", "test/flagged"}) bench_.Create(name);
  const PutImageScanningConfigurationRequest flag{std::nullopt, "test/flagged", {true}};
  EXPECT_TRUE(*bench_.Call(flag)->image_scanning_configuration.scan_on_push);
  EXPECT_EQ(bench_.LastEvent<RepositorySettingChanged>().value, "true");
  const auto scanned = [&](const std::string& repository) {
    const auto image = bench_.Push(repository, "one", "v1");
    return bench_.repository(repository).FindImage(image->digest)->scan.has_value();
  };
  EXPECT_TRUE(scanned("prod/a"));
  EXPECT_FALSE(scanned("test/a"));
  EXPECT_TRUE(scanned("test/flagged"));
}

TEST_F(ScanningTest, TheFlagIsOffWithoutAValueAndNeedsARepository) {
  bench_.Create("app");
  ASSERT_TRUE(bench_.Call(PutImageScanningConfigurationRequest{std::nullopt, "app", {true}}).ok());
  EXPECT_FALSE(*bench_.Call(PutImageScanningConfigurationRequest{std::nullopt, "app", {}})
                    ->image_scanning_configuration.scan_on_push);
  EXPECT_FALSE(bench_.repository("app").settings.scan_on_push);
  bench_.ExpectRefusal(PutImageScanningConfigurationRequest{std::nullopt, "none", {true}},
                       "RepositoryNotFoundException");
}

TEST_F(ScanningTest, RepositoriesSayWhatAppliesToThem) {
  ASSERT_TRUE(bench_.Call(Put("ENHANCED", "CONTINUOUS_SCAN", {"prod", "p*", "web"})).ok());
  bench_.Create("prod");
  bench_.Create("test");
  ASSERT_TRUE(bench_.Call(PutImageScanningConfigurationRequest{std::nullopt, "test", {true}}).ok());
  const auto answer = bench_.Call(BatchGetRepositoryScanningConfigurationRequest{{"prod", "gone", "test"}});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  ASSERT_THAT(answer->scanning_configurations, testing::SizeIs(2));
  const auto& prod = answer->scanning_configurations[0];
  EXPECT_EQ(prod.repository_arn, "arn:aws:ecr:eu-west-1:111122223333:repository/prod");
  EXPECT_EQ(prod.scan_frequency, "CONTINUOUS_SCAN");
  EXPECT_TRUE(prod.scan_on_push);
  EXPECT_THAT(prod.applied_scan_filters,
              ElementsAre(ScanningRepositoryFilter{"prod", "WILDCARD"}, ScanningRepositoryFilter{"p*", "WILDCARD"}));
  // The flag is of basic scanning.
  EXPECT_EQ(answer->scanning_configurations[1].scan_frequency, "MANUAL");
  EXPECT_THAT(answer->scanning_configurations[1].applied_scan_filters, IsEmpty());
  ASSERT_THAT(answer->failures, testing::SizeIs(1));
  EXPECT_EQ(answer->failures[0].failure_code, "REPOSITORY_NOT_FOUND");

  EXPECT_TRUE(bench_.Call(BatchGetRepositoryScanningConfigurationRequest{std::vector<std::string>(25, "prod")}).ok());
  bench_.ExpectRefusal(BatchGetRepositoryScanningConfigurationRequest{std::vector<std::string>(26, "prod")},
                       "InvalidParameterException");
  bench_.ExpectRefusal(BatchGetRepositoryScanningConfigurationRequest{{}}, "InvalidParameterException");
}

}  // namespace
}  // namespace crrsim
