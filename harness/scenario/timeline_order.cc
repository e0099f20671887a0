#include "harness/scenario/timeline_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/units_text.h"

namespace crrsim {

namespace {

/// Where the bound need not be sharp any more: every single span is shorter, so no sum leaves the clock's range.
const Duration kFarOff = Days(40'000);

Duration LeastTimeOf(const Step& step, Duration call_latency) {
  if (const auto* push = std::get_if<PushStep>(&step.what)) {
    // One that is refused is not repeated.
    return call_latency + (push->fails_with.empty() ? push->every * (push->times - 1) : Duration());
  }
  if (const auto* advance = std::get_if<AdvanceStep>(&step.what)) return advance->by;
  const bool calls = std::holds_alternative<CallStep>(step.what) || std::holds_alternative<PullStep>(step.what) ||
                     std::holds_alternative<DeleteRoleStep>(step.what);
  return calls ? call_latency : Duration();
}

}  // namespace

void TimelineOrder::Take(const Step& step, ObjectReader& reader) {
  Pass(step.after.value_or(Duration()));
  if (step.at) Reach(*step.at, reader.Get("at")->place);
  const auto* advance = std::get_if<AdvanceStep>(&step.what);
  if (advance != nullptr && advance->to) Reach(*advance->to, reader.Get("advance_to")->place);
  Pass(LeastTimeOf(step, call_latency_));
}

void TimelineOrder::Reach(Instant instant, const Place& place) {
  if (instant < earliest_) {
    context_.Refuse(place,
                    fmt::format("{} is in the past: expected {} or later, as {}", ToText(instant), ToText(earliest_),
                                earliest_ == context_.start ? "the scenario starts then"
                                                            : "the steps before take until then at least"));
  }
  earliest_ = std::max(earliest_, instant);
}

void TimelineOrder::Pass(Duration span) {
  if (earliest_ - context_.start < kFarOff) earliest_ = earliest_ + span;
}

}  // namespace crrsim
