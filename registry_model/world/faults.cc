#include "registry_model/world/faults.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/overloaded.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

template <class Kind>
concept OfLink = requires(const Kind& kind) {
  kind.from;
  kind.to;
};

/// Whether a fault with a count takes this one.
template <class Kind>
bool TakesThis(Kind& target) {
  if (target.skip > 0) {
    --target.skip;
    return false;
  }
  if (!target.times) return true;
  if (*target.times == 0) return false;
  --*target.times;
  return true;
}

bool Concerns(const std::optional<RegistryKey>& destination, const std::optional<RepositoryName>& repository,
              const Replication& replication) {
  return (!destination || *destination == replication.destination) &&
         (!repository || *repository == replication.repository);
}

bool IsCut(const FaultKind& what, const RegionName& from, const RegionName& to) {
  if (const auto* partition = std::get_if<Partition>(&what)) return partition->from == from && partition->to == to;
  const auto* outage = std::get_if<Outage>(&what);
  return outage != nullptr && (outage->region == from || outage->region == to);
}

std::string TextOf(const std::optional<RegistryKey>& registry, const std::optional<RepositoryName>& repository) {
  return fmt::format("{}{}{}", registry ? ToText(*registry) : "any registry", repository ? ", " : "",
                     repository ? repository->text() : "");
}

std::string TextOf(const ApiFault& fault) {
  std::string text;
  const auto add = [&](std::string_view part) {
    if (!part.empty()) text += fmt::format("{}{}", text.empty() ? "" : ", ", part);
  };
  if (fault.region) add(fault.region->text());
  if (fault.account) add(fault.account->text());
  if (fault.repository) add(fault.repository->text());
  add(fault.operation);
  return text.empty() ? "every call" : text;
}

}  // namespace

std::string TargetOf(const FaultKind& what) {
  return std::visit(
      Overloaded{
          [](const OfLink auto& link) { return fmt::format("{} to {}", link.from.text(), link.to.text()); },
          [](const StepFault& fault) {
            return fmt::format("{} in {}", NameOf(fault.step), TextOf(fault.destination, fault.repository));
          },
          [](const Stall& fault) { return TextOf(fault.destination, fault.repository); },
          [](const ApiFault& fault) { return TextOf(fault); },
          [](const StorageDamage& fault) {
            return fmt::format("{} of {} in {}", fault.blob ? fault.blob->short_text() : "every blob",
                               fault.repository.text(), ToText(fault.registry));
          },
          [](const Quota& fault) { return ToText(fault.registry); },
          [](const BusDisturbance& fault) { return ToText(fault.bus); },
          [](const auto& fault) { return std::string(fault.region.text()); },
      },
      what);
}

Faults::Faults(std::uint64_t seed)
    : loss_(seed, "fault/hit/loss"), duplicate_(seed, "fault/hit/duplicate"), api_(seed, "fault/hit/api") {}

FaultNumber Faults::Plan(std::string name, FaultKind what, std::optional<Duration> duration,
                         std::optional<FaultNumber> part_of) {
  const FaultNumber number = faults_.size() + 1;
  faults_.emplace(number, Fault{std::move(name), std::move(what), duration, part_of.value_or(number), 0, false, false});
  return number;
}

void Faults::Begin(FaultNumber number) {
  auto& fault = faults_.at(number);
  CRRSIM_CHECK(!fault.began, "fault {} begins twice", number);
  fault.began = true;
  fault.in_force = true;
  ++in_force_;
}

void Faults::End(FaultNumber number) {
  auto& fault = faults_.at(number);
  CRRSIM_CHECK(fault.in_force, "fault {} ended twice", number);
  fault.in_force = false;
  --in_force_;
}

void Faults::CountHit(FaultNumber number) { ++faults_.at(number).hits; }

// ---- Looking --------------------------------------------------------------------------------------------------------

template <class Kind, class Visit>
void Faults::ForEach(const Visit& visit) const {
  if (in_force_ == 0) return;
  for (const auto& [number, fault] : faults_) {
    if (!fault.in_force) continue;
    if (const auto* kind = std::get_if<Kind>(&fault.what)) visit(*kind);
  }
}

template <class Kind, class Applies>
std::optional<FaultNumber> Faults::FirstOf(const Applies& applies) const {
  for (const auto& [number, fault] : faults_) {
    if (!fault.in_force) continue;
    const auto* kind = std::get_if<Kind>(&fault.what);
    if (kind != nullptr && applies(*kind)) return number;
  }
  return std::nullopt;
}

template <class Kind, class Applies>
std::optional<FaultNumber> Faults::TakeTurn(const Applies& applies) {
  for (auto& [number, fault] : faults_) {
    if (!fault.in_force) continue;
    auto* kind = std::get_if<Kind>(&fault.what);
    if (kind != nullptr && applies(*kind)) return number;
  }
  return std::nullopt;
}

bool Faults::Cuts(FaultNumber number, const RegionName& from, const RegionName& to) const {
  const auto& fault = faults_.at(number);
  return fault.in_force && IsCut(fault.what, from, to);
}

std::optional<FaultNumber> Faults::FindCutting(const RegionName& from, const RegionName& to) const {
  for (const auto& [number, fault] : faults_) {
    if (fault.in_force && IsCut(fault.what, from, to)) return number;
  }
  return std::nullopt;
}

std::optional<FaultNumber> Faults::FindDisturbing(const RegistryKey& bus) const {
  return FirstOf<BusDisturbance>([&](const BusDisturbance& one) { return one.bus == bus; });
}

std::optional<FaultNumber> Faults::FindDown(const RegionName& region) const {
  return FirstOf<Outage>([&](const Outage& outage) { return outage.region == region; });
}

std::optional<FaultNumber> Faults::FindCrashed(const RegionName& region) const {
  return FirstOf<WorkerCrash>([&](const WorkerCrash& crash) { return crash.region == region; });
}

std::optional<FaultNumber> Faults::FindDamaging(const Replication& replication, const Digest& blob) const {
  return FirstOf<StorageDamage>([&](const StorageDamage& damage) {
    return damage.registry == replication.source && damage.repository == replication.repository &&
           (!damage.blob || *damage.blob == blob);
  });
}

std::optional<FaultNumber> Faults::FindSlowing(const RegionName& from, const RegionName& to) const {
  return FirstOf<LatencySpike>([&](const LatencySpike& spike) { return spike.from == from && spike.to == to; });
}

std::optional<FaultNumber> Faults::FindDegrading(const RegionName& from, const RegionName& to) const {
  const auto least = BandwidthPercent(from, to);
  if (least == 100) return std::nullopt;
  return FirstOf<Degradation>(
      [&](const Degradation& one) { return one.from == from && one.to == to && one.percent == least; });
}

std::optional<FaultNumber> Faults::FindLimiting(const RegistryKey& registry) const {
  return FirstOf<Quota>([&](const Quota& quota) { return quota.registry == registry; });
}

std::optional<FaultNumber> Faults::FindSkewing(const RegionName& region) const {
  return FirstOf<ClockSkew>([&](const ClockSkew& skew) { return skew.region == region; });
}

// ---- Taking a turn --------------------------------------------------------------------------------------------------

std::optional<FaultNumber> Faults::FindFailing(JobStep step, const Replication& replication) {
  return TakeTurn<StepFault>([&](StepFault& fault) {
    return fault.step == step && Concerns(fault.destination, fault.repository, replication) && TakesThis(fault);
  });
}

std::optional<FaultNumber> Faults::FindLosing(const RegionName& from, const RegionName& to) {
  return TakeTurn<MessageLoss>([&](const MessageLoss& loss) {
    return loss.from == from && loss.to == to && loss_.Chance(static_cast<std::uint64_t>(loss.percent), 100);
  });
}

std::optional<FaultNumber> Faults::FindDuplicating(const RegionName& from, const RegionName& to) {
  return TakeTurn<Duplication>([&](const Duplication& one) {
    return one.from == from && one.to == to && duplicate_.Chance(static_cast<std::uint64_t>(one.percent), 100);
  });
}

std::vector<FaultNumber> Faults::FindStalling(const Replication& replication) {
  std::vector<FaultNumber> taking;
  for (const auto& [number, fault] : faults_) {
    if (fault.in_force && std::holds_alternative<Stall>(fault.what) && Stalls(number, replication)) {
      taking.push_back(number);
    }
  }
  return taking;
}

bool Faults::Stalls(FaultNumber number, const Replication& replication) {
  auto& stall = std::get<Stall>(faults_.at(number).what);
  return Concerns(stall.destination, stall.repository, replication) && TakesThis(stall);
}

std::optional<FaultNumber> Faults::FindRefusing(const ApiTarget& target) {
  return TakeTurn<ApiFault>([&](ApiFault& fault) {
    if (fault.region && *fault.region != target.region) return false;
    if (fault.account && *fault.account != target.account) return false;
    if (fault.repository && fault.repository->text() != target.repository) return false;
    if (!fault.operation.empty() && fault.operation != target.operation) return false;
    if (fault.percent < 100 && !api_.Chance(static_cast<std::uint64_t>(fault.percent), 100)) return false;
    return TakesThis(fault);
  });
}

// ---- Together -------------------------------------------------------------------------------------------------------

Duration Faults::ExtraLatency(const RegionName& from, const RegionName& to) const {
  Duration extra;
  ForEach<LatencySpike>([&](const LatencySpike& spike) {
    if (spike.from == from && spike.to == to) extra = extra + spike.extra;
  });
  return extra;
}

std::int64_t Faults::BandwidthPercent(const RegionName& from, const RegionName& to) const {
  std::int64_t percent = 100;
  ForEach<Degradation>([&](const Degradation& one) {
    if (one.from == from && one.to == to) percent = std::min(percent, one.percent);
  });
  return percent;
}

std::int64_t Faults::RepositoriesMax(const RegistryKey& registry, std::int64_t otherwise) const {
  ForEach<Quota>([&](const Quota& quota) {
    if (quota.registry == registry && quota.repositories) otherwise = std::min(otherwise, *quota.repositories);
  });
  return otherwise;
}

std::int64_t Faults::ImagesMax(const RegistryKey& registry, std::int64_t otherwise) const {
  ForEach<Quota>([&](const Quota& quota) {
    if (quota.registry == registry && quota.images) otherwise = std::min(otherwise, *quota.images);
  });
  return otherwise;
}

Duration Faults::SumClockAhead(const RegionName& region) const {
  Duration ahead;
  ForEach<ClockSkew>([&](const ClockSkew& skew) {
    if (skew.region == region) ahead = ahead + skew.ahead;
  });
  return ahead;
}

}  // namespace crrsim
