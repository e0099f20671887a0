// How often a second each operation may be called in one registry.
//
// A rate lets as many calls as it says come at once, and then one for each part of a second that has passed (assumption
// `call_rates`). Operations without a published rate are never throttled.
//
// Source  ecr-replication.md 8 (Rate).
#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>

#include "registry_model/names.h"
#include "sim/units.h"

namespace crrsim {

struct RatedOperation {
  RegistryKey registry;
  std::string operation;

  friend auto operator<=>(const RatedOperation&, const RatedOperation&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("operation", self.operation);
  }
};

class CallRates {
 public:
  /// Whether the registry takes one more call of the operation now, and if so counts it. Requires instants in order.
  bool Take(const RegistryKey& registry, std::string_view operation, Instant now);

  /// When each operation will be as if it had not been called.
  [[nodiscard]] const std::map<RatedOperation, Instant>& rested_at() const { return rested_at_; }

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("restedAt", self.rested_at_);
  }

 private:
  std::map<RatedOperation, Instant> rested_at_;
};

}  // namespace crrsim
