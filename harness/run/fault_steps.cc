#include "harness/run/fault_steps.h"

#include <fmt/format.h>

namespace crrsim {

std::vector<FaultNumber> BeginFaults(World& world, const PartitionStep& step) {
  std::vector<FaultNumber> numbers;
  numbers.push_back(world.BeginFault("partition", Partition{step.from, step.to}, step.duration));
  if (step.both_ways) numbers.push_back(world.BeginFault("partition", Partition{step.to, step.from}, step.duration));
  return numbers;
}

std::vector<FaultNumber> BeginFaults(World& world, const FailStep& step) {
  return {world.BeginFault(step.name, step.fault, step.duration)};
}

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
  std::vector<FaultNumber> numbers;
  for (auto& kind : kinds) numbers.push_back(world.BeginFault(step.name, std::move(kind), step.duration));
  return numbers;
}

}  // namespace crrsim
