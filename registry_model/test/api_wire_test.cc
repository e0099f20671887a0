// The wire form: JSON in, JSON out. Source  ecr-replication.md 1.1, 10.3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "registry_model/api/json_codec.h"
#include "registry_model/api/wire.h"
#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

/// A value of every kind, so that no member of a request stays empty.
struct Filler {
  int number = 0;

  template <class T>
  void Fill(T& value) {
    ++number;
    if constexpr (internal::IsOptional<T>::value) {
      Fill(value.emplace());
    } else if constexpr (internal::IsVector<T>::value) {
      Fill(value.emplace_back());
      Fill(value.emplace_back());
    } else if constexpr (internal::IsMap<T>::value) {
      Fill(value[fmt::format("key {}", number)]);
    } else if constexpr (std::is_same_v<T, bool>) {
      value = true;
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      value = number * 1'000'000'007LL;
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = fmt::format("text \"{}\" / ü", number);
    } else if constexpr (std::is_same_v<T, SharedText>) {
      value.text = std::make_shared<const std::string>(fmt::format("shared {}", number));
    } else if constexpr (std::is_same_v<T, BinaryText>) {
      value.bytes = std::string("\0\xff", 2) + std::to_string(number);
    } else if constexpr (std::is_same_v<T, Instant>) {
      value = Instant::FromUnixNanoseconds(1'793'520'000'123'000'000 + number * 1'000'000LL);
    } else {
      T::Fields(value, [&](std::string_view, auto& field) { Fill(field); });
    }
  }
};

template <class T>
void ExpectRoundTrip() {
  for (const bool filled : {false, true}) {
    T value{};
    if (filled) Filler().Fill(value);
    const auto text = ToJsonText(EncodeJson(value));
    const auto read = DecodeJson<T>(json::parse(text));
    ASSERT_TRUE(read.ok()) << text << read.error().message;
    EXPECT_EQ(*read, value) << text;
  }
}

template <class... Requests>
void ExpectRoundTrips(RequestList<Requests...>) {
  (ExpectRoundTrip<Requests>(), ...);
  (ExpectRoundTrip<typename Requests::Response>(), ...);
}

TEST(WireTest, EveryRequestAndResponseIsReadBackAsItWasWritten) { ExpectRoundTrips(AllRequests{}); }

TEST(WireTest, MembersHaveAwssNames) {
  UploadLayerPartRequest request{"111122223333", "team/api", "id", 0, 2, {"abc"}};
  EXPECT_EQ(EncodeJson(request), json::parse(R"({"registryId":"111122223333","repositoryName":"team/api",
      "uploadId":"id","partFirstByte":0,"partLastByte":2,"layerPartBlob":"YWJj"})"));
  EXPECT_EQ(EncodeJson(ResourceTag{"k", "v"}), json::parse(R"({"Key":"k","Value":"v"})"));
}

TEST(WireTest, EmptyOptionalsAreLeftOutAndEmptyListsAreNot) {
  EXPECT_EQ(EncodeJson(ListImagesResponse{}), json::parse(R"({"imageIds":[]})"));
  EXPECT_EQ(EncodeJson(DescribeRegistryResponse{"1", {}}),
            json::parse(R"({"registryId":"1","replicationConfiguration":{"rules":[]}})"));
}

TEST(WireTest, ExecutesAnOperation) {
  ApiBench bench;
  const auto caller = Caller::RootOf(api_test::kHome);
  auto context = bench.ContextFor(caller);
  const auto created = ExecuteJson(context, "CreateRepository", {{"repositoryName", "team/api"}, {"tags", nullptr}});
  ASSERT_TRUE(created.ok()) << created.error().message;
  const auto& repository = created->at("repository");
  EXPECT_EQ(repository.at("repositoryName"), "team/api");
  EXPECT_EQ(repository.at("createdAt"), 1'793'491'200.0);
  EXPECT_EQ(repository.at("imageScanningConfiguration"), json({{"scanOnPush", false}}));
  EXPECT_FALSE(repository.contains("imageTagMutabilityExclusionFilters"));
  const auto again = ExecuteJson(context, "CreateRepository", {{"repositoryName", "team/api"}});
  EXPECT_EQ(again.error().exception, "RepositoryAlreadyExistsException");
  EXPECT_TRUE(ExecuteJson(context, "DescribeRegistry", json::object()).ok());
}

TEST(WireTest, ALayerTravelsAsBase64) {
  ApiBench bench;
  bench.Create("team/api");
  const auto caller = Caller::RootOf(api_test::kHome);
  auto context = bench.ContextFor(caller);
  const auto upload = ExecuteJson(context, "InitiateLayerUpload", {{"repositoryName", "team/api"}})->at("uploadId");
  json part = {{"repositoryName", "team/api"},
               {"uploadId", upload},
               {"partFirstByte", 0},
               {"partLastByte", 4},
               {"layerPartBlob", "aGVsbG8="}};
  ASSERT_TRUE(ExecuteJson(context, "UploadLayerPart", part).ok());
  const auto done = ExecuteJson(
      context, "CompleteLayerUpload",
      {{"repositoryName", "team/api"}, {"uploadId", upload}, {"layerDigests", {Digest::Of("hello").text()}}});
  EXPECT_TRUE(done.ok()) << done.error().message;
  part["layerPartBlob"] = "aGVsbG8";
  EXPECT_THAT(ExecuteJson(context, "UploadLayerPart", part).error().message, HasSubstr("/layerPartBlob is not base64"));
}

TEST(WireTest, RefusesRequestsThatCannotBeReadWithTheirPlace) {
  struct Row {
    std::string operation;
    std::string request;
    std::string message;
  };
  const std::vector<Row> table = {
      {"CreateRepository", R"({"repositoryNam":"x"})",
       "/repositoryNam is not a member; did you mean 'repositoryName'?"},
      {"CreateRepository", R"({"repositoryName":"x","zzz":1})", "/zzz is not a member"},
      {"CreateRepository", R"({})", "/repositoryName is missing"},
      {"CreateRepository", R"({"repositoryName":null})", "/repositoryName is null; expected text"},
      {"CreateRepository", R"({"repositoryName":7})", "/repositoryName is a number; expected text"},
      {"CreateRepository", R"([])", "the request is a list; expected an object"},
      {"CreateRepository", R"({"repositoryName":"x","tags":{}})", "/tags is an object; expected a list"},
      {"CreateRepository", R"({"repositoryName":"x","tags":[{"Key":"a","value":"b"}]})",
       "/tags/0/value is not a member; did you mean 'Value'?"},
      {"CreateRepository", R"({"repositoryName":"x","imageScanningConfiguration":{"scanOnPush":"yes"}})",
       "/imageScanningConfiguration/scanOnPush is text; expected true or false"},
      {"ListImages", R"({"repositoryName":"x","maxResults":1.5})", "/maxResults has decimals; expected a whole number"},
      {"ListImages", R"({"repositoryName":"x","maxResults":"1"})", "/maxResults is text; expected a whole number"},
      {"ListImages", R"({"repositoryName":"x","maxResults":9223372036854775808})", "/maxResults is 2^63 or more"},
      {"DescribeRegistry", R"({"registryId":"111122223333"})", "/registryId is not a member"},
      {"ListImages", R"({"repositoryName":"x","a/b~c":1})", "/a~1b~0c is not a member"},
  };
  ApiBench bench;
  const auto caller = Caller::RootOf(api_test::kHome);
  auto context = bench.ContextFor(caller);
  for (const auto& row : table) {
    const auto answer = ExecuteJson(context, row.operation, json::parse(row.request));
    ASSERT_FALSE(answer.ok()) << row.request;
    EXPECT_EQ(answer.error().exception, "InvalidParameterException");
    EXPECT_EQ(answer.error().message, "The request to " + row.operation + " cannot be read: " + row.message);
  }
  EXPECT_TRUE(bench.events.empty());
}

TEST(WireTest, AnUnknownOperationNamesTheNearest) {
  ApiBench bench;
  const auto caller = Caller::RootOf(api_test::kHome);
  auto context = bench.ContextFor(caller);
  const auto answer = ExecuteJson(context, "PutImge", json::object());
  EXPECT_EQ(answer.error(),
            (ApiError{"UnknownOperationException", "'PutImge' is not an operation; did you mean 'PutImage'?"}));
  for (const auto* internal : {"UploadBlob", "PutParsedImage", "putImage", ""}) {
    EXPECT_EQ(ExecuteJson(context, internal, json::object()).error().exception, "UnknownOperationException");
  }
}

TEST(WireTest, KnowsEveryOperationByName) {
  const auto operations = KnownOperations();
  EXPECT_EQ(operations.size(), 45U);
  EXPECT_TRUE(std::is_sorted(operations.begin(), operations.end()));
  EXPECT_EQ(std::adjacent_find(operations.begin(), operations.end()), operations.end());
  ApiBench bench;
  const auto caller = Caller::RootOf(api_test::kHome);
  auto context = bench.ContextFor(caller);
  for (const auto operation : operations) {
    const auto answer = ExecuteJson(context, operation, {{"nonsense", 1}});
    EXPECT_THAT(answer.error().message, StartsWith(fmt::format("The request to {} cannot be read", operation)));
  }
}

TEST(WireTest, OnlySomeRequestsNameARegistry) {
  ListImagesRequest list;
  list.registry_id = "444455556666";
  EXPECT_EQ(RegistryIdOf(list), "444455556666");
  EXPECT_EQ(RegistryIdOf(DescribeRegistryRequest{}), std::nullopt);
}

TEST(WireTest, TextThatIsNoUtf8IsReplacedWhenWritten) {
  EXPECT_EQ(ToJsonText(EncodeJson(ResourceTag{"\xff", "v"})), "{\"Key\":\"\xEF\xBF\xBD\",\"Value\":\"v\"}");
}

TEST(WireTest, Base64OfAnyLength) {
  for (const std::size_t size : {0U, 1U, 2U, 3U, 4U, 3U << 20, (3U << 20) + 1, (3U << 20) + 2}) {
    std::string bytes(size, 'x');
    for (std::size_t i = 0; i < size; i += 101) bytes[i] = static_cast<char>(i);
    EXPECT_EQ(policy::DecodeBase64(EncodeBase64(bytes)), bytes) << size;
  }
}

}  // namespace
}  // namespace crrsim
