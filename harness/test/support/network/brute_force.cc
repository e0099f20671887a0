#include "harness/test/support/network/brute_force.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace crrsim {

namespace {

using Real = long double;
constexpr Real kForever = std::numeric_limits<Real>::infinity();

class BruteForce {
 public:
  explicit BruteForce(const NetworkProblem& problem) {
    const auto regions = problem.uplink.size();
    for (const auto rate : problem.uplink) capacities_.push_back(rate);
    for (const auto rate : problem.downlink) capacities_.push_back(rate);
    for (const auto rate : problem.links) capacities_.push_back(rate);
    for (const auto& row : problem.flows) {
      Flow flow{.left = row.bytes, .cancel_at = row.cancel_at};
      flow.arrival = static_cast<Real>(row.start) + problem.latency[row.src * regions + row.dst];
      flow.uses = {row.src, regions + row.dst};
      if (!problem.links.empty()) flow.uses.push_back(2 * regions + row.src * regions + row.dst);
      flow.uses.push_back(capacities_.size());
      capacities_.push_back(row.cap);
      flows_.push_back(flow);
    }
  }

  std::vector<std::optional<Real>> Run() {
    for (Real now = NextAfter(-kForever); now < kForever;) {
      for (Flow& flow : flows_) {
        if (flow.phase != Phase::kWaiting || flow.arrival > now) continue;
        const bool comes_too_late = flow.cancel_at < flow.arrival || (flow.cancel_at == flow.arrival && flow.left > 0);
        flow.phase = comes_too_late ? Phase::kOver : Phase::kFlowing;
      }
      Fill();
      Real next = NextAfter(now);
      for (const Flow& flow : flows_) {
        if (flow.phase == Phase::kFlowing) next = std::min(next, now + TimeLeft(flow));
      }
      for (Flow& flow : flows_) {
        if (flow.phase != Phase::kFlowing || next == kForever) continue;
        if (now + TimeLeft(flow) <= next) {
          flow.completed = next;
          flow.phase = Phase::kOver;
        } else if (flow.cancel_at <= next) {
          flow.phase = Phase::kOver;
        } else {
          flow.left -= flow.rate * (next - now);
        }
      }
      now = next;
    }
    std::vector<std::optional<Real>> completions;
    for (const Flow& flow : flows_) completions.push_back(flow.completed);
    return completions;
  }

 private:
  enum class Phase { kWaiting, kFlowing, kOver };
  struct Flow {
    Real arrival = 0;
    Real left = 0;
    Real cancel_at = kForever;
    Real rate = 0;
    Phase phase = Phase::kWaiting;
    std::vector<std::size_t> uses{};
    std::optional<Real> completed{};
  };

  static Real TimeLeft(const Flow& flow) {
    if (flow.left <= 0 || flow.rate == kForever) return 0;
    return flow.rate == 0 ? kForever : flow.left / flow.rate;
  }
  /// The next arrival or cancellation.
  [[nodiscard]] Real NextAfter(Real now) const {
    Real next = kForever;
    for (const Flow& flow : flows_) {
      if (flow.phase == Phase::kWaiting && flow.arrival > now) next = std::min(next, flow.arrival);
      if (flow.phase == Phase::kFlowing && flow.cancel_at > now) next = std::min(next, flow.cancel_at);
    }
    return next;
  }

  /// Gives the least share of any capacity to all who use it, takes that off everywhere, and so on.
  void Fill() {
    std::vector<Real> left = capacities_;
    std::vector<int> users(capacities_.size());
    std::vector<Flow*> open;
    for (Flow& flow : flows_) {
      if (flow.phase != Phase::kFlowing) continue;
      open.push_back(&flow);
      for (const auto use : flow.uses) ++users[use];
    }
    while (!open.empty()) {
      std::size_t least = 0;
      Real share = kForever;
      for (std::size_t i = 0; i < left.size(); ++i) {
        if (users[i] > 0 && left[i] / users[i] < share) {
          least = i;
          share = left[i] / users[i];
        }
      }
      share = std::max<Real>(share, 0);
      std::vector<Flow*> still_open;
      for (Flow* flow : open) {
        const bool fixed =
            share == kForever || std::find(flow->uses.begin(), flow->uses.end(), least) != flow->uses.end();
        if (!fixed) {
          still_open.push_back(flow);
          continue;
        }
        flow->rate = share;
        for (const auto use : flow->uses) {
          left[use] -= left[use] == kForever ? 0 : share;
          --users[use];
        }
      }
      open.swap(still_open);
    }
  }

  std::vector<Real> capacities_;
  std::vector<Flow> flows_;
};

}  // namespace

std::vector<std::optional<long double>> CompletionsByBruteForce(const NetworkProblem& problem) {
  return BruteForce(problem).Run();
}

}  // namespace crrsim
