#include "harness/run/json_subset.h"

#include <fmt/format.h>

namespace crrsim {

std::optional<std::string> FirstDifference(const nlohmann::json& wanted, const nlohmann::json& found,
                                           const std::string& pointer) {
  const auto differs = [&](const std::string& what) {
    return fmt::format("at {}: {}", pointer.empty() ? "/" : pointer, what);
  };
  if (wanted.is_object() && found.is_object()) {
    for (const auto& [name, value] : wanted.items()) {
      const auto member = found.find(name);
      if (value.is_null()) {
        if (member == found.end()) continue;
        return differs(fmt::format("'{}' is {}, expected no such member", name, member->dump()));
      }
      if (member == found.end()) return differs(fmt::format("'{}' is missing", name));
      if (auto difference = FirstDifference(value, *member, pointer + "/" + name)) return difference;
    }
    return std::nullopt;
  }
  if (wanted.is_array() && found.is_array()) {
    if (wanted.size() != found.size()) {
      return differs(fmt::format("found {} elements, expected {}", found.size(), wanted.size()));
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (auto difference = FirstDifference(wanted[i], found[i], fmt::format("{}/{}", pointer, i))) return difference;
    }
    return std::nullopt;
  }
  if (wanted == found) return std::nullopt;
  return differs(fmt::format("found {}, expected {}", found.dump(), wanted.dump()));
}

}  // namespace crrsim
