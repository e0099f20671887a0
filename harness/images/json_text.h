// JSON of image files for readers of a few members: nlohmann's tree, behind the same strict door as manifests.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace crrsim {

/// On error  what ParseStrictJson says: no JSON, nested too deeply, a key twice.
Result<nlohmann::json, ParseError> ReadJson(std::string_view text);

/// The member's text; empty when it is absent or no text, or when `object` is no object.
std::string TextMember(const nlohmann::json& object, const char* key);

}  // namespace crrsim
