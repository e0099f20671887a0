#include "registry_model/policy/policy_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "registry_model/policy/text.h"

namespace crrsim::policy {

std::string ToText(const PolicyError& error) {
  std::string text;
  if (error.line > 0) text += fmt::format("{}:{}: ", error.line, error.column);
  text += fmt::format("{}: found {}, expected {}", error.pointer.empty() ? "the document" : error.pointer, error.found,
                      error.expected);
  if (!error.nearest.empty()) text += fmt::format("; did you mean \"{}\"?", error.nearest);
  return text;
}

PolicyError ErrorAtOffset(std::string_view text, std::size_t offset, std::string found, std::string expected) {
  PolicyError error;
  error.line = 1;
  error.column = 1;
  for (std::size_t i = 0; i < std::min(offset, text.size()); i += CharacterLength(text, i)) {
    if (text[i] == '\n') {
      ++error.line;
      error.column = 1;
    } else {
      ++error.column;
    }
  }
  error.found = std::move(found);
  error.expected = std::move(expected);
  return error;
}

}  // namespace crrsim::policy
