// Layer uploads. Source  ecr-replication.md 8, 10.2 (layer upload).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Content;
using api_test::ImageText;
using api_test::kHome;
using api_test::Named;
using api_test::PutOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

constexpr std::size_t kFiveMebibytes = 5'242'880;

class LayersTest : public testing::Test {
 protected:
  LayersTest() {
    bench_.Create("team/api");
    bench_.TakeEventNames();
  }

  std::string Begin() { return bench_.Call(InitiateLayerUploadRequest{std::nullopt, "team/api"}).value().upload_id; }
  static UploadLayerPartRequest Part(const std::string& upload, std::int64_t first, const std::string& bytes) {
    return {std::nullopt, "team/api", upload, first, first + static_cast<std::int64_t>(bytes.size()) - 1, {bytes}};
  }
  void Add(const std::string& upload, std::int64_t first, const std::string& bytes) {
    const auto answer = bench_.Call(Part(upload, first, bytes));
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(answer->last_byte_received, first + static_cast<std::int64_t>(bytes.size()) - 1);
  }
  static CompleteLayerUploadRequest Completion(const std::string& upload, std::vector<std::string> digests) {
    return {std::nullopt, "team/api", upload, std::move(digests)};
  }

  ApiBench bench_;
  std::string bytes_ = "layer bytes";
  std::string digest_ = Digest::Of(bytes_).text();
};

TEST_F(LayersTest, AnUploadInPartsBecomesALayer) {
  const auto begun = bench_.Call(InitiateLayerUploadRequest{std::nullopt, "team/api"});
  ASSERT_TRUE(begun.ok());
  EXPECT_THAT(begun->upload_id, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(begun->part_size, 10'485'760);
  const std::string large(kFiveMebibytes, 'a');
  Add(begun->upload_id, 0, large);
  Add(begun->upload_id, static_cast<std::int64_t>(large.size()), bytes_);
  const auto digest = Digest::Of(large + bytes_);
  const auto done = bench_.Call(Completion(begun->upload_id, {digest.text()}));
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(*done, (CompleteLayerUploadResponse{"111122223333", "team/api", begun->upload_id, digest.text()}));
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("BlobStored"));
  EXPECT_EQ(
      bench_.LastEvent<BlobStored>(),
      (BlobStored{kHome, Named("team/api"), digest,
                  ByteCount::FromBytes(static_cast<std::int64_t>(large.size() + bytes_.size())), Origin::kClient}));
  EXPECT_TRUE(bench_.repository("team/api").uploads.empty());
  bench_.ExpectRefusal(Completion(begun->upload_id, {digest.text()}), "UploadNotFoundException");
}

TEST_F(LayersTest, UploadsAreApart) {
  const auto one = Begin();
  const auto two = Begin();
  EXPECT_NE(one, two);
  Add(two, 0, "other");
  Add(one, 0, bytes_);
  EXPECT_TRUE(bench_.Call(Completion(one, {digest_})).ok());
  EXPECT_TRUE(bench_.Call(Completion(two, {Digest::Of("other").text()})).ok());
}

TEST_F(LayersTest, PartsAreConsecutiveAndAsLongAsTheySay) {
  const auto upload = Begin();
  Add(upload, 0, bytes_);
  for (const auto& part : {Part(upload, 0, bytes_), Part(upload, 12, "x"), Part(upload, 10, "x")}) {
    EXPECT_THAT(bench_.ExpectRefusal(part, "InvalidLayerPartException"), HasSubstr("lastValidByteReceived is 10"));
  }
  auto longer = Part(upload, 11, "xyz");
  longer.part_last_byte = 14;
  bench_.ExpectRefusal(longer, "InvalidLayerPartException");
  auto empty = Part(upload, 11, "");
  bench_.ExpectRefusal(empty, "InvalidLayerPartException");
  auto negative = Part(upload, 0, "x");
  negative.part_first_byte = -1;
  bench_.ExpectRefusal(negative, "InvalidParameterException");
  negative = Part(upload, 0, "");
  bench_.ExpectRefusal(negative, "InvalidParameterException");
  EXPECT_TRUE(bench_.Call(Part(upload, 11, "x")).ok());
}

TEST_F(LayersTest, APartHasAtMostTwentyMebibytes) {
  const auto upload = Begin();
  bench_.ExpectRefusal(Part(upload, 0, std::string(20'971'521, 'x')), "InvalidParameterException");
  EXPECT_TRUE(bench_.Call(Part(upload, 0, std::string(20'971'520, 'x'))).ok());
}

TEST_F(LayersTest, ALayerHasALimitOfPartsAndBytes) {
  const auto upload = Begin();
  auto& stored = bench_.registry.FindMutable(Named("team/api"))->uploads.at(upload);
  stored.parts = 4'199;
  Add(upload, 0, "x");
  bench_.ExpectRefusal(Part(upload, 1, "x"), "LimitExceededException");
  const auto too_large = Blob{Digest::Of("large"), Mebibytes(52'000) + Bytes(1), nullptr};
  bench_.ExpectRefusal(UploadBlobRequest{std::nullopt, "team/api", too_large}, "LimitExceededException");
  bench_.Upload("team/api", Blob{Digest::Of("large"), Mebibytes(52'000), nullptr});
}

TEST_F(LayersTest, AllPartsButTheLastHaveFiveMebibytes) {
  const auto upload = Begin();
  Add(upload, 0, std::string(kFiveMebibytes - 1, 'x'));
  Add(upload, kFiveMebibytes - 1, "y");
  const auto digest = Digest::Of(std::string(kFiveMebibytes - 1, 'x') + "y").text();
  EXPECT_EQ(bench_.ExpectRefusal(Completion(upload, {digest}), "LayerPartTooSmallException"),
            "All layer parts except the last part should be at least 5MB");
}

TEST_F(LayersTest, TheDigestIsThatOfTheBytes) {
  const auto upload = Begin();
  bench_.ExpectRefusal(Completion(upload, {digest_}), "EmptyUploadException");
  Add(upload, 0, bytes_);
  EXPECT_THAT(bench_.ExpectRefusal(Completion(upload, {Digest::Of("x").text()}), "InvalidLayerException"),
              HasSubstr(digest_));
  bench_.ExpectRefusal(Completion(upload, {digest_, Digest::Of("x").text()}), "InvalidLayerException");
  bench_.ExpectRefusal(Completion(upload, {"sha256-1"}), "InvalidParameterException");
  bench_.ExpectRefusal(Completion(upload, {"sha256:1"}), "InvalidLayerException");
  bench_.ExpectRefusal(Completion(upload, {}), "InvalidParameterException");
  bench_.ExpectRefusal(Completion(upload, std::vector<std::string>(101, digest_)), "InvalidParameterException");
  EXPECT_TRUE(bench_.Call(Completion(upload, {digest_, Digest::Of(bytes_, DigestAlgorithm::kSha512).text()})).ok());
}

TEST_F(LayersTest, ALayerThatIsThereIsNotUploadedAgain) {
  bench_.Upload("team/api", BlobOf(bytes_));
  const auto upload = Begin();
  Add(upload, 0, bytes_);
  EXPECT_THAT(bench_.ExpectRefusal(Completion(upload, {digest_}), "LayerAlreadyExistsException"), HasSubstr(digest_));
}

TEST_F(LayersTest, AnUploadBelongsToItsRepository) {
  bench_.Create("team/web");
  const auto upload = Begin();
  auto part = Part(upload, 0, bytes_);
  part.repository_name = "team/web";
  EXPECT_THAT(bench_.ExpectRefusal(part, "UploadNotFoundException"), HasSubstr(upload));
  bench_.ExpectRefusal(Part(std::string(api_test::kUpload), 0, bytes_), "UploadNotFoundException");
  part.repository_name = "team/none";
  bench_.ExpectRefusal(part, "RepositoryNotFoundException");
  bench_.ExpectRefusal(InitiateLayerUploadRequest{std::nullopt, "team/none"}, "RepositoryNotFoundException");
  auto completion = Completion(upload, {digest_});
  completion.repository_name = "team/none";
  bench_.ExpectRefusal(completion, "RepositoryNotFoundException");
}

TEST_F(LayersTest, AvailabilityIsAnsweredDigestByDigest) {
  const auto there = Content("there");
  bench_.Upload("team/api", there);
  const auto absent = Content("absent").digest.text();
  BatchCheckLayerAvailabilityRequest request{std::nullopt, "team/api", {absent, "", there.digest.text(), "x:y", "x:a"}};
  const auto answer = bench_.Call(request);
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->layers, ElementsAre(LayerShape{absent, "UNAVAILABLE", std::nullopt},
                                          LayerShape{there.digest.text(), "AVAILABLE", there.size.bytes()},
                                          LayerShape{"x:a", "UNAVAILABLE", std::nullopt}));
  ASSERT_EQ(answer->failures.size(), 2U);
  EXPECT_EQ(answer->failures[0].failure_code, "MissingLayerDigest");
  EXPECT_EQ(answer->failures[1].failure_code, "InvalidLayerDigest");
  EXPECT_EQ(answer->failures[1].layer_digest, "x:y");

  request.layer_digests.assign(101, absent);
  bench_.ExpectRefusal(request, "InvalidParameterException");
  request.layer_digests.clear();
  bench_.ExpectRefusal(request, "InvalidParameterException");
  request.layer_digests = {std::string(1'001, 'x')};
  bench_.ExpectRefusal(request, "InvalidParameterException");
  request.layer_digests = {std::string(1'000, 'x')};
  EXPECT_TRUE(bench_.Call(request).ok());
  request.repository_name = "team/none";
  bench_.ExpectRefusal(request, "RepositoryNotFoundException");
}

TEST_F(LayersTest, OnlyALayerOfAnImageCanBeDownloaded) {
  const auto config = Content("config");
  const auto digest = config.digest.text();
  const GetDownloadUrlForLayerRequest request{std::nullopt, "team/api", digest};
  EXPECT_EQ(bench_.ExpectRefusal(request, "LayersNotFoundException"),
            "The layer with digest '" + digest +
                "' does not exist within the repository with name 'team/api' in the registry with id '111122223333'");
  bench_.Upload("team/api", config);
  EXPECT_THAT(bench_.ExpectRefusal(request, "LayerInaccessibleException"),
              HasSubstr("is not associated with an image"));
  ASSERT_TRUE(bench_.Call(PutOf("team/api", ImageText({config}))).ok());
  const auto answer = bench_.Call(request);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->layer_digest, digest);
  EXPECT_EQ(answer->download_url, "https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/team/api/blobs/" + digest);
  bench_.ExpectRefusal(GetDownloadUrlForLayerRequest{std::nullopt, "team/api", "x"}, "InvalidParameterException");
  bench_.ExpectRefusal(GetDownloadUrlForLayerRequest{std::nullopt, "team/none", digest}, "RepositoryNotFoundException");
}

TEST_F(LayersTest, AClientUploadsABlobWithoutItsBytes) {
  const Blob blob{Digest::Of("never here"), Gibibytes(5), nullptr};
  const UploadBlobRequest request{std::nullopt, "team/api", blob};
  EXPECT_EQ(bench_.Call(request)->outcome, BlobOutcome::kStored);
  EXPECT_EQ(bench_.repository("team/api").stored_bytes, Gibibytes(5));
  EXPECT_EQ(bench_.Call(request)->outcome, BlobOutcome::kAlreadyThere);
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("BlobStored"));
  bench_.ExpectRefusal(UploadBlobRequest{std::nullopt, "team/none", blob}, "RepositoryNotFoundException");
}

}  // namespace
}  // namespace crrsim
