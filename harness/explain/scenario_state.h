// The world of a scenario, at its end or behind one of its steps.
#pragma once

#include <optional>
#include <string>

#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"
#include "sim/result.h"

namespace crrsim {

struct ScenarioState {
  World world;
  std::string stopped;  // why the timeline went no further; empty: to its end
};

/// Runs the scenario with its own seed; whether its expectations hold does not matter. With a label: the world as it is
/// when the step of that label has returned. Without, a step whose `when` can never come ends the timeline, and the
/// state then is the answer: it is what there is to be explained.
/// On error  no step has the label, an image cannot be read, or the run cannot be finished.
Result<ScenarioState, ParseError> WorldOf(const Scenario& scenario, const std::optional<std::string>& label);

/// The world as it is at an instant, whatever step is under way then; at rest where the run ends before.
/// On error  the instant is before the scenario's start, else as above.
Result<ScenarioState, ParseError> WorldAt(const Scenario& scenario, Instant instant);

}  // namespace crrsim
