#include "registry_model/policy/evaluate.h"

#include "registry_model/mutants.h"

#include <algorithm>

namespace crrsim::policy {

namespace {

/// Whether the selection takes in what `matches` says of its entries.
template <class Entry, class Matches>
bool Selects(const Selection<Entry>& selection, const Matches& matches) {
  const bool listed = std::any_of(selection.entries.begin(), selection.entries.end(), matches);
  return listed == (selection.polarity == Polarity::kListed);
}

}  // namespace

std::string_view ToText(Outcome outcome) {
  switch (outcome) {
    case Outcome::kImplicitlyDenied:
      return "ImplicitlyDenied";
    case Outcome::kAllowed:
      return "Allowed";
    case Outcome::kExplicitlyDenied:
      return "ExplicitlyDenied";
  }
  return {};
}

bool PrincipalMatches(const Statement& statement, const Request& request) {
  if (Mutated(Mutant::kAnyPrincipal)) return true;
  return Selects(statement.principals, [&](const PrincipalEntry& entry) { return entry.Matches(request.principal); });
}

bool ActionMatches(const Statement& statement, const Request& request) {
  if (Mutated(Mutant::kAnyAction)) return true;
  return Selects(statement.actions,
                 [&](const Pattern& pattern) { return pattern.Matches(request.action, request.context); });
}

bool ResourceMatches(const Statement& statement, const Request& request) {
  if (Mutated(Mutant::kAnyResource)) return true;
  return Selects(statement.resources,
                 [&](const Pattern& pattern) { return pattern.Matches(request.resource, request.context); });
}

bool Applies(const Statement& statement, const Request& request) {
  return PrincipalMatches(statement, request) && ActionMatches(statement, request) &&
         ResourceMatches(statement, request) &&
         std::all_of(statement.conditions.begin(), statement.conditions.end(),
                     [&](const Condition& condition) { return condition.Holds(request.context); });
}

Decision Evaluate(const Document& document, const Request& request) {
  Decision decision;
  const auto& statements = document.statements();
  for (std::size_t place = 0; place < statements.size(); ++place) {
    const Statement& statement = statements[place];
    const bool deny = statement.effect == Effect::kDeny;
    if (!deny && decision.outcome == Outcome::kAllowed) continue;
    if (!Applies(statement, request)) continue;
    if (deny) return {Outcome::kExplicitlyDenied, place};
    decision = {Outcome::kAllowed, place};
  }
  return decision;
}

}  // namespace crrsim::policy
