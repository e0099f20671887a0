#include "sim/service_clocks.h"

#include "sim/check.h"

namespace crrsim {

void ServiceClocks::MakeClock(std::uint32_t clock) {
  if (clock >= clocks_.size()) clocks_.resize(clock + 1);
}

void ServiceClocks::MakePath(std::uint32_t path) {
  if (path >= paths_.size()) paths_.resize(path + 1);
}

void ServiceClocks::ResetPath(std::uint32_t path) {
  CRRSIM_CHECK(paths_[path].clock == kNoClock);
  paths_[path] = Path{};
}

void ServiceClocks::Hang(std::uint32_t path, std::uint32_t clock, std::int64_t now) {
  Path& row = paths_[path];
  CRRSIM_CHECK(row.clock == kNoClock);
  row.offset -= ServiceOf(clocks_[clock], now);
  row.clock = clock;
  if (row.has_due) PlaceDue(path);
}

void ServiceClocks::Unhang(std::uint32_t path, std::int64_t now) {
  Path& row = paths_[path];
  if (row.clock == kNoClock) return;
  RemoveDue(path);
  row.offset += ServiceOf(clocks_[row.clock], now);
  row.clock = kNoClock;
}

void ServiceClocks::SetRate(std::uint32_t clock, std::uint64_t rate, std::int64_t now) {
  Clock& row = clocks_[clock];
  if (row.rate == rate) return;
  row.service = ServiceOf(row, now);
  row.since = now;
  row.rate = rate;
  Touch(clock);
}

Int128 ServiceClocks::ServiceOf(std::uint32_t path, std::int64_t now) const {
  const Path& row = paths_[path];
  return row.clock == kNoClock ? row.offset : row.offset + ServiceOf(clocks_[row.clock], now);
}

std::int64_t ServiceClocks::WhenServed(std::uint32_t path, Int128 service, std::int64_t now) const {
  const Path& row = paths_[path];
  if (service <= ServiceOf(path, now)) return now;
  return row.clock == kNoClock ? kNever : WhenServed(clocks_[row.clock], service - row.offset);
}

/// Before all time where the service was reached before the clock's last change of rate.
std::int64_t ServiceClocks::WhenServed(const Clock& clock, Int128 service) {
  if (service <= clock.service) return std::numeric_limits<std::int64_t>::min();
  if (clock.rate == 0) return kNever;
  const auto missing = static_cast<UInt128>(service - clock.service);
  const UInt128 ticks = (missing - 1) / clock.rate + 1;
  const auto ticks_left = static_cast<std::uint64_t>(kNever) - static_cast<std::uint64_t>(clock.since);
  return ticks < ticks_left ? clock.since + static_cast<std::int64_t>(ticks) : kNever;
}

void ServiceClocks::SetDue(std::uint32_t path, Int128 due) {
  Path& row = paths_[path];
  row.due = due;
  row.has_due = true;
  if (row.clock != kNoClock) PlaceDue(path);
}

void ServiceClocks::ClearDue(std::uint32_t path) {
  RemoveDue(path);
  paths_[path].has_due = false;
}

void ServiceClocks::PlaceDue(std::uint32_t path) {
  Path& row = paths_[path];
  PathHeap& dues = clocks_[row.clock].dues;
  const auto place = [this](std::uint32_t id, std::uint32_t position) { paths_[id].position = position; };
  if (row.position == PathHeap::kNowhere) {
    dues.Push(row.due - row.offset, path, place);
  } else {
    dues.Move(row.position, row.due - row.offset, place);
  }
  Touch(row.clock);
}

void ServiceClocks::RemoveDue(std::uint32_t path) {
  Path& row = paths_[path];
  if (row.position == PathHeap::kNowhere) return;
  clocks_[row.clock].dues.Remove(row.position,
                                 [this](std::uint32_t id, std::uint32_t position) { paths_[id].position = position; });
  Touch(row.clock);
}

void ServiceClocks::Touch(std::uint32_t clock) {
  if (clocks_[clock].touched) return;
  clocks_[clock].touched = true;
  touched_.push_back(clock);
}

void ServiceClocks::Refresh() {
  for (const auto clock : touched_) {
    clocks_[clock].touched = false;
    PlaceInOrder(clock);
  }
  touched_.clear();
}

void ServiceClocks::PlaceInOrder(std::uint32_t clock) {
  Clock& row = clocks_[clock];
  const auto place = [this](std::uint32_t id, std::uint32_t position) { clocks_[id].position = position; };
  const auto when = row.dues.empty() ? kNever : WhenServed(row, row.dues.top().key);
  if (when == kNever) {
    if (row.position != ClockHeap::kNowhere) order_.Remove(row.position, place);
  } else if (row.position == ClockHeap::kNowhere) {
    order_.Push(when, clock, place);
  } else {
    order_.Move(row.position, when, place);
  }
}

std::uint32_t ServiceClocks::FindDue(std::int64_t now) {
  while (!order_.empty() && order_.top().key <= now) {
    const auto clock = order_.top().id;
    const Clock& row = clocks_[clock];
    if (!row.dues.empty() && row.dues.top().key <= ServiceOf(row, now)) return row.dues.top().id;
    PlaceInOrder(clock);  // what was due on it has been taken; Refresh places it again, to no effect
  }
  return kNoPath;
}

}  // namespace crrsim
