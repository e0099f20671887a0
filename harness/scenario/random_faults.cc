#include "harness/scenario/random_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "sim/random.h"

namespace crrsim {

namespace {

constexpr std::array<std::string_view, 15> kVerbs = {"outage",    "partition", "degrade",  "delay", "lose",
                                                     "duplicate", "stall",     "throttle", "error", "crash",
                                                     "fail",      "corrupt",   "damage",   "quota", "skew"};

/// What there is to hit.
class Targets {
 public:
  explicit Targets(const Scenario& scenario) : world_(scenario.world) {
    for (const auto& step : scenario.timeline) {
      if (const auto* push = std::get_if<PushStep>(&step.what)) {
        sources_.insert({push->to, push->repository});
        called_.insert(push->to);
      }
      if (const auto* call = std::get_if<CallStep>(&step.what)) called_.insert(call->in);
    }
  }

  /// Empty when this world has nothing that a fault of this kind can hit.
  std::optional<FaultKind> Draw(std::string_view verb, RandomStream& stream) const {
    if (verb == "outage") return Outage{Region(stream)};
    if (verb == "crash") return WorkerCrash{Region(stream)};
    if (verb == "skew") return ClockSkew{Region(stream), stream.UniformDuration(Hours(-1), Hours(1))};
    if (verb == "stall") return Stall{Registry(stream), std::nullopt, 0, stream.Between(1, 8)};
    if (verb == "throttle" || verb == "error") return Refusal(verb, stream);
    if (verb == "fail") return StepFailing(stream);
    if (verb == "corrupt") {
      return StepFault{JobStep::kTransfer, FailureCode::kDigestMismatch, Registry(stream),
                       std::nullopt,       stream.Between(0, 3),         stream.Between(1, 5)};
    }
    if (verb == "damage") return Damage(stream);
    if (verb == "quota") return Full(stream);
    return OnLink(verb, stream);
  }

 private:
  template <class List>
  static const auto& OneOf(const List& list, RandomStream& stream) {
    return *std::next(list.begin(), static_cast<std::ptrdiff_t>(stream.Below(list.size())));
  }
  RegionName Region(RandomStream& stream) const { return OneOf(world_.regions, stream).name; }
  RegistryKey Registry(RandomStream& stream) const {
    const auto account = OneOf(world_.accounts, stream);
    return {account, Region(stream)};
  }

  std::optional<FaultKind> OnLink(std::string_view verb, RandomStream& stream) const {
    std::vector<const LinkConfig*> links;
    for (const auto& link : world_.links) {
      if (verb != "degrade" || !link.bandwidth.unlimited()) links.push_back(&link);
    }
    if (links.empty()) return std::nullopt;
    const auto& link = *OneOf(links, stream);
    if (verb == "partition") return Partition{link.from, link.to};
    if (verb == "degrade") return Degradation{link.from, link.to, stream.Between(1, 50)};
    if (verb == "delay") return LatencySpike{link.from, link.to, stream.UniformDuration(Milliseconds(50), Seconds(20))};
    if (verb == "lose") return MessageLoss{link.from, link.to, stream.Between(1, 60)};
    CRRSIM_CHECK(verb == "duplicate", "no fault is called {}", verb);
    return Duplication{link.from, link.to, stream.Between(1, 100),
                       stream.UniformDuration(Milliseconds(1), Seconds(30))};
  }

  FaultKind Refusal(std::string_view verb, RandomStream& stream) const {
    ApiFault fault;
    fault.failure = verb == "throttle" ? ApiFailure::kThrottling : ApiFailure::kServer;
    fault.region = Region(stream);
    if (stream.Chance(1, 2)) fault.operation = kReplicateOperation;
    fault.percent = stream.Between(5, 90);
    return fault;
  }

  FaultKind StepFailing(RandomStream& stream) const {
    constexpr std::array kSteps = {JobStep::kAdmit, JobStep::kCheckContent, JobStep::kPutManifest, JobStep::kBindTag};
    const auto step = OneOf(kSteps, stream);
    return StepFault{step,         FailureCode::kInjected, Registry(stream),
                     std::nullopt, stream.Between(0, 3),   stream.Between(1, 8)};
  }

  std::optional<FaultKind> Damage(RandomStream& stream) const {
    if (sources_.empty()) return std::nullopt;
    const auto& [registry, repository] = OneOf(sources_, stream);
    return StorageDamage{registry, repository, std::nullopt};
  }

  /// Where a client calls it would be refused for good.
  std::optional<FaultKind> Full(RandomStream& stream) const {
    std::vector<RegistryKey> quiet;
    for (const auto& account : world_.accounts) {
      for (const auto& region : world_.regions) {
        if (!called_.contains({account, region.name})) quiet.push_back({account, region.name});
      }
    }
    if (quiet.empty()) return std::nullopt;
    return Quota{OneOf(quiet, stream), std::nullopt, stream.Between(0, 2)};
  }

  const WorldConfig& world_;
  std::set<std::pair<RegistryKey, RepositoryName>> sources_;
  std::set<RegistryKey> called_;
};

}  // namespace

std::span<const std::string_view> RandomFaultVerbs() { return kVerbs; }

std::vector<PlannedFault> DrawFaults(const Scenario& scenario, std::uint64_t seed) {
  std::vector<PlannedFault> drawn;
  if (!scenario.faults) return drawn;
  const auto& faults = *scenario.faults;
  const Targets targets(scenario);
  for (const auto verb : kVerbs) {
    const auto kind = faults.kinds.find(std::string(verb));
    if (kind == faults.kinds.end()) continue;
    RandomStream stream(seed, fmt::format("fault/{}", verb));
    if (!stream.Chance(static_cast<std::uint64_t>(kind->second), 100)) continue;
    for (auto left = stream.Between(1, faults.each_at_most); left > 0; --left) {
      const auto longest = std::min(faults.longest, faults.heal_by - faults.from);
      const auto duration = stream.UniformDuration(std::min(Seconds(1), longest), longest);
      const auto begins = stream.UniformDuration(Duration(), faults.heal_by - faults.from - duration);
      const auto what = targets.Draw(verb, stream);
      if (what) drawn.push_back({faults.from + begins, std::string(verb), *what, duration});
    }
  }
  return drawn;
}

}  // namespace crrsim
