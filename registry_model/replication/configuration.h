// A registry's replication configuration, in the words of ECR's API.
//
// One registry (account and region) has one configuration; a put replaces all of it. An empty list of rules is "never
// configured".
//
// Source  ecr-replication.md 1.3 (shapes and limits), 1.4 (semantics).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/names.h"

namespace crrsim {

/// `filterType` has the one value PREFIX_MATCH, so only the filter's text is kept.
struct RepositoryFilter {
  std::string prefix;
  friend bool operator==(const RepositoryFilter&, const RepositoryFilter&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("filter", self.prefix);
  }
};

struct ReplicationRule {
  std::vector<RegistryKey> destinations;
  std::vector<RepositoryFilter> filters;   // none: every repository
  std::optional<bool> delete_replication;  // as put; absent is off
  friend bool operator==(const ReplicationRule&, const ReplicationRule&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("destinations", self.destinations);
    visit("repositoryFilters", self.filters);
    visit("deleteReplication", self.delete_replication);
  }
};

struct ReplicationConfiguration {
  std::vector<ReplicationRule> rules;
  friend bool operator==(const ReplicationConfiguration&, const ReplicationConfiguration&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("rules", self.rules);
  }
};

}  // namespace crrsim
