// Rows in recycled places, and a way to find them by a hash.
//
// SlotPool keeps rows in one array and gives a place that was given back to the next who takes one, with the row as its
// last holder left it, so that vectors in it keep their memory. SlotTable finds places by a 64-bit hash of a key that
// the row itself holds; the caller compares, so keys are never stored twice and equal hashes do no harm.
//
// Determinism: which place a row gets depends on history; nothing that leaves the engine may depend on it.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/check.h"
#include "sim/index.h"

namespace crrsim {

using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = ~Slot{0};

/// Folds one more value into a hash for lookups.
inline std::uint64_t MixHash(std::uint64_t hash, std::uint64_t value) {
  return (std::rotl(hash, 5) ^ value) * 0x9E37'79B9'7F4A'7C15U;
}

template <class Row>
class SlotPool {
 public:
  Slot Take() {
    ++taken_;
    if (free_.empty()) {
      rows_.emplace_back();
      is_taken_.push_back(1);
      return static_cast<Slot>(rows_.size() - 1);
    }
    const auto slot = free_.back();
    free_.pop_back();
    is_taken_[slot] = 1;
    return slot;
  }
  /// Requires that the slot is taken.
  void Give(Slot slot) {
    CRRSIM_CHECK(holds(slot), "slot {} is given back twice", slot);
    is_taken_[slot] = 0;
    free_.push_back(slot);
    --taken_;
  }

  [[nodiscard]] bool holds(Slot slot) const { return slot < rows_.size() && is_taken_[slot] != 0; }
  /// Rows in use.
  [[nodiscard]] std::size_t taken() const { return taken_; }
  /// Places, in use or not: slots are below this.
  [[nodiscard]] Slot places() const { return static_cast<Slot>(rows_.size()); }
  /// Requires a taken slot. The reference lives until the next Take.
  Row& operator[](Slot slot) {
    CRRSIM_CHECK(holds(slot), "slot {} holds nothing", slot);
    return rows_[slot];
  }
  const Row& operator[](Slot slot) const {
    CRRSIM_CHECK(holds(slot), "slot {} holds nothing", slot);
    return rows_[slot];
  }

 private:
  std::vector<Row> rows_;
  std::vector<std::uint8_t> is_taken_;
  std::vector<Slot> free_;
  std::size_t taken_ = 0;
};

class SlotTable {
 public:
  /// The slot with this hash for which `equal(slot)` holds; when there is none, `make()` gives one, which is inserted.
  template <class Equal, class Make>
  Slot FindOrInsert(std::uint64_t hash, const Equal& equal, const Make& make) {
    const auto [first, is_new] = first_.Emplace(hash, kNoSlot);
    for (auto slot = first; slot != kNoSlot; slot = next_[slot]) {
      if (equal(slot)) return slot;
    }
    const Slot slot = make();
    if (slot >= next_.size()) next_.resize(slot + 1, kNoSlot);
    next_[slot] = std::exchange(first, slot);
    if (!is_new) ++chained_;
    return slot;
  }
  /// Requires that the slot was inserted with this hash.
  void Erase(std::uint64_t hash, Slot slot) {
    if (chained_ == 0) {
      CRRSIM_CHECK(first_.Erase(hash), "slot {} is not in the table", slot);
      return;
    }
    auto* link = first_.Find(hash);
    CRRSIM_CHECK(link != nullptr, "slot {} is not in the table", slot);
    if (*link == slot && next_[slot] == kNoSlot) {
      first_.Erase(hash);
      return;
    }
    while (*link != slot) {
      CRRSIM_CHECK(*link != kNoSlot, "slot {} is not in the table", slot);
      link = &next_[*link];
    }
    *link = next_[slot];
    --chained_;
  }

 private:
  Index<std::uint64_t, Slot> first_;
  std::vector<Slot> next_;   // by slot: another with the same hash
  std::size_t chained_ = 0;  // how many are such another
};

}  // namespace crrsim
