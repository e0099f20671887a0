// Fetching, listing, describing and deleting images. Source  ecr-replication.md 10.2.
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

class ImagesTest : public testing::Test {
 protected:
  ImagesTest() { bench_.Create("team/api"); }

  ManifestPtr PushIndex(const std::vector<ManifestPtr>& children, const std::string& tag) {
    const auto text = IndexText(children);
    EXPECT_TRUE(bench_.Call(PutOf("team/api", text, tag)).ok());
    return Parsed(text);
  }
  template <class Request>
  static Request About(std::vector<ImageIdentifier> ids) {
    Request request;
    request.repository_name = "team/api";
    request.image_ids = std::move(ids);
    return request;
  }
  BatchDeleteImageResponse Delete(std::vector<ImageIdentifier> ids) {
    return bench_.Call(About<BatchDeleteImageRequest>(std::move(ids))).value();
  }
  const Repository& repository() { return bench_.repository("team/api"); }

  ApiBench bench_;
};

ImageIdentifier ByTag(const std::string& tag) { return {std::nullopt, tag}; }
ImageIdentifier ByDigest(const ManifestPtr& image) { return {image->digest.text(), std::nullopt}; }
ImageIdentifier ByBoth(const ManifestPtr& image, const std::string& tag) { return {image->digest.text(), tag}; }

// ---- BatchGetImage --------------------------------------------------------------------------------------------------

TEST_F(ImagesTest, AreFetchedByTagByDigestOrBoth) {
  const auto image = bench_.Push("team/api", "one", "v1");
  bench_.now += Hours(1);
  const auto answer = bench_.Call(About<BatchGetImageRequest>({ByTag("v1"), ByDigest(image), ByBoth(image, "v1")}));
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->images.size(), 3U);
  EXPECT_THAT(answer->failures, IsEmpty());
  EXPECT_EQ(answer->images[0].image_id, ByBoth(image, "v1"));
  EXPECT_EQ(answer->images[1].image_id, ByDigest(image)) << "the tag only where it was asked for";
  EXPECT_EQ(answer->images[2].image_manifest.view(), image->bytes);
  EXPECT_EQ(answer->images[2].image_manifest_media_type, image->media_type);
  EXPECT_EQ(repository().FindImage(image->digest)->pulled_at, bench_.now);
  EXPECT_EQ(bench_.LastEvent<ImagePulled>(), (ImagePulled{kHome, Named("team/api"), image->digest, Tagged("v1")}));
}

TEST_F(ImagesTest, WhatCannotBeFetchedFailsByItself) {
  const auto one = bench_.Push("team/api", "one", "v1");
  const auto two = bench_.Push("team/api", "two", "v2");
  const auto answer = bench_.Call(About<BatchGetImageRequest>({{},
                                                               ByTag("v9"),
                                                               {"sha256", std::nullopt},
                                                               ByTag("not a tag"),
                                                               ByBoth(two, "v1"),
                                                               ByBoth(one, "v9"),
                                                               ByTag("v2"),
                                                               {"md5:AF", std::nullopt}}));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->images.size(), 1U);
  std::vector<std::string> codes;
  std::vector<std::string> reasons;
  for (const auto& failure : answer->failures) {
    codes.push_back(failure.failure_code);
    reasons.push_back(failure.failure_reason);
  }
  EXPECT_THAT(codes, ElementsAre("MissingDigestAndTag", "ImageNotFound", "InvalidImageDigest", "InvalidImageTag",
                                 "ImageTagDoesNotMatchDigest", "ImageNotFound", "ImageNotFound"));
  EXPECT_EQ(reasons[0], "Invalid request parameters: both tag and digest cannot be null");
  EXPECT_EQ(reasons[1], "Requested image not found");
  EXPECT_EQ(reasons[2],
            "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
  EXPECT_EQ(answer->failures[1].image_id, ByTag("v9"));
}

TEST_F(ImagesTest, AFetchTakesOneToAHundredIdentifiers) {
  bench_.Push("team/api", "one", "v1");
  const auto ids = [](std::size_t count) { return std::vector<ImageIdentifier>(count, ByTag("v1")); };
  EXPECT_TRUE(bench_.Call(About<BatchGetImageRequest>(ids(100))).ok());
  EXPECT_THAT(bench_.ExpectRefusal(About<BatchGetImageRequest>(ids(101)), "InvalidParameterException"),
              HasSubstr("'imageIds'"));
  bench_.ExpectRefusal(About<BatchGetImageRequest>({}), "InvalidParameterException");
  auto request = About<BatchGetImageRequest>(ids(1));
  request.accepted_media_types.emplace(100, "text/plain");
  EXPECT_EQ(bench_.Call(request)->images.size(), 1U) << "given as stored";
  request.accepted_media_types.emplace(101, "text/plain");
  bench_.ExpectRefusal(request, "InvalidParameterException");
  request.accepted_media_types.emplace();
  bench_.ExpectRefusal(request, "InvalidParameterException");
  request.accepted_media_types.reset();
  request.repository_name = "team/web";
  bench_.ExpectRefusal(request, "RepositoryNotFoundException");
}

// ---- ListImages -----------------------------------------------------------------------------------------------------

TEST_F(ImagesTest, AListHasOneEntryATagAndOneForAnUntaggedImage) {
  const auto one = bench_.Push("team/api", "one", "v1");
  ASSERT_TRUE(bench_.Call(PutOf("team/api", one->bytes, "latest")).ok());
  const auto two = bench_.Push("team/api", "two");
  ListImagesRequest request;
  request.repository_name = "team/api";
  const auto listed = [&](const char* status) {
    request.filter = ImageFilter{status, std::nullopt};
    return bench_.Call(request)->image_ids;
  };
  EXPECT_THAT(listed("ANY"), testing::UnorderedElementsAre(ByBoth(one, "latest"), ByBoth(one, "v1"), ByDigest(two)));
  EXPECT_THAT(listed("TAGGED"), ElementsAre(ByBoth(one, "latest"), ByBoth(one, "v1")));
  EXPECT_THAT(listed("UNTAGGED"), ElementsAre(ByDigest(two)));
  EXPECT_THAT(listed("TAGGED"), testing::SizeIs(2));
  request.filter = ImageFilter{"tagged", std::nullopt};
  EXPECT_THAT(bench_.ExpectRefusal(request, "InvalidParameterException"), HasSubstr("did you mean 'TAGGED'?"));
}

TEST_F(ImagesTest, NoImageIsArchived) {
  bench_.Push("team/api", "one", "v1");
  ListImagesRequest request;
  request.repository_name = "team/api";
  for (const auto& [status, count] : {std::pair{"ACTIVE", 1U}, {"ANY", 1U}, {"ARCHIVED", 0U}, {"ACTIVATING", 0U}}) {
    request.filter = ImageFilter{std::nullopt, status};
    EXPECT_EQ(bench_.Call(request)->image_ids.size(), count) << status;
  }
  request.filter = ImageFilter{std::nullopt, "GONE"};
  bench_.ExpectRefusal(request, "InvalidParameterException");
}

TEST_F(ImagesTest, PagesOfAListShowEveryEntryOnce) {
  for (int i = 0; i < 4; ++i) {
    const auto image = bench_.Push("team/api", fmt::format("image {}", i));
    for (int tag = 0; tag < i; ++tag) {
      ASSERT_TRUE(bench_.Call(PutOf("team/api", image->bytes, fmt::format("t{}-{}", i, tag))).ok());
    }
  }
  ListImagesRequest request;
  request.repository_name = "team/api";
  const auto whole = bench_.Call(request)->image_ids;
  EXPECT_EQ(whole.size(), 1U + 1 + 2 + 3);
  for (const std::int64_t size : {1, 2, 3, 6, 7, 8}) {
    request.max_results = size;
    request.next_token.reset();
    std::vector<ImageIdentifier> gathered;
    do {
      const auto page = bench_.Call(request);
      ASSERT_TRUE(page.ok()) << page.error().message;
      ASSERT_LE(page->image_ids.size(), static_cast<std::size_t>(size));
      ASSERT_FALSE(page->image_ids.empty());
      gathered.insert(gathered.end(), page->image_ids.begin(), page->image_ids.end());
      request.next_token = page->next_token;
    } while (request.next_token);
    EXPECT_EQ(gathered, whole) << size;
  }
}

TEST_F(ImagesTest, ATokenIsGoodForItsListOnly) {
  bench_.Create("team/web");
  for (const auto* image : {"one", "two"}) bench_.Push("team/api", image);
  ListImagesRequest request;
  request.repository_name = "team/api";
  request.max_results = 1;
  const auto token = bench_.Call(request)->next_token;
  ASSERT_TRUE(token.has_value());
  request.next_token = token;
  EXPECT_TRUE(bench_.Call(request).ok());
  request.repository_name = "team/web";
  EXPECT_THAT(bench_.ExpectRefusal(request, "InvalidParameterException"),
              StartsWith("Invalid parameter at 'nextToken'"));
  DescribeImagesRequest describe;
  describe.repository_name = "team/api";
  describe.next_token = token;
  bench_.ExpectRefusal(describe, "InvalidParameterException");
  request.repository_name = "team/api";
  for (const auto* broken : {"", "AAAA", "no base64!", "e30="}) {
    request.next_token = broken;
    bench_.ExpectRefusal(request, "InvalidParameterException");
  }
}

TEST_F(ImagesTest, APageHasOneToAThousandEntries) {
  ListImagesRequest request;
  request.repository_name = "team/api";
  for (const auto& [size, sound] : {std::pair{0, false}, {1, true}, {1000, true}, {1001, false}, {-1, false}}) {
    request.max_results = size;
    EXPECT_EQ(bench_.Call(request).ok(), sound) << size;
  }
}

TEST_F(ImagesTest, WithoutMaxResultsAPageHasAHundred) {
  const auto image = bench_.Push("team/api", "one");
  for (int i = 0; i < 101; ++i) ASSERT_TRUE(bench_.Call(PutOf("team/api", image->bytes, fmt::format("t{}", i))).ok());
  ListImagesRequest request;
  request.repository_name = "team/api";
  const auto page = bench_.Call(request);
  EXPECT_EQ(page->image_ids.size(), 100U);
  EXPECT_TRUE(page->next_token.has_value());
}

// ---- DescribeImages -------------------------------------------------------------------------------------------------

TEST_F(ImagesTest, ADescriptionSaysWhatIsKnown) {
  const auto image = bench_.Push("team/api", "one", "v1");
  ASSERT_TRUE(bench_.Call(PutOf("team/api", image->bytes, "latest")).ok());
  auto request = About<DescribeImagesRequest>({ByTag("v1")});
  const auto answer = bench_.Call(request);
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->image_details.size(), 1U);
  const auto& detail = answer->image_details[0];
  EXPECT_EQ(detail.registry_id, "111122223333");
  EXPECT_EQ(detail.repository_name, "team/api");
  EXPECT_EQ(detail.image_digest, image->digest.text());
  EXPECT_THAT(*detail.image_tags, ElementsAre("latest", "v1"));
  EXPECT_EQ(detail.image_size_in_bytes, image->blob_bytes.bytes());
  EXPECT_EQ(detail.image_pushed_at, bench_.now);
  EXPECT_EQ(detail.image_manifest_media_type, media_type::kOciManifest);
  EXPECT_EQ(detail.artifact_media_type, media_type::kOciConfig);
  EXPECT_EQ(detail.image_status, "ACTIVE");
  EXPECT_EQ(detail.last_recorded_pull_time, std::nullopt);
  EXPECT_EQ(detail.subject_manifest_digest, std::nullopt);
  bench_.now += Hours(2);
  ASSERT_TRUE(bench_.Call(About<BatchGetImageRequest>({ByTag("v1")})).ok());
  EXPECT_EQ(bench_.Call(request)->image_details[0].last_recorded_pull_time, bench_.now);
  EXPECT_EQ(bench_.Call(request)->image_details[0].image_pushed_at, bench_.now - Hours(2));
}

TEST_F(ImagesTest, AnIndexIsAsLargeAsTheLargestOfItsManifests) {
  const auto small = bench_.Push("team/api", "s");
  const auto large = bench_.Push("team/api", "a much longer name");
  ASSERT_LT(small->blob_bytes, large->blob_bytes);
  const auto inner = PushIndex({small, large}, "inner");
  PushIndex({inner, small}, "outer");
  for (const auto* tag : {"inner", "outer"}) {
    const auto answer = bench_.Call(About<DescribeImagesRequest>({ByTag(tag)}));
    EXPECT_EQ(answer->image_details.at(0).image_size_in_bytes, large->blob_bytes.bytes()) << tag;
    EXPECT_EQ(answer->image_details.at(0).artifact_media_type, std::nullopt);
  }
}

TEST_F(ImagesTest, AnUntaggedImageHasNoTagsAndAnImageAskedTwiceIsShownOnce) {
  const auto image = bench_.Push("team/api", "one");
  const auto answer = bench_.Call(About<DescribeImagesRequest>({ByDigest(image), ByDigest(image)}));
  ASSERT_EQ(answer->image_details.size(), 1U);
  EXPECT_EQ(answer->image_details[0].image_tags, std::nullopt);
}

TEST_F(ImagesTest, DescribingAnUnknownImageFailsAsAWhole) {
  const auto image = bench_.Push("team/api", "one", "v1");
  EXPECT_EQ(bench_.ExpectRefusal(About<DescribeImagesRequest>({ByTag("v1"), ByTag("v9")}), "ImageNotFoundException"),
            "The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the repository with name "
            "'team/api' in the registry with id '111122223333'");
  bench_.Push("team/api", "two", "v2");
  bench_.ExpectRefusal(About<DescribeImagesRequest>({ByBoth(image, "v2")}), "ImageNotFoundException");
  bench_.ExpectRefusal(About<DescribeImagesRequest>({{}}), "InvalidParameterException");
  bench_.ExpectRefusal(About<DescribeImagesRequest>({{"x", std::nullopt}}), "InvalidParameterException");
  bench_.ExpectRefusal(About<DescribeImagesRequest>({}), "InvalidParameterException");
  bench_.ExpectRefusal(About<DescribeImagesRequest>(std::vector<ImageIdentifier>(101, ByTag("v1"))),
                       "InvalidParameterException");
  auto paged = About<DescribeImagesRequest>({ByTag("v1")});
  paged.max_results = 5;
  EXPECT_THAT(bench_.ExpectRefusal(paged, "InvalidParameterException"), HasSubstr("'maxResults'"));
}

TEST_F(ImagesTest, PagesOfDescriptionsShowEveryImageOnce) {
  for (int i = 0; i < 5; ++i)
    bench_.Push("team/api", fmt::format("image {}", i), i % 2 == 0 ? fmt::format("t{}", i) : "");
  DescribeImagesRequest request;
  request.repository_name = "team/api";
  request.filter = ImageFilter{"TAGGED", std::nullopt};
  request.max_results = 2;
  const auto first = bench_.Call(request);
  ASSERT_EQ(first->image_details.size(), 2U);
  request.next_token = first->next_token;
  const auto second = bench_.Call(request);
  ASSERT_EQ(second->image_details.size(), 1U);
  EXPECT_EQ(second->next_token, std::nullopt);
  EXPECT_NE(second->image_details[0].image_digest, first->image_details[1].image_digest);
}

// ---- BatchDeleteImage -----------------------------------------------------------------------------------------------

TEST_F(ImagesTest, ATagIsTakenOffAndTheLastTakesTheImageAlong) {
  const auto image = bench_.Push("team/api", "one", "v1");
  ASSERT_TRUE(bench_.Call(PutOf("team/api", image->bytes, "v2")).ok());
  EXPECT_THAT(Delete({ByTag("v1")}).image_ids, ElementsAre(ByBoth(image, "v1")));
  EXPECT_NE(repository().FindImage(image->digest), nullptr);
  EXPECT_THAT(Delete({ByBoth(image, "v2")}).image_ids, ElementsAre(ByBoth(image, "v2")));
  EXPECT_EQ(repository().FindImage(image->digest), nullptr);
  EXPECT_EQ(repository().stored_bytes, ByteCount());
}

TEST_F(ImagesTest, ADigestTakesTheImageAndAllItsTags) {
  const auto image = bench_.Push("team/api", "one", "v2");
  ASSERT_TRUE(bench_.Call(PutOf("team/api", image->bytes, "v1")).ok());
  const auto untagged = bench_.Push("team/api", "two");
  const auto answer = Delete({ByDigest(image), ByDigest(untagged)});
  EXPECT_THAT(answer.image_ids, ElementsAre(ByBoth(image, "v1"), ByBoth(image, "v2"), ByDigest(untagged)));
  EXPECT_THAT(answer.failures, IsEmpty());
  EXPECT_TRUE(repository().images.empty());
}

TEST_F(ImagesTest, AChildOfAnIndexStaysUntilTheIndexIsGone) {
  const auto child = bench_.Push("team/api", "one", "v1");
  const auto index = PushIndex({child}, "all");
  for (const auto& id : {ByDigest(child), ByTag("v1")}) {
    const auto answer = Delete({id});
    ASSERT_EQ(answer.failures.size(), 1U);
    EXPECT_EQ(answer.failures[0].failure_code, "ImageReferencedByManifestList");
    EXPECT_EQ(answer.failures[0].failure_reason,
              "Requested image referenced by manifest list: [" + index->digest.text() + "]");
    EXPECT_THAT(answer.image_ids, IsEmpty());
  }
  ASSERT_TRUE(bench_.Call(PutOf("team/api", child->bytes, "v2")).ok());
  EXPECT_THAT(Delete({ByTag("v2")}).failures, IsEmpty()) << "another tag is left";
  const auto answer = Delete({ByDigest(child), ByTag("all"), ByTag("v1")});
  EXPECT_EQ(answer.failures.size(), 1U) << "in the order of the request";
  EXPECT_THAT(answer.image_ids, ElementsAre(ByBoth(index, "all"), ByBoth(child, "v1")));
  EXPECT_TRUE(repository().images.empty());
}

TEST_F(ImagesTest, WhatCannotBeDeletedFailsByItself) {
  const auto one = bench_.Push("team/api", "one", "v1");
  const auto two = bench_.Push("team/api", "two", "v2");
  const auto answer = Delete({ByTag("v9"), {}, ByBoth(one, "v2"), ByTag("v1"), ByTag("v1")});
  std::vector<std::string> codes;
  for (const auto& failure : answer.failures) codes.push_back(failure.failure_code);
  EXPECT_THAT(codes,
              ElementsAre("ImageNotFound", "MissingDigestAndTag", "ImageTagDoesNotMatchDigest", "ImageNotFound"));
  EXPECT_THAT(answer.image_ids, ElementsAre(ByBoth(one, "v1")));
  EXPECT_NE(repository().FindImage(two->digest), nullptr);
}

TEST_F(ImagesTest, ADeletionTakesOneToAHundredIdentifiersOfAKnownRepository) {
  bench_.ExpectRefusal(About<BatchDeleteImageRequest>({}), "InvalidParameterException");
  bench_.ExpectRefusal(About<BatchDeleteImageRequest>(std::vector<ImageIdentifier>(101, ByTag("v1"))),
                       "InvalidParameterException");
  EXPECT_EQ(Delete(std::vector<ImageIdentifier>(100, ByTag("v1"))).failures.size(), 100U);
  auto request = About<BatchDeleteImageRequest>({ByTag("v1")});
  request.repository_name = "team/web";
  bench_.ExpectRefusal(request, "RepositoryNotFoundException");
}

}  // namespace
}  // namespace crrsim
