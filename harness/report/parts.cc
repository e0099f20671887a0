#include "harness/report/parts.h"

#include "harness/json.h"

namespace crrsim {

std::string EscapedForXml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\n':
        escaped += "&#10;";
        break;
      default:
        escaped += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? '?' : c;
    }
  }
  return escaped;
}

Json schema::Object(const Json& members) {
  auto required = Json::array();
  for (const auto& [name, schema] : members.items()) required.push_back(name);
  return {{"type", "object"}, {"properties", members}, {"required", required}, {"additionalProperties", false}};
}
Json schema::OneOrSeveral(const std::string& title, const std::string& name, const Json& one) {
  const Json reference = {{"$ref", "#/$defs/" + name}};
  const Json several = {{"type", "array"},
                        {"description", "of several scenario files, in their order"},
                        {"minItems", 2},
                        {"items", reference}};
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", title},
          {"oneOf", Json::array({reference, several})},
          {"$defs", {{name, one}}}};
}
Json schema::Rows(const std::string& description, const Json& members) {
  return {{"type", "array"}, {"description", description}, {"items", Object(members)}};
}

}  // namespace crrsim
