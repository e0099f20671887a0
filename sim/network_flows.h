// The flows of a network and their progress: joins max-min rates (sim/max_min.h) to service clocks
// (sim/service_clocks.h). Part of Network; the contracts are in sim/network.h.
//
// Flows of equal route, cap and limits are one *path*: they have one rate at any time and so one service. A flow is due
// when its path's service is what it was at the flow's start plus the flow's size, and that number never changes while
// rates do. What a path hangs on in the clocks is its bottleneck.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/archive.h"
#include "sim/digest.h"
#include "sim/index.h"
#include "sim/indexed_heap.h"
#include "sim/int128.h"
#include "sim/max_min.h"
#include "sim/network_topology.h"
#include "sim/network_types.h"
#include "sim/service_clocks.h"

namespace crrsim {

class NetworkFlows {
 public:
  explicit NetworkFlows(NetworkClock clock);

  /// Makes the resources that the topology has beyond those known here.
  void AddResources(const NetworkTopology& topology);
  [[nodiscard]] std::uint32_t resource_end() const { return solver_.resource_end(); }
  void SetCapacity(Instant now, std::uint32_t resource, BytesPerSecond capacity);
  /// Gives all flows of a link one more resource: the link's own, when it comes to have a limit.
  void AddToLink(Instant now, SiteId from, SiteId to, std::uint32_t resource);

  FlowId Start(Instant now, const FlowSpec& spec, const NetworkTopology& topology);
  ByteCount Cancel(Instant now, FlowId flow);
  /// Of the next completion, as Instants count; ServiceClocks::kNever without any.
  std::int64_t NextTick();
  void TakeCompleted(Instant now, std::vector<CompletedFlow>& completed);

  [[nodiscard]] bool IsActive(FlowId flow) const;
  [[nodiscard]] std::uint32_t active_flows() const { return active_; }
  BytesPerSecond Rate(FlowId flow);
  ByteCount Delivered(Instant now, FlowId flow);
  std::optional<Instant> WhenDelivered(FlowId flow, ByteCount bytes);
  [[nodiscard]] std::uint64_t rate_version() const { return rate_version_; }

  void Encode(Writer& writer);
  static NetworkFlows Decode(Reader& reader, NetworkClock clock, const NetworkTopology& topology);
  /// Adds what is under way, as it will stand at `now`.
  void AddToHash(Instant now, StateHash& hash);

 private:
  enum class State : std::uint8_t { kFree, kFlowing, kComplete };
  struct Flow {
    Int128 due = 0;  ///< in service of its path
    ByteCount size;
    std::uint64_t owner = 0;
    std::uint64_t sequence = 0;  ///< of its start, among all
    std::uint32_t generation = 1;
    std::uint32_t path = 0;
    std::uint32_t position = 0;  ///< in the path's dues; in complete_ once complete
    State state = State::kFree;
  };
  /// What flows of one path have in common.
  struct Kind {
    SiteId from;
    SiteId to;
    BytesPerSecond cap;
    LimitList limits;
    friend bool operator==(const Kind&, const Kind&) = default;
    [[nodiscard]] std::uint64_t LookupHash() const;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("from", self.from);
      visit("to", self.to);
      visit("cap", self.cap);
      visit("limits", self.limits);
    }
  };
  struct Path {
    Kind kind;
    IndexedHeap<Int128> dues;  ///< of its flows
  };

  [[nodiscard]] static std::uint32_t ClockOfResource(std::uint32_t resource) { return 2 * resource; }
  [[nodiscard]] static std::uint32_t ClockOfCap(std::uint32_t path) { return 2 * path + 1; }

  void AdvanceTo(Instant now);
  void Change();
  void Settle();
  void HangPath(std::uint32_t path);
  void CompleteAll(std::uint32_t path);

  std::uint32_t MakePath(const Kind& kind, const NetworkTopology& topology);
  void DropPath(std::uint32_t path);
  std::uint32_t TakeSlot();
  void AddToPath(std::uint32_t slot, std::uint32_t path, Int128 missing);
  void RemoveFromPath(std::uint32_t slot);
  void TakeDue(std::uint32_t slot);
  void MarkComplete(std::uint32_t slot);
  void UnmarkComplete(std::uint32_t slot);
  void Free(std::uint32_t slot);
  void PutFlow(Writer& writer, const Flow& flow, Instant now) const;
  void GetFlow(Reader& reader, const NetworkTopology& topology);

  [[nodiscard]] std::uint32_t SlotOf(FlowId flow) const;
  [[nodiscard]] Int128 ServiceFor(ByteCount bytes) const;
  [[nodiscard]] Int128 MissingAt(const Flow& flow, Instant now) const;
  [[nodiscard]] ByteCount DeliveredAt(const Flow& flow, Instant now) const;

  MaxMin solver_;
  ServiceClocks clocks_;
  std::int64_t quanta_a_byte_ = 0;  ///< of service
  std::int64_t max_size_ = 0;       ///< in bytes, of a flow that the clock can count
  Instant now_;
  bool started_ = false;    ///< now_ has been set
  bool unsettled_ = false;  ///< something changed at now_ that rates do not show yet
  std::uint64_t rate_version_ = 0;
  std::uint64_t next_sequence_ = 0;
  std::uint32_t active_ = 0;
  std::vector<Flow> flows_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<Path> paths_;  ///< by the solver's numbers
  Index<Kind, std::uint32_t> path_of_kind_;
  std::vector<std::uint32_t> complete_;  ///< flows that wait to be taken: without bytes, or unlimited

  // Scratch of one call; empty of meaning between calls.
  std::vector<std::uint32_t> route_;
  std::vector<std::uint32_t> done_;
};

}  // namespace crrsim
