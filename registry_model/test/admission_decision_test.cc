// Whether a copy is allowed. Source  ecr-replication.md 3.
#include <gtest/gtest.h>

#include "registry_model/replication/admission.h"
#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Key;
using api_test::Named;

const RegistryKey kSource = Key("444455556666", "us-west-2");
const RegistryKey kOwnSource = Key("111122223333", "us-west-2");
constexpr std::string_view kRoot = R"({"AWS":"arn:aws:iam::444455556666:root"})";
constexpr std::string_view kRepositoryArn = "arn:aws:ecr:eu-west-1:111122223333:repository/team/*";

std::string Statement(std::string_view effect, std::string_view principal, std::string_view actions,
                      std::string_view resource = kRepositoryArn, std::string_view condition = "") {
  return fmt::format(R"({{"Effect":"{}","Principal":{},"Action":{},"Resource":"{}"{}}})", effect, principal, actions,
                     resource, condition.empty() ? "" : fmt::format(R"(,"Condition":{})", condition));
}
std::string PolicyOf(std::string_view statements) {
  return fmt::format(R"({{"Version":"2012-10-17","Statement":[{}]}})", statements);
}

Admission Decide(ApiBench& bench, const RegistryKey& source = kSource) {
  return DecideAdmission(bench.registry, source, Named("team/api"), bench.assumptions);
}

TEST(AdmissionTest, TheDecisionTableOfCrossAccountCopies) {
  struct Row {
    std::string actions;
    bool exists;
    FailureCode failure;
    std::string refused;
    bool creates;
  };
  const std::vector<Row> table = {
      {R"("ecr:PutImage")", false, FailureCode::kAccessDenied, "ecr:ReplicateImage", false},
      {R"("ecr:PutImage")", true, FailureCode::kAccessDenied, "ecr:ReplicateImage", false},
      {R"("ecr:CreateRepository")", false, FailureCode::kAccessDenied, "ecr:ReplicateImage", false},
      {R"("ecr:CreateRepository")", true, FailureCode::kAccessDenied, "ecr:ReplicateImage", false},
      {R"(["ecr:ReplicateImage","ecr:CreateRepository"])", false, FailureCode::kNone, "", true},
      {R"("ecr:ReplicateImage")", true, FailureCode::kNone, "", false},
      {R"("ecr:ReplicateImage")", false, FailureCode::kRepositoryNotFound, "ecr:CreateRepository", false},
      {R"(["ecr:ReplicateImage","ecr:CreateRepository"])", true, FailureCode::kNone, "", false},
      {R"("ecr:*")", false, FailureCode::kNone, "", true},
  };
  for (const auto& row : table) {
    ApiBench bench;
    if (row.exists) bench.Create("team/api");
    bench.PutPolicy(PolicyOf(Statement("Allow", kRoot, row.actions)));
    const auto before = HashOf(bench.registry);
    const auto admission = Decide(bench);
    EXPECT_EQ(admission.failure, row.failure) << row.actions << row.exists;
    EXPECT_EQ(admission.refused_action, row.refused) << row.actions << row.exists;
    EXPECT_EQ(admission.admitted(), row.failure == FailureCode::kNone);
    EXPECT_EQ(admission.creation.has_value(), row.creates) << row.actions << row.exists;
    EXPECT_EQ(HashOf(bench.registry), before);
  }
}

TEST(AdmissionTest, WithoutAPolicyAnotherAccountIsRefusedAndNothingIsAssumed) {
  ApiBench bench;
  bench.Create("team/api");
  EXPECT_EQ(Decide(bench).failure, FailureCode::kAccessDenied);
  EXPECT_EQ(bench.assumptions, Assumptions());
}

TEST(AdmissionTest, TheOwnAccountNeedsNoGrant) {
  ApiBench bench;
  EXPECT_TRUE(Decide(bench, kOwnSource).admitted());
  EXPECT_TRUE(Decide(bench, kOwnSource).creation.has_value());
  bench.PutPolicy(PolicyOf(Statement("Allow", kRoot, R"("ecr:ReplicateImage")")));
  EXPECT_TRUE(Decide(bench, kOwnSource).admitted()) << "a policy that speaks of others";
}

TEST(AdmissionTest, ADenyDeniesTheOwnAccountToo) {
  ApiBench bench;
  bench.PutPolicy(PolicyOf(Statement("Deny", R"("*")", R"("ecr:CreateRepository")")));
  const auto admission = Decide(bench, kOwnSource);
  EXPECT_EQ(admission.failure, FailureCode::kRepositoryNotFound);
  EXPECT_EQ(admission.refused_action, "ecr:CreateRepository");
}

TEST(AdmissionTest, DenyBeatsAllow) {
  ApiBench bench;
  bench.PutPolicy(
      PolicyOf(Statement("Allow", kRoot, R"("ecr:*")") + "," + Statement("Deny", R"("*")", R"("ecr:ReplicateImage")")));
  EXPECT_EQ(Decide(bench).failure, FailureCode::kAccessDenied);
}

TEST(AdmissionTest, TheResourceIsTheDestinationRepository) {
  const auto outcome = [](std::string_view resource) {
    ApiBench bench;
    bench.PutPolicy(PolicyOf(Statement("Allow", kRoot, R"("ecr:*")", resource)));
    return Decide(bench).admitted();
  };
  EXPECT_TRUE(outcome("arn:aws:ecr:eu-west-1:111122223333:repository/team/api"));
  EXPECT_TRUE(outcome("arn:aws:ecr:eu-west-1:111122223333:repository/*"));
  EXPECT_TRUE(outcome("*"));
  EXPECT_FALSE(outcome("arn:aws:ecr:us-west-2:444455556666:repository/team/api")) << "the source's repository";
  EXPECT_FALSE(outcome("arn:aws:ecr:eu-west-1:111122223333:repository/team"));
}

TEST(AdmissionTest, AnotherAccountsGrantDoesNotHelp) {
  ApiBench bench;
  bench.PutPolicy(PolicyOf(Statement("Allow", R"({"AWS":"777788889999"})", R"("ecr:*")")));
  EXPECT_EQ(Decide(bench).failure, FailureCode::kAccessDenied);
}

TEST(AdmissionTest, WhoAsksIsAssumed) {
  constexpr std::string_view kRole =
      R"({"AWS":"arn:aws:iam::444455556666:role/aws-service-role/replication.ecr.amazonaws.com/)"
      R"(AWSServiceRoleForECRReplication"})";
  constexpr std::string_view kService = R"({"Service":"replication.ecr.amazonaws.com"})";
  constexpr std::string_view kFromSource = R"({"StringEquals":{"aws:SourceAccount":"444455556666"}})";
  constexpr std::string_view kByAccount = R"({"StringEquals":{"aws:PrincipalAccount":"444455556666"}})";
  const auto admitted = [](std::string_view who, std::string_view principal, std::string_view condition = "") {
    ApiBench bench;
    EXPECT_TRUE(bench.assumptions.Set("replication_principal", who).ok());
    bench.PutPolicy(PolicyOf(Statement("Allow", principal, R"("ecr:*")", "*", condition)));
    const auto answer = Decide(bench).admitted();
    EXPECT_TRUE(bench.assumptions.consulted(Assumption::kReplicationPrincipal));
    return answer;
  };
  EXPECT_TRUE(admitted("role", kRoot));
  EXPECT_TRUE(admitted("role", kRole));
  EXPECT_FALSE(admitted("role", kService));
  EXPECT_TRUE(admitted("role", R"("*")", kByAccount));
  EXPECT_FALSE(admitted("role", R"("*")", kFromSource));

  EXPECT_TRUE(admitted("root", kRoot));
  EXPECT_FALSE(admitted("root", kRole));
  EXPECT_TRUE(admitted("root", R"("*")", kByAccount));

  EXPECT_FALSE(admitted("service", kRoot));
  EXPECT_TRUE(admitted("service", kService));
  EXPECT_TRUE(admitted("service", kService, kFromSource));
  EXPECT_FALSE(admitted("service", R"("*")", kByAccount));
}

TEST(AdmissionTest, TheRequestedRegionIsTheDestinations) {
  const auto admitted = [](std::string_view region) {
    ApiBench bench;
    bench.PutPolicy(PolicyOf(Statement("Allow", kRoot, R"("ecr:*")", "*",
                                       fmt::format(R"({{"StringEquals":{{"aws:RequestedRegion":"{}"}}}})", region))));
    return Decide(bench).admitted();
  };
  EXPECT_TRUE(admitted("eu-west-1"));
  EXPECT_FALSE(admitted("us-west-2"));
}

class AdmissionTemplateTest : public testing::Test {
 protected:
  void AddTemplate(const std::string& role) {
    CreationTemplate added;
    added.prefix = "team";
    added.applied_for = {"REPLICATION"};
    added.settings.resource_tags = {{"owner", "platform"}};
    added.custom_role_arn = role;
    bench_.registry.templates["team"] = added;
  }
  ApiBench bench_;
};

TEST_F(AdmissionTemplateTest, AnInapplicableTemplateFailsTheCopyUnlessTheRepositoryExists) {
  AddTemplate("");
  bench_.PutPolicy(PolicyOf(Statement("Allow", kRoot, R"("ecr:*")")));
  EXPECT_EQ(Decide(bench_).failure, FailureCode::kRepositoryNotCreated);
  EXPECT_EQ(Decide(bench_).refused_action, "") << "the policy refuses nothing";
  EXPECT_EQ(Decide(bench_, kOwnSource).failure, FailureCode::kRepositoryNotCreated);
  bench_.Create("team/api");
  EXPECT_TRUE(Decide(bench_).admitted());
}

TEST_F(AdmissionTemplateTest, TagsOfATemplateNeedTheTaggingPermissionAcrossAccounts) {
  AddTemplate("arn:aws:iam::111122223333:role/ecr");
  bench_.PutPolicy(PolicyOf(Statement("Allow", kRoot, R"(["ecr:ReplicateImage","ecr:CreateRepository"])")));
  const auto refused = Decide(bench_);
  EXPECT_EQ(refused.failure, FailureCode::kRepositoryNotCreated);
  EXPECT_EQ(refused.refused_action, "ecr:TagResource");
  EXPECT_TRUE(Decide(bench_, kOwnSource).admitted());

  bench_.PutPolicy(
      PolicyOf(Statement("Allow", kRoot, R"(["ecr:ReplicateImage","ecr:CreateRepository","ecr:TagResource"])")));
  const auto admitted = Decide(bench_);
  ASSERT_TRUE(admitted.creation.has_value());
  EXPECT_EQ(admitted.creation->template_prefix, "team");
  EXPECT_EQ(admitted.creation->settings.resource_tags.at("owner"), "platform");
}

}  // namespace
}  // namespace crrsim
