// The images of a repository as a lifecycle policy sees them.
#pragma once

#include <vector>

#include "registry_model/lifecycle/selection.h"
#include "registry_model/registry/repository.h"

namespace crrsim {

/// Order  by digest.
std::vector<LifecycleImage> ImagesForLifecycle(const Repository& repository);

/// Reference artifacts whose subject was deleted and that no index lists: a repository with a lifecycle policy loses
/// them within 24 hours. Those whose subject never was there stay.
/// Order   by digest. Source  user guide, LifecyclePolicies; ecr-replication.md 10.2 (Deleting referrers).
std::vector<Digest> OrphanedReferrers(const Repository& repository);

}  // namespace crrsim
