// Waiting for a copy to come as far as a condition says (`when: {copy: model:1, to: eu-west-1, reaches: 50%}`): for the
// runner of scenarios and for who drives a world step by step.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "harness/run/recording.h"
#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"

namespace crrsim {

/// How time passes for who waits.
struct PassingTime {
  std::function<std::optional<Instant>()> next;  // the instant of the next event or plan; nothing: there is none
  std::function<bool()> is_idle;                 // nothing is under way or planned
  std::function<void()> step;                    // to the next instant. Requires next()
  std::function<void(Instant)> pass_until;
};

/// Lets time pass up to the instant at which the copy has come as far. `names` is what registries are called by.
/// On error  one sentence without a full stop, why it never will.
std::optional<std::string> AwaitProgress(const World& world, const Recording& recording, const Scenario& names,
                                         const ProgressCondition& condition, const PassingTime& time);

}  // namespace crrsim
