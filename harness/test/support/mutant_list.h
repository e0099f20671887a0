// The list of mutants by rule, scenarios/semantics/mutants.txt: one line a rule,
//
//   14 (8) | filter-needs-a-segment, filter-matches-anywhere
//   14 (18) | template_without_role=defaults
//   2.2 (9) | none: WHY
//
// namely the mistakes that the rule's scenarios have to notice, each by at least one of them: names of
// registry_model/mutants.h, or an assumption's other value. `none` says why there is no mistake to make yet. Lines that
// are empty or begin with `#` are for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/place.h"
#include "registry_model/mutants.h"
#include "sim/result.h"

namespace crrsim::mutants {

/// One mistake: a mutant of the code, or an assumption set to another value.
struct Mistake {
  std::string text;  // as the list has it
  Mutant mutant = Mutant::kNone;
  std::string assumption;  // empty for a mutant
  std::string value;
};

struct RuleMistakes {
  std::string rule;
  std::vector<Mistake> mistakes;  // empty where `none` says why
  std::string none;
  Place place;
};

/// Order  that of the file. On error  every line that cannot be read, or repeats a rule.
Result<std::vector<RuleMistakes>, Diagnostics> ParseMistakes(std::string_view text, const std::string& path);

}  // namespace crrsim::mutants
