#include "registry_model/policy/policy_error.h"

#include <fmt/format.h>

namespace crrsim::policy {

std::string ToText(const PolicyError& error) {
  std::string text;
  if (error.line > 0) text += fmt::format("{}:{}: ", error.line, error.column);
  text += fmt::format("{}: found {}, expected {}", error.pointer.empty() ? "the document" : error.pointer, error.found,
                      error.expected);
  if (!error.nearest.empty()) text += fmt::format("; did you mean \"{}\"?", error.nearest);
  return text;
}

}  // namespace crrsim::policy
