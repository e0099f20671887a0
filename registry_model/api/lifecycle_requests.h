// Requests and responses of the lifecycle policy operations, in AWS's own shapes.
//
// Source  ecr-replication.md 10.3; botocore's model of the service.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/image_requests.h"

namespace crrsim {

struct PutLifecyclePolicyResponse {
  std::string registry_id;
  std::string repository_name;
  std::string lifecycle_policy_text;

  friend bool operator==(const PutLifecyclePolicyResponse&, const PutLifecyclePolicyResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("lifecyclePolicyText", self.lifecycle_policy_text);
  }
};
struct PutLifecyclePolicyRequest {
  static constexpr std::string_view kOperation = "PutLifecyclePolicy";
  using Response = PutLifecyclePolicyResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::string lifecycle_policy_text;

  friend bool operator==(const PutLifecyclePolicyRequest&, const PutLifecyclePolicyRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("lifecyclePolicyText", self.lifecycle_policy_text);
  }
};

struct GetLifecyclePolicyResponse {
  std::string registry_id;
  std::string repository_name;
  std::string lifecycle_policy_text;
  std::optional<Instant> last_evaluated_at;  // nothing before the first evaluation

  friend bool operator==(const GetLifecyclePolicyResponse&, const GetLifecyclePolicyResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("lifecyclePolicyText", self.lifecycle_policy_text);
    visit("lastEvaluatedAt", self.last_evaluated_at);
  }
};
struct GetLifecyclePolicyRequest {
  static constexpr std::string_view kOperation = "GetLifecyclePolicy";
  using Response = GetLifecyclePolicyResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;

  friend bool operator==(const GetLifecyclePolicyRequest&, const GetLifecyclePolicyRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
  }
};

struct DeleteLifecyclePolicyRequest {
  static constexpr std::string_view kOperation = "DeleteLifecyclePolicy";
  using Response = GetLifecyclePolicyResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;

  friend bool operator==(const DeleteLifecyclePolicyRequest&, const DeleteLifecyclePolicyRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
  }
};

struct StartLifecyclePolicyPreviewResponse {
  std::string registry_id;
  std::string repository_name;
  std::string lifecycle_policy_text;
  std::string status;  // IN_PROGRESS

  friend bool operator==(const StartLifecyclePolicyPreviewResponse&,
                         const StartLifecyclePolicyPreviewResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("lifecyclePolicyText", self.lifecycle_policy_text);
    visit("status", self.status);
  }
};
struct StartLifecyclePolicyPreviewRequest {
  static constexpr std::string_view kOperation = "StartLifecyclePolicyPreview";
  using Response = StartLifecyclePolicyPreviewResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::optional<std::string> lifecycle_policy_text;  // without it, the repository's own

  friend bool operator==(const StartLifecyclePolicyPreviewRequest&,
                         const StartLifecyclePolicyPreviewRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("lifecyclePolicyText", self.lifecycle_policy_text);
  }
};

struct LifecyclePolicyRuleAction {
  std::string type;                                 // EXPIRE or TRANSITION
  std::optional<std::string> target_storage_class;  // ARCHIVE, of TRANSITION

  friend bool operator==(const LifecyclePolicyRuleAction&, const LifecyclePolicyRuleAction&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("type", self.type);
    visit("targetStorageClass", self.target_storage_class);
  }
};
struct LifecyclePolicyPreviewResult {
  std::optional<std::vector<std::string>> image_tags;  // absent if untagged
  std::string image_digest;
  Instant image_pushed_at;
  LifecyclePolicyRuleAction action;
  std::int64_t applied_rule_priority = 0;
  std::string storage_class;

  friend bool operator==(const LifecyclePolicyPreviewResult&, const LifecyclePolicyPreviewResult&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("imageTags", self.image_tags);
    visit("imageDigest", self.image_digest);
    visit("imagePushedAt", self.image_pushed_at);
    visit("action", self.action);
    visit("appliedRulePriority", self.applied_rule_priority);
    visit("storageClass", self.storage_class);
  }
};
struct TransitioningImageTotalCount {
  std::string target_storage_class;
  std::int64_t image_total_count = 0;

  friend bool operator==(const TransitioningImageTotalCount&, const TransitioningImageTotalCount&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("targetStorageClass", self.target_storage_class);
    visit("imageTotalCount", self.image_total_count);
  }
};
struct LifecyclePolicyPreviewSummary {
  std::int64_t expiring_image_total_count = 0;
  std::optional<std::vector<TransitioningImageTotalCount>> transitioning_image_total_counts;  // of one image or more

  friend bool operator==(const LifecyclePolicyPreviewSummary&, const LifecyclePolicyPreviewSummary&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("expiringImageTotalCount", self.expiring_image_total_count);
    visit("transitioningImageTotalCounts", self.transitioning_image_total_counts);
  }
};
struct GetLifecyclePolicyPreviewResponse {
  std::string registry_id;
  std::string repository_name;
  std::string lifecycle_policy_text;
  std::string status;  // IN_PROGRESS or COMPLETE
  std::optional<std::string> next_token;
  std::vector<LifecyclePolicyPreviewResult> preview_results;
  std::optional<LifecyclePolicyPreviewSummary> summary;  // once complete, of all results

  friend bool operator==(const GetLifecyclePolicyPreviewResponse&, const GetLifecyclePolicyPreviewResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("lifecyclePolicyText", self.lifecycle_policy_text);
    visit("status", self.status);
    visit("nextToken", self.next_token);
    visit("previewResults", self.preview_results);
    visit("summary", self.summary);
  }
};
struct LifecyclePolicyPreviewFilter {
  std::optional<std::string> tag_status;  // TAGGED, UNTAGGED or ANY

  friend bool operator==(const LifecyclePolicyPreviewFilter&, const LifecyclePolicyPreviewFilter&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("tagStatus", self.tag_status);
  }
};
struct GetLifecyclePolicyPreviewRequest {
  static constexpr std::string_view kOperation = "GetLifecyclePolicyPreview";
  using Response = GetLifecyclePolicyPreviewResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::optional<std::vector<ImageIdentifier>> image_ids;
  std::optional<std::string> next_token;
  std::optional<std::int64_t> max_results;
  std::optional<LifecyclePolicyPreviewFilter> filter;

  friend bool operator==(const GetLifecyclePolicyPreviewRequest&, const GetLifecyclePolicyPreviewRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageIds", self.image_ids);
    visit("nextToken", self.next_token);
    visit("maxResults", self.max_results);
    visit("filter", self.filter);
  }
};

}  // namespace crrsim
