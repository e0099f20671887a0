#include "sim/network_topology.h"

#include "sim/check.h"

namespace crrsim {

namespace {

/// What the link gives to flows.
BytesPerSecond CapacityOf(const NetworkTopology::Link& link) {
  return link.state == LinkState::kUp ? link.spec.bandwidth : BytesPerSecond();
}

}  // namespace

std::uint32_t NetworkTopology::AddResource(BytesPerSecond capacity) {
  capacities_.push_back(capacity);
  return static_cast<std::uint32_t>(capacities_.size() - 1);
}

SiteId NetworkTopology::AddSite(const SiteSpec& spec) {
  const auto egress = AddResource(spec.egress);
  const auto ingress = AddResource(spec.ingress);
  sites_.push_back({.spec = spec, .egress = egress, .ingress = ingress});
  return SiteId{site_count() - 1};
}

const NetworkTopology::Site& NetworkTopology::site(SiteId site) const {
  CRRSIM_CHECK(site.value < site_count(), "there is no site {}", site.value);
  return sites_[site.value];
}

void NetworkTopology::SetSite(SiteId id, const SiteSpec& spec) {
  CRRSIM_CHECK(id.value < site_count(), "there is no site {}", id.value);
  Site& row = sites_[id.value];
  row.spec = spec;
  capacities_[row.egress] = spec.egress;
  capacities_[row.ingress] = spec.ingress;
}

const NetworkTopology::Link* NetworkTopology::FindLink(SiteId from, SiteId to) const {
  const auto* row = link_rows_.Find(PairOf(from, to));
  return row == nullptr ? nullptr : &links_[*row];
}

const LinkSpec& NetworkTopology::link_spec(SiteId from, SiteId to) const {
  if (const auto* row = FindLink(from, to)) return row->spec;
  CRRSIM_CHECK(from.value < site_count() && to.value < site_count(), "there is no link {} to {}", from.value, to.value);
  static constexpr LinkSpec kWithinSite{.latency = kLocalLatency};
  static constexpr LinkSpec kUnset{};
  return from == to ? kWithinSite : kUnset;
}

NetworkTopology::Link NetworkTopology::link(SiteId from, SiteId to) const {
  if (const auto* row = FindLink(from, to)) return *row;
  return {.from = from, .to = to, .spec = link_spec(from, to), .state = LinkState::kUp, .resource = std::nullopt};
}

NetworkTopology::Link& NetworkTopology::MakeLink(SiteId from, SiteId to) {
  auto unset = link(from, to);
  const auto [row, is_new] = link_rows_.Emplace(PairOf(from, to), static_cast<std::uint32_t>(links_.size()));
  if (is_new) links_.push_back(unset);
  return links_[row];
}

/// A link that limits nothing needs no resource; one that once had it keeps it.
std::optional<std::uint32_t> NetworkTopology::UpdateLinkResource(Link& link) {
  const auto capacity = CapacityOf(link);
  if (link.resource) {
    capacities_[*link.resource] = capacity;
  } else if (!capacity.unlimited()) {
    link.resource = AddResource(capacity);
  }
  return link.resource;
}

std::optional<std::uint32_t> NetworkTopology::SetLink(SiteId from, SiteId to, const LinkSpec& spec) {
  CRRSIM_CHECK(spec.latency >= Duration() && spec.jitter >= Duration(), "latency and jitter are not negative");
  Link& row = MakeLink(from, to);
  row.spec = spec;
  return UpdateLinkResource(row);
}

std::optional<std::uint32_t> NetworkTopology::SetLinkState(SiteId from, SiteId to, LinkState state) {
  Link& row = MakeLink(from, to);
  row.state = state;
  return UpdateLinkResource(row);
}

LimitId NetworkTopology::AddLimit(BytesPerSecond capacity) {
  limits_.push_back(AddResource(capacity));
  return LimitId{static_cast<std::uint32_t>(limits_.size() - 1)};
}

std::uint32_t NetworkTopology::SetLimit(LimitId limit, BytesPerSecond capacity) {
  CRRSIM_CHECK(limit.value < limits_.size(), "there is no limit {}", limit.value);
  capacities_[limits_[limit.value]] = capacity;
  return limits_[limit.value];
}

bool NetworkTopology::Knows(SiteId from, SiteId to, const LimitList& limits) const {
  for (const auto limit : limits) {
    if (limit.value >= limits_.size()) return false;
  }
  return from.value < site_count() && to.value < site_count();
}

void NetworkTopology::AppendRoute(SiteId from, SiteId to, const LimitList& limits,
                                  std::vector<std::uint32_t>& resources) const {
  const auto* link = FindLink(from, to);
  if (from != to) resources.push_back(sites_[from.value].egress);
  if (link != nullptr && link->resource) resources.push_back(*link->resource);
  if (from != to) resources.push_back(sites_[to.value].ingress);
  for (const auto limit : limits) resources.push_back(limits_[limit.value]);
}

void NetworkTopology::AddToHash(StateHash& hash) const {
  // Resource numbers decide ties by a quantum, so they are state too; the order of the rows is not.
  for (const Site& row : sites_) hash.Add(HashOf(std::pair(std::string("site"), row)));
  for (const Link& row : links_) hash.Add(HashOf(std::pair(std::string("link"), row)));
  for (const auto resource : limits_) {
    hash.Add(HashOf(std::pair(std::string("limit"), std::pair(resource, capacities_[resource]))));
  }
}

void NetworkTopology::Encode(Writer& writer) const {
  writer.Put(sites_);
  writer.Put(links_);
  writer.Put(limits_);
  writer.Put(capacities_);
}

NetworkTopology NetworkTopology::Decode(Reader& reader) {
  NetworkTopology topology;
  topology.sites_ = reader.Get<std::vector<Site>>();
  topology.links_ = reader.Get<std::vector<Link>>();
  topology.limits_ = reader.Get<std::vector<std::uint32_t>>();
  topology.capacities_ = reader.Get<std::vector<BytesPerSecond>>();
  // Every resource belongs to one row and gives what the row says.
  std::vector<bool> owned(topology.capacities_.size());
  if (owned.empty() || !topology.capacities_[0].unlimited()) throw ArchiveError("a network's resource 0 is not none");
  owned[0] = true;
  const auto own = [&](std::uint32_t resource, BytesPerSecond capacity) {
    if (resource >= owned.size() || owned[resource]) throw ArchiveError("a network's resource is not one row's");
    if (topology.capacities_[resource] != capacity) throw ArchiveError("a network's capacities contradict each other");
    owned[resource] = true;
  };
  for (const Site& row : topology.sites_) {
    own(row.egress, row.spec.egress);
    own(row.ingress, row.spec.ingress);
  }
  for (std::uint32_t i = 0; i < topology.links_.size(); ++i) {
    const Link& row = topology.links_[i];
    const bool sound = topology.Knows(row.from, row.to, {}) && row.spec.latency >= Duration() &&
                       row.spec.jitter >= Duration() && row.state <= LinkState::kDown &&
                       topology.link_rows_.Insert(PairOf(row.from, row.to), i) &&
                       (row.resource || CapacityOf(row).unlimited());
    if (!sound) throw ArchiveError("a network's link is none");
    if (row.resource) own(*row.resource, CapacityOf(row));
  }
  for (const auto resource : topology.limits_) {
    if (resource >= owned.size()) throw ArchiveError("a network's resource is not one row's");
    own(resource, topology.capacities_[resource]);
  }
  for (const bool is_owned : owned) {
    if (!is_owned) throw ArchiveError("a network's resource is not one row's");
  }
  return topology;
}

}  // namespace crrsim
