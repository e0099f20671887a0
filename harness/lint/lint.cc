#include "harness/lint/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "harness/json.h"
#include "harness/lint/linter.h"

namespace crrsim {

namespace {

/// What ECR would refuse and nothing else has said already.
void LintRefusals(LintContext& context) {
  for (const auto& refusal : context.set_up.refusals) {
    const auto& document = context.set_up.documents[refusal.document];
    const auto said = std::any_of(context.findings.begin(), context.findings.end(), [&](const LintFinding& finding) {
      return finding.place.file == document.file && finding.pointer.starts_with(refusal.pointer);
    });
    if (said) continue;
    const bool folder = refusal.pointer == "/registryId";
    context.Add(
        document, folder ? "wrong-folder" : "refused-by-ecr", refusal.pointer, refusal.message,
        folder ? "move the document to the folder of its account" : "correct it; lint reads it as far as it can");
  }
}

}  // namespace

void LintContext::Add(const SetUpDocument& document, std::string_view code, std::string pointer, std::string message,
                      std::string fix, std::string assumption) {
  auto place = document.PlaceOf(pointer);
  if (!assumption.empty()) assumption += fmt::format(" = {}", ValueOf(assumption));
  findings.push_back(
      {code, std::move(place), std::move(pointer), std::move(message), std::move(fix), std::move(assumption)});
}

std::string_view LintContext::ValueOf(std::string_view name) const {
  const auto info = FindAssumption(name);
  CRRSIM_CHECK(info.ok(), "{} is no assumption", name);
  return assumptions.value((*info)->id);
}

bool LintContext::FoundIn(const SetUpDocument& document) const {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const LintFinding& finding) { return finding.place.file == document.file; });
}

std::vector<LintFinding> LintSetUp(const SetUp& set_up, const Assumptions& assumptions) {
  LintContext context{set_up, assumptions, {}};
  const auto incoming = IncomingOf(set_up);
  LintConfigurations(context);
  LintTemplates(context, incoming);
  LintPolicies(context, incoming);
  LintRefusals(context);
  LintPermissions(context, incoming);
  auto& findings = context.findings;
  const auto order = [](const LintFinding& finding) {
    return std::tie(finding.place.file, finding.place.line, finding.place.column, finding.pointer, finding.code,
                    finding.message);
  };
  // All that is shown but the fix, which follows from it: a total order.
  std::sort(findings.begin(), findings.end(),
            [&](const LintFinding& a, const LintFinding& b) { return order(a) < order(b); });
  findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
  return std::move(findings);
}

const std::vector<LintCode>& LintCodes() {
  static const std::vector<LintCode> kCodes = {
      {"account-typo", "a destination's account has not 12 digits"},
      {"condition-key-absent", "a condition on a key that a replication does not have: the statement allows none"},
      {"condition-never-holds", "a condition whose values no replication that comes here has"},
      {"creation-denied", "ecr:ReplicateImage is allowed, ecr:CreateRepository is not, and repositories are missing"},
      {"delete-flags-differ", "two rules for the same repositories and place, with and without deleteReplication"},
      {"deny-without-key", "a Deny whose negated condition holds for every replication, for want of its key"},
      {"duplicate-filter", "a filter that a shorter one in the same rule includes"},
      {"duplicate-rule", "a rule that adds nothing to another"},
      {"filter-wildcard", "a wildcard in a prefix filter"},
      {"no-chain", "a registry that is expected to pass on what arrives by replication"},
      {"no-destination", "a rule without destinations"},
      {"no-registry-policy", "another account's registry as destination, without a registry policy"},
      {"other-partition", "a destination in another partition"},
      {"over-limit", "more rules, destinations or filters than ECR takes"},
      {"own-registry", "the registry itself as destination"},
      {"policy-never-matches", "a part of a policy that can match nothing"},
      {"policy-surprising", "a part of a policy that means something else than it seems to"},
      {"principal-invalid", "a principal that names nobody"},
      {"principal-not-the-replicator", "a principal of the source account, but not the one that replicates"},
      {"principal-typo", "a principal whose account is nearly one that replicates here"},
      {"principal-wrong-partition", "a principal of another partition"},
      {"refused-by-ecr", "a document that ECR would not store"},
      {"region-typo", "a destination region that is not known"},
      {"replication-denied", "a rule whose destination's policy lets nothing of it in"},
      {"replication-partly-denied", "repositories that a rule takes and its destination's policy does not let in"},
      {"resource-not-a-repository", "a resource that names no repositories"},
      {"resource-wrong-account", "a resource of another account than the policy's registry"},
      {"resource-wrong-partition", "a resource of another partition"},
      {"resource-wrong-region", "a resource of another region than the policy's registry"},
      {"resource-wrong-service", "a resource of another service"},
      {"statement-never-matches", "a statement whose resources no rule sends here"},
      {"template-key-elsewhere", "a template with a KMS key of another region"},
      {"template-never-applied", "a template that is applied for nothing"},
      {"template-not-for-replication", "a template for repositories that are replicated, not applied for replication"},
      {"template-role-elsewhere", "a template with a role of another account"},
      {"template-root-spelling", "a template whose prefix is ROOT in small letters"},
      {"template-shadowed", "a template that a longer one always wins over"},
      {"template-tags-denied", "a template with resource tags that the policy does not allow"},
      {"template-unreachable", "a template for replication whose prefix no rule sends here"},
      {"template-without-role", "a template with resource tags or a KMS key and no custom role"},
      {"unknown-action", "an action that ECR does not have"},
      {"wrong-folder", "a document in the folder of another account"},
  };
  return kCodes;
}

std::string ToText(const std::vector<LintFinding>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    text += fmt::format("{}: {}: {}\n  at {}\n  fix: {}\n", ToText(finding.place), finding.code, finding.message,
                        finding.pointer.empty() ? "the document" : finding.pointer, finding.fix);
    if (!finding.assumption.empty()) {
      text += fmt::format("  rests on the assumption {}, as ECR does not document it\n", finding.assumption);
    }
  }
  return text;
}

nlohmann::ordered_json ToJson(const std::vector<LintFinding>& findings) {
  auto all = Json::array();
  for (const auto& finding : findings) {
    all.push_back({{"code", finding.code},
                   {"file", finding.place.file},
                   {"line", finding.place.line},
                   {"column", finding.place.column},
                   {"pointer", finding.pointer},
                   {"message", finding.message},
                   {"fix", finding.fix},
                   {"assumption", finding.assumption.empty() ? Json(nullptr) : Json(finding.assumption)}});
  }
  return all;
}

}  // namespace crrsim
