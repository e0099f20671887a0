// What a world is made of. Regions and links are those of the network; every account has a registry in every region.
#pragma once

#include <cstdint>
#include <vector>

#include "registry_model/api/context.h"
#include "registry_model/assumptions.h"
#include "registry_model/names.h"
#include "registry_model/replication/engine.h"
#include "sim/units.h"

namespace crrsim {

struct RegionConfig {
  RegionName name;
  BytesPerSecond egress = BytesPerSecond::Unlimited();   // of all copies that leave the region
  BytesPerSecond ingress = BytesPerSecond::Unlimited();  // of all copies that enter it
};

/// One direction of a pair of regions.
struct LinkConfig {
  RegionName from;
  RegionName to;
  Duration latency;  // one way
  Duration jitter;   // each message takes up to this much longer, uniformly
  BytesPerSecond bandwidth = BytesPerSecond::Unlimited();
};

/// Who goes first among things that are due at the same instant.
enum class SameInstant : std::uint8_t {
  kInOrder,  // first scheduled, first served
  kSeeded,   // drawn from the stream `queue/tie`; what one channel keeps in order stays in order
};

struct WorldConfig {
  std::uint64_t seed = 1;
  Instant start;
  std::vector<AccountId> accounts;
  std::vector<RegionConfig> regions;
  std::vector<LinkConfig> links;  // both directions of every pair of regions
  LinkConfig within_region = {
      {}, {}, Milliseconds(1), Duration(), BytesPerSecond::Unlimited()};  // between accounts of one region
  SameInstant same_instant = SameInstant::kInOrder;
  Duration scan_duration = Seconds(30);
  ApiOptions api;
  EngineOptions engine;  // its seed and assumption-bound values are taken from this struct's `seed` and `assumptions`
  Assumptions assumptions;
};

/// The engine's options with the seed and the assumptions of the world: what a standard engine for it is made with.
EngineOptions EngineOptionsFor(const WorldConfig& config);

}  // namespace crrsim
