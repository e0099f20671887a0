// A hash map for lookup only.
//
// It cannot be iterated, so its order, which depends on the insertions and erasures before, never reaches the world.
// Who needs every entry (saving, hashing, reports) asks for them sorted by key, and pays for the sort.
//
// Entries lie densely in one vector; an open-addressing table of 8-byte cells (linear probing, erasure by shifting
// back, no tombstones) says where. So a copy is two flat copies, and growing the table touches no entry.
//
// Keys need `==`, and `<` for what is sorted. They are hashed by `Hasher`; LookupHasher takes whatever converts to
// std::string_view, integers, enums, and types with `std::uint64_t LookupHash() const`. Heterogeneous lookup works
// where the hashes agree: an Index with std::string keys is asked with a std::string_view.
//
// Errors: none; more than 2^32 - 2 entries are a Defect. Pointers and references to values are good until the next
// Insert, Emplace, Erase or clear.
//
//   Index<std::string, RepositoryId> by_name;
//   by_name.Insert("team/api", id);
//   if (const RepositoryId* found = by_name.Find("team/api")) ...
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/archive.h"
#include "sim/check.h"
#include "sim/digest.h"

namespace crrsim {

/// Hashes keys for an Index; equal on every platform, but in no file format.
struct LookupHasher {
  template <class Key>
  std::uint64_t operator()(const Key& key) const {
    if constexpr (requires {
                    { key.LookupHash() } -> std::same_as<std::uint64_t>;
                  }) {
      return key.LookupHash();
    } else if constexpr (std::is_convertible_v<const Key&, std::string_view>) {
      return HashForLookup(key);
    } else {
      static_assert(std::is_integral_v<Key> || std::is_enum_v<Key>, "give the key LookupHash, or the Index a Hasher");
      // As it is: an Index spreads every hash, and best of all numbers that are given out one after another.
      return static_cast<std::uint64_t>(key);
    }
  }
};

template <class Key, class Value, class Hasher = LookupHasher>
class Index {
 public:
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  /// Returns   the value of `key`, or null.
  template <class AnyKey>
  [[nodiscard]] const Value* Find(const AnyKey& key) const {
    const auto cell = FindCell(key, TagOf(key));
    return cell == kNowhere ? nullptr : &entries_[cells_[cell].entry - 1].second;
  }
  template <class AnyKey>
  [[nodiscard]] Value* Find(const AnyKey& key) {
    return const_cast<Value*>(std::as_const(*this).Find(key));
  }

  /// Begins to fetch what a search for `key` will look at first. Worth it before several searches in a table larger
  /// than the cache: they then wait for memory together.
  template <class AnyKey>
  void Prefetch(const AnyKey& key) const {
    if (!entries_.empty()) __builtin_prefetch(&cells_[Home(TagOf(key))]);
  }

  // NOLINTBEGIN(performance-unnecessary-value-param): moved, which clang-tidy misses where a move is a copy
  /// Makes a value from `arguments` unless `key` has one already.
  /// Returns   the value of `key`, and whether it is new.
  template <class... Arguments>
  std::pair<Value&, bool> Emplace(Key key, Arguments&&... arguments) {
    const auto tag = TagOf(key);
    if (const auto cell = FindCell(key, tag); cell != kNowhere) return {entries_[cells_[cell].entry - 1].second, false};
    CRRSIM_CHECK(entries_.size() < kEntriesMax, "an index of {} entries is full", entries_.size());
    if ((entries_.size() + 1) * 4 > cells_.size() * 3) Grow(std::max<std::size_t>(8, cells_.size() * 2));
    entries_.emplace_back(std::piecewise_construct, std::forward_as_tuple(std::move(key)),
                          std::forward_as_tuple(std::forward<Arguments>(arguments)...));
    PutCell({tag, static_cast<std::uint32_t>(entries_.size())});
    return {entries_.back().second, true};
  }

  /// Returns   whether `key` was new; if not, its value stays as it was.
  bool Insert(Key key, Value value) { return Emplace(std::move(key), std::move(value)).second; }
  // NOLINTEND(performance-unnecessary-value-param)

  /// Returns   whether there was such a key.
  template <class AnyKey>
  bool Erase(const AnyKey& key) {
    const auto cell = FindCell(key, TagOf(key));
    if (cell == kNowhere) return false;
    const auto entry = cells_[cell].entry;
    RemoveCell(cell);
    const auto last = static_cast<std::uint32_t>(entries_.size());
    if (entry != last) {
      // The last entry moves into the gap.
      auto at = Home(TagOf(entries_.back().first));
      while (cells_[at].entry != last) at = After(at);
      cells_[at].entry = entry;
      entries_[entry - 1] = std::move(entries_.back());
    }
    entries_.pop_back();
    return true;
  }

  void clear() {
    entries_.clear();
    cells_.clear();
  }

  /// Makes room, so that the next insertions up to `count` entries do not allocate.
  void Reserve(std::size_t count) {
    entries_.reserve(count);
    const auto cells = std::bit_ceil(std::max<std::size_t>(8, count / 3 * 4 + 4));
    if (cells > cells_.size()) Grow(cells);
  }

  /// Calls `visit(const Key&, const Value&)` for each entry.
  /// Order     ascending keys.
  template <class Visit>
  void ForEachSorted(Visit&& visit) const {
    std::vector<const Entry*> sorted;
    sorted.reserve(entries_.size());
    for (const auto& entry : entries_) sorted.push_back(&entry);
    // Keys are unique: a total order.
    std::sort(sorted.begin(), sorted.end(), [](const Entry* a, const Entry* b) { return a->first < b->first; });
    for (const auto* entry : sorted) visit(entry->first, entry->second);
  }

  /// Calls `visit(const Key&, const Value&)` for the entries from `first` on (or all, if it is null) until it returns
  /// false. A page of a long list costs one pass over the entries, not a sort of them.
  /// Order     ascending keys.
  template <class Visit>
  void VisitSortedFrom(const Key* first, Visit&& visit) const {
    std::vector<const Entry*> heap;
    for (const auto& entry : entries_) {
      if (first == nullptr || !(entry.first < *first)) heap.push_back(&entry);
    }
    const auto later = [](const Entry* a, const Entry* b) { return b->first < a->first; };
    std::make_heap(heap.begin(), heap.end(), later);
    for (auto end = heap.end(); end != heap.begin();) {
      std::pop_heap(heap.begin(), end, later);
      --end;
      if (!visit(std::as_const((*end)->first), std::as_const((*end)->second))) return;
    }
  }

  /// The same keys with the same values, however they came in.
  friend bool operator==(const Index& a, const Index& b) {
    if (a.size() != b.size()) return false;
    return std::all_of(a.entries_.begin(), a.entries_.end(), [&b](const Entry& entry) {
      const auto* other = b.Find(entry.first);
      return other != nullptr && *other == entry.second;
    });
  }

  void Encode(Writer& writer) const {
    writer.Put(static_cast<std::uint64_t>(size()));
    ForEachSorted([&writer](const Key& key, const Value& value) {
      writer.Put(key);
      writer.Put(value);
    });
  }
  static Index Decode(Reader& reader) {
    Index index;
    for (auto count = reader.Get<std::uint64_t>(); count > 0; --count) {
      auto key = reader.Get<Key>();
      if (!index.empty() && !(index.entries_.back().first < key))
        throw ArchiveError("the keys of an index are not sorted");
      auto value = reader.Get<Value>();
      index.Emplace(std::move(key), std::move(value));
    }
    return index;
  }

 private:
  using Entry = std::pair<Key, Value>;

  /// Where an entry is. The tag is the upper half of the spread hash; its own upper bits are the home of the cell.
  struct Cell {
    std::uint32_t tag = 0;
    std::uint32_t entry = 0;  // its position in entries_, plus one; 0 where the cell is free
  };

  static constexpr std::size_t kNowhere = ~std::size_t{0};
  static constexpr std::size_t kEntriesMax = ~std::uint32_t{0} - 1;

  template <class AnyKey>
  static std::uint32_t TagOf(const AnyKey& key) {
    // Spread once more, so that a key's own LookupHash may be plain.
    return static_cast<std::uint32_t>((Hasher{}(key) * 0x9e3779b97f4a7c15u) >> 32);
  }
  /// Requires that there are cells; their number is a power of two, at least 8.
  [[nodiscard]] std::size_t Home(std::uint32_t tag) const {
    return static_cast<std::size_t>((std::uint64_t{tag} * cells_.size()) >> 32);
  }
  [[nodiscard]] std::size_t After(std::size_t cell) const { return (cell + 1) & (cells_.size() - 1); }

  template <class AnyKey>
  [[nodiscard]] std::size_t FindCell(const AnyKey& key, std::uint32_t tag) const {
    if (entries_.empty()) return kNowhere;
    for (auto cell = Home(tag); cells_[cell].entry != 0; cell = After(cell)) {
      if (cells_[cell].tag == tag && entries_[cells_[cell].entry - 1].first == key) return cell;
    }
    return kNowhere;
  }

  void PutCell(Cell cell) {
    auto at = Home(cell.tag);
    while (cells_[at].entry != 0) at = After(at);
    cells_[at] = cell;
  }

  /// Frees a cell and moves back whatever was pushed past it, so that no probe meets a gap before its key.
  void RemoveCell(std::size_t gap) {
    const auto mask = cells_.size() - 1;
    for (auto at = After(gap); cells_[at].entry != 0; at = After(at)) {
      const auto pushed_by = (at - Home(cells_[at].tag)) & mask;
      if (pushed_by < ((at - gap) & mask)) continue;
      cells_[gap] = cells_[at];
      gap = at;
    }
    cells_[gap] = {};
  }

  void Grow(std::size_t cells) {
    auto old = std::exchange(cells_, std::vector<Cell>(cells));
    for (const auto& cell : old) {
      if (cell.entry != 0) PutCell(cell);
    }
  }

  std::vector<Entry> entries_;
  std::vector<Cell> cells_;
};

}  // namespace crrsim
