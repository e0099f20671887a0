// Lifecycle policies in virtual time: background housekeeping, which no run waits for.
//
// A policy is evaluated a period after it was put, or after a creation template brought it, and every period from then
// on, until it is replaced or deleted. Ages count by the clock of its region, which stamped the images. What it expires
// goes like what a client deletes, so replication hears of it.
//
// Source  ecr-replication.md 1.6 (5), 10.2 (Lifecycle; Deleting referrers).
#include <algorithm>

#include "registry_model/lifecycle/images.h"
#include "registry_model/mutants.h"
#include "registry_model/registry/storage_class.h"
#include "registry_model/world/world.h"

namespace crrsim {

void World::Follow(const RepositoryCreated& created) {
  const auto* repository = registries_.at(created.registry).Find(created.repository);
  if (!repository->settings.lifecycle_policy.empty()) StartLifecycle({created.registry, created.repository});
}

void World::Follow(const RepositorySettingChanged& changed) {
  if (changed.setting != kLifecyclePolicySetting) return;
  StopLifecycle({changed.registry, changed.repository});
  if (!changed.value.empty()) StartLifecycle({changed.registry, changed.repository});
}

void World::Follow(const RepositoryDeleted& deleted) { StopLifecycle({deleted.registry, deleted.repository}); }

void World::StartLifecycle(const RepositoryKey& repository) {
  const auto number = ++lifecycles_started_;
  const auto due = now_ + lifecycle_period_;
  lifecycles_.emplace(repository, LifecycleRun{number, due});
  lifecycle_of_.emplace(number, repository);
  Schedule(due, {ScheduledKind::kLifecycleEvaluates, number});
}

void World::StopLifecycle(const RepositoryKey& repository) {
  const auto run = lifecycles_.find(repository);
  if (run == lifecycles_.end()) return;
  lifecycle_of_.erase(run->second.number);
  lifecycles_.erase(run);
}

void World::EvaluateLifecycle(std::uint64_t number) {
  const auto found = lifecycle_of_.find(number);
  if (found == lifecycle_of_.end()) return;  // the policy was replaced or deleted
  const auto [registry, name] = found->second;
  auto& run = lifecycles_.at(found->second);
  run.due = now_ + lifecycle_period_;
  Schedule(run.due, {ScheduledKind::kLifecycleEvaluates, number});

  if (Mutated(Mutant::kLifecycleNeverRuns)) return;

  auto& repository = *registries_.at(registry).FindMutable(name);
  const auto policy = ParseLifecyclePolicy(repository.settings.lifecycle_policy);
  CRRSIM_CHECK(policy.ok(), "'{}' has a lifecycle policy that nobody checked", name.text());
  const auto content = ContextAt(registries_.at(registry), Origin::kClient);
  const auto actions = SelectForLifecycle(*policy, ImagesForLifecycle(repository), content.now);
  repository.lifecycle.evaluated_at = content.now;
  const auto expiring = std::count_if(actions.begin(), actions.end(), [](const LifecycleAction& action) {
    return action.type == LifecycleActionType::kExpire;
  });
  Emit<LifecycleEvaluated>(registry, name, static_cast<std::uint64_t>(expiring),
                           actions.size() - static_cast<std::size_t>(expiring));

  for (const auto& action : actions) {
    if (action.type == LifecycleActionType::kExpire) {
      DeleteImage(content, repository, action.digest, DeletionCause::kLifecycle);
    } else {
      const auto* image = repository.FindImage(action.digest);
      // An index may have taken it along already.
      if (RefusalOfClass(repository, *image, StorageClass::kArchive) != ClassRefusal::kNone) continue;
      ChangeStorageClass(content, repository, action.digest, StorageClass::kArchive);
    }
  }
  // An orphan may be the subject of others.
  for (auto orphaned = OrphanedReferrers(repository); !orphaned.empty(); orphaned = OrphanedReferrers(repository)) {
    for (const auto& digest : orphaned) DeleteImage(content, repository, digest, DeletionCause::kLifecycle);
  }
  AcceptDeletions();
}

}  // namespace crrsim
