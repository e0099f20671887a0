// A registry of a world as a snapshot, and what the world knows of its replication to another.
#pragma once

#include "harness/compare/snapshot.h"
#include "registry_model/world/world.h"

namespace crrsim {

/// Requires that the world has the registry.
RegistrySnapshot SnapshotOf(const World& world, const RegistryKey& registry, std::string name);

/// Requires that the world has the source.
ReplicationSnapshot ReplicationOf(const World& world, const RegistryKey& source, const RegistryKey& destination);

}  // namespace crrsim
