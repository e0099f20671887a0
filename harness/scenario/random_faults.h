// The faults of `faults: random`: what a seed draws.
//
// Each kind has a stream of its own, `fault/<verb>`: whether it takes part in this run at all (otherwise it is exactly
// absent), how many there are, and of each when it begins, how long it lasts, what it touches and how hard. So a change
// to one kind moves no other.
//
// Budget: a fault begins and ends within the scenario's window, lasts `longest` at most, and there are `each_at_most`
// of a kind. None is drawn that a copy cannot survive (a policy or repository that is deleted, a denial, a quota where
// clients push), and the window is shorter than copies are retried for; so every run can end well after `heal_by`.
// Clients survive too when `options: client_retry` is longer than the window.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/scenario.h"

namespace crrsim {

struct PlannedFault {
  Instant when;
  std::string name;  // the verb
  FaultKind what;
  Duration duration;
};

/// The kinds that can be drawn, by their verbs.
std::span<const std::string_view> RandomFaultVerbs();
/// Order     by kind as RandomFaultVerbs, then as drawn. Empty for a scenario that draws none.
std::vector<PlannedFault> DrawFaults(const Scenario& scenario, std::uint64_t seed);

}  // namespace crrsim
