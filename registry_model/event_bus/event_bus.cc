#include "registry_model/event_bus/event_bus.h"

#include <utility>

#include "registry_model/mutants.h"

namespace crrsim {

namespace {

StorageClassUpdated UpdateOf(const StorageClassChanged& changed, const Registries& registries) {
  const auto& image = *registries.at(changed.registry).Find(changed.repository)->FindImage(changed.digest);
  StorageClassUpdated update;
  update.repository = changed.repository;
  update.digest = changed.digest;
  update.target = changed.target;
  update.manifest_media_type = image.manifest->media_type;
  update.artifact_media_type = image.manifest->artifact_type;
  if (changed.status == ImageStatus::kActive) update.last_activated_at = image.storage.activated_at;
  update.is_referrer = image.manifest->subject.has_value() && !Mutated(Mutant::kReferrersAreImages);
  return update;
}

}  // namespace

void EventBus::Add(Messages& messages, const RegistryKey& registry, const Surroundings& around, BusDetail&& detail) {
  messages.push_back({registry, Uuid::Draw(ids_), around.now, std::move(detail)});
}

EventBus::Messages EventBus::One(const RegistryKey& registry, const Surroundings& around, BusDetail&& detail) {
  Messages messages;
  Add(messages, registry, around, std::move(detail));
  return messages;
}

EventBus::Messages EventBus::Hear(const Event& event, const Registries& registries, Assumptions& assumptions) {
  const Surroundings around{event.when, registries, assumptions};
  return std::visit(
      [&](const auto& body) -> Messages {
        if constexpr (Hears<std::decay_t<decltype(body)>>()) {
          return Of(body, around);
        } else {
          return {};
        }
      },
      event.body);
}

EventBus::Messages EventBus::Of(const JobEnded& ended, const Surroundings& around) {
  const auto& copy = ended.replication;
  if (!around.registries.contains(copy.destination)) return {};
  auto tag = copy.tag;
  if (tag && !dropped_.empty() && dropped_.erase({{copy.destination, copy.repository}, *tag, copy.digest}) != 0 &&
      ended.status == ReplicationStatus::kComplete) {
    tag.reset();
  }
  auto messages = One(Mutated(Mutant::kEventsAtTheSource) ? copy.source : copy.destination, around,
                      ReplicationAction{copy.repository, copy.digest, tag, copy.source, ended.status});
  if (ended.status == ReplicationStatus::kComplete &&
      around.assumptions.Use(Assumption::kDestinationPushEvent) == "on") {
    Add(messages, copy.destination, around, ImageAction{copy.repository, copy.digest, tag, ImageActionType::kPush});
  }
  return messages;
}

EventBus::Messages EventBus::Of(const ImagePulled& pull, const Surroundings& around) {
  if (!Mutated(Mutant::kPullsAreTold)) return {};
  return One(pull.registry, around, ImageAction{pull.repository, pull.digest, pull.tag, ImageActionType::kPush});
}

EventBus::Messages EventBus::Of(const ImagePushed& push, const Surroundings& around) {
  const auto tag = Mutated(Mutant::kPushesWithoutTag) ? std::nullopt : push.tag;
  return One(push.registry, around, ImageAction{push.repository, push.digest, tag, ImageActionType::kPush});
}

EventBus::Messages EventBus::Of(const TagMoved& moved, const Surroundings& around) {
  if (moved.to) return {};
  untagged_ = ImageAt{around.now, {moved.registry, moved.repository}, *moved.from};
  return One(moved.registry, around, ImageAction{moved.repository, *moved.from, moved.tag, ImageActionType::kDelete});
}

EventBus::Messages EventBus::Of(const ManifestRemoved& removed, const Surroundings& around) {
  // One event a tag; an image that lost its last tag just now has had its own.
  const ImageAt image{around.now, {removed.registry, removed.repository}, removed.digest};
  if (untagged_ == image) return {};
  return One(removed.registry, around,
             ImageAction{removed.repository, removed.digest, std::nullopt, ImageActionType::kDelete});
}

EventBus::Messages EventBus::Of(const TagDropped& dropped, const Surroundings&) {
  dropped_.insert({{dropped.registry, dropped.repository}, dropped.tag, dropped.digest});
  return {};
}

EventBus::Messages EventBus::Of(const ScanCompleted& scan, const Surroundings& around) {
  if (Mutated(Mutant::kScansAreNotTold)) return {};
  const auto& image = *around.registries.at(scan.registry).Find(scan.repository)->FindImage(scan.digest);
  return One(scan.registry, around, ImageScanned{scan.repository, scan.digest, image.tags, scan.findings});
}

EventBus::Messages EventBus::Of(const StorageClassChanged& changed, const Surroundings& around) {
  // A restore is said when it is done.
  if (changed.status == ImageStatus::kActivating) return {};
  return One(changed.registry, around, UpdateOf(changed, around.registries));
}

EventBus::Messages EventBus::Of(const ScanningConfigured& scanning, const Surroundings& around) {
  if (scanning.changes.empty() || Mutated(Mutant::kScansAreNotTold)) return {};
  return One(scanning.registry, around, ScanResourcesChanged{scanning.registry, scanning.changes});
}

EventBus::Messages EventBus::Of(const BackfillChanged& backfill, const Surroundings& around) {
  if (!IsTerminal(backfill.status) || around.assumptions.Use(Assumption::kBackfillEvent) == "off") return {};
  return One(backfill.registry, around, BackfillFinished{backfill.id, backfill.destination, backfill.status});
}

}  // namespace crrsim
