// The tags of repositories, which are named by their ARN. The repository has to be of the registry that answers.
//
// Source  ecr-replication.md 8 (repository tags), 10.3.
#include "registry_model/api/operations.h"
#include "registry_model/api/settings_shapes.h"
#include "registry_model/api/validate.h"
#include "registry_model/policy/arn.h"

namespace crrsim {

namespace {

/// On error  InvalidParameterException for an ARN that names no repository of this registry, else as OpenRepository.
ApiResult<const Repository*> OpenTagged(const ApiContext& context, std::string_view action, const std::string& arn) {
  constexpr std::string_view kKind = "repository/";
  const auto& key = context.registry.key;
  const auto parsed = policy::ParseArn(arn);
  if (!parsed) return InvalidParameter("resourceArn", parsed.error().message);
  if (parsed->service != "ecr" || !parsed->resource.starts_with(kKind)) {
    return InvalidParameter("resourceArn", fmt::format("'{}' is not the ARN of a repository", arn));
  }
  if (parsed->partition != PartitionOf(key.region) || parsed->region != key.region.text() ||
      parsed->account != key.account.text()) {
    return InvalidParameter("resourceArn", fmt::format("'{}' is not of the registry {}", arn, ToText(key)));
  }
  return OpenRepository(context, action, std::string_view(parsed->resource).substr(kKind.size()));
}

void ReplaceTags(ApiContext& context, const Repository& opened, std::map<std::string, std::string> tags) {
  auto& repository = ForChange(context, opened);
  repository.settings.resource_tags = std::move(tags);
  std::string text;
  for (const auto& [tag, value] : repository.settings.resource_tags) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", tag, value);
  }
  context.events.Emit<RepositorySettingChanged>(context.registry.key, repository.name, "tags", std::move(text));
}

}  // namespace

ApiResult<TagResourceResponse> Execute(ApiContext& context, const TagResourceRequest& request) {
  const auto opened = OpenTagged(context, "ecr:TagResource", request.resource_arn);
  if (!opened) return opened.error();
  auto added = ReadResourceTags(request.tags);
  if (!added) return added.error();
  auto tags = *std::move(added);
  for (const auto& [tag, value] : (*opened)->settings.resource_tags) tags.emplace(tag, value);
  if (auto sound = CheckTagCount(tags.size()); !sound) return sound.error();
  ReplaceTags(context, **opened, std::move(tags));
  return TagResourceResponse{};
}

ApiResult<UntagResourceResponse> Execute(ApiContext& context, const UntagResourceRequest& request) {
  const auto opened = OpenTagged(context, "ecr:UntagResource", request.resource_arn);
  if (!opened) return opened.error();
  auto tags = (*opened)->settings.resource_tags;
  for (const auto& tag : request.tag_keys) {
    if (auto sound = CheckTagKey(tag); !sound) return sound.error();
    tags.erase(tag);
  }
  ReplaceTags(context, **opened, std::move(tags));
  return UntagResourceResponse{};
}

ApiResult<ListTagsForResourceResponse> Execute(ApiContext& context, const ListTagsForResourceRequest& request) {
  const auto opened = OpenTagged(context, "ecr:ListTagsForResource", request.resource_arn);
  if (!opened) return opened.error();
  ListTagsForResourceResponse response;
  for (const auto& [tag, value] : (*opened)->settings.resource_tags) response.tags.push_back({tag, value});
  return response;
}

}  // namespace crrsim
