#include "registry_model/replication/match.h"

#include "registry_model/mutants.h"

#include <algorithm>

namespace crrsim {

bool Matches(const ReplicationRule& rule, const RepositoryName& repository) {
  const std::string& name = repository.text();
  if (rule.filters.empty()) return !Mutated(Mutant::kNoFilterTakesNothing);
  if (Mutated(Mutant::kAllFiltersMustMatch)) {
    return std::all_of(rule.filters.begin(), rule.filters.end(),
                       [&](const RepositoryFilter& filter) { return name.starts_with(filter.prefix); });
  }
  return std::any_of(rule.filters.begin(), rule.filters.end(), [&](const RepositoryFilter& filter) {
    if (Mutated(Mutant::kFilterMatchesAnywhere)) return name.find(filter.prefix) != std::string::npos;
    if (Mutated(Mutant::kFilterNeedsASegment)) return (name + "/").starts_with(filter.prefix + "/");
    return name.starts_with(filter.prefix);
  });
}

std::vector<RegistryKey> DestinationsOf(const ReplicationConfiguration& configuration, const RepositoryName& repository,
                                        Assumptions& assumptions) {
  std::vector<RegistryKey> destinations;
  for (const auto& rule : configuration.rules) {
    if (!Matches(rule, repository)) continue;
    for (const auto& destination : rule.destinations) {
      const bool repeated = std::find(destinations.begin(), destinations.end(), destination) != destinations.end();
      if (repeated && assumptions.Use(Assumption::kSameDestinationByTwoRules) == "one-job") continue;
      destinations.push_back(destination);
    }
    if (Mutated(Mutant::kFirstRuleOnly)) break;
  }
  return destinations;
}

std::vector<RegistryKey> DeletionDestinationsOf(const ReplicationConfiguration& configuration,
                                                const RepositoryName& repository, Assumptions& assumptions) {
  struct Flags {
    RegistryKey destination;
    bool any = false;
    bool all = true;
  };
  std::vector<Flags> named;
  for (const auto& rule : configuration.rules) {
    if (!Matches(rule, repository)) continue;
    const bool replicates = rule.delete_replication.value_or(Mutated(Mutant::kAbsentFlagDeletes));
    for (const auto& destination : rule.destinations) {
      const auto same = [&](const Flags& flags) { return flags.destination == destination; };
      auto flags = std::find_if(named.begin(), named.end(), same);
      if (flags == named.end()) flags = named.insert(named.end(), Flags{destination, false, true});
      flags->any = flags->any || replicates;
      flags->all = flags->all && replicates;
    }
  }
  std::vector<RegistryKey> destinations;
  for (const auto& [destination, any, all] : named) {
    if (all || (any && assumptions.Use(Assumption::kDeleteOverlappingRules) == "any-rule")) {
      destinations.push_back(destination);
    }
  }
  return destinations;
}

}  // namespace crrsim
