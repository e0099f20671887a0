#include "harness/scenario/place.h"

#include <fmt/format.h>

namespace crrsim {

std::string ToText(const Place& place) { return fmt::format("{}:{}:{}", place.file, place.line, place.column); }

std::string ToText(const Diagnostic& diagnostic) {
  return fmt::format("{}: {}", ToText(diagnostic.place), diagnostic.message);
}

}  // namespace crrsim
