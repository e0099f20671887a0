// The words of the fluid network (sim/network.h): names of its parts, and what one sets and asks of them.
//
// Units: rates in bytes per second, times in ticks of the network's clock (nanoseconds unless chosen otherwise).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <initializer_list>

#include "sim/check.h"
#include "sim/units.h"

namespace crrsim {

namespace internal {
/// A dense number with a type of its own; `Tag` only tells one kind from another.
template <class Tag>
struct NetworkId {
  std::uint32_t value = 0;
  friend auto operator<=>(const NetworkId&, const NetworkId&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("value", self.value);
  }
};
}  // namespace internal

/// A place that sends and receives, numbered 0, 1, 2, ... in the order of AddSite.
using SiteId = internal::NetworkId<struct SiteTag>;
/// A bandwidth limit that several flows share wherever they go, numbered in the order of AddLimit.
using LimitId = internal::NetworkId<struct LimitTag>;

/// A flow. The slot is used again after the flow's end, with the next generation, so an old handle never means a new
/// flow. Generations start at 1: a default-made handle means no flow.
struct FlowId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  friend auto operator<=>(const FlowId&, const FlowId&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("slot", self.slot);
    visit("generation", self.generation);
  }
};

/// What all flows out of a site share, and what all flows into it share.
struct SiteSpec {
  BytesPerSecond egress = BytesPerSecond::Unlimited();
  BytesPerSecond ingress = BytesPerSecond::Unlimited();
  friend bool operator==(const SiteSpec&, const SiteSpec&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("egress", self.egress);
    visit("ingress", self.ingress);
  }
};

/// One direction of a pair of sites.
struct LinkSpec {
  Duration latency{};  ///< one way, never negative
  Duration jitter{};   ///< each message waits up to this much longer, never negative
  BytesPerSecond bandwidth = BytesPerSecond::Unlimited();
  friend bool operator==(const LinkSpec&, const LinkSpec&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("latency", self.latency);
    visit("jitter", self.jitter);
    visit("bandwidth", self.bandwidth);
  }
};

enum class LinkState : std::uint8_t { kUp, kDown };

/// The limits that a flow is subject to beside its sites and link: a small set, kept sorted.
class LimitList {
 public:
  static constexpr std::size_t kMaxSize = 4;

  LimitList() = default;
  LimitList(std::initializer_list<LimitId> limits) {
    for (const auto limit : limits) Add(limit);
  }
  /// Adding a limit again changes nothing. Requires at most kMaxSize different ones.
  void Add(LimitId limit) {
    std::uint32_t at = 0;
    while (at < size_ && limits_[at] < limit) ++at;
    if (at < size_ && limits_[at] == limit) return;
    CRRSIM_CHECK(size_ < kMaxSize, "a flow has more than {} shared limits", kMaxSize);
    for (std::uint32_t i = size_; i > at; --i) limits_[i] = limits_[i - 1];
    limits_[at] = limit;
    ++size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const LimitId* begin() const { return limits_.data(); }
  [[nodiscard]] const LimitId* end() const { return limits_.data() + size_; }
  friend bool operator==(const LimitList&, const LimitList&) = default;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("limits", self.limits_);
    visit("size", self.size_);
  }
  /// True of every list but one read from bytes that no list made.
  [[nodiscard]] bool Sound() const {
    if (size_ > kMaxSize) return false;
    LimitList again;
    for (const auto limit : *this) again.Add(limit);
    return again == *this;
  }

 private:
  std::array<LimitId, kMaxSize> limits_{};  ///< those beyond size_ are LimitId{}
  std::uint32_t size_ = 0;
};

/// A transfer of bytes to start.
struct FlowSpec {
  SiteId from{};
  SiteId to{};
  ByteCount size{};
  BytesPerSecond cap = BytesPerSecond::Unlimited();  ///< the flow's own, such as a window over a long link
  std::uint64_t owner = 0;                           ///< given back at completion; means nothing to the network
  LimitList limits{};
};

/// A flow whose last byte has flowed.
struct CompletedFlow {
  FlowId id{};
  std::uint64_t owner = 0;
  ByteCount size{};
  friend bool operator==(const CompletedFlow&, const CompletedFlow&) = default;
};

/// How finely time is counted: an Instant given to a network counts ticks, and a Duration too. The default is the
/// clock of a world, whole nanoseconds since 1970.
struct NetworkClock {
  static constexpr std::int64_t kMaxTicksPerSecond = std::int64_t{1} << 42;
  std::int64_t ticks_per_second = 1'000'000'000;
  friend bool operator==(const NetworkClock&, const NetworkClock&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("ticks_per_second", self.ticks_per_second);
  }
};

}  // namespace crrsim
