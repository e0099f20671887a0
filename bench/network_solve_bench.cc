// Flows a second through `crrsim network solve`'s solver, documents aside: a question of some ten flows for each that
// is under way at a time, from the first start to the last completion.
//
//   Solve/SxF         S regions with about F flows under way: one start and one completion a flow
//   FromScratch/SxF   the reference: a flow list whose rates are all filled again from zero at each event
//   SolveShared/F     F flows that start together between two regions: the cost of a flow must not grow with F
//   SolveFanOut/F     F flows from one region to as many others: it grows with the paths at a resource, slowly
//
// Where both run, their completions agree to 1e-9, or the benchmark reports an error.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "harness/network/network_problem.h"
#include "sim/random.h"

namespace crrsim {
namespace {

double DrawBetween(RandomStream& random, std::int64_t low, std::int64_t high) {
  return static_cast<double>(random.Between(low, high));
}

/// Regions of 100 MB/s to 1 GB/s each way, flows of 1 to 100 MB; starts so that about `active` flows are under way:
/// they come as fast as half the regions' uplinks take them, after `active` at once.
NetworkProblem MakeProblem(std::uint32_t regions, std::uint32_t active, std::uint32_t flows) {
  RandomStream random(1, "bench/network_solve");
  NetworkProblem problem;
  double uplinks = 0;
  for (std::uint32_t i = 0; i < regions; ++i) {
    problem.uplink.push_back(DrawBetween(random, 100'000'000, 1'000'000'000));
    problem.downlink.push_back(DrawBetween(random, 100'000'000, 1'000'000'000));
    uplinks += std::min(problem.uplink.back(), problem.downlink.back());
  }
  problem.latency.assign(std::size_t{regions} * regions, 0.01);
  const double mean_gap = 50.5e6 / (0.5 * uplinks);
  double start = 0;
  for (std::uint32_t i = 0; i < flows; ++i) {
    if (i >= active) start += 2 * mean_gap * DrawBetween(random, 0, 1 << 20) / (1 << 20);
    NetworkProblem::Flow flow{.start = start, .bytes = DrawBetween(random, 1'000'000, 100'000'000)};
    flow.src = static_cast<std::uint32_t>(random.Below(regions));
    flow.dst = (flow.src + 1 + static_cast<std::uint32_t>(random.Below(regions - 1))) % regions;
    problem.flows.push_back(flow);
  }
  return problem;
}

/// What one writes first: all flows in a list, rates by filling all resources from zero, at every event.
class FromScratchSolver {
 public:
  explicit FromScratchSolver(const NetworkProblem& problem) : problem_(problem), regions_(problem.uplink.size()) {
    for (std::size_t i = 0; i < regions_; ++i) {
      capacities_.push_back(problem.uplink[i]);
      capacities_.push_back(problem.downlink[i]);
    }
    users_.resize(capacities_.size());
    completion_.resize(problem.flows.size());
  }

  std::vector<double> Solve() {
    std::size_t next = 0;
    double now = 0;
    while (next < problem_.flows.size() || !active_.empty()) {
      const double arrival = next < problem_.flows.size() ? ArrivalOf(next) : kNever;
      Fill();
      double end = kNever;
      for (const Active& flow : active_) end = std::min(end, now + flow.left / flow.rate);
      const double until = std::min(arrival, end);
      for (Active& flow : active_) flow.left -= flow.rate * (until - now);
      now = until;
      std::erase_if(active_, [&](const Active& flow) {
        if (flow.left >= 0.01) return false;
        completion_[flow.number] = now;
        return true;
      });
      for (; next < problem_.flows.size() && ArrivalOf(next) <= now; ++next) {
        const auto& flow = problem_.flows[next];
        active_.push_back({.left = flow.bytes, .number = next, .resources = {2 * flow.src, 2 * flow.dst + 1}});
      }
    }
    return completion_;
  }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();
  struct Active {
    double left = 0;
    double rate = 0;
    std::size_t number = 0;
    std::uint32_t resources[2] = {};
    bool fixed = false;
  };

  /// Latency is the same for all, so flows arrive as they are listed.
  [[nodiscard]] double ArrivalOf(std::size_t flow) const { return problem_.flows[flow].start + problem_.latency[0]; }

  void Fill() {
    left_ = capacities_;
    flows_left_.assign(capacities_.size(), 0);
    for (auto& users : users_) users.clear();
    for (std::uint32_t i = 0; i < active_.size(); ++i) {
      active_[i].fixed = false;
      for (const auto r : active_[i].resources) {
        ++flows_left_[r];
        users_[r].push_back(i);
      }
    }
    for (std::size_t unfixed = active_.size(); unfixed > 0;) {
      std::size_t least = 0;
      double share = kNever;
      for (std::size_t r = 0; r < left_.size(); ++r) {
        if (flows_left_[r] > 0 && left_[r] / flows_left_[r] < share) {
          share = left_[r] / flows_left_[r];
          least = r;
        }
      }
      for (const auto i : users_[least]) {
        if (active_[i].fixed) continue;
        active_[i].fixed = true;
        active_[i].rate = share;
        --unfixed;
        for (const auto r : active_[i].resources) {
          left_[r] -= share;
          --flows_left_[r];
        }
      }
    }
  }

  const NetworkProblem& problem_;
  std::size_t regions_;
  std::vector<double> capacities_;
  std::vector<double> left_;
  std::vector<int> flows_left_;
  std::vector<std::vector<std::uint32_t>> users_;
  std::vector<Active> active_;
  std::vector<double> completion_;
};

bool SolversAgree(const NetworkProblem& problem) {
  const auto found = SolveNetwork(problem);
  const auto expected = FromScratchSolver(problem).Solve();
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i] || std::abs(*found[i] - expected[i]) > 1e-9 * expected[i]) return false;
  }
  return true;
}

template <std::uint32_t regions, std::uint32_t active>
void SolveRandom(benchmark::State& state) {
  if (active <= 1024 && !SolversAgree(MakeProblem(regions, active, 2 * active))) {
    state.SkipWithError("the solver and the reference find different completions");
  }
  const auto problem = MakeProblem(regions, active, 10 * active);
  for (auto step : state) benchmark::DoNotOptimize(SolveNetwork(problem));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * problem.flows.size()));
}

template <std::uint32_t regions, std::uint32_t active>
void FromScratchRandom(benchmark::State& state) {
  const auto problem = MakeProblem(regions, active, 2 * active);
  for (auto step : state) benchmark::DoNotOptimize(FromScratchSolver(problem).Solve());
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * problem.flows.size()));
}

/// All flows start at region 0 at once; those to the same region share a path.
void SolveFromOneRegion(benchmark::State& state, std::uint32_t destinations) {
  auto problem = MakeProblem(destinations + 1, 0, static_cast<std::uint32_t>(state.range(0)));
  for (std::uint32_t i = 0; i < problem.flows.size(); ++i) {
    problem.flows[i].start = 0;
    problem.flows[i].src = 0;
    problem.flows[i].dst = 1 + i % destinations;
  }
  for (auto step : state) benchmark::DoNotOptimize(SolveNetwork(problem));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * problem.flows.size()));
}

void SolveShared(benchmark::State& state) { SolveFromOneRegion(state, 1); }
void SolveFanOut(benchmark::State& state) { SolveFromOneRegion(state, static_cast<std::uint32_t>(state.range(0))); }

BENCHMARK(FromScratchRandom<4, 64>)->Name("FromScratch/4x64");
BENCHMARK(SolveRandom<4, 64>)->Name("Solve/4x64");
BENCHMARK(FromScratchRandom<32, 1024>)->Name("FromScratch/32x1024");
BENCHMARK(SolveRandom<32, 1024>)->Name("Solve/32x1024");
BENCHMARK(SolveRandom<1000, 10'000>)->Name("Solve/1000x10000");
BENCHMARK(SolveShared)->Name("SolveShared")->Arg(100)->Arg(10'000)->Arg(1'000'000);
BENCHMARK(SolveFanOut)->Name("SolveFanOut")->Arg(10)->Arg(100)->Arg(1'000);

}  // namespace
}  // namespace crrsim
