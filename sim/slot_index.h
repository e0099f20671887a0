// Finds the number of a row by its key: a hash table of row numbers that cannot be iterated, so no order can leak out.
//
// The rows and their keys stay with the owner, which gives the hash of a key and tells whether a row has it.
//
//   const std::uint32_t row = index.Find(HashOfKey(key), [&](std::uint32_t r) { return rows[r].key == key; });
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "sim/check.h"

namespace crrsim {

class SlotIndex {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  /// The row with this hash that `has_key` accepts, or kNone.
  template <class HasKey>
  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, HasKey&& has_key) const {
    if (cells_.empty()) return kNone;
    for (std::uint64_t at = hash & mask();; at = (at + 1) & mask()) {
      const Cell& cell = cells_[at];
      if (cell.row == kNone) return kNone;
      if (cell.hash == Short(hash) && has_key(cell.row)) return cell.row;
    }
  }

  /// Requires that no row with the same key is in.
  void Insert(std::uint64_t hash, std::uint32_t row) {
    CRRSIM_CHECK(row != kNone);
    if (2 * (size_ + 1) > cells_.size()) Grow();
    Put({Short(hash), row});
    ++size_;
  }

  /// Requires that the row was inserted with this hash.
  void Erase(std::uint64_t hash, std::uint32_t row) {
    std::uint64_t hole = hash & mask();
    while (cells_[hole].row != row) {
      CRRSIM_CHECK(cells_[hole].row != kNone, "row {} is not in the index", row);
      hole = (hole + 1) & mask();
    }
    // Cells after the hole move up where a search for them would otherwise stop at it.
    for (std::uint64_t at = (hole + 1) & mask(); cells_[at].row != kNone; at = (at + 1) & mask()) {
      const std::uint64_t home = cells_[at].hash & mask();
      if (((at - home) & mask()) < ((at - hole) & mask())) continue;
      cells_[hole] = cells_[at];
      hole = at;
    }
    cells_[hole].row = kNone;
    --size_;
  }

 private:
  struct Cell {
    std::uint32_t hash = 0;
    std::uint32_t row = kNone;
  };
  // Cells are found by the low bits of the hash; 32 of them are kept, enough for 2^31 rows.
  static std::uint32_t Short(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }
  [[nodiscard]] std::uint64_t mask() const { return cells_.size() - 1; }

  void Put(Cell cell) {
    std::uint64_t at = cell.hash & mask();
    while (cells_[at].row != kNone) at = (at + 1) & mask();
    cells_[at] = cell;
  }
  void Grow() {
    std::vector<Cell> old(cells_.empty() ? 16 : 2 * cells_.size());
    old.swap(cells_);
    for (const Cell cell : old) {
      if (cell.row != kNone) Put(cell);
    }
  }

  std::vector<Cell> cells_;  ///< a power of two of them, at most half in use
  std::uint64_t size_ = 0;
};

/// Spreads 64 bits over 64 bits, for keys that are small numbers.
constexpr std::uint64_t MixForLookup(std::uint64_t value) {
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93U;
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93U;
  value ^= value >> 32;
  return value;
}

}  // namespace crrsim
