// A heap with four children a node, laid out for the cache: the inside of EventQueue.
//
// Nodes are 16 bytes and four siblings share a cache line that they share with nobody else, so a step down costs one
// line; the lines of the step after next are fetched ahead. The order comes with each call as `before(a, b)`, a strict
// total order under which a default Node is behind every other; it must be the same for as long as nodes are held.
//
// Positions are good until the next change. The layout is not part of any result: only what is on top is, and that
// follows from the order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <utility>
#include <vector>

namespace crrsim::internal {

/// Memory that starts on a cache line.
template <class T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  CacheLineAllocator() = default;
  template <class U>
  explicit CacheLineAllocator(const CacheLineAllocator<U>&) {}

  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), kAlignment)); }
  void deallocate(T* memory, std::size_t) { ::operator delete(memory, kAlignment); }
  friend bool operator==(CacheLineAllocator, CacheLineAllocator) { return true; }
};

template <class Node>
class QuadHeap {
  static_assert(sizeof(Node) == 16);

 public:
  // With the root here the children of p start at 4 (p - 2), which is always the start of a line. Positions before it
  // are never used.
  static constexpr std::size_t kRoot = 3;

  [[nodiscard]] std::size_t size() const { return end_ - kRoot; }
  [[nodiscard]] bool empty() const { return end_ == kRoot; }
  [[nodiscard]] const Node& top() const { return nodes_[kRoot]; }
  [[nodiscard]] const Node& At(std::size_t position) const { return nodes_[position]; }

  template <class Before>
  void Push(const Node& node, const Before& before) {
    if (end_ >= nodes_.size()) nodes_.resize(FirstChild(Parent(end_)) + 4);
    SiftUp(end_++, kRoot, node, before);
  }

  /// Requires that a node is there.
  template <class Before>
  void RemoveAt(std::size_t position, const Before& before) {
    --end_;
    // Siblings are compared without asking how many there are, so the places behind the end hold default nodes.
    const auto last = std::exchange(nodes_[end_], Node{});
    if (position == end_) return;
    if (position > kRoot && before(last, nodes_[Parent(position)])) {
      SiftUp(position, kRoot, last, before);
    } else {
      SiftDown(position, last, before);
    }
  }

  /// Removes every node for which `unwanted` holds, after one call of `visit(node)` for each.
  /// Order     of the calls: that of `visit_order`, a strict total order.
  template <class Before, class Unwanted, class VisitOrder, class Visit>
  void RemoveIf(const Before& before, const Unwanted& unwanted, const VisitOrder& visit_order, const Visit& visit) {
    const auto begin = nodes_.begin() + kRoot;
    const auto end = begin + static_cast<std::ptrdiff_t>(size());
    const auto kept_end = std::partition(begin, end, [&](const Node& node) { return !unwanted(node); });
    // Keys of the heap are unique: a total order.
    std::sort(kept_end, end, visit_order);
    std::for_each(kept_end, end, visit);
    std::fill(kept_end, end, Node{});
    end_ = kRoot + static_cast<std::size_t>(kept_end - begin);
    if (size() < 2) return;
    for (auto position = Parent(end_ - 1); position >= kRoot; --position) {
      SiftDown(position, Node(nodes_[position]), before);
    }
  }

  /// The positions of all nodes for which `wanted` holds. Requires that it holds for the parent of each (as "due at the
  /// same instant as the top" does).
  template <class Wanted>
  [[nodiscard]] std::vector<std::size_t> PositionsFromTop(const Wanted& wanted) const {
    std::vector<std::size_t> positions;
    if (!empty() && wanted(top())) positions.push_back(kRoot);
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const auto first = FirstChild(positions[i]);
      for (auto child = first; child < std::min(first + 4, end_); ++child) {
        if (wanted(nodes_[child])) positions.push_back(child);
      }
    }
    return positions;
  }

  template <class Before>
  [[nodiscard]] std::vector<Node> Sorted(const Before& before) const {
    std::vector<Node> nodes(nodes_.begin() + kRoot, nodes_.begin() + static_cast<std::ptrdiff_t>(end_));
    // Keys of the heap are unique: a total order.
    std::sort(nodes.begin(), nodes.end(), before);
    return nodes;
  }

 private:
  static std::size_t Parent(std::size_t position) { return position / 4 + 2; }
  static std::size_t FirstChild(std::size_t position) { return (position - 2) * 4; }

  /// No further than to `highest`.
  template <class Before>
  void SiftUp(std::size_t hole, std::size_t highest, const Node& node, const Before& before) {
    while (hole > highest && before(node, nodes_[Parent(hole)])) {
      nodes_[hole] = nodes_[Parent(hole)];
      hole = Parent(hole);
    }
    nodes_[hole] = node;
  }

  /// A node that was the last of the heap belongs near the bottom nearly always, so the hole goes there first, without
  /// comparisons to the node, which then rises to its place.
  template <class Before>
  void SiftDown(std::size_t hole, const Node& node, const Before& before) {
    const auto highest = hole;
    for (auto first = FirstChild(hole); first < end_; first = FirstChild(hole)) {
      PrefetchChildrenOfFour(first);
      const Node* siblings = nodes_.data() + first;
      const std::size_t left = before(siblings[1], siblings[0]) ? 1 : 0;
      const std::size_t right = before(siblings[3], siblings[2]) ? 3 : 2;
      const auto least = before(siblings[right], siblings[left]) ? right : left;
      nodes_[hole] = siblings[least];
      hole = first + least;
    }
    SiftUp(hole, highest, node, before);
  }

  /// Which of the four is taken next is not known yet; the memory is slower than fetching all their lines.
  void PrefetchChildrenOfFour(std::size_t first) const {
    const auto children = FirstChild(first);
    if (children + 16 > nodes_.size()) return;
    for (std::size_t i = 0; i < 16; i += 4) __builtin_prefetch(nodes_.data() + children + i);
  }

  std::vector<Node, CacheLineAllocator<Node>> nodes_ = std::vector<Node, CacheLineAllocator<Node>>(kRoot + 1);
  std::size_t end_ = kRoot;
};

}  // namespace crrsim::internal
