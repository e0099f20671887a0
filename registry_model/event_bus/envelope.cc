#include "registry_model/event_bus/envelope.h"

#include <array>

#include "sim/check.h"
#include "sim/overloaded.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

constexpr std::string_view kImageAction = "ECR Image Action";
constexpr std::string_view kReferrerAction = "ECR Referrer Action";
constexpr std::array<std::string_view, 6> kDetailTypes = {kImageAction,     "ECR Replication Action",
                                                          "ECR Image Scan", "ECR Replication Backfill",
                                                          kReferrerAction,  "ECR Scan Resource Change"};

std::string_view NameOf(ImageActionType action) { return action == ImageActionType::kPush ? "PUSH" : "DELETE"; }

nlohmann::json Of(const ImageAction& action) {
  nlohmann::json detail = {{"result", "SUCCESS"},
                           {"repository-name", action.repository.text()},
                           {"image-digest", action.digest.text()},
                           {"action-type", NameOf(action.action)}};
  if (action.tag) detail["image-tag"] = action.tag->text();
  return detail;
}

nlohmann::json Of(const ReplicationAction& action) {
  nlohmann::json detail = {{"result", action.result == ReplicationStatus::kComplete ? "SUCCESS" : "FAILED"},
                           {"repository-name", action.repository.text()},
                           {"image-digest", action.digest.text()},
                           {"source-account", action.source.account.text()},
                           {"action-type", "REPLICATE"},
                           {"source-region", action.source.region.text()}};
  if (action.tag) detail["image-tag"] = action.tag->text();
  return detail;
}

nlohmann::json Of(const ImageScanned& scan) {
  auto tags = nlohmann::json::array();
  for (const auto& tag : scan.tags) tags.push_back(tag.text());
  auto counts = nlohmann::json::object();
  for (const auto& [severity, count] : scan.findings) counts[severity] = count;
  return {{"scan-status", "COMPLETE"},
          {"repository-name", scan.repository.text()},
          {"finding-severity-counts", std::move(counts)},
          {"image-digest", scan.digest.text()},
          {"image-tags", std::move(tags)}};
}

nlohmann::json Of(const BackfillFinished& backfill) {
  return {{"replication-backfill-id", backfill.backfill.text()},
          {"status", crrsim::NameOf(backfill.status)},
          {"destination-account", backfill.destination.account.text()},
          {"destination-region", backfill.destination.region.text()}};
}

nlohmann::json Of(const StorageClassUpdated& update) {
  nlohmann::json detail = {{"result", "SUCCESS"},
                           {"repository-name", update.repository.text()},
                           {"image-digest", update.digest.text()},
                           {"action-type", "UPDATE_STORAGE_CLASS"},
                           {"target-storage-class", crrsim::NameOf(update.target)},
                           {"manifest-media-type", update.manifest_media_type}};
  if (!update.artifact_media_type.empty()) detail["artifact-media-type"] = update.artifact_media_type;
  if (update.last_activated_at) detail["last-activated-at"] = ToText(*update.last_activated_at);
  return detail;
}

nlohmann::json Of(const ScanResourcesChanged& changed) {
  auto repositories = nlohmann::json::array();
  for (const auto& [repository, from, to] : changed.changes) {
    repositories.push_back({{"repository-name", repository.text()},
                            {"repository-arn", RepositoryArn(changed.registry, repository)},
                            {"scan-frequency", to},
                            {"previous-scan-frequency", from}});
  }
  return {{"action-type", "SCAN_FREQUENCY_CHANGE"},
          {"repositories", std::move(repositories)},
          {"resource-type", "REPOSITORY"},
          {"scan-type", "ENHANCED"}};
}

/// The repository whose ARN `resources` holds; null where it is empty.
const RepositoryName* ResourceOf(const BusDetail& detail) {
  return std::visit(Overloaded{[](const ReplicationAction& one) { return &one.repository; },
                               [](const ImageScanned& one) { return &one.repository; },
                               [](const auto&) -> const RepositoryName* { return nullptr; }},
                    detail);
}

}  // namespace

std::string_view DetailTypeOf(const BusDetail& detail) {
  if (const auto* update = std::get_if<StorageClassUpdated>(&detail)) {
    return update->is_referrer ? kReferrerAction : kImageAction;
  }
  return kDetailTypes.at(detail.index());
}

std::span<const std::string_view> DetailTypes() { return kDetailTypes; }

nlohmann::json JsonOf(const BusDetail& detail) {
  return std::visit([](const auto& one) { return Of(one); }, detail);
}

nlohmann::json SampleOf(std::string_view detail_type) {
  StorageClassUpdated update{{}, {}, StorageClass::kStandard, "m", "a", Instant(), true};
  auto image_update = update;
  image_update.is_referrer = false;
  const std::array<BusDetail, 7> details = {ImageAction{{}, {}, Tag(), ImageActionType::kPush},
                                            ReplicationAction{{}, {}, Tag(), {}, ReplicationStatus::kComplete},
                                            ImageScanned{},
                                            BackfillFinished{},
                                            std::move(update),
                                            std::move(image_update),
                                            ScanResourcesChanged{{}, {{}}}};
  nlohmann::json sample;
  for (const auto& detail : details) {
    if (DetailTypeOf(detail) == detail_type) sample.merge_patch(EnvelopeOf({RegistryKey(), Uuid(), Instant(), detail}));
  }
  CRRSIM_CHECK(!sample.is_null(), "no event has the detail-type {}", detail_type);
  return sample;
}

nlohmann::json EnvelopeOf(const BusEvent& event) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto whole = event.sent_at.unix_nanoseconds() / kSecond * kSecond;
  auto resources = nlohmann::json::array();
  if (const auto* repository = ResourceOf(event.detail)) {
    resources.push_back(RepositoryArn(event.registry, *repository));
  }
  return {{"version", "0"},
          {"id", event.id.text()},
          {"detail-type", DetailTypeOf(event.detail)},
          {"source", "aws.ecr"},
          {"account", event.registry.account.text()},
          {"time", ToText(Instant() + Nanoseconds(whole))},
          {"region", event.registry.region.text()},
          {"resources", std::move(resources)},
          {"detail", JsonOf(event.detail)}};
}

}  // namespace crrsim
