// What was archived comes back, and what arrives is scanned.
//
// Source  ecr-replication.md 2.1 (a restore is treated like a push), 2.4, 9.
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"
#include "registry_model/registry/scanning.h"
#include "registry_model/registry/storage_class.h"
#include "registry_model/world/world.h"

namespace crrsim {

void World::BeginRestore(const StorageClassChanged& begun) {
  const auto number = ++restores_begun_;
  restores_.emplace(number, RunningRestore{begun.registry, begun.repository, begun.digest, begun.origin});
  Schedule(now_ + restore_duration_, {ScheduledKind::kRestoreEnds, number});
}

void World::EndRestore(std::uint64_t number) {
  const auto restore = restores_.at(number);
  restores_.erase(number);
  auto& registry = registries_.at(restore.registry);
  auto* repository = registry.FindMutable(restore.repository);
  const auto* image = repository == nullptr ? nullptr : repository->FindImage(restore.digest);
  if (image == nullptr) return;
  // The image may have been pushed again, or have gone and come again, since; then this is not its restore.
  const auto& storage = image->storage;
  if (storage.status != ImageStatus::kActivating || storage.restore_began + restore_duration_ != now_) return;
  FinishRestore({now_, registry, restore.origin, assumptions_, *this}, *repository, restore.digest);
  ScanOnArrival(restore.registry, restore.repository, *image->manifest);
  // What a copy restored arrived by replication, and is not replicated on.
  if (restore.origin == Origin::kReplication || Mutated(Mutant::kRestoresAreNotSent)) return;
  if (image->tags.empty()) pushes_.push_back({restore.registry, restore.repository, restore.digest, std::nullopt});
  for (const auto& tag : image->tags) {
    pushes_.push_back({restore.registry, restore.repository, restore.digest, tag});
  }
  AcceptPushes();
}

void World::ScanOnArrival(const RegistryKey& key, const RepositoryName& repository, const Manifest& manifest) {
  const auto& registry = registries_.at(key);
  if (!IsScannedOnArrival(registry, *registry.Find(repository), manifest)) return;
  if (registry.scanning.type == ScanType::kBasic &&
      Exceeds(ScansOfTheDay(registry, ClockOf(registry.key.region)) + 1, api_options_.scans_max)) {
    assumptions_.Use(Assumption::kScanQuota);
    return;
  }
  StartScan(registry.key, repository, manifest.digest);
}

}  // namespace crrsim
