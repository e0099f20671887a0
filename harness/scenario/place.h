// Where in a file something stands, and what is wrong there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace crrsim {

/// A position in a file that a person wrote; line and column count from 1, columns in characters.
struct Place {
  std::string file;
  std::int64_t line = 0;
  std::int64_t column = 0;
  friend bool operator==(const Place&, const Place&) = default;
};
/// `file:line:column`.
std::string ToText(const Place& place);

/// One thing wrong in a scenario or document: what was found, what is expected, the nearest valid name.
struct Diagnostic {
  Place place;
  std::string message;
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};
/// `file:line:column: message`.
std::string ToText(const Diagnostic& diagnostic);

/// Everything wrong that was found in one go, in the order of the file. Never empty.
struct Diagnostics {
  std::vector<Diagnostic> all;
};

}  // namespace crrsim
