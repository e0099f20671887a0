// Runs a scenario in a world and judges it.
//
//   RunResult result = RunScenario(scenario, {.seed = 7});
//
// Deterministic: equal scenario, seed and image content give an equal RunResult but for `wall_seconds`.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/checkers/judges.h"
#include "harness/run/image_library.h"
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
enum class StoppedBy : std::uint8_t {
  kNothing,
  kImage,
  kLimit,
  kUnreached,   // a step's `when` can never come
  kNoProgress,  // time stood still, or nothing came of ever so many steps
  kInterrupt,
};

struct FaultRow {
  FaultNumber number = 0;  // of its first part
  std::string name;
  std::string target;      // what it could touch; `A to B, B to A` is one fault
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
  std::vector<InvariantVerdict> invariants;  // in the order of InvariantTable()
  /// What waited for what (waiting.h) when it turned out that something had not converged, and when that was.
  std::vector<std::string> waiting;
  std::optional<Instant> waiting_at;
  std::vector<std::string> warnings;  // what did not fail the run and yet proves nothing
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
/// Whether the checkers of harness/checkers/ judge a run; only measurements leave them out.
enum class Invariants : std::uint8_t { kJudged, kLeftOut };
/// What becomes of a run with a fault that hit nothing.
enum class IdleFaults : std::uint8_t { kWarn, kFail };
/// Makes the engine of a world in place of the standard one.
using EngineMaker = std::function<std::unique_ptr<ReplicationEngine>(const WorldConfig& config)>;

struct RunOptions {
  std::optional<std::uint64_t> seed;          // replaces the scenario's
  bool keep_timeline = true;                  // sweeps and benches leave it out
  std::map<std::string, std::string> images;  // `--image`, for the reproduce line
  /// The world's limits: a run that does not end by itself ends with kError.
  std::uint64_t events_max = 2'000'000'000;
  /// So many steps (and inputs of the engine) at one instant mean that time stands still.
  std::uint64_t steps_per_instant_max = 10'000'000;
  /// So many steps in a row without progress mean that there will be none. Progress is whatever changes a registry, a
  /// job or a fault, and each byte that arrives; attempts that fail are none.
  std::uint64_t steps_without_progress_max = 20'000'000;
  RunsTo runs_to = RunsTo::kRest;
  Invariants invariants = Invariants::kJudged;
  IdleFaults idle_faults = IdleFaults::kWarn;
  EngineMaker engine;                            // empty: the standard engine
  std::vector<Observer*> observers = {};         // see every event, after the run's own; they outlive the run
  const std::atomic<bool>* interrupt = nullptr;  // the run stops soon after this became true
  std::optional<Instant> stops_at;               // the run ends at this instant, whatever step is under way
};

/// The one command that repeats a run.
std::string ReproduceLine(const Scenario& scenario, const RunOptions& options, std::uint64_t seed);

RunResult RunScenario(const Scenario& scenario, const RunOptions& options);
/// The same with images made before; who runs one scenario with many seeds makes them once a thread.
RunResult RunScenario(const Scenario& scenario, ImageLibrary& images, const RunOptions& options);

}  // namespace crrsim
