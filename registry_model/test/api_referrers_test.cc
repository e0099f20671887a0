// What refers to an image. Source  ecr-replication.md 10.3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Content;
using api_test::Parsed;
using api_test::PutOf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ReferrersTest : public testing::Test {
 protected:
  ReferrersTest() {
    bench_.Create("app");
    subject_ = bench_.Push("app", "one", "v1");
    bench_.Upload("app", config_);
  }
  static std::string ReferrerText(const ManifestPtr& subject, const std::string& type, int number) {
    const auto config = Content("config of referrers");
    return fmt::format(
        R"({{"schemaVersion":2,"mediaType":"{}","artifactType":"{}","config":{{"mediaType":"{}","digest":"{}",)"
        R"("size":{}}},"layers":[],"subject":{{"mediaType":"{}","digest":"{}","size":{}}},)"
        R"("annotations":{{"number":"{}"}}}})",
        media_type::kOciManifest, type, media_type::kOciEmpty, config.digest.text(), config.size.bytes(),
        subject->media_type, subject->digest.text(), subject->size().bytes(), number);
  }
  ManifestPtr Refer(const std::string& type, int number = 1) {
    const auto text = ReferrerText(subject_, type, number);
    EXPECT_TRUE(bench_.Call(PutOf("app", text)).ok());
    return Parsed(text);
  }
  [[nodiscard]] ListImageReferrersRequest List() const {
    ListImageReferrersRequest request;
    request.repository_name = "app";
    request.subject_id.image_digest = subject_->digest.text();
    return request;
  }

  const Blob config_ = Content("config of referrers");
  ApiBench bench_;
  ManifestPtr subject_;
};

TEST_F(ReferrersTest, AreDescribedAsTheirManifests) {
  EXPECT_THAT(bench_.Call(List())->referrers, IsEmpty());
  const auto signature = Refer("application/signature", 7);
  const auto listed = bench_.Call(List())->referrers;
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed[0],
            (ImageReferrer{signature->digest.text(), std::string(media_type::kOciManifest), "application/signature",
                           signature->size().bytes(), std::map<std::string, std::string>{{"number", "7"}}, "ACTIVE"}));
}

TEST_F(ReferrersTest, AReferrerOfAReferrerIsNotListedWithTheSubject) {
  const auto signature = Refer("application/signature");
  ASSERT_TRUE(bench_.Call(PutOf("app", ReferrerText(signature, "application/seal", 1))).ok());
  EXPECT_THAT(bench_.Call(List())->referrers, SizeIs(1));
  auto of_signature = List();
  of_signature.subject_id.image_digest = signature->digest.text();
  EXPECT_THAT(bench_.Call(of_signature)->referrers, SizeIs(1));
}

TEST_F(ReferrersTest, OutliveTheirSubject) {
  Refer("application/signature");
  ASSERT_TRUE(bench_.Call(BatchDeleteImageRequest{std::nullopt, "app", {{std::nullopt, "v1"}}}).ok());
  EXPECT_THAT(bench_.Call(List())->referrers, SizeIs(1));
}

TEST_F(ReferrersTest, AreFilteredByTypeAndStatus) {
  Refer("application/signature");
  const auto bill = Refer("application/sbom");
  auto request = List();
  request.filter = ListImageReferrersFilter{{{"application/sbom", "application/other"}}, std::nullopt};
  EXPECT_THAT(bench_.Call(request)->referrers, SizeIs(1));
  ASSERT_TRUE(
      bench_.Call(UpdateImageStorageClassRequest{std::nullopt, "app", {bill->digest.text(), std::nullopt}, "ARCHIVE"})
          .ok());
  EXPECT_THAT(bench_.Call(request)->referrers, IsEmpty());
  request.filter->artifact_status = "ARCHIVED";
  EXPECT_EQ(bench_.Call(request)->referrers.at(0).artifact_status, "ARCHIVED");
  request.filter = ListImageReferrersFilter{std::nullopt, "ANY"};
  EXPECT_THAT(bench_.Call(request)->referrers, SizeIs(2));
}

TEST_F(ReferrersTest, PagesShowEachOnce) {
  std::vector<std::string> all;
  for (int i = 0; i < 52; ++i) all.push_back(Refer("application/signature", i)->digest.text());
  EXPECT_THAT(bench_.Call(List())->referrers, SizeIs(50));
  std::vector<std::string> seen;
  auto request = List();
  request.max_results = 17;
  do {
    const auto page = bench_.Call(request);
    ASSERT_TRUE(page.ok()) << page.error().message;
    for (const auto& one : page->referrers) seen.push_back(one.digest);
    request.next_token = page->next_token;
  } while (request.next_token && seen.size() < 100);
  EXPECT_THAT(seen, testing::UnorderedElementsAreArray(all));
}

TEST_F(ReferrersTest, LimitsHoldAndOnePastThemIsRefused) {
  const std::string exception = "InvalidParameterException";
  auto request = List();
  for (const std::int64_t sound : {1, 50}) {
    request.max_results = sound;
    EXPECT_TRUE(bench_.Call(request).ok());
  }
  for (const std::int64_t wrong : {0, 51}) {
    request.max_results = wrong;
    bench_.ExpectRefusal(request, exception);
  }
  const auto with_types = [&](std::size_t count, std::size_t length) {
    auto filtered = List();
    filtered.filter = ListImageReferrersFilter{std::vector(count, std::string(length, 'a')), std::nullopt};
    return filtered;
  };
  EXPECT_TRUE(bench_.Call(with_types(5, 255)).ok());
  EXPECT_TRUE(bench_.Call(with_types(0, 0)).ok());
  bench_.ExpectRefusal(with_types(6, 1), exception);
  bench_.ExpectRefusal(with_types(1, 256), exception);
  bench_.ExpectRefusal(with_types(1, 0), exception);
  auto status = List();
  status.filter = ListImageReferrersFilter{std::nullopt, "DELETED"};
  bench_.ExpectRefusal(status, exception);
  auto digest = List();
  digest.subject_id.image_digest = "v1";
  bench_.ExpectRefusal(digest, exception);
  auto elsewhere = List();
  elsewhere.repository_name = "none";
  bench_.ExpectRefusal(elsewhere, "RepositoryNotFoundException");
}

}  // namespace
}  // namespace crrsim
