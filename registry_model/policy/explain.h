// Why a policy decided as it did: for each statement, which of its elements matched the request and which did not.
//
// Computed apart from the decision, since it looks at every element of every statement; the decision in it is
// Evaluate's own.
//
//   for (const auto& statement : Explain(document, request).statements) std::cout << ToText(statement) << '\n';
//     // statement 0 (Repl) would Allow, but does not apply: StringEquals aws:SourceAccount: the key is absent
//
// Order: statements and conditions stand as in the document.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry_model/policy/evaluate.h"

namespace crrsim::policy {

enum class Match : std::uint8_t { kNo, kYes };

struct ConditionExplanation {
  Match holds = Match::kNo;
  std::string operator_name;
  std::string key;                                // as the policy spells it
  std::vector<std::string> wanted;                // the policy's values
  Match present = Match::kNo;                     // whether the request has the key
  std::vector<std::string> found;                 // the request's values
  std::vector<std::string> unresolved_variables;  // of the policy's values, for want of a key in the request
};

struct StatementExplanation {
  std::size_t place = 0;
  std::string sid;  // empty if there is none
  Effect effect = Effect::kDeny;
  Match principal = Match::kNo;
  Match action = Match::kNo;
  Match resource = Match::kNo;
  std::vector<ConditionExplanation> conditions;
  Match applies = Match::kNo;
};

struct Explanation {
  Decision decision;
  std::vector<StatementExplanation> statements;
};

Explanation Explain(const Document& document, const Request& request);

/// One line each, without a full stop.
std::string ToText(const StatementExplanation& statement);
std::string ToText(const ConditionExplanation& condition);

}  // namespace crrsim::policy
