// Whether a timeline goes forwards, as far as that shows before it is run.
//
// What a step takes at least is what is written in it: its waits, and the client's call latency. What it takes beyond
// that (copies, retries, `when`) only a run shows; a run stops at a step that it reaches too late.
#pragma once

#include "harness/scenario/reader.h"

namespace crrsim {

class TimelineOrder {
 public:
  TimelineOrder(LoadContext& context, Duration call_latency)
      : context_(context), call_latency_(call_latency), earliest_(context.start) {}

  /// Takes the next step, which `reader` reads. Refuses an `at` or `advance_to` before the earliest instant at which
  /// it can be reached.
  void Take(const Step& step, ObjectReader& reader);
  /// When all steps so far are done, at the earliest.
  [[nodiscard]] Instant earliest() const { return earliest_; }

 private:
  void Reach(Instant instant, const Place& place);
  void Pass(Duration span);

  LoadContext& context_;
  Duration call_latency_;
  Instant earliest_;
};

}  // namespace crrsim
