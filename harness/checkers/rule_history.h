// Where the rules of each registry send an image, worked out again from the configurations that the events told of.
//
// Matching is written here a second time on purpose: what it is held against is registry_model/replication/match.h.
// Source  ecr-replication.md 1.4 (2, 5 to 8), 1.6 (1), 2.1; assumptions `untagged_push`, `delete_overlapping_rules`.
#pragma once

#include <map>
#include <set>

#include "registry_model/assumptions.h"
#include "registry_model/events.h"

namespace crrsim {

class RuleHistory {
 public:
  explicit RuleHistory(const Assumptions& assumptions)
      : untagged_too_(assumptions.value(Assumption::kUntaggedPush) == "replicated"),
        any_rule_deletes_(assumptions.value(Assumption::kDeleteOverlappingRules) == "any-rule") {}

  /// Hears ReplicationConfigured.
  void OnEvent(const Event& event) {
    const auto* configured = std::get_if<ReplicationConfigured>(&event.body);
    if (configured != nullptr) configurations_[configured->registry] = configured->configuration;
  }

  /// Where a push goes, each destination once.
  [[nodiscard]] std::set<RegistryKey> DestinationsOf(const ImagePushed& push) const {
    if (!push.tag && !untagged_too_) return {};
    return DestinationsOf(push.registry, push.repository);
  }
  /// The same of whatever is replicated from a repository.
  [[nodiscard]] std::set<RegistryKey> DestinationsOf(const RegistryKey& source,
                                                     const RepositoryName& repository) const {
    std::set<RegistryKey> destinations;
    const auto found = configurations_.find(source);
    if (found == configurations_.end()) return destinations;
    for (const auto& rule : found->second.rules) {
      if (Takes(rule, repository)) destinations.insert(rule.destinations.begin(), rule.destinations.end());
    }
    return destinations;
  }
  /// Where what is deleted in a repository is deleted too, each once.
  [[nodiscard]] std::set<RegistryKey> DeletionDestinationsOf(const RegistryKey& source,
                                                             const RepositoryName& repository) const {
    std::map<RegistryKey, std::pair<bool, bool>> named;  // whether any, and whether every rule deletes there
    const auto found = configurations_.find(source);
    if (found == configurations_.end()) return {};
    for (const auto& rule : found->second.rules) {
      if (!Takes(rule, repository)) continue;
      const bool deletes = rule.delete_replication.has_value() && *rule.delete_replication;
      for (const auto& destination : rule.destinations) {
        auto& [any, every] = named.emplace(destination, std::pair(false, true)).first->second;
        any = any || deletes;
        every = every && deletes;
      }
    }
    std::set<RegistryKey> destinations;
    for (const auto& [destination, flags] : named) {
      if (any_rule_deletes_ ? flags.first : flags.second) destinations.insert(destination);
    }
    return destinations;
  }
  [[nodiscard]] bool untagged_too() const { return untagged_too_; }

 private:
  static bool Takes(const ReplicationRule& rule, const RepositoryName& repository) {
    bool takes = rule.filters.empty();
    for (const auto& filter : rule.filters) {
      takes = takes || repository.text().compare(0, filter.prefix.size(), filter.prefix) == 0;
    }
    return takes;
  }

  bool untagged_too_;
  bool any_rule_deletes_;
  std::map<RegistryKey, ReplicationConfiguration> configurations_;
};

}  // namespace crrsim
