// What lint says about one thing that cannot work as it is meant.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/place.h"

namespace crrsim {

struct LintFinding {
  std::string_view code;  // `filter-wildcard`; one of LintCodes()
  Place place;
  std::string pointer;  // JSON pointer in the file; behind a `#`, one into the JSON inside that text
  std::string message;  // what is wrong and what it does, one sentence
  std::string fix;
  std::string assumption;  // on whose value it rests; empty: it rests on what is documented
  friend bool operator==(const LintFinding&, const LintFinding&) = default;
};

struct LintCode {
  std::string_view code;
  std::string_view meaning;
};
/// All there are, by name.
const std::vector<LintCode>& LintCodes();

/// For people; ends with a newline unless there is nothing.
std::string ToText(const std::vector<LintFinding>& findings);
nlohmann::ordered_json ToJson(const std::vector<LintFinding>& findings);

}  // namespace crrsim
