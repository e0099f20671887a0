// The network against a plain simulation of the same case that shares no code with it (network_reference.h).
#include "sim/test/network_reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "sim/network.h"
#include "sim/random.h"

namespace crrsim {
namespace {

using reference::Real;

struct Change {
  enum class Kind { kStart, kCancel, kLinkDown, kLinkUp, kLimitSite, kLimitShared };
  std::int64_t tick = 0;
  Kind kind = Kind::kStart;
  std::size_t which = 0;  ///< flow, link or limit
  BytesPerSecond rate{};  ///< for the last two
  std::size_t order = 0;  ///< of those at one tick
};

/// A world and what is done to it, drawn from a seed.
struct Case {
  explicit Case(std::uint64_t seed, std::int64_t ticks_per_second);

  struct Link {
    SiteId from;
    SiteId to;
    BytesPerSecond bandwidth;
  };
  std::vector<SiteSpec> sites;
  std::vector<Link> links;
  std::vector<BytesPerSecond> limits;
  std::vector<FlowSpec> flows;
  std::vector<Change> changes;  ///< by tick

 private:
  BytesPerSecond DrawRate() {
    switch (random_.Below(4)) {
      case 0:
        return BytesPerSecond::Unlimited();
      case 1:
        return BytesPerSecond::FromCount(random_.Between(1, 5) * 1'000'000);  // ties, and round completions
      default:
        return BytesPerSecond::FromCount(random_.Between(100'000, 10'000'000));
    }
  }
  std::int64_t DrawTick(std::int64_t ticks_per_second) {
    if (random_.Chance(1, 2)) return random_.Between(0, 8) * ticks_per_second;  // many at once
    return random_.Between(0, 20 * ticks_per_second);
  }
  SiteId DrawSite() { return SiteId{static_cast<std::uint32_t>(random_.Below(sites.size()))}; }

  RandomStream random_;
};

Case::Case(std::uint64_t seed, std::int64_t ticks_per_second) : random_(seed, "network_reference_test") {
  for (auto i = 2 + random_.Below(5); i > 0; --i) sites.push_back({.egress = DrawRate(), .ingress = DrawRate()});
  for (auto i = random_.Below(8); i > 0; --i) {
    const Link link{DrawSite(), DrawSite(), DrawRate()};
    const bool is_known = std::any_of(
        links.begin(), links.end(), [&](const Link& other) { return other.from == link.from && other.to == link.to; });
    if (!is_known) links.push_back(link);
  }
  for (auto i = random_.Below(3); i > 0; --i) limits.push_back(DrawRate());
  const auto flow_count = 1 + random_.Below(40);
  for (std::size_t i = 0; i < flow_count; ++i) {
    FlowSpec flow{.from = DrawSite(), .to = DrawSite(), .owner = i};
    flow.size = Bytes(random_.Chance(1, 3) ? random_.Between(0, 20) * 1'000'000 : random_.Between(1, 20'000'000));
    if (random_.Chance(1, 4)) flow.cap = DrawRate();
    for (std::uint32_t limit = 0; limit < limits.size(); ++limit) {
      if (random_.Chance(1, 3)) flow.limits.Add(LimitId{limit});
    }
    flows.push_back(flow);
    const auto start = DrawTick(ticks_per_second);
    changes.push_back({.tick = start, .kind = Change::Kind::kStart, .which = i});
    if (random_.Chance(1, 5)) {
      changes.push_back({.tick = start + DrawTick(ticks_per_second), .kind = Change::Kind::kCancel, .which = i});
    }
  }
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (!random_.Chance(1, 3)) continue;
    const auto tick = DrawTick(ticks_per_second);
    changes.push_back({.tick = tick, .kind = Change::Kind::kLinkDown, .which = i});
    changes.push_back({.tick = tick + DrawTick(ticks_per_second), .kind = Change::Kind::kLinkUp, .which = i});
  }
  for (std::size_t i = 0; i < limits.size(); ++i) {
    changes.push_back(
        {.tick = DrawTick(ticks_per_second), .kind = Change::Kind::kLimitShared, .which = i, .rate = DrawRate()});
  }
  changes.push_back({.tick = DrawTick(ticks_per_second),
                     .kind = Change::Kind::kLimitSite,
                     .which = random_.Below(sites.size()),
                     .rate = DrawRate()});
  for (std::size_t i = 0; i < changes.size(); ++i) changes[i].order = i;
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.tick != b.tick ? a.tick < b.tick : a.order < b.order; });
}

Real RealRate(BytesPerSecond rate) { return rate.unlimited() ? reference::kInfinite : static_cast<Real>(rate.count()); }

/// What became of each flow, by owner: the tick (or second) of its completion, or what its cancellation returned.
struct Outcome {
  std::map<std::uint64_t, Real> completed;
  std::map<std::uint64_t, Real> cancelled;
};

Outcome RunNetwork(const Case& world, std::int64_t ticks_per_second) {
  Network network(1, {.ticks_per_second = ticks_per_second});
  for (const auto& site : world.sites) network.AddSite(site);
  for (const auto limit : world.limits) network.AddLimit(limit);
  for (const auto& link : world.links) network.SetLink(Instant(), link.from, link.to, {.bandwidth = link.bandwidth});
  std::vector<FlowId> ids(world.flows.size());
  Outcome outcome;
  std::vector<CompletedFlow> completed;
  const auto take_until = [&](std::optional<Instant> until) {
    for (auto next = network.NextCompletion(); next && (!until || *next <= *until); next = network.NextCompletion()) {
      completed.clear();
      network.TakeCompleted(*next, completed);
      EXPECT_FALSE(completed.empty());
      for (const auto& flow : completed) {
        outcome.completed[flow.owner] =
            static_cast<Real>(next->unix_nanoseconds()) / static_cast<Real>(ticks_per_second);
      }
    }
  };
  for (const auto& change : world.changes) {
    const auto now = Instant::FromUnixNanoseconds(change.tick);
    take_until(now);
    switch (change.kind) {
      case Change::Kind::kStart:
        ids[change.which] = network.Start(now, world.flows[change.which]);
        break;
      case Change::Kind::kCancel:
        if (!network.IsActive(ids[change.which])) break;
        outcome.cancelled[change.which] = static_cast<Real>(network.Cancel(now, ids[change.which]).bytes());
        break;
      case Change::Kind::kLinkDown:
      case Change::Kind::kLinkUp: {
        const auto& link = world.links[change.which];
        const bool down = change.kind == Change::Kind::kLinkDown;
        network.SetLinkState(now, link.from, link.to, down ? LinkState::kDown : LinkState::kUp);
        break;
      }
      case Change::Kind::kLimitSite: {
        const SiteId site{static_cast<std::uint32_t>(change.which)};
        network.SetSite(now, site, {.egress = change.rate, .ingress = network.site(site).ingress});
        break;
      }
      case Change::Kind::kLimitShared:
        network.SetLimit(now, LimitId{static_cast<std::uint32_t>(change.which)}, change.rate);
        break;
    }
  }
  take_until(std::nullopt);
  return outcome;
}

Outcome RunReference(const Case& world, std::int64_t ticks_per_second) {
  reference::Simulation simulation;
  // Resources: egress and ingress of each site, the links, the limits.
  for (const auto& site : world.sites) {
    simulation.capacities.push_back(RealRate(site.egress));
    simulation.capacities.push_back(RealRate(site.ingress));
  }
  const auto first_link = simulation.capacities.size();
  for (const auto& link : world.links) simulation.capacities.push_back(RealRate(link.bandwidth));
  const auto first_limit = simulation.capacities.size();
  for (const auto limit : world.limits) simulation.capacities.push_back(RealRate(limit));
  for (const auto& spec : world.flows) {
    reference::Flow flow{.size = static_cast<Real>(spec.size.bytes()), .cap = RealRate(spec.cap), .resources = {}};
    if (spec.from != spec.to) flow.resources = {2 * spec.from.value, 2 * spec.to.value + 1};
    for (std::size_t i = 0; i < world.links.size(); ++i) {
      if (world.links[i].from == spec.from && world.links[i].to == spec.to) flow.resources.push_back(first_link + i);
    }
    for (const auto limit : spec.limits) flow.resources.push_back(first_limit + limit.value);
    simulation.flows.push_back(flow);
  }
  Outcome outcome;
  for (const auto& change : world.changes) {
    simulation.RunUntil(static_cast<Real>(change.tick) / static_cast<Real>(ticks_per_second));
    switch (change.kind) {
      case Change::Kind::kStart:
        simulation.Start(change.which);
        break;
      case Change::Kind::kCancel:
        if (simulation.flows[change.which].active) outcome.cancelled[change.which] = simulation.Cancel(change.which);
        break;
      case Change::Kind::kLinkDown:
        simulation.capacities[first_link + change.which] = 0;
        break;
      case Change::Kind::kLinkUp:
        simulation.capacities[first_link + change.which] = RealRate(world.links[change.which].bandwidth);
        break;
      case Change::Kind::kLimitSite:
        simulation.capacities[2 * change.which] = RealRate(change.rate);
        break;
      case Change::Kind::kLimitShared:
        simulation.capacities[first_limit + change.which] = RealRate(change.rate);
        break;
    }
  }
  simulation.RunUntil(1e6L);
  for (std::size_t i = 0; i < simulation.flows.size(); ++i) {
    if (simulation.flows[i].completed) outcome.completed[i] = *simulation.flows[i].completed;
  }
  return outcome;
}

/// `slack` is how far apart two completions may be, in seconds.
void ExpectSame(const Case& world, const Outcome& network, const Outcome& plain, Real slack) {
  for (std::uint64_t flow = 0; flow < world.flows.size(); ++flow) {
    const bool is_complete = network.completed.contains(flow);
    if (is_complete != plain.completed.contains(flow)) {
      // A cancellation at the very instant of the completion may come just before or just after it.
      const auto cancelled = is_complete ? plain.cancelled.find(flow) : network.cancelled.find(flow);
      const bool was_cancelled = cancelled != (is_complete ? plain.cancelled.end() : network.cancelled.end());
      ASSERT_TRUE(was_cancelled) << "flow " << flow;
      EXPECT_NEAR(static_cast<double>(cancelled->second), static_cast<double>(world.flows[flow].size.bytes()), 1.001);
    } else if (is_complete) {
      const auto expected = plain.completed.at(flow);
      EXPECT_LE(std::fabs(network.completed.at(flow) - expected), slack + 1e-9L * expected) << "flow " << flow;
    } else if (plain.cancelled.contains(flow)) {
      const auto expected = plain.cancelled.at(flow);
      ASSERT_TRUE(network.cancelled.contains(flow));
      EXPECT_LE(network.cancelled.at(flow), expected + slack * 1e7L + 1e-9L * expected) << "flow " << flow;
      EXPECT_GE(network.cancelled.at(flow), expected - 1 - slack * 1e7L - 1e-9L * expected) << "flow " << flow;
    }
  }
}

TEST(NetworkReferenceTest, ThePlainSimulationKnowsTheClosedForms) {
  reference::Simulation simulation;
  simulation.capacities = {900, 600, 1200};
  simulation.flows = {{.size = 1200, .resources = {0, 1, 2}}, {.size = 600, .resources = {0}},
                      {.size = 1e9L, .resources = {1}},       {.size = 1e9L, .resources = {2}},
                      {.size = 7, .cap = 7, .resources = {}}, {.size = 1e9L, .resources = {}}};
  for (std::size_t i = 0; i < simulation.flows.size(); ++i) simulation.Start(i);
  simulation.FillRates();
  EXPECT_EQ(simulation.flows[0].rate, 300);
  EXPECT_EQ(simulation.flows[1].rate, 600);
  EXPECT_EQ(simulation.flows[2].rate, 300);
  EXPECT_EQ(simulation.flows[3].rate, 900);
  simulation.RunUntil(2);
  EXPECT_EQ(simulation.flows[1].completed, 1);
  EXPECT_EQ(simulation.flows[4].completed, 1);
  EXPECT_EQ(simulation.flows[5].completed, 0);
  EXPECT_EQ(simulation.Cancel(0), 600);
}

TEST(NetworkReferenceTest, OnAFineClockRandomCasesAgreeToAPartInABillion) {
  constexpr std::int64_t kTicks = std::int64_t{1} << 40;
  std::size_t completed = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Case world(seed, kTicks);
    const auto outcome = RunNetwork(world, kTicks);
    ASSERT_NO_FATAL_FAILURE(ExpectSame(world, outcome, RunReference(world, kTicks), 1e-10L));
    if (testing::Test::HasFailure()) break;
    completed += outcome.completed.size();
  }
  EXPECT_GT(completed, 3000u);
}

TEST(NetworkReferenceTest, OnTheNanosecondClockRandomCasesAgreeToAFewNanosecondsAFlow) {
  constexpr std::int64_t kTicks = 1'000'000'000;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Case world(seed, kTicks);
    // Each completion is on a whole tick, so up to a tick's worth of its share goes to nobody.
    const auto slack = static_cast<Real>(world.flows.size() + 2) * 4e-9L;
    ASSERT_NO_FATAL_FAILURE(ExpectSame(world, RunNetwork(world, kTicks), RunReference(world, kTicks), slack));
    if (testing::Test::HasFailure()) break;
  }
}

}  // namespace
}  // namespace crrsim
