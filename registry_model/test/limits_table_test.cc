// Every limit of a request and of what is stored: what is at the limit is taken, one more is refused by the documented
// exception, and a refused command leaves the world as it was. All through the wire form, as a client sends it.
//
// Source  ecr-replication.md 1.3, 1.4 (14), 2.6, 3 (12), 8, 10.2.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "registry_model/api/base64.h"
#include "registry_model/test/support/api_bench.h"
#include "registry_model/world/world.h"

namespace crrsim {
namespace {

using nlohmann::json;

const RegistryKey kLimited = api_test::Key("111122223333", "us-west-2");

WorldConfig LimitedConfig() {
  WorldConfig config;
  config.start = Instant() + Days(20'000);
  config.accounts = {kLimited.account};
  config.regions = {{kLimited.region}};
  // Those of the service are out of a test's reach, or would take it long.
  config.api.repositories_max = 2;
  config.api.images_max = 3;
  config.api.tags_max = 2;
  return config;
}

std::string ManifestNoted(const std::string& note) {
  return json{{"schemaVersion", 2},
              {"mediaType", media_type::kOciIndex},
              {"manifests", json::array()},
              {"annotations", {{"note", note}}}}
      .dump();
}

/// A manifest of exactly so many bytes.
std::string ManifestOfSize(std::int64_t size) {
  const auto bare = static_cast<std::int64_t>(ManifestNoted("").size());
  return ManifestNoted(std::string(static_cast<std::size_t>(size - bare), 'x'));
}

std::string Letters(std::size_t count) { return std::string(count, 'a'); }

/// A policy of exactly so many characters.
std::string PolicyOfSize(std::size_t size) {
  const auto text = [](const std::string& sid) {
    return R"({"Version":"2012-10-17","Statement":[{"Sid":")" + sid +
           R"(","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"ecr:*","Resource":"*"}]})";
  };
  return text(Letters(size - text("").size()));
}

json ListOf(std::size_t count, const std::function<json(std::size_t)>& element) {
  auto list = json::array();
  for (std::size_t i = 0; i < count; ++i) list.push_back(element(i));
  return list;
}

std::string DigestNumber(std::size_t number) { return Digest::Of(std::to_string(number)).text(); }
json ImageIds(std::size_t count) {
  return ListOf(count, [](std::size_t i) { return json{{"imageDigest", DigestNumber(i)}}; });
}
json LayerDigestsOf(std::size_t count) {
  return ListOf(count, [](std::size_t i) { return json(DigestNumber(i)); });
}

json DestinationsFrom(std::size_t first, std::size_t count) {
  return ListOf(count, [&](std::size_t i) {
    return json{{"region", fmt::format("eu-west-{}", first + i)}, {"registryId", "111122223333"}};
  });
}
json Configured(const json& rules) { return {{"replicationConfiguration", {{"rules", rules}}}}; }
json RuleWith(const json& filters) {
  return {{"destinations", DestinationsFrom(0, 1)}, {"repositoryFilters", filters}};
}
json FiltersOfRule(std::size_t count, const std::string& text) {
  return ListOf(count, [&](std::size_t) { return json{{"filter", text}, {"filterType", "PREFIX_MATCH"}}; });
}
json To(const std::string& region, const std::string& account) {
  return Configured({{{"destinations", {{{"region", region}, {"registryId", account}}}}}});
}

json Named(json request) {
  request["repositoryName"] = "app";
  return request;
}
json Excluding(std::size_t count, const std::string& filter) {
  return {{"imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"},
          {"imageTagMutabilityExclusionFilters",
           ListOf(count, [&](std::size_t) { return json{{"filterType", "WILDCARD"}, {"filter", filter}}; })}};
}
json NewRepository(json request) {
  request["repositoryName"] = "new";
  return request;
}
json NewTemplate(json request) {
  request.update({{"appliedFor", {"REPLICATION"}}});
  if (!request.contains("prefix")) request["prefix"] = "new";
  return request;
}
json EditedTemplate(json request) {
  request["prefix"] = "old";
  return request;
}
json TagsOf(std::size_t count, std::size_t key_length, std::size_t value_length) {
  return ListOf(count, [&](std::size_t i) {
    const auto number = std::to_string(i);
    return json{{"Key", number + Letters(key_length - number.size())}, {"Value", Letters(value_length)}};
  });
}
json Keyed(std::size_t length) {
  return {{"encryptionConfiguration", {{"encryptionType", "KMS"}, {"kmsKey", Letters(length)}}}};
}
/// A full ARN of that length.
json KeyedByArn(std::size_t length) {
  const std::string arn = "arn:aws:kms:us-west-2:111122223333:key/";
  return {{"encryptionConfiguration", {{"encryptionType", "KMS"}, {"kmsKey", arn + Letters(length - arn.size())}}}};
}

struct Limit {
  const char* what;
  const char* operation;
  json at;
  json past;
  const char* exception = "InvalidParameterException";
};

std::vector<Limit> ConfigurationLimits() {
  const char* put = "PutReplicationConfiguration";
  const auto rules = [](std::size_t count) {
    return Configured(ListOf(count, [](std::size_t) { return json{{"destinations", DestinationsFrom(0, 1)}}; }));
  };
  const auto unique = [](std::size_t more) {
    return Configured(
        {{{"destinations", DestinationsFrom(0, 20)}}, {{"destinations", DestinationsFrom(15, 10 + more)}}});
  };
  return {
      {"rules", put, rules(25), rules(26)},
      {"unique destinations over all rules", put, unique(0), unique(1)},
      {"no destination", put, Configured({{{"destinations", DestinationsFrom(0, 1)}}}),
       Configured({{{"destinations", json::array()}}})},
      {"filters of a rule", put, Configured(json::array({RuleWith(FiltersOfRule(100, "app"))})),
       Configured(json::array({RuleWith(FiltersOfRule(101, "app"))}))},
      {"no filter", put, Configured(json::array({RuleWith(FiltersOfRule(1, "app"))})),
       Configured(json::array({RuleWith(json::array())}))},
      {"shortest filter", put, Configured(json::array({RuleWith(FiltersOfRule(1, "ap"))})),
       Configured(json::array({RuleWith(FiltersOfRule(1, "a"))}))},
      {"longest filter", put, Configured(json::array({RuleWith(FiltersOfRule(1, Letters(256)))})),
       Configured(json::array({RuleWith(FiltersOfRule(1, Letters(257)))}))},
      {"filter pattern", put, Configured(json::array({RuleWith(FiltersOfRule(1, "a-_./"))})),
       Configured(json::array({RuleWith(FiltersOfRule(1, "a*"))}))},
      {"shortest region", put, To("eu", "111122223333"), To("e", "111122223333")},
      {"longest region", put, To(Letters(25), "111122223333"), To(Letters(26), "111122223333")},
      {"digits of an account", put, To("eu-west-1", "111122223333"), To("eu-west-1", "1111222233334")},
      {"fewer digits", put, To("eu-west-1", "000000000000"), To("eu-west-1", "11112222333")},
  };
}

std::vector<Limit> PageLimits() {
  std::vector<Limit> limits;
  for (const char* operation :
       {"ListImages", "DescribeImages", "DescribeRepositories", "DescribeRepositoryCreationTemplates"}) {
    const bool is_named = std::string_view(operation).ends_with("Images");
    const auto page = [&](int size) { return is_named ? Named({{"maxResults", size}}) : json{{"maxResults", size}}; };
    limits.push_back({"smallest page", operation, page(1), page(0)});
    limits.push_back({"largest page", operation, page(1'000), page(1'001)});
  }
  return limits;
}

std::vector<Limit> RepositoryLimits() {
  const auto name = [](std::size_t length) { return json{{"repositoryName", Letters(length)}}; };
  const auto names = [](std::size_t count) {
    return json{{"repositoryNames", ListOf(count, [](std::size_t) { return json("app"); })}};
  };
  const auto tagged = [](std::size_t count, std::size_t key, std::size_t value) {
    return NewRepository({{"tags", TagsOf(count, key, value)}});
  };
  return {
      {"shortest name", "CreateRepository", name(2), name(1)},
      {"longest name", "CreateRepository", name(256), name(257)},
      {"tags of a repository", "CreateRepository", tagged(50, 2, 1), tagged(51, 2, 1), "TooManyTagsException"},
      {"key of a tag", "CreateRepository", tagged(1, 128, 0), tagged(1, 129, 0), "InvalidTagParameterException"},
      {"value of a tag", "CreateRepository", tagged(1, 1, 256), tagged(1, 1, 257), "InvalidTagParameterException"},
      {"key of encryption", "CreateRepository", NewRepository(Keyed(2'048)), NewRepository(Keyed(2'049))},
      {"no key of encryption", "CreateRepository", NewRepository(Keyed(1)), NewRepository(Keyed(0))},
      {"exclusion filters", "CreateRepository", NewRepository(Excluding(5, "a")), NewRepository(Excluding(6, "a"))},
      {"no exclusion filter", "CreateRepository", NewRepository(Excluding(1, "a")), NewRepository(Excluding(0, "a"))},
      {"exclusion filters", "PutImageTagMutability", Named(Excluding(5, "a")), Named(Excluding(6, "a"))},
      {"no exclusion filter", "PutImageTagMutability", Named(Excluding(1, "a")), Named(Excluding(0, "a"))},
      {"longest exclusion filter", "PutImageTagMutability", Named(Excluding(1, Letters(128))),
       Named(Excluding(1, Letters(129)))},
      {"shortest exclusion filter", "PutImageTagMutability", Named(Excluding(1, "*")), Named(Excluding(1, ""))},
      {"names", "DescribeRepositories", names(100), names(101)},
      {"no names", "DescribeRepositories", names(1), names(0)},
      {"registry policy",
       "PutRegistryPolicy",
       {{"policyText", PolicyOfSize(10'240)}},
       {{"policyText", PolicyOfSize(10'241)}}},
      {"repository policy", "SetRepositoryPolicy", Named({{"policyText", PolicyOfSize(10'240)}}),
       Named({{"policyText", PolicyOfSize(10'241)}})},
  };
}

std::vector<Limit> TemplateLimits() {
  std::vector<Limit> limits;
  for (const bool creates : {true, false}) {
    const char* operation = creates ? "CreateRepositoryCreationTemplate" : "UpdateRepositoryCreationTemplate";
    const auto with = [&](const json& request) { return creates ? NewTemplate(request) : EditedTemplate(request); };
    const auto text = [&](const char* member, std::size_t length) { return with({{member, Letters(length)}}); };
    limits.push_back({"description", operation, text("description", 256), text("description", 257)});
    limits.push_back({"role", operation, text("customRoleArn", 2'048), text("customRoleArn", 2'049)});
    limits.push_back({"repository policy", operation, with({{"repositoryPolicy", PolicyOfSize(10'240)}}),
                      with({{"repositoryPolicy", PolicyOfSize(10'241)}})});
    limits.push_back({"exclusion filters", operation, with(Excluding(5, "a")), with(Excluding(6, "a"))});
    limits.push_back(
        {"tags", operation, with({{"resourceTags", TagsOf(50, 2, 1)}}), with({{"resourceTags", TagsOf(51, 2, 1)}})});
    limits.push_back({"key of encryption", operation, with(KeyedByArn(2'048)), with(KeyedByArn(2'049))});
  }
  const auto prefix = [](std::size_t length) { return NewTemplate({{"prefix", Letters(length)}}); };
  limits.push_back({"longest prefix", "CreateRepositoryCreationTemplate", prefix(256), prefix(257)});
  limits.push_back({"shortest prefix", "CreateRepositoryCreationTemplate", prefix(1), prefix(0)});
  limits.push_back({"prefix", "DeleteRepositoryCreationTemplate", {{"prefix", "old/"}}, {{"prefix", ""}}});
  return limits;
}

std::vector<Limit> ImageLimits() {
  const auto put = [](const std::string& manifest) { return Named({{"imageManifest", manifest}}); };
  const auto tagged = [](const std::string& tag) {
    return Named({{"imageManifest", ManifestNoted("new")}, {"imageTag", tag}});
  };
  const auto part = [](std::size_t size) {
    return Named({{"uploadId", "UPLOAD"},
                  {"partFirstByte", 0},
                  {"partLastByte", size - 1},
                  {"layerPartBlob", EncodeBase64(Letters(size))}});
  };
  const auto layers = [](std::size_t count) { return Named({{"layerDigests", LayerDigestsOf(count)}}); };
  const auto layer = [](std::size_t length) { return Named({{"layerDigests", {"sha256:" + Letters(length - 7)}}}); };
  const auto types = [](std::size_t count) {
    return Named(
        {{"imageIds", ImageIds(1)}, {"acceptedMediaTypes", ListOf(count, [](std::size_t) { return json("a/b"); })}});
  };
  std::vector<Limit> limits = {
      {"manifest", "PutImage", put(ManifestOfSize(4'194'304)), put(ManifestOfSize(4'194'305))},
      {"longest tag", "PutImage", tagged(Letters(128)), tagged(Letters(129))},
      {"shortest tag", "PutImage", tagged("a"), tagged("")},
      {"media types", "BatchGetImage", types(100), types(101)},
      {"no media type", "BatchGetImage", types(1), types(0)},
      {"layer digests", "BatchCheckLayerAvailability", layers(100), layers(101)},
      {"no layer digest", "BatchCheckLayerAvailability", layers(1), layers(0)},
      {"longest layer digest", "BatchCheckLayerAvailability", layer(1'000), layer(1'001)},
      {"part of a layer", "UploadLayerPart", part(20'971'520), part(20'971'521)},
  };
  for (const char* operation : {"BatchGetImage", "BatchDeleteImage"}) {
    limits.push_back(
        {"image ids", operation, Named({{"imageIds", ImageIds(100)}}), Named({{"imageIds", ImageIds(101)}})});
    limits.push_back(
        {"no image id", operation, Named({{"imageIds", ImageIds(1)}}), Named({{"imageIds", ImageIds(0)}})});
  }
  const auto known = [](std::size_t count) {
    return Named({{"imageIds", ListOf(count, [](std::size_t) { return json{{"imageTag", "1"}}; })}});
  };
  limits.push_back({"image ids", "DescribeImages", known(100), known(101)});
  limits.push_back({"no image id", "DescribeImages", known(1), known(0)});
  return limits;
}

class LimitsTableTest : public testing::Test {
 protected:
  LimitsTableTest() : world_(LimitedConfig()) {
    Do("CreateRepository", {{"repositoryName", "app"}});
    Do("PutImage", Named({{"imageManifest", ManifestNoted("one")}, {"imageTag", "1"}}));
    Do("CreateRepositoryCreationTemplate", {{"prefix", "old"}, {"appliedFor", {"REPLICATION"}}});
    upload_ = Do("InitiateLayerUpload", Named(json::object())).value("uploadId", "");
  }

  static ApiResult<json> CallIn(World& world, std::string_view operation, const json& request) {
    return world.ApplyJson(Caller::RootOf(kLimited), operation, request);
  }
  json Do(std::string_view operation, const json& request) {
    const auto answer = CallIn(world_, operation, request);
    EXPECT_TRUE(answer.ok()) << operation << ": " << answer.error().message;
    return answer.ok() ? *answer : json::object();
  }
  void ExpectRefused(std::string_view what, std::string_view operation, const json& request,
                     std::optional<std::string_view> exception) {
    const auto before = world_.StateHashValue();
    const auto answer = CallIn(world_, operation, request);
    EXPECT_FALSE(answer.ok()) << operation << ", " << what << ": taken";
    if (!answer && exception) {
      EXPECT_EQ(answer.error().exception, *exception) << operation << ", " << what;
    }
    EXPECT_EQ(world_.StateHashValue(), before) << operation << ", " << what << ": refused, and changed the world";
  }
  void Check(const std::vector<Limit>& limits) {
    for (auto [what, operation, at, past, exception] : limits) {
      for (auto* request : {&at, &past}) {
        if (request->contains("uploadId")) (*request)["uploadId"] = upload_;
      }
      auto copy = world_;
      const auto taken = CallIn(copy, operation, at);
      EXPECT_TRUE(taken.ok()) << operation << ", " << what << ": " << (taken.ok() ? "" : taken.error().message);
      ExpectRefused(what, operation, past, exception);
    }
  }

  World world_;
  std::string upload_;
};

TEST_F(LimitsTableTest, OfReplicationConfigurationsHold) { Check(ConfigurationLimits()); }
TEST_F(LimitsTableTest, OfPagesHold) { Check(PageLimits()); }
TEST_F(LimitsTableTest, OfRepositoriesAndPoliciesHold) { Check(RepositoryLimits()); }
TEST_F(LimitsTableTest, OfTemplatesHold) { Check(TemplateLimits()); }
TEST_F(LimitsTableTest, OfImagesAndLayersHold) { Check(ImageLimits()); }

TEST_F(LimitsTableTest, AClassicRegistryHasTenRules) {
  auto config = LimitedConfig();
  config.api.rules_max = 10;
  world_ = World(config);
  const auto rules = [](std::size_t count) {
    return Configured(ListOf(count, [](std::size_t) { return json{{"destinations", DestinationsFrom(0, 1)}}; }));
  };
  Do("PutReplicationConfiguration", rules(10));
  ExpectRefused("rules", "PutReplicationConfiguration", rules(11), "InvalidParameterException");
}

TEST_F(LimitsTableTest, QuotasOfARegistryHold) {
  Do("CreateRepository", {{"repositoryName", "second"}});
  ExpectRefused("repositories", "CreateRepository", {{"repositoryName", "third"}}, "LimitExceededException");

  const auto put = [](const std::string& note, const std::string& tag) {
    auto request = Named({{"imageManifest", ManifestNoted(note)}});
    if (!tag.empty()) request["imageTag"] = tag;
    return request;
  };
  Do("PutImage", put("one", "2"));
  ExpectRefused("tags of an image", "PutImage", put("one", "3"), "LimitExceededException");
  Do("PutImage", put("two", ""));
  Do("PutImage", put("three", ""));
  ExpectRefused("images of a repository", "PutImage", put("four", ""), "LimitExceededException");
}

TEST_F(LimitsTableTest, PartsOfALayerAreCounted) {
  const auto part = [&](int number) {
    return Named(
        {{"uploadId", upload_}, {"partFirstByte", number}, {"partLastByte", number}, {"layerPartBlob", "YQ=="}});
  };
  for (int number = 0; number < 4'200; ++number) Do("UploadLayerPart", part(number));
  ExpectRefused("parts of a layer", "UploadLayerPart", part(4'200), "LimitExceededException");
}

TEST_F(LimitsTableTest, EveryOperationRefusesWithoutChangingAnything) {
  const json strange = {{"", 1}, {"not a member", {{"a", json::array()}}}};
  const std::set<std::string_view> takes_nothing = {"DescribeRegistry", "GetRegistryScanningConfiguration",
                                                    "PutRegistryScanningConfiguration", "DescribeRepositories",
                                                    "DescribeRepositoryCreationTemplates"};
  for (const auto operation : KnownOperations()) {
    ExpectRefused("an unknown member", operation, strange, "InvalidParameterException");
    for (const auto& request : {json(), json(1), json("text"), json::array()}) {
      ExpectRefused("no object", operation, request, "InvalidParameterException");
    }
    // Needs a member, or answers that there is no such policy.
    if (!takes_nothing.contains(operation)) ExpectRefused("nothing given", operation, json::object(), std::nullopt);
    const auto elsewhere = Named({{"registryId", "444455556666"}});
    ExpectRefused("another registry", operation, elsewhere, "InvalidParameterException");
  }
}

}  // namespace
}  // namespace crrsim
