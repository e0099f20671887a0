// Flows that share a network, as `crrsim network solve` is asked about them, and the answer: when each is complete.
//
//   NetworkProblem problem{.uplink = {1000}, .downlink = {1000}, .latency = {0}};
//   problem.flows = {{.bytes = 1000}, {.bytes = 3000}};
//   SolveNetwork(problem);  // 2 s and 4 s
//
// Regions are numbered from 0. A flow waits the latency of its pair from its start on, then shares `uplink[src]`,
// `downlink[dst]` and, where there is one, the link of its pair max-min fairly with all flows under way, with no more
// than its own cap. It is complete when its last byte has flowed. A flow within a region (src equal to dst) does the
// same: it pays the region's latency to itself and uses its uplink and its downlink. harness/network/README.md works
// out examples and the edges.
//
// Units: bytes a second, seconds, bytes; all reals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace crrsim {

struct NetworkProblem {
  static constexpr double kInfinite = std::numeric_limits<double>::infinity();

  struct Flow {
    double start = 0;
    std::uint32_t src = 0;
    std::uint32_t dst = 0;
    double bytes = 0;
    double cap = kInfinite;        ///< the flow's own, in bytes a second
    double cancel_at = kInfinite;  ///< ends then unless it is complete; the same instant counts as complete
  };

  std::vector<double> uplink;    ///< by region; kInfinite limits nothing, 0 lets nothing through
  std::vector<double> downlink;  ///< likewise
  std::vector<double> latency;   ///< row by row, from and to
  std::vector<double> links{};   ///< likewise, capacities of pairs; empty where none has one
  std::vector<Flow> flows{};

  [[nodiscard]] std::size_t PairOf(std::uint32_t src, std::uint32_t dst) const { return src * uplink.size() + dst; }
};

/// Requires  as many downlinks as uplinks, a latency (and link, if any) for each pair, regions that exist, numbers that
///           are neither negative (starts and cancellations may be) nor beyond 1e30, rates not below 1e-30 but for 0.
/// Returns   when each flow is complete, in the order of `flows`; nothing for one that is cancelled or never gets
/// there.
std::vector<std::optional<double>> SolveNetwork(const NetworkProblem& problem);

}  // namespace crrsim
