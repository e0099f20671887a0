#include "registry_model/replication/match.h"

#include <algorithm>

namespace crrsim {

bool Matches(const ReplicationRule& rule, const RepositoryName& repository) {
  if (rule.filters.empty()) return true;
  return std::any_of(rule.filters.begin(), rule.filters.end(),
                     [&](const RepositoryFilter& filter) { return repository.text().starts_with(filter.prefix); });
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
  }
  return destinations;
}

}  // namespace crrsim
