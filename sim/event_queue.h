// What is to happen, in the order in which it happens.
//
// Events are data: a payload that is trivially copyable, due at an instant. The order is total, `(when, tie,
// sequence)`: the earlier instant first; of equal instants the smaller tie, which a seeded chooser draws and everyone
// else leaves at zero; of equal ties what was scheduled first. An exhaustive explorer asks for all that is ready at the
// next instant and takes any of it. Entries of one channel are never reordered, whatever ties or choices say.
//
// Invariants: time never runs back (scheduling before the instant of the last pop is a Defect). An EventId is never
// used twice, so an id that was kept too long cancels nothing. The queue is a value: a copy, or one saved and loaded,
// pops the same from then on and knows the same ids. Limits: 16,777,215 entries at once, 5.4 * 10^11 in a queue's life;
// beyond is a Defect. Cost: O(log n) a push and a pop, O(1) a cancellation. Nothing is allocated while the number of
// entries stays below its peak. What is cancelled stays as garbage until it comes to the top, at most as much as is
// pending, plus 64.
//
//   EventQueue<Event> queue;
//   EventId timeout = queue.Schedule(now + Seconds(5), Event{...});
//   queue.Cancel(timeout);
//   while (!queue.empty()) Handle(queue.Pop());
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/archive.h"
#include "sim/check.h"
#include "sim/index.h"
#include "sim/int128.h"
#include "sim/quad_heap.h"
#include "sim/result.h"
#include "sim/units.h"

namespace crrsim {

/// Names one entry of one queue for ever. The default names none.
struct EventId {
  std::uint64_t bits = 0;

  friend auto operator<=>(const EventId&, const EventId&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("bits", self.bits);
  }
};

/// A place in the total order of a queue, for what its owner keeps apart since it changes too often for a heap.
struct Turn {
  Instant when;
  std::uint64_t tie = 0;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const Turn&, const Turn&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("when", self.when);
    visit("tie", self.tie);
    visit("sequence", self.sequence);
  }
};

/// A way on which order is kept (one connection, one bus). Whoever makes channels numbers them; the greatest number is
/// taken.
enum class ChannelId : std::uint64_t {};

template <class Payload>
class EventQueue {
  static_assert(std::is_trivially_copyable_v<Payload> && std::is_default_constructible_v<Payload>);

 public:
  struct Entry {
    Instant when;
    std::uint64_t tie = 0;
    std::uint64_t sequence = 0;
    EventId id;
    Payload payload{};
  };

  /// Requires  `when` is not before the instant of the last pop.
  EventId Schedule(Instant when, const Payload& payload, std::uint64_t tie = 0) {
    return Insert(when, payload, tie, kNoChannel);
  }

  /// As Schedule, behind everything that waits in `channel`: an entry that would be due before the latest of them is
  /// due with it, and at one instant its tie is raised to theirs. What a channel had to keep up with is forgotten when
  /// it runs empty, not when an entry is cancelled.
  EventId ScheduleInChannel(ChannelId channel, Instant when, const Payload& payload, std::uint64_t tie = 0) {
    CRRSIM_CHECK(channel != kNoChannel, "the greatest number is no channel");
    if (const auto* latest = channels_.Find(channel)) {
      if (when < latest->when) when = latest->when;
      if (when == latest->when) tie = std::max(tie, latest->tie);
    }
    const auto id = Insert(when, payload, tie, channel);
    auto& latest = channels_.Emplace(channel).first;
    latest = {when, tie, latest.waiting + 1};
    return id;
  }

  /// Returns   whether the entry was still to come; it no longer is.
  bool Cancel(EventId id) {
    const auto number = static_cast<std::uint32_t>(id.bits) & kNoSlot;
    if (id.bits == 0 || number >= slots_.size() || slots_[number].rank != id.bits) return false;
    slots_[number].rank = 0;
    LeaveChannel(slots_[number].channel);
    ++cancelled_;
    DropCancelledTop();
    if (cancelled_ > size() + kGarbageKept) DropAllCancelled();
    return true;
  }

  /// The turn of an entry that is scheduled now; the queue knows no more of it.
  Turn TakeTurn(Instant when, std::uint64_t tie = 0) { return {when, tie, TakeSequence()}; }
  /// Whether it comes before everything in the queue.
  [[nodiscard]] bool IsBeforeAll(const Turn& turn) const {
    if (empty()) return true;
    const auto& top = heap_.top();
    if (turn.when.unix_nanoseconds() != top.when) return turn.when.unix_nanoseconds() < top.when;
    return turn < Turn{turn.when, slots_[SlotOf(top)].tie, SequenceOf(top.rank)};
  }

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  /// How many are still to come, without what is cancelled.
  [[nodiscard]] std::size_t size() const { return heap_.size() - cancelled_; }
  /// Whether an event is due by then.
  [[nodiscard]] bool IsDueBy(Instant until) const { return !empty() && WhenOf(heap_.top()) <= until; }
  [[nodiscard]] std::optional<Instant> NextInstant() const {
    return empty() ? std::nullopt : std::optional(WhenOf(heap_.top()));
  }

  /// Takes the first entry in the total order. Requires !empty().
  Entry Pop() {
    CRRSIM_CHECK(!empty());
    // Copied, since it leaves its place. Its slot was touched long ago; it comes in while the heap closes the gap.
    const auto node = heap_.top();
    __builtin_prefetch(&slots_[SlotOf(node)], 1);
    return TakeAt(Heap::kRoot);
  }

  /// All entries that a chooser may take now: those due at the next instant, of each channel only the first.
  /// Order     the total order, so that the first is what Pop would take.
  [[nodiscard]] std::vector<Entry> ReadyAtNextInstant() const {
    std::vector<Entry> ready;
    for (const auto position : ReadyPositions()) ready.push_back(EntryOf(heap_.At(position)));
    return ready;
  }

  /// Takes the entry with this place in ReadyAtNextInstant(). Requires that there is one.
  Entry PopReady(std::size_t index) {
    const auto ready = ReadyPositions();
    CRRSIM_CHECK(index < ready.size(), "{} of {} ready", index, ready.size());
    return TakeAt(ready[index]);
  }

  /// Calls `visit(const Entry&)` for everything still to come.
  /// Order     the total order.
  template <class Visit>
  void ForEachPending(Visit&& visit) const {
    for (const auto& node : heap_.Sorted(Order())) {
      if (!IsCancelled(node)) visit(EntryOf(node));
    }
  }

  void Encode(Writer& writer) const;
  static EventQueue Decode(Reader& reader);

 private:
  static constexpr ChannelId kNoChannel{~std::uint64_t{0}};
  static constexpr int kSlotBits = 24;
  static constexpr std::uint32_t kNoSlot = (1u << kSlotBits) - 1;
  static constexpr std::uint64_t kTied = std::uint64_t{1} << 63;
  static constexpr std::uint64_t kSequenceMax = (std::uint64_t{1} << (63 - kSlotBits)) - 1;
  static constexpr std::uint64_t kNoRank = ~std::uint64_t{0};
  static constexpr std::size_t kGarbageKept = 64;

  /// What the heap moves about. The rank is, from the top: whether the tie is other than zero, the sequence number, the
  /// slot. So (when, rank) is the total order, except between two of one instant that both have ties; those look into
  /// their slots. An id is the rank of its entry. The default is behind every entry.
  struct Node {
    std::uint64_t rank = kNoRank;
    std::int64_t when = std::numeric_limits<std::int64_t>::max();
  };
  using Heap = internal::QuadHeap<Node>;

  /// Where an entry lives from Schedule to Pop; a cancelled one stays until its node leaves the heap, since it is
  /// compared by its tie. With a payload of 32 bytes this is one cache line.
  struct alignas(64) Slot {
    Payload payload{};
    std::uint64_t rank = 0;  // 0 when cancelled or free
    std::uint64_t tie = 0;
    ChannelId channel = kNoChannel;
    std::uint32_t next_free = kNoSlot;
  };

  /// What the next entry of a channel has to stay behind.
  struct Latest {
    Instant when;
    std::uint64_t tie = 0;
    std::uint64_t waiting = 0;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("when", self.when);
      visit("tie", self.tie);
      visit("waiting", self.waiting);
    }
  };

  static std::size_t IsTied(const Node& node) { return node.rank >> 63; }
  static std::uint32_t SlotOf(const Node& node) { return static_cast<std::uint32_t>(node.rank) & kNoSlot; }
  static std::uint64_t SequenceOf(std::uint64_t rank) { return (rank & ~kTied) >> kSlotBits; }
  static Instant WhenOf(const Node& node) { return Instant::FromUnixNanoseconds(node.when); }
  [[nodiscard]] bool IsCancelled(const Node& node) const { return slots_[SlotOf(node)].rank == 0; }
  [[nodiscard]] Entry EntryOf(const Node& node) const {
    const auto& slot = slots_[SlotOf(node)];
    return {WhenOf(node), slot.tie, SequenceOf(node.rank), {node.rank}, slot.payload};
  }

  static Int128 KeyOf(const Node& node) {
    return static_cast<Int128>((static_cast<UInt128>(static_cast<std::uint64_t>(node.when)) << 64) | node.rank);
  }
  [[nodiscard]] bool TieBefore(const Node& a, const Node& b) const {
    if (a.rank == kNoRank || b.rank == kNoRank) return a.rank < b.rank;
    const auto tie_a = slots_[SlotOf(a)].tie;
    const auto tie_b = slots_[SlotOf(b)].tie;
    return tie_a != tie_b ? tie_a < tie_b : a.rank < b.rank;
  }
  /// The total order of nodes.
  [[nodiscard]] auto Order() const {
    return [this](const Node& a, const Node& b) {
      if (a.when == b.when && (a.rank & b.rank & kTied) != 0) [[unlikely]]
        return TieBefore(a, b);
      return KeyOf(a) < KeyOf(b);
    };
  }

  /// That order while no node has a tie, which is most of the time.
  struct KeyOrder {
    bool operator()(const Node& a, const Node& b) const { return KeyOf(a) < KeyOf(b); }
  };

  void PushNode(const Node& node) {
    tied_ += IsTied(node);
    if (tied_ == 0) {
      heap_.Push(node, KeyOrder());
    } else {
      heap_.Push(node, Order());
    }
  }
  void RemoveNode(std::size_t position) {
    const auto is_tied = IsTied(heap_.At(position));
    if (tied_ == 0) {
      heap_.RemoveAt(position, KeyOrder());
    } else {
      heap_.RemoveAt(position, Order());
    }
    tied_ -= is_tied;
  }

  EventId Insert(Instant when, const Payload& payload, std::uint64_t tie, ChannelId channel) {
    CRRSIM_CHECK(when >= last_popped_, "an event is due at {} ns, after one at {} ns has happened",
                 when.unix_nanoseconds(), last_popped_.unix_nanoseconds());
    const auto number = TakeSlot();
    const auto rank = (tie != 0 ? kTied : 0) | (TakeSequence() << kSlotBits) | number;
    auto& slot = slots_[number];
    slot.payload = payload;
    slot.rank = rank;
    slot.tie = tie;
    slot.channel = channel;
    PushNode({rank, when.unix_nanoseconds()});
    return {rank};
  }

  /// Ends the life of the entry whose node is there.
  Entry TakeAt(std::size_t position) {
    const auto node = heap_.At(position);
    RemoveNode(position);
    const auto entry = EntryOf(node);
    last_popped_ = entry.when;
    LeaveChannel(slots_[SlotOf(node)].channel);
    FreeSlot(SlotOf(node));
    DropCancelledTop();
    return entry;
  }

  std::uint64_t TakeSequence() {
    CRRSIM_CHECK(next_sequence_ <= kSequenceMax, "a queue has used up its {} sequence numbers", kSequenceMax);
    return next_sequence_++;
  }
  std::uint32_t TakeSlot() {
    if (first_free_ != kNoSlot) return std::exchange(first_free_, slots_[first_free_].next_free);
    CRRSIM_CHECK(slots_.size() < kNoSlot, "{} events are pending", slots_.size());
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  void FreeSlot(std::uint32_t number) {
    slots_[number].rank = 0;
    slots_[number].next_free = std::exchange(first_free_, number);
  }
  void LeaveChannel(ChannelId channel) {
    if (channel == kNoChannel) return;
    if (--channels_.Find(channel)->waiting == 0) channels_.Erase(channel);
  }

  void DropCancelledTop() {
    while (cancelled_ > 0 && IsCancelled(heap_.top())) {
      const auto number = SlotOf(heap_.top());
      RemoveNode(Heap::kRoot);
      FreeSlot(number);
      --cancelled_;
    }
  }
  /// Slots are freed in the order of their numbers and not in that of the heap's layout, which a saved queue does not
  /// have: a loaded one must go on to give the same ids.
  void DropAllCancelled() {
    heap_.RemoveIf(
        Order(), [this](const Node& node) { return IsCancelled(node); },
        [](const Node& a, const Node& b) { return SlotOf(a) < SlotOf(b); },
        [this](const Node& node) {
          tied_ -= IsTied(node);
          FreeSlot(SlotOf(node));
        });
    cancelled_ = 0;
  }

  /// The positions of ReadyAtNextInstant().
  [[nodiscard]] std::vector<std::size_t> ReadyPositions() const {
    if (empty()) return {};
    auto positions = heap_.PositionsFromTop([this](const Node& node) { return node.when == heap_.top().when; });
    std::erase_if(positions, [this](std::size_t position) { return IsCancelled(heap_.At(position)); });
    // Sequence numbers are unique: a total order.
    std::sort(positions.begin(), positions.end(),
              [this, before = Order()](std::size_t a, std::size_t b) { return before(heap_.At(a), heap_.At(b)); });
    Index<ChannelId, Unit> channels_seen;
    std::erase_if(positions, [&](std::size_t position) {
      const auto channel = slots_[SlotOf(heap_.At(position))].channel;
      return channel != kNoChannel && !channels_seen.Insert(channel, {});
    });
    return positions;
  }

  void Adopt(const std::vector<std::pair<Node, Slot>>& entries, const std::vector<std::uint32_t>& free_slots);

  Heap heap_;
  std::size_t cancelled_ = 0;  // how many nodes are; the top never is
  std::size_t tied_ = 0;       // how many nodes have a tie
  std::vector<Slot> slots_;
  std::uint32_t first_free_ = kNoSlot;
  std::uint64_t next_sequence_ = 1;
  Instant last_popped_ = Instant::FromUnixNanoseconds(std::numeric_limits<std::int64_t>::min());
  Index<ChannelId, Latest> channels_;
};

template <class Payload>
void EventQueue<Payload>::Encode(Writer& writer) const {
  writer.Put(next_sequence_);
  writer.Put(last_popped_);
  std::vector<std::uint32_t> free_slots;
  for (auto number = first_free_; number != kNoSlot; number = slots_[number].next_free) free_slots.push_back(number);
  writer.Put(free_slots);
  writer.Put(static_cast<std::uint64_t>(heap_.size()));
  for (const auto& node : heap_.Sorted(Order())) {
    const auto& slot = slots_[SlotOf(node)];
    writer.Put(node.when);
    writer.Put(node.rank);
    writer.Put(slot.tie);
    writer.Put(IsCancelled(node));
    if (IsCancelled(node)) continue;
    writer.Put(slot.channel);
    writer.Put(slot.payload);
  }
  writer.Put(channels_);
}

template <class Payload>
EventQueue<Payload> EventQueue<Payload>::Decode(Reader& reader) {
  EventQueue queue;
  queue.next_sequence_ = reader.Get<std::uint64_t>();
  queue.last_popped_ = reader.Get<Instant>();
  const auto free_slots = reader.Get<std::vector<std::uint32_t>>();
  std::vector<std::pair<Node, Slot>> entries;
  for (auto count = reader.Get<std::uint64_t>(); count > 0; --count) {
    Node node;
    Slot slot;
    node.when = reader.Get<std::int64_t>();
    node.rank = reader.Get<std::uint64_t>();
    slot.tie = reader.Get<std::uint64_t>();
    if (!reader.Get<bool>()) {
      slot.rank = node.rank;
      slot.channel = reader.Get<ChannelId>();
      slot.payload = reader.Get<Payload>();
    }
    entries.emplace_back(node, slot);
  }
  queue.channels_ = reader.Get<Index<ChannelId, Latest>>();
  queue.Adopt(entries, free_slots);
  return queue;
}

/// Puts what was read into its places. Throws ArchiveError for what no queue can have written.
template <class Payload>
void EventQueue<Payload>::Adopt(const std::vector<std::pair<Node, Slot>>& entries,
                                const std::vector<std::uint32_t>& free_slots) {
  const auto demand = [](bool condition, const char* what) {
    if (!condition) throw ArchiveError(what);
  };
  // Each slot is either free or has one node.
  const auto slot_count = entries.size() + free_slots.size();
  demand(slot_count <= kNoSlot, "an event queue is too large");
  slots_.resize(slot_count);
  std::vector<bool> taken(slot_count);
  const auto take = [&](std::uint32_t number) {
    demand(number < slot_count && !taken[number], "an event queue has a slot that is out of range or used twice");
    taken[number] = true;
  };
  Index<ChannelId, std::uint64_t> waiting;
  for (const auto& [node, slot] : entries) {
    take(SlotOf(node));
    const auto sequence = SequenceOf(node.rank);
    demand(sequence > 0 && sequence < next_sequence_, "an event has an unknown sequence number");
    demand((slot.tie != 0) == ((node.rank & kTied) != 0), "the rank of an event does not know its tie");
    demand(WhenOf(node) >= last_popped_, "an event is due before the present");
    slots_[SlotOf(node)] = slot;
    PushNode(node);
    if (slot.rank == 0) ++cancelled_;
    if (slot.channel != kNoChannel) ++waiting.Emplace(slot.channel, std::uint64_t{0}).first;
  }
  demand(heap_.empty() || !IsCancelled(heap_.top()), "the next event is a cancelled one");
  demand(waiting.size() == channels_.size(), "a channel has nothing waiting in it");
  channels_.ForEachSorted([&](ChannelId channel, const Latest& latest) {
    const auto* count = waiting.Find(channel);
    demand(count != nullptr && *count == latest.waiting, "a channel miscounts what is waiting in it");
  });
  for (auto number = free_slots.rbegin(); number != free_slots.rend(); ++number) {
    take(*number);
    FreeSlot(*number);
  }
}

}  // namespace crrsim
