#include "registry_model/backfill/backfill.h"

#include <algorithm>

#include "registry_model/mutants.h"
#include "sim/check.h"

namespace crrsim {

std::string_view NameOf(BackfillStatus status) {
  switch (status) {
    case BackfillStatus::kPreparing:
      return "PREPARING";
    case BackfillStatus::kInProgress:
      return "IN_PROGRESS";
    case BackfillStatus::kComplete:
      return "COMPLETE";
    case BackfillStatus::kFailed:
      return "FAILED";
    case BackfillStatus::kStopping:
      return "STOPPING";
    case BackfillStatus::kStopped:
      return "STOPPED";
  }
  CRRSIM_CHECK(false, "unknown status {}", static_cast<int>(status));
}

bool IsTerminal(BackfillStatus status) {
  return status == BackfillStatus::kComplete || status == BackfillStatus::kFailed || status == BackfillStatus::kStopped;
}

BackfillNumber Backfills::Start(const Uuid& id, const RegistryKey& source, const RegistryKey& destination,
                                Instant now) {
  CRRSIM_CHECK(Mutated(Mutant::kBackfillsWithoutLimit) ||
                   (RunningOf(source) < kRunningBackfillsMax && !IsRunningTo(source, destination.region)),
               "a backfill of {} to {} too many", ToText(source), ToText(destination));
  const BackfillNumber number = all_.size() + 1;
  auto& started = all_[number];
  started.number = number;
  started.id = id;
  started.source = source;
  started.destination = destination;
  started.started_at = now;
  return number;
}

void Backfills::Prepared(BackfillNumber number, std::vector<BackfillUnit> units) {
  auto& backfill = all_.at(number);
  CRRSIM_CHECK(backfill.status == BackfillStatus::kPreparing, "backfill {} is {}", number, NameOf(backfill.status));
  backfill.status = BackfillStatus::kInProgress;
  backfill.prepared = true;
  backfill.units = std::move(units);
}

std::optional<BackfillUnitRef> Backfills::TakeNext(BackfillNumber number, std::int64_t jobs_in_flight_max) {
  auto& backfill = all_.at(number);
  if (backfill.status != BackfillStatus::kInProgress || backfill.in_flight >= jobs_in_flight_max ||
      backfill.next == backfill.units.size()) {
    return std::nullopt;
  }
  ++backfill.in_flight;
  backfill.units[backfill.next].state = UnitState::kUnderWay;
  return BackfillUnitRef{number, backfill.next++};
}

void Backfills::TieTo(const BackfillUnitRef& unit, JobId job) {
  CRRSIM_CHECK(jobs_.emplace(job, unit).second, "job {} is tied twice", job);
}

void Backfills::NoteFatalPart(JobId job, const Digest& part) {
  const auto tied = jobs_.find(job);
  if (tied == jobs_.end()) return;
  auto& unit = all_.at(tied->second.backfill).units.at(tied->second.unit);
  unit.child_failed = unit.is_index && part != unit.digest;
}

std::optional<BackfillUnitRef> Backfills::Untie(JobId job) {
  const auto tied = jobs_.find(job);
  if (tied == jobs_.end()) return std::nullopt;
  const auto unit = tied->second;
  jobs_.erase(tied);
  return unit;
}

void Backfills::EndUnit(const BackfillUnitRef& ref, FailureCode failure) {
  auto& backfill = all_.at(ref.backfill);
  if (IsTerminal(backfill.status)) return;
  auto& unit = backfill.units.at(ref.unit);
  CRRSIM_CHECK(unit.state == UnitState::kUnderWay && backfill.in_flight > 0, "unit {} of backfill {} ends out of turn",
               ref.unit, ref.backfill);
  --backfill.in_flight;
  unit.failure = failure;
  unit.state = failure == FailureCode::kNone ? UnitState::kComplete : UnitState::kFailed;
  ++(failure == FailureCode::kNone ? backfill.completed : backfill.failed);
}

void Backfills::Stop(BackfillNumber number, Instant now) {
  auto& backfill = all_.at(number);
  CRRSIM_CHECK(backfill.status == BackfillStatus::kPreparing || backfill.status == BackfillStatus::kInProgress,
               "backfill {} is {}", number, NameOf(backfill.status));
  const bool waits = backfill.in_flight > 0 && !Mutated(Mutant::kStopForgetsCopies);
  backfill.status = waits ? BackfillStatus::kStopping : BackfillStatus::kStopped;
  if (IsTerminal(backfill.status)) backfill.ended_at = now;
}

bool Backfills::Settle(BackfillNumber number, Instant now) {
  auto& backfill = all_.at(number);
  const auto before = backfill.status;
  const auto ended = backfill.completed + backfill.failed;
  if (before == BackfillStatus::kStopping) {
    if (backfill.in_flight == 0) backfill.status = BackfillStatus::kStopped;
  } else if (before == BackfillStatus::kInProgress) {
    if (!Mutated(Mutant::kBackfillNeverFails) && ended >= kBackfillFailureSampleMin &&
        backfill.failed * 100 >= ended * kBackfillFailurePercent) {
      backfill.status = BackfillStatus::kFailed;
    } else if (ended == static_cast<std::int64_t>(backfill.units.size())) {
      backfill.status = BackfillStatus::kComplete;
    }
  }
  if (backfill.status == before) return false;
  backfill.ended_at = now;
  return true;
}

const Backfill* Backfills::Find(const RegistryKey& source, std::string_view id, Instant now) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& entry) {
    return entry.second.source == source && entry.second.id.text() == id && entry.second.IsKnownAt(now);
  });
  return found == all_.end() ? nullptr : &found->second;
}

std::size_t Backfills::RunningOf(const RegistryKey& source) const {
  return static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), [&](const auto& entry) {
    return entry.second.source == source && !IsTerminal(entry.second.status);
  }));
}

bool Backfills::IsRunningTo(const RegistryKey& source, const RegionName& region) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& entry) {
    const auto& one = entry.second;
    return one.source == source && one.destination.region == region && !IsTerminal(one.status);
  });
}

}  // namespace crrsim
