// Requests and responses of the repository operations, in AWS's own shapes.
//
// Source  ecr-replication.md 10.2, 10.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/units.h"

namespace crrsim {

/// A tag of a resource; the one shape of this API whose members begin with capitals.
struct ResourceTag {
  std::string key;
  std::string value;

  friend bool operator==(const ResourceTag&, const ResourceTag&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("Key", self.key);
    visit("Value", self.value);
  }
};

struct ImageTagMutabilityExclusionFilter {
  std::string filter_type;  // WILDCARD
  std::string filter;       // 1 to 128 characters of `[0-9a-zA-Z._*-]`

  friend bool operator==(const ImageTagMutabilityExclusionFilter&, const ImageTagMutabilityExclusionFilter&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("filterType", self.filter_type);
    visit("filter", self.filter);
  }
};

struct ImageScanningConfiguration {
  std::optional<bool> scan_on_push;

  friend bool operator==(const ImageScanningConfiguration&, const ImageScanningConfiguration&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("scanOnPush", self.scan_on_push);
  }
};

struct EncryptionConfiguration {
  std::string encryption_type;  // AES256, KMS, KMS_DSSE
  std::optional<std::string> kms_key;

  friend bool operator==(const EncryptionConfiguration&, const EncryptionConfiguration&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("encryptionType", self.encryption_type);
    visit("kmsKey", self.kms_key);
  }
};

struct RepositoryShape {
  std::string repository_arn;
  std::string registry_id;
  std::string repository_name;
  std::string repository_uri;
  Instant created_at;
  std::string image_tag_mutability;
  std::optional<std::vector<ImageTagMutabilityExclusionFilter>> image_tag_mutability_exclusion_filters;
  ImageScanningConfiguration image_scanning_configuration;
  EncryptionConfiguration encryption_configuration;

  friend bool operator==(const RepositoryShape&, const RepositoryShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repositoryArn", self.repository_arn);
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("repositoryUri", self.repository_uri);
    visit("createdAt", self.created_at);
    visit("imageTagMutability", self.image_tag_mutability);
    visit("imageTagMutabilityExclusionFilters", self.image_tag_mutability_exclusion_filters);
    visit("imageScanningConfiguration", self.image_scanning_configuration);
    visit("encryptionConfiguration", self.encryption_configuration);
  }
};

struct CreateRepositoryResponse {
  RepositoryShape repository;

  friend bool operator==(const CreateRepositoryResponse&, const CreateRepositoryResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repository", self.repository);
  }
};

struct CreateRepositoryRequest {
  static constexpr std::string_view kOperation = "CreateRepository";
  using Response = CreateRepositoryResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::optional<std::vector<ResourceTag>> tags;
  std::optional<std::string> image_tag_mutability;
  std::optional<std::vector<ImageTagMutabilityExclusionFilter>> image_tag_mutability_exclusion_filters;
  std::optional<ImageScanningConfiguration> image_scanning_configuration;
  std::optional<EncryptionConfiguration> encryption_configuration;

  friend bool operator==(const CreateRepositoryRequest&, const CreateRepositoryRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("tags", self.tags);
    visit("imageTagMutability", self.image_tag_mutability);
    visit("imageTagMutabilityExclusionFilters", self.image_tag_mutability_exclusion_filters);
    visit("imageScanningConfiguration", self.image_scanning_configuration);
    visit("encryptionConfiguration", self.encryption_configuration);
  }
};

struct DescribeRepositoriesResponse {
  std::vector<RepositoryShape> repositories;
  std::optional<std::string> next_token;

  friend bool operator==(const DescribeRepositoriesResponse&, const DescribeRepositoriesResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repositories", self.repositories);
    visit("nextToken", self.next_token);
  }
};

struct DescribeRepositoriesRequest {
  static constexpr std::string_view kOperation = "DescribeRepositories";
  using Response = DescribeRepositoriesResponse;

  std::optional<std::string> registry_id;
  std::optional<std::vector<std::string>> repository_names;
  std::optional<std::string> next_token;
  std::optional<std::int64_t> max_results;

  friend bool operator==(const DescribeRepositoriesRequest&, const DescribeRepositoriesRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryNames", self.repository_names);
    visit("nextToken", self.next_token);
    visit("maxResults", self.max_results);
  }
};

struct DeleteRepositoryResponse {
  RepositoryShape repository;

  friend bool operator==(const DeleteRepositoryResponse&, const DeleteRepositoryResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repository", self.repository);
  }
};

struct DeleteRepositoryRequest {
  static constexpr std::string_view kOperation = "DeleteRepository";
  using Response = DeleteRepositoryResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::optional<bool> force;

  friend bool operator==(const DeleteRepositoryRequest&, const DeleteRepositoryRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("force", self.force);
  }
};

struct PutImageTagMutabilityResponse {
  std::string registry_id;
  std::string repository_name;
  std::string image_tag_mutability;
  std::optional<std::vector<ImageTagMutabilityExclusionFilter>> image_tag_mutability_exclusion_filters;

  friend bool operator==(const PutImageTagMutabilityResponse&, const PutImageTagMutabilityResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageTagMutability", self.image_tag_mutability);
    visit("imageTagMutabilityExclusionFilters", self.image_tag_mutability_exclusion_filters);
  }
};

struct PutImageTagMutabilityRequest {
  static constexpr std::string_view kOperation = "PutImageTagMutability";
  using Response = PutImageTagMutabilityResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::string image_tag_mutability;
  std::optional<std::vector<ImageTagMutabilityExclusionFilter>> image_tag_mutability_exclusion_filters;

  friend bool operator==(const PutImageTagMutabilityRequest&, const PutImageTagMutabilityRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageTagMutability", self.image_tag_mutability);
    visit("imageTagMutabilityExclusionFilters", self.image_tag_mutability_exclusion_filters);
  }
};

}  // namespace crrsim
