// WHICH IMAGES A BACKFILL COPIES is decided here, by a pure function of the source registry.
//
// Those of repositories that the current rules send to the destination, one unit a tag; an image without tags is one
// unit unless an index of its repository lists it, for then it travels with the index. What arrived by replication is
// left out, as live replication leaves it out (the image's own origin counts, whoever tagged it later).
//
// Source  ecr-replication.md 1.7 (2, 4), 2.1; assumptions `untagged_push`, `backfill_archived`.
#pragma once

#include <vector>

#include "registry_model/assumptions.h"
#include "registry_model/backfill/backfill.h"
#include "registry_model/registry/registry.h"

namespace crrsim {

/// Order  by repository, digest, tag.
std::vector<BackfillUnit> ListUnits(const Registry& source, const RegistryKey& destination, Assumptions& assumptions);

/// Whether a rule of the registry names the destination, for whatever repositories.
bool IsDestinationOf(const ReplicationConfiguration& configuration, const RegistryKey& destination);

}  // namespace crrsim
