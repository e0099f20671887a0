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

EventBus::Messages One(const RegistryKey& registry, BusDetail detail) {
  EventBus::Messages messages;
  messages.push_back({registry, std::move(detail)});
  return messages;
}

}  // namespace

EventBus::Messages EventBus::Hear(const Event& event, const Registries& registries, Assumptions& assumptions) {
  if (const auto* ended = std::get_if<JobEnded>(&event.body)) return Ended(*ended, registries, assumptions);
  if (const auto* pull = std::get_if<ImagePulled>(&event.body); pull != nullptr && Mutated(Mutant::kPullsAreTold)) {
    return One(pull->registry, ImageAction{pull->repository, pull->digest, pull->tag, ImageActionType::kPush});
  }
  if (const auto* push = std::get_if<ImagePushed>(&event.body)) {
    const auto tag = Mutated(Mutant::kPushesWithoutTag) ? std::nullopt : push->tag;
    return One(push->registry, ImageAction{push->repository, push->digest, tag, ImageActionType::kPush});
  }
  if (const auto* moved = std::get_if<TagMoved>(&event.body)) {
    if (moved->to) return {};
    untagged_ = ImageAt{event.when, {moved->registry, moved->repository}, *moved->from};
    const ImageAction action{moved->repository, *moved->from, moved->tag, ImageActionType::kDelete};
    return One(moved->registry, action);
  }
  if (const auto* removed = std::get_if<ManifestRemoved>(&event.body)) {
    // One event a tag; an image that lost its last tag just now has had its own.
    const ImageAt image{event.when, {removed->registry, removed->repository}, removed->digest};
    if (untagged_ == image) return {};
    const ImageAction action{removed->repository, removed->digest, std::nullopt, ImageActionType::kDelete};
    return One(removed->registry, action);
  }
  if (const auto* dropped = std::get_if<TagDropped>(&event.body)) {
    dropped_.insert({{dropped->registry, dropped->repository}, dropped->tag, dropped->digest});
    return {};
  }
  if (const auto* scan = std::get_if<ScanCompleted>(&event.body)) {
    if (Mutated(Mutant::kScansAreNotTold)) return {};
    const auto& image = *registries.at(scan->registry).Find(scan->repository)->FindImage(scan->digest);
    return One(scan->registry, ImageScanned{scan->repository, scan->digest, image.tags, scan->findings});
  }
  if (const auto* changed = std::get_if<StorageClassChanged>(&event.body)) {
    // A restore is said when it is done.
    if (changed->status == ImageStatus::kActivating) return {};
    return One(changed->registry, UpdateOf(*changed, registries));
  }
  if (const auto* scanning = std::get_if<ScanningConfigured>(&event.body)) {
    if (scanning->changes.empty() || Mutated(Mutant::kScansAreNotTold)) return {};
    return One(scanning->registry, ScanResourcesChanged{scanning->registry, scanning->changes});
  }
  if (const auto* backfill = std::get_if<BackfillChanged>(&event.body)) {
    if (!IsTerminal(backfill->status) || assumptions.Use(Assumption::kBackfillEvent) == "off") return {};
    const BackfillFinished finished{backfill->id, backfill->destination, backfill->status};
    return One(backfill->registry, finished);
  }
  return {};
}

EventBus::Messages EventBus::Ended(const JobEnded& ended, const Registries& registries, Assumptions& assumptions) {
  const auto& copy = ended.replication;
  if (!registries.contains(copy.destination)) return {};
  auto tag = copy.tag;
  if (tag && !dropped_.empty() && dropped_.erase({{copy.destination, copy.repository}, *tag, copy.digest}) != 0 &&
      ended.status == ReplicationStatus::kComplete) {
    tag.reset();
  }
  auto messages = One(Mutated(Mutant::kEventsAtTheSource) ? copy.source : copy.destination,
                      ReplicationAction{copy.repository, copy.digest, tag, copy.source, ended.status});
  if (ended.status == ReplicationStatus::kComplete && assumptions.Use(Assumption::kDestinationPushEvent) == "on") {
    messages.push_back({copy.destination, ImageAction{copy.repository, copy.digest, tag, ImageActionType::kPush}});
  }
  return messages;
}

}  // namespace crrsim
