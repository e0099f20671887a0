// Flows a second through the fluid network: in a steady state each completion starts another flow between two sites
// drawn at random, so a step is one completion, one start and the solving of what they change.
//
//   Network/SxF        S sites with F flows under way: start, complete, solve around the change, find the next
//   ResolveAll/SxF     the reference: a flow list whose rates are all filled again from zero at each step
//   NetworkShared/F    F flows between two sites: the cost of a completion must not grow with F
//   NetworkFanOut/F    F flows from one site to as many others: it grows with the paths at a resource, slowly
//
// Links have bandwidths of their own up to 32 sites. Compare Network/SxF with ResolveAll/SxF; the two complete the same
// flows at the same times, or the benchmark reports an error.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "bench/support/network_course.h"
#include "sim/network.h"

namespace crrsim {
namespace {

/// The network, driven from completion to completion.
class NetworkContestant {
 public:
  NetworkContestant(Traffic& traffic, std::uint32_t sites) {
    for (std::uint32_t i = 0; i < sites; ++i) {
      network_.AddSite({.egress = BytesPerSecond::FromCount(traffic.site_capacities[2 * i]),
                        .ingress = BytesPerSecond::FromCount(traffic.site_capacities[2 * i + 1])});
    }
    for (std::uint32_t i = 0; i < sites * sites && sites <= kMostSitesWithLinks; ++i) {
      const auto bandwidth = BytesPerSecond::FromCount(traffic.NextLink());
      network_.SetLink(now_, SiteId{i / sites}, SiteId{i % sites}, {.bandwidth = bandwidth});
    }
  }
  void Start(const Demand& demand) {
    network_.Start(now_, {.from = {demand.from}, .to = {demand.to}, .size = Bytes(demand.bytes)});
  }
  /// Goes on to the next completion; returns how many flows it was of.
  std::size_t Complete() {
    now_ = *network_.NextCompletion();
    completed_.clear();
    network_.TakeCompleted(now_, completed_);
    return completed_.size();
  }
  [[nodiscard]] std::int64_t now() const { return now_.unix_nanoseconds(); }

 private:
  Network network_{1};
  Instant now_;
  std::vector<CompletedFlow> completed_;
};

template <class Contestant, std::uint32_t sites, std::uint32_t active>
void RandomPairs(benchmark::State& state) {
  if (sites <= kMostSitesWithLinks && !AgreesWithReference<NetworkContestant>(sites, active)) {
    state.SkipWithError("the network and the reference complete different flows");
  }
  Course<Contestant> course(sites, active);
  // The reference's step costs the same from the first.
  if (!std::is_same_v<Contestant, ResolveAllContestant>) {
    for (std::uint32_t i = 0; i < active; ++i) course.Step();
  }
  std::size_t flows = 0;
  for (auto step : state) flows += course.Step();
  state.SetItemsProcessed(static_cast<std::int64_t>(flows));
}

/// All flows start at site 0; those to the same site share a path.
void RunFromOneSite(benchmark::State& state, std::uint32_t destinations) {
  const std::uint32_t sites = destinations + 1;
  Traffic traffic(sites);
  NetworkContestant contestant(traffic, sites);
  std::uint32_t next = 0;
  const auto start = [&] {
    next = next % destinations + 1;
    contestant.Start({0, next, traffic.Next().bytes});
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) start();
  std::size_t flows = 0;
  for (auto step : state) {
    const auto done = contestant.Complete();
    for (std::size_t i = 0; i < done; ++i) start();
    flows += done;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(flows));
}

void Shared(benchmark::State& state) { RunFromOneSite(state, 1); }
void FanOut(benchmark::State& state) { RunFromOneSite(state, static_cast<std::uint32_t>(state.range(0))); }

BENCHMARK(RandomPairs<ResolveAllContestant, 4, 64>)->Name("ResolveAll/4x64");
BENCHMARK(RandomPairs<NetworkContestant, 4, 64>)->Name("Network/4x64");
BENCHMARK(RandomPairs<ResolveAllContestant, 32, 1024>)->Name("ResolveAll/32x1024");
BENCHMARK(RandomPairs<NetworkContestant, 32, 1024>)->Name("Network/32x1024");
BENCHMARK(RandomPairs<ResolveAllContestant, 1000, 10'000>)->Name("ResolveAll/1000x10000");
BENCHMARK(RandomPairs<NetworkContestant, 1000, 10'000>)->Name("Network/1000x10000");
BENCHMARK(Shared)->Name("NetworkShared")->Arg(10)->Arg(1'000)->Arg(100'000);
BENCHMARK(FanOut)->Name("NetworkFanOut")->Arg(10)->Arg(100)->Arg(1'000);

}  // namespace
}  // namespace crrsim
