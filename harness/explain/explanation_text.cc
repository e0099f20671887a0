#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/explain/explanation.h"
#include "harness/json.h"

namespace crrsim {

namespace {

std::string RuleText(const MatchedRule& rule) {
  if (!rule.filter) return fmt::format("rule {}, which has no filters and takes every repository", rule.rule);
  return fmt::format("rule {}, filter {} \"{}\"", rule.rule, *rule.filter, rule.prefix);
}

std::string OutcomeText(const DestinationExplanation& destination) {
  switch (destination.ending) {
    case Ending::kReplicated:
      return "would be replicated (COMPLETE)";
    case Ending::kReplicatedWithoutTag:
      return "would be replicated without its tag (COMPLETE)";
    case Ending::kRefused:
      return fmt::format("would fail (FAILED, {})", NameOf(destination.failure));
    case Ending::kUnknown:
      return "cannot be said";
  }
  return {};
}

std::string CreationText(const CreationDecision& creation) {
  switch (creation.outcome) {
    case CreationOutcome::kDefaults:
      return "with the defaults, as no template is for it";
    case CreationOutcome::kTemplate:
      return fmt::format("by the template \"{}\"", creation.template_prefix);
    case CreationOutcome::kTemplateWithoutRole:
      return fmt::format("by the template \"{}\", which cannot be applied without a custom role",
                         creation.template_prefix);
  }
  return {};
}

std::string RepositoryText(const DestinationExplanation& destination) {
  switch (destination.repository) {
    case RepositoryThere::kPresent:
      return "is there; no template touches it";
    case RepositoryThere::kCreated:
      return fmt::format("would be created {}", CreationText(destination.creation));
    case RepositoryThere::kNotCreated:
      return "is not there and would not be created";
    case RepositoryThere::kUnknown:
      return "not known";
  }
  return {};
}

std::string StatusText(const DestinationStatus& status) {
  const auto failure = status.failure == FailureCode::kNone ? "" : fmt::format(", {}", NameOf(status.failure));
  return fmt::format("{}{}", NameOf(status.status), failure);
}

std::string DestinationText(const DestinationExplanation& destination) {
  auto text = fmt::format("\n{}: {}\n", ToText(destination.destination), OutcomeText(destination));
  const auto line = [&text](std::string_view what, std::string_view says) {
    text += fmt::format("  {:<12}{}\n", what, says);
  };
  line("because", destination.reason);
  for (const auto& rule : destination.rules) line("matched by", RuleText(rule));
  for (const auto& permission : destination.permissions) {
    const auto grant = permission.no_policy && permission.own_account ? "needs no grant within an account"
                       : permission.allowed                           ? "allowed"
                                                                      : "not allowed";
    line("permission", fmt::format("{} {}", permission.action, grant));
    for (const auto& statement : permission.policy.statements) {
      if (statement.action == policy::Match::kYes) text += fmt::format("  {:<14}{}\n", "", ToText(statement));
    }
  }
  if (destination.repository != RepositoryThere::kUnknown) line("repository", RepositoryText(destination));
  for (const auto& note : destination.notes) line("note", note);
  if (destination.status) line("status", fmt::format("{} (of the image's last push)", StatusText(*destination.status)));
  return text;
}

Json StatementJson(const policy::StatementExplanation& statement) {
  using policy::Match;
  Json json;
  json["statement"] = statement.place;
  json["sid"] = statement.sid.empty() ? Json(nullptr) : Json(statement.sid);
  json["effect"] = ToText(statement.effect);
  json["applies"] = statement.applies == Match::kYes;
  json["principal"] = statement.principal == Match::kYes;
  json["action"] = statement.action == Match::kYes;
  json["resource"] = statement.resource == Match::kYes;
  json["conditions"] = Json::array();
  for (const auto& condition : statement.conditions) {
    json["conditions"].push_back({{"operator", condition.operator_name},
                                  {"key", condition.key},
                                  {"holds", condition.holds == Match::kYes},
                                  {"key_present", condition.present == Match::kYes},
                                  {"wanted", condition.wanted},
                                  {"found", condition.found}});
  }
  return json;
}

Json PermissionJson(const PermissionExplanation& permission) {
  Json json;
  json["action"] = permission.action;
  json["allowed"] = permission.allowed;
  json["same_account"] = permission.own_account;
  json["policy"] = permission.no_policy ? "none" : "present";
  const auto& decision = permission.policy.decision;
  json["decision"] = permission.no_policy ? Json(nullptr) : Json(ToText(decision.outcome));
  json["statement"] = decision.statement ? Json(*decision.statement) : Json(nullptr);
  json["statements"] = Json::array();
  for (const auto& statement : permission.policy.statements) json["statements"].push_back(StatementJson(statement));
  return json;
}

Json RepositoryJson(const DestinationExplanation& destination) {
  constexpr std::array<std::string_view, 4> kNames = {"present", "created", "not-created", "unknown"};
  Json json;
  json["there"] = kNames.at(static_cast<std::size_t>(destination.repository));
  const bool created = destination.repository == RepositoryThere::kCreated;
  const auto& prefix = destination.creation.template_prefix;
  json["template"] = prefix.empty() ? Json(nullptr) : Json(prefix);
  if (created) json["imageTagMutability"] = NameOf(destination.creation.settings.mutability);
  if (created) json["encryptionType"] = destination.creation.settings.encryption_type;
  return json;
}

Json DestinationJson(const DestinationExplanation& destination) {
  Json json;
  json["region"] = destination.destination.region.text();
  json["registryId"] = destination.destination.account.text();
  json["outcome"] = NameOf(destination.ending);
  const bool fails = destination.ending == Ending::kRefused;
  json["expected_status"] =
      destination.ending == Ending::kUnknown ? Json(nullptr) : Json(fails ? "FAILED" : "COMPLETE");
  json["failure_code"] = destination.failure == FailureCode::kNone ? Json(nullptr) : Json(NameOf(destination.failure));
  json["reason"] = destination.reason;
  json["rules"] = Json::array();
  for (const auto& rule : destination.rules) {
    json["rules"].push_back({{"rule", rule.rule},
                             {"filter", rule.filter ? Json(*rule.filter) : Json(nullptr)},
                             {"prefix", rule.filter ? Json(rule.prefix) : Json(nullptr)}});
  }
  json["principal"] =
      destination.request.principal.text.empty() ? Json(nullptr) : Json(destination.request.principal.text);
  json["context"] = Json::object();
  for (const auto& entry : destination.request.context.entries()) json["context"][entry.name] = entry.values;
  json["permissions"] = Json::array();
  for (const auto& permission : destination.permissions) json["permissions"].push_back(PermissionJson(permission));
  json["repository"] = RepositoryJson(destination);
  json["notes"] = destination.notes;
  json["status"] = nullptr;
  if (destination.status) {
    const auto& status = *destination.status;
    json["status"] = {
        {"status", NameOf(status.status)},
        {"failure_code", status.failure == FailureCode::kNone ? Json(nullptr) : Json(NameOf(status.failure))}};
  }
  return json;
}

}  // namespace

std::string ToText(const PushExplanation& explanation) {
  auto text = fmt::format("{} pushed to {}\n", ToText(explanation.image), ToText(explanation.image.source));
  for (const auto& note : explanation.notes) text += fmt::format("  {:<12}{}\n", "note", note);
  if (!explanation.reason.empty()) text += fmt::format("\nIt would not be replicated: {}\n", explanation.reason);
  for (const auto& destination : explanation.destinations) text += DestinationText(destination);
  if (!explanation.unmatched.empty()) text += "\n";
  for (const auto& rule : explanation.unmatched) {
    text += fmt::format("Rule {} does not take the repository: its name begins with none of \"{}\"\n", rule.rule,
                        fmt::join(rule.prefixes, "\", \""));
  }
  if (explanation.assumptions.empty()) return text;
  text += "\nThis rests on what ECR does not document (crrsim assumptions):\n";
  for (const auto& [name, value] : explanation.assumptions) text += fmt::format("  {} = {}\n", name, value);
  return text;
}

Json ToJson(const PushExplanation& explanation) {
  const auto& image = explanation.image;
  Json json;
  json["image"] = ToText(image);
  json["source"] = ToText(image.source);
  json["repository"] = image.repository.text();
  json["tag"] = image.tag ? Json(image.tag->text()) : Json(nullptr);
  json["digest"] = image.digest ? Json(image.digest->text()) : Json(nullptr);
  json["reason"] = explanation.reason.empty() ? Json(nullptr) : Json(explanation.reason);
  json["notes"] = explanation.notes;
  json["destinations"] = Json::array();
  for (const auto& destination : explanation.destinations) json["destinations"].push_back(DestinationJson(destination));
  json["rules_not_matched"] = Json::array();
  for (const auto& rule : explanation.unmatched) {
    json["rules_not_matched"].push_back({{"rule", rule.rule}, {"prefixes", rule.prefixes}});
  }
  json["assumptions"] = Json::object();
  for (const auto& [name, value] : explanation.assumptions) json["assumptions"][name] = value;
  return json;
}

}  // namespace crrsim
