#include "harness/run/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <map>

#include "harness/run/runner.h"

namespace crrsim {

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kFail:
      return "fail";
    case Verdict::kError:
      return "error";
  }
  CRRSIM_CHECK(false);
}

BillingUnits BillingUnits::From(const Assumptions& assumptions) {
  BillingUnits units;
  if (assumptions.value(Assumption::kGigabyte) == "10^9") units.gigabyte = ByteCount::FromBytes(1'000'000'000);
  if (assumptions.value(Assumption::kMonth) == "730h") units.month_length = Hours(730);
  return units;
}

double BillingUnits::GigabyteMonthsOf(Int128 byte_nanoseconds, CalendarMonth month) const {
  return GigabyteMonths(byte_nanoseconds, gigabyte, month_length.value_or(LengthOf(month)));
}

namespace {

/// One row a tag, and one for an untagged image.
void AddRows(const RepositoryKey& where, const Repository& repository, std::vector<ImageRow>& rows) {
  repository.images.ForEachSorted([&](const Digest& digest, const Image& image) {
    const auto& manifest = *image.manifest;
    ImageRow row{where.registry,     where.repository, std::nullopt, digest, std::string(manifest.media_type),
                 manifest.blob_bytes};
    if (image.tags.empty()) rows.push_back(row);
    for (const auto& tag : image.tags) {
      row.tag = tag;
      rows.push_back(row);
    }
  });
}

std::string QuotedForShell(const std::string& text) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-_./=:@+,").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string ReproduceLine(const Scenario& scenario, const RunOptions& options, std::uint64_t seed) {
  auto line = fmt::format("./crrsim run --seed {}", seed);
  for (const auto& [name, path] : options.images) line += " --image " + QuotedForShell(name + "=" + path);
  const RunOptions defaults;
  if (options.idle_faults == IdleFaults::kFail) line += " --strict";
  if (options.steps_per_instant_max != defaults.steps_per_instant_max) {
    line += fmt::format(" --steps-per-instant {}", options.steps_per_instant_max);
  }
  if (options.steps_without_progress_max != defaults.steps_without_progress_max) {
    line += fmt::format(" --steps-without-progress {}", options.steps_without_progress_max);
  }
  // What came through a pipe has to be given again.
  const bool piped = scenario.path == kFromStandardInput || scenario.path == kFromPipe;
  return line + " -v " + (piped ? "-" : QuotedForShell(scenario.path));
}

namespace {

/// What is known before anything was run.
RunResult BlankResult(const Scenario& scenario, const RunOptions& options, std::uint64_t seed) {
  RunResult result;
  result.scenario = scenario.path;
  result.title = scenario.title;
  result.seed = seed;
  result.start = scenario.world.start;
  result.end = scenario.world.start;
  result.accounts = scenario.accounts;
  result.reproduce = ReproduceLine(scenario, options, seed);
  if (!scenario.network_source.empty()) result.notes.push_back("network: " + scenario.network_source);
  return result;
}

}  // namespace

RunResult RunScenario(const Scenario& scenario, const RunOptions& options) {
  const auto begun = std::chrono::steady_clock::now();
  auto images = ImageLibrary::Build(scenario);
  if (!images) {
    auto result = BlankResult(scenario, options, options.seed.value_or(scenario.world.seed));
    result.stopped_by = StoppedBy::kImage;
    for (const auto& diagnostic : images.error().all)
      result.error += (result.error.empty() ? "" : "\n") + ToText(diagnostic);
    return result;
  }
  auto result = RunScenario(scenario, *images, options);
  result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return result;
}

RunResult RunScenario(const Scenario& scenario, ImageLibrary& images, const RunOptions& options) {
  const auto begun = std::chrono::steady_clock::now();
  const auto seed = options.seed.value_or(scenario.world.seed);
  auto result = BlankResult(scenario, options, seed);
  for (auto& note : images.Notes()) result.notes.push_back(std::move(note));
  Runner runner(scenario, images, options, seed);
  if (const auto stop = runner.Run()) {
    result.error = stop->reason;
    result.stopped_by = stop->by;
  }
  runner.Report(result);
  result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return result;
}

void ReportWorld(World& world, const Recording& recording, RunResult& result) {
  result.run_digest = world.run_digest().value();
  result.checkpoints = world.run_digest().checkpoints();
  result.events = recording.events();
  result.replications = recording.replications();
  result.bill = world.bill();
  if (!result.bill.storage.empty()) {
    world.assumptions().Use(Assumption::kGigabyte);
    world.assumptions().Use(Assumption::kMonth);
  }
  result.units = BillingUnits::From(world.assumptions());
  for (const auto& [key, registry] : world.registries()) {
    registry.repositories.ForEachSorted(
        [&, &where = key](const RepositoryName& name, const Cow<Repository>& repository) {
          AddRows({where, name}, *repository, result.images);
        });
  }
  std::map<FaultNumber, std::size_t> rows;  // by the first of its parts
  for (const auto& [number, fault] : world.faults().all()) {
    const auto [row, is_first] = rows.emplace(fault.part_of, result.faults.size());
    if (is_first) {
      result.faults.push_back({number, fault.name, TargetOf(fault.what), fault.began ? 1 : 0, fault.hits});
      continue;
    }
    auto& whole = result.faults[row->second];
    whole.target += ", " + TargetOf(fault.what);
    whole.hits += fault.hits;
  }
  for (const auto& info : AssumptionTable()) {
    if (!world.assumptions().consulted(info.id)) continue;
    result.assumptions.push_back({std::string(info.name), std::string(world.assumptions().value(info.id))});
  }
}

void Runner::Report(RunResult& result) {
  result.end = scenario_.until ? world_.now() : std::max(world_.now(), recording_.last_event());
  result.timeline = story_.Take();
  result.expectations = results_;
  ReportWorld(world_, recording_, result);
  NoteIdleFaults(result);
  if (judges_) {
    const bool at_rest = result.error.empty() && world_.IsIdle();
    judges_->AtEnd({world_.registries(), result.bill, world_.now(), at_rest ? RunRest::kAtRest : RunRest::kUnderWay});
    result.invariants = judges_->Verdicts();
    for (const auto& invariant : result.invariants) failed_ = failed_ || !invariant.held();
  }
  result.waiting = std::move(waiting_);
  result.waiting_at = waiting_at_;
  result.verdict = !result.error.empty() ? Verdict::kError : failed_ ? Verdict::kFail : Verdict::kPass;
}

/// What a step names has to hit something. Of what a seed draws it is enough that one does: what the others would have
/// shown, a sweep over seeds shows by kind.
void Runner::NoteIdleFaults(RunResult& result) {
  const auto note = [&](const std::string& idle) {
    result.warnings.push_back(idle + ", so it proves nothing");
    if (options_.idle_faults == IdleFaults::kWarn) return;
    failed_ = true;
    result.expectations.push_back(
        {Place{scenario_.path, 1, 1}, "--strict: every fault hits something", false, idle, world_.now()});
  };
  bool drawn_hit = drawn_.empty();
  for (const auto& fault : result.faults) {
    const bool is_drawn = drawn_.contains(fault.number);
    if (fault.hits > 0) drawn_hit = drawn_hit || is_drawn;
    if (fault.hits == 0 && !is_drawn) note(fmt::format("fault '{}' hit nothing", fault.name));
  }
  if (!drawn_hit) note("no fault that the seed drew hit anything");
}

}  // namespace crrsim
