// Runs a scenario in a world and judges it.
//
//   RunResult result = RunScenario(scenario, {.seed = 7});
//
// Deterministic: equal scenario, seed and image content give an equal RunResult but for `wall_seconds`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"
#include "sim/digest.h"

namespace crrsim {

enum class Verdict : std::uint8_t {
  kPass,
  kFail,   // an expectation or invariant did not hold
  kError,  // the run could not be made or finished: bad image content, a limit, no progress
};
/// `pass`, `fail`, `error`.
std::string_view NameOf(Verdict verdict);

struct ExpectationResult {
  Place place;
  std::string claim;  // the claim's text
  bool held = false;
  std::string observed;  // what was seen, in one sentence; also for a claim that held
  Instant when;          // at which it was decided
};

/// One line of the story of a run.
struct TimelineEntry {
  enum class Kind : std::uint8_t { kStep, kWorld, kExpectation };
  Instant when;
  Kind kind = Kind::kWorld;
  std::string text;
  bool detail = false;  // shown with -v only
};

/// A tag at the end of a run (or an untagged image: no tag).
struct ImageRow {
  RegistryKey registry;
  RepositoryName repository;
  std::optional<Tag> tag;
  Digest digest;
  std::string media_type;
  ByteCount size;
};

struct ReplicationRow {
  Replication replication;
  ReplicationStatus status = ReplicationStatus::kInProgress;
  FailureCode failure = FailureCode::kNone;
  Instant queued_at;
  std::optional<Instant> completed_at;
  std::optional<Instant> visible_at;  // when the tag (or, untagged, the manifest) could be seen at the destination

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("replication", self.replication);
    visit("status", self.status);
    visit("failure", self.failure);
    visit("queuedAt", self.queued_at);
    visit("completedAt", self.completed_at);
    visit("visibleAt", self.visible_at);
  }
};

/// What kept a run from its end.
enum class StoppedBy : std::uint8_t { kNothing, kImage, kLimit };

struct FaultRow {
  std::string name;
  std::string target;      // what it could touch
  std::int64_t fired = 0;  // whether it began before the run ended
  std::int64_t hits = 0;   // what it changed
};

struct AssumptionRow {
  std::string name;
  std::string value;
};

/// How an integral of stored bytes becomes GB-months under the assumptions of a run.
struct BillingUnits {
  ByteCount gigabyte = Gibibytes(1);     // assumption `gigabyte`
  std::optional<Duration> month_length;  // assumption `month`; empty: the month's real hours

  static BillingUnits From(const Assumptions& assumptions);
  [[nodiscard]] double GigabyteMonthsOf(Int128 byte_nanoseconds, CalendarMonth month) const;
};

struct RunResult {
  std::string scenario;  // its path
  std::string title;
  Verdict verdict = Verdict::kError;
  std::string error;  // for kError: what stood in the way
  StoppedBy stopped_by = StoppedBy::kNothing;
  std::uint64_t seed = 0;
  Hash128 run_digest;
  std::vector<RunDigest::Checkpoint> checkpoints;
  Instant start;
  Instant end;
  double wall_seconds = 0;
  std::uint64_t events = 0;
  std::vector<Account> accounts;
  std::vector<std::string> notes;  // where images come from, which network figures
  std::vector<TimelineEntry> timeline;
  std::vector<ExpectationResult> expectations;
  std::vector<ImageRow> images;
  std::vector<ReplicationRow> replications;  // in the order of queueing
  Bill bill;
  BillingUnits units;
  std::vector<FaultRow> faults;
  std::vector<AssumptionRow> assumptions;  // consulted
  std::string reproduce;                   // the one command that repeats this run
};

/// Where a run ends: at rest (or at the scenario's `until`), or where its last step has returned.
enum class RunsTo : std::uint8_t { kRest, kLastStep };

struct RunOptions {
  std::optional<std::uint64_t> seed;          // replaces the scenario's
  bool keep_timeline = true;                  // sweeps and benches leave it out
  std::map<std::string, std::string> images;  // `--image`, for the reproduce line
  /// The world's limits: a run that does not end by itself ends with kError.
  std::uint64_t events_max = 2'000'000'000;
  RunsTo runs_to = RunsTo::kRest;
  std::optional<Instant> stops_at;  // the run ends at this instant, whatever step is under way
};

RunResult RunScenario(const Scenario& scenario, const RunOptions& options);

}  // namespace crrsim
