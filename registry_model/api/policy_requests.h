// Requests and responses of the registry policy and repository policy operations, in AWS's own shapes. The registry
// policy operations act on the caller's own registry.
//
// Source  ecr-replication.md 3, 10.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crrsim {

struct PutRegistryPolicyResponse {
  std::string registry_id;
  std::string policy_text;

  friend bool operator==(const PutRegistryPolicyResponse&, const PutRegistryPolicyResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("policyText", self.policy_text);
  }
};

struct PutRegistryPolicyRequest {
  static constexpr std::string_view kOperation = "PutRegistryPolicy";
  using Response = PutRegistryPolicyResponse;

  std::string policy_text;

  friend bool operator==(const PutRegistryPolicyRequest&, const PutRegistryPolicyRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("policyText", self.policy_text);
  }
};

struct GetRegistryPolicyResponse {
  std::string registry_id;
  std::string policy_text;

  friend bool operator==(const GetRegistryPolicyResponse&, const GetRegistryPolicyResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("policyText", self.policy_text);
  }
};

struct GetRegistryPolicyRequest {
  static constexpr std::string_view kOperation = "GetRegistryPolicy";
  using Response = GetRegistryPolicyResponse;

  friend bool operator==(const GetRegistryPolicyRequest&, const GetRegistryPolicyRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

struct DeleteRegistryPolicyResponse {
  std::string registry_id;
  std::string policy_text;

  friend bool operator==(const DeleteRegistryPolicyResponse&, const DeleteRegistryPolicyResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("policyText", self.policy_text);
  }
};

struct DeleteRegistryPolicyRequest {
  static constexpr std::string_view kOperation = "DeleteRegistryPolicy";
  using Response = DeleteRegistryPolicyResponse;

  friend bool operator==(const DeleteRegistryPolicyRequest&, const DeleteRegistryPolicyRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

struct SetRepositoryPolicyResponse {
  std::string registry_id;
  std::string repository_name;
  std::string policy_text;

  friend bool operator==(const SetRepositoryPolicyResponse&, const SetRepositoryPolicyResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("policyText", self.policy_text);
  }
};

struct SetRepositoryPolicyRequest {
  static constexpr std::string_view kOperation = "SetRepositoryPolicy";
  using Response = SetRepositoryPolicyResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::string policy_text;
  std::optional<bool> force;  // needed for a policy that would keep the caller from setting another

  friend bool operator==(const SetRepositoryPolicyRequest&, const SetRepositoryPolicyRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("policyText", self.policy_text);
    visit("force", self.force);
  }
};

struct GetRepositoryPolicyResponse {
  std::string registry_id;
  std::string repository_name;
  std::string policy_text;

  friend bool operator==(const GetRepositoryPolicyResponse&, const GetRepositoryPolicyResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("policyText", self.policy_text);
  }
};

struct GetRepositoryPolicyRequest {
  static constexpr std::string_view kOperation = "GetRepositoryPolicy";
  using Response = GetRepositoryPolicyResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;

  friend bool operator==(const GetRepositoryPolicyRequest&, const GetRepositoryPolicyRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
  }
};

struct DeleteRepositoryPolicyResponse {
  std::string registry_id;
  std::string repository_name;
  std::string policy_text;

  friend bool operator==(const DeleteRepositoryPolicyResponse&, const DeleteRepositoryPolicyResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("policyText", self.policy_text);
  }
};

struct DeleteRepositoryPolicyRequest {
  static constexpr std::string_view kOperation = "DeleteRepositoryPolicy";
  using Response = DeleteRepositoryPolicyResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;

  friend bool operator==(const DeleteRepositoryPolicyRequest&, const DeleteRepositoryPolicyRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
  }
};

}  // namespace crrsim
