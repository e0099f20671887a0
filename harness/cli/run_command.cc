#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/commands.h"
#include "harness/compare/compare.h"
#include "harness/report/json.h"
#include "harness/report/junit.h"
#include "harness/report/printable.h"
#include "harness/report/sweep_report.h"
#include "harness/run/claim_text.h"
#include "harness/run/image_library.h"
#include "harness/run/run.h"
#include "harness/scenario/load.h"
#include "sim/nearest_name.h"

namespace crrsim {

namespace {

ExitCode CodeOf(const RunResult& result) {
  switch (result.verdict) {
    case Verdict::kPass:
      return ExitCode::kPass;
    case Verdict::kFail:
      return ExitCode::kFailed;
    case Verdict::kError:
      return result.stopped_by == StoppedBy::kImage ? ExitCode::kInvalid : ExitCode::kUnfinished;
  }
  return ExitCode::kDefect;
}

/// Says which `--image` none of the scenarios defines.
std::optional<std::string> ProblemOfImages(const std::map<std::string, std::string>& images,
                                           const std::vector<Scenario>& scenarios) {
  std::vector<std::string> known;
  for (const auto& scenario : scenarios) {
    for (const auto& image : scenario.images) known.push_back(image.name);
  }
  for (const auto& [name, path] : images) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return fmt::format("--image {}={}: no scenario defines an image '{}'{}", name, path, name, DidYouMean(name, known));
  }
  return std::nullopt;
}

/// Loads every file before any is run: a mistake in one of them leaves nothing half done. Of several files, an image
/// that is replaced need be in one only.
std::optional<std::vector<Scenario>> LoadAll(const std::vector<std::string>& files,
                                             const std::map<std::string, std::string>& images, const Streams& streams) {
  LoadOptions options{.images = images};
  if (files.size() > 1) options.unknown_images = UnknownImages::kPassedOver;
  std::vector<Scenario> scenarios;
  bool sound = true;
  for (const auto& file : files) {
    auto scenario = ReadScenario(file, options, streams);
    if (scenario) {
      scenarios.push_back(std::move(*scenario));
    } else {
      sound = false;
      Complain(scenario.error(), streams);
    }
  }
  if (!sound) return std::nullopt;
  if (const auto problem = ProblemOfImages(images, scenarios)) {
    streams.err << *problem << "\n";
    return std::nullopt;
  }
  for (const auto& scenario : scenarios) HintAtLargeContent(scenario, streams);
  return scenarios;
}

std::string JsonText(const std::vector<RunResult>& results) {
  if (results.size() == 1) return ToJson(results.front()).dump(2) + "\n";
  auto all = nlohmann::ordered_json::array();
  for (const auto& result : results) all.push_back(ToJson(result));
  return all.dump(2) + "\n";
}

}  // namespace

ExitCode Worst(ExitCode a, ExitCode b) { return static_cast<int>(a) >= static_cast<int>(b) ? a : b; }

RunOptions OptionsOf(const RunCommand& command, const std::map<std::string, std::string>& images) {
  RunOptions options;
  options.images = images;
  options.idle_faults = command.strict ? IdleFaults::kFail : IdleFaults::kWarn;
  options.steps_per_instant_max = command.steps_per_instant_max;
  options.steps_without_progress_max = command.steps_without_progress_max;
  return options;
}

ExitCode Run(const RunCommand& command, const Streams& streams) {
  const auto files = ScenarioFiles(command.paths);
  const auto images = ImagePaths(command.images);
  if (!files || !images) {
    streams.err << (files ? images.error().message : files.error().message) << "\n";
    return ExitCode::kUsage;
  }
  if (const auto problem = ProblemOfReports({command.json_file, command.junit_file}, *files)) {
    streams.err << *problem << "\n";
    return ExitCode::kUsage;
  }
  const auto scenarios = LoadAll(*files, *images, streams);
  if (!scenarios) return ExitCode::kInvalid;
  if (!command.seeds.empty()) return RunSweeps(command, *scenarios, *images, streams);

  // The report on standard output has it to itself.
  const bool show = command.json_file != "-" && command.junit_file != "-";
  auto detail = command.detail;
  if (scenarios->size() > 1 && detail == Detail::kNormal) detail = Detail::kQuiet;
  const TerminalOptions terminal{streams.colour, detail};
  std::vector<RunResult> results;
  auto code = ExitCode::kPass;
  for (const auto& scenario : *scenarios) {
    auto options = OptionsOf(command, *images);
    options.seed = command.seed;
    options.keep_timeline = detail != Detail::kQuiet;
    results.push_back(RunScenario(scenario, options));
    code = Worst(code, CodeOf(results.back()));
    if (!show) continue;
    if (scenarios->size() > 1) streams.out << Printable(scenario.path) << "\n";
    streams.out << ToTerminal(results.back(), terminal) << std::flush;
  }
  if (show && results.size() > 1) streams.out << SummaryOf(results, terminal);
  return WriteReports(
      code,
      {{command.json_file, [&] { return JsonText(results); }}, {command.junit_file, [&] { return ToJUnit(results); }}},
      streams);
}

ExitCode Validate(const ValidateCommand& command, const Streams& streams) {
  const auto files = ScenarioFiles(command.paths);
  const auto images = ImagePaths(command.images);
  if (!files || !images) {
    streams.err << (files ? images.error().message : files.error().message) << "\n";
    return ExitCode::kUsage;
  }
  const auto scenarios = LoadAll(*files, *images, streams);
  if (!scenarios) return ExitCode::kInvalid;
  bool sound = true;
  for (const auto& scenario : *scenarios) {
    if (const auto content = ImageLibrary::Build(scenario); !content) {
      sound = false;
      Complain(content.error(), streams);
      continue;
    }
    streams.out << fmt::format("{}: valid, {}, {}\n", Printable(scenario.path),
                               Counted(scenario.timeline.size(), "step"), Counted(scenario.images.size(), "image"));
  }
  return sound ? ExitCode::kPass : ExitCode::kInvalid;
}

ExitCode Schema(SchemaKind kind, const Streams& streams) {
  const auto schema = kind == SchemaKind::kScenario ? ScenarioSchema()
                      : kind == SchemaKind::kReport ? ReportSchema()
                      : kind == SchemaKind::kSweep  ? SweepSchema()
                                                    : CompareSchema();
  streams.out << schema.dump(2) << "\n";
  return ExitCode::kPass;
}

}  // namespace crrsim
