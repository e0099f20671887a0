#include "harness/run/claim_text.h"

#include <fmt/format.h>

namespace crrsim {

std::string Counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string TextOf(const FindingCounts& findings) {
  std::string text;
  for (const auto& [severity, count] : findings)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, severity);
  return text.empty() ? "none" : text;
}

std::string TextOf(const TagSet& tags) {
  if (tags.empty()) return "no tag";
  std::string text;
  for (const auto& tag : tags) text += (text.empty() ? "" : ", ") + tag.text();
  return (tags.size() == 1 ? "tag " : "tags ") + text;
}

std::string TextOf(const EventPattern& pattern, const Scenario& scenario) {
  auto text = pattern.name;
  if (pattern.in) text += " in " + scenario.NameOf(*pattern.in);
  std::string fields;
  for (const auto& [name, value] : pattern.where)
    fields += fmt::format("{}{} {}", fields.empty() ? "" : ", ", name, value);
  return fields.empty() ? text : fmt::format("{} ({})", text, fields);
}

}  // namespace crrsim
