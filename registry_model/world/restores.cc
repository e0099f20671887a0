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
  const auto ends = Schedule(now_ + restore_duration_, {ScheduledKind::kRestoreEnds, number});
  restores_.emplace(number, RunningRestore{begun.registry, begun.repository, begun.digest, begun.origin, ends});
  restore_of_.emplace(SourceImage{begun.registry, begun.repository, begun.digest}, number);
}

template <class Running>
void World::StopRunning(std::map<std::uint64_t, Running>& running, std::map<SourceImage, std::uint64_t>& number_of,
                        const SourceImage& image) {
  const auto found = number_of.find(image);
  if (found == number_of.end()) return;
  queue_.Cancel(running.at(found->second).ends);
  running.erase(found->second);
  number_of.erase(found);
}

void World::StopScan(const SourceImage& image) { StopRunning(scans_, scan_of_, image); }

void World::StopWhatIsMoot(const SourceImage& image) {
  StopRunning(restores_, restore_of_, image);
  StopScan(image);
}

void World::Follow(const ManifestRemoved& removed) {
  StopWhatIsMoot({removed.registry, removed.repository, removed.digest});
}

void World::Follow(const StorageClassChanged& changed) {
  if (changed.status == ImageStatus::kActivating) BeginRestore(changed);
  // An image that is active again was restored by a push meanwhile, and what is known of it before that is forgotten.
  if (changed.status == ImageStatus::kActive) StopWhatIsMoot({changed.registry, changed.repository, changed.digest});
}

void World::EndRestore(std::uint64_t number) {
  const auto restore = restores_.at(number);
  restores_.erase(number);
  restore_of_.erase({restore.registry, restore.repository, restore.digest});
  auto& registry = registries_.at(restore.registry);
  auto* repository = registry.FindMutable(restore.repository);
  const auto* image = repository->FindImage(restore.digest);
  FinishRestore(ContextAt(registry, restore.origin), *repository, restore.digest);
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
