// What a network is made of, apart from what flows: sites, links and limits, and which resources they are.
//
// A *resource* is what flows can share: a site's egress, a site's ingress, a link that ever had a limit or was down, a
// limit. They are numbered 1, 2, 3, ... in the order of their making; equal shares go by the lowest number. Contracts
// are in sim/network.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/archive.h"
#include "sim/digest.h"
#include "sim/index.h"
#include "sim/network_types.h"
#include "sim/units.h"

namespace crrsim {

class NetworkTopology {
 public:
  static constexpr Duration kLocalLatency = Duration::FromNanoseconds(500'000);

  struct Link {
    SiteId from;
    SiteId to;
    LinkSpec spec;
    LinkState state = LinkState::kUp;
    std::optional<std::uint32_t> resource;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("from", self.from);
      visit("to", self.to);
      visit("spec", self.spec);
      visit("state", self.state);
      visit("resource", self.resource);
    }
  };
  struct Site {
    SiteSpec spec;
    std::uint32_t egress = 0;   ///< resource
    std::uint32_t ingress = 0;  ///< resource
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("spec", self.spec);
      visit("egress", self.egress);
      visit("ingress", self.ingress);
    }
  };

  SiteId AddSite(const SiteSpec& spec);
  void SetSite(SiteId site, const SiteSpec& spec);
  [[nodiscard]] const Site& site(SiteId site) const;
  [[nodiscard]] std::uint32_t site_count() const { return static_cast<std::uint32_t>(sites_.size()); }

  /// Returns the link's resource, if it has one (a new one has the highest number).
  std::optional<std::uint32_t> SetLink(SiteId from, SiteId to, const LinkSpec& spec);
  std::optional<std::uint32_t> SetLinkState(SiteId from, SiteId to, LinkState state);
  /// The link as set, or as it is until set.
  [[nodiscard]] Link link(SiteId from, SiteId to) const;
  /// What of it was set. Good until a link is set.
  [[nodiscard]] const LinkSpec& link_spec(SiteId from, SiteId to) const;

  LimitId AddLimit(BytesPerSecond capacity);
  /// Returns the limit's resource.
  std::uint32_t SetLimit(LimitId limit, BytesPerSecond capacity);

  /// What each resource can give now, by number; the first is none.
  [[nodiscard]] std::span<const BytesPerSecond> capacities() const { return capacities_; }
  /// Whether the network has all that the route names.
  [[nodiscard]] bool Knows(SiteId from, SiteId to, const LimitList& limits) const;
  /// Appends the resources that flows with this route share. Requires Knows.
  void AppendRoute(SiteId from, SiteId to, const LimitList& limits, std::vector<std::uint32_t>& resources) const;

  void AddToHash(StateHash& hash) const;
  void Encode(Writer& writer) const;
  static NetworkTopology Decode(Reader& reader);

 private:
  std::uint32_t AddResource(BytesPerSecond capacity);
  static std::uint64_t PairOf(SiteId from, SiteId to) {
    return (static_cast<std::uint64_t>(from.value) << 32) | to.value;
  }
  /// Null until it is set.
  [[nodiscard]] const Link* FindLink(SiteId from, SiteId to) const;
  Link& MakeLink(SiteId from, SiteId to);
  std::optional<std::uint32_t> UpdateLinkResource(Link& link);

  std::vector<Site> sites_;
  std::vector<Link> links_;                                              ///< in the order of their setting
  Index<std::uint64_t, std::uint32_t> link_rows_;                        ///< by PairOf
  std::vector<std::uint32_t> limits_;                                    ///< resources
  std::vector<BytesPerSecond> capacities_{BytesPerSecond::Unlimited()};  ///< number 0 is none
};

}  // namespace crrsim
