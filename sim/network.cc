#include "sim/network.h"

#include <utility>

#include "sim/check.h"

namespace crrsim {

Network::Network(std::uint64_t seed, NetworkClock clock)
    : Network(clock, RandomStream(seed, "network/jitter"), {}, NetworkFlows(clock)) {}

Network::Network(NetworkClock clock, RandomStream jitter, NetworkTopology topology, NetworkFlows flows)
    : clock_(clock), jitter_(jitter), topology_(std::move(topology)), flows_(std::move(flows)) {}

SiteId Network::AddSite(const SiteSpec& spec) {
  const auto site = topology_.AddSite(spec);
  flows_.AddResources(topology_);
  return site;
}

void Network::SetSite(Instant now, SiteId id, const SiteSpec& spec) {
  topology_.SetSite(id, spec);
  const auto& row = topology_.site(id);
  flows_.SetCapacity(now, row.egress, spec.egress);
  flows_.SetCapacity(now, row.ingress, spec.ingress);
}

const SiteSpec& Network::site(SiteId id) const { return topology_.site(id).spec; }

std::uint32_t Network::site_count() const { return topology_.site_count(); }

void Network::SetLink(Instant now, SiteId from, SiteId to, const LinkSpec& spec) {
  ApplyLink(now, from, to, topology_.SetLink(from, to, spec));
}

void Network::SetLinkState(Instant now, SiteId from, SiteId to, LinkState state) {
  ApplyLink(now, from, to, topology_.SetLinkState(from, to, state));
}

void Network::ApplyLink(Instant now, SiteId from, SiteId to, std::optional<std::uint32_t> resource) {
  if (!resource) return;
  if (*resource < flows_.resource_end()) {
    flows_.SetCapacity(now, *resource, topology_.capacities()[*resource]);
  } else {
    flows_.AddResources(topology_);
    flows_.AddToLink(now, from, to, *resource);
  }
}

LinkSpec Network::link(SiteId from, SiteId to) const { return topology_.link_spec(from, to); }

bool Network::IsUp(SiteId from, SiteId to) const { return topology_.link(from, to).state == LinkState::kUp; }

LimitId Network::AddLimit(BytesPerSecond capacity) {
  const auto limit = topology_.AddLimit(capacity);
  flows_.AddResources(topology_);
  return limit;
}

void Network::SetLimit(Instant now, LimitId limit, BytesPerSecond capacity) {
  flows_.SetCapacity(now, topology_.SetLimit(limit, capacity), capacity);
}

Duration Network::DrawMessageDelay(SiteId from, SiteId to) {
  const auto& spec = topology_.link_spec(from, to);
  if (spec.jitter == Duration()) return spec.latency;
  return spec.latency + jitter_.UniformDuration(Duration(), spec.jitter);
}

FlowId Network::Start(Instant now, const FlowSpec& spec) { return flows_.Start(now, spec, topology_); }

ByteCount Network::Cancel(Instant now, FlowId flow) { return flows_.Cancel(now, flow); }

std::optional<Instant> Network::NextCompletion() const {
  const auto next = NextCompletionOrMax();
  return next == Instant::Max() ? std::nullopt : std::optional(next);
}

Instant Network::NextCompletionOrMax() const {
  static_assert(ServiceClocks::kNever == Instant::Max().unix_nanoseconds());
  return Instant::FromUnixNanoseconds(flows_.NextTick());
}

void Network::TakeCompleted(Instant now, std::vector<CompletedFlow>& completed) {
  flows_.TakeCompleted(now, completed);
}

bool Network::IsActive(FlowId flow) const { return flows_.IsActive(flow); }

std::uint32_t Network::active_flows() const { return flows_.active_flows(); }

BytesPerSecond Network::Rate(FlowId flow) const { return flows_.Rate(flow); }

ByteCount Network::Delivered(Instant now, FlowId flow) const { return flows_.Delivered(now, flow); }

std::optional<Instant> Network::WhenDelivered(FlowId flow, ByteCount bytes) const {
  return flows_.WhenDelivered(flow, bytes);
}

std::uint64_t Network::rate_version() const { return flows_.rate_version(); }

Hash128 Network::HashState(Instant now) const {
  StateHash hash;
  hash.Add(HashOf(std::pair(clock_, jitter_)));
  topology_.AddToHash(hash);
  flows_.AddToHash(now, hash);
  return hash.value();
}

void Network::Encode(Writer& writer) const {
  writer.Put(clock_);
  writer.Put(jitter_);
  writer.Put(topology_);
  flows_.Encode(writer);
}

Network Network::Decode(Reader& reader) {
  const auto clock = reader.Get<NetworkClock>();
  if (clock.ticks_per_second <= 0 || clock.ticks_per_second > NetworkClock::kMaxTicksPerSecond) {
    throw ArchiveError("a network's clock is none");
  }
  const auto jitter = reader.Get<RandomStream>();
  auto topology = reader.Get<NetworkTopology>();
  auto flows = NetworkFlows::Decode(reader, clock, topology);
  return Network(clock, jitter, std::move(topology), std::move(flows));
}

bool operator==(const Network& a, const Network& b) {
  Writer bytes_of_a;
  Writer bytes_of_b;
  bytes_of_a.Put(a);
  bytes_of_b.Put(b);
  return bytes_of_a.bytes() == bytes_of_b.bytes();
}

}  // namespace crrsim
