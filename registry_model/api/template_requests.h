// Requests and responses of the repository creation template operations, in AWS's own shapes. They act on the caller's
// own registry.
//
// Source  ecr-replication.md 2.6.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/repository_requests.h"
#include "sim/units.h"

namespace crrsim {

struct RepositoryCreationTemplateShape {
  std::string prefix;
  std::optional<std::string> description;
  std::optional<EncryptionConfiguration> encryption_configuration;
  std::optional<std::vector<ResourceTag>> resource_tags;
  std::optional<std::string> image_tag_mutability;
  std::optional<std::vector<ImageTagMutabilityExclusionFilter>> image_tag_mutability_exclusion_filters;
  std::optional<std::string> repository_policy;
  std::optional<std::string> lifecycle_policy;
  std::optional<std::vector<std::string>> applied_for;
  std::optional<std::string> custom_role_arn;
  Instant created_at;
  Instant updated_at;

  friend bool operator==(const RepositoryCreationTemplateShape&, const RepositoryCreationTemplateShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("prefix", self.prefix);
    visit("description", self.description);
    visit("encryptionConfiguration", self.encryption_configuration);
    visit("resourceTags", self.resource_tags);
    visit("imageTagMutability", self.image_tag_mutability);
    visit("imageTagMutabilityExclusionFilters", self.image_tag_mutability_exclusion_filters);
    visit("repositoryPolicy", self.repository_policy);
    visit("lifecyclePolicy", self.lifecycle_policy);
    visit("appliedFor", self.applied_for);
    visit("customRoleArn", self.custom_role_arn);
    visit("createdAt", self.created_at);
    visit("updatedAt", self.updated_at);
  }
};

struct CreateRepositoryCreationTemplateResponse {
  std::string registry_id;
  RepositoryCreationTemplateShape repository_creation_template;

  friend bool operator==(const CreateRepositoryCreationTemplateResponse&,
                         const CreateRepositoryCreationTemplateResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryCreationTemplate", self.repository_creation_template);
  }
};

struct CreateRepositoryCreationTemplateRequest {
  static constexpr std::string_view kOperation = "CreateRepositoryCreationTemplate";
  using Response = CreateRepositoryCreationTemplateResponse;

  std::string prefix;
  std::optional<std::string> description;
  std::optional<EncryptionConfiguration> encryption_configuration;
  std::optional<std::vector<ResourceTag>> resource_tags;
  std::optional<std::string> image_tag_mutability;
  std::optional<std::vector<ImageTagMutabilityExclusionFilter>> image_tag_mutability_exclusion_filters;
  std::optional<std::string> repository_policy;
  std::optional<std::string> lifecycle_policy;
  std::vector<std::string> applied_for;  // REPLICATION, PULL_THROUGH_CACHE, CREATE_ON_PUSH
  std::optional<std::string> custom_role_arn;

  friend bool operator==(const CreateRepositoryCreationTemplateRequest&,
                         const CreateRepositoryCreationTemplateRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("prefix", self.prefix);
    visit("description", self.description);
    visit("encryptionConfiguration", self.encryption_configuration);
    visit("resourceTags", self.resource_tags);
    visit("imageTagMutability", self.image_tag_mutability);
    visit("imageTagMutabilityExclusionFilters", self.image_tag_mutability_exclusion_filters);
    visit("repositoryPolicy", self.repository_policy);
    visit("lifecyclePolicy", self.lifecycle_policy);
    visit("appliedFor", self.applied_for);
    visit("customRoleArn", self.custom_role_arn);
  }
};

struct UpdateRepositoryCreationTemplateResponse {
  std::string registry_id;
  RepositoryCreationTemplateShape repository_creation_template;

  friend bool operator==(const UpdateRepositoryCreationTemplateResponse&,
                         const UpdateRepositoryCreationTemplateResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryCreationTemplate", self.repository_creation_template);
  }
};

/// What is absent stays as it is.
struct UpdateRepositoryCreationTemplateRequest {
  static constexpr std::string_view kOperation = "UpdateRepositoryCreationTemplate";
  using Response = UpdateRepositoryCreationTemplateResponse;

  std::string prefix;
  std::optional<std::string> description;
  std::optional<EncryptionConfiguration> encryption_configuration;
  std::optional<std::vector<ResourceTag>> resource_tags;
  std::optional<std::string> image_tag_mutability;
  std::optional<std::vector<ImageTagMutabilityExclusionFilter>> image_tag_mutability_exclusion_filters;
  std::optional<std::string> repository_policy;
  std::optional<std::string> lifecycle_policy;
  std::optional<std::vector<std::string>> applied_for;
  std::optional<std::string> custom_role_arn;

  friend bool operator==(const UpdateRepositoryCreationTemplateRequest&,
                         const UpdateRepositoryCreationTemplateRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("prefix", self.prefix);
    visit("description", self.description);
    visit("encryptionConfiguration", self.encryption_configuration);
    visit("resourceTags", self.resource_tags);
    visit("imageTagMutability", self.image_tag_mutability);
    visit("imageTagMutabilityExclusionFilters", self.image_tag_mutability_exclusion_filters);
    visit("repositoryPolicy", self.repository_policy);
    visit("lifecyclePolicy", self.lifecycle_policy);
    visit("appliedFor", self.applied_for);
    visit("customRoleArn", self.custom_role_arn);
  }
};

struct DeleteRepositoryCreationTemplateResponse {
  std::string registry_id;
  RepositoryCreationTemplateShape repository_creation_template;

  friend bool operator==(const DeleteRepositoryCreationTemplateResponse&,
                         const DeleteRepositoryCreationTemplateResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryCreationTemplate", self.repository_creation_template);
  }
};

struct DeleteRepositoryCreationTemplateRequest {
  static constexpr std::string_view kOperation = "DeleteRepositoryCreationTemplate";
  using Response = DeleteRepositoryCreationTemplateResponse;

  std::string prefix;

  friend bool operator==(const DeleteRepositoryCreationTemplateRequest&,
                         const DeleteRepositoryCreationTemplateRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("prefix", self.prefix);
  }
};

struct DescribeRepositoryCreationTemplatesResponse {
  std::string registry_id;
  std::vector<RepositoryCreationTemplateShape> repository_creation_templates;
  std::optional<std::string> next_token;

  friend bool operator==(const DescribeRepositoryCreationTemplatesResponse&,
                         const DescribeRepositoryCreationTemplatesResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryCreationTemplates", self.repository_creation_templates);
    visit("nextToken", self.next_token);
  }
};

struct DescribeRepositoryCreationTemplatesRequest {
  static constexpr std::string_view kOperation = "DescribeRepositoryCreationTemplates";
  using Response = DescribeRepositoryCreationTemplatesResponse;

  std::optional<std::vector<std::string>> prefixes;
  std::optional<std::string> next_token;
  std::optional<std::int64_t> max_results;

  friend bool operator==(const DescribeRepositoryCreationTemplatesRequest&,
                         const DescribeRepositoryCreationTemplatesRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("prefixes", self.prefixes);
    visit("nextToken", self.next_token);
    visit("maxResults", self.max_results);
  }
};

}  // namespace crrsim
