// Whether a JSON document contains what is wanted of it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace crrsim {

/// Objects need the wanted members and may have others, but none that is wanted to be null; everything else must be
/// equal, arrays element by element.
/// Returns  the first difference as `at /pointer: found X, expected Y`, or empty when everything wanted is there.
std::optional<std::string> FirstDifference(const nlohmann::json& wanted, const nlohmann::json& found,
                                           const std::string& pointer);

}  // namespace crrsim
