#include "registry_model/policy/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

Match ToMatch(bool matches) { return matches ? Match::kYes : Match::kNo; }

std::string QuoteAll(const std::vector<std::string>& values) {
  std::vector<std::string> quoted;
  for (const std::string& value : values) quoted.push_back(Quote(value));
  return fmt::format("{}", fmt::join(quoted, ", "));
}

ConditionExplanation ExplainCondition(const Condition& condition, const Context& context) {
  ConditionExplanation explanation;
  explanation.holds = ToMatch(condition.Holds(context));
  explanation.operator_name = condition.operator_name();
  explanation.key = condition.key();
  explanation.wanted = condition.values();
  if (const auto* values = context.Find(condition.lookup_key())) {
    explanation.present = Match::kYes;
    explanation.found = *values;
  }
  explanation.unresolved_variables = condition.UnresolvedVariables(context);
  return explanation;
}

}  // namespace

Explanation Explain(const Document& document, const Request& request) {
  Explanation explanation;
  explanation.decision = Evaluate(document, request);
  for (std::size_t place = 0; place < document.statements().size(); ++place) {
    const Statement& statement = document.statements()[place];
    StatementExplanation part;
    part.place = place;
    part.sid = statement.sid;
    part.effect = statement.effect;
    part.principal = ToMatch(PrincipalMatches(statement, request));
    part.action = ToMatch(ActionMatches(statement, request));
    part.resource = ToMatch(ResourceMatches(statement, request));
    for (const Condition& condition : statement.conditions) {
      part.conditions.push_back(ExplainCondition(condition, request.context));
    }
    part.applies = ToMatch(Applies(statement, request));
    explanation.statements.push_back(std::move(part));
  }
  return explanation;
}

std::string ToText(const ConditionExplanation& condition) {
  std::string text = fmt::format("{} {}: ", condition.operator_name, condition.key);
  if (condition.present == Match::kNo) {
    text += "the key is absent";
  } else {
    text += fmt::format("found {}, the policy says {}", QuoteAll(condition.found), QuoteAll(condition.wanted));
  }
  if (!condition.unresolved_variables.empty()) {
    text += fmt::format(" (no value for ${{{}}})", fmt::join(condition.unresolved_variables, "}, ${"));
  }
  return text;
}

std::string ToText(const StatementExplanation& statement) {
  const std::string name = statement.sid.empty() ? fmt::format("statement {}", statement.place)
                                                 : fmt::format("statement {} ({})", statement.place, statement.sid);
  const std::string_view effect = ToText(statement.effect);
  if (statement.applies == Match::kYes) return fmt::format("{} applies: {}", name, effect);
  std::vector<std::string> reasons;
  if (statement.principal == Match::kNo) reasons.emplace_back("the principal is not covered");
  if (statement.action == Match::kNo) reasons.emplace_back("the action is not covered");
  if (statement.resource == Match::kNo) reasons.emplace_back("the resource is not covered");
  for (const ConditionExplanation& condition : statement.conditions) {
    if (condition.holds == Match::kNo) reasons.push_back(ToText(condition));
  }
  return fmt::format("{} would {}, but does not apply: {}", name, effect, fmt::join(reasons, "; "));
}

}  // namespace crrsim::policy
