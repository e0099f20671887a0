#include "registry_model/world/faults.h"

namespace crrsim {

FaultNumber Faults::Begin(std::string name, FaultKind what) {
  const FaultNumber number = faults_.size() + 1;
  faults_.emplace(number, Fault{std::move(name), std::move(what), 0, true});
  ++in_force_;
  return number;
}

void Faults::End(FaultNumber number) {
  auto& fault = faults_.at(number);
  CRRSIM_CHECK(fault.in_force, "fault {} ended twice", number);
  fault.in_force = false;
  --in_force_;
}

void Faults::CountHit(FaultNumber number) { ++faults_.at(number).hits; }

std::optional<FaultNumber> Faults::Cutting(const RegionName& from, const RegionName& to) const {
  if (in_force_ == 0) return std::nullopt;
  for (const auto& [number, fault] : faults_) {
    const auto* partition = std::get_if<Partition>(&fault.what);
    if (fault.in_force && partition != nullptr && partition->from == from && partition->to == to) return number;
  }
  return std::nullopt;
}

std::optional<FaultNumber> Faults::Disturbing(const RegistryKey& bus) const {
  if (in_force_ == 0) return std::nullopt;
  for (const auto& [number, fault] : faults_) {
    const auto* disturbance = std::get_if<BusDisturbance>(&fault.what);
    if (fault.in_force && disturbance != nullptr && disturbance->bus == bus) return number;
  }
  return std::nullopt;
}

std::optional<FaultNumber> Faults::Failing(JobStep step, const Replication& replication) {
  if (in_force_ == 0) return std::nullopt;
  for (auto& [number, fault] : faults_) {
    auto* target = std::get_if<StepFault>(&fault.what);
    if (!fault.in_force || target == nullptr || target->step != step) continue;
    if (target->destination && *target->destination != replication.destination) continue;
    if (target->repository && *target->repository != replication.repository) continue;
    if (target->skip > 0) {
      --target->skip;
      continue;
    }
    if (target->times) {
      if (*target->times == 0) continue;
      --*target->times;
    }
    return number;
  }
  return std::nullopt;
}

}  // namespace crrsim
