// The storage classes of images. Source  ecr-replication.md 2.4, 9, 10.2, 10.3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/registry/storage_class.h"
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
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ArchiveTest : public testing::Test {
 protected:
  ArchiveTest() {
    bench_.Create("app");
    image_ = bench_.Push("app", "one", "v1");
    bench_.TakeEventNames();
  }

  static UpdateImageStorageClassRequest Change(const std::string& tag, const std::string& target) {
    return {std::nullopt, "app", {std::nullopt, tag}, target};
  }
  std::string StatusAfter(const std::string& tag, const std::string& target) {
    const auto changed = bench_.Call(Change(tag, target));
    EXPECT_TRUE(changed.ok()) << changed.error().message;
    return changed ? changed->image_status : "";
  }
  void Finish(const Digest& digest) {
    FinishRestore(bench_.content(), *bench_.registry.FindMutable(Named("app")), digest);
    bench_.ExpectConsistent();
  }
  [[nodiscard]] ImageStatus StatusOf(const ManifestPtr& image) const {
    return bench_.repository("app").FindImage(image->digest)->storage.status;
  }
  std::vector<ImageDetail> Described(const std::optional<std::string>& status) {
    DescribeImagesRequest request;
    request.repository_name = "app";
    if (status) request.filter = ImageFilter{std::nullopt, status};
    return bench_.Call(request)->image_details;
  }

  ApiBench bench_;
  ManifestPtr image_;
};

TEST_F(ArchiveTest, ArchivingTakesEffectAtOnceAndRestoringTakesTime) {
  EXPECT_EQ(StatusAfter("v1", "ARCHIVE"), "ARCHIVED");
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("StorageClassChanged", "BlobClassChanged", "BlobClassChanged"));
  EXPECT_EQ(StatusAfter("v1", "STANDARD"), "ACTIVATING");
  EXPECT_EQ(bench_.LastEvent<StorageClassChanged>(),
            (StorageClassChanged{kHome, Named("app"), image_->digest, StorageClass::kStandard, ImageStatus::kActivating,
                                 ByteCount(), Origin::kClient}));
  Finish(image_->digest);
  EXPECT_EQ(StatusOf(image_), ImageStatus::kActive);
  EXPECT_THAT(bench_.TakeEventNames(),
              ElementsAre("StorageClassChanged", "StorageClassChanged", "BlobClassChanged", "BlobClassChanged"));
}

TEST_F(ArchiveTest, TheClassThatItHasIsNoChange) {
  EXPECT_EQ(StatusAfter("v1", "STANDARD"), "ACTIVE");
  EXPECT_THAT(bench_.TakeEventNames(), IsEmpty());
  StatusAfter("v1", "ARCHIVE");
  bench_.TakeEventNames();
  EXPECT_EQ(StatusAfter("v1", "ARCHIVE"), "ARCHIVED");
  EXPECT_THAT(bench_.TakeEventNames(), IsEmpty());
}

TEST_F(ArchiveTest, RefusesWhatIsWrongAndWhatIsOnItsWay) {
  bench_.ExpectRefusal(Change("v1", "GLACIER"), "InvalidParameterException");
  bench_.ExpectRefusal(Change("v9", "ARCHIVE"), "ImageNotFoundException");
  auto elsewhere = Change("v1", "ARCHIVE");
  elsewhere.repository_name = "none";
  bench_.ExpectRefusal(elsewhere, "RepositoryNotFoundException");
  StatusAfter("v1", "ARCHIVE");
  StatusAfter("v1", "STANDARD");
  EXPECT_THAT(bench_.ExpectRefusal(Change("v1", "ARCHIVE"), "ImageStorageClassUpdateNotSupportedException"),
              HasSubstr("it is being restored"));
}

TEST_F(ArchiveTest, ListsShowActiveImagesUnlessAskedForOthers) {
  bench_.Push("app", "two", "v2");
  bench_.now += Seconds(5);
  StatusAfter("v1", "ARCHIVE");
  ASSERT_THAT(Described(std::nullopt), testing::SizeIs(1));
  EXPECT_THAT(Described("ANY"), testing::SizeIs(2));
  EXPECT_THAT(Described("ACTIVATING"), IsEmpty());
  const auto archived = Described("ARCHIVED");
  ASSERT_THAT(archived, testing::SizeIs(1));
  EXPECT_EQ(archived[0].image_digest, image_->digest.text());
  EXPECT_EQ(archived[0].last_archived_at, bench_.now);
  EXPECT_EQ(archived[0].last_activated_at, std::nullopt);

  StatusAfter("v1", "STANDARD");
  EXPECT_THAT(Described("ACTIVATING"), testing::SizeIs(1));
  const auto archived_at = bench_.now;
  bench_.now += Minutes(20);
  Finish(image_->digest);
  for (const auto& detail : Described("ACTIVE")) {
    if (detail.image_digest != image_->digest.text()) continue;
    EXPECT_EQ(detail.last_archived_at, archived_at);
    EXPECT_EQ(detail.last_activated_at, bench_.now);
  }
}

TEST_F(ArchiveTest, NothingOfItCanBePulledUntilItIsActiveAgain) {
  const auto layer = image_->blobs.at(1).digest.text();
  const BatchGetImageRequest pull{std::nullopt, "app", {{std::nullopt, "v1"}}, std::nullopt};
  const BatchCheckLayerAvailabilityRequest check{std::nullopt, "app", {layer}};
  const GetDownloadUrlForLayerRequest download{std::nullopt, "app", layer};
  for (const auto* target : {"ARCHIVE", "STANDARD"}) {
    StatusAfter("v1", target);
    const auto pulled = bench_.Call(pull);
    EXPECT_THAT(pulled->images, IsEmpty());
    ASSERT_THAT(pulled->failures, testing::SizeIs(1));
    EXPECT_EQ(pulled->failures[0].failure_code, "ImageInaccessible");
    EXPECT_EQ(bench_.Call(check)->layers.at(0).layer_availability, "ARCHIVED");
    bench_.ExpectRefusal(download, "LayerInaccessibleException");
  }
  Finish(image_->digest);
  EXPECT_THAT(bench_.Call(pull)->images, testing::SizeIs(1));
  EXPECT_EQ(bench_.Call(check)->layers.at(0).layer_availability, "AVAILABLE");
  EXPECT_TRUE(bench_.Call(download).ok());
}

TEST_F(ArchiveTest, ALayerIsArchivedWithTheLastActiveImageThatListsIt) {
  const auto text = ImageText({Content("one config"), Content("one layer")}, "another");
  ASSERT_TRUE(bench_.Call(PutOf("app", text, "v2")).ok());
  bench_.TakeEventNames();
  StatusAfter("v1", "ARCHIVE");
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("StorageClassChanged"));
  StatusAfter("v2", "ARCHIVE");
  EXPECT_THAT(bench_.TakeEventNames(), ElementsAre("StorageClassChanged", "BlobClassChanged", "BlobClassChanged"));
  // A third image of the same layers brings them back; its deletion archives them again.
  const auto third = ImageText({Content("one config"), Content("one layer")}, "third");
  ASSERT_TRUE(bench_.Call(PutOf("app", third, "v3")).ok());
  EXPECT_EQ(bench_.repository("app").blobs.Find(image_->blobs[0].digest)->storage_class, StorageClass::kStandard);
  ASSERT_TRUE(bench_.Call(BatchDeleteImageRequest{std::nullopt, "app", {{std::nullopt, "v3"}}}).ok());
  EXPECT_EQ(bench_.repository("app").blobs.Find(image_->blobs[0].digest)->storage_class, StorageClass::kArchive);
  for (const auto* tag : {"v1", "v2"}) {
    ASSERT_TRUE(bench_.Call(BatchDeleteImageRequest{std::nullopt, "app", {{std::nullopt, tag}}}).ok());
  }
  EXPECT_EQ(bench_.LastEvent<BlobRemoved>().storage_class, StorageClass::kArchive);
  EXPECT_EQ(bench_.repository("app").stored_bytes, ByteCount());
}

TEST_F(ArchiveTest, APushOfTheSameImageRestoresItAtOnceAndIsAPush) {
  StatusAfter("v1", "ARCHIVE");
  bench_.TakeEventNames();
  ASSERT_TRUE(bench_.Call(PutOf("app", image_->bytes, "v1")).ok());
  EXPECT_EQ(StatusOf(image_), ImageStatus::kActive);
  EXPECT_THAT(bench_.TakeEventNames(),
              ElementsAre("StorageClassChanged", "BlobClassChanged", "BlobClassChanged", "ImagePushed"));
  bench_.ExpectRefusal(PutOf("app", image_->bytes, "v1"), "ImageAlreadyExistsException");
  StatusAfter("v1", "ARCHIVE");
  ASSERT_TRUE(bench_.Call(PutOf("app", image_->bytes, "v2")).ok());
  EXPECT_EQ(StatusOf(image_), ImageStatus::kActive);
}

TEST_F(ArchiveTest, AnImmutableTagDoesNotKeepItsOwnImageFromBeingRestored) {
  ASSERT_TRUE(bench_.Call(PutImageTagMutabilityRequest{std::nullopt, "app", "IMMUTABLE", std::nullopt}).ok());
  StatusAfter("v1", "ARCHIVE");
  EXPECT_TRUE(bench_.Call(PutOf("app", image_->bytes, "v1")).ok());
  EXPECT_EQ(StatusOf(image_), ImageStatus::kActive);
}

TEST_F(ArchiveTest, AnArchivedImageIsNotScannedAndARestoredOneHasNoFindings) {
  const StartImageScanRequest start{std::nullopt, "app", {std::nullopt, "v1"}};
  const DescribeImageScanFindingsRequest findings{std::nullopt, "app", {std::nullopt, "v1"}, {}, {}};
  ASSERT_TRUE(bench_.Call(start).ok());
  bench_.FinishScan("app", image_->digest, {{"HIGH", 1}});
  StatusAfter("v1", "ARCHIVE");
  EXPECT_EQ(bench_.ExpectRefusal(start, "ImageArchivedException"),
            "The specified image is archived and cannot be scanned.");
  const auto archived = bench_.Call(findings);
  EXPECT_EQ(archived->image_scan_status.status, "IMAGE_ARCHIVED");
  EXPECT_FALSE(archived->image_scan_findings.has_value());
  StatusAfter("v1", "STANDARD");
  Finish(image_->digest);
  bench_.ExpectRefusal(findings, "ScanNotFoundException");
}

TEST_F(ArchiveTest, AnIndexTakesUntaggedChildrenAlongThatNoOtherIndexNeeds) {
  const auto tagged = bench_.Push("app", "tagged", "amd64");
  const auto alone = bench_.Push("app", "alone");
  const auto needed = bench_.Push("app", "needed");
  const auto index = Parsed(IndexText({tagged, alone, needed}));
  const auto other = Parsed(IndexText({needed}));
  ASSERT_TRUE(bench_.Call(PutOf("app", index->bytes, "all")).ok());
  ASSERT_TRUE(bench_.Call(PutOf("app", other->bytes, "other")).ok());
  EXPECT_THAT(bench_.ExpectRefusal(Change("amd64", "ARCHIVE"), "ImageStorageClassUpdateNotSupportedException"),
              HasSubstr("an image index that is not archived lists it"));

  EXPECT_EQ(StatusAfter("all", "ARCHIVE"), "ARCHIVED");
  EXPECT_EQ(StatusOf(tagged), ImageStatus::kActive);
  EXPECT_EQ(StatusOf(needed), ImageStatus::kActive);
  EXPECT_EQ(StatusOf(alone), ImageStatus::kArchived);
  // Now nothing active needs the tagged one.
  EXPECT_EQ(StatusAfter("amd64", "ARCHIVE"), "ARCHIVED");

  EXPECT_EQ(StatusAfter("all", "STANDARD"), "ACTIVATING");
  EXPECT_EQ(StatusOf(tagged), ImageStatus::kActivating);
  EXPECT_EQ(StatusOf(alone), ImageStatus::kActivating);
}

TEST_F(ArchiveTest, AnIndexGoesAloneWhereThatIsAssumed) {
  ASSERT_TRUE(bench_.assumptions.Set("archived_index", "index-alone").ok());
  const auto child = bench_.Push("app", "child");
  ASSERT_TRUE(bench_.Call(PutOf("app", IndexText({child}), "all")).ok());
  StatusAfter("all", "ARCHIVE");
  EXPECT_EQ(StatusOf(child), ImageStatus::kActive);
}

TEST_F(ArchiveTest, CountedManifestBytesChangeClassWithTheirImage) {
  ApiBench bench;
  ASSERT_TRUE(bench.assumptions.Set("manifest_bytes", "counted").ok());
  bench.Create("app");
  const auto image = bench.Push("app", "one", "v1");
  ASSERT_TRUE(bench.Call(Change("v1", "ARCHIVE")).ok());
  const auto& event = std::get<StorageClassChanged>(bench.events.at(bench.events.size() - 3));
  EXPECT_EQ(event.moved, image->size());
  ASSERT_TRUE(bench.Call(Change("v1", "STANDARD")).ok());
  EXPECT_EQ(bench.LastEvent<StorageClassChanged>().moved, ByteCount()) << "it is in the archive until it is active";
}

}  // namespace
}  // namespace crrsim
