// The scenario files of the tree.
#pragma once

#include <string>
#include <vector>

namespace crrsim {

/// The paths of all scenario files below scenarios/, in order. A failure when there are none.
std::vector<std::string> ScenarioFilesOfTheTree();

}  // namespace crrsim
