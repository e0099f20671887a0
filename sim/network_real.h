// The fluid network in real numbers: latency, sites and messages aside, the sharing of sim/network.h with seconds and
// bytes a second that are not rounded to a clock or to quanta. For answers that are compared with others' (the command
// `crrsim network solve`); a world runs on sim/network.h, whose state is exact.
//
//   RealNetwork network;
//   const auto wire = network.AddResource(1000);
//   const auto route = network.AddRoute(std::vector{wire}, RealNetwork::kUnlimited);
//   network.Start(LongReal(), route, 3000);
//   const auto end = network.NextCompletion();  // 3 s
//
// Units: seconds, bytes, bytes a second; all three may have fractions. A flow that nothing limits, and one of no bytes,
// is complete at the instant of its start; one through a resource of capacity 0 never is.
//
// Exactness. Rates are within a few bits of a double of the max-min fair ones; time and service are kept to about 32
// digits, so no error builds up over a run, however long. Nothing is rounded together: completions that arithmetic on
// paper has at one instant may come out some 1e-16 of it apart, each as an event of its own.
//
// Method, cost and determinism: those of sim/max_min.h and sim/service_clocks.h. Every call that changes something
// takes the present time, which never runs back and never passes NextCompletion(). Wrong use is a Defect.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/indexed_heap.h"
#include "sim/max_min.h"
#include "sim/network_numbers.h"
#include "sim/service_clocks.h"

namespace crrsim {

class RealNetwork {
 public:
  static constexpr double kUnlimited = RealMaxMin::kUnlimited;

  /// Resources are numbered 1, 2, 3, ... Requires 0 <= capacity <= 2^300, or kUnlimited.
  std::uint32_t AddResource(double capacity);
  /// A way through resources that flows take, each with the same cap of its own; numbered 0, 1, 2, ...
  /// Requires different resources, at most RealMaxMin::kMaxResources, and a cap as a capacity.
  std::uint32_t AddRoute(std::span<const std::uint32_t> resources, double cap);

  /// Returns the flow's number: 0, 1, 2, ... in the order of starts. Requires bytes >= 0.
  std::uint32_t Start(LongReal now, std::uint32_t route, double bytes);
  /// Ends a flow that was neither taken nor cancelled.
  void Cancel(LongReal now, std::uint32_t flow);
  /// The earliest instant at which a flow is complete, at the rates of now; none when all are stalled.
  [[nodiscard]] std::optional<LongReal> NextCompletion();
  /// Appends the flows that are complete at `now` and ends them. Order: of their numbers.
  void TakeCompleted(LongReal now, std::vector<std::uint32_t>& completed);

  [[nodiscard]] bool IsActive(std::uint32_t flow) const;
  [[nodiscard]] std::uint32_t active_flows() const { return active_; }
  /// The next two require an active flow. Of the rate: from now on, kUnlimited where nothing limits the flow.
  [[nodiscard]] double Rate(std::uint32_t flow);
  /// When the flow is complete, at the rates of now; none when it is stalled.
  [[nodiscard]] std::optional<LongReal> WhenComplete(std::uint32_t flow);

 private:
  static constexpr std::uint32_t kNoPath = RealServiceClocks::kNoPath;

  enum class State : std::uint8_t { kFlowing, kComplete, kEnded };
  struct Flow {
    LongReal due{};  ///< in service of its route's path
    std::uint32_t route = 0;
    std::uint32_t position = 0;  ///< in the route's dues
    State state = State::kFlowing;
  };
  struct Route {
    std::array<std::uint32_t, RealMaxMin::kMaxResources> resources{};
    std::uint32_t resource_count = 0;
    double cap = kUnlimited;
    std::uint32_t path = kNoPath;  ///< in the solver and the clocks, while it has flows
    IndexedHeap<LongReal> dues;    ///< of its flows
  };

  [[nodiscard]] static std::uint32_t ClockOfResource(std::uint32_t resource) { return 2 * resource; }
  [[nodiscard]] static std::uint32_t ClockOfCap(std::uint32_t path) { return 2 * path + 1; }

  void AdvanceTo(LongReal now);
  void Settle();
  void HangPath(std::uint32_t path);
  void MakePath(std::uint32_t route);
  void DropPath(std::uint32_t route);
  void AddToRoute(std::uint32_t flow, double bytes);
  void TakeDue(std::uint32_t flow);
  void RemoveFromRoute(std::uint32_t flow);
  void CompleteAll(std::uint32_t route);

  RealMaxMin solver_;
  RealServiceClocks clocks_;
  LongReal now_;
  bool started_ = false;    ///< now_ has been set
  bool unsettled_ = false;  ///< something changed at now_ that rates do not show yet
  std::uint32_t active_ = 0;
  std::vector<Flow> flows_;
  std::vector<Route> routes_;
  std::vector<std::uint32_t> route_of_path_;
  std::vector<std::uint32_t> complete_;  ///< flows that wait to be taken: without bytes, or unlimited
};

}  // namespace crrsim
