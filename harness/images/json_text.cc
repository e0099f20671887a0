#include "harness/images/json_text.h"

#include "registry_model/oci/strict_json.h"

namespace crrsim {

Result<nlohmann::json, ParseError> ReadJson(std::string_view text) {
  auto parser = MakeStrictJsonParser();
  if (const auto checked = ParseStrictJson(parser, text); !checked) return checked.error();
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return ParseError{"it is not valid JSON"};
  return json;
}

std::string TextMember(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto member = object.find(key);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

}  // namespace crrsim
