// Judges one claim against a world and what was recorded of it, at the current instant.
//
// Nothing passes vacuously: a claim that nothing in the run could have broken (the absence of an image that nobody
// pushed, findings of an image that nobody scanned, figures over an empty set) does not hold, and `observed` says what
// did not happen.
#pragma once

#include <string>

#include "harness/run/recording.h"
#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"

namespace crrsim {

struct Judgement {
  bool held = false;
  std::string observed;  // one sentence without a full stop
};

Judgement Judge(const Claim& claim, const Scenario& scenario, const World& world, const Recording& recording);

/// Why a claim that is to hold never (or always) could not have been broken; empty when it could.
std::string VacuousBecause(const Claim& claim, const Scenario& scenario, const Recording& recording);

}  // namespace crrsim
