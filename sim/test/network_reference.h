// What a network ought to do, worked out the plain way: rates filled from zero at every event, in long double seconds
// and bytes. Shares no code with sim/network.cc; for tests only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace crrsim::reference {

using Real = long double;
inline constexpr Real kInfinite = std::numeric_limits<Real>::infinity();

/// Bytes through a set of resources, by their number in Capacities.
struct Flow {
  Real size = 0;
  Real cap = kInfinite;
  std::vector<std::size_t> resources{};
  // Filled in as time goes on.
  Real left = 0;
  Real rate = 0;
  bool active = false;
  std::optional<Real> completed{};
};

class Simulation {
 public:
  std::vector<Real> capacities;
  std::vector<Flow> flows;

  void Start(std::size_t flow) {
    flows[flow].active = true;
    flows[flow].left = flows[flow].size;
  }
  /// Returns what was delivered.
  Real Cancel(std::size_t flow) {
    flows[flow].active = false;
    return flows[flow].size - flows[flow].left;
  }

  /// Lets time pass up to `until`, with every completion on the way.
  void RunUntil(Real until) {
    for (;;) {
      FillRates();
      Real step = until - now_;
      for (const Flow& flow : flows) {
        if (flow.active && TimeLeft(flow) < step) step = TimeLeft(flow);
      }
      // Those that end together in exact arithmetic end together here.
      bool ended = false;
      const Real margin = (now_ + step) * 1e-17L;
      for (Flow& flow : flows) {
        if (!flow.active) continue;
        if (TimeLeft(flow) <= step + margin) {
          flow.active = false;
          flow.left = 0;
          flow.completed = now_ + step;
          ended = true;
        } else {
          flow.left -= flow.rate * step;
        }
      }
      now_ += step;
      if (!ended) break;
    }
    now_ = until;
  }

  /// Raises all rates together; a flow stops at its cap or where a resource is full.
  void FillRates() {
    std::vector<bool> fixed(flows.size());
    for (Flow& flow : flows) flow.rate = 0;
    for (;;) {
      Real least = kInfinite;
      for (std::size_t f = 0; f < flows.size(); ++f) {
        if (flows[f].active && !fixed[f]) least = std::min(least, flows[f].cap);
      }
      std::vector<Real> shares(capacities.size(), kInfinite);
      for (std::size_t r = 0; r < capacities.size(); ++r) {
        Real spare = capacities[r];
        Real rising = 0;
        for (std::size_t f = 0; f < flows.size(); ++f) {
          if (!flows[f].active || !Uses(flows[f], r)) continue;
          fixed[f] ? spare -= flows[f].rate : rising += 1;
        }
        if (rising > 0) shares[r] = std::max<Real>(0, spare) / rising;
        least = std::min(least, shares[r]);
      }
      bool any = false;
      for (std::size_t f = 0; f < flows.size(); ++f) {
        if (!flows[f].active || fixed[f]) continue;
        bool stops = flows[f].cap <= least || least == kInfinite;
        for (const auto r : flows[f].resources) stops = stops || shares[r] <= least * (1 + 1e-17L);
        if (!stops) continue;
        flows[f].rate = least;
        fixed[f] = true;
        any = true;
      }
      if (!any) return;
    }
  }

 private:
  static bool Uses(const Flow& flow, std::size_t resource) {
    for (const auto r : flow.resources) {
      if (r == resource) return true;
    }
    return false;
  }
  static Real TimeLeft(const Flow& flow) {
    if (flow.left == 0 || flow.rate == kInfinite) return 0;
    return flow.rate == 0 ? kInfinite : flow.left / flow.rate;
  }

  Real now_ = 0;
};

}  // namespace crrsim::reference
