// Replication backfills: copies of images that were there before the rules were, one run for one destination.
//
// A backfill lists the images that match the current rules for its destination (PREPARING), has them copied by ordinary
// replication jobs, a bounded number at a time (IN_PROGRESS), and ends COMPLETE, or FAILED once too many copies failed.
// A stop lets the copies that are under way finish (STOPPING) and starts no more (STOPPED). The unit of work is one
// image and tag.
//
// This is the state machine alone: what is told to it changes the state and nothing else. The world
// (world/backfills.cc) lists images, feeds the engine and says in events what changed.
//
// Ours, where the texts are silent: COMPLETE is the end of a backfill whose copies failed in part, below the limit; one
// that fails does not wait for the copies under way, and does not count them any more.
//
// Source  ecr-replication.md 1.7.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "registry_model/replication/job.h"
#include "registry_model/uuid.h"
#include "sim/units.h"

namespace crrsim {

enum class BackfillStatus : std::uint8_t { kPreparing, kInProgress, kComplete, kFailed, kStopping, kStopped };
inline constexpr std::size_t kBackfillStatusCount = 6;
/// `PREPARING`, `IN_PROGRESS`, `COMPLETE`, `FAILED`, `STOPPING`, `STOPPED`.
std::string_view NameOf(BackfillStatus status);
/// COMPLETE, FAILED and STOPPED.
bool IsTerminal(BackfillStatus status);

inline constexpr std::size_t kRunningBackfillsMax = 10;         // of one registry
inline constexpr std::int64_t kBackfillFailureSampleMin = 100;  // no verdict before so many copies have ended
inline constexpr std::int64_t kBackfillFailurePercent = 50;     // of those that ended: then the backfill fails
inline const Duration kBackfillRetention = Days(90);            // how long one that has ended is known
/// The `failureCode` of a backfill that failed: our name, ECR documents none.
inline constexpr std::string_view kBackfillFailureCode = "TooManyFailures";

struct BackfillOptions {
  Duration preparing = Seconds(30);      // what it takes to list the images
  std::int64_t jobs_in_flight_max = 64;  // copies of one backfill at a time
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("preparing", self.preparing);
    visit("jobsInFlightMax", self.jobs_in_flight_max);
  }
};

enum class UnitState : std::uint8_t { kWaiting, kUnderWay, kComplete, kFailed };

/// One image and tag, or an image without one.
struct BackfillUnit {
  RepositoryName repository;
  Digest digest;
  std::optional<Tag> tag;
  bool is_index = false;
  UnitState state = UnitState::kWaiting;
  FailureCode failure = FailureCode::kNone;
  bool child_failed = false;  // of an index: what ended the copy was one of the images that it lists
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tag", self.tag);
    visit("isIndex", self.is_index);
    visit("state", self.state);
    visit("failure", self.failure);
    visit("childFailed", self.child_failed);
  }
};

/// In the order of their starts, from 1.
using BackfillNumber = std::uint64_t;

struct Backfill {
  BackfillNumber number = 0;
  Uuid id;
  RegistryKey source;
  RegistryKey destination;
  BackfillStatus status = BackfillStatus::kPreparing;
  Instant started_at;
  std::optional<Instant> ended_at;
  bool prepared = false;  // whether the images were listed: only then is there progress
  std::vector<BackfillUnit> units;
  std::size_t next = 0;  // all before it were taken
  std::int64_t in_flight = 0;
  std::int64_t completed = 0;
  std::int64_t failed = 0;

  /// Whether a list made now still has it.
  [[nodiscard]] bool IsKnownAt(Instant now) const { return !ended_at || now - *ended_at < kBackfillRetention; }

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("number", self.number);
    visit("id", self.id);
    visit("source", self.source);
    visit("destination", self.destination);
    visit("status", self.status);
    visit("startedAt", self.started_at);
    visit("endedAt", self.ended_at);
    visit("prepared", self.prepared);
    visit("units", self.units);
    visit("next", self.next);
    visit("inFlight", self.in_flight);
    visit("completed", self.completed);
    visit("failed", self.failed);
  }
};

/// A unit by its place in its backfill.
struct BackfillUnitRef {
  BackfillNumber backfill = 0;
  std::size_t unit = 0;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("backfill", self.backfill);
    visit("unit", self.unit);
  }
};

/// All backfills of a world.
class Backfills {
 public:
  /// Requires that none is under way between the two registries.
  BackfillNumber Start(const Uuid& id, const RegistryKey& source, const RegistryKey& destination, Instant now);
  /// Requires PREPARING. The units are those that ListUnits (listing.h) found.
  void Prepared(BackfillNumber number, std::vector<BackfillUnit> units);
  /// The next unit to be copied, which is under way from here on; nothing while `jobs_in_flight_max` are, or unless
  /// IN_PROGRESS.
  std::optional<BackfillUnitRef> TakeNext(BackfillNumber number, std::int64_t jobs_in_flight_max);
  /// Ties a unit that was taken to its job.
  void TieTo(const BackfillUnitRef& unit, JobId job);
  /// The blob or manifest whose step ends a job; of an index, that tells its own failure from that of an image in it.
  void NoteFatalPart(JobId job, const Digest& part);
  /// Unties and returns the unit of a job that ended, if it has one.
  std::optional<BackfillUnitRef> Untie(JobId job);
  /// Ends a unit that was taken: COMPLETE for kNone.
  void EndUnit(const BackfillUnitRef& unit, FailureCode failure);
  /// Requires PREPARING or IN_PROGRESS.
  void Stop(BackfillNumber number, Instant now);
  /// Moves on to the status that its counts call for. Returns whether the status is another now.
  bool Settle(BackfillNumber number, Instant now);

  [[nodiscard]] const Backfill& at(BackfillNumber number) const { return all_.at(number); }
  [[nodiscard]] const std::map<BackfillNumber, Backfill>& all() const { return all_; }
  /// Null unless the registry has a backfill of this id and still knows it.
  [[nodiscard]] const Backfill* Find(const RegistryKey& source, std::string_view id, Instant now) const;
  /// How many of a registry have not ended.
  [[nodiscard]] std::size_t RunningOf(const RegistryKey& source) const;
  /// Whether one of a registry to any account in this region has not ended.
  [[nodiscard]] bool IsRunningTo(const RegistryKey& source, const RegionName& region) const;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("all", self.all_);
    visit("jobs", self.jobs_);
  }

 private:
  std::map<BackfillNumber, Backfill> all_;
  std::map<JobId, BackfillUnitRef> jobs_;  // under way
};

}  // namespace crrsim
