#include "harness/images/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "harness/test/support/images/files.h"

namespace crrsim {
namespace {

using testing::HasSubstr;

ImageContent MustLoad(const std::string& path, const std::optional<std::string>& reference = std::nullopt) {
  auto image = LoadImage(path, reference);
  if (!image) throw Defect(image.error().message);
  return *std::move(image);
}

std::string ErrorOf(const std::string& path, const std::optional<std::string>& reference = std::nullopt) {
  const auto image = LoadImage(path, reference);
  return image ? "no error" : image.error().message;
}

std::string Fixture(const std::string& name) {
  return std::string(CRRSIM_SOURCE_DIR) + "/harness/test/data/images/" + name;
}

struct TwoImages {
  TwoImages() {
    one = layout.AddImage("{}", {"1"}, Named("v1"));
    two = layout.AddImage("{}", {"2"}, Named("shop/api:v2"));
    layout.List({one, two});
    layout.WriteTo(folder);
  }
  LayoutFiles layout;
  ScratchFolder folder;
  std::string one;
  std::string two;
};

TEST(LoadImageTest, FolderAndArchiveHoldTheSameImage) {
  const TwoImages images;
  const auto archive = images.folder.Write("image.tar", TarOf(images.layout.Members()));
  EXPECT_EQ(MustLoad(images.folder.path(), "v1").root->digest, DigestIn(images.one));
  EXPECT_EQ(MustLoad(archive, "v1").root->digest, DigestIn(images.one));
}

TEST(LoadImageTest, ReferenceMayStandBehindAColon) {
  const TwoImages images;
  EXPECT_EQ(MustLoad(images.folder.path() + ":v1").root->digest, DigestIn(images.one));
  EXPECT_EQ(MustLoad(images.folder.path() + ":shop/api:v2").root->digest, DigestIn(images.two));
  EXPECT_EQ(MustLoad(images.folder.path() + ":" + DigestIn(images.two).text()).root->digest, DigestIn(images.two));
}

TEST(LoadImageTest, PathWithAColonInItGoesFirst) {
  const TwoImages images;
  const auto archive = images.folder.Write("image:v1", TarOf(images.layout.Members()));
  EXPECT_EQ(MustLoad(archive + ":v1").root->digest, DigestIn(images.one));
  EXPECT_EQ(MustLoad(archive, "v1").root->digest, DigestIn(images.one));
  EXPECT_THAT(ErrorOf(archive), HasSubstr("holds 2 images"));
}

TEST(LoadImageTest, WhatIsNotThereIsSaidSo) {
  const ScratchFolder folder;
  const std::string expected = " is not there; expected an OCI layout folder, or an archive of docker save or skopeo";
  EXPECT_EQ(ErrorOf(folder.PathOf("nothing")), folder.PathOf("nothing") + expected);
  EXPECT_EQ(ErrorOf(folder.PathOf("nothing:v1")), folder.PathOf("nothing:v1") + expected);
  EXPECT_EQ(ErrorOf(folder.path() + ":v1", "v2"), folder.path() + ":v1" + expected)
      << "a reference of its own: the path stands as it is";
  EXPECT_EQ(ErrorOf(""), expected);
  EXPECT_EQ(ErrorOf(folder.path() + ":"), folder.path() + ": ends in a colon; expected PATH:REFERENCE");
}

TEST(LoadImageTest, FoldersOfAnotherKindAreRecognised) {
  const ScratchFolder folder;
  const auto start = folder.path() + " is a folder without an oci-layout file";
  EXPECT_EQ(ErrorOf(folder.path()), start);
  folder.Write("index.json", "{}");
  EXPECT_EQ(ErrorOf(folder.path()), start + ", although there is an index.json");
  folder.Write("manifest.json", "{}");
  EXPECT_EQ(ErrorOf(folder.path()), start + ": it looks like an unpacked docker archive; give the archive itself");
  folder.Write("version", "Directory Transport Version: 1.1\n");
  EXPECT_EQ(ErrorOf(folder.path()), start + ": it looks like skopeo's dir: form, which `skopeo copy dir:" +
                                        folder.path() + " oci:FOLDER` turns into one");
}

TEST(LoadImageTest, NeitherFileNorFolderIsRefused) {
  const ScratchFolder folder;
  ASSERT_EQ(mkfifo(folder.PathOf("pipe").c_str(), 0600), 0);
  EXPECT_EQ(ErrorOf(folder.PathOf("pipe")), folder.PathOf("pipe") + " is neither a folder nor a file");
}

// The next three were written by real tools (see the README beside them).

TEST(LoadRealImageTest, OciArchiveHasTheDigestThatSkopeoPrints) {
  const auto image = MustLoad(Fixture("buildah_oci_archive.tar.gz"));
  EXPECT_EQ(image.root->digest.text(), "sha256:b21ff72ec2383fb403e750b60a2db1abf0661277a2d870b76e8cc84d1bc71fff");
  EXPECT_EQ(image.root->blob_bytes, Bytes(330 + 103));
  EXPECT_EQ(image.blobs.size(), 2U);
  EXPECT_EQ(MustLoad(Fixture("buildah_oci_archive.tar.gz"), "v1").root->digest, image.root->digest);
}

TEST(LoadRealImageTest, DockerArchiveHasTheBlobsThatSkopeoPrints) {
  const auto image = MustLoad(Fixture("buildah_docker_archive.tar.gz") + ":localhost/base:1");
  ASSERT_EQ(image.root->layers.size(), 1U);
  EXPECT_EQ(image.root->layers[0].digest.text(),
            "sha256:f3a5a6b0875b02e075bdd0ea6fa00a6f5f7c113b08ca0becbe7b974123a5f924");
  EXPECT_EQ(image.root->layers[0].size, Bytes(2048));
  EXPECT_EQ(image.root->config->digest.text(),
            "sha256:8ad9f66699edcef977493ad6bcdd307bd4a44592ba8a19c32a0df86d35af7caa");
  EXPECT_EQ(image.root->config->size, Bytes(330));
}

TEST(LoadRealImageTest, MultiArchArchiveHasBothPlatforms) {
  const auto image = MustLoad(Fixture("skopeo_multi_arch_oci_archive.tar.gz"));
  EXPECT_EQ(image.root->digest.text(), "sha256:7d8b14f585a834a938064c18276b0ddc25d599e12fdf2fa4caca606d12eb5905");
  EXPECT_EQ(image.manifests.size(), 3U);
  EXPECT_EQ(image.blobs.size(), 3U) << "two configs and the layer that both share";
}

}  // namespace
}  // namespace crrsim
