// Layers that the repositories of a registry share. Source  ecr-replication.md 4.2, 7 (7, 11).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/registry/mounting.h"
#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Content;
using api_test::ImageText;
using api_test::kHome;
using api_test::Named;
using api_test::PutOf;

class MountingTest : public testing::Test {
 protected:
  MountingTest() {
    for (const auto* name : {"a", "b", "c"}) bench_.Create(name);
    bench_.registry.account_settings.blob_mounting = true;
    bench_.Push("a", "one", "v1");
  }
  BlobOutcome Mount(const std::string& to, const std::string& from, const Blob& blob) {
    return bench_.Call(UploadBlobRequest{std::nullopt, to, blob, from})->outcome;
  }
  void MountImage(const std::string& to, const std::string& from) {
    EXPECT_EQ(Mount(to, from, config_), BlobOutcome::kMounted);
    EXPECT_EQ(Mount(to, from, layer_), BlobOutcome::kMounted);
    EXPECT_TRUE(bench_.Call(PutOf(to, ImageText({config_, layer_}), "v1")).ok());
  }
  [[nodiscard]] ByteCount Stored(std::string_view name) const { return bench_.repository(name).stored_bytes; }
  void DeleteFrom(const std::string& repository) {
    ASSERT_TRUE(bench_.Call(BatchDeleteImageRequest{std::nullopt, repository, {{std::nullopt, "v1"}}}).ok());
  }

  const Blob config_ = Content("one config");
  const Blob layer_ = Content("one layer");
  const ByteCount whole_ = config_.size + layer_.size;
  ApiBench bench_;
};

TEST_F(MountingTest, AMountedLayerIsStoredOnceInTheRegistry) {
  MountImage("b", "a");
  EXPECT_EQ(Stored("a"), whole_);
  EXPECT_EQ(Stored("b"), ByteCount());
  EXPECT_EQ(Mount("b", "a", layer_), BlobOutcome::kAlreadyThere);
  EXPECT_TRUE(bench_.Call(GetDownloadUrlForLayerRequest{std::nullopt, "b", layer_.digest.text()}).ok());
}

TEST_F(MountingTest, WhatTheChargedRepositoryLosesCountsToTheNextByName) {
  MountImage("c", "a");
  MountImage("b", "c");
  DeleteFrom("a");
  EXPECT_EQ(Stored("a"), ByteCount());
  EXPECT_EQ(Stored("b"), whole_);
  EXPECT_EQ(Stored("c"), ByteCount());
  ASSERT_TRUE(bench_.Call(DeleteRepositoryRequest{std::nullopt, "b", true}).ok());
  EXPECT_EQ(Stored("c"), whole_);
  EXPECT_TRUE(bench_.registry.mounts.empty());
  DeleteFrom("c");
  EXPECT_EQ(Stored("c"), ByteCount());
}

TEST_F(MountingTest, WhatAnotherRepositoryLosesChangesNothingForTheRest) {
  MountImage("b", "a");
  const auto before = Stored("a");
  DeleteFrom("b");
  EXPECT_EQ(Stored("a"), before);
  EXPECT_TRUE(bench_.registry.mounts.empty());
}

TEST_F(MountingTest, TurningItOffLeavesMountedLayersWorking) {
  MountImage("b", "a");
  ASSERT_TRUE(bench_.Call(PutAccountSettingRequest{"BLOB_MOUNTING", "DISABLED"}).ok());
  EXPECT_EQ(Mount("c", "a", layer_), BlobOutcome::kStored);
  DeleteFrom("a");
  EXPECT_EQ(Stored("b"), whole_);
  EXPECT_TRUE(bench_.Call(GetDownloadUrlForLayerRequest{std::nullopt, "b", layer_.digest.text()}).ok());
}

TEST_F(MountingTest, IsOffUnlessTurnedOn) {
  bench_.registry.account_settings.blob_mounting = false;
  EXPECT_EQ(Mount("b", "a", layer_), BlobOutcome::kStored);
  EXPECT_EQ(Stored("b"), layer_.size);
}

TEST_F(MountingTest, NeedsAnOriginThatHasTheLayerEncryptedAlike) {
  EXPECT_EQ(Mount("b", "c", layer_), BlobOutcome::kStored) << "c has none";
  EXPECT_EQ(Mount("c", "none", layer_), BlobOutcome::kStored);
  for (const auto& [name, key] : {std::pair{"keyed", "key/1"}, {"keyed-alike", "key/1"}, {"keyed-else", "key/2"}}) {
    CreateRepositoryRequest create;
    create.repository_name = name;
    create.encryption_configuration = EncryptionConfiguration{"KMS", key};
    ASSERT_TRUE(bench_.Call(create).ok());
  }
  EXPECT_EQ(Mount("keyed", "a", layer_), BlobOutcome::kStored);
  EXPECT_EQ(Mount("keyed-else", "keyed", layer_), BlobOutcome::kStored);
  EXPECT_EQ(Mount("keyed-alike", "keyed", layer_), BlobOutcome::kMounted);
}

TEST_F(MountingTest, NeedsThePermissionToDownloadFromTheOrigin) {
  const auto put = bench_.Call(SetRepositoryPolicyRequest{
      std::nullopt, "a",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"ecr:GetDownloadUrlForLayer"}]})",
      std::nullopt});
  ASSERT_TRUE(put.ok()) << put.error().message;
  EXPECT_EQ(Mount("b", "a", layer_), BlobOutcome::kStored);
}

TEST_F(MountingTest, ASharedLayerStaysInTheStandardClassUntilOneRepositoryHoldsItAlone) {
  MountImage("b", "a");
  const auto archive = [&](const std::string& repository) {
    return bench_.Call(UpdateImageStorageClassRequest{std::nullopt, repository, {std::nullopt, "v1"}, "ARCHIVE"});
  };
  ASSERT_TRUE(archive("b").ok());
  ASSERT_TRUE(archive("a").ok());
  const auto class_in = [&](std::string_view name) {
    return bench_.repository(name).blobs.Find(layer_.digest)->storage_class;
  };
  EXPECT_EQ(class_in("a"), StorageClass::kStandard);
  EXPECT_EQ(Mount("c", "a", layer_), BlobOutcome::kStored) << "nothing is mounted from the archive";
  DeleteFrom("a");
  EXPECT_EQ(class_in("b"), StorageClass::kArchive);
}

TEST_F(MountingTest, ReplicationMountsFromTheRepositoryThatIsChargedOrTheFirstByName) {
  const auto& target = bench_.repository("c");
  ASSERT_NE(FindMountOrigin(bench_.registry, target, layer_.digest), nullptr);
  EXPECT_EQ(FindMountOrigin(bench_.registry, target, layer_.digest)->name, Named("a"));
  EXPECT_EQ(FindMountOrigin(bench_.registry, target, Content("other").digest), nullptr);
  EXPECT_EQ(FindMountOrigin(bench_.registry, bench_.repository("a"), layer_.digest), nullptr) << "it is there";
  MountBlob(bench_.content(Origin::kReplication), *bench_.registry.FindMutable(Named("c")), Named("a"), layer_.digest);
  EXPECT_EQ(bench_.LastEvent<BlobMounted>(),
            (BlobMounted{kHome, Named("c"), Named("a"), layer_.digest, layer_.size, Origin::kReplication}));
}

}  // namespace
}  // namespace crrsim
