// How many replications wait or run towards each destination, over time.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "harness/run/run.h"

namespace crrsim {

struct QueueDepth {
  RegistryKey destination;
  std::int64_t max = 0;
  Instant max_at;                                       // the first instant of so many
  std::vector<std::pair<Instant, std::int64_t>> steps;  // so many from then on; each differs from the one before
};

/// From queueing to the end of the job, so those that run count too. What is queued and ended at one instant is never
/// counted. Order  by destination; steps by instant. Destinations without a replication have no row.
std::vector<QueueDepth> QueueDepthsOf(const std::vector<ReplicationRow>& replications);

}  // namespace crrsim
