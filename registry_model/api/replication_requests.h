// Requests and responses of the replication operations, in AWS's own shapes. PutReplicationConfiguration and
// DescribeRegistry act on the caller's own registry.
//
// Source  ecr-replication.md 1.2, 1.3, 5.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/image_requests.h"

namespace crrsim {

struct ReplicationDestinationShape {
  std::string region;
  std::string registry_id;

  friend bool operator==(const ReplicationDestinationShape&, const ReplicationDestinationShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("region", self.region);
    visit("registryId", self.registry_id);
  }
};

struct RepositoryFilterShape {
  std::string filter;
  std::string filter_type;  // PREFIX_MATCH

  friend bool operator==(const RepositoryFilterShape&, const RepositoryFilterShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("filter", self.filter);
    visit("filterType", self.filter_type);
  }
};

struct DeleteReplicationShape {
  bool enabled = false;

  friend bool operator==(const DeleteReplicationShape&, const DeleteReplicationShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("enabled", self.enabled);
  }
};

struct ReplicationRuleShape {
  std::vector<ReplicationDestinationShape> destinations;
  std::optional<std::vector<RepositoryFilterShape>> repository_filters;
  std::optional<DeleteReplicationShape> delete_replication;

  friend bool operator==(const ReplicationRuleShape&, const ReplicationRuleShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("destinations", self.destinations);
    visit("repositoryFilters", self.repository_filters);
    visit("deleteReplication", self.delete_replication);
  }
};

struct ReplicationConfigurationShape {
  std::vector<ReplicationRuleShape> rules;

  friend bool operator==(const ReplicationConfigurationShape&, const ReplicationConfigurationShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("rules", self.rules);
  }
};

struct PutReplicationConfigurationResponse {
  ReplicationConfigurationShape replication_configuration;

  friend bool operator==(const PutReplicationConfigurationResponse&,
                         const PutReplicationConfigurationResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("replicationConfiguration", self.replication_configuration);
  }
};

struct PutReplicationConfigurationRequest {
  static constexpr std::string_view kOperation = "PutReplicationConfiguration";
  using Response = PutReplicationConfigurationResponse;

  ReplicationConfigurationShape replication_configuration;

  friend bool operator==(const PutReplicationConfigurationRequest&,
                         const PutReplicationConfigurationRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("replicationConfiguration", self.replication_configuration);
  }
};

struct DescribeRegistryResponse {
  std::string registry_id;
  ReplicationConfigurationShape replication_configuration;

  friend bool operator==(const DescribeRegistryResponse&, const DescribeRegistryResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("replicationConfiguration", self.replication_configuration);
  }
};

struct DescribeRegistryRequest {
  static constexpr std::string_view kOperation = "DescribeRegistry";
  using Response = DescribeRegistryResponse;

  friend bool operator==(const DescribeRegistryRequest&, const DescribeRegistryRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

/// `region` and `registryId` are those of the destination.
struct ImageReplicationStatus {
  std::string region;
  std::string registry_id;
  std::string status;  // IN_PROGRESS, COMPLETE, FAILED
  std::optional<std::string> failure_code;

  friend bool operator==(const ImageReplicationStatus&, const ImageReplicationStatus&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("region", self.region);
    visit("registryId", self.registry_id);
    visit("status", self.status);
    visit("failureCode", self.failure_code);
  }
};

struct DescribeImageReplicationStatusResponse {
  std::string repository_name;
  ImageIdentifier image_id;
  std::vector<ImageReplicationStatus> replication_statuses;

  friend bool operator==(const DescribeImageReplicationStatusResponse&,
                         const DescribeImageReplicationStatusResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repositoryName", self.repository_name);
    visit("imageId", self.image_id);
    visit("replicationStatuses", self.replication_statuses);
  }
};

struct DescribeImageReplicationStatusRequest {
  static constexpr std::string_view kOperation = "DescribeImageReplicationStatus";
  using Response = DescribeImageReplicationStatusResponse;

  std::string repository_name;
  ImageIdentifier image_id;
  std::optional<std::string> registry_id;

  friend bool operator==(const DescribeImageReplicationStatusRequest&,
                         const DescribeImageReplicationStatusRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repositoryName", self.repository_name);
    visit("imageId", self.image_id);
    visit("registryId", self.registry_id);
  }
};

}  // namespace crrsim
