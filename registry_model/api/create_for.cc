#include "registry_model/api/create_for.h"

#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"
#include "registry_model/registry/creation.h"

namespace crrsim {

namespace {

ApiResult<const Repository*> Make(ApiContext& context, const RepositoryName& name, const CreationDecision& decision,
                                  Origin origin) {
  auto& registry = context.registry;
  if (auto allowed = AuthoriseOnRepository(context, "ecr:CreateRepository", name, nullptr); !allowed) {
    return allowed.error();
  }
  if (Exceeds(static_cast<std::int64_t>(registry.repositories.size()) + 1, context.options.repositories_max)) {
    return Refuse(exception::kLimitExceeded, fmt::format("The registry with id '{}' already has {} repositories",
                                                         context.registry_id(), registry.repositories.size()));
  }
  auto content = context.content();
  content.origin = origin;
  return &CreateRepositoryIn(content, registry, name, decision.settings, decision.template_prefix);
}

}  // namespace

ApiResult<const Repository*> OpenForUpload(ApiContext& context, std::span<const std::string_view> actions,
                                           std::string_view repository_name) {
  const auto opened = OpenRepository(context, actions.front(), repository_name);
  const bool is_missing = !opened && opened.error().exception == exception::kRepositoryNotFound;
  if (!opened && !is_missing) return opened.error();
  const auto* repository = opened ? *opened : nullptr;
  const auto name = opened ? repository->name : RepositoryName::Parse(repository_name).value();
  CreationDecision decision;
  if (is_missing) {
    decision = DecideCreation(context.registry, name, "CREATE_ON_PUSH", context.assumptions);
    if (decision.outcome != CreationOutcome::kTemplate || Mutated(Mutant::kNoCreationOnPush)) return opened.error();
    context.assumptions.Use(Assumption::kCreateOnPush);
  }
  for (const auto action : actions.subspan(1)) {
    if (auto allowed = AuthoriseOnRepository(context, action, name, repository); !allowed) return allowed.error();
  }
  return is_missing ? Make(context, name, decision, Origin::kClient) : opened;
}

ApiResult<const Repository*> OpenForImport(ApiContext& context, std::string_view repository_name) {
  const auto opened = OpenRepository(context, "ecr:BatchImportUpstreamImage", repository_name);
  if (opened || opened.error().exception != exception::kRepositoryNotFound) return opened;
  const auto name = RepositoryName::Parse(repository_name).value();
  const auto decision = DecideCreation(context.registry, name, "PULL_THROUGH_CACHE", context.assumptions);
  if (decision.outcome == CreationOutcome::kTemplateWithoutRole) return opened.error();
  return Make(context, name, decision, Origin::kPullThroughCache);
}

}  // namespace crrsim
