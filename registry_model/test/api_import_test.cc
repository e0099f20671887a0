// What the pull-through cache brings, and the quota of images on it. Source  ecr-replication.md 2.1 (14), 2.6 (2), 8.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Content;
using api_test::ImageText;
using api_test::IndexText;
using api_test::Parsed;
using api_test::Tagged;
using testing::HasSubstr;

class ImportTest : public testing::Test {
 protected:
  ImportTest() { bench_.Create("cache/app"); }
  [[nodiscard]] ImportUpstreamImageRequest ImportOf(const std::string& tag, std::vector<ManifestPtr> manifests) const {
    return {std::nullopt, "cache/app", tag, std::move(manifests), {config_, layer_}};
  }
  [[nodiscard]] std::size_t images() const { return bench_.repository("cache/app").images.size(); }

  ApiBench bench_;
  Blob config_ = Content("config");
  Blob layer_ = Content("layer");
  ManifestPtr one_ = Parsed(ImageText({config_, layer_}, "1"));
  ManifestPtr two_ = Parsed(ImageText({config_, layer_}, "2"));
  ManifestPtr index_ = Parsed(IndexText({one_, two_}));
};

TEST_F(ImportTest, TheQuotaOfImagesCountsEveryImageThatAnImportAdds) {
  bench_.options.images_max = 2;
  EXPECT_THAT(bench_.ExpectRefusal(ImportOf("all", {one_, two_, index_}), "LimitExceededException"),
              HasSubstr("already holds 0 images"));
  bench_.options.images_max = 3;
  EXPECT_TRUE(bench_.Call(ImportOf("all", {one_, two_, index_})).ok());
  EXPECT_EQ(images(), 3U);
}

TEST_F(ImportTest, WhatIsThereAlreadyCountsOnce) {
  bench_.options.images_max = 3;
  ASSERT_TRUE(bench_.Call(ImportOf("1", {one_})).ok());
  EXPECT_TRUE(bench_.Call(ImportOf("all", {one_, two_, index_})).ok());
  EXPECT_EQ(images(), 3U);
  EXPECT_TRUE(bench_.Call(ImportOf("two", {two_})).ok()) << "a further tag is no further image";
  const auto three = Parsed(ImageText({config_, layer_}, "3"));
  EXPECT_THAT(bench_.ExpectRefusal(ImportOf("3", {three}), "LimitExceededException"),
              HasSubstr("already holds 3 images"));
  EXPECT_TRUE(bench_.Call(ImportOf("1", {three})).ok()) << "what is cached is left alone and adds nothing";
  EXPECT_EQ(bench_.repository("cache/app").FindImage(Tagged("1"))->manifest->digest, one_->digest);
}

}  // namespace
}  // namespace crrsim
