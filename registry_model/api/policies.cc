// Registry policies and repository policies.
//
// A registry's policy is of scope V2: any `ecr:` action, enforced on every request to the registry; or, where that is
// accepted (assumption `policy_scope_v1`), of scope V1: three actions, about replication and pull-through cache only.
//
// Source  ecr-replication.md 3 (11 to 13), 8, 10.3.
#include "registry_model/api/operations.h"
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"
#include "registry_model/policy/evaluate.h"

namespace crrsim {

namespace {

constexpr std::int64_t kPolicyLengthMax = 10'240;

/// `kind` is `registry` or `repository`.
template <class Policy>
ApiResult<Policy> ReadPolicy(std::string_view kind, const std::string& text) {
  if (auto sound = CheckLength("policyText", text.size(), 0, kPolicyLengthMax); !sound) return sound.error();
  auto policy = Policy::Parse(text);
  if (!policy) {
    return Refuse(exception::kInvalidParameter,
                  fmt::format("Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid {} policy "
                              "provided' ({})",
                              kind, policy.error().message));
  }
  return *std::move(policy);
}

ApiError RegistryPolicyNotFound(const ApiContext& context) {
  return Refuse(exception::kRegistryPolicyNotFound,
                fmt::format("Registry policy does not exist in the registry with id '{}'", context.registry_id()));
}

ApiError RepositoryPolicyNotFound(const ApiContext& context, const Repository& repository) {
  return Refuse(
      exception::kRepositoryPolicyNotFound,
      fmt::format("Repository policy does not exist for the repository with name '{}' in the registry with id "
                  "'{}'",
                  repository.name.text(), context.registry_id()));
}

/// Scope V1 knows three actions.
ApiResult<Unit> CheckScope(const ApiContext& context, const RegistryPolicy& policy) {
  if (context.registry.account_settings.policy_scope != "V1") return Unit{};
  for (const auto& action : policy::ActionsNamed(policy.document())) {
    if (action == "ecr:ReplicateImage" || action == "ecr:CreateRepository" ||
        action == "ecr:BatchImportUpstreamImage") {
      continue;
    }
    return InvalidParameter("PolicyText", "Invalid registry policy provided");
  }
  return Unit{};
}

/// Whether the policy would refuse the caller the next SetRepositoryPolicy.
bool LocksOut(const ApiContext& context, const RepositoryName& name, const RepositoryPolicy& policy) {
  auto candidate = Repository();
  candidate.name = name;
  candidate.settings.repository_policy = policy;
  return !AuthoriseOnRepository(context, "ecr:SetRepositoryPolicy", name, &candidate).ok();
}

}  // namespace

ApiResult<PutRegistryPolicyResponse> Execute(ApiContext& context, const PutRegistryPolicyRequest& request) {
  auto policy = ReadPolicy<RegistryPolicy>("registry", request.policy_text);
  if (!policy && Mutated(Mutant::kBadPolicyIsTaken)) return PutRegistryPolicyResponse{};
  if (!policy) return policy.error();
  if (auto sound = CheckScope(context, *policy); !sound) return sound.error();
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:PutRegistryPolicy"); !allowed) return allowed.error();
  context.registry.policy = *std::move(policy);
  context.events.Emit<RegistryPolicyChanged>(context.registry.key, request.policy_text);
  return PutRegistryPolicyResponse{context.registry_id(), request.policy_text};
}

ApiResult<GetRegistryPolicyResponse> Execute(ApiContext& context, const GetRegistryPolicyRequest&) {
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:GetRegistryPolicy"); !allowed) return allowed.error();
  if (!context.registry.policy && Mutated(Mutant::kMissingPolicyIsEmpty)) return GetRegistryPolicyResponse{};
  if (!context.registry.policy) return RegistryPolicyNotFound(context);
  return GetRegistryPolicyResponse{context.registry_id(), context.registry.policy->text()};
}

ApiResult<DeleteRegistryPolicyResponse> Execute(ApiContext& context, const DeleteRegistryPolicyRequest&) {
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:DeleteRegistryPolicy"); !allowed) return allowed.error();
  if (!context.registry.policy && Mutated(Mutant::kMissingPolicyIsEmpty)) return DeleteRegistryPolicyResponse{};
  if (!context.registry.policy) return RegistryPolicyNotFound(context);
  DeleteRegistryPolicyResponse response{context.registry_id(), context.registry.policy->text()};
  if (!Mutated(Mutant::kPolicyOutlivesDeletion)) context.registry.policy.reset();
  context.events.Emit<RegistryPolicyChanged>(context.registry.key, "");
  return response;
}

ApiResult<SetRepositoryPolicyResponse> Execute(ApiContext& context, const SetRepositoryPolicyRequest& request) {
  auto policy = ReadPolicy<RepositoryPolicy>("repository", request.policy_text);
  if (!policy && Mutated(Mutant::kBadPolicyIsTaken)) return SetRepositoryPolicyResponse{};
  if (!policy) return policy.error();
  const auto opened = OpenRepository(context, "ecr:SetRepositoryPolicy", request.repository_name);
  if (!opened) return opened.error();
  if (!request.force.value_or(false) && LocksOut(context, (*opened)->name, *policy)) {
    return InvalidParameter("PolicyText",
                            "the policy would keep the caller from setting another one; use force to set it anyway");
  }
  auto& repository = ForChange(context, **opened);
  repository.settings.repository_policy = *std::move(policy);
  context.events.Emit<RepositorySettingChanged>(context.registry.key, repository.name, "repositoryPolicy",
                                                request.policy_text);
  return SetRepositoryPolicyResponse{context.registry_id(), request.repository_name, request.policy_text};
}

ApiResult<GetRepositoryPolicyResponse> Execute(ApiContext& context, const GetRepositoryPolicyRequest& request) {
  const auto opened = OpenRepository(context, "ecr:GetRepositoryPolicy", request.repository_name);
  if (!opened) return opened.error();
  const auto& policy = (*opened)->settings.repository_policy;
  if (!policy && Mutated(Mutant::kMissingPolicyIsEmpty)) return GetRepositoryPolicyResponse{};
  if (!policy) return RepositoryPolicyNotFound(context, **opened);
  return GetRepositoryPolicyResponse{context.registry_id(), request.repository_name, policy->text()};
}

ApiResult<DeleteRepositoryPolicyResponse> Execute(ApiContext& context, const DeleteRepositoryPolicyRequest& request) {
  const auto opened = OpenRepository(context, "ecr:DeleteRepositoryPolicy", request.repository_name);
  if (!opened) return opened.error();
  const bool has_policy = (*opened)->settings.repository_policy.has_value();
  if (!has_policy && Mutated(Mutant::kMissingPolicyIsEmpty)) return DeleteRepositoryPolicyResponse{};
  if (!has_policy) return RepositoryPolicyNotFound(context, **opened);
  auto& repository = ForChange(context, **opened);
  DeleteRepositoryPolicyResponse response{context.registry_id(), request.repository_name,
                                          repository.settings.repository_policy->text()};
  if (!Mutated(Mutant::kPolicyOutlivesDeletion)) repository.settings.repository_policy.reset();
  context.events.Emit<RepositorySettingChanged>(context.registry.key, repository.name, "repositoryPolicy", "");
  return response;
}

}  // namespace crrsim
