// Asks a registry policy, statement by statement, about the replications that could come. Internal to harness/lint/.
//
// The requests are those of the rules in the set-up that lead here. Where there is none, they are those of a rule in
// each account that the policy names, for repositories that its resources take; so a policy can be judged by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/lint/linter.h"
#include "registry_model/policy/explain.h"

namespace crrsim {

struct StatementProblem {
  std::string_view code;
  std::string pointer;  // from the statement
  std::string message;
  std::string fix;
  std::string assumption;
};

class PolicyProbe {
 public:
  PolicyProbe(LintContext& context, const SetUpDocument& document, const std::vector<Incoming>& all);

  /// Requires the statement at that place of the document's policy.
  [[nodiscard]] std::vector<StatementProblem> Judge(const policy::Statement& statement, std::size_t place) const;

 private:
  enum class From : std::uint8_t { kRules, kPolicy };
  struct Question {
    policy::Request request;
    policy::Explanation answer;
  };

  void Ask(const RegistryKey& source, const RepositoryName& repository);
  void AskWithoutRules();
  [[nodiscard]] std::vector<StatementProblem> JudgeConditions(const policy::Statement& statement,
                                                              std::size_t place) const;
  [[nodiscard]] std::vector<StatementProblem> JudgePrincipals(const policy::Statement& statement,
                                                              std::size_t place) const;
  [[nodiscard]] std::vector<StatementProblem> JudgeResources(const policy::Statement& statement,
                                                             std::size_t place) const;

  LintContext& context_;
  const SetUpDocument& document_;
  From from_ = From::kRules;
  std::vector<Question> questions_;
};

}  // namespace crrsim
