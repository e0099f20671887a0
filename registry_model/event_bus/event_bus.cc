#include "registry_model/event_bus/event_bus.h"

namespace crrsim {

EventBus::Messages EventBus::Hear(const Event& event, const Registries& registries, Assumptions& assumptions) {
  if (const auto* ended = std::get_if<JobEnded>(&event.body)) return Ended(*ended, registries, assumptions);
  if (const auto* push = std::get_if<ImagePushed>(&event.body)) {
    return {BusMessage{push->registry, ImageAction{push->repository, push->digest, push->tag, ImageActionType::kPush}},
            {}};
  }
  if (const auto* moved = std::get_if<TagMoved>(&event.body)) {
    if (moved->to) return {};
    untagged_ = ImageAt{event.when, {moved->registry, moved->repository}, *moved->from};
    const ImageAction action{moved->repository, *moved->from, moved->tag, ImageActionType::kDelete};
    return {BusMessage{moved->registry, action}, {}};
  }
  if (const auto* removed = std::get_if<ManifestRemoved>(&event.body)) {
    // One event a tag; an image that lost its last tag just now has had its own.
    const ImageAt image{event.when, {removed->registry, removed->repository}, removed->digest};
    if (untagged_ == image) return {};
    const ImageAction action{removed->repository, removed->digest, std::nullopt, ImageActionType::kDelete};
    return {BusMessage{removed->registry, action}, {}};
  }
  if (const auto* dropped = std::get_if<TagDropped>(&event.body)) {
    dropped_.insert({{dropped->registry, dropped->repository}, dropped->tag, dropped->digest});
    return {};
  }
  if (const auto* scan = std::get_if<ScanCompleted>(&event.body)) {
    const auto& image = *registries.at(scan->registry).Find(scan->repository)->FindImage(scan->digest);
    return {BusMessage{scan->registry, ImageScanned{scan->repository, scan->digest, image.tags, scan->findings}}, {}};
  }
  if (const auto* backfill = std::get_if<BackfillChanged>(&event.body)) {
    if (!IsTerminal(backfill->status) || assumptions.Use(Assumption::kBackfillEvent) == "off") return {};
    const BackfillFinished finished{backfill->id, backfill->destination, backfill->status};
    return {BusMessage{backfill->registry, finished}, {}};
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
  Messages messages;
  messages.first =
      BusMessage{copy.destination, ReplicationAction{copy.repository, copy.digest, tag, copy.source, ended.status}};
  if (ended.status == ReplicationStatus::kComplete && assumptions.Use(Assumption::kDestinationPushEvent) == "on") {
    messages.second =
        BusMessage{copy.destination, ImageAction{copy.repository, copy.digest, tag, ImageActionType::kPush}};
  }
  return messages;
}

}  // namespace crrsim
