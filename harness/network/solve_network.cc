#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "harness/network/network_problem.h"
#include "sim/network_real.h"

namespace crrsim {

namespace {

/// A cancellation within this of the completion, relative to its time, is at the same instant: who writes 3 s for both
/// means that, though a third of the capacity is no double.
constexpr double kSameInstant = 0x1p-40;

class NetworkSolver {
 public:
  explicit NetworkSolver(const NetworkProblem& problem)
      : problem_(problem), completion_(problem.flows.size()), started_as_(problem.flows.size(), kNotStarted) {
    for (std::size_t region = 0; region < problem_.uplink.size(); ++region) {
      up_.push_back(network_.AddResource(problem_.uplink[region]));
      down_.push_back(network_.AddResource(problem_.downlink[region]));
    }
    link_.resize(problem_.links.size());
    ListEvents();
  }

  std::vector<std::optional<double>> Solve() {
    auto start = starts_.begin();
    auto cancel = cancels_.begin();
    for (;;) {
      const auto done = network_.NextCompletion();
      const bool starts_left = start != starts_.end();
      const bool cancels_left = cancel != cancels_.end();
      if (done && (!starts_left || *done <= start->when) && (!cancels_left || *done <= cancel->when)) {
        TakeCompleted(*done);
      } else if (starts_left && (!cancels_left || start->when <= cancel->when)) {
        const auto end = EndOfInstant(start, starts_.end());
        for (; start != end; ++start) Start(*start);
      } else if (cancels_left) {
        const auto end = EndOfInstant(cancel, cancels_.end());
        // All are asked first and ended after, so that rates are solved once.
        for (auto each = cancel; each != end; ++each) CompleteIfDue(*each);
        for (; cancel != end; ++cancel) Cancel(*cancel);
      } else {
        return std::move(completion_);
      }
    }
  }

 private:
  static constexpr std::uint32_t kNotStarted = 0xFFFFFFFFU;

  struct Event {
    LongReal when;
    std::uint32_t flow;
    friend bool operator<(const Event& a, const Event& b) {
      return a.when < b.when || (a.when == b.when && a.flow < b.flow);
    }
  };
  using EventPlace = std::vector<Event>::const_iterator;

  static LongReal CancelledBy(const NetworkProblem::Flow& flow) {
    return LongReal(flow.cancel_at) + std::abs(flow.cancel_at) * kSameInstant;
  }

  void ListEvents() {
    for (std::uint32_t i = 0; i < problem_.flows.size(); ++i) {
      const auto& flow = problem_.flows[i];
      const auto arrival = LongReal(flow.start) + problem_.latency[problem_.PairOf(flow.src, flow.dst)];
      if (flow.cancel_at < NetworkProblem::kInfinite) {
        if (CancelledBy(flow) < arrival) continue;
        const LongReal cancel = flow.cancel_at;
        cancels_.push_back({cancel < arrival ? arrival : cancel, i});
      }
      starts_.push_back({arrival, i});
    }
    // Flows' numbers differ: a total order.
    std::sort(starts_.begin(), starts_.end());
    std::sort(cancels_.begin(), cancels_.end());
  }

  static EventPlace EndOfInstant(EventPlace first, EventPlace end) {
    return std::find_if(first, end, [&](const Event& event) { return !(event.when == first->when); });
  }

  std::uint32_t RouteOf(const NetworkProblem::Flow& flow) {
    const auto [place, is_new] = routes_.try_emplace({flow.src, flow.dst, flow.cap}, 0);
    if (!is_new) return place->second;
    std::vector<std::uint32_t> resources = {up_[flow.src], down_[flow.dst]};
    if (!link_.empty()) {
      const auto pair = problem_.PairOf(flow.src, flow.dst);
      if (link_[pair] == 0) link_[pair] = network_.AddResource(problem_.links[pair]);
      resources.push_back(link_[pair]);
    }
    return place->second = network_.AddRoute(resources, flow.cap);
  }

  void Start(const Event& event) {
    const auto& flow = problem_.flows[event.flow];
    started_as_[event.flow] = network_.Start(event.when, RouteOf(flow), flow.bytes);
    flow_of_.push_back(event.flow);
  }

  void TakeCompleted(LongReal now) {
    completed_.clear();
    network_.TakeCompleted(now, completed_);
    for (const auto number : completed_) completion_[flow_of_[number]] = now.value();
  }

  void CompleteIfDue(const Event& event) {
    const auto number = started_as_[event.flow];
    if (!network_.IsActive(number)) return;
    const auto due = network_.WhenComplete(number);
    if (due && *due <= CancelledBy(problem_.flows[event.flow])) completion_[event.flow] = due->value();
  }

  void Cancel(const Event& event) {
    const auto number = started_as_[event.flow];
    if (network_.IsActive(number)) network_.Cancel(event.when, number);
  }

  const NetworkProblem& problem_;
  RealNetwork network_;
  std::vector<std::uint32_t> up_;    ///< resources, by region
  std::vector<std::uint32_t> down_;  ///< likewise
  std::vector<std::uint32_t> link_;  ///< by pair, 0 until a flow takes it
  std::map<std::tuple<std::uint32_t, std::uint32_t, double>, std::uint32_t> routes_;
  std::vector<Event> starts_;
  std::vector<Event> cancels_;
  std::vector<std::optional<double>> completion_;
  std::vector<std::uint32_t> started_as_;  ///< by flow: its number in the network
  std::vector<std::uint32_t> flow_of_;     ///< the other way round
  std::vector<std::uint32_t> completed_;
};

}  // namespace

std::vector<std::optional<double>> SolveNetwork(const NetworkProblem& problem) {
  return NetworkSolver(problem).Solve();
}

}  // namespace crrsim
