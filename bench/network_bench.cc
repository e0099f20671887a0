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

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <vector>

#include "sim/network.h"
#include "sim/random.h"

namespace crrsim {
namespace {

struct Demand {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::int64_t bytes = 0;
};

/// Sites of 100 MB/s to 1 GB/s each way, links of 50 to 500 MB/s, flows of 1 to 100 MB; the same for every contestant.
class Traffic {
 public:
  explicit Traffic(std::uint32_t sites) : random_(1, "bench/network"), sites_(sites) {
    for (std::uint32_t i = 0; i < 2 * sites; ++i)
      site_capacities.push_back(random_.Between(100'000'000, 1'000'000'000));
  }

  Demand Next() {
    const auto from = static_cast<std::uint32_t>(random_.Below(sites_));
    auto to = static_cast<std::uint32_t>(random_.Below(sites_ - 1));
    if (to >= from) ++to;
    return {from, to, random_.Between(1'000'000, 100'000'000)};
  }
  std::int64_t NextLink() { return random_.Between(50'000'000, 500'000'000); }

  std::vector<std::int64_t> site_capacities;  ///< egress and ingress of each in turn

 private:
  RandomStream random_;
  std::uint32_t sites_;
};

/// Links matter among regions; a thousand sites have none worth naming.
constexpr std::uint32_t kMostSitesWithLinks = 32;

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

/// What one writes first: all flows in a list, rates by filling all resources from zero, at every step.
class ResolveAllContestant {
 public:
  ResolveAllContestant(Traffic& traffic, std::uint32_t sites) : sites_(sites) {
    for (const auto capacity : traffic.site_capacities) capacities_.push_back(static_cast<double>(capacity));
    for (std::uint32_t i = 0; i < sites * sites && sites <= kMostSitesWithLinks; ++i) {
      capacities_.push_back(static_cast<double>(traffic.NextLink()));
    }
    left_.resize(capacities_.size());
    flows_left_.resize(capacities_.size());
    users_.resize(capacities_.size());
  }
  void Start(const Demand& demand) {
    Flow flow{.left = static_cast<double>(demand.bytes), .resources = {2 * demand.from, 2 * demand.to + 1}};
    if (sites_ <= kMostSitesWithLinks) {
      flow.resources[flow.count++] = 2 * sites_ + demand.from * sites_ + demand.to;
    }
    flows_.push_back(flow);
  }
  std::size_t Complete() {
    Fill();
    double step = std::numeric_limits<double>::infinity();
    for (const Flow& flow : flows_) step = std::min(step, flow.left / flow.rate);
    now_ += step;
    for (Flow& flow : flows_) flow.left -= flow.rate * step;
    const auto before = flows_.size();
    std::erase_if(flows_, [](const Flow& flow) { return flow.left < 0.5; });
    return before - flows_.size();
  }
  [[nodiscard]] std::int64_t now() const { return static_cast<std::int64_t>(now_ * 1e9); }

 private:
  struct Flow {
    double left = 0;
    double rate = 0;
    std::uint32_t count = 2;
    std::uint32_t resources[3] = {};
    bool fixed = false;
  };

  void Fill() {
    left_ = capacities_;
    std::fill(flows_left_.begin(), flows_left_.end(), 0);
    for (auto& users : users_) users.clear();
    for (std::uint32_t i = 0; i < flows_.size(); ++i) {
      flows_[i].fixed = false;
      for (std::uint32_t j = 0; j < flows_[i].count; ++j) {
        ++flows_left_[flows_[i].resources[j]];
        users_[flows_[i].resources[j]].push_back(i);
      }
    }
    for (std::size_t unfixed = flows_.size(); unfixed > 0;) {
      std::size_t least = 0;
      double share = std::numeric_limits<double>::infinity();
      for (std::size_t r = 0; r < capacities_.size(); ++r) {
        if (flows_left_[r] > 0 && left_[r] / flows_left_[r] < share) {
          share = left_[r] / flows_left_[r];
          least = r;
        }
      }
      for (const auto i : users_[least]) {
        Flow& flow = flows_[i];
        if (flow.fixed) continue;
        flow.fixed = true;
        flow.rate = share;
        --unfixed;
        for (std::uint32_t j = 0; j < flow.count; ++j) {
          left_[flow.resources[j]] -= share;
          --flows_left_[flow.resources[j]];
        }
      }
    }
  }

  std::uint32_t sites_;
  double now_ = 0;
  std::vector<Flow> flows_;
  std::vector<double> capacities_;
  std::vector<double> left_;
  std::vector<std::uint32_t> flows_left_;
  std::vector<std::vector<std::uint32_t>> users_;
};

/// A contestant in its steady state.
template <class Contestant>
struct Course {
  Course(std::uint32_t sites, std::uint32_t active) : traffic(sites), contestant(traffic, sites) {
    for (std::uint32_t i = 0; i < active; ++i) contestant.Start(traffic.Next());
  }
  /// Returns how many flows completed.
  std::size_t Step() {
    const auto done = contestant.Complete();
    for (std::size_t i = 0; i < done; ++i) contestant.Start(traffic.Next());
    return done;
  }

  Traffic traffic;
  Contestant contestant;
};

bool ContestantsAgree(std::uint32_t sites, std::uint32_t active) {
  Course<NetworkContestant> network(sites, active);
  Course<ResolveAllContestant> reference(sites, active);
  for (int i = 0; i < 200; ++i) {
    if (network.Step() != reference.Step()) return false;
    if (std::abs(network.contestant.now() - reference.contestant.now()) > 1000) return false;
  }
  return true;
}

template <class Contestant, std::uint32_t sites, std::uint32_t active>
void RandomPairs(benchmark::State& state) {
  if (sites <= kMostSitesWithLinks && !ContestantsAgree(sites, active)) {
    state.SkipWithError("the network and the reference complete different flows");
  }
  Course<Contestant> course(sites, active);
  for (std::uint32_t i = 0; i < active; ++i) course.Step();
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
BENCHMARK(RandomPairs<NetworkContestant, 1000, 10'000>)->Name("Network/1000x10000");
BENCHMARK(Shared)->Name("NetworkShared")->Arg(10)->Arg(1'000)->Arg(100'000);
BENCHMARK(FanOut)->Name("NetworkFanOut")->Arg(10)->Arg(100)->Arg(1'000);

}  // namespace
}  // namespace crrsim
