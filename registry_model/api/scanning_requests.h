// Requests and responses of the scanning settings of registries and repositories, in AWS's own shapes.
//
// Source  ecr-replication.md 9, 10.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/repository_requests.h"

namespace crrsim {

struct ScanningRepositoryFilter {
  std::string filter;       // 1 to 255 characters
  std::string filter_type;  // WILDCARD

  friend bool operator==(const ScanningRepositoryFilter&, const ScanningRepositoryFilter&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("filter", self.filter);
    visit("filterType", self.filter_type);
  }
};

struct RegistryScanningRule {
  std::string scan_frequency;                                // SCAN_ON_PUSH, CONTINUOUS_SCAN, MANUAL
  std::vector<ScanningRepositoryFilter> repository_filters;  // 0 to 100

  friend bool operator==(const RegistryScanningRule&, const RegistryScanningRule&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("scanFrequency", self.scan_frequency);
    visit("repositoryFilters", self.repository_filters);
  }
};

struct RegistryScanningConfiguration {
  std::string scan_type;  // BASIC, ENHANCED
  std::vector<RegistryScanningRule> rules;

  friend bool operator==(const RegistryScanningConfiguration&, const RegistryScanningConfiguration&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("scanType", self.scan_type);
    visit("rules", self.rules);
  }
};

struct PutRegistryScanningConfigurationResponse {
  RegistryScanningConfiguration registry_scanning_configuration;

  friend bool operator==(const PutRegistryScanningConfigurationResponse&,
                         const PutRegistryScanningConfigurationResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryScanningConfiguration", self.registry_scanning_configuration);
  }
};

struct PutRegistryScanningConfigurationRequest {
  static constexpr std::string_view kOperation = "PutRegistryScanningConfiguration";
  using Response = PutRegistryScanningConfigurationResponse;

  std::optional<std::string> scan_type;                    // BASIC when absent
  std::optional<std::vector<RegistryScanningRule>> rules;  // 0 to 2

  friend bool operator==(const PutRegistryScanningConfigurationRequest&,
                         const PutRegistryScanningConfigurationRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("scanType", self.scan_type);
    visit("rules", self.rules);
  }
};

struct GetRegistryScanningConfigurationResponse {
  std::string registry_id;
  RegistryScanningConfiguration scanning_configuration;

  friend bool operator==(const GetRegistryScanningConfigurationResponse&,
                         const GetRegistryScanningConfigurationResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("scanningConfiguration", self.scanning_configuration);
  }
};

struct GetRegistryScanningConfigurationRequest {
  static constexpr std::string_view kOperation = "GetRegistryScanningConfiguration";
  using Response = GetRegistryScanningConfigurationResponse;

  friend bool operator==(const GetRegistryScanningConfigurationRequest&,
                         const GetRegistryScanningConfigurationRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

struct RepositoryScanningConfiguration {
  std::string repository_arn;
  std::string repository_name;
  bool scan_on_push = false;
  std::string scan_frequency;
  std::vector<ScanningRepositoryFilter> applied_scan_filters;

  friend bool operator==(const RepositoryScanningConfiguration&, const RepositoryScanningConfiguration&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repositoryArn", self.repository_arn);
    visit("repositoryName", self.repository_name);
    visit("scanOnPush", self.scan_on_push);
    visit("scanFrequency", self.scan_frequency);
    visit("appliedScanFilters", self.applied_scan_filters);
  }
};

struct RepositoryScanningConfigurationFailure {
  std::string repository_name;
  std::string failure_code;  // REPOSITORY_NOT_FOUND
  std::string failure_reason;

  friend bool operator==(const RepositoryScanningConfigurationFailure&,
                         const RepositoryScanningConfigurationFailure&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repositoryName", self.repository_name);
    visit("failureCode", self.failure_code);
    visit("failureReason", self.failure_reason);
  }
};

struct BatchGetRepositoryScanningConfigurationResponse {
  std::vector<RepositoryScanningConfiguration> scanning_configurations;
  std::vector<RepositoryScanningConfigurationFailure> failures;

  friend bool operator==(const BatchGetRepositoryScanningConfigurationResponse&,
                         const BatchGetRepositoryScanningConfigurationResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("scanningConfigurations", self.scanning_configurations);
    visit("failures", self.failures);
  }
};

struct BatchGetRepositoryScanningConfigurationRequest {
  static constexpr std::string_view kOperation = "BatchGetRepositoryScanningConfiguration";
  using Response = BatchGetRepositoryScanningConfigurationResponse;

  std::vector<std::string> repository_names;  // 1 to 25

  friend bool operator==(const BatchGetRepositoryScanningConfigurationRequest&,
                         const BatchGetRepositoryScanningConfigurationRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repositoryNames", self.repository_names);
  }
};

struct PutImageScanningConfigurationResponse {
  std::string registry_id;
  std::string repository_name;
  ImageScanningConfiguration image_scanning_configuration;

  friend bool operator==(const PutImageScanningConfigurationResponse&,
                         const PutImageScanningConfigurationResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageScanningConfiguration", self.image_scanning_configuration);
  }
};

struct PutImageScanningConfigurationRequest {
  static constexpr std::string_view kOperation = "PutImageScanningConfiguration";
  using Response = PutImageScanningConfigurationResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  ImageScanningConfiguration image_scanning_configuration;

  friend bool operator==(const PutImageScanningConfigurationRequest&,
                         const PutImageScanningConfigurationRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageScanningConfiguration", self.image_scanning_configuration);
  }
};

}  // namespace crrsim
