// A network is a value: what is copied, or saved and loaded, goes on as the original does.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/archive.h"
#include "sim/network.h"
#include "sim/random.h"
#include "sim/test/support/short_names.h"

namespace crrsim {
namespace {

Network Reloaded(const Network& network) {
  const auto bytes = Saved(network);
  Reader reader(bytes);
  auto loaded = reader.Get<Network>();
  EXPECT_TRUE(reader.at_end());
  return loaded;
}

/// Does the same to any network that is given the same handles, and writes down all that it hears.
class Driver {
 public:
  explicit Driver(std::uint64_t seed) : random_(seed, "network_value_test") {}

  static Network MakeNetwork() {
    Network network(42);
    for (int i = 0; i < 5; ++i) network.AddSite({.egress = Rate(1000 + i), .ingress = Rate(1500)});
    network.AddLimit(Rate(700));
    network.SetLink(Instant(), SiteId{0}, SiteId{1}, {.jitter = Seconds(1), .bandwidth = Rate(300)});
    return network;
  }

  void Step(Network& network) {
    const auto next = network.NextCompletion();
    now_ += random_.UniformDuration(Duration(), Milliseconds(400));
    if (next && *next <= now_) {
      now_ = *next;
      completed_.clear();
      network.TakeCompleted(now_, completed_);
      for (const auto& flow : completed_) Note(flow.id.slot, flow.id.generation, flow.owner, flow.size.bytes());
      std::erase_if(flows_, [&](FlowId flow) { return !network.IsActive(flow); });
    }
    for (auto i = random_.Below(3); i > 0; --i) Change(network);
    Note(network.rate_version(), network.active_flows(), next ? next->unix_nanoseconds() : -1, 0);
    if (flows_.empty() || random_.Chance(1, 2)) return;
    const auto flow = flows_[random_.Below(flows_.size())];
    const auto when = network.WhenDelivered(flow, network.Delivered(now_, flow));
    Note(network.Delivered(now_, flow).bytes(), network.Rate(flow).count(), when ? when->unix_nanoseconds() : -1, 0);
  }

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] const std::vector<std::int64_t>& notes() const { return notes_; }

 private:
  template <class... Numbers>
  void Note(Numbers... numbers) {
    (notes_.push_back(static_cast<std::int64_t>(numbers)), ...);
  }
  SiteId DrawSite() { return SiteId{static_cast<std::uint32_t>(random_.Below(5))}; }

  void Change(Network& network) {
    const auto from = DrawSite();
    const auto to = DrawSite();
    switch (random_.Below(10)) {
      case 0:
        network.SetLinkState(now_, from, to, random_.Chance(1, 3) ? LinkState::kDown : LinkState::kUp);
        break;
      case 1:
        network.SetLink(now_, from, to, {.bandwidth = random_.Chance(1, 2) ? Rate(200) : BytesPerSecond::Unlimited()});
        break;
      case 2:
        network.SetLimit(now_, LimitId{0}, Rate(random_.Between(0, 2000)));
        break;
      case 3:
        if (flows_.empty()) break;
        Note(network.Cancel(now_, flows_.back()).bytes());
        flows_.pop_back();
        break;
      case 4:
        Note(network.DrawMessageDelay(SiteId{0}, SiteId{1}).nanoseconds());
        break;
      default: {
        FlowSpec spec{.from = from, .to = to, .size = Bytes(random_.Between(0, 400)), .owner = random_.Next()};
        if (random_.Chance(1, 4)) spec.cap = Rate(random_.Between(50, 60));
        if (random_.Chance(1, 4)) spec.limits.Add(LimitId{0});
        flows_.push_back(network.Start(now_, spec));
        Note(flows_.back().slot, flows_.back().generation);
      }
    }
  }

  RandomStream random_;
  Instant now_;
  std::vector<FlowId> flows_;
  std::vector<CompletedFlow> completed_;
  std::vector<std::int64_t> notes_;
};

TEST(NetworkValueTest, CopiedOrReloadedAtEveryStepItGoesOnTheSame) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Driver plain_driver(seed);
    Driver copied_driver(seed);
    Driver reloaded_driver(seed);
    auto plain = Driver::MakeNetwork();
    auto copied = Driver::MakeNetwork();
    auto reloaded = Driver::MakeNetwork();
    for (int step = 0; step < 150; ++step) {
      plain_driver.Step(plain);
      copied_driver.Step(copied);
      reloaded_driver.Step(reloaded);
      Network copy = copied;
      copied_driver.Step(copy);  // must leave no trace in the original, whose driver is taken back too
      copied_driver = plain_driver;
      reloaded = Reloaded(reloaded);
      ASSERT_EQ(plain_driver.notes(), reloaded_driver.notes()) << "step " << step;
      ASSERT_TRUE(plain == copied) << "step " << step;
      ASSERT_TRUE(plain == reloaded) << "step " << step;
      ASSERT_EQ(plain.HashState(plain_driver.now()), reloaded.HashState(plain_driver.now()));
    }
    EXPECT_GT(plain.rate_version(), 20u);
  }
}

TEST(NetworkValueTest, AskingChangesNothingThatCanBeSeen) {
  auto asked = Driver::MakeNetwork();
  auto left_alone = Driver::MakeNetwork();
  for (auto* network : {&asked, &left_alone}) {
    for (std::uint32_t i = 0; i < 4; ++i) {
      const auto flow = network->Start(Instant() + Milliseconds(i / 2),
                                       {.from = SiteId{i}, .to = SiteId{4}, .size = Bytes(1000 * (i + 1))});
      if (network != &asked) continue;
      EXPECT_TRUE(network->NextCompletion());
      EXPECT_GT(network->Rate(flow), Rate(0));
      EXPECT_GT(Saved(*network).size(), 0u);
    }
  }
  EXPECT_TRUE(asked == left_alone);
  EXPECT_EQ(asked.rate_version(), left_alone.rate_version());
  EXPECT_EQ(asked.NextCompletion(), left_alone.NextCompletion());
}

TEST(NetworkValueTest, TenThousandFlowsAmongAThousandSitesGoOnTheSameFromTheirBytes) {
  RandomStream random(3, "network_value_test/large");
  Network network(1);
  const auto draw_rate = [&] { return Rate(random.Between(1'000'000, 9'000'000)); };
  for (int i = 0; i < 1000; ++i) network.AddSite({.egress = draw_rate(), .ingress = draw_rate()});
  const auto start = [&](Network& where, Instant now, std::uint64_t owner) {
    RandomStream route(owner, "route");
    const SiteId from{static_cast<std::uint32_t>(route.Below(1000))};
    const SiteId to{static_cast<std::uint32_t>(route.Below(1000))};
    where.Start(now, {.from = from, .to = to, .size = Bytes(route.Between(1, 50'000'000)), .owner = owner});
  };
  const auto run = [&](Network& where, std::uint64_t owner) {
    std::vector<CompletedFlow> completed;
    std::vector<std::int64_t> notes;
    while (completed.size() < 500) {
      const auto now = *where.NextCompletion();
      const auto before = completed.size();
      where.TakeCompleted(now, completed);
      notes.push_back(now.unix_nanoseconds());
      for (auto i = before; i < completed.size(); ++i) {
        notes.push_back(static_cast<std::int64_t>(completed[i].owner));
        start(where, now, ++owner);
      }
    }
    return notes;
  };
  for (std::uint64_t owner = 0; owner < 10'000; ++owner) start(network, Instant(), owner);
  run(network, 10'000);
  EXPECT_EQ(network.active_flows(), 10'000u);
  auto loaded = Reloaded(network);
  EXPECT_EQ(run(network, 20'000), run(loaded, 20'000));
  EXPECT_TRUE(network == loaded);
}

TEST(NetworkValueTest, TheStateHashForgetsHandlesOrderAndAbsoluteTimeAndNothingElse) {
  const SiteId a{0};
  const SiteId b{1};
  const SiteId c{2};
  const auto hash_after = [&](Duration shift, auto&& act) {
    auto network = Driver::MakeNetwork();
    act(network, Instant() + shift);
    return network.HashState(Instant() + shift + Seconds(1));
  };
  const auto forwards = [&](Network& network, Instant now) {
    network.Start(now, {.from = a, .to = b, .size = Bytes(5000), .owner = 1});
    network.Start(now, {.from = a, .to = c, .size = Bytes(5000), .owner = 2});
  };
  const auto backwards = [&](Network& network, Instant now) {
    const auto given_up = network.Start(now, {.from = c, .to = b, .size = Bytes(9)});
    network.Start(now, {.from = a, .to = c, .size = Bytes(5000), .owner = 2});
    network.Start(now, {.from = a, .to = b, .size = Bytes(5000), .owner = 1});
    network.Cancel(now, given_up);
  };
  const auto base = hash_after(Duration(), forwards);
  EXPECT_EQ(base, hash_after(Duration(), backwards));
  EXPECT_EQ(base, hash_after(Hours(1), forwards));
  const auto changed = [&](auto&& change) {
    return hash_after(Duration(), [&](Network& network, Instant now) {
      forwards(network, now);
      change(network, now);
    });
  };
  EXPECT_NE(base, changed([&](Network& n, Instant now) { n.Start(now, {.from = c, .to = b, .size = Bytes(1)}); }));
  EXPECT_NE(base, changed([&](Network& n, Instant now) { n.SetLinkState(now, c, b, LinkState::kDown); }));
  EXPECT_NE(base, changed([&](Network& n, Instant now) { n.SetLink(now, c, b, {.latency = Nanoseconds(1)}); }));
  EXPECT_NE(base, changed([&](Network& n, Instant now) { n.SetLimit(now, LimitId{0}, Rate(701)); }));
  EXPECT_NE(base, changed([&](Network& n, Instant) { n.DrawMessageDelay(a, b); }));
  auto network = Driver::MakeNetwork();
  forwards(network, Instant());
  EXPECT_NE(base, network.HashState(Instant() + Seconds(1) + Nanoseconds(1)));
}

TEST(NetworkValueTest, BytesThatNoNetworkWroteAreAnArchiveErrorOrANetwork) {
  auto network = Driver::MakeNetwork();
  Driver driver(7);
  for (int step = 0; step < 40; ++step) driver.Step(network);
  const auto good = Saved(network);
  const auto read = [](const std::string& bytes) {
    Reader reader(bytes);
    return reader.Get<Network>();
  };
  for (std::size_t size = 0; size < good.size(); ++size) {
    ASSERT_THROW(read(good.substr(0, size)), ArchiveError) << size << " of " << good.size() << " bytes";
  }
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char flip : {'\x01', '\x40'}) {
      auto bad = good;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      try {
        auto other = read(bad);
        (void)other.NextCompletion();
      } catch (const ArchiveError&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, good.size() / 4);
}

}  // namespace
}  // namespace crrsim
