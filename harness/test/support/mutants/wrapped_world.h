// Worlds that lie to the checkers: a sound run, whose events and final state are changed before they are judged. For
// what the world keeps whatever its engine does.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/run/run.h"

namespace crrsim::mutants {

/// What a checker gets to see of a run.
struct Testimony {
  std::vector<Event> events;
  Registries registries;
  Bill bill;
  Instant end;
};

/// Runs the scenario soundly to its rest and keeps what can be seen of it. A failure when the run does not end well.
Testimony Witness(const Scenario& scenario, std::uint64_t seed);

/// What the checkers say of it. Order  that of the invariants.
std::vector<InvariantVerdict> JudgedBy(const Scenario& scenario, const Testimony& testimony);

/// The names of the invariants that do not hold.
std::vector<std::string> Broken(const std::vector<InvariantVerdict>& verdicts);

using Lie = std::function<void(Testimony&)>;

/// A manifest is told of before the last blob that it references.
void TellManifestsEarly(Testimony& testimony);
/// A blob is swept away from under its manifest.
void SweepABlobAway(Testimony& testimony);
/// A manifest has other bytes at its destination.
void ChangeBytesOnTheWay(Testimony& testimony);
/// The policy that let the copies in was never put.
void ForgetThePolicy(Testimony& testimony);
/// An image that arrived is gone at the end, and nobody deleted it.
void LoseAnImage(Testimony& testimony);
/// The bill has a byte too many.
void BillAByteMore(Testimony& testimony);
/// The end of a transfer is not told, so its bytes were delivered and never metered.
void DropTheEndOfATransfer(Testimony& testimony);
/// The bill is that of a ledger that never hears of removals.
void BillWhatWasRemoved(Testimony& testimony);
/// One event claims to be an hour older than it is.
void BackdateAnEvent(Testimony& testimony);
/// The findings of a scan at the source stand at the destination, too.
void CarryFindingsAlong(Testimony& testimony);
/// A scan is complete where none was begun.
void CompleteAScanElsewhere(Testimony& testimony);

}  // namespace crrsim::mutants
