// What a sound manifest becomes: golden digests over the bytes of real tools, the derived fields, and the archive form.
#include "registry_model/oci/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include "registry_model/oci/blob.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string ReadGolden(const std::string& name) {
  std::ifstream file(std::string(CRRSIM_SOURCE_DIR) + "/registry_model/test/data/manifests/" + name + ".json",
                     std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

ManifestPtr Parse(std::string_view bytes, std::string_view declared = "") {
  auto parsed = ParseManifest(bytes, declared);
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message;
    return std::make_shared<Manifest>();
  }
  return *parsed;
}

struct Golden {
  std::string name;
  std::string digest;  // as sha256sum and skopeo print it
  std::string_view media_type;
  ManifestKind kind;
  std::size_t layers;
  std::size_t children;
  std::size_t blobs;
  std::int64_t blob_bytes;
};

class ManifestGoldenTest : public testing::TestWithParam<Golden> {};

TEST_P(ManifestGoldenTest, BytesOfRealToolsGiveTheirDigestAndShape) {
  const auto& golden = GetParam();
  const auto bytes = ReadGolden(golden.name);
  const auto manifest = Parse(bytes, golden.media_type);
  EXPECT_EQ(manifest->digest.text(), "sha256:" + golden.digest);
  EXPECT_EQ(manifest->bytes, bytes);
  EXPECT_EQ(manifest->size(), Bytes(static_cast<std::int64_t>(bytes.size())));
  EXPECT_EQ(manifest->media_type, golden.media_type);
  EXPECT_EQ(manifest->kind, golden.kind);
  EXPECT_EQ(manifest->config.has_value(), golden.kind == ManifestKind::kImage);
  EXPECT_EQ(manifest->layers.size(), golden.layers);
  EXPECT_EQ(manifest->children.size(), golden.children);
  EXPECT_EQ(manifest->blobs.size(), golden.blobs);
  EXPECT_EQ(manifest->blob_bytes, Bytes(golden.blob_bytes));
}

INSTANTIATE_TEST_SUITE_P(
    Tools, ManifestGoldenTest,
    testing::Values(
        Golden{"buildah_oci_image", "e99bf75c3a7016cf10770b04eb089252122259e970feebea0ab74bfcfa66ebad",
               media_type::kOciManifest, ManifestKind::kImage, 2, 0, 3, 496 + 103 + 15019},
        Golden{"skopeo_oci_zstd_image", "77cebe7c187c3dac5abacbb62b3bdf4632d5540fb4aa38aa20d9a285c5e8d800",
               media_type::kOciManifest, ManifestKind::kImage, 2, 0, 3, 496 + 101 + 15085},
        Golden{"buildah_oci_index", "7d8b14f585a834a938064c18276b0ddc25d599e12fdf2fa4caca606d12eb5905",
               media_type::kOciIndex, ManifestKind::kIndex, 0, 2, 0, 0},
        Golden{"buildah_docker_image", "145eadff23fe01bec949e13719b4bcae0163732a7f45b75ed45ca3655a847cd3",
               media_type::kDockerManifest, ManifestKind::kImage, 2, 0, 3, 496 + 103 + 15019},
        Golden{"buildah_docker_list", "7030291db7970ffb4b0cb7f50e8bca0b8f939404eaeaa569d312401e1802c829",
               media_type::kDockerList, ManifestKind::kIndex, 0, 2, 0, 0},
        Golden{"umoci_oci_image_without_media_type", "50be5cdaffe87ab1b217cbbdc2aa5c4ed0c35c02ae7b6ce1bac16c9e8a936568",
               media_type::kOciManifest, ManifestKind::kImage, 0, 0, 1, 256},
        Golden{"buildkit_index_with_attestation", "1dd93c6f9733c19218653ac0da7d34e3e4c0c95b0fcc767ede132594e06b053e",
               media_type::kOciIndex, ManifestKind::kIndex, 0, 2, 0, 0},
        Golden{"docker_windows_image_with_foreign_layer",
               "e0cb5c3d6dddb65d66c702d644dc1e1e3862615bc6d880e970d160257deb9b88", media_type::kDockerManifest,
               ManifestKind::kImage, 2, 0, 2, 1616 + 1163},
        Golden{"oras_referrer_with_empty_config", "a2b725b9cc55d36463fc8f6e8e48e4a36a07485ae6bef07060ae6b74b54326ca",
               media_type::kOciManifest, ManifestKind::kImage, 1, 0, 2, 2 + 6}),
    [](const auto& test) { return test.param.name; });

TEST(ManifestTest, DescriptorsKeepWhatTheySay) {
  const auto manifest = Parse(ReadGolden("buildah_oci_image"));
  ASSERT_TRUE(manifest->config.has_value());
  EXPECT_EQ(manifest->config->media_type, media_type::kOciConfig);
  EXPECT_EQ(manifest->config->size, Bytes(496));
  EXPECT_EQ(manifest->layers.at(0).digest.text(),
            "sha256:04f16f948b28e7784272d3bf5e68633aa3c6c20ce2673cb20afc92289289bd03");
  EXPECT_EQ(manifest->annotations.at("org.opencontainers.image.base.name"), "localhost/base:1");
  EXPECT_THAT(manifest->blobs,
              ElementsAre(manifest->config->sized(), manifest->layers.at(0).sized(), manifest->layers.at(1).sized()));
  EXPECT_EQ(manifest->artifact_type, media_type::kOciConfig);
  EXPECT_FALSE(manifest->subject.has_value());
}

TEST(ManifestTest, ReferrerHasSubjectAndItsOwnArtifactType) {
  const auto manifest = Parse(ReadGolden("oras_referrer_with_empty_config"));
  ASSERT_TRUE(manifest->subject.has_value());
  EXPECT_EQ(manifest->subject->digest.text(),
            "sha256:e99bf75c3a7016cf10770b04eb089252122259e970feebea0ab74bfcfa66ebad");
  EXPECT_EQ(manifest->subject->size, Bytes(714));
  EXPECT_EQ(manifest->artifact_type, "application/vnd.example.sbom.v1");
  EXPECT_EQ(manifest->config->digest, Digest::Of("{}"));
}

TEST(ManifestTest, IndexWithoutArtifactTypeHasNone) {
  EXPECT_EQ(Parse(ReadGolden("buildah_oci_index"))->artifact_type, "");
}

TEST(ManifestTest, ForeignLayersAreListedButAreNothingToMove) {
  const auto manifest = Parse(ReadGolden("docker_windows_image_with_foreign_layer"));
  EXPECT_TRUE(IsForeignLayer(manifest->layers.at(0)));
  EXPECT_FALSE(IsForeignLayer(manifest->layers.at(1)));
  EXPECT_THAT(manifest->blobs, ElementsAre(manifest->config->sized(), manifest->layers.at(1).sized()));
}

TEST(ManifestTest, MediaTypeAloneMakesALayerForeign) {
  for (const auto* foreign : {"application/vnd.docker.image.rootfs.foreign.diff.tar",
                              "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                              "application/vnd.oci.image.layer.nondistributable.v1.tar",
                              "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                              "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"}) {
    EXPECT_TRUE(IsForeignLayer(Descriptor{.media_type = foreign, .digest = {}, .size = {}, .artifact_type = {}}))
        << foreign;
  }
  for (const auto type : {media_type::kDockerLayer, media_type::kDockerLayerGzip, media_type::kOciLayer,
                          media_type::kOciLayerGzip, media_type::kOciConfig}) {
    EXPECT_FALSE(
        IsForeignLayer(Descriptor{.media_type = std::string(type), .digest = {}, .size = {}, .artifact_type = {}}))
        << type;
  }
}

std::string ImageWithLayers(const std::string& layers) {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":)"
         R"("application/vnd.oci.image.config.v1+json","digest":")" +
         Digest::Of("config").text() + R"(","size":6},"layers":[)" + layers + "]}";
}

std::string Layer(std::string_view content, const std::string& type = "application/vnd.oci.image.layer.v1.tar") {
  return R"({"mediaType":")" + type + R"(","digest":")" + Digest::Of(content).text() + R"(","size":)" +
         std::to_string(content.size()) + "}";
}

TEST(ManifestTest, OneDigestTwiceIsOneBlob) {
  const auto manifest =
      Parse(ImageWithLayers(Layer("b") + "," + Layer("aa") + "," + Layer("b") + "," + Layer("config")));
  EXPECT_EQ(manifest->layers.size(), 4U);
  EXPECT_THAT(manifest->blobs,
              ElementsAre(manifest->config->sized(), manifest->layers.at(0).sized(), manifest->layers.at(1).sized()));
  EXPECT_EQ(manifest->blob_bytes, Bytes(6 + 1 + 2));
}

TEST(ManifestTest, ManyLayersKeepTheirOrderAmongBlobs) {
  std::string layers;
  for (int i = 0; i < 500; ++i) layers += (i > 0 ? "," : "") + Layer(std::to_string(i % 400));
  const auto manifest = Parse(ImageWithLayers(layers));
  ASSERT_EQ(manifest->blobs.size(), 401U);
  EXPECT_EQ(manifest->blobs.front(), manifest->config->sized());
  for (std::size_t i = 0; i < 400; ++i) EXPECT_EQ(manifest->blobs[i + 1], manifest->layers[i].sized());
}

TEST(ManifestTest, UnknownMediaTypeOfALayerIsNoError) {
  EXPECT_EQ(Parse(ImageWithLayers(Layer("x", "text/x-anything; v=1")))->layers.at(0).media_type,
            "text/x-anything; v=1");
}

TEST(ManifestTest, UnknownMembersAreLeftAlone) {
  auto bytes = ImageWithLayers("");
  bytes.insert(1, R"("x-vendor":{"deep":[1,2.5,-1e3,true,null,"\u00e9"]},)");
  EXPECT_EQ(Parse(bytes)->bytes, bytes);
}

TEST(ManifestTest, NullMembersCountAsAbsent) {
  auto bytes = ImageWithLayers("");
  bytes.insert(1, R"("annotations":null,"subject":null,"manifests":null,"artifactType":null,)");
  const auto manifest = Parse(bytes);
  EXPECT_THAT(manifest->annotations, IsEmpty());
  EXPECT_FALSE(manifest->subject.has_value());
}

TEST(ManifestTest, DeclaredTypeServesWhereTheManifestHasNone) {
  const auto bytes = ReadGolden("umoci_oci_image_without_media_type");
  EXPECT_EQ(Parse(bytes, media_type::kOciManifest)->media_type, media_type::kOciManifest);
  EXPECT_EQ(Parse(bytes, media_type::kDockerManifest)->media_type, media_type::kDockerManifest);
}

TEST(ManifestTest, DeclaredTypeMayCarryParameters) {
  EXPECT_EQ(Parse(ReadGolden("umoci_oci_image_without_media_type"),
                  "application/vnd.oci.image.manifest.v1+json ; charset=utf-8")
                ->media_type,
            media_type::kOciManifest);
}

TEST(ManifestTest, LargestSizeThatASumHoldsIsTaken) {
  const auto huge = std::to_string(std::numeric_limits<std::int64_t>::max() - 6);
  const auto manifest =
      Parse(ImageWithLayers(R"({"mediaType":"a/b","digest":")" + Digest::Of("x").text() + R"(","size":)" + huge + "}"));
  EXPECT_EQ(manifest->blob_bytes.bytes(), std::numeric_limits<std::int64_t>::max());
}

TEST(ManifestTest, Sha512IsTakenForContentAndForTheManifestItself) {
  const auto bytes = ReadGolden("buildah_oci_image");
  const auto parsed = ParseManifest(bytes, "", DigestAlgorithm::kSha512);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ((*parsed)->digest.text(),
            "sha512:7b58d68233e4ec86b5cda57266ffb018fbdf2a340d3d47b964a5c4764b750031"
            "4b5a414da93be2061c7f42b083c7c6131d6f311bb0b5e9bfc5a29b3d9235cfb0");
  const auto digest = Digest::Of("layer", DigestAlgorithm::kSha512);
  const auto image = Parse(ImageWithLayers(R"({"mediaType":"a/b","digest":")" + digest.text() + R"(","size":5})"));
  EXPECT_EQ(image->layers.at(0).digest, digest);
}

TEST(ManifestTest, BytesAreKeptAsTheyCame) {
  auto bytes = "\n\t " + ImageWithLayers("") + "\r\n";
  const auto manifest = Parse(bytes);
  EXPECT_EQ(manifest->bytes, bytes);
  EXPECT_EQ(manifest->digest, Digest::Of(bytes));
  EXPECT_NE(manifest->digest, Parse(ImageWithLayers(""))->digest);
}

TEST(ManifestTest, ExactlyFourMebibytesAreTaken) {
  auto bytes = ImageWithLayers("");
  bytes.resize(kManifestSizeMax, ' ');
  EXPECT_EQ(Parse(bytes)->size(), Mebibytes(4));
}

TEST(ManifestTest, SmallManifestAfterAHugeOneReadsTheSame) {
  const auto small = ReadGolden("buildah_oci_image");
  const auto before = Parse(small);
  auto huge = ImageWithLayers("");
  huge.resize(kManifestSizeMax, ' ');
  Parse(huge);
  const auto after = Parse(small);
  EXPECT_EQ(after->layers, before->layers);
  EXPECT_EQ(after->digest, before->digest);
}

TEST(ManifestArchiveTest, SavedManifestIsLoadedWhole) {
  const auto saved = Parse(ReadGolden("umoci_oci_image_without_media_type"), media_type::kOciManifest);
  Writer writer;
  writer.PutShared(saved);
  writer.PutShared(saved);
  Reader reader(writer.bytes());
  const auto loaded = reader.Get<ManifestPtr>();
  EXPECT_EQ(reader.Get<ManifestPtr>(), loaded) << "shared content stays shared";
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(loaded->bytes, saved->bytes);
  EXPECT_EQ(loaded->digest, saved->digest);
  EXPECT_EQ(loaded->media_type, saved->media_type);
  EXPECT_EQ(loaded->blobs, saved->blobs);
}

TEST(ManifestArchiveTest, Sha512SurvivesSaving) {
  const auto saved = ParseManifest(ReadGolden("buildah_oci_image"), "", DigestAlgorithm::kSha512);
  ASSERT_TRUE(saved.ok());
  Writer writer;
  writer.Put(**saved);
  Reader reader(writer.bytes());
  EXPECT_EQ(reader.Get<Manifest>().digest, (*saved)->digest);
}

TEST(ManifestArchiveTest, OneDigestUnderTwoMediaTypesIsTwoManifests) {
  const auto bytes = ReadGolden("umoci_oci_image_without_media_type");
  EXPECT_NE(Parse(bytes, media_type::kOciManifest)->ShareKey(), Parse(bytes, media_type::kDockerManifest)->ShareKey());
}

TEST(ManifestArchiveTest, DamagedBytesAreRefused) {
  Manifest damaged = *Parse(ReadGolden("buildah_oci_image"));
  damaged.bytes.push_back(' ');
  Writer writer;
  writer.Put(damaged);
  Reader reader(writer.bytes());
  EXPECT_THROW(reader.Get<Manifest>(), ArchiveError);

  damaged.bytes = "{";
  writer.Clear();
  Writer other;
  other.Put(damaged);
  Reader broken(other.bytes());
  EXPECT_THROW(broken.Get<Manifest>(), ArchiveError);
}

}  // namespace
}  // namespace crrsim
