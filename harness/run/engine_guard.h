// Watches a replication engine for talk without end: an engine whose answers make the world ask again at once would
// keep virtual time from ever going on.
#pragma once

#include <cstdint>
#include <memory>

#include "registry_model/replication/engine.h"

namespace crrsim {

/// Hands everything on to `engine`. Handle throws RunStop (runner.h) at the input that is one more than
/// `inputs_per_instant_max` at one instant; the world cannot go on then, but may still be looked at.
std::unique_ptr<ReplicationEngine> GuardEngine(std::unique_ptr<ReplicationEngine> engine,
                                               std::uint64_t inputs_per_instant_max);

}  // namespace crrsim
