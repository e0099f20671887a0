#include "sim/service_clocks.h"

#include "sim/check.h"

namespace crrsim {

template <class Numbers>
void BasicServiceClocks<Numbers>::MakeClock(std::uint32_t clock) {
  if (clock >= clocks_.size()) clocks_.resize(clock + 1);
}

template <class Numbers>
void BasicServiceClocks<Numbers>::MakePath(std::uint32_t path) {
  if (path >= paths_.size()) paths_.resize(path + 1);
}

template <class Numbers>
void BasicServiceClocks<Numbers>::ResetPath(std::uint32_t path) {
  CRRSIM_CHECK(paths_[path].clock == kNoClock);
  paths_[path] = Path{};
}

template <class Numbers>
void BasicServiceClocks<Numbers>::Hang(std::uint32_t path, std::uint32_t clock, Tick now) {
  Path& row = paths_[path];
  CRRSIM_CHECK(row.clock == kNoClock);
  row.offset -= ServiceOf(clocks_[clock], now);
  row.clock = clock;
  if (row.has_due) PlaceDue(path);
}

template <class Numbers>
void BasicServiceClocks<Numbers>::Unhang(std::uint32_t path, Tick now) {
  Path& row = paths_[path];
  if (row.clock == kNoClock) return;
  RemoveDue(path);
  row.offset += ServiceOf(clocks_[row.clock], now);
  row.clock = kNoClock;
}

template <class Numbers>
void BasicServiceClocks<Numbers>::SetRate(std::uint32_t clock, Rate rate, Tick now) {
  Clock& row = clocks_[clock];
  if (row.rate == rate) return;
  row.service = ServiceOf(row, now);
  row.since = now;
  row.rate = rate;
  if (!row.dues.empty()) Touch(clock);
}

template <class Numbers>
typename BasicServiceClocks<Numbers>::Service BasicServiceClocks<Numbers>::ServiceOf(std::uint32_t path,
                                                                                     Tick now) const {
  const Path& row = paths_[path];
  return row.clock == kNoClock ? row.offset : row.offset + ServiceOf(clocks_[row.clock], now);
}

template <class Numbers>
typename BasicServiceClocks<Numbers>::Tick BasicServiceClocks<Numbers>::WhenServed(std::uint32_t path, Service service,
                                                                                   Tick now) const {
  const Path& row = paths_[path];
  if (service <= ServiceOf(path, now)) return now;
  return row.clock == kNoClock ? kNever : WhenServed(clocks_[row.clock], service - row.offset);
}

/// Before all time where the service was reached before the clock's last change of rate.
template <class Numbers>
typename BasicServiceClocks<Numbers>::Tick BasicServiceClocks<Numbers>::WhenServed(const Clock& clock,
                                                                                   Service service) {
  if (service <= clock.service) return Numbers::kLongAgo;
  if (clock.rate == 0) return kNever;
  return Numbers::WhenGiven(service - clock.service, clock.since, clock.rate);
}

template <class Numbers>
void BasicServiceClocks<Numbers>::SetDue(std::uint32_t path, Service due) {
  Path& row = paths_[path];
  row.due = due;
  row.has_due = true;
  if (row.clock != kNoClock) PlaceDue(path);
}

template <class Numbers>
void BasicServiceClocks<Numbers>::ClearDue(std::uint32_t path) {
  RemoveDue(path);
  paths_[path].has_due = false;
}

template <class Numbers>
void BasicServiceClocks<Numbers>::PlaceDue(std::uint32_t path) {
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

template <class Numbers>
void BasicServiceClocks<Numbers>::RemoveDue(std::uint32_t path) {
  Path& row = paths_[path];
  if (row.position == PathHeap::kNowhere) return;
  clocks_[row.clock].dues.Remove(row.position,
                                 [this](std::uint32_t id, std::uint32_t position) { paths_[id].position = position; });
  Touch(row.clock);
}

template <class Numbers>
void BasicServiceClocks<Numbers>::Touch(std::uint32_t clock) {
  if (clocks_[clock].touched) return;
  clocks_[clock].touched = true;
  touched_.push_back(clock);
}

template <class Numbers>
void BasicServiceClocks<Numbers>::Refresh() {
  for (const auto clock : touched_) {
    clocks_[clock].touched = false;
    PlaceInOrder(clock);
  }
  touched_.clear();
}

template <class Numbers>
void BasicServiceClocks<Numbers>::PlaceInOrder(std::uint32_t clock) {
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

template <class Numbers>
std::uint32_t BasicServiceClocks<Numbers>::FindDue(Tick now) {
  while (!order_.empty() && order_.top().key <= now) {
    const auto clock = order_.top().id;
    const Clock& row = clocks_[clock];
    if (!row.dues.empty() && Numbers::IsReached(row.dues.top().key, row.service, row.since, now, row.rate))
      return row.dues.top().id;
    PlaceInOrder(clock);  // what was due on it has been taken; Refresh places it again, to no effect
  }
  return kNoPath;
}

template class BasicServiceClocks<WholeNumbers>;
template class BasicServiceClocks<RealNumbers>;

}  // namespace crrsim
