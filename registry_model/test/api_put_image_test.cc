// PutImage: what it stores and says, and everything that it refuses. Source  ecr-replication.md 8, 10.2, 11.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Content;
using api_test::ImageText;
using api_test::IndexText;
using api_test::kHome;
using api_test::Named;
using api_test::Parsed;
using api_test::PutOf;
using api_test::Tagged;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class PutImageTest : public testing::Test {
 protected:
  PutImageTest() {
    bench_.Create("team/api");
    for (const auto& blob : {config_, layer_}) bench_.Upload("team/api", blob);
    bench_.TakeEventNames();
  }

  std::string ExpectRefusal(const PutImageRequest& request, std::string_view exception) {
    return bench_.ExpectRefusal(request, exception);
  }

  ApiBench bench_;
  Blob config_ = Content("config");
  Blob layer_ = Content("layer");
  std::string text_ = ImageText({config_, layer_});
  ManifestPtr image_ = Parsed(text_);
};

TEST_F(PutImageTest, StoresTheBytesAsTheyCame) {
  const auto answer = bench_.Call(PutOf("team/api", text_, "v1"));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->image.registry_id, "111122223333");
  EXPECT_EQ(answer->image.repository_name, "team/api");
  EXPECT_EQ(answer->image.image_id, (ImageIdentifier{image_->digest.text(), "v1"}));
  EXPECT_EQ(answer->image.image_manifest.view(), text_);
  EXPECT_EQ(answer->image.image_manifest_media_type, media_type::kOciManifest);
  const auto* stored = bench_.repository("team/api").FindImage(Tagged("v1"));
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->manifest->bytes, text_);
  EXPECT_EQ(stored->origin, Origin::kClient);
}

TEST_F(PutImageTest, SaysManifestThenTagThenPush) {
  ASSERT_TRUE(bench_.Call(PutOf("team/api", text_, "v1")).ok());
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("ManifestStored", "TagMoved", "ImagePushed"));
  EXPECT_EQ(bench_.LastEvent<ImagePushed>(), (ImagePushed{kHome, Named("team/api"), image_->digest, Tagged("v1")}));
}

TEST_F(PutImageTest, WithoutATagPushesByDigest) {
  const auto answer = bench_.Call(PutOf("team/api", text_));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->image.image_id.image_tag, std::nullopt);
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("ManifestStored", "ImagePushed"));
  EXPECT_EQ(bench_.LastEvent<ImagePushed>().tag, std::nullopt);
}

TEST_F(PutImageTest, ANewTagOnAKnownDigestNeedsNoLayers) {
  ASSERT_TRUE(bench_.Call(PutOf("team/api", text_, "v1")).ok());
  bench_.TakeEventNames();
  ASSERT_TRUE(bench_.Call(PutOf("team/api", text_, "v2")).ok());
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("TagMoved", "ImagePushed"));
  EXPECT_EQ(bench_.repository("team/api").FindImage(image_->digest)->tags.size(), 2U);
}

TEST_F(PutImageTest, ATagMovesInAMutableRepository) {
  ASSERT_TRUE(bench_.Call(PutOf("team/api", text_, "latest")).ok());
  const auto next = ImageText({config_, layer_}, "next");
  ASSERT_TRUE(bench_.Call(PutOf("team/api", next, "latest")).ok());
  const auto& repository = bench_.repository("team/api");
  EXPECT_EQ(repository.FindImage(Tagged("latest"))->manifest->bytes, next);
  EXPECT_THAT(repository.FindImage(image_->digest)->tags, IsEmpty());
}

TEST_F(PutImageTest, TheGivenDigestMayMatchInEitherAlgorithm) {
  for (const auto algorithm : {DigestAlgorithm::kSha256, DigestAlgorithm::kSha512}) {
    auto request = PutOf("team/api", text_);
    request.image_digest = Digest::Of(text_, algorithm).text();
    const auto answer = bench_.Call(request);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(answer->image.image_id.image_digest, request.image_digest);
  }
}

TEST_F(PutImageTest, TheMediaTypeMayComeBesideTheManifest) {
  auto request =
      PutOf("team/api",
            fmt::format(R"({{"schemaVersion":2,"config":{{"mediaType":"{}","digest":"{}","size":{}}},"layers":[]}})",
                        media_type::kOciConfig, config_.digest.text(), config_.size.bytes()));
  EXPECT_THAT(ExpectRefusal(request, "InvalidParameterException"), StartsWith("Invalid parameter at 'ImageManifest'"));
  request.image_manifest_media_type = std::string(media_type::kOciManifest);
  const auto answer = bench_.Call(request);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->image.image_manifest_media_type, media_type::kOciManifest);
}

TEST_F(PutImageTest, AnIndexIsPushedAfterItsChildren) {
  const auto index = IndexText({image_});
  EXPECT_EQ(ExpectRefusal(PutOf("team/api", index, "v1"), "ReferencedImagesNotFoundException"),
            "Images with digests '[" + image_->digest.text() +
                "]' required for pushing image into repository with name 'team/api' in the registry with id "
                "'111122223333' do not exist");
  ASSERT_TRUE(bench_.Call(PutOf("team/api", text_)).ok());
  ASSERT_TRUE(bench_.Call(PutOf("team/api", index, "v1")).ok());
  EXPECT_EQ(bench_.repository("team/api").FindImage(image_->digest)->indexes, 1);
}

TEST_F(PutImageTest, AReferrerMayComeBeforeItsSubject) {
  const auto text = fmt::format(
      R"({{"schemaVersion":2,"mediaType":"{}","artifactType":"application/spdx+json","config":{{"mediaType":"{}",)"
      R"("digest":"{}","size":{}}},"layers":[],"subject":{{"mediaType":"{}","digest":"{}","size":5}}}})",
      media_type::kOciManifest, media_type::kOciConfig, config_.digest.text(), config_.size.bytes(),
      media_type::kOciManifest, Digest::Of("absent").text());
  EXPECT_TRUE(bench_.Call(PutOf("team/api", text)).ok());
}

TEST_F(PutImageTest, RefusesAnUnknownRepositoryAndANameThatIsNone) {
  EXPECT_EQ(ExpectRefusal(PutOf("team/web", text_, "v1"), "RepositoryNotFoundException"),
            "The repository with name 'team/web' does not exist in the registry with id '111122223333'");
  EXPECT_THAT(ExpectRefusal(PutOf("Team", text_), "InvalidParameterException"),
              StartsWith("Invalid parameter at 'repositoryName' failed to satisfy constraint: '"));
}

TEST_F(PutImageTest, RefusesMissingLayersByName) {
  const auto absent = Content("absent");
  EXPECT_EQ(ExpectRefusal(PutOf("team/api", ImageText({config_, absent, layer_}), "v1"), "LayersNotFoundException"),
            "Layers with digests '[" + absent.digest.text() +
                "]' required for pushing image into repository with name 'team/api' in the registry with id "
                "'111122223333' do not exist");
  EXPECT_THAT(ExpectRefusal(PutOf("team/api", ImageText({Content("no config"), absent})), "LayersNotFoundException"),
              HasSubstr(Content("no config").digest.text() + ", " + absent.digest.text()));
}

TEST_F(PutImageTest, RefusesASizeThatTheLayerDoesNotHave) {
  auto wrong = layer_;
  wrong.size += Bytes(1);
  EXPECT_THAT(ExpectRefusal(PutOf("team/api", ImageText({config_, wrong})), "InvalidParameterException"),
              HasSubstr(fmt::format("a size of {} bytes, it has {}", wrong.size.bytes(), layer_.size.bytes())));
}

TEST_F(PutImageTest, RefusesAWrongDigest) {
  auto request = PutOf("team/api", text_, "v1");
  const auto wrong = Digest::Of("something else").text();
  request.image_digest = wrong;
  EXPECT_EQ(ExpectRefusal(request, "ImageDigestDoesNotMatchException"),
            "The image with digest '" + wrong +
                "' in repository 'team/api' and registry ID '111122223333' does not match the image digest that Amazon "
                "ECR has calculated. That is '" +
                image_->digest.text() + "'.");
  // Of the form of a digest, though no content has it.
  request.image_digest = "sha256:12";
  ExpectRefusal(request, "ImageDigestDoesNotMatchException");
  request.image_digest = "sha256-12";
  EXPECT_THAT(ExpectRefusal(request, "InvalidParameterException"), StartsWith("Invalid parameter at 'imageDigest'"));
}

TEST_F(PutImageTest, RefusesTheSameImageAndTagAgain) {
  ASSERT_TRUE(bench_.Call(PutOf("team/api", text_, "v1")).ok());
  EXPECT_EQ(ExpectRefusal(PutOf("team/api", text_, "v1"), "ImageAlreadyExistsException"),
            "Image with digest '" + image_->digest.text() +
                "' and tag 'v1' already exists in the repository with name 'team/api' in registry with id "
                "'111122223333'");
  EXPECT_THAT(ExpectRefusal(PutOf("team/api", text_), "ImageAlreadyExistsException"), HasSubstr("and tag 'null'"));
}

TEST_F(PutImageTest, RefusesToMoveAnImmutableTag) {
  for (const bool next_is_known : {false, true}) {
    SCOPED_TRACE(next_is_known);
    const auto name = next_is_known ? "fixed/b" : "fixed/a";
    bench_.Create(name, "IMMUTABLE_WITH_EXCLUSION", {"dev-*"});
    for (const auto& blob : {config_, layer_}) bench_.Upload(name, blob);
    const auto next = ImageText({config_, layer_}, "next");
    for (const auto* tag : {"v1", "dev-1"}) ASSERT_TRUE(bench_.Call(PutOf(name, text_, tag)).ok());
    if (next_is_known) {
      ASSERT_TRUE(bench_.Call(PutOf(name, next)).ok());
    }
    EXPECT_EQ(ExpectRefusal(PutOf(name, next, "v1"), "ImageTagAlreadyExistsException"),
              fmt::format("The image tag 'v1' already exists in the '{}' repository and cannot be overwritten because "
                          "the tag is immutable.",
                          name));
    EXPECT_TRUE(bench_.Call(PutOf(name, next, "dev-1")).ok());
    EXPECT_TRUE(bench_.Call(PutOf(name, next, "v2")).ok()) << "a new tag";
  }
}

TEST_F(PutImageTest, RefusesATagThatIsNone) {
  for (const auto& tag : {std::string("-v1"), std::string("a b"), std::string(129, 'a'), std::string(301, 'a')}) {
    EXPECT_THAT(ExpectRefusal(PutOf("team/api", text_, tag), "InvalidParameterException"),
                StartsWith("Invalid parameter at 'imageTag'"));
  }
  auto empty = PutOf("team/api", text_);
  empty.image_tag = "";
  EXPECT_THAT(ExpectRefusal(empty, "InvalidParameterException"), StartsWith("Invalid parameter at 'imageTag'"));
  EXPECT_TRUE(bench_.Call(PutOf("team/api", text_, std::string(128, 'a'))).ok());
}

TEST_F(PutImageTest, KeepsTheQuotaOfImages) {
  bench_.options.images_max = 2;
  ASSERT_TRUE(bench_.Call(PutOf("team/api", text_)).ok());
  ASSERT_TRUE(bench_.Call(PutOf("team/api", ImageText({config_, layer_}, "2"))).ok());
  EXPECT_THAT(ExpectRefusal(PutOf("team/api", ImageText({config_, layer_}, "3")), "LimitExceededException"),
              HasSubstr("already holds 2 images"));
  EXPECT_TRUE(bench_.Call(PutOf("team/api", text_, "v1")).ok()) << "no further image";
}

TEST_F(PutImageTest, KeepsTheQuotaOfTags) {
  bench_.options.tags_max = 2;
  for (const auto* tag : {"v1", "v2"}) ASSERT_TRUE(bench_.Call(PutOf("team/api", text_, tag)).ok());
  EXPECT_THAT(ExpectRefusal(PutOf("team/api", text_, "v3"), "LimitExceededException"), HasSubstr("already has 2 tags"));
}

TEST_F(PutImageTest, ScansOnPushWhereTheRepositorySaysSo) {
  CreateRepositoryRequest request;
  request.repository_name = "scanned";
  request.image_scanning_configuration = ImageScanningConfiguration{true};
  ASSERT_TRUE(bench_.Call(request).ok());
  const auto image = bench_.Push("scanned", "one", "v1");
  EXPECT_EQ(bench_.LastEvent<ScanStarted>(), (ScanStarted{kHome, Named("scanned"), image->digest}));
  bench_.TakeEventNames();
  ASSERT_TRUE(bench_.Call(PutOf("scanned", image->bytes, "v2")).ok());
  ASSERT_TRUE(bench_.Call(PutOf("scanned", IndexText({image}), "all")).ok());
  EXPECT_THAT(bench_.TakeEventNames(), testing::Not(testing::Contains("ScanStarted")))
      << "neither a new tag nor an index";
}

// ---- Malformed manifests --------------------------------------------------------------------------------------------

TEST_F(PutImageTest, RefusesManifestsThatAreNone) {
  struct Row {
    std::string what;
    std::string text;
    std::string message;
  };
  const auto changed = [&](std::string_view from, std::string_view to) {
    auto text = text_;
    const auto place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return text.replace(place, from.size(), to);
  };
  const std::string json = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax";
  const std::string other = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: '";
  const std::vector<Row> table = {
      {"empty", "", other + "Member must have length between 1 and 4194304"},
      {"no JSON", "not json", json},
      {"cut off", text_.substr(0, text_.size() - 1), json},
      {"two documents", text_ + text_, json},
      {"a list", "[]", json},
      {"a key twice", changed(R"("schemaVersion":2)", R"("schemaVersion":2,"schemaVersion":2)"), json},
      {"nested key twice", changed(R"("note":"")", R"("note":"","note":"")"), json},
      {"no UTF-8", changed(R"("note":"")", "\"note\":\"\xff\""), json},
      {"schemaVersion 1", changed(R"("schemaVersion":2)", R"("schemaVersion":1)"), json},
      {"no config", changed(R"("config")", R"("konfig")"), json},
      {"layers no list", changed(R"("layers":[)", R"("layers":{},"x":[)"), json},
      {"no media type", changed(std::string(media_type::kOciManifest), ""), other},
      {"an unknown media type", changed(std::string(media_type::kOciManifest), "text/plain"), other},
      {"negative size", changed(fmt::format(R"("size":{})", layer_.size.bytes()), R"("size":-1)"), json},
      {"a broken digest", changed(layer_.digest.text(), "sha256:xyz"), json},
      {"an index with layers", changed(std::string(media_type::kOciManifest), media_type::kOciIndex), json},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.what);
    EXPECT_THAT(ExpectRefusal(PutOf("team/api", row.text, "v1"), "InvalidParameterException"), StartsWith(row.message));
  }
}

TEST_F(PutImageTest, RefusesADeclaredMediaTypeThatIsAnother) {
  auto request = PutOf("team/api", text_, "v1");
  request.image_manifest_media_type = std::string(media_type::kDockerManifest);
  EXPECT_THAT(ExpectRefusal(request, "InvalidParameterException"),
              StartsWith("Invalid parameter at 'ImageManifestMediaType'"));
}

TEST_F(PutImageTest, TakesFourMebibytesAndNotAByteMore) {
  const auto of_size = [&](std::size_t size) {
    const auto bare = ImageText({config_, layer_});
    return ImageText({config_, layer_}, std::string(size - bare.size(), 'x'));
  };
  const auto largest = of_size(static_cast<std::size_t>(kManifestSizeMax));
  ASSERT_EQ(static_cast<std::int64_t>(largest.size()), kManifestSizeMax);
  EXPECT_THAT(ExpectRefusal(PutOf("team/api", of_size(largest.size() + 1), "v1"), "InvalidParameterException"),
              HasSubstr("found 4194305"));
  EXPECT_TRUE(bench_.Call(PutOf("team/api", largest, "v1")).ok());
}

// ---- Simulated clients ----------------------------------------------------------------------------------------------

TEST_F(PutImageTest, AParsedManifestGoesTheSameWay) {
  PutParsedImageRequest request{std::nullopt, "team/api", image_, "v1", Repush::kRefuse};
  const auto answer = bench_.Call(request);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->digest, image_->digest);
  EXPECT_EQ(answer->outcome, PushOutcome::kPushed);
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("ManifestStored", "TagMoved", "ImagePushed"));
  EXPECT_EQ(bench_.repository("team/api").FindImage(image_->digest)->manifest, image_) << "shared, not copied";

  bench_.ExpectRefusal(request, "ImageAlreadyExistsException");
  request.repository_name = "team/web";
  bench_.ExpectRefusal(request, "RepositoryNotFoundException");
  request = {std::nullopt, "team/api", Parsed(ImageText({Content("absent")})), std::nullopt, Repush::kAccept};
  bench_.ExpectRefusal(request, "LayersNotFoundException");
}

TEST_F(PutImageTest, ARepeatedPushIsAcceptedWhereAskedAndReplicatesAsAssumed) {
  PutParsedImageRequest request{std::nullopt, "team/api", image_, "v1", Repush::kAccept};
  ASSERT_TRUE(bench_.Call(request).ok());
  bench_.TakeEventNames();
  const auto again = bench_.Call(request);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->outcome, PushOutcome::kUnchanged);
  EXPECT_THAT(bench_.TakeEventNames(), IsEmpty());
  EXPECT_TRUE(bench_.assumptions.consulted(Assumption::kRepushSameTagAndDigest));

  ASSERT_TRUE(bench_.assumptions.Set("repush_same_tag_and_digest", "job").ok());
  ASSERT_TRUE(bench_.Call(request).ok());
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("ImagePushed"));
}

TEST_F(PutImageTest, AnOrdinaryPushAssumesOnlyHowManifestsCount) {
  ASSERT_TRUE(bench_.Call(PutOf("team/api", text_, "v1")).ok());
  for (const auto& info : AssumptionTable()) {
    EXPECT_EQ(bench_.assumptions.consulted(info.id), info.id == Assumption::kManifestBytes) << info.name;
  }
}

}  // namespace
}  // namespace crrsim
