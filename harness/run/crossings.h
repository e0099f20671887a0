// Figures that grow with time alone: when a claim about one may come true, or cease to be, though nothing happens.
//
// There are two: the lag of a copy that is under way, and the bytes stored in a month over its time. All others change
// with an event.
#pragma once

#include <optional>

#include "harness/run/recording.h"
#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"

namespace crrsim {

/// Whether it may change between events.
bool GrowsWithTime(const Claim& claim);

/// The first instant after now, to the nanosecond, at which the verdict over a claim may change if nothing happens
/// until then. Empty where no time changes it.
std::optional<Instant> NextCrossing(const Claim& claim, const World& world, const Recording& recording);

}  // namespace crrsim
