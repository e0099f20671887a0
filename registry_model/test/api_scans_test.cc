// Image scans. Source  ecr-replication.md 9.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Content;
using api_test::IndexText;
using api_test::kHome;
using api_test::Named;
using api_test::PutOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ScansTest : public testing::Test {
 protected:
  ScansTest() {
    bench_.Create("team/api");
    image_ = bench_.Push("team/api", "one", "v1");
  }
  static StartImageScanRequest Start(ImageIdentifier id = {std::nullopt, "v1"}) {
    return {std::nullopt, "team/api", std::move(id)};
  }
  static DescribeImageScanFindingsRequest Findings() {
    return {std::nullopt, "team/api", {std::nullopt, "v1"}, {}, {}};
  }

  ApiBench bench_;
  ManifestPtr image_;
};

TEST_F(ScansTest, AStartedScanIsInProgressThenComplete) {
  const auto started = bench_.Call(Start());
  ASSERT_TRUE(started.ok()) << started.error().message;
  EXPECT_EQ(started->image_id, (ImageIdentifier{image_->digest.text(), "v1"}));
  EXPECT_EQ(started->image_scan_status.status, "IN_PROGRESS");
  EXPECT_EQ(bench_.LastEvent<ScanStarted>(), (ScanStarted{kHome, Named("team/api"), image_->digest}));

  const auto waiting = bench_.Call(Findings());
  EXPECT_EQ(waiting->image_scan_status.status, "IN_PROGRESS");
  EXPECT_EQ(waiting->image_scan_findings, std::nullopt);

  bench_.now += Seconds(30);
  bench_.FinishScan("team/api", image_->digest, {{"HIGH", 2}, {"LOW", 1}});
  const auto done = bench_.Call(Findings());
  EXPECT_EQ(done->image_scan_status.status, "COMPLETE");
  ASSERT_TRUE(done->image_scan_findings.has_value());
  EXPECT_EQ(done->image_scan_findings->image_scan_completed_at, bench_.now);
  EXPECT_EQ(done->image_scan_findings->finding_severity_counts, (FindingCounts{{"HIGH", 2}, {"LOW", 1}}));
  EXPECT_THAT(done->image_scan_findings->findings,
              ElementsAre(ImageScanFinding{"HIGH-1", "HIGH"}, ImageScanFinding{"HIGH-2", "HIGH"},
                          ImageScanFinding{"LOW-1", "LOW"}));
  EXPECT_EQ(done->next_token, std::nullopt);
}

TEST_F(ScansTest, AnImageIsScannedOnceIn24Hours) {
  ASSERT_TRUE(bench_.Call(Start()).ok());
  bench_.FinishScan("team/api", image_->digest, {});
  bench_.now += Hours(24) - Nanoseconds(1);
  EXPECT_EQ(bench_.Refusal(Start(), "LimitExceededException"),
            "The scan quota per image has been exceeded. Wait and try again.");
  bench_.now += Nanoseconds(1);
  EXPECT_TRUE(bench_.Call(Start()).ok());
}

TEST_F(ScansTest, OnlyContainerImagesAreScanned) {
  ASSERT_TRUE(bench_.Call(PutOf("team/api", IndexText({image_}), "all")).ok());
  EXPECT_THAT(bench_.Refusal(Start({std::nullopt, "all"}), "UnsupportedImageTypeException"),
              HasSubstr("{imageDigest:'null', imageTag:'all'}"));
  const auto chart = Content("chart");
  bench_.Upload("team/api", chart);
  const auto text = fmt::format(
      R"({{"schemaVersion":2,"mediaType":"{}","config":{{"mediaType":"application/vnd.cncf.helm.config.v1+json",)"
      R"("digest":"{}","size":{}}},"layers":[]}})",
      media_type::kOciManifest, chart.digest.text(), chart.size.bytes());
  ASSERT_TRUE(bench_.Call(PutOf("team/api", text, "chart")).ok());
  bench_.Refusal(Start({std::nullopt, "chart"}), "UnsupportedImageTypeException");
}

TEST_F(ScansTest, FindingsOfAnUnscannedImageDoNotExist) {
  EXPECT_EQ(bench_.Refusal(Findings(), "ScanNotFoundException"),
            "Image scan does not exist for the image with '{imageDigest:'null', imageTag:'v1'}' in the repository with "
            "name 'team/api' in the registry with id '111122223333'");
}

TEST_F(ScansTest, RefusesWhatIsNotThere) {
  bench_.Refusal(Start({std::nullopt, "v9"}), "ImageNotFoundException");
  bench_.Refusal(Start({}), "InvalidParameterException");
  auto start = Start();
  start.repository_name = "team/none";
  bench_.Refusal(start, "RepositoryNotFoundException");
  auto findings = Findings();
  findings.image_id = {std::nullopt, "v9"};
  bench_.Refusal(findings, "ImageNotFoundException");
  findings.repository_name = "team/none";
  bench_.Refusal(findings, "RepositoryNotFoundException");
}

TEST_F(ScansTest, PagesOfFindingsShowEachOnce) {
  ASSERT_TRUE(bench_.Call(Start()).ok());
  bench_.FinishScan("team/api", image_->digest, {{"CRITICAL", 3}, {"HIGH", 0}, {"LOW", 4}});
  for (const std::int64_t size : {1, 2, 3, 7, 8}) {
    auto request = Findings();
    request.max_results = size;
    std::vector<std::string> names;
    do {
      const auto page = bench_.Call(request);
      ASSERT_TRUE(page.ok()) << page.error().message;
      for (const auto& finding : page->image_scan_findings->findings) names.push_back(finding.name);
      request.next_token = page->next_token;
    } while (request.next_token && names.size() < 10);
    EXPECT_THAT(names, ElementsAre("CRITICAL-1", "CRITICAL-2", "CRITICAL-3", "LOW-1", "LOW-2", "LOW-3", "LOW-4"))
        << size;
  }
  auto request = Findings();
  request.next_token = "broken";
  bench_.Refusal(request, "InvalidParameterException");
}

}  // namespace
}  // namespace crrsim
