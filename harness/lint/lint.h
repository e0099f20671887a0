// Finds what can never work, or works otherwise than it looks, in replication configurations, registry policies and
// creation templates.
//
//   for (const auto& finding : LintSetUp(*ReadSetUp("setup"), Assumptions())) std::cout << ToText({finding});
//
// Decisions are the model's own (replication/match.h, replication/admission.h, registry/creation.h, policy/explain.h),
// asked about sample repositories: those that describe-repositories printed for the source or, where it was not given,
// names made up so that they fit a rule's filters, and of these such as fit the policy's resources and the templates'
// prefixes. Whether a rule can work is judged where both its registries are in the set-up. What rests on an assumption
// says so.
//
// Order: by file, place, code. Determinism: a pure function of its input.
#pragma once

#include <vector>

#include "harness/explain/set_up.h"
#include "harness/lint/finding.h"
#include "registry_model/assumptions.h"

namespace crrsim {

std::vector<LintFinding> LintSetUp(const SetUp& set_up, const Assumptions& assumptions);

}  // namespace crrsim
