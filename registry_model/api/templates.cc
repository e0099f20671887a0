// Repository creation templates. What they decide is in registry/creation.h.
//
// Source  ecr-replication.md 2.6.
#include <algorithm>
#include <array>
#include <set>

#include "registry_model/api/json_codec.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/paging.h"
#include "registry_model/api/settings_shapes.h"
#include "registry_model/api/validate.h"
#include "registry_model/lifecycle/policy.h"
#include "registry_model/mutants.h"
#include "registry_model/registry/creation.h"

namespace crrsim {

namespace {

constexpr std::int64_t kPrefixLengthMax = 256;
constexpr std::int64_t kDescriptionLengthMax = 256;
constexpr std::int64_t kRepositoryPolicyLengthMax = 10'240;
constexpr std::int64_t kRoleLengthMax = 2'048;

/// The prefix without the trailing '/' that is always assumed.
ApiResult<std::string> ReadPrefix(const std::string& text) {
  if (auto sound = CheckLength("prefix", text.size(), 1, kPrefixLengthMax); !sound) return sound.error();
  const auto prefix = text.ends_with('/') ? text.substr(0, text.size() - 1) : text;
  // A namespace may have one character, a repository's name may not.
  const auto name = prefix.size() == 1 ? prefix + prefix : prefix;
  if (text != "ROOT" && !RepositoryName::Parse(name).ok()) {
    return InvalidParameter("prefix", fmt::format("'{}' is neither ROOT nor a namespace of repository names", text));
  }
  return prefix;
}

ApiResult<Unit> CheckPurposes(const std::vector<std::string>& purposes) {
  constexpr std::array<std::string_view, 3> kPurposes = {"REPLICATION", "PULL_THROUGH_CACHE", "CREATE_ON_PUSH"};
  for (const auto& purpose : purposes) {
    if (auto sound = CheckOneOf("appliedFor", purpose, kPurposes); !sound) return sound;
  }
  return Unit{};
}

template <class Request>
ApiResult<Unit> ReadPolicies(const Request& request, RepositorySettings& settings) {
  if (const auto& text = request.repository_policy) {
    if (auto sound = CheckLength("repositoryPolicy", text->size(), 0, kRepositoryPolicyLengthMax); !sound) return sound;
    settings.repository_policy.reset();
    if (!text->empty()) {
      auto policy = RepositoryPolicy::Parse(*text);
      if (!policy) return InvalidParameter("repositoryPolicy", policy.error().message);
      settings.repository_policy = *std::move(policy);
    }
  }
  if (const auto& text = request.lifecycle_policy) {
    if (auto sound = CheckLength("lifecyclePolicy", text->size(), 0, kLifecyclePolicyLengthMax); !sound) return sound;
    if (!text->empty()) {
      const auto policy = ParseLifecyclePolicy(*text);
      if (!policy) {
        return InvalidParameter("lifecyclePolicy",
                                fmt::format("Lifecycle policy validation failure: {}", policy.error().message));
      }
    }
    settings.lifecycle_policy = *text;
  }
  return Unit{};
}

template <class Request>
ApiResult<Unit> ReadSettings(const Request& request, RepositorySettings& settings) {
  if (request.image_tag_mutability || request.image_tag_mutability_exclusion_filters) {
    const auto mutability = request.image_tag_mutability.value_or(std::string(NameOf(settings.mutability)));
    if (auto read = ReadMutability(mutability, request.image_tag_mutability_exclusion_filters, settings); !read) {
      return read;
    }
  }
  if (request.encryption_configuration) {
    auto read = ReadEncryption(*request.encryption_configuration, KmsKeyForm::kFullArn, settings);
    if (!read) return read;
  }
  if (request.resource_tags) {
    auto tags = ReadResourceTags(*request.resource_tags);
    // Tags of a template have no exceptions of their own.
    if (!tags) return InvalidParameter("resourceTags", tags.error().message);
    settings.resource_tags = *std::move(tags);
  }
  return ReadPolicies(request, settings);
}

/// Replaces in `edited` what the request gives.
template <class Request>
ApiResult<Unit> ReadInto(const Request& request, CreationTemplate& edited) {
  if (auto read = ReadSettings(request, edited.settings); !read) return read;
  if (request.description) {
    auto sound = CheckLength("description", request.description->size(), 0, kDescriptionLengthMax);
    if (!sound) return sound;
    edited.description = *request.description;
  }
  if (request.custom_role_arn) {
    if (auto sound = CheckLength("customRoleArn", request.custom_role_arn->size(), 0, kRoleLengthMax); !sound) {
      return sound;
    }
    edited.custom_role_arn = *request.custom_role_arn;
  }
  return Unit{};
}

std::optional<std::string> UnlessEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

RepositoryCreationTemplateShape Describe(const CreationTemplate& stored) {
  const auto& settings = stored.settings;
  RepositoryCreationTemplateShape shape;
  shape.prefix = stored.prefix;
  shape.description = UnlessEmpty(stored.description);
  shape.encryption_configuration = EncryptionOf(settings);
  if (!settings.resource_tags.empty()) {
    auto& tags = shape.resource_tags.emplace();
    for (const auto& [key, value] : settings.resource_tags) tags.push_back({key, value});
  }
  shape.image_tag_mutability = NameOf(settings.mutability);
  shape.image_tag_mutability_exclusion_filters = FiltersOf(settings);
  if (settings.repository_policy) shape.repository_policy = settings.repository_policy->text();
  shape.lifecycle_policy = UnlessEmpty(settings.lifecycle_policy);
  shape.applied_for = stored.applied_for;
  shape.custom_role_arn = UnlessEmpty(stored.custom_role_arn);
  shape.created_at = stored.created_at;
  shape.updated_at = stored.updated_at;
  return shape;
}

/// Of the mutants only.
void ChangeExisting(ApiContext& context, const CreationTemplate& stored) {
  std::vector<RepositoryName> covered;
  context.registry.repositories.ForEachSorted([&](const RepositoryName& name, const Cow<Repository>&) {
    if (Covers(stored.prefix, name)) covered.push_back(name);
  });
  for (const auto& name : covered) context.registry.FindMutable(name)->settings = stored.settings;
}

RepositoryCreationTemplateShape Put(ApiContext& context, CreationTemplate stored) {
  auto shape = Describe(stored);
  context.events.Emit<TemplateChanged>(context.registry.key, stored.prefix, ToJsonText(EncodeJson(shape)));
  auto prefix = stored.prefix;
  if (Mutated(Mutant::kTemplateChangesExisting)) ChangeExisting(context, stored);
  context.registry.templates.insert_or_assign(std::move(prefix), std::move(stored));
  return shape;
}

/// The template that a request names.
ApiResult<const CreationTemplate*> OpenTemplate(const ApiContext& context, std::string_view action,
                                                const std::string& prefix_text) {
  const auto prefix = ReadPrefix(prefix_text);
  if (!prefix) return prefix.error();
  if (auto allowed = AuthoriseOnOwnRegistry(context, action); !allowed) return allowed.error();
  const auto found = context.registry.templates.find(*prefix);
  if (found == context.registry.templates.end()) {
    const bool mistaken = Mutated(Mutant::kMissingNameIsAnother) && !context.registry.templates.empty();
    if (mistaken) return &context.registry.templates.begin()->second;
    return Refuse(
        exception::kTemplateNotFound,
        fmt::format("The repository creation template with prefix '{}' does not exist in the registry with id "
                    "'{}'",
                    *prefix, context.registry_id()));
  }
  return &found->second;
}

}  // namespace

ApiResult<CreateRepositoryCreationTemplateResponse> Execute(ApiContext& context,
                                                            const CreateRepositoryCreationTemplateRequest& request) {
  CreationTemplate created;
  auto prefix = ReadPrefix(request.prefix);
  if (!prefix) return prefix.error();
  created.prefix = *std::move(prefix);
  if (auto sound = CheckPurposes(request.applied_for); !sound) return sound.error();
  created.applied_for = request.applied_for;
  if (auto read = ReadInto(request, created); !read) return read.error();
  created.created_at = created.updated_at = context.now;
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:CreateRepositoryCreationTemplate"); !allowed) {
    return allowed.error();
  }
  if (context.registry.templates.contains(created.prefix) && !Mutated(Mutant::kTemplateIsReplaced)) {
    return Refuse(
        exception::kTemplateAlreadyExists,
        fmt::format("The repository creation template with prefix '{}' already exists in the registry with id "
                    "'{}'",
                    created.prefix, context.registry_id()));
  }
  return CreateRepositoryCreationTemplateResponse{context.registry_id(), Put(context, std::move(created))};
}

ApiResult<UpdateRepositoryCreationTemplateResponse> Execute(ApiContext& context,
                                                            const UpdateRepositoryCreationTemplateRequest& request) {
  const auto opened = OpenTemplate(context, "ecr:UpdateRepositoryCreationTemplate", request.prefix);
  if (!opened) return opened.error();
  auto edited = **opened;
  if (request.applied_for) {
    if (auto sound = CheckPurposes(*request.applied_for); !sound) return sound.error();
    edited.applied_for = *request.applied_for;
  }
  if (auto read = ReadInto(request, edited); !read) return read.error();
  edited.updated_at = context.now;
  return UpdateRepositoryCreationTemplateResponse{context.registry_id(), Put(context, std::move(edited))};
}

ApiResult<DeleteRepositoryCreationTemplateResponse> Execute(ApiContext& context,
                                                            const DeleteRepositoryCreationTemplateRequest& request) {
  const auto opened = OpenTemplate(context, "ecr:DeleteRepositoryCreationTemplate", request.prefix);
  if (!opened) return opened.error();
  DeleteRepositoryCreationTemplateResponse response{context.registry_id(), Describe(**opened)};
  const auto prefix = (*opened)->prefix;
  context.registry.templates.erase(prefix);
  context.events.Emit<TemplateChanged>(context.registry.key, prefix, "");
  return response;
}

ApiResult<DescribeRepositoryCreationTemplatesResponse> Execute(
    ApiContext& context, const DescribeRepositoryCreationTemplatesRequest& request) {
  std::set<std::string> wanted;
  if (request.prefixes) {
    if (auto sound = RefusePaging("prefixes", request.next_token, request.max_results); !sound) return sound.error();
    for (const auto& text : *request.prefixes) {
      auto prefix = ReadPrefix(text);
      if (!prefix) return prefix.error();
      wanted.insert(*std::move(prefix));
    }
  }
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:DescribeRepositoryCreationTemplates"); !allowed) {
    return allowed.error();
  }
  const auto page = Page::Open(DescribeRepositoryCreationTemplatesRequest::kOperation, ToText(context.registry.key),
                               request.next_token, request.max_results);
  if (!page) return page.error();
  DescribeRepositoryCreationTemplatesResponse response;
  response.registry_id = context.registry_id();
  auto& shown = response.repository_creation_templates;
  for (const auto& [prefix, stored] : context.registry.templates) {
    if (request.prefixes ? !wanted.contains(prefix) : page->after() && prefix <= *page->after()) continue;
    if (!request.prefixes && shown.size() == page->size()) {
      response.next_token = page->TokenBehind(shown.back().prefix);
      break;
    }
    shown.push_back(Describe(stored));
  }
  return response;
}

}  // namespace crrsim
