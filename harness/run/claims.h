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

/// What a claim about a month looks at: bytes of its storage class over the time of that month, up to now.
struct StoredOverTime {
  Int128 byte_nanoseconds = 0;
  ByteCount rate;        // by which that grows in a nanosecond, while it is that month
  ByteCount stored_now;  // in all classes: what the integral is divided by
};
/// Requires a claim with a month.
StoredOverTime StoredOver(const StorageClaim& claim, const World& world);

/// Why a claim that is to hold never (or always) could not have been broken; empty when it could.
std::string VacuousBecause(const Claim& claim, const Scenario& scenario, const Recording& recording);

}  // namespace crrsim
