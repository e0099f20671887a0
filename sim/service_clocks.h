// Virtual service clocks: when who is served how much, at a cost that does not depend on how many share a rate.
//
// A *clock* runs at a rate and counts service: what it has given, since it began, to each that hangs on it. A *path*
// hangs on one clock at a time and has a service of its own, which goes on unbroken when it moves from clock to clock
// (it keeps the difference). A path has at most one *due*: the service at which something of it is complete. So a rate
// change is one multiplication however many paths hang on the clock, and nothing of theirs is touched.
//
// Units: in integers (ServiceClocks) ticks of time, quanta of rate, quanta times ticks of service, all exact in 128
// bits; in reals (RealServiceClocks) seconds, bytes a second and bytes, to about 32 digits (sim/network_numbers.h).
// Determinism: what is due at one tick comes in no particular order.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "sim/indexed_heap.h"
#include "sim/network_numbers.h"

namespace crrsim {

template <class Numbers>
class BasicServiceClocks {
 public:
  using Tick = typename Numbers::Tick;
  using Rate = typename Numbers::Rate;
  using Service = typename Numbers::Service;
  static constexpr std::uint32_t kNoClock = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kNoPath = std::numeric_limits<std::uint32_t>::max();
  static constexpr Tick kNever = Numbers::kNever;

  /// Clocks up to this number exist, at rate 0; paths too, hanging nowhere, with service 0 and nothing due.
  void MakeClock(std::uint32_t clock);
  void MakePath(std::uint32_t path);

  /// Back to the state of a path just made. Requires that it hangs nowhere.
  void ResetPath(std::uint32_t path);
  void Hang(std::uint32_t path, std::uint32_t clock, Tick now);
  /// Does nothing to a path that hangs nowhere.
  void Unhang(std::uint32_t path, Tick now);
  void SetRate(std::uint32_t clock, Rate rate, Tick now);

  [[nodiscard]] Service ServiceOf(std::uint32_t path, Tick now) const;
  /// The first tick at which the path has had this service, not earlier than `now`, at the rates of now.
  [[nodiscard]] Tick WhenServed(std::uint32_t path, Service service, Tick now) const;
  void SetDue(std::uint32_t path, Service due);
  void ClearDue(std::uint32_t path);

  /// Brings the order of clocks up to date after any of the calls above; the two below need it.
  void Refresh();
  /// The first tick at which something is due (any tick up to now where it is due already), kNever if nothing will be.
  [[nodiscard]] Tick NextTick() const { return order_.empty() ? kNever : order_.top().key; }
  /// A path whose due is reached at `now`, kNoPath if there is none. Ask again after giving it another due.
  std::uint32_t FindDue(Tick now);

 private:
  using PathHeap = IndexedHeap<Service>;
  using ClockHeap = IndexedHeap<Tick>;
  struct Clock {
    Service service = 0;  ///< at `since`
    Tick since = 0;
    Rate rate = 0;
    std::uint32_t position = ClockHeap::kNowhere;  ///< in order_
    bool touched = false;                          ///< is in touched_
    PathHeap dues;                                 ///< by the service of this clock
  };
  struct Path {
    Service offset = 0;  ///< its service less its clock's; all of its service where it hangs nowhere
    Service due = 0;
    std::uint32_t clock = kNoClock;
    std::uint32_t position = PathHeap::kNowhere;  ///< in its clock's dues
    bool has_due = false;
  };

  static Service ServiceOf(const Clock& clock, Tick now) {
    return clock.service + Numbers::ServiceIn(clock.since, now, clock.rate);
  }
  static Tick WhenServed(const Clock& clock, Service service);
  void Touch(std::uint32_t clock);
  void PlaceDue(std::uint32_t path);
  void RemoveDue(std::uint32_t path);
  void PlaceInOrder(std::uint32_t clock);

  std::vector<Clock> clocks_;
  std::vector<Path> paths_;
  ClockHeap order_;  ///< clocks that something will be due on, by when
  std::vector<std::uint32_t> touched_;
};

using ServiceClocks = BasicServiceClocks<WholeNumbers>;
using RealServiceClocks = BasicServiceClocks<RealNumbers>;
extern template class BasicServiceClocks<WholeNumbers>;
extern template class BasicServiceClocks<RealNumbers>;

}  // namespace crrsim
