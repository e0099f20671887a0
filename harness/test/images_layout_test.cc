#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "harness/images/oci_layout.h"
#include "harness/test/support/images/files.h"

namespace crrsim {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class LayoutTest : public testing::Test {
 protected:
  Result<ImageContent, ImageError> Load(const std::optional<std::string>& reference = std::nullopt) {
    layout_.WriteTo(folder_);
    return LoadOciLayout(folder_.path(), reference);
  }
  ImageContent MustLoad(const std::optional<std::string>& reference = std::nullopt) {
    auto image = Load(reference);
    if (!image) throw Defect(image.error().message);
    return *std::move(image);
  }
  /// The message with the folder's name taken out.
  std::string ErrorOf(const std::optional<std::string>& reference = std::nullopt) {
    const auto image = Load(reference);
    if (image) return "no error";
    auto message = image.error().message;
    for (auto place = message.find(folder_.path()); place != std::string::npos; place = message.find(folder_.path())) {
      message.replace(place, folder_.path().size(), "LAYOUT");
    }
    return message;
  }

  LayoutFiles layout_;
  ScratchFolder folder_;
};

std::vector<Digest> DigestsOf(const std::vector<ManifestPtr>& manifests) {
  std::vector<Digest> digests;
  for (const auto& manifest : manifests) digests.push_back(manifest->digest);
  return digests;
}

TEST_F(LayoutTest, OneImageNeedsNoName) {
  const auto descriptor = layout_.AddImage("{\"c\":1}", {"layer one", "layer two"}, Named("v1"));
  layout_.List({descriptor});
  const auto image = MustLoad();
  EXPECT_EQ(image.root->digest, DigestIn(descriptor));
  EXPECT_THAT(DigestsOf(image.manifests), ElementsAre(DigestIn(descriptor)));
  ASSERT_EQ(image.blobs.size(), 3U);
  EXPECT_EQ(image.blobs[0].digest, Digest::Of("{\"c\":1}"));
  ASSERT_NE(image.blobs[0].bytes, nullptr);
  EXPECT_EQ(*image.blobs[0].bytes, "{\"c\":1}");
  EXPECT_EQ(image.blobs[1].digest, Digest::Of("layer one"));
  EXPECT_EQ(image.blobs[1].size, Bytes(9));
  EXPECT_EQ(image.blobs[1].bytes, nullptr);
  EXPECT_EQ(image.blobs[2].digest, Digest::Of("layer two"));
  EXPECT_EQ(image.content, LayerContent::kBytes);
  EXPECT_EQ(image.origin, "OCI layout " + folder_.path());
}

TEST_F(LayoutTest, NameChooses) {
  const auto one = layout_.AddImage("{}", {"1"}, Named("v1"));
  const auto two = layout_.AddImage("{}", {"2"}, Named("v2"));
  layout_.List({one, two});
  EXPECT_EQ(MustLoad("v2").root->digest, DigestIn(two));
  EXPECT_EQ(MustLoad("v1").root->digest, DigestIn(one));
  EXPECT_EQ(MustLoad("v1").origin, "OCI layout " + folder_.path() + ", 'v1'");
  EXPECT_EQ(MustLoad(DigestIn(two).text()).root->digest, DigestIn(two));
  EXPECT_EQ(ErrorOf(), "LAYOUT holds 2 images: 'v1', 'v2'; choose one as LAYOUT:NAME");
  EXPECT_EQ(ErrorOf("v3"), "LAYOUT holds no image 'v3'; it holds 'v1', 'v2'");
  EXPECT_EQ(ErrorOf(""), "LAYOUT holds no image ''; it holds 'v1', 'v2'");
}

TEST_F(LayoutTest, ImagesWithoutANameAreListedByDigest) {
  const auto one = layout_.AddImage("{}", {"1"});
  const auto two = layout_.AddImage("{}", {"2"}, Named("v2"));
  layout_.List({one, two});
  EXPECT_EQ(ErrorOf(), "LAYOUT holds 2 images: " + DigestIn(one).text() + ", 'v2'; choose one as LAYOUT:NAME");
  EXPECT_EQ(MustLoad(DigestIn(one).text()).root->digest, DigestIn(one));
}

TEST_F(LayoutTest, NamesOfContainerdServeInEachForm) {
  const auto one = layout_.AddImage("{}", {"1"},
                                    R"(,"annotations":{"io.containerd.image.name":"docker.io/library/api:1",)"
                                    R"("org.opencontainers.image.ref.name":"1"})");
  const auto two = layout_.AddImage("{}", {"2"}, Named("2"));
  layout_.List({one, two});
  for (const auto* name : {"docker.io/library/api:1", "library/api:1", "api:1", "1"}) {
    EXPECT_EQ(MustLoad(name).root->digest, DigestIn(one)) << name;
  }
  EXPECT_THAT(ErrorOf(), HasSubstr("'docker.io/library/api:1', '2'"));
}

TEST_F(LayoutTest, OneImageUnderTwoNamesIsNoChoice) {
  layout_.List({layout_.AddImage("{}", {"1"}, Named("v1")), layout_.AddImage("{}", {"1"}, Named("latest"))});
  EXPECT_EQ(MustLoad().root->digest, MustLoad("latest").root->digest);
}

TEST_F(LayoutTest, TwoImagesUnderOneNameAreAmbiguous) {
  layout_.List({layout_.AddImage("{}", {"1"}, Named("v1")), layout_.AddImage("{}", {"2"}, Named("v1"))});
  EXPECT_EQ(ErrorOf("v1"), "LAYOUT holds 2 images named 'v1'; choose one by its digest");
}

TEST_F(LayoutTest, ChildrenComeBeforeTheirIndexAndSharedContentOnce) {
  const auto amd64 = layout_.AddImage(R"({"architecture":"amd64"})", {"shared", "amd64"});
  const auto arm64 = layout_.AddImage(R"({"architecture":"arm64"})", {"shared", "arm64"});
  const auto inner = layout_.AddIndex({amd64, arm64});
  const auto outer = layout_.AddIndex({inner, arm64});
  layout_.List({outer});
  const auto image = MustLoad();
  EXPECT_THAT(DigestsOf(image.manifests),
              ElementsAre(DigestIn(amd64), DigestIn(arm64), DigestIn(inner), DigestIn(outer)));
  std::vector<Digest> blobs;
  for (const auto& blob : image.blobs) blobs.push_back(blob.digest);
  EXPECT_THAT(blobs, ElementsAre(Digest::Of(R"({"architecture":"amd64"})"), Digest::Of("shared"), Digest::Of("amd64"),
                                 Digest::Of(R"({"architecture":"arm64"})"), Digest::Of("arm64")));
  EXPECT_EQ(image.root->digest, DigestIn(outer));
}

TEST_F(LayoutTest, ChildIsChosenByDigest) {
  const auto amd64 = layout_.AddImage("{\"a\":1}", {"amd64"});
  const auto arm64 = layout_.AddImage("{\"a\":2}", {"arm64"});
  layout_.List({layout_.AddIndex({layout_.AddIndex({amd64, arm64})})});
  const auto image = MustLoad(DigestIn(arm64).text());
  EXPECT_EQ(image.root->digest, DigestIn(arm64));
  EXPECT_EQ(image.manifests.size(), 1U);
}

TEST_F(LayoutTest, MissingChildIsAnErrorThatNamesWhatIsComplete) {
  const auto amd64 = layout_.AddImage("{\"a\":1}", {"amd64"});
  const auto arm64 = layout_.AddImage("{\"a\":2}", {"arm64"});
  const auto index = layout_.AddIndex({arm64, amd64});
  layout_.List({index});
  layout_.files.erase("blobs/sha256/" + DigestIn(arm64).hex());
  EXPECT_EQ(ErrorOf(), "LAYOUT: " + DigestIn(index).text() + " refers to what is not there: " + DigestIn(arm64).text() +
                           "; complete, and to be chosen as LAYOUT:DIGEST: " + DigestIn(amd64).text());
  EXPECT_EQ(MustLoad(DigestIn(amd64).text()).root->digest, DigestIn(amd64));
}

TEST_F(LayoutTest, ChildWithoutItsLayersIsNotComplete) {
  const auto amd64 = layout_.AddImage("{\"a\":1}", {"amd64", "shared"});
  const auto arm64 = layout_.AddImage("{\"a\":2}", {"arm64", "shared"});
  layout_.List({layout_.AddIndex({amd64, arm64})});
  layout_.files.erase(LayoutFiles::BlobPath("shared"));
  EXPECT_THAT(ErrorOf(), AllOf(HasSubstr("not there: " + Digest::Of("shared").text()), Not(HasSubstr("complete")),
                               Not(HasSubstr(", sha256"))));
}

TEST_F(LayoutTest, LongListsOfWhatIsMissingAreCut) {
  std::vector<std::string> layers;
  for (int i = 0; i < 9; ++i) layers.push_back("layer " + std::to_string(i));
  layout_.List({layout_.AddImage("{}", layers)});
  for (const auto& layer : layers) layout_.files.erase(LayoutFiles::BlobPath(layer));
  EXPECT_THAT(ErrorOf(), AllOf(HasSubstr(Digest::Of("layer 3").text() + ", 5 more"),
                               Not(HasSubstr(Digest::Of("layer 4").text()))));
}

TEST_F(LayoutTest, ForeignLayersNeedNotBeThere) {
  const auto foreign = DescriptorJson("application/vnd.oci.image.layer.nondistributable.v1.tar", "windows",
                                      R"(,"urls":["https://example.com/windows"])");
  layout_.List({layout_.AddBlob(media_type::kOciManifest,
                                fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{},{}]}})",
                                            media_type::kOciManifest, layout_.AddBlob(media_type::kOciConfig, "{}"),
                                            foreign, layout_.AddBlob(media_type::kOciLayer, "own")))});
  const auto image = MustLoad();
  EXPECT_EQ(image.root->layers.size(), 2U);
  EXPECT_EQ(image.blobs.size(), 2U);
}

TEST_F(LayoutTest, SubjectNeedNotBeThere) {
  const auto subject = DescriptorJson(media_type::kOciManifest, "nowhere");
  layout_.List(
      {layout_.AddBlob(media_type::kOciManifest,
                       fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","artifactType":"a/b",)"
                                   R"("config":{},"layers":[],"subject":{}}})",
                                   media_type::kOciManifest, layout_.AddBlob(media_type::kOciEmpty, "{}"), subject))});
  EXPECT_TRUE(MustLoad().root->subject.has_value());
}

TEST_F(LayoutTest, Sha512ContentIsVerifiedAndLoaded) {
  const auto sha512 = DigestAlgorithm::kSha512;
  const auto config = layout_.AddBlob(media_type::kOciConfig, "{}", "", sha512);
  const auto layer = layout_.AddBlob(media_type::kOciLayer, "layer", "", sha512);
  const auto text = fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}})",
                                media_type::kOciManifest, config, layer);
  const auto descriptor = layout_.AddBlob(media_type::kOciManifest, text, "", sha512);
  layout_.List({descriptor});
  EXPECT_EQ(MustLoad().root->digest, Digest::Of(text, sha512));
  layout_.files[LayoutFiles::BlobPath("layer", sha512)] = "layre";
  EXPECT_THAT(ErrorOf(), HasSubstr("is damaged: its bytes have the digest sha512:"));
}

TEST_F(LayoutTest, ManifestWithoutMediaTypeHasThatOfItsDescriptor) {
  const auto text =
      fmt::format(R"({{"schemaVersion":2,"config":{},"layers":[]}})", layout_.AddBlob(media_type::kOciConfig, "{}"));
  layout_.List({layout_.AddBlob(media_type::kOciManifest, text)});
  EXPECT_EQ(MustLoad().root->media_type, media_type::kOciManifest);
}

TEST_F(LayoutTest, DamagedContentIsNamed) {
  layout_.List({layout_.AddImage("{}", {"layer"})});
  const auto path = LayoutFiles::BlobPath("layer");
  layout_.files[path] = "layes";
  EXPECT_EQ(ErrorOf(), "LAYOUT: " + path + " is damaged: its bytes have the digest " + Digest::Of("layes").text());
  layout_.files[path] = "laye";
  EXPECT_EQ(ErrorOf(), "LAYOUT: " + path + " has 4 bytes; its descriptor says 5");
  layout_.files[path] = "";
  EXPECT_EQ(ErrorOf(), "LAYOUT: " + path + " has 0 bytes; its descriptor says 5");
}

TEST_F(LayoutTest, DamagedManifestIsNamed) {
  const auto descriptor = layout_.AddImage("{}", {"layer"});
  layout_.List({descriptor});
  const auto path = "blobs/sha256/" + DigestIn(descriptor).hex();
  layout_.files[path][0] = ' ';
  EXPECT_THAT(ErrorOf(), HasSubstr(path + " is damaged"));
}

TEST_F(LayoutTest, DescriptorsOfOneBlobMustAgreeOnItsSize) {
  const auto honest = layout_.AddImage("{\"a\":1}", {"layer"});
  const auto config = layout_.AddBlob(media_type::kOciConfig, "{\"a\":2}");
  const auto lying = layout_.AddBlob(media_type::kOciManifest,
                                     fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},)"
                                                 R"("layers":[{{"mediaType":"a/b","digest":"{}","size":6}}]}})",
                                                 media_type::kOciManifest, config, Digest::Of("layer").text()));
  layout_.List({layout_.AddIndex({honest, lying})});
  EXPECT_EQ(ErrorOf(), "LAYOUT: " + LayoutFiles::BlobPath("layer") + " has 5 bytes; its descriptor says 6");
}

TEST_F(LayoutTest, WhatIsNoManifestIsNamed) {
  const auto text = layout_.AddBlob(media_type::kOciManifest, "hello");
  layout_.List({text});
  EXPECT_EQ(ErrorOf(), "LAYOUT: " + LayoutFiles::BlobPath("hello") + " is no manifest: not JSON, or over 4 MiB");
  layout_.List({layout_.AddBlob(media_type::kOciManifest, "{}")});
  EXPECT_EQ(ErrorOf(), "LAYOUT: " + LayoutFiles::BlobPath("{}") + " is no manifest: /schemaVersion is missing");
  layout_.List({layout_.AddBlob("application/vnd.other", "{\"a\":1}")});
  EXPECT_THAT(ErrorOf(), HasSubstr(" is no manifest: 'application/vnd.other' is no media type of a manifest"));
  const auto image = layout_.AddImage("{}", {});
  auto index = layout_.AddIndex({image});
  index.replace(index.find("index.v1"), 8, "manifest.v1");
  layout_.List({index});
  EXPECT_THAT(ErrorOf(), HasSubstr(" is no manifest: the manifest says mediaType"));
}

TEST_F(LayoutTest, IndexesNestOnlySoDeep) {
  auto descriptor = layout_.AddImage("{}", {});
  for (int i = 0; i < 8; ++i) descriptor = layout_.AddIndex({descriptor});
  layout_.List({descriptor});
  EXPECT_EQ(MustLoad().manifests.size(), 9U);
  layout_.List({layout_.AddIndex({descriptor})});
  EXPECT_THAT(ErrorOf(), HasSubstr("is nested too deeply in indexes"));
}

TEST_F(LayoutTest, FilesOfTheLayoutItselfAreChecked) {
  const auto descriptor = layout_.AddImage("{}", {});
  layout_.List({descriptor});
  const auto sound = layout_;
  const auto with = [&](const std::string& name, const std::string& text) {
    layout_ = sound;
    layout_.files[name] = text;
    return ErrorOf();
  };
  EXPECT_EQ(with("oci-layout", R"({"imageLayoutVersion":"2.0.0"})"),
            "LAYOUT: oci-layout has imageLayoutVersion '2.0.0'; expected 1.0.0");
  EXPECT_EQ(with("oci-layout", "[]"), "LAYOUT: oci-layout has imageLayoutVersion ''; expected 1.0.0");
  EXPECT_EQ(with("oci-layout", "{"), "LAYOUT: oci-layout: it is not valid JSON");
  EXPECT_EQ(with("oci-layout", ""), "LAYOUT: oci-layout is not JSON");
  EXPECT_EQ(with("index.json", ""), "LAYOUT: index.json is not JSON");
  EXPECT_EQ(with("index.json", R"({"schemaVersion":2})"), "LAYOUT: index.json: /manifests is missing");
  EXPECT_EQ(with("index.json", R"({"schemaVersion":2,"manifests":[]})"), "LAYOUT: index.json lists no image");
  EXPECT_EQ(with("index.json", R"({"schemaVersion":2,"manifests":[{}]})"),
            "LAYOUT: index.json: /manifests/0/mediaType is missing");
  EXPECT_EQ(with("index.json", "{" + std::string(5 << 20, ' ') + "}"),
            "LAYOUT: index.json has 5242882B; at most 4MiB are read");
  layout_ = sound;
  std::filesystem::remove(folder_.PathOf("index.json"));
  layout_.files.erase("index.json");
  EXPECT_EQ(ErrorOf(), "LAYOUT: index.json is missing");
}

TEST_F(LayoutTest, BlobThatIsNoFileIsMissing) {
  layout_.List({layout_.AddImage("{}", {"layer"})});
  layout_.WriteTo(folder_);
  layout_.files.erase(LayoutFiles::BlobPath("layer"));
  const auto path = folder_.PathOf(LayoutFiles::BlobPath("layer"));
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(ErrorOf(), HasSubstr("refers to what is not there: " + Digest::Of("layer").text()));
}

}  // namespace
}  // namespace crrsim
