#include "sim/network_real.h"

#include <algorithm>

#include "sim/check.h"

namespace crrsim {

std::uint32_t RealNetwork::AddResource(double capacity) {
  const auto resource = solver_.AddResource(capacity);
  clocks_.MakeClock(ClockOfResource(resource));
  return resource;
}

std::uint32_t RealNetwork::AddRoute(std::span<const std::uint32_t> resources, double cap) {
  CRRSIM_CHECK(resources.size() <= RealMaxMin::kMaxResources && RealNumbers::IsRate(cap));
  Route& route = routes_.emplace_back();
  std::copy(resources.begin(), resources.end(), route.resources.begin());
  route.resource_count = static_cast<std::uint32_t>(resources.size());
  route.cap = cap;
  return static_cast<std::uint32_t>(routes_.size() - 1);
}

// Time and rates.

/// Rates hold from now_ to `now`: nothing changes and nothing is complete in between.
void RealNetwork::AdvanceTo(LongReal now) {
  if (started_ && !(now == now_)) {
    CRRSIM_CHECK(now_ < now, "the network is at {} s already, not {}", now_.value(), now.value());
    const auto next = NextCompletion();
    CRRSIM_CHECK(!next || now <= *next, "completions of {} s are not taken at {}", next->value(), now.value());
  }
  now_ = now;
  started_ = true;
}

/// Solves for the rates from now_ on and sets the clocks to them.
void RealNetwork::Settle() {
  if (!unsettled_) return;
  unsettled_ = false;
  solver_.Solve();
  // Paths leave their clocks before the rates change and join others after, so each sees its service at now_ unbroken.
  for (const auto path : solver_.moved_paths()) clocks_.Unhang(path, now_);
  for (const auto resource : solver_.changed_resources()) {
    const auto level = solver_.level(resource);
    clocks_.SetRate(ClockOfResource(resource), level == kUnlimited ? 0 : level, now_);
  }
  for (const auto path : solver_.moved_paths()) HangPath(path);
  clocks_.Refresh();
}

void RealNetwork::HangPath(std::uint32_t path) {
  const auto bottleneck = solver_.bottleneck(path);
  if (bottleneck == RealMaxMin::kNothing) return CompleteAll(route_of_path_[path]);
  if (bottleneck != RealMaxMin::kOwnCap) return clocks_.Hang(path, ClockOfResource(bottleneck), now_);
  clocks_.MakeClock(ClockOfCap(path));
  clocks_.SetRate(ClockOfCap(path), solver_.rate(path), now_);
  clocks_.Hang(path, ClockOfCap(path), now_);
}

/// Nothing holds the route back. Its going changes no other rate: all its resources are unlimited.
void RealNetwork::CompleteAll(std::uint32_t route) {
  while (!routes_[route].dues.empty()) {
    const auto flow = routes_[route].dues.top().id;
    TakeDue(flow);
    flows_[flow].state = State::kComplete;
    complete_.push_back(flow);
  }
  solver_.SetFlows(routes_[route].path, 0);
  DropPath(route);
}

// Routes.

void RealNetwork::MakePath(std::uint32_t number) {
  Route& route = routes_[number];
  route.path = solver_.AddPath({route.resources.data(), route.resource_count}, route.cap);
  if (route.path >= route_of_path_.size()) route_of_path_.resize(route.path + 1);
  route_of_path_[route.path] = number;
  clocks_.MakePath(route.path);
  clocks_.ResetPath(route.path);
}

/// Requires that the path has no flows any more.
void RealNetwork::DropPath(std::uint32_t number) {
  Route& route = routes_[number];
  clocks_.ClearDue(route.path);
  clocks_.Unhang(route.path, now_);
  solver_.RemovePath(route.path);
  route.path = kNoPath;
}

void RealNetwork::AddToRoute(std::uint32_t flow, double bytes) {
  Flow& row = flows_[flow];
  if (routes_[row.route].path == kNoPath) MakePath(row.route);
  Route& route = routes_[row.route];
  row.due = clocks_.ServiceOf(route.path, now_) + bytes;
  route.dues.Push(row.due, flow, [this](std::uint32_t id, std::uint32_t at) { flows_[id].position = at; });
  if (row.position == 0) clocks_.SetDue(route.path, row.due);
  solver_.SetFlows(route.path, route.dues.size());
}

void RealNetwork::TakeDue(std::uint32_t flow) {
  routes_[flows_[flow].route].dues.Remove(flows_[flow].position,
                                          [this](std::uint32_t id, std::uint32_t at) { flows_[id].position = at; });
}

void RealNetwork::RemoveFromRoute(std::uint32_t flow) {
  const Route& route = routes_[flows_[flow].route];
  const bool was_first = flows_[flow].position == 0;
  TakeDue(flow);
  solver_.SetFlows(route.path, route.dues.size());
  if (route.dues.empty()) {
    DropPath(flows_[flow].route);
  } else if (was_first) {
    clocks_.SetDue(route.path, route.dues.top().key);
  }
}

// Flows.

std::uint32_t RealNetwork::Start(LongReal now, std::uint32_t route, double bytes) {
  CRRSIM_CHECK(route < routes_.size() && bytes >= 0, "{} bytes by route {}", bytes, route);
  AdvanceTo(now);
  const auto flow = static_cast<std::uint32_t>(flows_.size());
  flows_.push_back({.route = route});
  ++active_;
  if (bytes > 0) {
    AddToRoute(flow, bytes);
    unsettled_ = true;
  } else {
    flows_[flow].state = State::kComplete;
    complete_.push_back(flow);
  }
  return flow;
}

void RealNetwork::Cancel(LongReal now, std::uint32_t flow) {
  AdvanceTo(now);
  CRRSIM_CHECK(IsActive(flow), "flow {} is not under way", flow);
  if (flows_[flow].state == State::kComplete) {
    std::erase(complete_, flow);
  } else {
    RemoveFromRoute(flow);
    unsettled_ = true;
  }
  flows_[flow].state = State::kEnded;
  --active_;
}

std::optional<LongReal> RealNetwork::NextCompletion() {
  Settle();
  if (!complete_.empty()) return now_;
  const auto next = clocks_.NextTick();
  if (next == RealServiceClocks::kNever) return std::nullopt;
  return next < now_ ? now_ : next;
}

void RealNetwork::TakeCompleted(LongReal now, std::vector<std::uint32_t>& completed) {
  AdvanceTo(now);
  Settle();
  const auto first = static_cast<std::ptrdiff_t>(completed.size());
  for (const auto flow : complete_) completed.push_back(flow);
  complete_.clear();
  for (auto path = clocks_.FindDue(now); path != kNoPath; path = clocks_.FindDue(now)) {
    completed.push_back(routes_[route_of_path_[path]].dues.top().id);
    RemoveFromRoute(completed.back());
    unsettled_ = true;
  }
  // No two flows have one number: a total order.
  std::sort(completed.begin() + first, completed.end());
  for (auto flow = completed.begin() + first; flow != completed.end(); ++flow) flows_[*flow].state = State::kEnded;
  active_ -= static_cast<std::uint32_t>(completed.end() - completed.begin() - first);
}

// Asking.

bool RealNetwork::IsActive(std::uint32_t flow) const {
  return flow < flows_.size() && flows_[flow].state != State::kEnded;
}

double RealNetwork::Rate(std::uint32_t flow) {
  Settle();
  CRRSIM_CHECK(IsActive(flow), "flow {} is not under way", flow);
  if (flows_[flow].state == State::kComplete) return kUnlimited;
  return solver_.rate(routes_[flows_[flow].route].path);
}

std::optional<LongReal> RealNetwork::WhenComplete(std::uint32_t flow) {
  Settle();
  CRRSIM_CHECK(IsActive(flow), "flow {} is not under way", flow);
  if (flows_[flow].state == State::kComplete) return now_;
  const auto when = clocks_.WhenServed(routes_[flows_[flow].route].path, flows_[flow].due, now_);
  if (when == RealServiceClocks::kNever) return std::nullopt;
  return when;
}

}  // namespace crrsim
