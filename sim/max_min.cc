#include "sim/max_min.h"

#include <algorithm>

#include "sim/check.h"
#include "sim/int128.h"

namespace crrsim {

namespace {

/// Orders a heap by (level, number), lowest on top.
constexpr auto kLater = [](const auto& a, const auto& b) {
  return a.level != b.level ? a.level > b.level : a.resource > b.resource;
};

}  // namespace

std::uint32_t MaxMin::AddResource(Rate capacity) {
  CRRSIM_CHECK(capacity <= kMaxRate || capacity == kUnlimited);
  resources_.push_back({.capacity = capacity, .flows = 0, .members = {}});
  levels_.push_back(kUnlimited);
  is_marked_.push_back(0);
  is_changed_.push_back(0);
  return resource_count() - 1;
}

void MaxMin::SetCapacity(std::uint32_t resource, Rate capacity) {
  CRRSIM_CHECK(capacity <= kMaxRate || capacity == kUnlimited);
  if (resources_[resource].capacity == capacity) return;
  resources_[resource].capacity = capacity;
  Mark(resource);
}

std::uint32_t MaxMin::AddPath(std::span<const std::uint32_t> resources, Rate cap) {
  CRRSIM_CHECK(cap <= kMaxRate || cap == kUnlimited);
  std::uint32_t path = 0;
  if (free_paths_.empty()) {
    path = static_cast<std::uint32_t>(paths_.size());
    paths_.emplace_back();
    places_.emplace_back();
    is_moved_.push_back(0);
  } else {
    path = free_paths_.back();
    free_paths_.pop_back();
    paths_[path] = Path{};
  }
  paths_[path].cap = cap;
  for (const auto resource : resources) Attach(path, resource);
  return path;
}

void MaxMin::Attach(std::uint32_t path, std::uint32_t resource) {
  Path& row = paths_[path];
  CRRSIM_CHECK(row.resource_count < kMaxResources);
  auto& members = resources_[resource].members;
  places_[path][row.resource_count] = static_cast<std::uint32_t>(members.size());
  members.push_back({path, row.resource_count});
  row.resources[row.resource_count++] = resource;
  Mark(resource);  // one that is used by one path only is treated apart
}

void MaxMin::Extend(std::uint32_t path, std::uint32_t resource) {
  Attach(path, resource);
  resources_[resource].flows += paths_[path].flows;
  // The path may be held back by this resource now, which those that it had before must learn.
  for (std::uint32_t i = 0; i < paths_[path].resource_count; ++i) Mark(paths_[path].resources[i]);
}

void MaxMin::RemovePath(std::uint32_t path) {
  Path& row = paths_[path];
  CRRSIM_CHECK(row.flows == 0);
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    auto& members = resources_[row.resources[i]].members;
    const auto place = places_[path][i];
    members[place] = members.back();
    places_[members[place].path][members[place].place] = place;
    members.pop_back();
    Mark(row.resources[i]);
  }
  row.resource_count = 0;
  free_paths_.push_back(path);
}

void MaxMin::SetFlows(std::uint32_t path, std::uint32_t flows) {
  Path& row = paths_[path];
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    Resource& resource = resources_[row.resources[i]];
    resource.flows += flows - row.flows;
    Mark(row.resources[i]);
  }
  row.flows = flows;
  if (flows == 0) row.bottleneck = kNothing;
  MarkMoved(path);
}

MaxMin::Rate MaxMin::rate(std::uint32_t path) const {
  const Path& row = paths_[path];
  if (row.bottleneck == kNothing) return kUnlimited;
  return row.bottleneck == kOwnCap ? row.cap : levels_[row.bottleneck];
}

void MaxMin::Mark(std::uint32_t resource) {
  if (is_marked_[resource] != 0) return;
  is_marked_[resource] = 1;
  marked_.push_back({levels_[resource], resource});
  std::push_heap(marked_.begin(), marked_.end(), kLater);
}

std::uint32_t MaxMin::TakeLowestMarked() {
  std::pop_heap(marked_.begin(), marked_.end(), kLater);
  const auto resource = marked_.back().resource;
  marked_.pop_back();
  is_marked_[resource] = 0;
  return resource;
}

void MaxMin::MarkMoved(std::uint32_t path) {
  if (is_moved_[path] != 0) return;
  is_moved_[path] = 1;
  maybe_moved_.push_back(path);
}

void MaxMin::Solve() {
  BeginSolve();
  // A change near the bottom of a large network may touch much of it. Filling from the start costs about as much as
  // computing every resource once or twice, so little is lost by giving up after that.
  std::uint32_t steps_left = resource_count() + 32;
  bool from_start = marked_.size() > resource_count() / 2 + 16;
  while (!from_start && !marked_.empty()) {
    Recompute(TakeLowestMarked());
    from_start = --steps_left == 0;
  }
  if (from_start) Fill();
  EndSolve();
}

void MaxMin::SolveFromStart() {
  BeginSolve();
  Fill();
  EndSolve();
}

void MaxMin::BeginSolve() {
  for (const auto resource : changed_) is_changed_[resource] = 0;
  changed_.clear();
  moved_.clear();
}

void MaxMin::EndSolve() {
  for (const auto path : maybe_moved_) {
    is_moved_[path] = 0;
    FindBottleneck(path);
  }
  maybe_moved_.clear();
}

void MaxMin::FindBottleneck(std::uint32_t path) {
  Path& row = paths_[path];
  if (row.flows == 0) return;
  Hold least{row.cap, kCapOrder};
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    const Hold hold = HoldOf(levels_[row.resources[i]], row.resources[i]);
    if (hold < least) least = hold;
  }
  std::uint32_t bottleneck = least.order - 1;
  if (least.order == kCapOrder) bottleneck = kOwnCap;
  if (least.level == kUnlimited) bottleneck = kNothing;
  if (bottleneck == row.bottleneck && bottleneck != kNothing) return;
  row.bottleneck = bottleneck;
  moved_.push_back(path);
}

/// Computes a resource's level from the levels around it and marks what hangs on the difference.
void MaxMin::Recompute(std::uint32_t resource) {
  const Resource& row = resources_[resource];
  Look(resource);
  Rate level = kUnlimited;
  if (row.flows > 0 && row.capacity != kUnlimited) {
    level = row.members.size() == 1 ? row.capacity / row.flows : ShareAmongSeen(resource);
  }
  // Whoever stands otherwise to the new level than its bottleneck says may have another one. This finds them all: a
  // resource is computed again whenever a level around it crosses its own.
  for (const Seen& seen : seen_) {
    const bool held_here = level != kUnlimited && !(seen.elsewhere < HoldOf(level, resource));
    if (held_here != (paths_[seen.path].bottleneck == resource)) MarkMoved(seen.path);
  }
  if (level != levels_[resource]) SetLevel(resource, level);
}

/// Lists the resource's paths with what else holds them back.
void MaxMin::Look(std::uint32_t resource) {
  seen_.clear();
  for (const Member member : resources_[resource].members) {
    const Path& path = paths_[member.path];
    if (path.flows == 0) continue;
    Hold least{path.cap, kCapOrder};
    for (std::uint32_t i = 0; i < path.resource_count; ++i) {
      if (i == member.place) continue;
      const Hold hold = HoldOf(levels_[path.resources[i]], path.resources[i]);
      if (hold < least) least = hold;
    }
    seen_.push_back({least, path.flows, member.path});
  }
}

/// The level by FillSeen, in one pass where the old level tells well enough who is held back elsewhere.
MaxMin::Rate MaxMin::ShareAmongSeen(std::uint32_t resource) const {
  const Rate guess = levels_[resource];
  const Rate all_flows = resources_[resource].flows;
  Int128 left = resources_[resource].capacity;
  Rate flows_here = 0;
  Rate highest_elsewhere = 0;
  Rate lowest_here = kUnlimited;
  for (const Seen& seen : seen_) {
    if (seen.elsewhere.level < guess) {
      left -= static_cast<Int128>(seen.elsewhere.level) * seen.flows;
      highest_elsewhere = std::max(highest_elsewhere, seen.elsewhere.level);
    } else {
      flows_here += seen.flows;
      lowest_here = std::min(lowest_here, seen.elsewhere.level);
    }
  }
  // Rounding down can make two answers agree with the levels around, at most `all_flows` quanta apart; away from such
  // ties the one found is the one.
  if (flows_here == 0) {
    if (left >= static_cast<Int128>(all_flows)) return kUnlimited;
  } else if (left >= 0) {
    const Rate level = static_cast<Rate>(left) / flows_here;
    if (level < lowest_here && level >= highest_elsewhere + all_flows) return level;
  }
  return FillSeen(resource);
}

/// Takes those out that are held back elsewhere below the share, until the share stays.
MaxMin::Rate MaxMin::FillSeen(std::uint32_t resource) const {
  Rate left = resources_[resource].capacity;
  Rate flows_here = resources_[resource].flows;
  Hold reached{0, 0};
  for (;;) {
    const Hold share = HoldOf(left / flows_here, resource);
    bool changed = false;
    for (const Seen& seen : seen_) {
      if (seen.elsewhere < reached || !(seen.elsewhere < share)) continue;
      left -= seen.elsewhere.level * seen.flows;
      flows_here -= seen.flows;
      changed = true;
    }
    if (flows_here == 0) return kUnlimited;
    if (!changed) return share.level;
    reached = share;
  }
}

/// Requires seen_ to be of this resource.
void MaxMin::SetLevel(std::uint32_t resource, Rate level) {
  const Rate lower = std::min(level, levels_[resource]);
  levels_[resource] = level;
  MarkChanged(resource);
  for (const Seen& seen : seen_) {
    // A level that is above what holds the path back elsewhere, before and after, changes nothing for the others.
    if (seen.elsewhere.level < lower) continue;
    const Path& path = paths_[seen.path];
    for (std::uint32_t i = 0; i < path.resource_count; ++i) {
      const auto other = path.resources[i];
      const Resource& row = resources_[other];
      if (other != resource && row.members.size() > 1 && row.capacity != kUnlimited) Mark(other);
    }
  }
}

void MaxMin::MarkChanged(std::uint32_t resource) {
  if (is_changed_[resource] != 0) return;
  is_changed_[resource] = 1;
  changed_.push_back(resource);
}

// Filling from the start.

void MaxMin::Fill() {
  constexpr auto later = [](const Offer& a, const Offer& b) { return b.hold < a.hold; };
  OfferAll();
  std::make_heap(offers_.begin(), offers_.end(), later);
  while (!offers_.empty()) {
    std::pop_heap(offers_.begin(), offers_.end(), later);
    const Offer offer = offers_.back();
    offers_.pop_back();
    if (offer.hold.order == kCapOrder) {
      Freeze(offer.id, offer.hold.level);
      continue;
    }
    if (flows_left_[offer.id] == 0) continue;
    const Rate share = left_[offer.id] / flows_left_[offer.id];
    if (share != offer.hold.level) {  // it grew since it was offered
      offers_.push_back({HoldOf(share, offer.id), offer.id});
      std::push_heap(offers_.begin(), offers_.end(), later);
      continue;
    }
    filled_[offer.id] = share;
    for (const Member member : resources_[offer.id].members) Freeze(member.path, share);
  }
  for (std::uint32_t id = 0; id < resource_count(); ++id) {
    if (levels_[id] != filled_[id]) MarkChanged(id);
  }
  levels_.swap(filled_);
  for (const Marked& marked : marked_) is_marked_[marked.resource] = 0;
  marked_.clear();
  for (std::uint32_t path = 0; path < paths_.size(); ++path) MarkMoved(path);
}

/// Every resource offers its capacity to all of its flows, every cap itself to its path.
void MaxMin::OfferAll() {
  left_.assign(resources_.size(), 0);
  flows_left_.assign(resources_.size(), 0);
  filled_.assign(resources_.size(), kUnlimited);
  frozen_.assign(paths_.size(), 0);
  offers_.clear();
  for (std::uint32_t id = 0; id < resource_count(); ++id) {
    const Resource& row = resources_[id];
    if (row.flows == 0 || row.capacity == kUnlimited) continue;
    left_[id] = row.capacity;
    flows_left_[id] = row.flows;
    const Rate share = row.capacity / row.flows;
    if (row.members.size() == 1) filled_[id] = share;
    offers_.push_back({HoldOf(share, id), id});
  }
  for (std::uint32_t path = 0; path < paths_.size(); ++path) {
    const Path& row = paths_[path];
    if (row.flows > 0 && row.cap != kUnlimited) offers_.push_back({{row.cap, kCapOrder}, path});
  }
}

/// Gives each flow of a path its rate, unless it has one.
void MaxMin::Freeze(std::uint32_t path, Rate rate) {
  if (frozen_[path] != 0) return;
  frozen_[path] = 1;
  const Path& row = paths_[path];
  for (std::uint32_t i = 0; i < row.resource_count; ++i) {
    const auto id = row.resources[i];
    if (resources_[id].capacity == kUnlimited) continue;
    left_[id] -= rate * row.flows;
    flows_left_[id] -= row.flows;
  }
}

}  // namespace crrsim
