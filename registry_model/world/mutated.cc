// What a world does only under a mutant (registry_model/mutants.h): mistakes that have no place of their own, since the
// model never does anything of the kind. A build without tests calls none of this, others ask first whether the mutant
// is on.
#include "registry_model/mutants.h"
#include "registry_model/registry/storage_class.h"
#include "registry_model/replication/match.h"
#include "registry_model/world/world.h"

namespace crrsim {

namespace {

/// The destinations of a registry's rules, whatever they match.
std::set<RegistryKey> AllDestinations(const ReplicationConfiguration& configuration) {
  std::set<RegistryKey> all;
  for (const auto& rule : configuration.rules) all.insert(rule.destinations.begin(), rule.destinations.end());
  return all;
}

/// The pushes by which the images of a repository would have come.
void AddPushes(const RegistryKey& registry, const Repository& repository, std::vector<ImagePushed>& pushes) {
  repository.images.ForEachSorted([&](const Digest& digest, const Image& image) {
    if (image.tags.empty()) pushes.push_back({registry, repository.name, digest, std::nullopt});
    for (const auto& tag : image.tags) pushes.push_back({registry, repository.name, digest, tag});
  });
}

}  // namespace

void World::Misbehave(const Event& event) {
  std::visit(
      [this](const auto& body) {
        if constexpr (requires { MisbehaveAt(body); }) MisbehaveAt(body);
      },
      event.body);
}

void World::MisbehaveAt(const ReplicationConfigured& configured) {
  const auto& registry = registries_.at(configured.registry);
  if (Mutated(Mutant::kExistingImagesAreSent)) {
    registry.repositories.ForEachSorted([&](const RepositoryName&, const Cow<Repository>& repository) {
      AddPushes(registry.key, *repository, pushes_);
    });
  }
  if (Mutated(Mutant::kRemovalTakesCopies) && configured.configuration.rules.empty()) {
    for (auto& [key, other] : registries_) {
      std::vector<RepositoryName> copies;
      other.repositories.ForEachSorted([&](const RepositoryName& name, const Cow<Repository>& repository) {
        if (repository->created_by == Origin::kReplication) copies.push_back(name);
      });
      for (const auto& name : copies) {
        DeleteRepositoryFrom({now_, registries_.at(key), Origin::kClient, assumptions_, *this}, other, name);
      }
    }
  }
  if (Mutated(Mutant::kRegistrySettingsFollow)) {
    for (const auto& key : AllDestinations(configured.configuration)) {
      auto& destination = registries_.at(key);
      destination.policy = registry.policy;
      destination.templates = registry.templates;
      destination.replication = registry.replication;
      for (auto& rule : destination.replication.rules) std::erase(rule.destinations, key);
    }
  }
}

void World::MisbehaveAt(const ManifestRemoved& removed) {
  const auto& registry = registries_.at(removed.registry);
  if (Mutated(Mutant::kDeletionsAreCopied)) {
    for (const auto& key : AllDestinations(registry.replication)) {
      auto* copy = registries_.at(key).FindMutable(removed.repository);
      const auto* image = copy == nullptr ? nullptr : copy->FindImage(removed.digest);
      if (image == nullptr || image->indexes > 0) continue;
      RemoveImage({now_, registries_.at(key), Origin::kReplication, assumptions_, *this}, *copy, removed.digest);
    }
  }
  if (Mutated(Mutant::kDeletedCopiesAreSentAgain)) {
    for (const auto& [key, source] : registries_) {
      const auto* repository = source.Find(removed.repository);
      const auto* image = repository == nullptr ? nullptr : repository->FindImage(removed.digest);
      if (image == nullptr || !AllDestinations(source.replication).contains(removed.registry)) continue;
      for (const auto& tag : image->tags) pushes_.push_back({key, removed.repository, removed.digest, tag});
    }
  }
}

void World::MisbehaveAt(const TagMoved& moved) {
  if (!Mutated(Mutant::kDeletionsAreCopied) || moved.to) return;
  for (const auto& key : AllDestinations(registries_.at(moved.registry).replication)) {
    auto* copy = registries_.at(key).FindMutable(moved.repository);
    if (copy == nullptr || copy->FindImage(moved.tag) == nullptr) continue;
    RemoveTag({now_, registries_.at(key), Origin::kReplication, assumptions_, *this}, *copy, moved.tag);
  }
}

void World::MisbehaveAt(const RepositorySettingChanged& changed) {
  if (!Mutated(Mutant::kRepositorySettingsFollow)) return;
  const auto& registry = registries_.at(changed.registry);
  for (const auto& key : AllDestinations(registry.replication)) {
    auto* copy = registries_.at(key).FindMutable(changed.repository);
    if (copy != nullptr) copy->settings = registry.Find(changed.repository)->settings;
  }
}

void World::MisbehaveAt(const ScanCompleted& scanned) {
  if (!Mutated(Mutant::kFindingsFollow)) return;
  const auto& registry = registries_.at(scanned.registry);
  const auto scan = registry.Find(scanned.repository)->FindImage(scanned.digest)->scan;
  for (const auto& key : AllDestinations(registry.replication)) {
    auto* copy = registries_.at(key).FindMutable(scanned.repository);
    auto* image = copy == nullptr ? nullptr : copy->images.Find(scanned.digest);
    if (image != nullptr) image->scan = scan;
  }
}

void World::MisbehaveAt(const StorageClassChanged& changed) {
  if (!Mutated(Mutant::kArchivingIsMirrored) || changed.status != ImageStatus::kArchived) return;
  for (const auto& key : AllDestinations(registries_.at(changed.registry).replication)) {
    auto* copy = registries_.at(key).FindMutable(changed.repository);
    const auto* image = copy == nullptr ? nullptr : copy->FindImage(changed.digest);
    if (image == nullptr || RefusalOfClass(*copy, *image, StorageClass::kArchive) != ClassRefusal::kNone) continue;
    ChangeStorageClass({now_, registries_.at(key), Origin::kReplication, assumptions_, *this}, *copy, changed.digest,
                       StorageClass::kArchive);
  }
}

std::vector<RegistryKey> World::DestinationsOfTheAccount(const ImagePushed& push) {
  for (const auto& [key, registry] : registries_) {
    if (key.account != push.registry.account || registry.replication.rules.empty()) continue;
    auto destinations = DestinationsOf(registry.replication, push.repository, assumptions_);
    std::erase(destinations, push.registry);
    return destinations;
  }
  return {};
}

void World::ShareLayers(Registry& destination, const Ask& ask) {
  auto* repository = destination.FindMutable(ask.replication->repository);
  if (repository == nullptr) return;
  std::map<Digest, ByteCount> elsewhere;
  destination.repositories.ForEachSorted([&](const RepositoryName&, const Cow<Repository>& other) {
    other->blobs.ForEachSorted([&](const Digest& digest, const StoredBlob& blob) { elsewhere[digest] = blob.size; });
  });
  for (const auto& [kind, digest] : ask.content) {
    const auto found = elsewhere.find(digest);
    if (kind != ContentKind::kBlob || found == elsewhere.end()) continue;
    StoreBlob({now_, destination, Origin::kReplication, assumptions_, *this}, *repository, digest, found->second);
  }
}

ManifestPtr World::Rewritten(const Manifest& manifest) {
  return ParseManifest(manifest.bytes + "\n", manifest.media_type).value();
}

}  // namespace crrsim
