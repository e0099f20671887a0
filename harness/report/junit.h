// JUnit XML for CI systems: a test suite a scenario, a test case an expectation.
#pragma once

#include <string>
#include <vector>

#include "harness/run/run.h"

namespace crrsim {

/// A whole document. A run that could not be finished is an error of one test case named `run`.
std::string ToJUnit(const std::vector<RunResult>& results);

}  // namespace crrsim
