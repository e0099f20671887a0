// A replication configuration, between AWS's shape and the model.
//
// Every limit is checked for every rule. Which exception refuses what is documented for one case only, the own registry
// as destination; for the others it is the assumption `configuration_errors`.
//
// Ours, where nothing is documented: a rule has at least one destination and none twice; a region that the world does
// not have is accepted, and replication to it fails; `deleteReplication` may be given but not enabled, since deletions
// are not replicated yet.
//
// Source  ecr-replication.md 1.3, 1.4, 8.
#pragma once

#include "registry_model/api/context.h"
#include "registry_model/api/replication_requests.h"

namespace crrsim {

/// `own` is the registry that the configuration is for.
/// On error  the first violation, in the order of the document, counts of the whole last.
ApiResult<ReplicationConfiguration> ReadConfiguration(const ReplicationConfigurationShape& shape,
                                                      const RegistryKey& own, const ApiOptions& options,
                                                      Assumptions& assumptions);

/// The shape that ReadConfiguration reads to the same value.
ReplicationConfigurationShape ShapeOf(const ReplicationConfiguration& configuration);

}  // namespace crrsim
