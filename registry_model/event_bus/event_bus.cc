#include "registry_model/event_bus/event_bus.h"

#include <utility>

#include "registry_model/mutants.h"
#include "sim/overloaded.h"

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

EventBus::Messages ActionOn(const RegistryKey& registry, ImageAction action) {
  return {BusMessage{registry, std::move(action)}, {}};
}

}  // namespace

EventBus::Messages EventBus::Hear(const Event& event, const Registries& registries, Assumptions& assumptions) {
  return std::visit(
      Overloaded{
          [&](const JobEnded& ended) { return Ended(ended, registries, assumptions); },
          [](const ImagePulled& pull) -> Messages {
            if (!Mutated(Mutant::kPullsAreTold)) return {};
            return ActionOn(pull.registry, {pull.repository, pull.digest, pull.tag, ImageActionType::kPush});
          },
          [](const ImagePushed& push) -> Messages {
            const auto tag = Mutated(Mutant::kPushesWithoutTag) ? std::nullopt : push.tag;
            return ActionOn(push.registry, {push.repository, push.digest, tag, ImageActionType::kPush});
          },
          [&](const TagMoved& moved) -> Messages {
            if (moved.to) return {};
            untagged_ = ImageAt{event.when, {moved.registry, moved.repository}, *moved.from};
            return ActionOn(moved.registry, {moved.repository, *moved.from, moved.tag, ImageActionType::kDelete});
          },
          [&](const ManifestRemoved& removed) -> Messages {
            // One event a tag; an image that lost its last tag just now has had its own.
            const ImageAt image{event.when, {removed.registry, removed.repository}, removed.digest};
            if (untagged_ == image) return {};
            return ActionOn(removed.registry,
                            {removed.repository, removed.digest, std::nullopt, ImageActionType::kDelete});
          },
          [&](const TagDropped& dropped) -> Messages {
            dropped_.insert({{dropped.registry, dropped.repository}, dropped.tag, dropped.digest});
            return {};
          },
          [&](const ScanCompleted& scan) -> Messages {
            if (Mutated(Mutant::kScansAreNotTold)) return {};
            const auto& image = *registries.at(scan.registry).Find(scan.repository)->FindImage(scan.digest);
            return {BusMessage{scan.registry, ImageScanned{scan.repository, scan.digest, image.tags, scan.findings}},
                    {}};
          },
          [&](const StorageClassChanged& changed) -> Messages {
            // A restore is said when it is done.
            if (changed.status == ImageStatus::kActivating) return {};
            return {BusMessage{changed.registry, UpdateOf(changed, registries)}, {}};
          },
          [](const ScanningConfigured& scanning) -> Messages {
            if (scanning.changes.empty() || Mutated(Mutant::kScansAreNotTold)) return {};
            return {BusMessage{scanning.registry, ScanResourcesChanged{scanning.registry, scanning.changes}}, {}};
          },
          [&](const BackfillChanged& backfill) -> Messages {
            if (!IsTerminal(backfill.status) || assumptions.Use(Assumption::kBackfillEvent) == "off") return {};
            const BackfillFinished finished{backfill.id, backfill.destination, backfill.status};
            return {BusMessage{backfill.registry, finished}, {}};
          },
          [](const auto&) -> Messages { return {}; },
      },
      event.body);
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
  messages.first = BusMessage{Mutated(Mutant::kEventsAtTheSource) ? copy.source : copy.destination,
                              ReplicationAction{copy.repository, copy.digest, tag, copy.source, ended.status}};
  if (ended.status == ReplicationStatus::kComplete && assumptions.Use(Assumption::kDestinationPushEvent) == "on") {
    messages.second =
        BusMessage{copy.destination, ImageAction{copy.repository, copy.digest, tag, ImageActionType::kPush}};
  }
  return messages;
}

}  // namespace crrsim
