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
    for (const auto* name : {"aa", "bb", "cc"}) bench_.Create(name);
    bench_.registry.account_settings.blob_mounting = true;
    bench_.Push("aa", "one", "v1");
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
  MountImage("bb", "aa");
  EXPECT_EQ(Stored("aa"), whole_);
  EXPECT_EQ(Stored("bb"), ByteCount());
  EXPECT_EQ(Mount("bb", "aa", layer_), BlobOutcome::kAlreadyThere);
  EXPECT_TRUE(bench_.Call(GetDownloadUrlForLayerRequest{std::nullopt, "bb", layer_.digest.text()}).ok());
}

TEST_F(MountingTest, WhatTheChargedRepositoryLosesCountsToTheNextByName) {
  MountImage("cc", "aa");
  MountImage("bb", "cc");
  DeleteFrom("aa");
  EXPECT_EQ(Stored("aa"), ByteCount());
  EXPECT_EQ(Stored("bb"), whole_);
  EXPECT_EQ(Stored("cc"), ByteCount());
  ASSERT_TRUE(bench_.Call(DeleteRepositoryRequest{std::nullopt, "bb", true}).ok());
  EXPECT_EQ(Stored("cc"), whole_);
  EXPECT_TRUE(bench_.registry.mounts.empty());
  DeleteFrom("cc");
  EXPECT_EQ(Stored("cc"), ByteCount());
}

TEST_F(MountingTest, WhatAnotherRepositoryLosesChangesNothingForTheRest) {
  MountImage("bb", "aa");
  const auto before = Stored("aa");
  DeleteFrom("bb");
  EXPECT_EQ(Stored("aa"), before);
  EXPECT_TRUE(bench_.registry.mounts.empty());
}

TEST_F(MountingTest, TurningItOffLeavesMountedLayersWorking) {
  MountImage("bb", "aa");
  ASSERT_TRUE(bench_.Call(PutAccountSettingRequest{"BLOB_MOUNTING", "DISABLED"}).ok());
  EXPECT_EQ(Mount("cc", "aa", layer_), BlobOutcome::kStored);
  DeleteFrom("aa");
  EXPECT_EQ(Stored("bb"), whole_);
  EXPECT_TRUE(bench_.Call(GetDownloadUrlForLayerRequest{std::nullopt, "bb", layer_.digest.text()}).ok());
}

TEST_F(MountingTest, IsOffUnlessTurnedOn) {
  bench_.registry.account_settings.blob_mounting = false;
  EXPECT_EQ(Mount("bb", "aa", layer_), BlobOutcome::kStored);
  EXPECT_EQ(Stored("bb"), layer_.size);
}

TEST_F(MountingTest, NeedsAnOriginThatHasTheLayerEncryptedAlike) {
  EXPECT_EQ(Mount("bb", "cc", layer_), BlobOutcome::kStored) << "c has none";
  EXPECT_EQ(Mount("cc", "none", layer_), BlobOutcome::kStored);
  for (const auto& [name, key] : {std::pair{"keyed", "key/1"}, {"keyed-alike", "key/1"}, {"keyed-else", "key/2"}}) {
    CreateRepositoryRequest create;
    create.repository_name = name;
    create.encryption_configuration = EncryptionConfiguration{"KMS", key};
    ASSERT_TRUE(bench_.Call(create).ok());
  }
  EXPECT_EQ(Mount("keyed", "aa", layer_), BlobOutcome::kStored);
  EXPECT_EQ(Mount("keyed-else", "keyed", layer_), BlobOutcome::kStored);
  EXPECT_EQ(Mount("keyed-alike", "keyed", layer_), BlobOutcome::kMounted);
}

TEST_F(MountingTest, NeedsThePermissionToDownloadFromTheOrigin) {
  const auto put = bench_.Call(SetRepositoryPolicyRequest{
      std::nullopt, "aa",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"ecr:GetDownloadUrlForLayer"}]})",
      std::nullopt});
  ASSERT_TRUE(put.ok()) << put.error().message;
  EXPECT_EQ(Mount("bb", "aa", layer_), BlobOutcome::kStored);
}

TEST_F(MountingTest, ASharedLayerStaysInTheStandardClassUntilOneRepositoryHoldsItAlone) {
  MountImage("bb", "aa");
  const auto archive = [&](const std::string& repository) {
    return bench_.Call(UpdateImageStorageClassRequest{std::nullopt, repository, {std::nullopt, "v1"}, "ARCHIVE"});
  };
  ASSERT_TRUE(archive("bb").ok());
  ASSERT_TRUE(archive("aa").ok());
  const auto class_in = [&](std::string_view name) {
    return bench_.repository(name).blobs.Find(layer_.digest)->storage_class;
  };
  EXPECT_EQ(class_in("aa"), StorageClass::kStandard);
  EXPECT_EQ(Mount("cc", "aa", layer_), BlobOutcome::kStored) << "nothing is mounted from the archive";
  DeleteFrom("aa");
  EXPECT_EQ(class_in("bb"), StorageClass::kArchive);
}

TEST_F(MountingTest, ReplicationMountsFromTheRepositoryThatIsChargedOrTheFirstByName) {
  const auto& target = bench_.repository("cc");
  ASSERT_NE(FindMountOrigin(bench_.registry, target, layer_.digest), nullptr);
  EXPECT_EQ(FindMountOrigin(bench_.registry, target, layer_.digest)->name, Named("aa"));
  EXPECT_EQ(FindMountOrigin(bench_.registry, target, Content("other").digest), nullptr);
  EXPECT_EQ(FindMountOrigin(bench_.registry, bench_.repository("aa"), layer_.digest), nullptr) << "it is there";
  MountBlob(bench_.content(Origin::kReplication), *bench_.registry.FindMutable(Named("cc")), Named("aa"),
            layer_.digest);
  EXPECT_EQ(bench_.LastEvent<BlobMounted>(),
            (BlobMounted{kHome, Named("cc"), Named("aa"), layer_.digest, layer_.size, Origin::kReplication}));
}

}  // namespace
}  // namespace crrsim
