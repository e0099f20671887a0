#include "harness/search/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

#include "harness/run/claim_text.h"
#include "sim/archive.h"

namespace crrsim {

namespace {

namespace asio = boost::asio;

/// Of one run, what the sweep keeps of it.
struct SeedRun {
  FailingSeed outcome;
  Hash128 digest;
  std::uint64_t events = 0;
  std::vector<std::pair<Way, Duration>> lags;
  std::vector<FaultRow> faults;
};

SeedRun Keep(const RunResult& result) {
  SeedRun run;
  run.outcome = {result.seed, result.verdict, result.stopped_by, false, {}, result.reproduce};
  run.digest = result.run_digest;
  run.events = result.events;
  run.faults = result.faults;
  for (const auto& row : result.replications) {
    if (!row.visible_at) continue;
    run.lags.emplace_back(Way{row.replication.source, row.replication.destination}, *row.visible_at - row.queued_at);
  }
  auto& problems = run.outcome.problems;
  if (!result.error.empty()) problems.push_back(result.error);
  for (const auto& one : result.expectations) {
    if (!one.held)
      problems.push_back(fmt::format("{}:{}: {}; {}", one.place.file, one.place.line, one.claim, one.observed));
  }
  for (const auto& one : result.invariants) {
    if (one.held()) continue;
    const auto& first = one.violations.front();
    problems.push_back(fmt::format("invariant {}: {}, the first: {}, but {}", one.invariant->name,
                                   Counted(one.violations.size(), "violation"), first.found.text, first.expected.text));
  }
  return run;
}

/// Folds runs into a result in the order of their seeds, whatever the order in which they are done.
class Fold {
 public:
  Fold(SweepResult& result, OnFailure on_failure)
      : result_(result), on_failure_(on_failure), next_(result.seeds.first) {}

  void Add(SeedRun run) {
    done_.emplace(run.outcome.seed, std::move(run));
    while (!over_ && !done_.empty() && done_.begin()->first == next_) {
      Take(done_.begin()->second);
      done_.erase(done_.begin());
      ++next_;
    }
  }

  /// What is left after an interruption has gaps before it.
  void Finish() {
    for (auto& [seed, run] : done_) {
      if (!over_) Take(run);
    }
    chain_.Put(result_.ran);
    result_.digest = HashBytes(chain_.bytes());
    for (auto& [way, lags] : result_.lags) std::sort(lags.begin(), lags.end());
  }

 private:
  void Take(SeedRun& run) {
    ++result_.ran;
    result_.events += run.events;
    chain_.Put(run.outcome.seed);
    chain_.Put(run.digest.high);
    chain_.Put(run.digest.low);
    if (chain_.bytes().size() > 4096) {
      const auto so_far = HashBytes(chain_.bytes());
      chain_.Clear();
      chain_.Put(so_far.high);
      chain_.Put(so_far.low);
    }
    for (const auto& [way, lag] : run.lags) result_.lags[way].push_back(lag);
    for (const auto& fault : run.faults) {
      auto& all = result_.faults[fault.name];
      all.fired += fault.fired;
      all.fired_and_hit += fault.hits > 0 ? 1 : 0;
      all.hits += fault.hits;
    }
    if (run.outcome.verdict == Verdict::kPass) {
      ++result_.passed;
      return;
    }
    ++(run.outcome.verdict == Verdict::kFail ? result_.failed : result_.errors);
    result_.failing.push_back(std::move(run.outcome));
    if (on_failure_ == OnFailure::kKeepGoing) return;
    over_ = true;
    result_.end = SweepEnd::kFirstFailure;
  }

  SweepResult& result_;
  OnFailure on_failure_;
  std::uint64_t next_;
  std::map<std::uint64_t, SeedRun> done_;
  Writer chain_;
  bool over_ = false;
};

class Sweeper {
 public:
  Sweeper(const Scenario& scenario, const ImageLibrary& images, const SweepOptions& options, SweepResult& result)
      : scenario_(scenario),
        images_(images),
        options_(options),
        result_(result),
        next_(options.seeds.first),
        last_(options.seeds.last),
        fold_(result, options.on_failure) {}

  void Run() {
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    const auto wanted = options_.jobs == 0 ? cores : options_.jobs;
    const auto jobs = static_cast<unsigned>(std::min<std::uint64_t>(wanted, options_.seeds.size()));
    asio::signal_set signals(io_, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& error, int) {
      if (error) return;
      interrupt_ = true;
      signals.clear();
    });
    asio::steady_timer timer(io_);
    if (options_.progress) Tick(timer);
    working_ = jobs;
    asio::thread_pool pool(jobs);
    for (unsigned i = 0; i < jobs; ++i) asio::post(pool, [this] { Work(); });
    io_.run();
    pool.join();
    if (interrupt_) result_.end = SweepEnd::kInterrupted;
    fold_.Finish();
    result_.wall_seconds = Elapsed();
    if (options_.progress) options_.progress(Progress());
  }

 private:
  [[nodiscard]] double Elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }
  SweepProgress Progress() {
    const std::lock_guard lock(mutex_);
    return {done_, options_.seeds.size(), failing_, Elapsed()};
  }
  void Tick(asio::steady_timer& timer) {
    timer.expires_after(std::chrono::nanoseconds(options_.progress_every.nanoseconds()));
    timer.async_wait([this, &timer](const boost::system::error_code& error) {
      if (error) return;
      options_.progress(Progress());
      Tick(timer);
    });
  }

  /// One thread: seed after seed, until there is none left or one below has failed.
  void Work() {
    auto images = images_;
    auto run_options = options_.run;
    run_options.interrupt = &interrupt_;
    run_options.keep_timeline = false;
    while (!interrupt_) {
      const auto seed = next_++;
      if (seed > last_) break;
      run_options.seed = seed;
      auto run = RunOne(images, run_options);
      if (run.outcome.stopped_by == StoppedBy::kInterrupt) break;
      const std::lock_guard lock(mutex_);
      ++done_;
      if (run.outcome.verdict != Verdict::kPass) {
        ++failing_;
        if (options_.on_failure == OnFailure::kStop && seed < last_) last_ = seed;
      }
      fold_.Add(std::move(run));
    }
    if (--working_ == 0) io_.stop();
  }

  SeedRun RunOne(ImageLibrary& images, const RunOptions& options) const {
    try {
      return Keep(RunScenario(scenario_, images, options));
    } catch (const std::exception& error) {
      SeedRun run;
      run.outcome = {*options.seed,
                     Verdict::kError,
                     StoppedBy::kNothing,
                     true,
                     {fmt::format("a defect of crrsim itself: {}", error.what())},
                     ReproduceLine(scenario_, options, *options.seed)};
      return run;
    }
  }

  const Scenario& scenario_;
  const ImageLibrary& images_;
  const SweepOptions& options_;
  SweepResult& result_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  asio::io_context io_;
  std::atomic<bool> interrupt_ = false;
  std::atomic<std::uint64_t> next_;
  std::atomic<std::uint64_t> last_;  // no seed above it is begun
  std::atomic<unsigned> working_ = 0;

  std::mutex mutex_;  // of all below
  Fold fold_;
  std::uint64_t done_ = 0;
  std::uint64_t failing_ = 0;
};

std::optional<std::uint64_t> SeedOf(std::string_view text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  const bool plain = text.size() == 1 || (!text.empty() && text[0] != '0');
  return whole && plain && seed <= kSeedMax ? std::optional(seed) : std::nullopt;
}

}  // namespace

Result<SeedRange, ParseError> ParseSeedRange(std::string_view text) {
  const auto dots = text.find("..");
  if (dots != std::string_view::npos) {
    const auto first = SeedOf(text.substr(0, dots));
    const auto last = SeedOf(text.substr(dots + 2));
    if (first && last && *first <= *last) return SeedRange{*first, *last};
  }
  return ParseError{fmt::format(
      "found {}, expected seeds as in 1..100, whole numbers from 0 to {}, the smaller one first", text, kSeedMax)};
}

Verdict SweepResult::verdict() const {
  if (failed > 0 || (idle_faults == IdleFaults::kFail && !warnings.empty())) return Verdict::kFail;
  return errors > 0 || end == SweepEnd::kInterrupted ? Verdict::kError : Verdict::kPass;
}

SweepResult Sweep(const Scenario& scenario, const ImageLibrary& images, const SweepOptions& options) {
  SweepResult result;
  result.scenario = scenario.path;
  result.title = scenario.title;
  result.accounts = scenario.accounts;
  result.seeds = options.seeds;
  result.idle_faults = options.run.idle_faults;
  // One fault that hits nothing with one seed is no news; one kind of them that never does is.
  auto own = options;
  own.run.idle_faults = IdleFaults::kWarn;
  Sweeper(scenario, images, own, result).Run();
  for (const auto& [name, fault] : result.faults) {
    if (fault.hits == 0) {
      result.warnings.push_back(
          fmt::format("fault '{}' began {} times and never hit anything, so it proves nothing", name, fault.fired));
    }
  }
  return result;
}

}  // namespace crrsim
