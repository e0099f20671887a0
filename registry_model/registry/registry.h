// One private registry: an account in a region, with its repositories, policy, replication configuration and creation
// templates.
//
// Repositories are copied on write, so a copy of a world shares all that neither side has changed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry_model/registry/mount_groups.h"
#include "registry_model/registry/repository.h"
#include "registry_model/registry/resource_policy.h"
#include "registry_model/registry/scanning_configuration.h"
#include "registry_model/replication/configuration.h"
#include "sim/cow.h"
#include "sim/index.h"

namespace crrsim {

/// A repository creation template. Source  ecr-replication.md 2.6.
struct CreationTemplate {
  std::string prefix;  // without the implied trailing '/', or ROOT
  std::string description;
  std::vector<std::string> applied_for;  // REPLICATION, PULL_THROUGH_CACHE, CREATE_ON_PUSH
  RepositorySettings settings;
  std::string custom_role_arn;  // empty for none
  Instant created_at;
  Instant updated_at;

  [[nodiscard]] bool AppliesFor(std::string_view purpose) const;

  friend bool operator==(const CreationTemplate&, const CreationTemplate&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("prefix", self.prefix);
    visit("description", self.description);
    visit("appliedFor", self.applied_for);
    visit("settings", self.settings);
    visit("customRoleArn", self.custom_role_arn);
    visit("createdAt", self.created_at);
    visit("updatedAt", self.updated_at);
  }
};

/// A registry's account settings. Source  ecr-replication.md 3 (11), 4.2, 9.
struct AccountSettings {
  bool blob_mounting = false;
  std::string policy_scope = "V2";
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("blobMounting", self.blob_mounting);
    visit("policyScope", self.policy_scope);
  }
};

struct Registry {
  RegistryKey key;
  ReplicationConfiguration replication;
  std::optional<RegistryPolicy> policy;
  std::map<std::string, CreationTemplate> templates;  // by prefix
  Index<RepositoryName, Cow<Repository>> repositories;
  bool opted_in = true;  // whether the account has opted in to the region (ecr-replication.md 1.4 (13))
  AccountSettings account_settings;
  ScanningConfiguration scanning;
  MountGroups mounts;
  std::map<Instant, std::int64_t> scans;  // how many basic scans began when, in the last 24 hours

  /// Null when absent. By text: of a name that need not be one.
  [[nodiscard]] const Repository* Find(const RepositoryName& name) const;
  [[nodiscard]] const Repository* Find(std::string_view name) const;
  /// Null when absent. Unshares the repository; call it only to change something.
  Repository* FindMutable(const RepositoryName& name);

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("key", self.key);
    visit("replication", self.replication);
    visit("policy", self.policy);
    visit("templates", self.templates);
    visit("repositories", self.repositories);
    visit("optedIn", self.opted_in);
    visit("accountSettings", self.account_settings);
    visit("scanning", self.scanning);
    visit("mounts", self.mounts);
    visit("scans", self.scans);
  }
};

/// All registries of a world, by key. Every account has a registry in every region. Nearly every step looks one up, so
/// that costs a hash and not a search by names.
/// Order  of iteration: ascending keys. References and iterators are good until a registry is added.
class Registries {
 public:
  using Row = std::pair<RegistryKey, Registry>;
  /// Where a registry stands in the order of the keys, until one is added: 0, 1, 2, ...
  using Place = std::uint32_t;

  [[nodiscard]] auto begin() { return rows_.begin(); }
  [[nodiscard]] auto end() { return rows_.end(); }
  [[nodiscard]] auto begin() const { return rows_.begin(); }
  [[nodiscard]] auto end() const { return rows_.end(); }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// Null when there is no such registry.
  [[nodiscard]] const Registry* Find(const RegistryKey& key) const {
    const auto* place = places_.Find(key);
    return place == nullptr ? nullptr : &rows_[*place].second;
  }
  [[nodiscard]] std::optional<Place> PlaceOf(const RegistryKey& key) const {
    const auto* place = places_.Find(key);
    return place == nullptr ? std::nullopt : std::optional(*place);
  }
  /// Requires place < size().
  [[nodiscard]] Registry& AtPlace(Place place) { return rows_.at(place).second; }
  [[nodiscard]] Registry* Find(const RegistryKey& key) { return const_cast<Registry*>(std::as_const(*this).Find(key)); }
  [[nodiscard]] bool contains(const RegistryKey& key) const { return places_.Find(key) != nullptr; }
  /// Requires that there is one; a Defect otherwise.
  [[nodiscard]] const Registry& at(const RegistryKey& key) const;
  [[nodiscard]] Registry& at(const RegistryKey& key) { return const_cast<Registry&>(std::as_const(*this).at(key)); }
  /// Adds one where there is none. Adding in the order of the keys is cheapest.
  Registry& operator[](const RegistryKey& key);

  void Encode(Writer& writer) const;
  static Registries Decode(Reader& reader);

 private:
  std::vector<Row> rows_;  // by key
  Index<RegistryKey, Place> places_;
};

}  // namespace crrsim
