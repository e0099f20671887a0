// AWS documents in scenarios: written inline, or in files as `aws` takes and prints them.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/scenario/reader.h"

namespace crrsim {

/// The JSON that a value stands for: itself, or the file that `file://PATH` names, relative to the scenario.
/// On error  empty, with a diagnostic at the value (no such file) or in the document (not JSON).
std::optional<nlohmann::json> ReadDocument(LoadContext& context, const Node& value);

/// Turns what people have at hand into the operation's request: the output of `describe-registry` or
/// `get-registry-policy`, a bare list of rules, a bare policy, a policy as an object instead of escaped text. Anything
/// else is returned as it is.
nlohmann::json AsRequest(std::string_view operation, nlohmann::json document);

/// The bytes of a file that the scenario names, relative to it, which `context` notes; or empty when it cannot be read.
std::optional<std::string> ReadNamedFile(LoadContext& context, const std::string& name, const std::string& path);

/// A file's bytes, or empty when it cannot be read.
std::optional<std::string> ReadFile(const std::string& path);

}  // namespace crrsim
