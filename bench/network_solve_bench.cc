// Flows a second through the solver of `crrsim network solve`, real numbers and all, documents aside. In a steady state
// each completion starts another flow between two regions drawn at random, so a step is one completion, one start and
// the solving of what they change.
//
//   Solve/SxF         S regions with F flows under way
//   ResolveAll/SxF    the reference: a flow list whose rates are all filled again from zero at each step
//   SolveShared/F     F flows between two regions: the cost of a completion must not grow with F
//   SolveWhole/F      a question of F flows that start together between 32 regions, from its structs to its answer
//
// Traffic and reference are those of the network in whole numbers (network_bench.cc); the two complete the same flows
// at the same times, or the benchmark reports an error.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/support/network_course.h"
#include "harness/network/network_problem.h"
#include "sim/network_real.h"

namespace crrsim {
namespace {

/// The network in real numbers, driven from completion to completion.
class RealContestant {
 public:
  RealContestant(Traffic& traffic, std::uint32_t sites) : sites_(sites) {
    for (const auto capacity : traffic.site_capacities) network_.AddResource(static_cast<double>(capacity));
    route_of_pair_.resize(std::size_t{sites} * sites, kNoRoute);
    for (std::uint32_t i = 0; i < sites * sites && sites <= kMostSitesWithLinks; ++i) {
      links_.push_back(network_.AddResource(static_cast<double>(traffic.NextLink())));
    }
  }
  void Start(const Demand& demand) {
    const auto pair = demand.from * sites_ + demand.to;
    if (route_of_pair_[pair] == kNoRoute) {
      std::vector<std::uint32_t> resources = {2 * demand.from + 1, 2 * demand.to + 2};
      if (!links_.empty()) resources.push_back(links_[pair]);
      route_of_pair_[pair] = network_.AddRoute(resources, RealNetwork::kUnlimited);
    }
    network_.Start(now_, route_of_pair_[pair], static_cast<double>(demand.bytes));
  }
  std::size_t Complete() {
    now_ = *network_.NextCompletion();
    completed_.clear();
    network_.TakeCompleted(now_, completed_);
    return completed_.size();
  }
  [[nodiscard]] std::int64_t now() const { return static_cast<std::int64_t>(now_.value() * 1e9); }

 private:
  static constexpr std::uint32_t kNoRoute = 0xFFFFFFFFU;

  std::uint32_t sites_;
  RealNetwork network_;
  std::vector<std::uint32_t> links_;          ///< resources, by pair
  std::vector<std::uint32_t> route_of_pair_;  ///< made when a flow first takes it
  LongReal now_;
  std::vector<std::uint32_t> completed_;
};

template <class Contestant, std::uint32_t sites, std::uint32_t active>
void RandomPairs(benchmark::State& state) {
  if (sites <= kMostSitesWithLinks && !AgreesWithReference<RealContestant>(sites, active)) {
    state.SkipWithError("the solver and the reference complete different flows");
  }
  Course<Contestant> course(sites, active);
  for (std::uint32_t i = 0; i < active; ++i) course.Step();
  std::size_t flows = 0;
  for (auto step : state) flows += course.Step();
  state.SetItemsProcessed(static_cast<std::int64_t>(flows));
}

void Shared(benchmark::State& state) {
  Traffic traffic(2);
  RealContestant contestant(traffic, 2);
  const auto start = [&] { contestant.Start({0, 1, traffic.Next().bytes}); };
  for (std::int64_t i = 0; i < state.range(0); ++i) start();
  std::size_t flows = 0;
  for (auto step : state) {
    const auto done = contestant.Complete();
    for (std::size_t i = 0; i < done; ++i) start();
    flows += done;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(flows));
}

void Whole(benchmark::State& state) {
  constexpr std::uint32_t kRegions = 32;
  Traffic traffic(kRegions);
  NetworkProblem problem;
  for (std::uint32_t i = 0; i < kRegions; ++i) {
    problem.uplink.push_back(static_cast<double>(traffic.site_capacities[2 * i]));
    problem.downlink.push_back(static_cast<double>(traffic.site_capacities[2 * i + 1]));
  }
  problem.latency.assign(std::size_t{kRegions} * kRegions, 0.01);
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const auto demand = traffic.Next();
    problem.flows.push_back({.src = demand.from, .dst = demand.to, .bytes = static_cast<double>(demand.bytes)});
  }
  for (auto step : state) benchmark::DoNotOptimize(SolveNetwork(problem));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(RandomPairs<ResolveAllContestant, 4, 64>)->Name("ResolveAll/4x64");
BENCHMARK(RandomPairs<RealContestant, 4, 64>)->Name("Solve/4x64");
BENCHMARK(RandomPairs<ResolveAllContestant, 32, 1024>)->Name("ResolveAll/32x1024");
BENCHMARK(RandomPairs<RealContestant, 32, 1024>)->Name("Solve/32x1024");
BENCHMARK(RandomPairs<RealContestant, 1000, 10'000>)->Name("Solve/1000x10000");
BENCHMARK(Shared)->Name("SolveShared")->Arg(10)->Arg(1'000)->Arg(100'000);
BENCHMARK(Whole)->Name("SolveWhole")->Arg(1'000)->Arg(10'000)->Arg(100'000);

}  // namespace
}  // namespace crrsim
