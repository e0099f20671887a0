// Repositories and their tag mutability. Source  ecr-replication.md 8, 10.2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::kHome;
using api_test::Named;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

using Filters = std::vector<ImageTagMutabilityExclusionFilter>;

CreateRepositoryRequest OfLength(std::size_t length) {
  CreateRepositoryRequest request;
  request.repository_name = std::string(length, 'a');
  return request;
}
CreateRepositoryRequest Creation(const std::string& name = "team/api") {
  CreateRepositoryRequest request;
  request.repository_name = name;
  return request;
}
Filters FilterOf(const std::string& filter) { return {{"WILDCARD", filter}}; }

TEST(RepositoriesTest, ACreatedOneHasTheDefaults) {
  ApiBench bench;
  const auto answer = bench.Call(Creation());
  ASSERT_TRUE(answer.ok());
  const auto& shape = answer->repository;
  EXPECT_EQ(shape.repository_arn, "arn:aws:ecr:eu-west-1:111122223333:repository/team/api");
  EXPECT_EQ(shape.registry_id, "111122223333");
  EXPECT_EQ(shape.repository_name, "team/api");
  EXPECT_EQ(shape.repository_uri, "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/api");
  EXPECT_EQ(shape.created_at, bench.now);
  EXPECT_EQ(shape.image_tag_mutability, "MUTABLE");
  EXPECT_EQ(shape.image_tag_mutability_exclusion_filters, std::nullopt);
  EXPECT_EQ(shape.image_scanning_configuration.scan_on_push, false);
  EXPECT_EQ(shape.encryption_configuration, (EncryptionConfiguration{"AES256", std::nullopt}));
  EXPECT_EQ(bench.LastEvent<RepositoryCreated>(), (RepositoryCreated{kHome, Named("team/api"), Origin::kClient, ""}));
}

TEST(RepositoriesTest, ACreatedOneHasWhatWasAskedFor) {
  ApiBench bench;
  auto request = Creation();
  request.tags = std::vector<ResourceTag>{{"team", "a"}, {"empty", ""}};
  request.image_tag_mutability = "MUTABLE_WITH_EXCLUSION";
  request.image_tag_mutability_exclusion_filters = FilterOf("v*");
  request.image_scanning_configuration = ImageScanningConfiguration{true};
  request.encryption_configuration = EncryptionConfiguration{"KMS", "alias/mine"};
  const auto answer = bench.Call(request);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->repository.image_tag_mutability_exclusion_filters, FilterOf("v*"));
  EXPECT_EQ(answer->repository.encryption_configuration, *request.encryption_configuration);
  const auto& settings = bench.repository("team/api").settings;
  EXPECT_EQ(settings.mutability, TagMutability::kMutableWithExclusion);
  EXPECT_TRUE(settings.scan_on_push);
  EXPECT_EQ(settings.resource_tags, (std::map<std::string, std::string>{{"team", "a"}, {"empty", ""}}));
}

TEST(RepositoriesTest, ANameIsTakenOnce) {
  ApiBench bench;
  bench.Create("team/api");
  EXPECT_EQ(bench.ExpectRefusal(Creation(), "RepositoryAlreadyExistsException"),
            "The repository with name 'team/api' already exists in the registry with id '111122223333'");
}

TEST(RepositoriesTest, ANameHasTwoTo256Characters) {
  ApiBench bench;
  for (const std::size_t length : {1U, 257U}) {
    EXPECT_THAT(bench.ExpectRefusal(OfLength(length), "InvalidParameterException"),
                StartsWith("Invalid parameter at 'repositoryName' failed to satisfy constraint: '"));
  }
  for (const std::size_t length : {2U, 256U}) EXPECT_TRUE(bench.Call(OfLength(length)).ok());
  for (const auto* name : {"Team", "a//b", "/ab", "ab/", "a..b", "a b"}) {
    bench.ExpectRefusal(Creation(name), "InvalidParameterException");
  }
}

TEST(RepositoriesTest, TheQuotaOfTheRegistryIsKept) {
  ApiBench bench;
  bench.options.repositories_max = 1;
  bench.Create("one");
  bench.ExpectRefusal(Creation("two"), "LimitExceededException");
}

TEST(RepositoriesTest, ResourceTagsHaveTheirLimits) {
  ApiBench bench;
  const auto with = [](std::vector<ResourceTag> tags) {
    auto request = Creation();
    request.tags = std::move(tags);
    return request;
  };
  std::vector<ResourceTag> many;
  for (int i = 0; i < 51; ++i) many.push_back({fmt::format("k{}", i), ""});
  bench.ExpectRefusal(with(many), "TooManyTagsException");
  bench.ExpectRefusal(with({{"", "x"}}), "InvalidTagParameterException");
  bench.ExpectRefusal(with({{std::string(129, 'k'), ""}}), "InvalidTagParameterException");
  bench.ExpectRefusal(with({{"k", std::string(257, 'v')}}), "InvalidTagParameterException");
  bench.ExpectRefusal(with({{"k", "1"}, {"k", "2"}}), "InvalidTagParameterException");
  many.pop_back();
  many.back() = {std::string(128, 'k'), std::string(256, 'v')};
  EXPECT_TRUE(bench.Call(with(many)).ok());
}

TEST(RepositoriesTest, EncryptionIsOneOfThreeAndAKeyGoesWithKms) {
  ApiBench bench;
  const auto with = [](EncryptionConfiguration encryption, const std::string& name = "team/api") {
    auto request = Creation(name);
    request.encryption_configuration = std::move(encryption);
    return request;
  };
  EXPECT_THAT(bench.ExpectRefusal(with({"AES-256", std::nullopt}), "InvalidParameterException"),
              HasSubstr("did you mean 'AES256'?"));
  bench.ExpectRefusal(with({"AES256", "alias/mine"}), "InvalidParameterException");
  bench.ExpectRefusal(with({"KMS", ""}), "InvalidParameterException");
  bench.ExpectRefusal(with({"KMS", std::string(2049, 'k')}), "InvalidParameterException");
  EXPECT_TRUE(bench.Call(with({"KMS", std::string(2048, 'k')}, "one")).ok());
  EXPECT_TRUE(bench.Call(with({"KMS_DSSE", std::nullopt}, "two")).ok());
}

TEST(RepositoriesTest, MutabilityAndItsFiltersGoTogether) {
  ApiBench bench;
  bench.Create("team/api");
  struct Row {
    std::string mutability;
    std::optional<Filters> filters;
    bool sound;
  };
  const std::vector<Row> table = {
      {"MUTABLE", std::nullopt, true},
      {"IMMUTABLE", std::nullopt, true},
      {"immutable", std::nullopt, false},
      {"", std::nullopt, false},
      {"IMMUTABLE", FilterOf("v*"), false},
      {"IMMUTABLE_WITH_EXCLUSION", std::nullopt, false},
      {"IMMUTABLE_WITH_EXCLUSION", Filters{}, false},
      {"IMMUTABLE_WITH_EXCLUSION", Filters(5, {"WILDCARD", "v*"}), true},
      {"IMMUTABLE_WITH_EXCLUSION", Filters(6, {"WILDCARD", "v*"}), false},
      {"MUTABLE_WITH_EXCLUSION", FilterOf(std::string(128, 'a')), true},
      {"MUTABLE_WITH_EXCLUSION", FilterOf(std::string(129, 'a')), false},
      {"MUTABLE_WITH_EXCLUSION", FilterOf(""), false},
      {"MUTABLE_WITH_EXCLUSION", FilterOf("a/b"), false},
      {"MUTABLE_WITH_EXCLUSION", FilterOf("aZ9._*-"), true},
      {"MUTABLE_WITH_EXCLUSION", Filters{{"REGEX", "a"}}, false},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.mutability);
    PutImageTagMutabilityRequest put{std::nullopt, "team/api", row.mutability, row.filters};
    auto create = Creation("team/web");
    create.image_tag_mutability = row.mutability;
    create.image_tag_mutability_exclusion_filters = row.filters;
    if (row.sound) {
      const auto answer = bench.Call(put);
      ASSERT_TRUE(answer.ok()) << answer.error().message;
      EXPECT_EQ(answer->image_tag_mutability, row.mutability);
      EXPECT_EQ(answer->image_tag_mutability_exclusion_filters, row.filters);
      EXPECT_EQ(NameOf(bench.repository("team/api").settings.mutability), row.mutability);
      EXPECT_TRUE(bench.Call(create).ok());
      ASSERT_TRUE(bench.Call(DeleteRepositoryRequest{std::nullopt, "team/web", std::nullopt}).ok());
    } else {
      bench.ExpectRefusal(put, "InvalidParameterException");
      bench.ExpectRefusal(create, "InvalidParameterException");
    }
  }
  auto filters_alone = Creation("team/web");
  filters_alone.image_tag_mutability_exclusion_filters = FilterOf("v*");
  bench.ExpectRefusal(filters_alone, "InvalidParameterException");
}

TEST(RepositoriesTest, AChangedMutabilityIsSaid) {
  ApiBench bench;
  bench.Create("team/api");
  ASSERT_TRUE(bench
                  .Call(PutImageTagMutabilityRequest{std::nullopt, "team/api", "IMMUTABLE_WITH_EXCLUSION",
                                                     Filters{{"WILDCARD", "a*"}, {"WILDCARD", "b"}}})
                  .ok());
  EXPECT_EQ(
      bench.LastEvent<RepositorySettingChanged>(),
      (RepositorySettingChanged{kHome, Named("team/api"), "imageTagMutability", "IMMUTABLE_WITH_EXCLUSION a* b"}));
  bench.ExpectRefusal(PutImageTagMutabilityRequest{std::nullopt, "team/web", "MUTABLE", std::nullopt},
                      "RepositoryNotFoundException");
}

// ---- Describe -------------------------------------------------------------------------------------------------------

TEST(RepositoriesTest, AreDescribedByNameInTheOrderAsked) {
  ApiBench bench;
  for (const auto* name : {"one", "two"}) bench.Create(name);
  DescribeRepositoriesRequest request;
  request.repository_names = std::vector<std::string>{"two", "one"};
  const auto answer = bench.Call(request);
  ASSERT_EQ(answer->repositories.size(), 2U);
  EXPECT_EQ(answer->repositories[0].repository_name, "two");
  request.repository_names = std::vector<std::string>{"one", "six"};
  EXPECT_EQ(bench.ExpectRefusal(request, "RepositoryNotFoundException"),
            "The repository with name 'six' does not exist in the registry with id '111122223333'");
  request.repository_names = std::vector<std::string>(101, "one");
  bench.ExpectRefusal(request, "InvalidParameterException");
  request.repository_names = std::vector<std::string>(100, "one");
  EXPECT_TRUE(bench.Call(request).ok());
  request.repository_names = std::vector<std::string>{};
  bench.ExpectRefusal(request, "InvalidParameterException");
  request.repository_names = std::vector<std::string>{"one"};
  request.next_token = "x";
  EXPECT_THAT(bench.ExpectRefusal(request, "InvalidParameterException"), HasSubstr("'nextToken'"));
}

TEST(RepositoriesTest, AreDescribedPageByPage) {
  ApiBench bench;
  for (const auto* name : {"cc", "aa", "bb"}) bench.Create(name);
  DescribeRepositoriesRequest request;
  request.max_results = 2;
  const auto first = bench.Call(request);
  ASSERT_EQ(first->repositories.size(), 2U);
  EXPECT_EQ(first->repositories[1].repository_name, "bb");
  request.next_token = first->next_token;
  ASSERT_TRUE(bench.Call(DeleteRepositoryRequest{std::nullopt, "bb", std::nullopt}).ok());
  const auto second = bench.Call(request);
  ASSERT_EQ(second->repositories.size(), 1U) << "what went meanwhile hides nothing";
  EXPECT_EQ(second->repositories[0].repository_name, "cc");
  EXPECT_EQ(second->next_token, std::nullopt);
}

// ---- Delete ---------------------------------------------------------------------------------------------------------

TEST(RepositoriesTest, OneWithImagesIsDeletedByForceOnly) {
  ApiBench bench;
  bench.Create("team/api");
  bench.Push("team/api", "one", "v1");
  for (const auto force : {std::optional<bool>(), std::optional(false)}) {
    EXPECT_EQ(
        bench.ExpectRefusal(DeleteRepositoryRequest{std::nullopt, "team/api", force}, "RepositoryNotEmptyException"),
        "The repository with name 'team/api' in registry with id '111122223333' cannot be deleted because it "
        "still contains images");
  }
  bench.TakeEventNames();
  const auto answer = bench.Call(DeleteRepositoryRequest{std::nullopt, "team/api", true});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->repository.repository_name, "team/api");
  EXPECT_THAT(bench.TakeEventNames(), ElementsAre("ImageDeleted", "TagMoved", "ManifestRemoved", "BlobRemoved",
                                                  "BlobRemoved", "RepositoryDeleted"));
  bench.ExpectRefusal(DeleteRepositoryRequest{std::nullopt, "team/api", true}, "RepositoryNotFoundException");
}

TEST(RepositoriesTest, LayersAloneDoNotKeepOne) {
  ApiBench bench;
  bench.Create("team/api");
  bench.Upload("team/api", api_test::Content("layer"));
  EXPECT_TRUE(bench.Call(DeleteRepositoryRequest{std::nullopt, "team/api", std::nullopt}).ok());
}

TEST(RepositoriesTest, ChinaHasItsOwnNames) {
  ApiBench bench;
  bench.registry.key = api_test::Key("111122223333", "cn-north-1");
  const auto answer = bench.CallAs(Caller::RootOf(bench.registry.key), Creation());
  EXPECT_EQ(answer->repository.repository_arn, "arn:aws-cn:ecr:cn-north-1:111122223333:repository/team/api");
  EXPECT_EQ(answer->repository.repository_uri, "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/team/api");
}

}  // namespace
}  // namespace crrsim
