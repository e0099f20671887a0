// The fluid network: sites, links, and flows that share bandwidth max-min fairly. It knows nothing of registries.
//
//   Network network(seed);
//   const SiteId west = network.AddSite({.egress = rate, .ingress = rate});
//   const SiteId east = network.AddSite({.egress = rate, .ingress = rate});
//   network.SetLink(now, west, east, {.latency = Milliseconds(65), .jitter = Milliseconds(5)});
//   const FlowId flow = network.Start(now, {.from = west, .to = east, .size = Mebibytes(48), .owner = 7});
//   while (const auto next = network.NextCompletion()) network.TakeCompleted(now = *next, completed);
//
// What flows share. A flow from a to b uses a's egress, the link (a, b), b's ingress, the limits that it names, and its
// own cap. Within one site (a to a) there is neither egress nor ingress. At any moment the rates are the max-min fair
// ones: no flow can have more without taking from a flow that has no more than it. Small messages do not go through
// this; they take DrawMessageDelay. The latency before a transfer is the caller's: it calls Start when the first byte
// arrives at the pipe.
//
// In closed form. Alone, n bytes through a bottleneck of C take n / C. k equal flows of n bytes through C end together
// after k n / C; if one of two ends early, the other has C from then on: 1000 and 3000 bytes through 1000 B/s end at 2
// s and 4 s. On a chain of links of 900, 600 and 1200 B/s with one flow over all three and one over each, the middle
// link has the least share, 600 / 2, so the long flow has 300, and the others what is left: 600, 300 and 900.
//
// Method. Flows of equal route, cap and limits are one path. sim/max_min.h finds each resource's level around what
// changed and so each path's bottleneck; sim/service_clocks.h has one clock for each bottleneck, which counts the
// service that each flow on it has had, with paths in the order of the service at which they next complete. A rate
// change is one multiplication however many flows it is for. A start or a completion costs what the paths at the
// resources with new levels cost to look at, not more for more flows.
//
// Units and exactness. Rates are whole multiples of 2^-20 byte a second, rounded down, so nothing is ever
// oversubscribed, and a flow on a path that is up and has capacity is never at 0. Service is counted in 128 bits
// without any rounding: all state is integer, and the rates depend on nothing but the flows present and the capacities,
// not on the order in which they came. A completion is on the first tick of the clock at which all bytes have flowed,
// never earlier; what is left of that tick goes to nobody. On a fine clock completions agree with real arithmetic to
// 1e-9, while shares are of a kilobyte a second or more.
//
// Bounds. A finite capacity or cap counts as at most 2^43 bytes a second (8.8 TB/s); at most 2^20 flows at a time.
// A flow that nothing limits, and one of no bytes, is complete at the instant of its start.
//
// Time. Every call that changes something takes the present instant, which never runs back and never passes
// NextCompletion(): whoever drives the network takes completions at their instant, before or after what else happens
// then. Changes at one instant are solved together when a rate or a completion is asked for, so starting a thousand
// flows at once costs one solve. Asking changes nothing that can be seen; it is not for two threads at once, though.
//
// Errors: what the simulated world does (a link down, no capacity) is data; a handle that means no flow, an unknown
// site, time that runs back are Defects.
//
// Value: a copy, or what is read back from its bytes, goes on exactly as the original does, with the same handles.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/archive.h"
#include "sim/digest.h"
#include "sim/network_flows.h"
#include "sim/network_topology.h"
#include "sim/network_types.h"
#include "sim/random.h"
#include "sim/units.h"

namespace crrsim {

class Network {
 public:
  /// A network without sites. Jitter comes from the stream "network/jitter" of this seed.
  explicit Network(std::uint64_t seed, NetworkClock clock = {});

  // Sites, links and limits. They are never removed; unlimited is the way to be rid of a limit.

  SiteId AddSite(const SiteSpec& spec);
  void SetSite(Instant now, SiteId site, const SiteSpec& spec);
  [[nodiscard]] const SiteSpec& site(SiteId site) const;
  [[nodiscard]] std::uint32_t site_count() const;

  /// Until set, the link between two sites has no latency and no limit, and the one within a site kLocalLatency.
  static constexpr Duration kLocalLatency = NetworkTopology::kLocalLatency;
  /// Leaves the link's state (up or down) as it is.
  void SetLink(Instant now, SiteId from, SiteId to, const LinkSpec& spec);
  /// Down: flows of the link stall where they are, new ones wait; up: they go on with what they had.
  void SetLinkState(Instant now, SiteId from, SiteId to, LinkState state);
  [[nodiscard]] LinkSpec link(SiteId from, SiteId to) const;
  [[nodiscard]] bool IsUp(SiteId from, SiteId to) const;

  LimitId AddLimit(BytesPerSecond capacity);
  void SetLimit(Instant now, LimitId limit, BytesPerSecond capacity);

  /// Latency and, where the link has jitter, one draw uniform in [0, jitter]. For messages too small to share
  /// bandwidth, and for the wait before a flow. Up or down is the caller's to ask.
  Duration DrawMessageDelay(SiteId from, SiteId to);

  // Flows.

  /// Requires sites and limits of this network. A flow may start on a link that is down; it waits.
  FlowId Start(Instant now, const FlowSpec& spec);
  /// Ends a flow that has not been taken as completed.
  /// Returns the whole bytes delivered; never all of them, even where the last one flowed at this very instant.
  ByteCount Cancel(Instant now, FlowId flow);
  /// The earliest instant at which a flow is complete, at the rates of now; none when all are stalled (or would end
  /// after the last instant there is).
  [[nodiscard]] std::optional<Instant> NextCompletion() const;
  /// The same, Instant::Max() for none: for who asks at every step, where an optional would take as long as the answer.
  [[nodiscard]] Instant NextCompletionOrMax() const;
  /// Appends the flows that are complete at `now` and ends them.
  /// Order     of their starts: all that a call returns completed on the same tick.
  void TakeCompleted(Instant now, std::vector<CompletedFlow>& completed);

  // Asking about flows. All require a flow that was neither taken nor cancelled.

  [[nodiscard]] bool IsActive(FlowId flow) const;
  [[nodiscard]] std::uint32_t active_flows() const;
  /// The flow's rate from now on, rounded down to whole bytes a second; Unlimited where nothing limits it.
  [[nodiscard]] BytesPerSecond Rate(FlowId flow) const;
  /// Whole bytes that have flowed by `now`. Requires now not earlier than the last change.
  [[nodiscard]] ByteCount Delivered(Instant now, FlowId flow) const;
  /// The first instant, at the rates of now, at which `bytes` of the flow have flowed; not earlier than the last
  /// change; none when it is stalled short of them. Requires bytes <= the flow's size. Ask again when rate_version()
  /// changed.
  [[nodiscard]] std::optional<Instant> WhenDelivered(FlowId flow, ByteCount bytes) const;
  /// Grows with every change; answers of Rate, WhenDelivered and NextCompletion hold while it stays.
  [[nodiscard]] std::uint64_t rate_version() const;

  // The network as a value.

  /// Identifies what can still happen, whatever way led here: without handles, starting order and absolute time. Owners
  /// are part of it.
  [[nodiscard]] Hash128 HashState(Instant now) const;
  void Encode(Writer& writer) const;
  /// On error  throws ArchiveError where the bytes are no network's.
  static Network Decode(Reader& reader);
  /// Equal bytes.
  friend bool operator==(const Network& a, const Network& b);

 private:
  Network(NetworkClock clock, RandomStream jitter, NetworkTopology topology, NetworkFlows flows);
  void ApplyLink(Instant now, SiteId from, SiteId to, std::optional<std::uint32_t> resource);

  NetworkClock clock_;
  RandomStream jitter_;
  NetworkTopology topology_;
  /// Rates are solved when they are asked for, which changes nothing that can be seen: the bytes of a network are the
  /// same before and after.
  mutable NetworkFlows flows_;
};

}  // namespace crrsim
