// Lifecycle policies and their previews. What a policy decides is in lifecycle/selection.h; the world evaluates it.
//
// A preview looks at the images that are there when it starts, and shows its results after a while.
//
// Source  ecr-replication.md 8 (length, rules), 10.2 (Lifecycle), 10.3 (exceptions, message texts).
#include <algorithm>
#include <array>

#include "registry_model/api/find_image.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/paging.h"
#include "registry_model/api/validate.h"
#include "registry_model/lifecycle/images.h"
#include "registry_model/mutants.h"

namespace crrsim {

namespace {

constexpr std::int64_t kPolicyLengthMin = 100;
constexpr std::int64_t kPreviewResultsMax = 100;

ApiResult<LifecyclePolicy> ReadLifecyclePolicy(const std::string& text) {
  if (auto sound = CheckLength("lifecyclePolicyText", text.size(), kPolicyLengthMin, kLifecyclePolicyLengthMax);
      !sound) {
    return sound.error();
  }
  auto policy = ParseLifecyclePolicy(text);
  if (!policy) {
    return InvalidParameter("LifecyclePolicyText",
                            fmt::format("Lifecycle policy validation failure: {}", policy.error().message));
  }
  return *std::move(policy);
}

ApiError LifecyclePolicyNotFound(const ApiContext& context, const Repository& repository) {
  return Refuse(
      exception::kLifecyclePolicyNotFound,
      fmt::format("Lifecycle policy does not exist for the repository with name '{}' in the registry with id '{}'",
                  repository.name.text(), context.registry_id()));
}

GetLifecyclePolicyResponse DescribePolicy(const ApiContext& context, const Repository& repository) {
  return {context.registry_id(), repository.name.text(), repository.settings.lifecycle_policy,
          repository.lifecycle.evaluated_at};
}

bool IsInProgress(const ApiContext& context, const LifecyclePreview& preview) {
  return context.now - preview.started_at < context.options.lifecycle_preview_duration;
}

LifecyclePreview Preview(const ApiContext& context, const Repository& repository, const std::string& text,
                         const LifecyclePolicy& policy) {
  LifecyclePreview preview{text, context.now, {}};
  for (const auto& action : SelectForLifecycle(policy, ImagesForLifecycle(repository), context.now)) {
    const auto& image = *repository.FindImage(action.digest);
    preview.results.push_back(
        {action.digest,
         {image.tags.begin(), image.tags.end()},
         image.pushed_at,
         image.storage.is_active() ? LifecycleStorageClass::kStandard : LifecycleStorageClass::kArchive,
         action.type,
         action.priority});
  }
  return preview;
}

LifecyclePolicyPreviewResult ShapeOf(const LifecyclePreviewResult& result) {
  LifecyclePolicyPreviewResult shape;
  if (!result.tags.empty()) {
    auto& tags = shape.image_tags.emplace();
    for (const auto& tag : result.tags) tags.push_back(tag.text());
  }
  shape.image_digest = result.digest.text();
  shape.image_pushed_at = result.pushed_at;
  shape.action.type = NameOf(result.action);
  if (result.action == LifecycleActionType::kTransition) shape.action.target_storage_class = "ARCHIVE";
  shape.applied_rule_priority = result.priority;
  shape.storage_class = NameOf(result.storage_class);
  return shape;
}

LifecyclePolicyPreviewSummary SummaryOf(const LifecyclePreview& preview) {
  LifecyclePolicyPreviewSummary summary;
  std::int64_t transitioning = 0;
  for (const auto& result : preview.results) {
    ++(result.action == LifecycleActionType::kExpire ? summary.expiring_image_total_count : transitioning);
  }
  if (transitioning > 0) summary.transitioning_image_total_counts = {{"ARCHIVE", transitioning}};
  return summary;
}

/// Whether an identifier of the request names the image.
bool Names(const ImageIdentifier& id, const LifecyclePreviewResult& result) {
  if (id.image_digest && *id.image_digest != result.digest.text()) return false;
  return !id.image_tag || std::any_of(result.tags.begin(), result.tags.end(),
                                      [&](const Tag& tag) { return tag.text() == *id.image_tag; });
}

ApiResult<Unit> CheckPreviewRequest(const GetLifecyclePolicyPreviewRequest& request) {
  constexpr std::array<std::string_view, 3> kTagStatuses = {"TAGGED", "UNTAGGED", "ANY"};
  if (request.max_results) {
    if (auto sound = CheckRange("maxResults", "value", *request.max_results, 1, kPreviewResultsMax); !sound) {
      return sound;
    }
  }
  if (request.image_ids) {
    if (auto sound = CheckLength("imageIds", request.image_ids->size(), 1, kImageIdsMax); !sound) return sound;
    if (auto sound = RefusePaging("imageIds", request.next_token, request.max_results); !sound) return sound;
  }
  if (request.filter && request.filter->tag_status) {
    return CheckOneOf("filter.tagStatus", *request.filter->tag_status, kTagStatuses);
  }
  return Unit{};
}

bool Shows(const GetLifecyclePolicyPreviewRequest& request, const LifecyclePreviewResult& result) {
  if (request.filter && request.filter->tag_status) {
    const auto& status = *request.filter->tag_status;
    if (status != "ANY" && (status == "TAGGED") == result.tags.empty()) return false;
  }
  if (!request.image_ids) return true;
  return std::any_of(request.image_ids->begin(), request.image_ids->end(),
                     [&](const ImageIdentifier& id) { return Names(id, result); });
}

}  // namespace

ApiResult<PutLifecyclePolicyResponse> Execute(ApiContext& context, const PutLifecyclePolicyRequest& request) {
  const auto policy = ReadLifecyclePolicy(request.lifecycle_policy_text);
  if (!policy && Mutated(Mutant::kBadPolicyIsTaken)) return PutLifecyclePolicyResponse{};
  if (!policy) return policy.error();
  const auto opened = OpenRepository(context, "ecr:PutLifecyclePolicy", request.repository_name);
  if (!opened) return opened.error();
  auto& repository = ForChange(context, **opened);
  repository.settings.lifecycle_policy = request.lifecycle_policy_text;
  repository.lifecycle.evaluated_at.reset();
  context.events.Emit<RepositorySettingChanged>(context.registry.key, repository.name,
                                                std::string(kLifecyclePolicySetting), request.lifecycle_policy_text);
  return PutLifecyclePolicyResponse{context.registry_id(), request.repository_name, request.lifecycle_policy_text};
}

ApiResult<GetLifecyclePolicyResponse> Execute(ApiContext& context, const GetLifecyclePolicyRequest& request) {
  const auto opened = OpenRepository(context, "ecr:GetLifecyclePolicy", request.repository_name);
  if (!opened) return opened.error();
  const bool has_policy = !(*opened)->settings.lifecycle_policy.empty();
  if (!has_policy && !Mutated(Mutant::kMissingPolicyIsEmpty)) return LifecyclePolicyNotFound(context, **opened);
  return DescribePolicy(context, **opened);
}

ApiResult<GetLifecyclePolicyResponse> Execute(ApiContext& context, const DeleteLifecyclePolicyRequest& request) {
  const auto opened = OpenRepository(context, "ecr:DeleteLifecyclePolicy", request.repository_name);
  if (!opened) return opened.error();
  const bool has_policy = !(*opened)->settings.lifecycle_policy.empty();
  if (!has_policy && !Mutated(Mutant::kMissingPolicyIsEmpty)) return LifecyclePolicyNotFound(context, **opened);
  auto response = DescribePolicy(context, **opened);
  auto& repository = ForChange(context, **opened);
  repository.settings.lifecycle_policy.clear();
  repository.lifecycle.evaluated_at.reset();
  context.events.Emit<RepositorySettingChanged>(context.registry.key, repository.name,
                                                std::string(kLifecyclePolicySetting), "");
  return response;
}

ApiResult<StartLifecyclePolicyPreviewResponse> Execute(ApiContext& context,
                                                       const StartLifecyclePolicyPreviewRequest& request) {
  std::optional<LifecyclePolicy> policy;
  if (request.lifecycle_policy_text) {
    auto read = ReadLifecyclePolicy(*request.lifecycle_policy_text);
    if (!read) return read.error();
    policy = *std::move(read);
  }
  const auto opened = OpenRepository(context, "ecr:StartLifecyclePolicyPreview", request.repository_name);
  if (!opened) return opened.error();
  const auto& stored = (*opened)->settings.lifecycle_policy;
  if (!policy && stored.empty()) return LifecyclePolicyNotFound(context, **opened);
  if (const auto& running = (*opened)->lifecycle.preview;
      running && IsInProgress(context, *running) && !Mutated(Mutant::kPreviewsRunTogether)) {
    return Refuse(exception::kLifecyclePolicyPreviewInProgress,
                  fmt::format("A lifecycle policy preview is in progress for the repository with name '{}' in the "
                              "registry with id '{}'",
                              request.repository_name, context.registry_id()));
  }
  if (!policy) policy = ParseLifecyclePolicy(stored).value();
  auto preview = Preview(context, **opened, request.lifecycle_policy_text.value_or(stored), *policy);
  StartLifecyclePolicyPreviewResponse response{context.registry_id(), request.repository_name, preview.policy_text,
                                               "IN_PROGRESS"};
  ForChange(context, **opened).lifecycle.preview = std::move(preview);
  return response;
}

ApiResult<GetLifecyclePolicyPreviewResponse> Execute(ApiContext& context,
                                                     const GetLifecyclePolicyPreviewRequest& request) {
  if (auto sound = CheckPreviewRequest(request); !sound) return sound.error();
  const auto opened = OpenRepository(context, "ecr:GetLifecyclePolicyPreview", request.repository_name);
  if (!opened) return opened.error();
  const auto& preview = (*opened)->lifecycle.preview;
  if (!preview) {
    return Refuse(exception::kLifecyclePolicyPreviewNotFound,
                  fmt::format("Lifecycle policy preview does not exist for the repository with name '{}' in the "
                              "registry with id '{}'",
                              request.repository_name, context.registry_id()));
  }
  const auto page = Page::Open(GetLifecyclePolicyPreviewRequest::kOperation,
                               fmt::format("{} {}", request.repository_name, preview->started_at.unix_nanoseconds()),
                               request.next_token, request.max_results);
  if (!page) return page.error();

  GetLifecyclePolicyPreviewResponse response;
  response.registry_id = context.registry_id();
  response.repository_name = request.repository_name;
  response.lifecycle_policy_text = preview->policy_text;
  response.status = IsInProgress(context, *preview) ? "IN_PROGRESS" : "COMPLETE";
  if (response.status == "IN_PROGRESS") return response;
  response.summary = SummaryOf(*preview);
  for (auto place = page->place(); place < preview->results.size(); ++place) {
    if (!Shows(request, preview->results[place])) continue;
    if (response.preview_results.size() == page->size()) {
      response.next_token = page->TokenBehind(std::to_string(place));
      break;
    }
    response.preview_results.push_back(ShapeOf(preview->results[place]));
  }
  return response;
}

}  // namespace crrsim
