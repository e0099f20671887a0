// What JSON is called in the harness.
#pragma once

#include <nlohmann/json.hpp>

namespace crrsim {

/// Keeps its members in the order in which they were added: what the program prints.
using Json = nlohmann::ordered_json;
/// Has its members sorted: what AWS's documents, requests and answers are.
using PlainJson = nlohmann::json;

}  // namespace crrsim
