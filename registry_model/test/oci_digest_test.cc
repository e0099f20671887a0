#include "registry_model/oci/digest.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "registry_model/oci/blob.h"

namespace crrsim {
namespace {

constexpr auto kEmptySha256 = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr auto kAbcSha512 =
    "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

TEST(DigestTest, PublishedVectorsHold) {
  EXPECT_EQ(Digest::Of("").text(), kEmptySha256);
  EXPECT_EQ(Digest::Of("abc").text(), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Digest::Of("abc", DigestAlgorithm::kSha512).text(), kAbcSha512);
}

TEST(DigestTest, TextFormReadsBack) {
  for (const auto* text : {kEmptySha256, kAbcSha512}) {
    const auto digest = Digest::Parse(text);
    ASSERT_TRUE(digest.ok()) << text;
    EXPECT_EQ(digest->text(), text);
    EXPECT_EQ(Digest::FromRaw(digest->algorithm(), digest->raw()), *digest);
  }
}

TEST(DigestTest, OrderIsThatOfTheHexadecimalDigits) {
  const auto of = [](const char* begin) {
    return *Digest::Parse(fmt::format("sha256:{}{}", begin, std::string(60, '0')));
  };
  EXPECT_LT(of("7fff"), of("8000")) << "whether a char is signed is the machine's business";
  EXPECT_LT(of("0001"), of("ff00"));
  EXPECT_LT(of("ff00"), of("ffff"));
  EXPECT_EQ(of("ff00") <=> of("ff00"), std::strong_ordering::equal);
}

TEST(DigestTest, ADigestThatBeginsAnotherComesFirst) {
  const std::string begin(32, '\x80');
  const auto shorter = Digest::FromRaw(DigestAlgorithm::kSha256, begin);
  const auto longer = Digest::FromRaw(DigestAlgorithm::kSha512, begin + std::string(32, '\0'));
  EXPECT_LT(shorter, longer);
  EXPECT_NE(shorter, longer);
  EXPECT_LT(longer, Digest::FromRaw(DigestAlgorithm::kSha256, std::string(32, '\x81')));
  EXPECT_LT(Digest::FromRaw(DigestAlgorithm::kSha512, std::string(64, '\x7f')), shorter);
}

TEST(DigestTest, ThreadsShareWhatIsKeptOfASha512) {
  std::vector<std::vector<Digest>> made(4);
  std::vector<std::thread> threads;
  for (auto& own : made) {
    threads.emplace_back([&own] {
      for (int i = 0; i < 500; ++i) own.push_back(Digest::Of(fmt::format("{}", i), DigestAlgorithm::kSha512));
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& own : made) EXPECT_EQ(own, made.front());
  EXPECT_EQ(made.front().at(7), *Digest::Parse(made.back().at(7).text()));
}

TEST(DigestTest, MalformedTextIsRefused) {
  const std::string hex(64, 'a');
  for (const auto& text :
       {std::string(), std::string("sha256"), std::string("sha256:"), hex, ":" + hex, "sha256:" + hex.substr(1),
        "sha256:" + hex + "a", "sha512:" + hex, "sha384:" + hex + hex, "SHA256:" + hex,
        "sha256:" + std::string(64, 'A'), "sha256:" + hex.substr(1) + "g", "sha256:g" + hex.substr(1),
        "sha256:" + hex.substr(1) + " ", " sha256:" + hex, "sha256:" + hex.substr(1) + std::string(1, '\0'),
        "sha256::" + hex.substr(1), "sha256:" + hex.substr(1) + "\xff"}) {
    EXPECT_FALSE(Digest::Parse(text).ok()) << text;
  }
}

TEST(DigestTest, PiecesGiveTheDigestOfTheWhole) {
  for (const auto algorithm : {DigestAlgorithm::kSha256, DigestAlgorithm::kSha512}) {
    DigestBuilder builder(algorithm);
    builder.Add("a");
    builder.Add("");
    builder.Add("bc");
    EXPECT_EQ(builder.Finish(), Digest::Of("abc", algorithm));
  }
}

TEST(DigestTest, AlgorithmsNeverMeet) { EXPECT_NE(Digest::Of("abc"), Digest::Of("abc", DigestAlgorithm::kSha512)); }

TEST(DigestTest, SavedDigestIsLoaded) {
  for (const auto algorithm : {DigestAlgorithm::kSha256, DigestAlgorithm::kSha512}) {
    Writer writer;
    writer.Put(Digest::Of("abc", algorithm));
    Reader reader(writer.bytes());
    EXPECT_EQ(reader.Get<Digest>(), Digest::Of("abc", algorithm));
    EXPECT_TRUE(reader.at_end());
  }
  Reader unknown(std::string_view("\x02", 1));
  EXPECT_THROW(unknown.Get<Digest>(), ArchiveError);
}

TEST(BlobTest, SizeAndDigestComeFromTheBytes) {
  const auto blob = BlobOf("abc");
  EXPECT_EQ(blob.digest, Digest::Of("abc"));
  EXPECT_EQ(blob.size, Bytes(3));
  EXPECT_EQ(*blob.bytes, "abc");
  EXPECT_EQ(BlobOf("").digest.text(), kEmptySha256);
}

}  // namespace
}  // namespace crrsim
