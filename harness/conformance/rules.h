// The list of sourced rules of ECR replication, and how scenarios name them.
//
// The list is a text file, scenarios/semantics/rules.txt: one line a rule, fields parted by ` | `,
//
//   14 (1) | An image that arrived by replication is not replicated on. | UG26 replication
//
// namely its number in ecr-replication.md (a section, and a number within it where it has several), what it says, and
// where that is sourced. A fourth field marks a rule that no scenario shows:
//
//   not modelled: WHY         the model does not obey it yet
//   out of scope: PART: WHY   it belongs to a part that this model is not about, such as the server
//   tested: SUITE.NAME        a unit test shows it, because a scenario would have to be very large
//
// Lines that are empty or begin with `#` are for people.
//
// A scenario shows the rules that it names under `cites:`; `ecr-replication.md 14 (3, 4)` names two.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/place.h"
#include "sim/result.h"

namespace crrsim {

struct Rule {
  std::string number;  // `14 (1)`, `2.5`
  std::string text;
  std::string source;
  std::string not_modelled;  // why; empty for a rule that the model obeys
  std::string out_of_scope;  // the part that it belongs to; `not_modelled` says why. Empty for a rule in scope
  std::string tested;        // the unit test that shows it; empty for a rule that scenarios show
  Place place;
};

/// Order  that of the file. On error  every line that is no rule, or repeats one.
Result<std::vector<Rule>, Diagnostics> ParseRules(std::string_view text, const std::string& path);

/// The rule numbers that an entry of `cites:` names; none for a text that names no section of the specification.
std::vector<std::string> RuleNumbersOf(std::string_view cite);

}  // namespace crrsim
