// When flows are complete, worked out the plain way: at every event all rates are filled up from zero, in long double.
// Shares no code with what it judges but the shape of the question.
#pragma once

#include <optional>
#include <vector>

#include "harness/network/network_problem.h"

namespace crrsim {

std::vector<std::optional<long double>> CompletionsByBruteForce(const NetworkProblem& problem);

}  // namespace crrsim
