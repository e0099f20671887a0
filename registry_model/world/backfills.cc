// Replication backfills in a world: what they list, which copies they start, how they end.
//
// Source  ecr-replication.md 1.7.
#include "registry_model/backfill/listing.h"
#include "registry_model/mutants.h"
#include "registry_model/world/world.h"

namespace crrsim {

namespace {

/// Whether a repository has the unit's image, under its tag if it has one.
bool Has(const Repository* repository, const BackfillUnit& unit) {
  if (repository == nullptr) return false;
  const auto* image = unit.tag ? repository->FindImage(*unit.tag) : repository->FindImage(unit.digest);
  return image != nullptr && image->manifest->digest == unit.digest;
}

}  // namespace

const Backfill& World::StartBackfill(const RegistryKey& source, const RegistryKey& destination) {
  const auto number = backfills_.Start(Uuid::Draw(backfill_ids_), source, destination, ClockOf(source.region));
  const auto listed = now_ + (Mutated(Mutant::kBackfillsTakeADay) ? Days(1) : backfill_options_.preparing);
  listings_.emplace(number, Schedule(listed, {ScheduledKind::kBackfillListed, number}));
  NoteBackfill(number);
  return backfills_.at(number);
}

void World::StopBackfill(BackfillNumber number) {
  backfills_.Stop(number, ClockOf(backfills_.at(number).source.region));
  if (const auto listing = listings_.find(number); listing != listings_.end()) {
    queue_.Cancel(listing->second);
    listings_.erase(listing);
  }
  NoteBackfill(number);
}

void World::BackfillListed(BackfillNumber number) {
  listings_.erase(number);
  const auto& backfill = backfills_.at(number);
  backfills_.Prepared(number, ListUnits(registries_.at(backfill.source), backfill.destination, assumptions_));
  NoteBackfill(number);
  GoOnWithBackfill(number);
}

void World::GoOnWithBackfill(BackfillNumber number) {
  const auto settle = [&] {
    if (backfills_.Settle(number, ClockOf(backfills_.at(number).source.region))) NoteBackfill(number);
  };
  settle();
  while (const auto unit = backfills_.TakeNext(number, backfill_options_.jobs_in_flight_max)) {
    CopyUnit(*unit);
    settle();
  }
}

void World::CopyUnit(const BackfillUnitRef& ref) {
  const auto& backfill = backfills_.at(ref.backfill);
  const auto& unit = backfill.units.at(ref.unit);
  const auto skip = [&](FailureCode failure) {
    Emit<BackfillCopySkipped>(backfill.source, backfill.destination, unit.repository, unit.digest, unit.tag, failure);
    backfills_.EndUnit(ref, failure);
  };
  // The repository or image may have gone since it was listed, and the tag may name another image, whose own push
  // brought it there: an older image must not take the tag back.
  const auto* repository = registries_.at(backfill.source).Find(unit.repository);
  if (!Has(repository, unit)) {
    return skip(Mutated(Mutant::kGoneCountsAsCopied) ? FailureCode::kNone : FailureCode::kSourceImageNotFound);
  }
  const auto* destination = FindRegistry(backfill.destination);
  if (destination != nullptr && Has(destination->Find(unit.repository), unit) &&
      assumptions_.Use(Assumption::kBackfillPresent) == "complete") {
    return skip(FailureCode::kNone);
  }
  const auto* image = repository->FindImage(unit.digest);
  Feed(ImageAccepted{backfill.source,
                     unit.repository,
                     ClosureOf(*repository, image->manifest),
                     unit.tag,
                     {backfill.destination},
                     ref});
}

void World::NoteBackfill(BackfillNumber number) {
  const auto& backfill = backfills_.at(number);
  Emit<BackfillChanged>(backfill.source, backfill.destination, backfill.id, backfill.status,
                        static_cast<std::uint64_t>(backfill.units.size()),
                        static_cast<std::uint64_t>(backfill.completed), static_cast<std::uint64_t>(backfill.failed));
}

}  // namespace crrsim
