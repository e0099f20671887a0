// Runs one scenario with many seeds, on all cores.
//
//   SweepResult result = Sweep(scenario, images, {.seeds = {1, 100}});
//
// Each seed is a world of its own, so threads share nothing that changes. What comes of a sweep does not depend on how
// many threads there are: seeds are folded into the result in their order, and a sweep that stops at a failure ends
// with the lowest seed that fails. Only `wall_seconds`, and what an interruption left, differ.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/run/run.h"
#include "sim/digest.h"

namespace crrsim {

/// From the first to the last, both included.
struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
  [[nodiscard]] std::uint64_t size() const { return last - first + 1; }
};
/// Reads `A..B` in decimal digits. On error  what was expected.
Result<SeedRange, ParseError> ParseSeedRange(std::string_view text);

/// The largest seed: every JSON number up to it is exact.
inline constexpr std::uint64_t kSeedMax = (std::uint64_t{1} << 53) - 1;

/// A seed that did not pass.
struct FailingSeed {
  std::uint64_t seed = 0;
  Verdict verdict = Verdict::kFail;
  StoppedBy stopped_by = StoppedBy::kNothing;
  bool defect = false;                // of crrsim itself
  std::vector<std::string> problems;  // each expectation and invariant that did not hold, or what stopped the run
  std::string reproduce;
};

struct SweptFault {
  std::int64_t fired = 0;          // how often one began
  std::int64_t fired_and_hit = 0;  // how many of these hit something
  std::int64_t hits = 0;           // of all of them together
};

/// From one registry to another.
using Way = std::pair<RegistryKey, RegistryKey>;

enum class SweepEnd : std::uint8_t { kComplete, kFirstFailure, kInterrupted };

struct SweepResult {
  std::string scenario;
  std::string title;
  std::vector<Account> accounts;
  SeedRange seeds;        // asked for
  std::uint64_t ran = 0;  // seeds whose runs count
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t errors = 0;
  std::uint64_t events = 0;
  SweepEnd end = SweepEnd::kComplete;
  Hash128 digest;  // over the run digests, in the order of the seeds
  std::vector<FailingSeed> failing;
  std::map<Way, std::vector<Duration>> lags;  // ascending; of all images of all seeds that became visible
  std::map<std::string, SweptFault> faults;   // by kind, that is the name of the fault
  std::vector<std::string> warnings;          // a kind of fault that never hit anything
  IdleFaults idle_faults = IdleFaults::kWarn;
  double wall_seconds = 0;

  /// kFail when a seed failed, or a warning counts as a failure; else kError when one could not finish, or not all were
  /// run though none failed.
  [[nodiscard]] Verdict verdict() const;
};

struct SweepProgress {
  std::uint64_t done = 0;
  std::uint64_t of = 0;
  std::uint64_t failing = 0;
  double seconds = 0;
};

enum class OnFailure : std::uint8_t { kStop, kKeepGoing };

struct SweepOptions {
  SeedRange seeds;
  unsigned jobs = 0;  // threads; 0: as many as cores
  OnFailure on_failure = OnFailure::kStop;
  RunOptions run;  // its `seed` and `interrupt` are the sweep's own
  /// Called now and then by the calling thread, and once at the end.
  std::function<void(const SweepProgress&)> progress;
  Duration progress_every = Milliseconds(200);
};

/// SIGINT and SIGTERM end a sweep: runs under way are given up, and what is known so far is returned. A second signal
/// acts as if there were no sweep.
SweepResult Sweep(const Scenario& scenario, const ImageLibrary& images, const SweepOptions& options);

}  // namespace crrsim
