// The faults that a step of a timeline means, put in force in a world: for the runner of scenarios and for who drives a
// world step by step.
#pragma once

#include <vector>

#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"
#include "sim/result.h"

namespace crrsim {

/// The parts of one fault: each direction where the step says `between`, there, then back; each blob that is damaged.
/// `scenario` is what registries are called by.
/// On error  an image that is to be damaged is not there, or has no such layer; nothing is in force.
Result<std::vector<FaultNumber>, ParseError> BeginFaults(World& world, const FaultStep& step, const Scenario& scenario);

}  // namespace crrsim
