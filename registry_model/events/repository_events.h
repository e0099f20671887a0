// What happens to repositories. registry_model/events.h has the rules and the stream.
#pragma once

#include <string>
#include <string_view>

#include "registry_model/events/origin.h"
#include "registry_model/names.h"

namespace crrsim {

/// A repository came into being. `template_prefix` is empty when no creation template applied.
struct RepositoryCreated {
  static constexpr std::string_view kName = "RepositoryCreated";
  RegistryKey registry;
  RepositoryName repository;
  Origin created_by = Origin::kClient;
  std::string template_prefix;

  friend bool operator==(const RepositoryCreated&, const RepositoryCreated&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("created_by", self.created_by);
    visit("template_prefix", self.template_prefix);
  }
};

/// A repository and all that was in it is gone; each image and blob was said to go before.
struct RepositoryDeleted {
  static constexpr std::string_view kName = "RepositoryDeleted";
  RegistryKey registry;
  RepositoryName repository;

  friend bool operator==(const RepositoryDeleted&, const RepositoryDeleted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
  }
};

/// The `setting` of a lifecycle policy.
inline constexpr std::string_view kLifecyclePolicySetting = "lifecyclePolicy";

/// A setting of a repository was replaced. `setting` is `imageTagMutability`, `repositoryPolicy`, `lifecyclePolicy`,
/// `scanOnPush` or `tags`; `value` is its new value, a policy's text, a mutability with its exclusion filters or
/// resource tags as `KEY=VALUE`, or empty when it was deleted.
struct RepositorySettingChanged {
  static constexpr std::string_view kName = "RepositorySettingChanged";
  RegistryKey registry;
  RepositoryName repository;
  std::string setting;
  std::string value;

  friend bool operator==(const RepositorySettingChanged&, const RepositorySettingChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("setting", self.setting);
    visit("value", self.value);
  }
};

}  // namespace crrsim
