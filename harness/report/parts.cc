#include "harness/report/parts.h"

#include "harness/json.h"

namespace crrsim {
namespace {}  // namespace

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
Json schema::Rows(const std::string& description, const Json& members) {
  return {{"type", "array"}, {"description", description}, {"items", Object(members)}};
}

}  // namespace crrsim
