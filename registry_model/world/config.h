// What a world is made of. Regions and links are those of the network; every account has a registry in every region.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry_model/api/context.h"
#include "registry_model/assumptions.h"
#include "registry_model/backfill/backfill.h"
#include "registry_model/names.h"
#include "registry_model/replication/engine.h"
#include "sim/tcp_throughput.h"
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
  // What one transfer can have at most (sim/tcp_throughput.h), with the round trip of this link and the one back:
  LossRate loss{};     // of packets; none without
  ByteCount window{};  // bytes under way at most; unlimited without

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
    visit("latency", self.latency);
    visit("jitter", self.jitter);
    visit("bandwidth", self.bandwidth);
    visit("loss", self.loss);
    visit("window", self.window);
  }
};

/// A bandwidth that all copies share that match: the limit of a rule, or of a nightly job.
struct SharedLimit {
  std::string name;
  BytesPerSecond bandwidth = BytesPerSecond::Unlimited();
  std::optional<RegistryKey> from;  // any when empty
  std::optional<RegistryKey> to;    // any when empty
  std::string prefix;               // of the repository's name

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("bandwidth", self.bandwidth);
    visit("from", self.from);
    visit("to", self.to);
    visit("prefix", self.prefix);
  }
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
  std::vector<RegistryKey> opted_out;  // accounts that have not opted in to a region; all others have
  std::vector<LinkConfig> links;       // both directions of every pair of regions
  LinkConfig within_region = {{}, {}, Milliseconds(1), Duration(), BytesPerSecond::Unlimited(),
                              {}, {}};  // between accounts of one region
  std::vector<SharedLimit> limits;      // at most LimitList::kMaxSize
  SameInstant same_instant = SameInstant::kInOrder;
  Duration scan_duration = Seconds(30);
  Duration restore_duration = Minutes(20);  // of an archived image; ecr-replication.md 2.4 says up to about this long
  bool call_rates_enforced = false;         // whether the published rates of calls hold (ecr-replication.md 8)
  Duration lifecycle_period = Hours(24);    // from a lifecycle policy's put to its evaluation, and from one to the next
  BackfillOptions backfill;
  ApiOptions api;
  EngineOptions engine;  // its seed and assumption-bound values are taken from this struct's `seed` and `assumptions`
  Assumptions assumptions;
};

/// The engine's options with the seed and the assumptions of the world: what a standard engine for it is made with.
EngineOptions EngineOptionsFor(const WorldConfig& config);

}  // namespace crrsim
