#include "registry_model/backfill/listing.h"

#include <algorithm>

#include "registry_model/mutants.h"
#include "registry_model/replication/match.h"

namespace crrsim {

namespace {

bool Contains(const std::vector<RegistryKey>& destinations, const RegistryKey& destination) {
  return std::find(destinations.begin(), destinations.end(), destination) != destinations.end();
}

}  // namespace

std::vector<BackfillUnit> ListUnits(const Registry& source, const RegistryKey& destination, Assumptions& assumptions) {
  std::vector<BackfillUnit> units;
  source.repositories.ForEachSorted([&](const RepositoryName& name, const Cow<Repository>& repository) {
    if (!Contains(DestinationsOf(source.replication, name, assumptions), destination) &&
        !Mutated(Mutant::kBackfillTakesEverything)) {
      return;
    }
    repository->images.ForEachSorted([&](const Digest& digest, const Image& image) {
      if (image.origin == Origin::kReplication) return;
      if (!image.storage.is_active() && assumptions.Use(Assumption::kBackfillArchived) == "left-out") return;
      const BackfillUnit unit{name, digest, std::nullopt, !image.manifest->children.empty()};
      if (image.tags.empty()) {
        if (image.indexes == 0 && assumptions.Use(Assumption::kUntaggedPush) == "replicated") units.push_back(unit);
        return;
      }
      for (const auto& tag : image.tags) {
        units.push_back(unit);
        units.back().tag = tag;
        if (Mutated(Mutant::kOneUnitAnImage)) return;
      }
    });
  });
  return units;
}

bool IsDestinationOf(const ReplicationConfiguration& configuration, const RegistryKey& destination) {
  return std::any_of(configuration.rules.begin(), configuration.rules.end(),
                     [&](const ReplicationRule& rule) { return Contains(rule.destinations, destination); });
}

}  // namespace crrsim
