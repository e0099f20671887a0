// The world of a scenario, at its end or behind one of its steps.
#pragma once

#include <optional>
#include <string>

#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"
#include "sim/result.h"

namespace crrsim {

/// Runs the scenario with its own seed; whether its expectations hold does not matter. Behind the step with the label:
/// when that step has returned, and what is due at that very instant is done.
/// On error  no step has the label, an image cannot be read, or the run cannot be finished.
Result<World, ParseError> WorldOf(const Scenario& scenario, const std::optional<std::string>& label);

}  // namespace crrsim
