// What API calls change of a registry as a whole, and calls that were refused. registry_model/events.h has the rules
// and the stream.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "registry_model/names.h"
#include "registry_model/replication/configuration.h"

namespace crrsim {

/// An API call ended in an error and changed nothing.
struct CallRefused {
  static constexpr std::string_view kName = "CallRefused";
  RegistryKey registry;
  std::string operation;
  std::string exception;
  std::string message;

  friend bool operator==(const CallRefused&, const CallRefused&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("operation", self.operation);
    visit("exception", self.exception);
    visit("message", self.message);
  }
};

/// A registry's replication configuration was replaced.
struct ReplicationConfigured {
  static constexpr std::string_view kName = "ReplicationConfigured";
  RegistryKey registry;
  ReplicationConfiguration configuration;

  friend bool operator==(const ReplicationConfigured&, const ReplicationConfigured&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("configuration", self.configuration);
  }
};

/// An account got the role AWSServiceRoleForECRReplication. Source  ecr-replication.md 1.4 (16).
struct ReplicationRoleCreated {
  static constexpr std::string_view kName = "ReplicationRoleCreated";
  AccountId account;

  friend bool operator==(const ReplicationRoleCreated&, const ReplicationRoleCreated&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("account", self.account);
  }
};

/// An account's role AWSServiceRoleForECRReplication was deleted.
struct ReplicationRoleDeleted {
  static constexpr std::string_view kName = "ReplicationRoleDeleted";
  AccountId account;

  friend bool operator==(const ReplicationRoleDeleted&, const ReplicationRoleDeleted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("account", self.account);
  }
};

/// A registry's policy was put, or deleted (`policy_text` empty).
struct RegistryPolicyChanged {
  static constexpr std::string_view kName = "RegistryPolicyChanged";
  RegistryKey registry;
  std::string policy_text;

  friend bool operator==(const RegistryPolicyChanged&, const RegistryPolicyChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("policy_text", self.policy_text);
  }
};

/// A repository creation template was put, or deleted (`settings` empty). `settings` is its JSON.
struct TemplateChanged {
  static constexpr std::string_view kName = "TemplateChanged";
  RegistryKey registry;
  std::string prefix;
  std::string settings;

  friend bool operator==(const TemplateChanged&, const TemplateChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("prefix", self.prefix);
    visit("settings", self.settings);
  }
};

/// A registry's account setting was put: `BLOB_MOUNTING`, `REGISTRY_POLICY_SCOPE` or `BASIC_SCAN_TYPE_VERSION`.
struct AccountSettingChanged {
  static constexpr std::string_view kName = "AccountSettingChanged";
  RegistryKey registry;
  std::string setting;
  std::string value;

  friend bool operator==(const AccountSettingChanged&, const AccountSettingChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("setting", self.setting);
    visit("value", self.value);
  }
};

/// A repository is scanned at other times than before: `MANUAL`, `SCAN_ON_PUSH` or `CONTINUOUS_SCAN`.
struct ScanFrequencyChange {
  RepositoryName repository;
  std::string from;
  std::string to;

  friend bool operator==(const ScanFrequencyChange&, const ScanFrequencyChange&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repository", self.repository);
    visit("from", self.from);
    visit("to", self.to);
  }
};

/// A registry's scanning configuration was replaced. `configuration` is its JSON.
struct ScanningConfigured {
  static constexpr std::string_view kName = "ScanningConfigured";
  RegistryKey registry;
  std::string configuration;
  std::vector<ScanFrequencyChange> changes;  // under enhanced scanning, by name

  friend bool operator==(const ScanningConfigured&, const ScanningConfigured&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("configuration", self.configuration);
    visit("changes", self.changes);
  }
};

}  // namespace crrsim
