// The event queue against a sorted list that knows no trick, through random schedules, cancellations, pops, choices,
// copies and saves.
#include <gtest/gtest.h>
// RapidCheck wants GoogleTest first.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "sim/event_queue.h"

namespace crrsim {
namespace {

using Queue = EventQueue<std::uint64_t>;

struct PlainEntry {
  std::int64_t when = 0;
  std::uint64_t tie = 0;
  std::uint64_t sequence = 0;
  std::optional<std::uint64_t> channel;
  EventId id;

  [[nodiscard]] auto order() const { return std::tuple(when, tie, sequence); }
};

/// What the header promises, in the plainest way.
class PlainQueue {
 public:
  PlainEntry Schedule(std::int64_t when, std::uint64_t tie, std::optional<std::uint64_t> channel) {
    if (channel) {
      const bool runs_empty = std::none_of(entries_.begin(), entries_.end(),
                                           [&](const PlainEntry& entry) { return entry.channel == channel; });
      auto& latest = latest_[*channel];
      if (runs_empty) latest.reset();
      if (latest) when = std::max(when, latest->first);
      if (latest && latest->first == when) tie = std::max(tie, latest->second);
      latest = {when, tie};
    }
    entries_.push_back({when, tie, ++sequences_, channel, {}});
    return entries_.back();
  }
  void SetIdOfLast(EventId id) { entries_.back().id = id; }
  bool Cancel(EventId id) {
    return std::erase_if(entries_, [id](const PlainEntry& entry) { return entry.id == id; }) > 0;
  }
  [[nodiscard]] std::vector<PlainEntry> Ready() const {
    auto ready = Sorted();
    std::erase_if(ready, [first = ready.empty() ? 0 : ready.front().when](const PlainEntry& entry) {
      return entry.when != first;
    });
    std::set<std::uint64_t> channels;
    std::erase_if(ready, [&channels](const PlainEntry& entry) {
      return entry.channel && !channels.insert(*entry.channel).second;
    });
    return ready;
  }
  void Remove(const PlainEntry& taken) {
    std::erase_if(entries_, [&taken](const PlainEntry& entry) { return entry.sequence == taken.sequence; });
  }
  [[nodiscard]] std::vector<PlainEntry> Sorted() const {
    auto sorted = entries_;
    std::sort(sorted.begin(), sorted.end(),
              [](const PlainEntry& a, const PlainEntry& b) { return a.order() < b.order(); });
    return sorted;
  }
  [[nodiscard]] const std::vector<PlainEntry>& entries() const { return entries_; }

 private:
  std::vector<PlainEntry> entries_;
  std::uint64_t sequences_ = 0;
  std::array<std::optional<std::pair<std::int64_t, std::uint64_t>>, 3> latest_;
};

void ExpectSame(const Queue::Entry& entry, const PlainEntry& plain) {
  RC_ASSERT(entry.when.unix_nanoseconds() == plain.when);
  RC_ASSERT(entry.tie == plain.tie);
  RC_ASSERT(entry.sequence == plain.sequence);
  RC_ASSERT(entry.payload == plain.sequence);
  RC_ASSERT(entry.id == plain.id);
}

Queue SavedAndLoaded(const Queue& queue) {
  Writer writer;
  writer.Put(queue);
  Reader reader(writer.bytes());
  auto loaded = reader.Get<Queue>();
  RC_ASSERT(reader.at_end());
  Writer again;
  again.Put(loaded);
  RC_ASSERT(again.bytes() == writer.bytes());
  return loaded;
}

/// The queue and the list beside it, through one action at a time.
class Twins {
 public:
  void Schedule() {
    // Few instants and few ties, so that they are often equal.
    const auto when = now_ + *rc::gen::inRange<std::int64_t>(0, 4);
    const auto tie = *rc::gen::inRange<std::uint64_t>(0, 3);
    // The last of the four numbers means no channel.
    const auto drawn = *rc::gen::inRange<std::uint64_t>(0, 4);
    const auto channel = drawn < 3 ? std::optional(drawn) : std::nullopt;
    const auto plain = plain_.Schedule(when, tie, channel);
    const auto instant = Instant::FromUnixNanoseconds(when);
    const auto id = channel ? queue_.ScheduleInChannel(ChannelId{*channel}, instant, plain.sequence, tie)
                            : queue_.Schedule(instant, plain.sequence, tie);
    plain_.SetIdOfLast(id);
    ids_.push_back(id);
  }
  /// Any id that there ever was, of what has fired or was cancelled too.
  void Cancel() {
    if (ids_.empty()) return;
    const auto id = *rc::gen::elementOf(ids_);
    RC_ASSERT(queue_.Cancel(id) == plain_.Cancel(id));
  }
  /// Most of what is pending, so that garbage is cleared away.
  void CancelMost() {
    const auto kept = *rc::gen::inRange<std::size_t>(1, 9);
    const auto entries = plain_.entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i % 9 < kept) continue;
      RC_ASSERT(queue_.Cancel(entries[i].id));
      plain_.Cancel(entries[i].id);
    }
  }
  void Pop() {
    if (plain_.entries().empty()) return;
    const auto first = plain_.Sorted().front();
    Take(queue_.Pop(), first);
  }
  void PopReady() {
    const auto expected = plain_.Ready();
    const auto ready = queue_.ReadyAtNextInstant();
    RC_ASSERT(ready.size() == expected.size());
    for (std::size_t i = 0; i < ready.size(); ++i) ExpectSame(ready[i], expected[i]);
    if (ready.empty()) return;
    const auto chosen = *rc::gen::inRange<std::size_t>(0, ready.size());
    Take(queue_.PopReady(chosen), expected[chosen]);
  }
  void SaveAndLoad() { queue_ = SavedAndLoaded(queue_); }
  void ExpectSameState() const {
    const auto sorted = plain_.Sorted();
    RC_ASSERT(queue_.size() == sorted.size());
    RC_ASSERT(queue_.empty() == sorted.empty());
    if (!sorted.empty()) RC_ASSERT(queue_.NextInstant()->unix_nanoseconds() == sorted.front().when);
  }
  /// The rest of both lives, also that of a loaded queue.
  void ExpectSameEnd() {
    auto loaded = SavedAndLoaded(queue_);
    for (const auto& plain : plain_.Sorted()) {
      ExpectSame(queue_.Pop(), plain);
      ExpectSame(loaded.Pop(), plain);
    }
    RC_ASSERT(queue_.empty() && loaded.empty());
    const auto next = Instant::FromUnixNanoseconds(now_ + 100);
    for (int i = 0; i < 5; ++i) RC_ASSERT(queue_.Schedule(next, 0) == loaded.Schedule(next, 0));
  }

 private:
  void Take(const Queue::Entry& entry, const PlainEntry& plain) {
    ExpectSame(entry, plain);
    plain_.Remove(plain);
    now_ = plain.when;
  }

  Queue queue_;
  PlainQueue plain_;
  std::vector<EventId> ids_;
  std::int64_t now_ = 0;
};

RC_GTEST_PROP(EventQueuePropertyTest, DoesWhatASortedListDoes, ()) {
  Twins twins;
  const auto actions = *rc::gen::scale(4, rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100)));
  for (const auto action : actions) {
    if (action < 55) {
      twins.Schedule();
    } else if (action < 65) {
      twins.Cancel();
    } else if (action < 67) {
      twins.CancelMost();
    } else if (action < 85) {
      twins.Pop();
    } else if (action < 95) {
      twins.PopReady();
    } else {
      twins.SaveAndLoad();
    }
    twins.ExpectSameState();
  }
  twins.ExpectSameEnd();
}

RC_GTEST_PROP(EventQueuePropertyTest, ManyPendingAreTheSame, ()) {
  Twins twins;
  const auto pending = *rc::gen::inRange(100, 400);
  for (int i = 0; i < pending; ++i) twins.Schedule();
  twins.CancelMost();
  twins.ExpectSameState();
  for (int i = 0; i < 50; ++i) twins.Pop();
  for (int i = 0; i < 50; ++i) twins.Schedule();
  twins.ExpectSameEnd();
}

}  // namespace
}  // namespace crrsim
