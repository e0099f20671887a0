// A validator for the part of JSON Schema that crrsim's own schemas use. Not a general one: a keyword that it does not
// know is a problem, so that no schema passes for want of understanding.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace crrsim {

/// What is wrong with a document, each as `/pointer: sentence`; empty when it satisfies the schema.
/// Order  of the document.
std::vector<std::string> SchemaProblems(const nlohmann::json& schema, const nlohmann::json& document);

}  // namespace crrsim
