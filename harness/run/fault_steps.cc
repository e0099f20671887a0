#include "harness/run/fault_steps.h"

#include <fmt/format.h>

namespace crrsim {

Result<std::vector<FaultNumber>, ParseError> BeginFaults(World& world, const FaultStep& step,
                                                         const Scenario& scenario) {
  std::vector<FaultKind> kinds = step.what;
  if (step.damage) {
    const auto& [reference, in, layer] = *step.damage;
    const auto* repository = world.FindRegistry(in)->Find(reference.repository);
    const auto* image = repository == nullptr ? nullptr
                        : reference.tag       ? repository->FindImage(*reference.tag)
                                              : repository->FindImage(*reference.digest);
    if (image == nullptr) return ParseError{fmt::format("{} is not in {}", ToText(reference), scenario.NameOf(in))};
    const auto& blobs = image->manifest->blobs;  // the config first, then the layers
    if (blobs.empty()) return ParseError{fmt::format("{} is an index; name one of its images", ToText(reference))};
    const auto layers = static_cast<std::int64_t>(blobs.size()) - 1;
    if (layer && *layer > layers) return ParseError{fmt::format("{} has {} layers", ToText(reference), layers)};
    for (std::int64_t place = 0; place <= layers; ++place) {
      if (layer && place != *layer) continue;
      kinds.emplace_back(StorageDamage{in, reference.repository, blobs[static_cast<std::size_t>(place)].digest});
    }
  }
  return world.BeginFaults(step.name, std::move(kinds), step.duration);
}

}  // namespace crrsim
