// Max-min fair rates over shared resources, in integers or reals, solved again only where something changed.
//
// A *resource* has a capacity; a *path* is a set of resources that some number of flows use alike, each with the same
// cap of its own. Every resource has a *level*: what it gives to a flow that nothing else holds back more. A path's
// rate is the least of its cap and its resources' levels, and what gives that least is its *bottleneck*.
//
// What is solved. In integers (MaxMin) levels are whole quanta (the caller says what a quantum is). The solution is
// that of progressive filling in integers: the resource with the least floor(capacity left / flows left) gives that to
// each of its flows, which leave with it, and so on; equal levels go by the lowest number, a cap before all resources.
// This is one definite answer: it depends on paths, flows and capacities only, never on the order of changes. It gives
// away no more than there is, misses the real-valued fair share by less than a quantum a step, and gives no flow 0
// while every resource of its path has a quanta for each flow that uses it.
//
// How. The same answer is the only one in which every level agrees with the levels around it: the level of r is what
// comes of taking r's paths out, one after another, that are held back elsewhere below r's share, and dividing the rest
// among the others. So a change marks the resources it touches; marked ones are computed from their neighbours' levels,
// lowest first, and mark on only where that matters, until all agree. As levels are held back only by lower ones, this
// goes up once through what changes. A resource that holds nobody back only keeps account of what it has to spare, and
// is computed again when that runs out. Should it ever take long, or much be marked, the filling is run from the start;
// it gives the same. The cost is in paths at the resources whose levels change, never in flows.
//
// In reals (RealMaxMin) the same is done with what sim/network_numbers.h says of them: rates are exact but for the last
// few bits of a double, so of resources with equal levels, and only of those, either may be a path's bottleneck. A
// level is made never to sink while paths are taken out, so it still depends on lower ones alone, and all come to
// agree.
//
// Determinism: integers have no floating point; reals are equal on every compiler, but may depend in their last bits on
// the order of changes. A value: copies go on alike.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "sim/int128.h"
#include "sim/level_queue.h"
#include "sim/network_numbers.h"

namespace crrsim {

template <class Numbers>
class BasicMaxMin {
 public:
  using Rate = typename Numbers::Rate;
  static constexpr Rate kUnlimited = Numbers::kUnlimited;
  static constexpr Rate kMaxRate = Numbers::kMaxRate;  ///< of a capacity or cap that is not unlimited
  static constexpr std::size_t kMaxResources = 7;      ///< of one path
  /// In place of a bottleneck's number: the path's own cap; and nothing at all (or no flows).
  static constexpr std::uint32_t kOwnCap = std::numeric_limits<std::uint32_t>::max() - 1;
  static constexpr std::uint32_t kNothing = std::numeric_limits<std::uint32_t>::max();

  BasicMaxMin();

  /// Resources are numbered 1, 2, 3, ...; 0 is none. Requires capacity <= kMaxRate or kUnlimited.
  std::uint32_t AddResource(Rate capacity);
  void SetCapacity(std::uint32_t resource, Rate capacity);
  [[nodiscard]] Rate capacity(std::uint32_t resource) const { return resources_[resource].capacity; }
  /// One more than the highest number.
  [[nodiscard]] std::uint32_t resource_end() const { return static_cast<std::uint32_t>(resources_.size()); }

  /// A path without flows; its number may be one that was removed. Requires different resources.
  std::uint32_t AddPath(std::span<const std::uint32_t> resources, Rate cap);
  /// One more resource for a path.
  void Extend(std::uint32_t path, std::uint32_t resource);
  /// Requires that it has no flows.
  void RemovePath(std::uint32_t path);
  void SetFlows(std::uint32_t path, std::uint32_t flows);
  [[nodiscard]] std::uint32_t flows(std::uint32_t path) const { return paths_[path].flows; }

  /// Whether nothing that the path has can ever hold it back.
  [[nodiscard]] bool IsUnlimited(std::uint32_t path) const;

  /// Makes levels and bottlenecks those of now, and lists what became different since the last Solve.
  void Solve();
  /// After Solve: resources with flows whose level may differ from when they last had some, and paths with flows whose
  /// bottleneck does or that nothing holds back.
  [[nodiscard]] std::span<const std::uint32_t> changed_resources() const { return changed_; }
  [[nodiscard]] std::span<const std::uint32_t> moved_paths() const { return moved_; }

  /// Valid after Solve. A resource that holds nobody back has kUnlimited (or, used by one path only, its share).
  [[nodiscard]] Rate level(std::uint32_t resource) const {
    return resources_[resource].flows == 0 ? kUnlimited : levels_[resource];
  }
  [[nodiscard]] std::uint32_t bottleneck(std::uint32_t path) const { return paths_[path].bottleneck; }
  /// Of each of the path's flows.
  [[nodiscard]] Rate rate(std::uint32_t path) const;

  /// For tests and benchmarks: all from the start, with the same result.
  void SolveFromStart();

 private:
  using Left = typename Numbers::Left;
  using Balance = typename Numbers::Balance;

  struct Path {
    Rate cap = kUnlimited;
    std::uint32_t flows = 0;
    std::uint32_t bottleneck = kNothing;
    std::uint32_t resource_count = 0;
    std::array<std::uint32_t, kMaxResources> resources{};
    std::array<std::uint32_t, kMaxResources> places{};  ///< where it stands among the members of resources[i]
  };
  /// A path at one of its resources. What is read when the resource's level is computed stands here, side by side.
  struct Member {
    std::uint32_t path = 0;
    std::uint32_t flows = 0;                ///< the path's
    std::array<std::uint32_t, 2> others{};  ///< the path's other resources, 0 beyond them
    std::uint8_t index = 0;                 ///< the resource is resources[index] of the path
    bool held = false;                      ///< the resource is the path's bottleneck
    bool more = false;                      ///< the path has a cap, or more resources than these
  };
  struct Resource {
    Rate capacity = kUnlimited;
    std::uint32_t flows = 0;
    std::uint8_t is_shared = 0;  ///< its capacity is finite and more than one path uses it
    std::uint8_t is_changed = 0;
    Balance spare{};  ///< what its flows leave unused, while its level is kUnlimited
    std::vector<Member> members;
  };
  /// What holds a path back, for comparing: its level above its order, which is 0 for a cap and else the resource's
  /// number. One number and no struct, since compilers choose the lesser of two without a branch then.
  using Hold = UInt128;
  static constexpr std::uint32_t kCapOrder = 0;
  static constexpr Hold MakeHold(Rate level, std::uint32_t order) {
    return (static_cast<Hold>(Numbers::RankOf(level)) << 64) | order;
  }
  static constexpr Rate LevelOf(Hold hold) { return Numbers::RateOf(static_cast<std::uint64_t>(hold >> 64)); }
  static constexpr std::uint32_t OrderOf(Hold hold) { return static_cast<std::uint32_t>(hold); }

  struct Outcome {
    Rate level = kUnlimited;
    Balance spare{};       ///< where the level is kUnlimited
    bool as_held = false;  ///< each member is held here, or not, as its row says
  };
  /// A share that a resource, or a cap, may come to give in the filling from the start.
  struct Offer {
    Hold hold;
    std::uint32_t id;
  };

  [[nodiscard]] Hold HoldOf(std::uint32_t resource) const { return MakeHold(levels_[resource], resource); }

  void Attach(std::uint32_t path, std::uint32_t resource);
  void Describe(std::uint32_t path);
  void UpdateShared(std::uint32_t resource);
  void Mark(std::uint32_t resource);
  void MarkMoved(std::uint32_t path);
  void MarkChanged(std::uint32_t resource);

  void Recompute(std::uint32_t resource);
  void RecomputeUnshared(std::uint32_t resource);
  [[nodiscard]] Rate LevelElsewhere(const Member& member) const;
  [[nodiscard]] Hold HoldElsewhere(const Member& member) const;
  Outcome ShareOut(std::uint32_t resource);
  Outcome ShareOutFromStart(std::uint32_t resource);
  void SetLevel(std::uint32_t resource, Rate level);
  void Tell(std::uint32_t resource, std::uint32_t flows, Rate before, Rate after);

  void BeginSolve();
  void EndSolve();
  void FindBottleneck(std::uint32_t path);
  void Fill();
  void OfferAll();
  void Freeze(std::uint32_t path, Rate rate);

  std::vector<Resource> resources_;  ///< the first is none: unlimited and used by nobody
  /// A resource without flows keeps the level that it had with some: nobody is held back by it, and one flow after
  /// another over an idle way finds all levels as it needs them.
  std::vector<Rate> levels_;
  std::vector<Path> paths_;
  std::vector<std::uint32_t> free_paths_;
  std::vector<std::uint8_t> is_moved_;  ///< by path

  LevelQueue marked_;  ///< resources to compute again
  std::vector<std::uint32_t> changed_;
  std::vector<std::uint32_t> maybe_moved_;
  std::vector<std::uint32_t> moved_;

  // Scratch of one computation; empty of meaning between calls.
  std::vector<Rate> elsewhere_;  ///< the least level that else holds each member of the resource being computed
  std::vector<Hold> holds_;      ///< the same with their orders, where they matter
  std::vector<Rate> filled_;
  std::vector<Left> left_;
  std::vector<std::uint32_t> flows_left_;
  std::vector<std::uint8_t> frozen_;
  std::vector<Offer> offers_;
};

using MaxMin = BasicMaxMin<WholeNumbers>;     ///< rates in quanta a second
using RealMaxMin = BasicMaxMin<RealNumbers>;  ///< rates in any unit
extern template class BasicMaxMin<WholeNumbers>;
extern template class BasicMaxMin<RealNumbers>;

}  // namespace crrsim
