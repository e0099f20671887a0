#include "harness/checkers/policy_history.h"

#include <fmt/format.h>

#include "registry_model/policy/evaluate.h"
#include "registry_model/policy/parse.h"

namespace crrsim {

void PolicyHistory::OnEvent(const Event& event) {
  const auto* changed = std::get_if<RegistryPolicyChanged>(&event.body);
  if (changed == nullptr) return;
  auto& state = policies_[changed->registry];
  state.since = event.when;
  state.document.reset();
  if (changed->policy_text.empty()) return;
  auto parsed = policy::ParseDocument(changed->policy_text, {.findings = policy::Findings::kDropped});
  // A policy that cannot be read allows nothing, as an empty one does.
  state.document = parsed ? *std::move(parsed) : policy::Document{};
}

bool PolicyHistory::Lets(std::string_view action, const RegistryKey& source, const RegistryKey& destination,
                         const RepositoryName& repository) const {
  const bool own = source.account == destination.account;
  const auto found = policies_.find(destination);
  if (found == policies_.end() || !found->second.document) return own;

  const auto account = source.account.text();
  const auto partition = PartitionOf(source.region);
  policy::Request request;
  std::string principal = "replication.ecr.amazonaws.com";
  if (principal_ == "service") {
    request.context.Set("aws:SourceAccount", {account});
  } else {
    principal = fmt::format("arn:{}:iam::{}:{}", partition, account,
                            principal_ == "root" ? "root"
                                                 : "role/aws-service-role/replication.ecr.amazonaws.com/"
                                                   "AWSServiceRoleForECRReplication");
    request.context.Set("aws:PrincipalAccount", {account});
    request.context.Set("aws:PrincipalArn", {principal});
  }
  request.context.Set("aws:RequestedRegion", {std::string(destination.region.text())});
  const auto who = policy::Principal::Parse(principal);
  if (!who) return false;
  request.principal = *who;
  request.action = action;
  request.resource = RepositoryArn(destination, repository);
  const auto outcome = policy::Evaluate(*found->second.document, request).outcome;
  return own ? outcome != policy::Outcome::kExplicitlyDenied : outcome == policy::Outcome::kAllowed;
}

std::optional<Instant> PolicyHistory::ChangedAt(const RegistryKey& registry) const {
  const auto found = policies_.find(registry);
  return found == policies_.end() ? std::nullopt : std::optional(found->second.since);
}

}  // namespace crrsim
