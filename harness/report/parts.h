// What the writers of several reports share: parts of JSON Schemas, and texts in XML.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace crrsim {

/// For attribute values and text; characters that XML 1.0 cannot hold are replaced.
std::string EscapedForXml(std::string_view text);

namespace schema {

/// An object with exactly these members, all required.
nlohmann::ordered_json Object(const nlohmann::ordered_json& members);
/// An array of such objects.
nlohmann::ordered_json Rows(const std::string& description, const nlohmann::ordered_json& members);

/// The schema of a report of one kind: such an object, or an array of several.
nlohmann::ordered_json OneOrSeveral(const std::string& title, const std::string& name,
                                    const nlohmann::ordered_json& one);

inline const nlohmann::ordered_json kText = {{"type", "string"}};
inline const nlohmann::ordered_json kCount = {{"type", "integer"}, {"minimum", 0}};
inline const nlohmann::ordered_json kNumber = {{"type", "number"}, {"minimum", 0}};
inline const nlohmann::ordered_json kSeed = {{"type", "integer"}, {"minimum", 0}, {"maximum", 9007199254740991}};
inline const nlohmann::ordered_json kHash = {{"type", "string"}, {"pattern", "^[0-9a-f]{32}$"}};

}  // namespace schema

}  // namespace crrsim
