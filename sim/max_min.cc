#include "sim/max_min.h"

#include <algorithm>

#include "sim/check.h"
#include "sim/int128.h"

namespace crrsim {

template <class Numbers>
BasicMaxMin<Numbers>::BasicMaxMin() : resources_(1), levels_(1, kUnlimited) {}

template <class Numbers>
std::uint32_t BasicMaxMin<Numbers>::AddResource(Rate capacity) {
  CRRSIM_CHECK(Numbers::IsRate(capacity));
  resources_.emplace_back().capacity = capacity;
  levels_.push_back(kUnlimited);
  return resource_end() - 1;
}

template <class Numbers>
void BasicMaxMin<Numbers>::SetCapacity(std::uint32_t resource, Rate capacity) {
  CRRSIM_CHECK(Numbers::IsRate(capacity));
  if (resources_[resource].capacity == capacity) return;
  resources_[resource].capacity = capacity;
  UpdateShared(resource);
  Mark(resource);
}

template <class Numbers>
std::uint32_t BasicMaxMin<Numbers>::AddPath(std::span<const std::uint32_t> resources, Rate cap) {
  CRRSIM_CHECK(Numbers::IsRate(cap));
  std::uint32_t path = 0;
  if (free_paths_.empty()) {
    path = static_cast<std::uint32_t>(paths_.size());
    paths_.emplace_back();
    is_moved_.push_back(0);
  } else {
    path = free_paths_.back();
    free_paths_.pop_back();
    paths_[path] = Path{};
  }
  paths_[path].cap = cap;
  for (const auto resource : resources) Attach(path, resource);
  Describe(path);
  return path;
}

template <class Numbers>
void BasicMaxMin<Numbers>::Extend(std::uint32_t path, std::uint32_t resource) {
  Attach(path, resource);
  resources_[resource].flows += paths_[path].flows;
  Describe(path);
  // The path may be held back by this resource now, which those that it had before must learn.
  MarkMoved(path);
  for (std::uint32_t i = 0; i < paths_[path].resource_count; ++i) Mark(paths_[path].resources[i]);
}

template <class Numbers>
void BasicMaxMin<Numbers>::Attach(std::uint32_t path, std::uint32_t resource) {
  Path& row = paths_[path];
  CRRSIM_CHECK(row.resource_count < kMaxResources);
  CRRSIM_CHECK(resource > 0 && resource < resource_end(), "there is no resource {}", resource);
  auto& members = resources_[resource].members;
  row.places[row.resource_count] = static_cast<std::uint32_t>(members.size());
  members.push_back({.path = path, .flows = row.flows, .index = static_cast<std::uint8_t>(row.resource_count)});
  row.resources[row.resource_count++] = resource;
  UpdateShared(resource);
}

/// Tells each of the path's resources which the others are.
template <class Numbers>
void BasicMaxMin<Numbers>::Describe(std::uint32_t path) {
  const Path& row = paths_[path];
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    Member& member = resources_[row.resources[i]].members[row.places[i]];
    member.more = row.cap != kUnlimited || row.resource_count > 1 + member.others.size();
    std::uint32_t next = 0;
    for (std::uint32_t j = 0; j < row.resource_count && next < member.others.size(); ++j) {
      if (j != i) member.others[next++] = row.resources[j];
    }
  }
}

template <class Numbers>
void BasicMaxMin<Numbers>::RemovePath(std::uint32_t path) {
  Path& row = paths_[path];
  CRRSIM_CHECK(row.flows == 0);
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    auto& members = resources_[row.resources[i]].members;
    const auto place = row.places[i];
    members[place] = members.back();
    paths_[members[place].path].places[members[place].index] = place;
    members.pop_back();
    UpdateShared(row.resources[i]);
  }
  row.resource_count = 0;
  free_paths_.push_back(path);
}

template <class Numbers>
void BasicMaxMin<Numbers>::SetFlows(std::uint32_t path, std::uint32_t flows) {
  Path& row = paths_[path];
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    Resource& resource = resources_[row.resources[i]];
    resource.flows += flows - row.flows;
    resource.members[row.places[i]].flows = flows;
    Mark(row.resources[i]);
  }
  row.flows = flows;
  // Where flows were before and are now, whether another bottleneck holds them shows when its level is computed.
  if (flows == 0 || row.bottleneck == kNothing) MarkMoved(path);
}

/// A resource of one path gives it its capacity, whatever else holds it back, so it need not be told of anything.
template <class Numbers>
void BasicMaxMin<Numbers>::UpdateShared(std::uint32_t resource) {
  Resource& row = resources_[resource];
  const std::uint8_t is_shared = row.capacity != kUnlimited && row.members.size() > 1 ? 1 : 0;
  // A path comes and goes without flows, which alone changes no level.
  if (is_shared != row.is_shared) Mark(resource);
  row.is_shared = is_shared;
}

template <class Numbers>
typename BasicMaxMin<Numbers>::Rate BasicMaxMin<Numbers>::rate(std::uint32_t path) const {
  const Path& row = paths_[path];
  if (row.bottleneck == kNothing) return kUnlimited;
  return row.bottleneck == kOwnCap ? row.cap : levels_[row.bottleneck];
}

template <class Numbers>
bool BasicMaxMin<Numbers>::IsUnlimited(std::uint32_t path) const {
  const Path& row = paths_[path];
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    if (resources_[row.resources[i]].capacity != kUnlimited) return false;
  }
  return row.cap == kUnlimited;
}

template <class Numbers>
void BasicMaxMin<Numbers>::Mark(std::uint32_t resource) {
  marked_.Put(resource, Numbers::RoughRankOf(levels_[resource]));
}

template <class Numbers>
void BasicMaxMin<Numbers>::MarkMoved(std::uint32_t path) {
  if (is_moved_[path] != 0) return;
  is_moved_[path] = 1;
  maybe_moved_.push_back(path);
}

template <class Numbers>
void BasicMaxMin<Numbers>::Solve() {
  BeginSolve();
  // A change near the bottom of a large network may touch much of it. Filling from the start costs about as much as
  // computing every resource once or twice, so little is lost by giving up after that.
  std::uint32_t steps_left = resource_end() + 32;
  bool from_start = marked_.size() > resource_end() / 2 + 16;
  while (!from_start && !marked_.empty()) {
    Recompute(marked_.Take());
    from_start = --steps_left == 0;
  }
  if (from_start) Fill();
  EndSolve();
}

template <class Numbers>
void BasicMaxMin<Numbers>::SolveFromStart() {
  BeginSolve();
  Fill();
  EndSolve();
}

template <class Numbers>
void BasicMaxMin<Numbers>::BeginSolve() {
  for (const auto resource : changed_) resources_[resource].is_changed = 0;
  changed_.clear();
  moved_.clear();
}

template <class Numbers>
void BasicMaxMin<Numbers>::EndSolve() {
  for (const auto path : maybe_moved_) {
    is_moved_[path] = 0;
    FindBottleneck(path);
  }
  maybe_moved_.clear();
}

template <class Numbers>
void BasicMaxMin<Numbers>::FindBottleneck(std::uint32_t path) {
  Path& row = paths_[path];
  Hold least = MakeHold(row.cap, kCapOrder);
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    const Hold hold = HoldOf(row.resources[i]);
    if (hold < least) least = hold;
  }
  std::uint32_t bottleneck = OrderOf(least) == kCapOrder ? kOwnCap : OrderOf(least);
  if (LevelOf(least) == kUnlimited || row.flows == 0) bottleneck = kNothing;
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    resources_[row.resources[i]].members[row.places[i]].held = row.resources[i] == bottleneck;
  }
  const bool same = bottleneck == row.bottleneck;
  row.bottleneck = bottleneck;
  if (row.flows > 0 && (!same || bottleneck == kNothing)) moved_.push_back(path);
}

// Solving around a change.

/// Computes a resource's level from the levels around it and marks what hangs on the difference.
template <class Numbers>
void BasicMaxMin<Numbers>::Recompute(std::uint32_t resource) {
  Resource& row = resources_[resource];
  if (row.flows == 0) return;
  if (row.is_shared == 0 && row.members.size() == 1) return RecomputeUnshared(resource);
  const Outcome outcome = ShareOut(resource);
  row.spare = outcome.spare;
  if (!outcome.as_held) {
    // A resource is computed again whenever a level around it crosses its own, so this finds every path whose
    // bottleneck may be another one.
    for (Member& member : row.members) {
      const bool held =
          member.flows > 0 && outcome.level != kUnlimited && HoldElsewhere(member) >= MakeHold(outcome.level, resource);
      if (held != member.held) MarkMoved(member.path);
      member.held = held;
    }
  }
  if (outcome.level != levels_[resource]) SetLevel(resource, outcome.level);
}

/// The same for a resource with one path. Whether it holds the path back is left to FindBottleneck.
template <class Numbers>
void BasicMaxMin<Numbers>::RecomputeUnshared(std::uint32_t resource) {
  const Resource& row = resources_[resource];
  const Rate level = row.capacity == kUnlimited ? kUnlimited : Numbers::ShareOf(Left{row.capacity}, row.flows);
  if (level == levels_[resource]) return;
  const Member& only = row.members.front();
  MarkMoved(only.path);
  if (elsewhere_.empty()) elsewhere_.resize(1);
  elsewhere_.front() = LevelElsewhere(only);
  SetLevel(resource, level);
}

/// The least level of what holds a path back but the resource that it is a member of.
template <class Numbers>
typename BasicMaxMin<Numbers>::Rate BasicMaxMin<Numbers>::LevelElsewhere(const Member& member) const {
  const Rate least = std::min(levels_[member.others[0]], levels_[member.others[1]]);
  return member.more ? LevelOf(HoldElsewhere(member)) : least;
}

template <class Numbers>
typename BasicMaxMin<Numbers>::Hold BasicMaxMin<Numbers>::HoldElsewhere(const Member& member) const {
  const Path& path = paths_[member.path];
  Hold least = MakeHold(path.cap, kCapOrder);
  for (std::uint32_t i = 0; i < path.resource_count; ++i) {
    if (i != member.index) least = std::min(least, HoldOf(path.resources[i]));
  }
  return least;
}

/// The level as ShareOutFromStart gives it, in one pass where the members held here are the same as before.
template <class Numbers>
typename BasicMaxMin<Numbers>::Outcome BasicMaxMin<Numbers>::ShareOut(std::uint32_t resource) {
  const Resource& row = resources_[resource];
  Balance left{row.capacity};
  std::uint64_t flows_here = 0;
  Rate highest_elsewhere = 0;
  Rate lowest_here = kUnlimited;
  if (elsewhere_.size() < row.members.size()) elsewhere_.resize(row.members.size());
  Rate* elsewhere_out = elsewhere_.data();
  for (const Member& member : row.members) {
    const Rate elsewhere = LevelElsewhere(member);
    *elsewhere_out++ = elsewhere;
    // Who is held where is as good as random to a processor, so this is written without branches.
    const Rate here = member.held ? elsewhere : kUnlimited;
    const Rate away = member.held ? 0 : elsewhere;
    lowest_here = std::min(lowest_here, here);
    highest_elsewhere = std::max(highest_elsewhere, away);
    flows_here += member.held ? member.flows : 0;
    Numbers::Take(left, away, member.flows);
  }
  if (row.capacity == kUnlimited) return {};
  // Rounding can make two answers agree with the levels around, as in integers at most row.flows quanta apart; away
  // from such ties the one found is the one.
  if (flows_here == 0) {
    if (Numbers::IsAmple(left, row.capacity, row.flows)) return {.level = kUnlimited, .spare = left, .as_held = true};
  } else if (!Numbers::IsNegative(left) && highest_elsewhere != kUnlimited) {
    const Rate level = Numbers::ShareOf(left, flows_here);
    if (Numbers::IsClearlyAbove(level, highest_elsewhere, row.flows) && Numbers::IsClearlyBelow(level, lowest_here)) {
      return {.level = level, .as_held = true};
    }
  }
  return ShareOutFromStart(resource);
}

/// Takes those out that are held back elsewhere below the share, until the share stays.
template <class Numbers>
typename BasicMaxMin<Numbers>::Outcome BasicMaxMin<Numbers>::ShareOutFromStart(std::uint32_t resource) {
  const Resource& row = resources_[resource];
  holds_.clear();
  for (const Member& member : row.members) holds_.push_back(HoldElsewhere(member));
  Left left{row.capacity};
  std::uint64_t flows_here = row.flows;
  Hold reached = 0;
  for (;;) {
    // In reals, rounding to nearest could let the share sink a little.
    const Hold share = MakeHold(std::max(LevelOf(reached), Numbers::ShareOf(left, flows_here)), resource);
    bool changed = false;
    for (std::size_t i = 0; i < holds_.size(); ++i) {
      if (holds_[i] < reached || holds_[i] >= share) continue;
      Numbers::Take(left, LevelOf(holds_[i]), row.members[i].flows);
      flows_here -= row.members[i].flows;
      changed = true;
    }
    if (flows_here == 0) return {.level = kUnlimited, .spare = Balance{left}};
    if (!changed) return {.level = LevelOf(share)};
    reached = share;
  }
}

/// Requires elsewhere_ to be of this resource.
template <class Numbers>
void BasicMaxMin<Numbers>::SetLevel(std::uint32_t resource, Rate level) {
  const Rate old = levels_[resource];
  levels_[resource] = level;
  MarkChanged(resource);
  const auto& members = resources_[resource].members;
  for (std::size_t i = 0; i < members.size(); ++i) {
    // A level that is above what holds the path back elsewhere, before and after, changes nothing for the others.
    const Rate elsewhere = elsewhere_[i];
    if (elsewhere < std::min(old, level)) continue;
    const Rate before = std::min(old, elsewhere);
    const Rate after = std::min(level, elsewhere);
    const Member& member = members[i];
    if (!member.more) {
      for (const auto other : member.others) {
        if (other != 0) Tell(other, member.flows, before, after);
      }
      continue;
    }
    const Path& path = paths_[member.path];
    for (std::uint32_t j = 0; j < path.resource_count; ++j) {
      if (j != member.index) Tell(path.resources[j], member.flows, before, after);
    }
  }
}

/// Some flows through the resource are held back elsewhere at `after` now, no longer at `before`.
template <class Numbers>
void BasicMaxMin<Numbers>::Tell(std::uint32_t resource, std::uint32_t flows, Rate before, Rate after) {
  Resource& row = resources_[resource];
  if (row.is_shared == 0) return;
  if (levels_[resource] == kUnlimited && before != kUnlimited && after != kUnlimited) {
    // As long as it has enough left for rounding not to matter, a resource that holds nobody back goes on so.
    Numbers::Give(row.spare, before, flows);
    Numbers::Take(row.spare, after, flows);
    if (Numbers::IsAmple(row.spare, row.capacity, row.flows)) return;
  }
  Mark(resource);
}

template <class Numbers>
void BasicMaxMin<Numbers>::MarkChanged(std::uint32_t resource) {
  if (resources_[resource].is_changed != 0) return;
  resources_[resource].is_changed = 1;
  changed_.push_back(resource);
}

// Filling from the start.

template <class Numbers>
void BasicMaxMin<Numbers>::Fill() {
  const auto later = [](const Offer& a, const Offer& b) { return b.hold < a.hold; };
  OfferAll();
  std::make_heap(offers_.begin(), offers_.end(), later);
  while (!offers_.empty()) {
    std::pop_heap(offers_.begin(), offers_.end(), later);
    const Offer offer = offers_.back();
    offers_.pop_back();
    if (OrderOf(offer.hold) == kCapOrder) {
      Freeze(offer.id, LevelOf(offer.hold));
      continue;
    }
    if (flows_left_[offer.id] == 0) continue;
    const Rate share = std::max(LevelOf(offer.hold), Numbers::ShareOf(left_[offer.id], flows_left_[offer.id]));
    if (share != LevelOf(offer.hold)) {  // it grew since it was offered
      offers_.push_back({MakeHold(share, offer.id), offer.id});
      std::push_heap(offers_.begin(), offers_.end(), later);
      continue;
    }
    filled_[offer.id] = share;
    for (const Member member : resources_[offer.id].members) Freeze(member.path, share);
  }
  for (std::uint32_t id = 0; id < resource_end(); ++id) {
    if (levels_[id] != filled_[id]) MarkChanged(id);
    resources_[id].spare = Balance{left_[id]};
  }
  levels_.swap(filled_);
  while (!marked_.empty()) marked_.Take();
  for (std::uint32_t path = 0; path < paths_.size(); ++path) MarkMoved(path);
}

/// Every resource offers its capacity to all of its flows, every cap itself to its path.
template <class Numbers>
void BasicMaxMin<Numbers>::OfferAll() {
  left_.assign(resources_.size(), Left{});
  flows_left_.assign(resources_.size(), 0);
  filled_.assign(resources_.size(), kUnlimited);
  frozen_.assign(paths_.size(), 0);
  offers_.clear();
  for (std::uint32_t id = 0; id < resource_end(); ++id) {
    const Resource& row = resources_[id];
    if (row.flows == 0 || row.capacity == kUnlimited) continue;
    left_[id] = Left{row.capacity};
    flows_left_[id] = row.flows;
    const Rate share = Numbers::ShareOf(left_[id], row.flows);
    if (row.members.size() == 1) filled_[id] = share;
    offers_.push_back({MakeHold(share, id), id});
  }
  for (std::uint32_t path = 0; path < paths_.size(); ++path) {
    const Path& row = paths_[path];
    if (row.flows > 0 && row.cap != kUnlimited) offers_.push_back({MakeHold(row.cap, kCapOrder), path});
  }
}

/// Gives each flow of a path its rate, unless it has one.
template <class Numbers>
void BasicMaxMin<Numbers>::Freeze(std::uint32_t path, Rate rate) {
  if (frozen_[path] != 0) return;
  frozen_[path] = 1;
  const Path& row = paths_[path];
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    const auto id = row.resources[i];
    if (resources_[id].capacity == kUnlimited) continue;
    Numbers::Take(left_[id], rate, row.flows);
    flows_left_[id] -= row.flows;
  }
}

template class BasicMaxMin<WholeNumbers>;
template class BasicMaxMin<RealNumbers>;

}  // namespace crrsim
