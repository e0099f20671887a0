// The JSON of the events on EventBridge, member by member.
#include <gtest/gtest.h>

#include "registry_model/event_bus/envelope.h"
#include "sim/units_text.h"

namespace crrsim {
namespace {

const RegistryKey kBusOwner{AccountId::FromNumber(123456789012), *RegionName::Parse("us-east-1")};
const RegistryKey kCopySource{AccountId::FromNumber(123456789012), *RegionName::Parse("us-west-2")};
const RepositoryName kAlpine = *RepositoryName::Parse("docker-hub/alpine");

BusEvent EventOf(BusDetail detail) {
  return {kBusOwner, Uuid{0xc8b133b160294e73, 0xa2a14f466b8ba999}, *ParseInstant("2024-05-08T20:44:54.987Z"),
          std::move(detail)};
}

TEST(BusEnvelopeTest, AReplicationHasTheDestinationInItsEnvelopeAndTheSourceInItsDetail) {
  const auto digest = Digest::Of("alpine");
  const ReplicationAction action{kAlpine, digest, *Tag::Parse("3.17.2"), kCopySource, ReplicationStatus::kComplete};
  auto expected = nlohmann::json::parse(R"({"version":"0","id":"c8b133b1-6029-4e73-a2a1-4f466b8ba999",
    "detail-type":"ECR Replication Action","source":"aws.ecr","account":"123456789012",
    "time":"2024-05-08T20:44:54Z","region":"us-east-1",
    "resources":["arn:aws:ecr:us-east-1:123456789012:repository/docker-hub/alpine"],
    "detail":{"result":"SUCCESS","repository-name":"docker-hub/alpine","source-account":"123456789012",
              "action-type":"REPLICATE","source-region":"us-west-2","image-tag":"3.17.2"}})");
  expected["detail"]["image-digest"] = digest.text();
  EXPECT_EQ(EnvelopeOf(EventOf(action)), expected);
}

TEST(BusEnvelopeTest, AFailedReplicationDiffersInItsResultAlone) {
  const ReplicationAction complete{kAlpine, Digest::Of("a"), *Tag::Parse("1"), kCopySource,
                                   ReplicationStatus::kComplete};
  auto failed = complete;
  failed.result = ReplicationStatus::kFailed;
  auto expected = JsonOf(complete);
  expected["result"] = "FAILED";
  EXPECT_EQ(JsonOf(failed), expected);
}

TEST(BusEnvelopeTest, AnImageActionHasNoResourcesAndAnUntaggedImageNoTag) {
  const auto digest = Digest::Of("alpine");
  const auto push = EnvelopeOf(EventOf(ImageAction{kAlpine, digest, *Tag::Parse("latest"), ImageActionType::kPush}));
  EXPECT_EQ(push.at("detail-type"), "ECR Image Action");
  EXPECT_EQ(push.at("resources"), nlohmann::json::array());
  EXPECT_EQ(push.at("detail"), (nlohmann::json{{"result", "SUCCESS"},
                                               {"repository-name", "docker-hub/alpine"},
                                               {"image-digest", digest.text()},
                                               {"action-type", "PUSH"},
                                               {"image-tag", "latest"}}));
  EXPECT_EQ(JsonOf(ImageAction{kAlpine, digest, std::nullopt, ImageActionType::kDelete}),
            (nlohmann::json{{"result", "SUCCESS"},
                            {"repository-name", "docker-hub/alpine"},
                            {"image-digest", digest.text()},
                            {"action-type", "DELETE"}}));
}

TEST(BusEnvelopeTest, AScanCountsOnlySeveritiesThatOccur) {
  const auto digest = Digest::Of("alpine");
  const ImageScanned scan{kAlpine, digest, {*Tag::Parse("a"), *Tag::Parse("b")}, {{"HIGH", 2}}};
  const auto json = EnvelopeOf(EventOf(scan));
  EXPECT_EQ(json.at("detail-type"), "ECR Image Scan");
  EXPECT_EQ(json.at("resources").size(), 1U);
  EXPECT_EQ(json.at("detail"), (nlohmann::json{{"scan-status", "COMPLETE"},
                                               {"repository-name", "docker-hub/alpine"},
                                               {"finding-severity-counts", {{"HIGH", 2}}},
                                               {"image-digest", digest.text()},
                                               {"image-tags", {"a", "b"}}}));
}

TEST(BusEnvelopeTest, AStorageClassIsToldOfImagesAndReferrersAlike) {
  const auto digest = Digest::Of("alpine");
  StorageClassUpdated archived{
      kAlpine, digest, StorageClass::kArchive, "application/vnd.oci.image.manifest.v1+json", "", {}, false};
  EXPECT_EQ(DetailTypeOf(archived), "ECR Image Action");
  nlohmann::json expected = {{"result", "SUCCESS"},
                             {"repository-name", "docker-hub/alpine"},
                             {"image-digest", digest.text()},
                             {"action-type", "UPDATE_STORAGE_CLASS"},
                             {"target-storage-class", "ARCHIVE"},
                             {"manifest-media-type", "application/vnd.oci.image.manifest.v1+json"}};
  EXPECT_EQ(JsonOf(archived), expected);
  EXPECT_EQ(EnvelopeOf(EventOf(archived)).at("resources"), nlohmann::json::array());

  auto restored = archived;
  restored.is_referrer = true;
  restored.target = StorageClass::kStandard;
  restored.artifact_media_type = "application/vnd.example.signature";
  restored.last_activated_at = *ParseInstant("2025-11-05T20:44:54.5Z");
  EXPECT_EQ(DetailTypeOf(restored), "ECR Referrer Action");
  expected["target-storage-class"] = "STANDARD";
  expected["artifact-media-type"] = "application/vnd.example.signature";
  expected["last-activated-at"] = "2025-11-05T20:44:54.500Z";
  EXPECT_EQ(JsonOf(restored), expected);
}

TEST(BusEnvelopeTest, EveryDetailTypeHasASample) {
  for (const auto type : DetailTypes()) EXPECT_EQ(SampleOf(type).at("detail-type"), type);
}

}  // namespace
}  // namespace crrsim
