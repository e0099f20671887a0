#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/images/archive_source.h"
#include "harness/images/docker_archive.h"
#include "harness/test/support/images/files.h"
#include "registry_model/oci/manifest.h"

namespace crrsim {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Type = TarMember::Type;

class ArchiveTest : public testing::Test {
 protected:
  Result<ImageContent, ImageError> Load(const std::string& bytes,
                                        const std::optional<std::string>& reference = std::nullopt) {
    return LoadDockerArchive(folder_.Write("image.tar", bytes), reference);
  }
  ImageContent MustLoad(const std::string& bytes, const std::optional<std::string>& reference = std::nullopt) {
    auto image = Load(bytes, reference);
    if (!image) throw Defect(image.error().message);
    return *std::move(image);
  }
  std::string ErrorOf(const std::string& bytes, const std::optional<std::string>& reference = std::nullopt) {
    const auto image = Load(bytes, reference);
    if (image) return "no error";
    auto message = image.error().message;
    const auto path = folder_.PathOf("image.tar");
    for (auto place = message.find(path); place != std::string::npos; place = message.find(path)) {
      message.replace(place, path.size(), "ARCHIVE");
    }
    return message;
  }

  ScratchFolder folder_;
};

std::string ConfigOver(const std::vector<std::string>& layers) {
  std::vector<std::string> ids;
  for (const auto& layer : layers) ids.push_back(fmt::format("\"{}\"", Digest::Of(layer).text()));
  return fmt::format(R"({{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":[{}]}}}})",
                     fmt::join(ids, ","));
}

std::string ManifestJson(const std::string& config, const std::string& layers, const std::string& tags = "null") {
  return fmt::format(R"([{{"Config":"{}","RepoTags":{},"Layers":{}}}])", config, tags, layers);
}

/// What docker save wrote before 25: folders by image id, a layer.tar in each.
std::vector<TarMember> OldDockerSave() {
  return {{.name = "one/", .type = Type::kFolder},
          {.name = "one/VERSION", .bytes = "1.0"},
          {.name = "one/layer.tar", .bytes = "layer one"},
          {.name = "two/layer.tar", .bytes = "layer two"},
          {.name = "config.json", .bytes = ConfigOver({"layer one", "layer two"})},
          {.name = "manifest.json",
           .bytes = ManifestJson("config.json", R"(["one/layer.tar","two/layer.tar"])", R"(["shop/api:1"])")},
          {.name = "repositories", .bytes = "{}"}};
}

void Replace(std::vector<TarMember>& members, const std::string& name, const std::string& bytes) {
  for (auto& member : members) {
    if (member.name == name) member.bytes = bytes;
  }
}

void Remove(std::vector<TarMember>& members, const std::string& name) {
  std::erase_if(members, [&name](const TarMember& member) { return member.name == name; });
}

TEST_F(ArchiveTest, OldDockerSaveGetsASchema2ManifestOverTheLayersAsStored) {
  const auto image = MustLoad(TarOf(OldDockerSave()));
  const auto& root = *image.root;
  EXPECT_EQ(root.media_type, media_type::kDockerManifest);
  EXPECT_EQ(root.config->media_type, media_type::kDockerConfig);
  EXPECT_EQ(root.config->digest, Digest::Of(ConfigOver({"layer one", "layer two"})));
  ASSERT_EQ(root.layers.size(), 2U);
  EXPECT_EQ(root.layers[0].media_type, media_type::kDockerLayer);
  EXPECT_EQ(root.layers[0].digest, Digest::Of("layer one"));
  EXPECT_EQ(root.layers[1].digest, Digest::Of("layer two"));
  EXPECT_EQ(root.layers[1].size, Bytes(9));
  EXPECT_EQ(image.blobs.size(), 3U);
  EXPECT_EQ(*image.blobs[0].bytes, ConfigOver({"layer one", "layer two"}));
  EXPECT_EQ(image.origin, "docker archive " + folder_.PathOf("image.tar") +
                              ", 'shop/api:1': a schema 2 manifest made here over its 2 layers as stored (0 gzip), "
                              "since the archive carries none");
}

TEST_F(ArchiveTest, CompressedArchivesReadTheSame) {
  const auto plain = MustLoad(TarOf(OldDockerSave()));
  for (const auto* filter : {"gzip", "zstd", "xz", "bzip2"}) {
    EXPECT_EQ(MustLoad(TarOf(OldDockerSave(), filter)).root->digest, plain.root->digest) << filter;
  }
}

TEST_F(ArchiveTest, GzipLayersKeepTheirBytesAndSayGzip) {
  auto members = OldDockerSave();
  const auto gzip = Compressed("layer two", "gzip");
  Replace(members, "two/layer.tar", gzip);
  const auto image = MustLoad(TarOf(members));
  EXPECT_EQ(image.root->layers.at(0).media_type, media_type::kDockerLayer);
  EXPECT_EQ(image.root->layers.at(1).media_type, media_type::kDockerLayerGzip);
  EXPECT_EQ(image.root->layers.at(1).digest, Digest::Of(gzip));
  EXPECT_THAT(image.origin, HasSubstr("(1 gzip)"));
}

TEST_F(ArchiveTest, CompressionWithoutDockerTypeIsRefused) {
  for (const auto* filter : {"zstd", "xz", "bzip2", "lz4"}) {
    auto members = OldDockerSave();
    Replace(members, "two/layer.tar", Compressed("layer two", filter));
    EXPECT_THAT(ErrorOf(TarOf(members)), HasSubstr("layer two/layer.tar has a compression for which Docker's media "
                                                   "types have no name"))
        << filter;
  }
}

TEST_F(ArchiveTest, LinkedLayersAreFollowed) {
  for (const auto& target : {TarMember{"two/layer.tar", "../one/layer.tar", Type::kSymlink},
                             TarMember{"two/layer.tar", "one/layer.tar", Type::kHardlink},
                             TarMember{"two/layer.tar", "../hop", Type::kSymlink}}) {
    auto members = OldDockerSave();
    Remove(members, "two/layer.tar");
    members.push_back(target);
    members.push_back({"hop", "./one/../one/layer.tar", Type::kSymlink});
    Replace(members, "config.json", ConfigOver({"layer one", "layer one"}));
    const auto image = MustLoad(TarOf(members));
    EXPECT_EQ(image.root->layers.size(), 2U);
    EXPECT_EQ(image.blobs.size(), 2U) << "one blob, however often";
  }
}

TEST_F(ArchiveTest, LinksThatLeadNowhereOrInCirclesAreMissingFiles) {
  auto members = OldDockerSave();
  Remove(members, "two/layer.tar");
  members.push_back({"two/layer.tar", "../three/layer.tar", Type::kSymlink});
  EXPECT_EQ(ErrorOf(TarOf(members)), "ARCHIVE: two/layer.tar is missing");
  members.push_back({"three/layer.tar", "../two/layer.tar", Type::kSymlink});
  EXPECT_EQ(ErrorOf(TarOf(members)), "ARCHIVE: two/layer.tar is missing");
}

TEST_F(ArchiveTest, TagChoosesAmongImages) {
  auto members = OldDockerSave();
  members.push_back({.name = "other.json", .bytes = ConfigOver({"layer two"})});
  Replace(
      members, "manifest.json",
      R"([{"Config":"config.json","RepoTags":["shop/api:1","shop/api:latest"],"Layers":["one/layer.tar","two/layer.tar"]},)"
      R"({"Config":"other.json","RepoTags":null,"Layers":["two/layer.tar"]},)"
      R"({"Config":"other.json","RepoTags":["shop/web:1"],"Layers":["two/layer.tar"]}])");
  const auto bytes = TarOf(members);
  EXPECT_EQ(MustLoad(bytes, "shop/api:latest").root->layers.size(), 2U);
  EXPECT_EQ(MustLoad(bytes, "shop/web:1").root->layers.size(), 1U);
  const std::string all = "'shop/api:1', 'shop/api:latest', other.json (without a tag), 'shop/web:1'";
  EXPECT_EQ(ErrorOf(bytes), "ARCHIVE holds 3 images: " + all + "; choose one as ARCHIVE:REPOSITORY:TAG");
  EXPECT_EQ(ErrorOf(bytes, "shop/api"), "ARCHIVE holds no image 'shop/api'; it holds " + all);
}

TEST_F(ArchiveTest, WrongTagOfTheOnlyImageIsAnError) {
  EXPECT_EQ(ErrorOf(TarOf(OldDockerSave()), "shop/web:1"),
            "ARCHIVE holds no image 'shop/web:1'; it holds 'shop/api:1'");
}

TEST_F(ArchiveTest, OwnIndexGoesFirst) {
  LayoutFiles layout;
  const auto descriptor = layout.AddImage("{}", {"layer one"}, Named("1"));
  layout.List({descriptor});
  auto members = layout.Members();
  EXPECT_EQ(MustLoad(TarOf(members)).origin, "OCI archive " + folder_.PathOf("image.tar"));
  members.push_back({.name = "manifest.json",
                     .bytes = ManifestJson(LayoutFiles::BlobPath("{}"),
                                           fmt::format(R"(["{}"])", LayoutFiles::BlobPath("layer one")))});
  const auto image = MustLoad(TarOf(members));
  EXPECT_EQ(image.root->digest, DigestIn(descriptor));
  EXPECT_EQ(image.root->media_type, media_type::kOciManifest);
  EXPECT_EQ(image.origin, "docker archive with an index.json of its own, " + folder_.PathOf("image.tar"));
  EXPECT_EQ(MustLoad(TarOf(members), "1").root->digest, DigestIn(descriptor));
}

TEST_F(ArchiveTest, Sha512LayoutIsReadFromAnArchive) {
  LayoutFiles layout;
  const auto sha512 = DigestAlgorithm::kSha512;
  const auto text = fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[]}})",
                                media_type::kOciManifest, layout.AddBlob(media_type::kOciConfig, "{}", "", sha512));
  layout.List({layout.AddBlob(media_type::kOciManifest, text, "", sha512)});
  EXPECT_EQ(MustLoad(TarOf(layout.Members())).root->digest, Digest::Of(text, sha512));
}

TEST_F(ArchiveTest, IndexWithoutTheContentOfAllPlatformsNamesTheCompleteOne) {
  LayoutFiles layout;
  const auto amd64 = layout.AddImage("{\"a\":1}", {"amd64"});
  const auto arm64 = layout.AddImage("{\"a\":2}", {"arm64"});
  layout.List({layout.AddIndex({amd64, arm64}, Named("1"))});
  layout.files.erase("blobs/sha256/" + DigestIn(arm64).hex());
  EXPECT_THAT(ErrorOf(TarOf(layout.Members())), HasSubstr("to be chosen as ARCHIVE:DIGEST: " + DigestIn(amd64).text()));
  EXPECT_EQ(MustLoad(TarOf(layout.Members()), DigestIn(amd64).text()).root->digest, DigestIn(amd64));
}

TEST_F(ArchiveTest, NamesMayBeginWithADot) {
  auto members = OldDockerSave();
  for (auto& member : members) member.name = "./" + member.name;
  EXPECT_EQ(MustLoad(TarOf(members)).root->layers.size(), 2U);
}

TEST_F(ArchiveTest, DamagedLayerIsFoundByItsDiffId) {
  auto members = OldDockerSave();
  Replace(members, "two/layer.tar", "layer too");
  EXPECT_EQ(ErrorOf(TarOf(members)), "ARCHIVE: layer two/layer.tar is damaged: its bytes have the digest " +
                                         Digest::Of("layer too").text() + ", the config says " +
                                         Digest::Of("layer two").text());
}

TEST_F(ArchiveTest, WhatIsMissingIsNamed) {
  for (const auto* name : {"two/layer.tar", "config.json"}) {
    auto members = OldDockerSave();
    Remove(members, name);
    EXPECT_EQ(ErrorOf(TarOf(members)), fmt::format("ARCHIVE: {} is missing", name));
  }
  auto members = OldDockerSave();
  Remove(members, "manifest.json");
  EXPECT_EQ(ErrorOf(TarOf(members)),
            "ARCHIVE is an archive with neither index.json nor manifest.json at its top; it holds config.json, "
            "one/VERSION, one/layer.tar and 2 more files");
  EXPECT_EQ(ErrorOf(TarOf({{.name = "a/", .type = Type::kFolder}})), "ARCHIVE is an archive without files");
}

TEST_F(ArchiveTest, MalformedDocumentsAreNamed) {
  const auto with = [this](const std::string& name, const std::string& bytes) {
    auto members = OldDockerSave();
    Replace(members, name, bytes);
    return ErrorOf(TarOf(members));
  };
  const std::string layers = R"(["one/layer.tar","two/layer.tar"])";
  EXPECT_EQ(with("manifest.json", "hello"), "ARCHIVE: manifest.json is not JSON");
  EXPECT_EQ(with("manifest.json", "[{]"), "ARCHIVE: manifest.json: it is not valid JSON");
  EXPECT_EQ(with("manifest.json", "{}"), "ARCHIVE: manifest.json: expected a list of images");
  EXPECT_EQ(with("manifest.json", "[]"), "ARCHIVE: manifest.json: expected a list of images");
  EXPECT_EQ(with("manifest.json", "[1]"), "ARCHIVE: manifest.json: expected objects with Config, RepoTags and Layers");
  EXPECT_EQ(with("manifest.json", "[{}]"), "ARCHIVE: manifest.json: Config is missing");
  EXPECT_EQ(with("manifest.json", ManifestJson("config.json", "[1]")),
            "ARCHIVE: manifest.json: Layers is no list of paths");
  EXPECT_EQ(with("manifest.json", ManifestJson("config.json", layers, "\"shop/api:1\"")),
            "ARCHIVE: manifest.json: RepoTags is no list of names");
  EXPECT_EQ(with("manifest.json", ManifestJson("config.json", R"(["one/layer.tar"])")),
            "ARCHIVE: config.json: names 2 layers, but manifest.json 1");
  EXPECT_EQ(with("manifest.json", ManifestJson("../../etc/passwd", layers)), "ARCHIVE: ../../etc/passwd is missing");
  EXPECT_EQ(with("manifest.json", std::string(100'000, '[') + std::string(100'000, ']')),
            "ARCHIVE: manifest.json: it is nested deeper than 64 levels");
  EXPECT_EQ(with("config.json", "x"), "ARCHIVE: config.json: is no image config: not JSON, or over 4 MiB");
  EXPECT_EQ(with("config.json", "{"), "ARCHIVE: config.json: is no image config: it is not valid JSON");
  EXPECT_EQ(with("config.json", "{}"), "ARCHIVE: config.json: is no image config: rootfs is missing");
  EXPECT_EQ(with("config.json", R"({"rootfs":{"diff_ids":[1,2]}})"),
            "ARCHIVE: config.json: rootfs.diff_ids is no list of digests");
  EXPECT_THAT(with("config.json", R"({"rootfs":{"diff_ids":["a","b"]}})"),
              StartsWith("ARCHIVE: config.json: rootfs.diff_ids: 'a' is not a digest"));
}

TEST_F(ArchiveTest, ImageWithoutLayersIsAnImage) {
  const auto image = MustLoad(TarOf({{.name = "config.json", .bytes = ConfigOver({})},
                                     {.name = "manifest.json", .bytes = ManifestJson("config.json", "null")}}));
  EXPECT_EQ(image.root->layers.size(), 0U);
  EXPECT_EQ(image.blobs.size(), 1U);
  EXPECT_THAT(image.origin, HasSubstr("config.json (without a tag)"));
}

TEST_F(ArchiveTest, WhatIsNoArchiveIsRefused) {
  EXPECT_THAT(ErrorOf("hello"), StartsWith("ARCHIVE: cannot be read as a tar archive: "));
  EXPECT_THAT(ErrorOf(std::string(10'000, 'x')), StartsWith("ARCHIVE: cannot be read as a tar archive: "));
  EXPECT_THAT(ErrorOf(Compressed("hello", "gzip")), StartsWith("ARCHIVE: cannot be read as a tar archive: "));
  EXPECT_THAT(ErrorOf(""), StartsWith("ARCHIVE"));
  const auto folder = LoadDockerArchive(folder_.path(), std::nullopt);
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.error().message, folder_.path() + " is not a file");
}

TEST_F(ArchiveTest, TruncatedArchivesAreRefusedWhereverTheyEnd) {
  for (const std::string filter : {"", "gzip", "zstd"}) {
    auto members = OldDockerSave();
    // The manifest comes last, so that no truncated archive can have it.
    std::rotate(members.begin() + 5, members.begin() + 6, members.end());
    const auto bytes = TarOf(members, filter);
    const auto step = bytes.size() / 40 + 1;
    // A tar ends in two empty blocks, which readers do not insist on.
    const auto longest = filter.empty() ? bytes.size() - 1'600 : bytes.size() - 10;
    for (std::size_t length = 0; length < longest; length += step) {
      EXPECT_NE(ErrorOf(bytes.substr(0, length)), "no error") << filter << " " << length;
    }
  }
}

TEST_F(ArchiveTest, DamageAnywhereGivesAnErrorOrTheSameLayers) {
  const auto sound = TarOf(OldDockerSave());
  const auto layers = MustLoad(sound).root->layers;
  for (std::size_t i = 0; i < sound.size(); i += 37) {
    auto bytes = sound;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x55);
    const auto image = Load(bytes);
    // Padding and members that nothing names may change; layers are guarded by their diff_ids.
    EXPECT_TRUE(!image || image->root->layers == layers) << i;
  }
}

TEST_F(ArchiveTest, NamesThatLeadOutAreRefused) {
  for (const auto* name : {"../evil", "a/../../evil", "/etc/passwd", "..", "a/../b"}) {
    auto members = OldDockerSave();
    members.push_back({.name = name, .bytes = "x"});
    EXPECT_EQ(ErrorOf(TarOf(members)),
              fmt::format("ARCHIVE: holds the member '{}', whose name leads out of the archive", name));
  }
  for (const auto& link :
       {TarMember{"one/link", "../../evil", Type::kSymlink}, TarMember{"link", "/etc/passwd", Type::kSymlink},
        TarMember{"link", "../evil", Type::kHardlink}}) {
    auto members = OldDockerSave();
    members.push_back(link);
    EXPECT_EQ(
        ErrorOf(TarOf(members)),
        fmt::format("ARCHIVE: holds the link '{}' to '{}', which leads out of the archive", link.name, link.bytes));
  }
  auto members = OldDockerSave();
  members.push_back({.name = std::string(2'000, 'n'), .bytes = "x"});
  EXPECT_THAT(ErrorOf(TarOf(members)), StartsWith("ARCHIVE: holds a member named 'nnn"));
}

TEST_F(ArchiveTest, NameTwiceIsRefusedUnlessTheContentIsTheSame) {
  auto members = OldDockerSave();
  members.push_back({.name = "one/layer.tar", .bytes = "layer one"});
  EXPECT_EQ(MustLoad(TarOf(members)).root->layers.size(), 2U);
  const std::string refused = "ARCHIVE: holds 'one/layer.tar' twice, with different content";
  members.back().bytes = "layer won";
  EXPECT_EQ(ErrorOf(TarOf(members)), refused);
  members.back() = {"one/layer.tar", "two/layer.tar", Type::kHardlink};
  EXPECT_EQ(ErrorOf(TarOf(members)), refused);
}

TEST_F(ArchiveTest, MembersThatAreNoFilesAreLeftAlone) {
  auto members = OldDockerSave();
  members.push_back({.name = "pipe", .type = Type::kPipe});
  EXPECT_EQ(MustLoad(TarOf(members)).root->layers.size(), 2U);
  Replace(members, "manifest.json", ManifestJson("config.json", R"(["one/layer.tar","pipe"])"));
  EXPECT_EQ(ErrorOf(TarOf(members)), "ARCHIVE: pipe is missing");
}

/// A tar header with this size, and no bytes behind it.
std::string HeaderClaiming(std::uint64_t size) {
  auto bytes = TarOf({{.name = "layer.tar", .bytes = "x"}});
  // The size field in base 256, as GNU tar writes what octal digits cannot hold.
  std::string field(12, '\0');
  field[0] = '\x80';
  for (std::size_t i = 0; i < 8; ++i) field[11 - i] = static_cast<char>(size >> (8 * i));
  bytes.replace(124, 12, field);
  bytes.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(bytes[i]);
  bytes.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return bytes;
}

TEST_F(ArchiveTest, ClaimedHugeSizesAreRefusedBeforeReading) {
  const auto refused = "ARCHIVE: 'layer.tar' is larger than 52000MiB, the most that a layer may have";
  EXPECT_EQ(ErrorOf(HeaderClaiming(ArchiveSource::kMemberSizeMax + 1)), refused);
  EXPECT_EQ(ErrorOf(HeaderClaiming(1ULL << 60)), refused);
  EXPECT_THAT(ErrorOf(HeaderClaiming(1ULL << 30)), StartsWith("ARCHIVE: cannot be read as a tar archive: "))
      << "within the bound, but the bytes are not there";
}

TEST_F(ArchiveTest, TooManyMembersAreRefused) {
  std::vector<TarMember> members;
  for (std::size_t i = 0; i <= ArchiveSource::kMembersMax; ++i) members.push_back({.name = std::to_string(i)});
  EXPECT_EQ(ErrorOf(TarOf(members, "zstd")), "ARCHIVE: holds more than 65536 members");
}

TEST_F(ArchiveTest, TooMuchJsonIsRefused) {
  auto members = OldDockerSave();
  for (int i = 0; i < 17; ++i) {
    members.push_back({.name = "big" + std::to_string(i), .bytes = "{" + std::string(4'000'000, ' ') + "}"});
  }
  EXPECT_EQ(ErrorOf(TarOf(members, "zstd")), "ARCHIVE: holds more than 64MiB of JSON");
}

}  // namespace
}  // namespace crrsim
