// What waits for what, down to the cause, in words: for runs that did not converge.
#pragma once

#include <string>
#include <vector>

#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"

namespace crrsim {

/// Jobs that have not ended (as their engine says), then the requests and transfers that are under way, then the faults
/// in force. At most `lines_max` lines of each, and one that counts the rest. Empty when no job waits.
std::vector<std::string> DescribeWaiting(const World& world, const Scenario& scenario, std::size_t lines_max = 20);

}  // namespace crrsim
