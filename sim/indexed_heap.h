// A 4-ary min-heap of (key, id) that tells where every id stands, so that one can be moved or taken out.
//
// The positions are kept by the owner (usually in the row that the id names): every operation takes `place`, a callable
// `void(std::uint32_t id, std::uint32_t position)` that stores one. Equal keys stand in no particular order, so nothing
// that is seen outside may depend on which of them is on top.
//
//   heap.Push(due, row, [&](std::uint32_t id, std::uint32_t at) { rows[id].position = at; });
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "sim/check.h"

namespace crrsim {

template <class Key>
class IndexedHeap {
 public:
  struct Entry {
    Key key;
    std::uint32_t id;
  };
  /// What an owner stores for an id that is in no heap.
  static constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
  /// Requires !empty().
  [[nodiscard]] const Entry& top() const { return entries_.front(); }

  template <class Place>
  void Push(Key key, std::uint32_t id, Place&& place) {
    entries_.push_back({key, id});
    Rise(size() - 1, {key, id}, place);
  }
  /// Gives the entry at `position` another key. Requires position < size().
  template <class Place>
  void Move(std::uint32_t position, Key key, Place&& place) {
    Settle(position, {key, entries_[position].id}, place);
  }
  /// Takes the entry at `position` out; its id is placed nowhere. Requires position < size().
  template <class Place>
  void Remove(std::uint32_t position, Place&& place) {
    CRRSIM_CHECK(position < size());
    place(entries_[position].id, kNowhere);
    const Entry last = entries_.back();
    entries_.pop_back();
    if (position < size()) Settle(position, last, place);
  }
  void Clear() { entries_.clear(); }

 private:
  static constexpr std::uint32_t kArity = 4;

  template <class Place>
  void Settle(std::uint32_t hole, Entry entry, Place& place) {
    if (hole > 0 && entry.key < entries_[(hole - 1) / kArity].key) return Rise(hole, entry, place);
    Sink(hole, entry, place);
  }
  template <class Place>
  void Rise(std::uint32_t hole, Entry entry, Place& place) {
    while (hole > 0) {
      const std::uint32_t parent = (hole - 1) / kArity;
      if (!(entry.key < entries_[parent].key)) break;
      entries_[hole] = entries_[parent];
      place(entries_[hole].id, hole);
      hole = parent;
    }
    entries_[hole] = entry;
    place(entry.id, hole);
  }
  template <class Place>
  void Sink(std::uint32_t hole, Entry entry, Place& place) {
    for (;;) {
      const std::uint32_t first = hole * kArity + 1;
      if (first >= size()) break;
      const std::uint32_t end = first + kArity < size() ? first + kArity : size();
      std::uint32_t least = first;
      for (std::uint32_t child = first + 1; child < end; ++child) {
        if (entries_[child].key < entries_[least].key) least = child;
      }
      if (!(entries_[least].key < entry.key)) break;
      entries_[hole] = entries_[least];
      place(entries_[hole].id, hole);
      hole = least;
    }
    entries_[hole] = entry;
    place(entry.id, hole);
  }

  std::vector<Entry> entries_;
};

}  // namespace crrsim
