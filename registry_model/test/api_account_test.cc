// Account settings, and the tags of repositories. Source  ecr-replication.md 3 (11), 4.2, 8, 10.3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::kHome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(AccountSettingTest, EachHasItsDefault) {
  ApiBench bench;
  EXPECT_EQ(bench.Call(GetAccountSettingRequest{"BLOB_MOUNTING"})->value, "DISABLED");
  EXPECT_EQ(bench.Call(GetAccountSettingRequest{"REGISTRY_POLICY_SCOPE"})->value, "V2");
  EXPECT_EQ(bench.Call(GetAccountSettingRequest{"BASIC_SCAN_TYPE_VERSION"})->value, "AWS_NATIVE");
}

TEST(AccountSettingTest, TakesItsValuesAndNoOthers) {
  ApiBench bench;
  for (const auto* value : {"ENABLED", "DISABLED"}) {
    ASSERT_TRUE(bench.Call(PutAccountSettingRequest{"BLOB_MOUNTING", value}).ok());
    EXPECT_EQ(bench.Call(GetAccountSettingRequest{"BLOB_MOUNTING"})->value, value);
    EXPECT_EQ(bench.LastEvent<AccountSettingChanged>(), (AccountSettingChanged{kHome, "BLOB_MOUNTING", value}));
  }
  EXPECT_TRUE(bench.Call(PutAccountSettingRequest{"REGISTRY_POLICY_SCOPE", "V2"}).ok());
  EXPECT_TRUE(bench.Call(PutAccountSettingRequest{"BASIC_SCAN_TYPE_VERSION", "AWS_NATIVE"}).ok());
  bench.ExpectRefusal(PutAccountSettingRequest{"BLOB_MOUNTING", "enabled"}, "InvalidParameterException");
  bench.ExpectRefusal(PutAccountSettingRequest{"BASIC_SCAN_TYPE_VERSION", "CLAIR"}, "InvalidParameterException");
  bench.ExpectRefusal(PutAccountSettingRequest{"REGISTRY_POLICY_SCOPE", "V1"}, "InvalidParameterException");
  for (const auto& name : {std::string(), std::string("BLOB_MOUNT"), std::string(65, 'A')}) {
    bench.ExpectRefusal(PutAccountSettingRequest{name, "ENABLED"}, "InvalidParameterException");
    bench.ExpectRefusal(GetAccountSettingRequest{name}, "InvalidParameterException");
  }
}

TEST(AccountSettingTest, UnderScopeV1ARegistryPolicyHoldsThreeActionsAndDecidesNothingElse) {
  ApiBench bench;
  ASSERT_TRUE(bench.assumptions.Set("policy_scope_v1", "accepted").ok());
  const auto policy = [](const std::string& effect, const std::string& action) {
    return PutRegistryPolicyRequest{fmt::format(
        R"({{"Version":"2012-10-17","Statement":[{{"Effect":"{}","Principal":"*","Action":["{}"],"Resource":"*"}}]}})",
        effect, action)};
  };
  ASSERT_TRUE(bench.Call(policy("Deny", "ecr:CreateRepository")).ok());
  CreateRepositoryRequest create;
  create.repository_name = "app";
  bench.ExpectRefusal(create, "AccessDeniedException");

  ASSERT_TRUE(bench.Call(PutAccountSettingRequest{"REGISTRY_POLICY_SCOPE", "V1"}).ok());
  EXPECT_TRUE(bench.Call(create).ok());
  for (const auto* action : {"ecr:ReplicateImage", "ecr:CreateRepository", "ecr:BatchImportUpstreamImage"}) {
    EXPECT_TRUE(bench.Call(policy("Allow", action)).ok()) << action;
  }
  for (const auto* action : {"ecr:PutImage", "ecr:*"}) {
    EXPECT_EQ(bench.ExpectRefusal(policy("Allow", action), "InvalidParameterException"),
              "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid registry policy provided'");
  }
}

class ResourceTagsTest : public testing::Test {
 protected:
  ResourceTagsTest() { bench_.Create("team/app"); }
  static std::vector<ResourceTag> Numbered(int count, int from = 0) {
    std::vector<ResourceTag> tags;
    for (int i = from; i < from + count; ++i) tags.push_back({fmt::format("key{:02}", i), "v"});
    return tags;
  }
  std::vector<ResourceTag> Listed() { return bench_.Call(ListTagsForResourceRequest{kArn})->tags; }

  const std::string kArn = "arn:aws:ecr:eu-west-1:111122223333:repository/team/app";
  ApiBench bench_;
};

TEST_F(ResourceTagsTest, AreAddedReplacedAndTakenOff) {
  EXPECT_THAT(Listed(), IsEmpty());
  ASSERT_TRUE(bench_.Call(TagResourceRequest{kArn, {{"team", "red"}, {"tier", "1"}}}).ok());
  ASSERT_TRUE(bench_.Call(TagResourceRequest{kArn, {{"team", "blue"}, {"empty", ""}}}).ok());
  EXPECT_THAT(Listed(), ElementsAre(ResourceTag{"empty", ""}, ResourceTag{"team", "blue"}, ResourceTag{"tier", "1"}));
  EXPECT_EQ(bench_.LastEvent<RepositorySettingChanged>().value, "empty= team=blue tier=1");
  ASSERT_TRUE(bench_.Call(UntagResourceRequest{kArn, {"empty", "tier", "never"}}).ok());
  EXPECT_THAT(Listed(), ElementsAre(ResourceTag{"team", "blue"}));
}

TEST_F(ResourceTagsTest, ARepositoryHasAtMost50) {
  ASSERT_TRUE(bench_.Call(TagResourceRequest{kArn, Numbered(50)}).ok());
  ASSERT_TRUE(bench_.Call(TagResourceRequest{kArn, Numbered(50)}).ok()) << "they are there already";
  bench_.ExpectRefusal(TagResourceRequest{kArn, Numbered(1, 50)}, "TooManyTagsException");
  ASSERT_TRUE(bench_.Call(UntagResourceRequest{kArn, {"key00"}}).ok());
  EXPECT_TRUE(bench_.Call(TagResourceRequest{kArn, Numbered(1, 50)}).ok());

  CreateRepositoryRequest create;
  create.repository_name = "other";
  create.tags = Numbered(51);
  bench_.ExpectRefusal(create, "TooManyTagsException");
  create.tags = Numbered(50);
  EXPECT_TRUE(bench_.Call(create).ok());
}

TEST_F(ResourceTagsTest, KeysAndValuesHaveLimits) {
  EXPECT_TRUE(bench_.Call(TagResourceRequest{kArn, {{std::string(128, 'k'), std::string(256, 'v')}}}).ok());
  bench_.ExpectRefusal(TagResourceRequest{kArn, {{std::string(129, 'k'), ""}}}, "InvalidTagParameterException");
  bench_.ExpectRefusal(TagResourceRequest{kArn, {{"k", std::string(257, 'v')}}}, "InvalidTagParameterException");
  bench_.ExpectRefusal(TagResourceRequest{kArn, {{"", "v"}}}, "InvalidTagParameterException");
  bench_.ExpectRefusal(TagResourceRequest{kArn, {{"aws:owner", "v"}}}, "InvalidTagParameterException");
  bench_.ExpectRefusal(TagResourceRequest{kArn, {{"k", "1"}, {"k", "2"}}}, "InvalidTagParameterException");
  bench_.ExpectRefusal(UntagResourceRequest{kArn, {""}}, "InvalidTagParameterException");
}

TEST_F(ResourceTagsTest, AreOfARepositoryOfThisRegistry) {
  const auto refused = [&](const std::string& arn, std::string_view exception) {
    bench_.ExpectRefusal(TagResourceRequest{arn, {{"k", "v"}}}, exception);
    bench_.ExpectRefusal(UntagResourceRequest{arn, {"k"}}, exception);
    return bench_.ExpectRefusal(ListTagsForResourceRequest{arn}, exception);
  };
  refused("arn:aws:ecr:eu-west-1:111122223333:repository/none", "RepositoryNotFoundException");
  refused("team/app", "InvalidParameterException");
  refused("arn:aws:s3:::bucket", "InvalidParameterException");
  EXPECT_THAT(refused("arn:aws:ecr:us-east-1:111122223333:repository/team/app", "InvalidParameterException"),
              HasSubstr("is not of the registry"));
}

}  // namespace
}  // namespace crrsim
