#include "harness/compare/snapshot_of_world.h"

namespace crrsim {

namespace {

ImageSnapshot SnapshotOfImage(const Image& image) {
  const auto& manifest = *image.manifest;
  ImageSnapshot snapshot;
  for (const auto& tag : image.tags) snapshot.tags.insert(tag.text());
  snapshot.media_type = manifest.media_type;
  snapshot.manifest = manifest.bytes;
  if (manifest.subject) snapshot.subject = manifest.subject->digest.text();
  for (const auto& child : manifest.children) snapshot.children.insert(child.digest.text());
  snapshot.status = NameOf(image.storage.status);
  snapshot.came_by = image.origin == Origin::kReplication ? CameBy::kReplication : CameBy::kPush;
  return snapshot;
}

RepositorySnapshot SnapshotOfRepository(const Repository& repository) {
  const auto& settings = repository.settings;
  RepositorySnapshot snapshot;
  snapshot.images_known = true;
  snapshot.mutability_filters = settings.mutability_exclusions;
  snapshot.settings["imageTagMutability"] = NameOf(settings.mutability);
  for (const auto& filter : settings.mutability_exclusions) {
    auto& filters = snapshot.settings["imageTagMutabilityExclusionFilters"];
    filters += (filters.empty() ? "" : " ") + filter;
  }
  snapshot.settings["encryptionType"] = settings.encryption_type;
  snapshot.settings["scanOnPush"] = settings.scan_on_push ? "true" : "false";
  if (settings.repository_policy) snapshot.settings["repositoryPolicy"] = settings.repository_policy->text();
  if (!settings.lifecycle_policy.empty()) snapshot.settings["lifecyclePolicy"] = settings.lifecycle_policy;
  repository.images.ForEachSorted([&](const Digest& digest, const Image& image) {
    snapshot.images.emplace(digest.text(), SnapshotOfImage(image));
  });
  return snapshot;
}

const Registry& RegistryOf(const World& world, const RegistryKey& key) {
  const auto* registry = world.FindRegistry(key);
  CRRSIM_CHECK(registry != nullptr, "the world has no registry {}", ToText(key));
  return *registry;
}

}  // namespace

RegistrySnapshot SnapshotOf(const World& world, const RegistryKey& registry, std::string name) {
  RegistrySnapshot snapshot;
  snapshot.name = std::move(name);
  snapshot.registry = ToText(registry);
  RegistryOf(world, registry)
      .repositories.ForEachSorted([&](const RepositoryName& of, const Cow<Repository>& repository) {
        snapshot.repositories.emplace(of.text(), SnapshotOfRepository(*repository));
      });
  return snapshot;
}

ReplicationSnapshot ReplicationOf(const World& world, const RegistryKey& source, const RegistryKey& destination) {
  ReplicationSnapshot snapshot;
  const auto& registry = RegistryOf(world, source);
  auto& rules = snapshot.rules.emplace();
  for (const auto& rule : registry.replication.rules) {
    auto& into = rules.emplace_back();
    for (const auto& to : rule.destinations) into.destinations.insert(ToText(to));
    for (const auto& filter : rule.filters) into.prefixes.push_back(filter.prefix);
  }
  auto& statuses = snapshot.statuses.emplace();
  registry.repositories.ForEachSorted([&](const RepositoryName& name, const Cow<Repository>& repository) {
    repository->images.ForEachSorted([&](const Digest& digest, const Image&) {
      for (const auto& entry : world.StatusOf({source, name, digest})) {
        if (entry.destination != destination) continue;
        statuses[{name.text(), digest.text()}] = {std::string(NameOf(entry.status)),
                                                  std::string(NameOf(entry.failure))};
      }
    });
  });
  return snapshot;
}

}  // namespace crrsim
