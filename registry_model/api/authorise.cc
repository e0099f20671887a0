#include <fmt/format.h>

#include <array>

#include "registry_model/api/context.h"
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"
#include "registry_model/policy/evaluate.h"

namespace crrsim {

namespace {

/// The policies that have a say, registry first; null for none.
using Policies = std::array<const policy::Document*, 2>;

policy::Request RequestOf(const ApiContext& context, std::string_view action, std::string resource) {
  policy::Request request;
  auto principal = policy::Principal::Parse(context.caller.arn);
  CRRSIM_CHECK(principal.ok(), "the caller '{}' is no principal", context.caller.arn);
  request.principal = *std::move(principal);
  request.action = action;
  request.resource = std::move(resource);
  request.context.Set("aws:PrincipalArn", {context.caller.arn});
  request.context.Set("aws:PrincipalAccount", {context.caller.account.text()});
  request.context.Set("aws:RequestedRegion", {std::string(context.caller.region.text())});
  return request;
}

ApiError AccessDenied(const policy::Request& request, std::string_view reason) {
  return Refuse(exception::kAccessDenied,
                fmt::format("User: {} is not authorized to perform: {} on resource: {} {}", request.principal.text,
                            request.action, request.resource, reason));
}

/// `make_resource` gives the ARN; it is called only where a policy or a refusal needs it.
template <class MakeResource>
ApiResult<Unit> Decide(const ApiContext& context, std::string_view action, const Policies& policies,
                       MakeResource make_resource) {
  const auto& key = context.registry.key;
  CRRSIM_CHECK(key.region == context.caller.region, "{} answers a call to {}", ToText(key),
               context.caller.region.text());
  const bool own_account = key.account == context.caller.account;
  if (own_account && policies[0] == nullptr && policies[1] == nullptr) return Unit{};
  if (own_account && Mutated(Mutant::kOwnAccountIsNeverDenied)) return Unit{};

  const auto request = RequestOf(context, action, make_resource());
  bool allowed = own_account;
  for (const auto* document : policies) {
    if (document == nullptr) continue;
    const auto outcome = policy::Evaluate(*document, request).outcome;
    if (outcome == policy::Outcome::kExplicitlyDenied) {
      return AccessDenied(request, "with an explicit deny in a resource-based policy");
    }
    allowed = allowed || outcome == policy::Outcome::kAllowed;
  }
  if (allowed) return Unit{};
  return AccessDenied(request, fmt::format("because no resource-based policy allows the {} action", action));
}

/// Under scope V1 the registry's policy is about replication and pull-through cache only.
const policy::Document* RegistryDocument(const ApiContext& context) {
  if (context.registry.account_settings.policy_scope == "V1") return nullptr;
  return context.registry.policy ? &context.registry.policy->document() : nullptr;
}

/// Of the mutants only: what stands in for a repository that is not there; null for nothing.
const Repository* Mistaken(const ApiContext& context, std::string_view action, const RepositoryName& name) {
  const bool pushes = action == "ecr:InitiateLayerUpload" || action == "ecr:PutImage";
  if (Mutated(Mutant::kPushMakesRepositories) && pushes) {
    return &CreateRepositoryIn(context.content(), context.registry, name, {}, "");
  }
  const Repository* first = nullptr;
  if (Mutated(Mutant::kMissingNameIsAnother)) {
    context.registry.repositories.ForEachSorted([&](const RepositoryName&, const Cow<Repository>& repository) {
      if (first == nullptr) first = &*repository;
    });
  }
  return first;
}

}  // namespace

Caller Caller::RootOf(const RegistryKey& registry) {
  return {registry.account, fmt::format("arn:{}:iam::{}:root", PartitionOf(registry.region), registry.account.text()),
          registry.region};
}

ApiResult<Unit> AuthoriseOnRepository(const ApiContext& context, std::string_view action, const RepositoryName& name,
                                      const Repository* repository) {
  const bool has_policy = repository != nullptr && repository->settings.repository_policy;
  const Policies policies = {RegistryDocument(context),
                             has_policy ? &repository->settings.repository_policy->document() : nullptr};
  return Decide(context, action, policies, [&] { return RepositoryArn(context.registry.key, name); });
}

ApiResult<Unit> AuthoriseOnAllRepositories(const ApiContext& context, std::string_view action) {
  const auto& key = context.registry.key;
  return Decide(context, action, {RegistryDocument(context), nullptr}, [&] {
    return fmt::format("arn:{}:ecr:{}:{}:repository/*", PartitionOf(key.region), key.region.text(), key.account.text());
  });
}

ApiResult<Unit> AuthoriseOnOwnRegistry(const ApiContext& context, std::string_view action) {
  const auto& key = context.registry.key;
  CRRSIM_CHECK(key.account == context.caller.account, "{} acts on the caller's own registry, not on {}", action,
               ToText(key));
  return Decide(context, action, {RegistryDocument(context), nullptr}, [] { return std::string("*"); });
}

ApiResult<const Repository*> OpenRepository(const ApiContext& context, std::string_view action,
                                            std::string_view repository_name) {
  // Most calls name a repository that is there; only a name that is not found has to be checked.
  if (const auto* repository = context.registry.Find(repository_name)) {
    auto allowed = AuthoriseOnRepository(context, action, repository->name, repository);
    if (!allowed) return std::move(allowed).error();
    return repository;
  }
  const auto name = CheckRepositoryName(repository_name);
  if (!name) return name.error();
  if (const auto* mistaken = Mistaken(context, action, *name)) return mistaken;
  if (auto allowed = AuthoriseOnRepository(context, action, *name, nullptr); !allowed) return allowed.error();
  return RepositoryNotFound(context.registry.key, *name);
}

Repository& ForChange(ApiContext& context, const Repository& repository) {
  auto* unshared = context.registry.FindMutable(repository.name);
  CRRSIM_CHECK(unshared != nullptr, "'{}' is not in {}", repository.name.text(), ToText(context.registry.key));
  return *unshared;
}

}  // namespace crrsim
