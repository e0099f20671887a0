// Creating, describing and deleting repositories, and their tag mutability.
//
// Source  ecr-replication.md 8, 10.2.
#include "registry_model/api/operations.h"
#include "registry_model/api/paging.h"
#include "registry_model/api/settings_shapes.h"
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"

namespace crrsim {

namespace {

constexpr std::int64_t kNamesMax = 100;

RepositoryShape Describe(const RegistryKey& key, const Repository& repository) {
  RepositoryShape shape;
  shape.repository_arn = RepositoryArn(key, repository.name);
  shape.registry_id = key.account.text();
  shape.repository_name = repository.name.text();
  shape.repository_uri = fmt::format("{}.dkr.ecr.{}.{}/{}", key.account.text(), key.region.text(), DomainOf(key.region),
                                     repository.name.text());
  shape.created_at = repository.created_at;
  shape.image_tag_mutability = NameOf(repository.settings.mutability);
  shape.image_tag_mutability_exclusion_filters = FiltersOf(repository.settings);
  shape.image_scanning_configuration.scan_on_push = repository.settings.scan_on_push;
  shape.encryption_configuration = EncryptionOf(repository.settings);
  return shape;
}

ApiResult<RepositorySettings> ReadSettings(const CreateRepositoryRequest& request) {
  RepositorySettings settings;
  if (request.image_tag_mutability || request.image_tag_mutability_exclusion_filters) {
    auto read = ReadMutability(request.image_tag_mutability.value_or("MUTABLE"),
                               request.image_tag_mutability_exclusion_filters, settings);
    if (!read) return read.error();
  }
  if (request.encryption_configuration) {
    if (auto read = ReadEncryption(*request.encryption_configuration, KmsKeyForm::kAny, settings); !read) {
      return read.error();
    }
  }
  if (request.image_scanning_configuration) {
    settings.scan_on_push = request.image_scanning_configuration->scan_on_push.value_or(false);
  }
  if (request.tags) {
    auto tags = ReadResourceTags(*request.tags);
    if (!tags) return tags.error();
    settings.resource_tags = *std::move(tags);
  }
  return settings;
}

}  // namespace

ApiResult<CreateRepositoryResponse> Execute(ApiContext& context, const CreateRepositoryRequest& request) {
  const auto name = CheckRepositoryName(request.repository_name);
  if (!name) return name.error();
  const auto settings = ReadSettings(request);
  if (!settings) return settings.error();
  auto& registry = context.registry;
  const auto* existing = registry.Find(*name);
  if (auto allowed = AuthoriseOnRepository(context, "ecr:CreateRepository", *name, existing); !allowed) {
    return allowed.error();
  }
  if (existing != nullptr && Mutated(Mutant::kRepositoryIsCreatedTwice)) {
    return CreateRepositoryResponse{Describe(registry.key, *existing)};
  }
  if (existing != nullptr) {
    return Refuse(exception::kRepositoryAlreadyExists,
                  fmt::format("The repository with name '{}' already exists in the registry with id '{}'", name->text(),
                              registry.key.account.text()));
  }
  if (Exceeds(static_cast<std::int64_t>(registry.repositories.size()) + 1, context.options.repositories_max)) {
    return Refuse(exception::kLimitExceeded, fmt::format("The registry with id '{}' already has {} repositories",
                                                         registry.key.account.text(), registry.repositories.size()));
  }
  const auto& created = CreateRepositoryIn(context.content(), registry, *name, *settings, "");
  return CreateRepositoryResponse{Describe(registry.key, created)};
}

namespace {

ApiResult<DescribeRepositoriesResponse> DescribeThese(const ApiContext& context,
                                                      const DescribeRepositoriesRequest& request) {
  const auto& names = *request.repository_names;
  if (auto sound = CheckLength("repositoryNames", names.size(), 1, kNamesMax); !sound) return sound.error();
  if (auto sound = RefusePaging("repositoryNames", request.next_token, request.max_results); !sound) {
    return sound.error();
  }
  DescribeRepositoriesResponse response;
  for (const auto& name : names) {
    const auto repository = OpenRepository(context, "ecr:DescribeRepositories", name);
    if (!repository) return repository.error();
    response.repositories.push_back(Describe(context.registry.key, **repository));
  }
  return response;
}

}  // namespace

ApiResult<DescribeRepositoriesResponse> Execute(ApiContext& context, const DescribeRepositoriesRequest& request) {
  if (request.repository_names) return DescribeThese(context, request);
  if (auto allowed = AuthoriseOnAllRepositories(context, "ecr:DescribeRepositories"); !allowed) return allowed.error();
  const auto page = Page::Open(DescribeRepositoriesRequest::kOperation, ToText(context.registry.key),
                               request.next_token, request.max_results);
  if (!page) return page.error();
  DescribeRepositoriesResponse response;
  std::optional<RepositoryName> behind;
  if (page->after()) behind = CheckRepositoryName(*page->after()).value();
  const auto add = [&](const RepositoryName& name, const Cow<Repository>& repository) {
    if (name == behind) return true;
    if (response.repositories.size() == page->size()) {
      response.next_token = page->TokenBehind(response.repositories.back().repository_name);
      return false;
    }
    response.repositories.push_back(Describe(context.registry.key, *repository));
    return true;
  };
  context.registry.repositories.VisitSortedFrom(behind ? &*behind : nullptr, add);
  return response;
}

ApiResult<DeleteRepositoryResponse> Execute(ApiContext& context, const DeleteRepositoryRequest& request) {
  const auto opened = OpenRepository(context, "ecr:DeleteRepository", request.repository_name);
  if (!opened) return opened.error();
  const bool forced = request.force.value_or(false) || Mutated(Mutant::kFullRepositoryIsDeleted);
  if (!(*opened)->images.empty() && !forced) {
    return Refuse(
        exception::kRepositoryNotEmpty,
        fmt::format("The repository with name '{}' in registry with id '{}' cannot be deleted because it still "
                    "contains images",
                    request.repository_name, context.registry_id()));
  }
  DeleteRepositoryResponse response{Describe(context.registry.key, **opened)};
  const auto name = (*opened)->name;
  DeleteRepositoryFrom(context.content(), context.registry, name);
  return response;
}

ApiResult<PutImageTagMutabilityResponse> Execute(ApiContext& context, const PutImageTagMutabilityRequest& request) {
  RepositorySettings read;
  auto sound = ReadMutability(request.image_tag_mutability, request.image_tag_mutability_exclusion_filters, read);
  if (!sound) return sound.error();
  const auto opened = OpenRepository(context, "ecr:PutImageTagMutability", request.repository_name);
  if (!opened) return opened.error();

  PutImageTagMutabilityResponse response{context.registry_id(), request.repository_name, request.image_tag_mutability,
                                         FiltersOf(read)};
  auto& repository = ForChange(context, **opened);
  repository.settings.mutability = read.mutability;
  repository.settings.mutability_exclusions = read.mutability_exclusions;
  context.events.Emit<RepositorySettingChanged>(
      context.registry.key, repository.name, "imageTagMutability",
      read.mutability_exclusions.empty()
          ? request.image_tag_mutability
          : fmt::format("{} {}", request.image_tag_mutability, fmt::join(read.mutability_exclusions, " ")));
  return response;
}

}  // namespace crrsim
