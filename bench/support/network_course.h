// What the benchmarks of the networks have in common: traffic at random, the reference that solves everything from
// scratch at every step, and the course that each contestant runs in its steady state.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/random.h"

namespace crrsim {

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

/// Whether a contestant completes as many flows as the reference at each step, at the same times to a microsecond.
template <class Contestant>
bool AgreesWithReference(std::uint32_t sites, std::uint32_t active) {
  Course<Contestant> network(sites, active);
  Course<ResolveAllContestant> reference(sites, active);
  for (int i = 0; i < 200; ++i) {
    if (network.Step() != reference.Step()) return false;
    if (const auto apart = network.contestant.now() - reference.contestant.now(); apart > 1000 || apart < -1000)
      return false;
  }
  return true;
}

}  // namespace crrsim
