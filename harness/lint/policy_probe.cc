#include "harness/lint/policy_probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry_model/oci/strict_json.h"
#include "registry_model/policy/text.h"
#include "registry_model/replication/admission.h"

namespace crrsim {

namespace {

using policy::Effect;
using policy::Match;
using policy::Polarity;
using policy::StatementExplanation;

constexpr std::string_view kPrincipalAssumption = "replication_principal";

bool Meant(const StatementExplanation& statement) {
  return statement.principal == Match::kYes && statement.action == Match::kYes && statement.resource == Match::kYes;
}

std::string PointerOf(const policy::ConditionExplanation& condition) {
  return "/Condition" + PointerStep(condition.operator_name) + PointerStep(condition.key);
}

std::string KeysOf(const policy::Request& request) {
  std::vector<std::string> names;
  for (const auto& entry : request.context.entries()) names.push_back(entry.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Whether a statement says by name that it is about replication.
bool NamesReplication(const policy::Statement& statement) {
  const auto& actions = statement.actions.entries;
  return statement.actions.polarity == Polarity::kListed &&
         std::any_of(actions.begin(), actions.end(), [](const policy::Pattern& action) {
           return policy::EqualIgnoringAsciiCase(action.text(), "ecr:ReplicateImage");
         });
}

}  // namespace

PolicyProbe::PolicyProbe(LintContext& context, const SetUpDocument& document, const std::vector<Incoming>& all)
    : context_(context), document_(document) {
  for (const auto& incoming : all) {
    if (incoming.destination != document.registry) continue;
    for (const auto& name : incoming.samples) Ask(incoming.source, name);
  }
  if (!questions_.empty()) return;
  from_ = From::kPolicy;
  AskWithoutRules();
}

void PolicyProbe::Ask(const RegistryKey& source, const RepositoryName& repository) {
  for (const auto* action : {"ecr:ReplicateImage", "ecr:CreateRepository"}) {
    auto request = ReplicationRequest(source, document_.registry, repository, context_.assumptions);
    request.action = action;
    auto answer = Explain(*document_.policy, request);
    questions_.push_back({std::move(request), std::move(answer)});
  }
}

void PolicyProbe::AskWithoutRules() {
  std::vector<AccountId> accounts;
  for (const auto& statement : document_.policy->statements()) {
    for (const auto& entry : statement.principals.entries) {
      if (entry.account()) accounts.push_back(*entry.account());
      if (entry.match() == policy::PrincipalEntry::Match::kEveryone) accounts.push_back(document_.registry.account);
    }
  }
  const auto names = NamesThatFit(context_.set_up, document_.registry, "");
  for (const auto& account : accounts) {
    for (const auto& name : names) Ask({account, document_.registry.region}, name);
  }
}

std::vector<StatementProblem> PolicyProbe::Judge(const policy::Statement& statement, std::size_t place) const {
  if (questions_.empty()) return {};
  auto problems = JudgeConditions(statement, place);
  if (!problems.empty() || statement.effect == Effect::kDeny || !NamesReplication(statement)) return problems;
  problems = JudgePrincipals(statement, place);
  return problems.empty() && from_ == From::kRules ? JudgeResources(statement, place) : problems;
}

std::vector<StatementProblem> PolicyProbe::JudgeConditions(const policy::Statement& statement,
                                                           std::size_t place) const {
  std::vector<StatementProblem> problems;
  for (std::size_t i = 0; i < statement.conditions.size(); ++i) {
    bool asked = false;
    bool held = false;
    bool present = false;
    const Question* last = nullptr;
    for (const auto& question : questions_) {
      const auto& answer = question.answer.statements.at(place);
      if (!Meant(answer)) continue;
      asked = true;
      held = held || answer.conditions.at(i).holds == Match::kYes;
      present = present || answer.conditions.at(i).present == Match::kYes;
      last = &question;
    }
    if (!asked) continue;
    const auto& condition = last->answer.statements.at(place).conditions.at(i);
    const bool null = statement.conditions[i].operation().comparison == policy::Comparison::kNull;
    const bool if_exists = statement.conditions[i].operation().absent_key == policy::AbsentKey::kHolds;
    const auto there = fmt::format("a replication has the keys {}", KeysOf(last->request));
    if (statement.effect == Effect::kAllow && !held && !present) {
      problems.push_back({"condition-key-absent", PointerOf(condition),
                          fmt::format("{} never holds: a replication has no {}, so the statement allows none",
                                      condition.operator_name, condition.key),
                          fmt::format("name the source account as Principal and drop the condition; {}", there),
                          std::string(kPrincipalAssumption)});
    } else if (statement.effect == Effect::kAllow && !held) {
      problems.push_back({"condition-never-holds", PointerOf(condition),
                          fmt::format("never holds for a replication that comes here: {}", ToText(condition)),
                          "correct the value", std::string(kPrincipalAssumption)});
    } else if (statement.effect == Effect::kDeny && held && !present && !null && !if_exists) {
      problems.push_back(
          {"deny-without-key", PointerOf(condition),
           fmt::format("{} holds whenever the key is absent, and a replication has no {}: the Deny hits "
                       "every replication",
                       condition.operator_name, condition.key),
           fmt::format("add Null {{\"{}\": \"false\"}} beside it, or leave replication out by NotAction; "
                       "{}",
                       condition.key, there),
           std::string(kPrincipalAssumption)});
    }
  }
  return problems;
}

std::vector<StatementProblem> PolicyProbe::JudgePrincipals(const policy::Statement& statement,
                                                           std::size_t place) const {
  if (statement.principals.polarity != Polarity::kListed) return {};
  const auto matched = [&](const Question& question) {
    return question.answer.statements.at(place).principal == Match::kYes;
  };
  if (std::any_of(questions_.begin(), questions_.end(), matched)) return {};
  for (const auto& entry : statement.principals.entries) {
    for (const auto& question : questions_) {
      const bool of_source = entry.account() == question.request.principal.account && entry.account();
      const bool service = entry.type() == policy::PrincipalType::kService;
      if (!of_source && !service) continue;
      const auto account = question.request.principal.account;
      return {{"principal-not-the-replicator", "/Principal",
               fmt::format("{} is not who replicates: that is {}", policy::Quote(entry.text()),
                           question.request.principal.text),
               account ? fmt::format("name the source account, arn:{}:iam::{}:root",
                                     PartitionOf(document_.registry.region), account->text())
                       : "name the source account",
               std::string(kPrincipalAssumption)}};
    }
  }
  return {};
}

std::vector<StatementProblem> PolicyProbe::JudgeResources(const policy::Statement& statement, std::size_t place) const {
  bool principal = false;
  bool resource = false;
  std::string name;
  for (const auto& question : questions_) {
    const auto& answer = question.answer.statements.at(place);
    if (answer.principal != Match::kYes || answer.action != Match::kYes) continue;
    principal = true;
    resource = resource || answer.resource == Match::kYes;
    name = question.request.resource;
  }
  if (!principal || resource) return {};
  std::vector<std::string> patterns;
  for (const auto& pattern : statement.resources.entries) patterns.push_back(pattern.text());
  const auto* element = statement.resources.polarity == Polarity::kListed ? "/Resource" : "/NotResource";
  return {{"statement-never-matches",
           element,
           fmt::format("no repository that a rule sends here fits {}; what comes is such as {}",
                       fmt::join(patterns, ", "), name),
           "correct the resource, or the filters at the source",
           {}}};
}

}  // namespace crrsim
