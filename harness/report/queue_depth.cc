#include "harness/report/queue_depth.h"

#include <map>

namespace crrsim {

std::vector<QueueDepth> QueueDepthsOf(const std::vector<ReplicationRow>& replications) {
  std::map<RegistryKey, std::map<Instant, std::int64_t>> changes;
  for (const auto& row : replications) {
    auto& there = changes[row.replication.destination];
    ++there[row.queued_at];
    if (row.completed_at) --there[*row.completed_at];
  }
  std::vector<QueueDepth> depths;
  for (const auto& [destination, there] : changes) {
    QueueDepth depth;
    depth.destination = destination;
    depth.max_at = there.begin()->first;
    std::int64_t now = 0;
    for (const auto& [when, change] : there) {
      if (change == 0) continue;
      now += change;
      depth.steps.emplace_back(when, now);
      if (now <= depth.max) continue;
      depth.max = now;
      depth.max_at = when;
    }
    depths.push_back(std::move(depth));
  }
  return depths;
}

}  // namespace crrsim
