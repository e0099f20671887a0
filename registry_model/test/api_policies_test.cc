// Who may call what, and the policies that say so. Source  ecr-replication.md 3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Content;
using api_test::kHome;
using api_test::kStranger;
using api_test::Named;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kStrangerRoot = R"({"AWS":"arn:aws:iam::444455556666:root"})";
constexpr std::string_view kNotFound = "Registry policy does not exist in the registry with id '111122223333'";

std::string RegistryText(std::string_view effect, std::string_view principal, std::string_view action,
                         std::string_view resource = "*") {
  return fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Effect":"{}","Principal":{},"Action":"{}",)"
                     R"("Resource":"{}"}}]}})",
                     effect, principal, action, resource);
}
std::string RepositoryText(std::string_view effect, std::string_view principal, std::string_view action) {
  return fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Effect":"{}","Principal":{},"Action":"{}"}}]}})",
                     effect, principal, action);
}

class PoliciesTest : public testing::Test {
 protected:
  PoliciesTest() {
    bench_.Create("team/api");
    bench_.TakeEventNames();
  }
  void SetRepositoryPolicy(const std::string& text) {
    const auto answer = bench_.Call(SetRepositoryPolicyRequest{std::nullopt, "team/api", text, true});
    ASSERT_TRUE(answer.ok()) << answer.error().message;
  }
  static InitiateLayerUploadRequest Initiate() { return {"111122223333", "team/api"}; }

  ApiBench bench_;
  Caller stranger_ = Caller::RootOf(kStranger);
};

// ---- Who may --------------------------------------------------------------------------------------------------------

TEST_F(PoliciesTest, TheOwnAccountMayUnlessAPolicyDenies) {
  EXPECT_TRUE(bench_.Call(Initiate()).ok());
  bench_.PutPolicy(RegistryText("Allow", kStrangerRoot, "ecr:*"));
  EXPECT_TRUE(bench_.Call(Initiate()).ok()) << "a policy about others";
  bench_.PutPolicy(RegistryText("Deny", R"("*")", "ecr:InitiateLayerUpload"));
  EXPECT_EQ(bench_.Refusal(Initiate(), "AccessDeniedException"),
            "User: arn:aws:iam::111122223333:root is not authorized to perform: ecr:InitiateLayerUpload on resource: "
            "arn:aws:ecr:eu-west-1:111122223333:repository/team/api with an explicit deny in a resource-based policy");
}

TEST_F(PoliciesTest, AnotherAccountNeedsAnAllowOfEitherPolicy) {
  EXPECT_EQ(bench_.RefusalAs(stranger_, Initiate(), "AccessDeniedException"),
            "User: arn:aws:iam::444455556666:root is not authorized to perform: ecr:InitiateLayerUpload on resource: "
            "arn:aws:ecr:eu-west-1:111122223333:repository/team/api because no resource-based policy allows the "
            "ecr:InitiateLayerUpload action");
  bench_.PutPolicy(RegistryText("Allow", kStrangerRoot, "ecr:*", "arn:aws:ecr:*:*:repository/team/*"));
  EXPECT_TRUE(bench_.CallAs(stranger_, Initiate()).ok());
  bench_.registry.policy.reset();
  SetRepositoryPolicy(RepositoryText("Allow", kStrangerRoot, "ecr:InitiateLayerUpload"));
  EXPECT_TRUE(bench_.CallAs(stranger_, Initiate()).ok());
  bench_.RefusalAs(stranger_, ListImagesRequest{"111122223333", "team/api", {}, {}, {}}, "AccessDeniedException");
}

TEST_F(PoliciesTest, ADenyOfOnePolicyBeatsAnAllowOfTheOther) {
  bench_.PutPolicy(RegistryText("Allow", kStrangerRoot, "ecr:*"));
  SetRepositoryPolicy(RepositoryText("Deny", kStrangerRoot, "ecr:InitiateLayerUpload"));
  bench_.RefusalAs(stranger_, Initiate(), "AccessDeniedException");
  EXPECT_TRUE(bench_.Call(Initiate()).ok()) << "the deny is for the stranger";
  bench_.PutPolicy(RegistryText("Deny", kStrangerRoot, "ecr:*"));
  SetRepositoryPolicy(RepositoryText("Allow", kStrangerRoot, "ecr:*"));
  bench_.RefusalAs(stranger_, Initiate(), "AccessDeniedException");
}

TEST_F(PoliciesTest, WhetherARepositoryExistsIsNoSecretFromItsOwnerOnly) {
  const InitiateLayerUploadRequest request{"111122223333", "team/none"};
  bench_.Refusal(request, "RepositoryNotFoundException");
  bench_.RefusalAs(stranger_, request, "AccessDeniedException");
}

TEST_F(PoliciesTest, ConditionsSeeWhoCallsAndWhere) {
  const auto with = [&](std::string_view condition) {
    bench_.PutPolicy(fmt::format(
        R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":"*","Action":"ecr:*","Resource":"*",)"
        R"("Condition":{{"StringEquals":{}}}}}]}})",
        condition));
    return bench_.CallAs(stranger_, Initiate()).ok();
  };
  EXPECT_TRUE(with(R"({"aws:PrincipalAccount":"444455556666"})"));
  EXPECT_FALSE(with(R"({"aws:PrincipalAccount":"111122223333"})"));
  EXPECT_TRUE(with(R"({"aws:PrincipalArn":"arn:aws:iam::444455556666:root"})"));
  EXPECT_TRUE(with(R"({"aws:RequestedRegion":"eu-west-1"})"));
  EXPECT_FALSE(with(R"({"aws:SourceAccount":"444455556666"})"));
}

TEST_F(PoliciesTest, ARoleIsCoveredByItsAccount) {
  const Caller role{kStranger.account, "arn:aws:iam::444455556666:role/ci", kHome.region};
  bench_.PutPolicy(RegistryText("Allow", kStrangerRoot, "ecr:*"));
  EXPECT_TRUE(bench_.CallAs(role, Initiate()).ok());
  bench_.PutPolicy(RegistryText("Allow", R"({"AWS":"arn:aws:iam::444455556666:role/other"})", "ecr:*"));
  bench_.RefusalAs(role, Initiate(), "AccessDeniedException");
}

TEST_F(PoliciesTest, ASimulatedPushNeedsThePermissionsOfTheRealOne) {
  const UploadBlobRequest request{"111122223333", "team/api", Content("layer")};
  for (const auto* action : {"ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"}) {
    bench_.PutPolicy(RegistryText("Deny", R"("*")", action));
    EXPECT_THAT(bench_.Refusal(request, "AccessDeniedException"), HasSubstr(action));
  }
  bench_.PutPolicy(RegistryText("Deny", R"("*")", "ecr:PutImage"));
  EXPECT_TRUE(bench_.Call(request).ok());
}

TEST_F(PoliciesTest, EveryOperationAsksForItsOwnPermission) {
  bench_.PutPolicy(RegistryText("Deny", R"("*")", "ecr:*"));
  const auto check = [&](const auto& request) {
    using Request = std::remove_cvref_t<decltype(request)>;
    EXPECT_THAT(bench_.Refusal(request, "AccessDeniedException"),
                HasSubstr(fmt::format("is not authorized to perform: ecr:{} on resource: ", Request::kOperation)));
  };
  const std::vector<ImageIdentifier> ids = {{std::nullopt, "v1"}};
  const auto digest = Content("layer").digest.text();
  CreateRepositoryRequest create;
  create.repository_name = "team/web";
  check(create);
  check(DescribeRepositoriesRequest{});
  check(DescribeRepositoriesRequest{{}, std::vector<std::string>{"team/api"}, {}, {}});
  check(DeleteRepositoryRequest{{}, "team/api", {}});
  check(PutImageTagMutabilityRequest{{}, "team/api", "MUTABLE", {}});
  check(api_test::PutOf("team/api", "{}"));
  check(BatchGetImageRequest{{}, "team/api", ids, {}});
  check(ListImagesRequest{{}, "team/api", {}, {}, {}});
  check(DescribeImagesRequest{{}, "team/api", {}, {}, {}, {}});
  check(BatchDeleteImageRequest{{}, "team/api", ids});
  check(Initiate());
  check(UploadLayerPartRequest{{}, "team/api", "u", 0, 0, {"x"}});
  check(CompleteLayerUploadRequest{{}, "team/api", "u", {digest}});
  check(BatchCheckLayerAvailabilityRequest{{}, "team/api", {digest}});
  check(GetDownloadUrlForLayerRequest{{}, "team/api", digest});
  check(PutRegistryPolicyRequest{RegistryText("Allow", R"("*")", "ecr:*")});
  check(GetRegistryPolicyRequest{});
  check(DeleteRegistryPolicyRequest{});
  check(SetRepositoryPolicyRequest{{}, "team/api", RepositoryText("Allow", R"("*")", "ecr:*"), {}});
  check(GetRepositoryPolicyRequest{{}, "team/api"});
  check(DeleteRepositoryPolicyRequest{{}, "team/api"});
  check(PutReplicationConfigurationRequest{});
  check(DescribeRegistryRequest{});
  check(DescribeImageReplicationStatusRequest{"team/api", ids[0], {}});
  CreateRepositoryCreationTemplateRequest create_template;
  create_template.prefix = "team";
  check(create_template);
  UpdateRepositoryCreationTemplateRequest update_template;
  update_template.prefix = "team";
  check(update_template);
  check(DeleteRepositoryCreationTemplateRequest{"team"});
  check(DescribeRepositoryCreationTemplatesRequest{});
  check(StartImageScanRequest{{}, "team/api", ids[0]});
  check(DescribeImageScanFindingsRequest{{}, "team/api", ids[0], {}, {}});
}

// ---- The registry's policy ------------------------------------------------------------------------------------------

TEST_F(PoliciesTest, ARegistryPolicyIsPutReadAndDeleted) {
  EXPECT_EQ(bench_.Refusal(GetRegistryPolicyRequest{}, "RegistryPolicyNotFoundException"), kNotFound);
  EXPECT_EQ(bench_.Refusal(DeleteRegistryPolicyRequest{}, "RegistryPolicyNotFoundException"), kNotFound);
  const auto text = RegistryText("Allow", kStrangerRoot, "ecr:ReplicateImage");
  EXPECT_EQ(bench_.Call(PutRegistryPolicyRequest{text}).value(), (PutRegistryPolicyResponse{"111122223333", text}));
  EXPECT_EQ(bench_.LastEvent<RegistryPolicyChanged>(), (RegistryPolicyChanged{kHome, text}));
  EXPECT_EQ(bench_.Call(GetRegistryPolicyRequest{}).value(), (GetRegistryPolicyResponse{"111122223333", text}));
  const auto other = RegistryText("Allow", kStrangerRoot, "ecr:*");
  ASSERT_TRUE(bench_.Call(PutRegistryPolicyRequest{other}).ok());
  EXPECT_EQ(bench_.Call(DeleteRegistryPolicyRequest{})->policy_text, other) << "a put replaces";
  EXPECT_EQ(bench_.LastEvent<RegistryPolicyChanged>(), (RegistryPolicyChanged{kHome, ""}));
  bench_.Refusal(GetRegistryPolicyRequest{}, "RegistryPolicyNotFoundException");
}

TEST_F(PoliciesTest, ARegistryPolicyThatIsNoneIsRefusedWithItsPlace) {
  constexpr std::string_view kStart =
      "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid registry policy provided' (";
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("{}"), RegistryText("Perhaps", kStrangerRoot, "ecr:*"),
        RepositoryText("Allow", kStrangerRoot, "ecr:*")}) {
    EXPECT_THAT(bench_.Refusal(PutRegistryPolicyRequest{text}, "InvalidParameterException"), StartsWith(kStart));
  }
  EXPECT_THAT(bench_.Refusal(PutRegistryPolicyRequest{RegistryText("allow", kStrangerRoot, "ecr:*")},
                             "InvalidParameterException"),
              HasSubstr("/Statement/0/Effect"));
}

TEST_F(PoliciesTest, ARegistryPolicyHasAtMost10240Characters) {
  const auto bare = RegistryText("Allow", kStrangerRoot, "ecr:*");
  const auto of_size = [&](std::size_t size) { return bare + std::string(size - bare.size(), ' '); };
  EXPECT_THAT(bench_.Refusal(PutRegistryPolicyRequest{of_size(10'241)}, "InvalidParameterException"),
              HasSubstr("between 0 and 10240"));
  EXPECT_TRUE(bench_.Call(PutRegistryPolicyRequest{of_size(10'240)}).ok());
}

// ---- A repository's policy ------------------------------------------------------------------------------------------

TEST_F(PoliciesTest, ARepositoryPolicyIsSetReadAndDeleted) {
  constexpr std::string_view kNone =
      "Repository policy does not exist for the repository with name 'team/api' in the registry with id "
      "'111122223333'";
  const GetRepositoryPolicyRequest get{std::nullopt, "team/api"};
  const DeleteRepositoryPolicyRequest remove{std::nullopt, "team/api"};
  EXPECT_EQ(bench_.Refusal(get, "RepositoryPolicyNotFoundException"), kNone);
  EXPECT_EQ(bench_.Refusal(remove, "RepositoryPolicyNotFoundException"), kNone);
  const auto text = RepositoryText("Allow", kStrangerRoot, "ecr:*");
  SetRepositoryPolicy(text);
  EXPECT_EQ(bench_.LastEvent<RepositorySettingChanged>(),
            (RepositorySettingChanged{kHome, Named("team/api"), "repositoryPolicy", text}));
  EXPECT_EQ(bench_.Call(get).value(), (GetRepositoryPolicyResponse{"111122223333", "team/api", text}));
  EXPECT_EQ(bench_.Call(remove)->policy_text, text);
  EXPECT_EQ(bench_.LastEvent<RepositorySettingChanged>().value, "");
  bench_.Refusal(get, "RepositoryPolicyNotFoundException");
  for (const auto& request : {GetRepositoryPolicyRequest{std::nullopt, "team/none"}}) {
    bench_.Refusal(request, "RepositoryNotFoundException");
  }
  bench_.Refusal(DeleteRepositoryPolicyRequest{std::nullopt, "team/none"}, "RepositoryNotFoundException");
  bench_.Refusal(SetRepositoryPolicyRequest{std::nullopt, "team/none", text, {}}, "RepositoryNotFoundException");
}

TEST_F(PoliciesTest, ARepositoryPolicyThatLocksTheCallerOutNeedsForce) {
  const auto text = RepositoryText("Deny", R"("*")", "ecr:SetRepositoryPolicy");
  EXPECT_THAT(bench_.Refusal(SetRepositoryPolicyRequest{std::nullopt, "team/api", text, std::nullopt},
                             "InvalidParameterException"),
              HasSubstr("force"));
  bench_.Refusal(SetRepositoryPolicyRequest{std::nullopt, "team/api", text, false}, "InvalidParameterException");
  EXPECT_TRUE(bench_.Call(SetRepositoryPolicyRequest{std::nullopt, "team/api", text, true}).ok());
  bench_.Refusal(SetRepositoryPolicyRequest{std::nullopt, "team/api", text, true}, "AccessDeniedException");
}

TEST_F(PoliciesTest, ARepositoryPolicyThatIsNoneIsRefused) {
  for (const std::string& text : {std::string("{"), RepositoryText("allow", kStrangerRoot, "ecr:*")}) {
    EXPECT_THAT(
        bench_.Refusal(SetRepositoryPolicyRequest{std::nullopt, "team/api", text, {}}, "InvalidParameterException"),
        HasSubstr("'Invalid repository policy provided' ("));
  }
  bench_.Refusal(SetRepositoryPolicyRequest{std::nullopt, "team/api", std::string(10'241, ' '), {}},
                 "InvalidParameterException");
}

}  // namespace
}  // namespace crrsim
