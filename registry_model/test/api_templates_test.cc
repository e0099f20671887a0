// Repository creation templates. Source  ecr-replication.md 2.6.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::kHome;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kPolicy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:*"}]})";
constexpr std::string_view kLifecycle =
    R"({"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":9},)"
    R"("action":{"type":"expire"}}]})";
constexpr std::string_view kKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000";

CreateRepositoryCreationTemplateRequest TemplateCreation(const std::string& prefix = "prod") {
  CreateRepositoryCreationTemplateRequest request;
  request.prefix = prefix;
  request.applied_for = {"REPLICATION"};
  return request;
}
UpdateRepositoryCreationTemplateRequest TemplateUpdate(const std::string& prefix = "prod") {
  UpdateRepositoryCreationTemplateRequest request;
  request.prefix = prefix;
  return request;
}

TEST(TemplatesTest, ACreatedOneIsDescribedAndSaid) {
  ApiBench bench;
  auto request = TemplateCreation();
  request.description = "production";
  request.encryption_configuration = EncryptionConfiguration{"KMS", std::string(kKeyArn)};
  request.resource_tags = std::vector<ResourceTag>{{"team", "a"}};
  request.image_tag_mutability = "IMMUTABLE_WITH_EXCLUSION";
  request.image_tag_mutability_exclusion_filters =
      std::vector<ImageTagMutabilityExclusionFilter>{{"WILDCARD", "dev-*"}};
  request.repository_policy = std::string(kPolicy);
  request.lifecycle_policy = std::string(kLifecycle);
  request.applied_for = {"REPLICATION", "CREATE_ON_PUSH"};
  request.custom_role_arn = "arn:aws:iam::111122223333:role/ecr";
  const auto answer = bench.Call(request);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  const auto& shape = answer->repository_creation_template;
  EXPECT_EQ(answer->registry_id, "111122223333");
  EXPECT_EQ(shape.prefix, "prod");
  EXPECT_EQ(shape.description, request.description);
  EXPECT_EQ(shape.encryption_configuration, request.encryption_configuration);
  EXPECT_EQ(shape.resource_tags, request.resource_tags);
  EXPECT_EQ(shape.image_tag_mutability, request.image_tag_mutability);
  EXPECT_EQ(shape.image_tag_mutability_exclusion_filters, request.image_tag_mutability_exclusion_filters);
  EXPECT_EQ(shape.repository_policy, request.repository_policy);
  EXPECT_EQ(shape.lifecycle_policy, request.lifecycle_policy);
  EXPECT_EQ(shape.applied_for, request.applied_for);
  EXPECT_EQ(shape.custom_role_arn, request.custom_role_arn);
  EXPECT_EQ(shape.created_at, bench.now);
  EXPECT_EQ(shape.updated_at, bench.now);

  const auto& said = bench.LastEvent<TemplateChanged>();
  EXPECT_EQ(said.registry, kHome);
  EXPECT_EQ(said.prefix, "prod");
  EXPECT_EQ(nlohmann::json::parse(said.settings).at("appliedFor").at(1), "CREATE_ON_PUSH");
  EXPECT_EQ(bench.Call(DescribeRepositoryCreationTemplatesRequest{})->repository_creation_templates.at(0), shape);
}

TEST(TemplatesTest, ABareOneHasTheDefaults) {
  ApiBench bench;
  const auto answer = bench.Call(TemplateCreation("ROOT"));
  ASSERT_TRUE(answer.ok());
  const auto& shape = answer->repository_creation_template;
  EXPECT_EQ(shape.prefix, "ROOT");
  EXPECT_EQ(shape.image_tag_mutability, "MUTABLE");
  EXPECT_EQ(shape.encryption_configuration, (EncryptionConfiguration{"AES256", std::nullopt}));
  EXPECT_EQ(shape.resource_tags, std::nullopt);
  EXPECT_EQ(shape.repository_policy, std::nullopt);
  EXPECT_EQ(shape.custom_role_arn, std::nullopt);
}

TEST(TemplatesTest, APrefixIsTakenOnceWithOrWithoutItsSlash) {
  ApiBench bench;
  ASSERT_TRUE(bench.Call(TemplateCreation("prod/")).ok());
  EXPECT_EQ(bench.ExpectRefusal(TemplateCreation("prod"), "TemplateAlreadyExistsException"),
            "The repository creation template with prefix 'prod' already exists in the registry with id "
            "'111122223333'");
  EXPECT_TRUE(bench.Call(TemplateCreation("prod/team")).ok());
}

TEST(TemplatesTest, APrefixIsANamespaceOrRoot) {
  ApiBench bench;
  for (const auto& prefix : {std::string("a"), std::string("a/b-c"), std::string(256, 'a'), std::string("x/")}) {
    EXPECT_TRUE(bench.Call(TemplateCreation(prefix)).ok()) << prefix;
  }
  for (const auto& prefix : {std::string(), std::string("/"), std::string("Root"), std::string("root*"),
                             std::string("-"), std::string("a//"), std::string("ROOT/"), std::string(257, 'a')}) {
    EXPECT_THAT(bench.ExpectRefusal(TemplateCreation(prefix), exception::kInvalidParameter), HasSubstr("'prefix'"))
        << prefix;
  }
}

TEST(TemplatesTest, EveryMemberHasItsLimits) {
  ApiBench bench;
  int number = 0;
  const auto check = [&](auto set, bool sound) {
    auto create = TemplateCreation(fmt::format("t{}", ++number));
    set(create);
    auto update = TemplateUpdate("base");
    set(update);
    if (sound) {
      EXPECT_TRUE(bench.Call(create).ok()) << number;
      EXPECT_TRUE(bench.Call(update).ok()) << number;
    } else {
      bench.ExpectRefusal(create, exception::kInvalidParameter);
      bench.ExpectRefusal(update, exception::kInvalidParameter);
    }
  };
  ASSERT_TRUE(bench.Call(TemplateCreation("base")).ok());
  for (const auto& [length, sound] : {std::pair{256U, true}, {257U, false}}) {
    check([&](auto& request) { request.description = std::string(length, 'd'); }, sound);
  }
  for (const auto& [length, sound] : {std::pair{2'048U, true}, {2'049U, false}}) {
    check([&](auto& request) { request.custom_role_arn = std::string(length, 'r'); }, sound);
  }
  for (const auto& [length, sound] : {std::pair{30'720U, true}, {30'721U, false}}) {
    const auto text = std::string(kLifecycle) + std::string(length - kLifecycle.size(), ' ');
    check([&](auto& request) { request.lifecycle_policy = text; }, sound);
  }
  for (const auto& [length, sound] : {std::pair{10'240U, true}, {10'241U, false}}) {
    const auto text = std::string(kPolicy) + std::string(length - kPolicy.size(), ' ');
    check([&](auto& request) { request.repository_policy = text; }, sound);
  }
  check([](auto& request) { request.repository_policy = "{}"; }, false);
  check([](auto& request) { request.lifecycle_policy = "{}"; }, false);
  check([](auto& request) { request.image_tag_mutability = "FIXED"; }, false);
  check([](auto& request) { request.resource_tags = std::vector<ResourceTag>{{"", ""}}; }, false);
  check([](auto& request) { request.applied_for = std::vector<std::string>{"REPLICATE"}; }, false);
  check([](auto& request) { request.applied_for = std::vector<std::string>{"PULL_THROUGH_CACHE"}; }, true);
}

TEST(TemplatesTest, AKmsKeyIsAFullArnOrEmpty) {
  ApiBench bench;
  ASSERT_TRUE(bench.Call(TemplateCreation()).ok());
  const auto with = [](const std::string& key) {
    auto request = TemplateUpdate();
    request.encryption_configuration = EncryptionConfiguration{"KMS", key};
    return request;
  };
  for (const auto& key :
       {std::string(), std::string(kKeyArn), std::string("arn:aws-cn:kms:cn-north-1:111122223333:key/k")}) {
    EXPECT_TRUE(bench.Call(with(key)).ok()) << key;
  }
  for (const auto* key : {"alias/mine", "arn:aws:kms:eu-west-1:111122223333:alias/mine",
                          "arn:aws:kms:eu-west-1:11112222333:key/k", "arn:aws:kms::111122223333:key/k",
                          "arn:aws:kms:eu-west-1:111122223333:key/", "arn:aws:kms:eu-west-1:111122223333:key/K",
                          "arn:aws:s3:eu-west-1:111122223333:key/k", "arn:aws:kms:eu-west-1:111122223333"}) {
    bench.ExpectRefusal(with(key), exception::kInvalidParameter);
  }
}

TEST(TemplatesTest, AnUpdateKeepsWhatItDoesNotName) {
  ApiBench bench;
  auto created = TemplateCreation();
  created.description = "old";
  created.image_tag_mutability = "IMMUTABLE";
  created.repository_policy = std::string(kPolicy);
  ASSERT_TRUE(bench.Call(created).ok());
  const auto created_at = bench.now;
  bench.now += Hours(1);
  auto update = TemplateUpdate("prod/");
  update.description = "new";
  update.applied_for = std::vector<std::string>{"CREATE_ON_PUSH"};
  update.repository_policy = "";
  const auto shape = bench.Call(update).value().repository_creation_template;
  EXPECT_EQ(shape.description, "new");
  EXPECT_EQ(shape.image_tag_mutability, "IMMUTABLE");
  EXPECT_THAT(*shape.applied_for, ElementsAre("CREATE_ON_PUSH"));
  EXPECT_EQ(shape.repository_policy, std::nullopt);
  EXPECT_EQ(shape.created_at, created_at);
  EXPECT_EQ(shape.updated_at, bench.now);
  EXPECT_NE(bench.LastEvent<TemplateChanged>().settings, "");
}

TEST(TemplatesTest, OnlyThoseThatExistAreUpdatedAndDeleted) {
  ApiBench bench;
  bench.ExpectRefusal(TemplateUpdate("prod"), "TemplateNotFoundException");
  EXPECT_EQ(bench.ExpectRefusal(DeleteRepositoryCreationTemplateRequest{"prod"}, "TemplateNotFoundException"),
            "The repository creation template with prefix 'prod' does not exist in the registry with id "
            "'111122223333'");
  ASSERT_TRUE(bench.Call(TemplateCreation()).ok());
  EXPECT_EQ(bench.Call(DeleteRepositoryCreationTemplateRequest{"prod/"})->repository_creation_template.prefix, "prod");
  EXPECT_EQ(bench.LastEvent<TemplateChanged>(), (TemplateChanged{kHome, "prod", ""}));
  bench.ExpectRefusal(DeleteRepositoryCreationTemplateRequest{"prod"}, "TemplateNotFoundException");
  bench.ExpectRefusal(DeleteRepositoryCreationTemplateRequest{"Prod"}, exception::kInvalidParameter);
}

TEST(TemplatesTest, AreDescribedByPrefixOrPageByPage) {
  ApiBench bench;
  for (const auto* prefix : {"bb", "aa", "ROOT"}) ASSERT_TRUE(bench.Call(TemplateCreation(prefix)).ok());
  const auto prefixes = [](const DescribeRepositoryCreationTemplatesResponse& response) {
    std::vector<std::string> found;
    for (const auto& shape : response.repository_creation_templates) found.push_back(shape.prefix);
    return found;
  };
  DescribeRepositoryCreationTemplatesRequest request;
  EXPECT_THAT(prefixes(bench.Call(request).value()), ElementsAre("ROOT", "aa", "bb"));
  request.prefixes = std::vector<std::string>{"bb/", "zz"};
  EXPECT_THAT(prefixes(bench.Call(request).value()), ElementsAre("bb")) << "an unknown one is no error";
  request.max_results = 1;
  bench.ExpectRefusal(request, exception::kInvalidParameter);
  request.prefixes.reset();
  const auto first = bench.Call(request).value();
  EXPECT_THAT(prefixes(first), ElementsAre("ROOT"));
  request.next_token = first.next_token;
  EXPECT_THAT(prefixes(bench.Call(request).value()), ElementsAre("aa"));
  request.next_token = "broken";
  bench.ExpectRefusal(request, exception::kInvalidParameter);
}

}  // namespace
}  // namespace crrsim
