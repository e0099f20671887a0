// `crrsim bench`: the replication throughput of a user's own scenario, in a user's own CI.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "harness/cli/commands.h"
#include "harness/json.h"
#include "harness/report/names.h"
#include "harness/report/throughput.h"
#include "harness/run/claim_text.h"
#include "harness/scenario/documents.h"
#include "harness/scenario/load.h"
#include "harness/version.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

enum class Better : std::uint8_t { kHigher, kLower };

/// One named figure of a scenario. Simulated ones repeat exactly, so any change of them is a change of behaviour.
struct Figure {
  std::string name;
  double value = 0;
  std::string text;
  Better better = Better::kHigher;
  bool simulated = true;
};

std::vector<Figure> FiguresOf(const RunResult& run, const Throughput& throughput) {
  std::vector<Figure> figures = {
      {"simulated/images_per_second", throughput.images_per_second,
       fmt::format("{:.6g} images/s", throughput.images_per_second)},
      {"simulated/bytes_per_second", throughput.bytes_per_second,
       fmt::format("{:.6g} MB/s", throughput.bytes_per_second / 1e6)},
  };
  for (const auto& lag : throughput.lags) {
    const auto way = fmt::format("{} to {}", NameOf(run, lag.source), NameOf(run, lag.destination));
    for (const auto& [name, value] :
         {std::pair("p50", lag.p50), std::pair("p90", lag.p90), std::pair("p99", lag.p99), std::pair("max", lag.max)}) {
      figures.push_back(
          {fmt::format("simulated/lag_{}/{}", name, way), value.seconds(), ToShortText(value), Better::kLower});
    }
  }
  figures.push_back({"real/replications_per_second", throughput.replications_per_second,
                     fmt::format("{:.0f} replications/s", throughput.replications_per_second), Better::kHigher, false});
  figures.push_back({"real/events_per_second", throughput.events_per_second,
                     fmt::format("{:.0f} events/s", throughput.events_per_second), Better::kHigher, false});
  return figures;
}

/// One entry in Google Benchmark's shape: times in nanoseconds a replication, the figures as counters.
Json EntryOf(const std::string& scenario, std::int64_t repetitions, const std::vector<RunResult>& runs,
             const Throughput& throughput, const std::vector<Figure>& figures) {
  double best = runs.front().wall_seconds;
  for (const auto& run : runs) best = std::min(best, run.wall_seconds);
  const auto time = best * 1e9 / static_cast<double>(std::max<std::int64_t>(throughput.replications, 1));
  Json entry = {{"name", scenario},
                {"run_name", scenario},
                {"run_type", "iteration"},
                {"repetitions", repetitions},
                {"repetition_index", 0},
                {"threads", 1},
                {"iterations", throughput.replications},
                {"real_time", time},
                {"cpu_time", time},
                {"time_unit", "ns"},
                {"run_digest", ToText(runs.front().run_digest)}};
  for (const auto& figure : figures) entry[figure.name] = figure.value;
  return entry;
}

Result<double, ParseError> ParseTolerance(const std::string& text) {
  double percent = 0;
  const auto* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, percent);
  if (error == std::errc() && end + 1 == last && *end == '%' && percent >= 0 && percent < 100) return percent / 100;
  return ParseError{fmt::format("--tolerance {}: expected a percentage from 0% to less than 100%, such as 20%", text)};
}

/// Names what fell behind the baseline; a simulated figure may not get worse at all.
std::vector<std::string> Regressions(const std::string& scenario, const std::vector<Figure>& figures,
                                     const Json& baseline, double tolerance) {
  std::vector<std::string> worse;
  const auto& entries = baseline.at("benchmarks");
  const auto entry =
      std::find_if(entries.begin(), entries.end(), [&](const Json& one) { return one.value("name", "") == scenario; });
  if (entry == entries.end()) return {fmt::format("{}: the baseline has no such scenario", scenario)};
  for (const auto& figure : figures) {
    const auto before = entry->find(figure.name);
    if (before == entry->end() || !before->is_number()) {
      worse.push_back(fmt::format("{}: the baseline has no figure {}", scenario, figure.name));
      continue;
    }
    const auto old = before->get<double>();
    const auto slack = figure.simulated ? 0 : tolerance;
    const bool regressed =
        figure.better == Better::kHigher ? figure.value < old * (1 - slack) : figure.value > old * (1 + slack);
    if (regressed)
      worse.push_back(fmt::format("{}: {} was {:.6g}, is {:.6g}", scenario, figure.name, old, figure.value));
  }
  return worse;
}

Result<Json, ParseError> ReadBaseline(const std::string& path) {
  const auto text = ReadFile(path);
  if (!text) return ParseError{fmt::format("--baseline {}: the file cannot be read", path)};
  auto json = Json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("benchmarks") || !json["benchmarks"].is_array()) {
    return ParseError{fmt::format("--baseline {}: not the JSON that crrsim bench --json writes", path)};
  }
  return json;
}

}  // namespace

ExitCode Bench(const BenchCommand& command, const Streams& streams) {
  const auto complain = [&](const std::string& message, ExitCode code) {
    streams.err << message << "\n";
    return code;
  };
  const auto files = ScenarioFiles(command.paths);
  if (!files) return complain(files.error().message, ExitCode::kUsage);
  const auto images = ImagePaths(command.images);
  if (!images) return complain(images.error().message, ExitCode::kUsage);
  const auto tolerance = ParseTolerance(command.tolerance);
  if (!tolerance) return complain(tolerance.error().message, ExitCode::kUsage);
  std::optional<Json> baseline;
  if (!command.baseline_file.empty()) {
    auto read = ReadBaseline(command.baseline_file);
    if (!read) return complain(read.error().message, ExitCode::kUsage);
    baseline = std::move(*read);
  }
  Json report = {{"context",
                  {{"executable", fmt::format("crrsim {}", VersionText())},
                   {"num_cpus", std::thread::hardware_concurrency()},
                   {"library_build_type", "release"}}},
                 {"benchmarks", Json::array()}};
  std::vector<std::string> worse;
  const bool show = command.json_file != "-";
  for (const auto& file : *files) {
    const auto scenario = LoadScenario(file, {.images = *images});
    if (!scenario) {
      Complain(scenario.error(), streams);
      return ExitCode::kInvalid;
    }
    HintAtLargeContent(*scenario, streams);
    RunOptions options;
    options.invariants = command.invariants ? Invariants::kJudged : Invariants::kLeftOut;
    options.seed = command.seed;
    options.images = *images;
    options.keep_timeline = false;
    std::vector<RunResult> runs;
    for (std::int64_t i = 0; i < command.repetitions; ++i) {
      runs.push_back(RunScenario(*scenario, options));
      if (runs.back().verdict == Verdict::kError)
        return complain(fmt::format("{}: {}", file, runs.back().error),
                        runs.back().stopped_by == StoppedBy::kImage ? ExitCode::kInvalid : ExitCode::kUnfinished);
      if (runs.back().verdict == Verdict::kFail)
        return complain(fmt::format("{}: an expectation failed; see {}", file, runs.back().reproduce),
                        ExitCode::kFailed);
    }
    const auto throughput = ThroughputOf(runs);
    if (throughput.replications == 0)
      return complain(fmt::format("{}: nothing replicated, so there is nothing to measure", file), ExitCode::kFailed);
    const auto figures = FiguresOf(runs.front(), throughput);
    report["benchmarks"].push_back(EntryOf(file, command.repetitions, runs, throughput, figures));
    if (show) {
      streams.out << fmt::format("{}: {}, {} simulated, digest {}\n", file,
                                 Counted(static_cast<std::size_t>(throughput.replications), "replication"),
                                 ToShortText(throughput.span), ToText(runs.front().run_digest));
      for (const auto& figure : figures) streams.out << fmt::format("  {:<52} {}\n", figure.name, figure.text);
    }
    if (baseline) {
      auto found = Regressions(file, figures, *baseline, *tolerance);
      worse.insert(worse.end(), found.begin(), found.end());
    }
  }
  if (!command.json_file.empty()) {
    if (const auto problem = WriteFile(command.json_file, report.dump(2) + "\n", streams))
      return complain(*problem, ExitCode::kUsage);
  }
  for (const auto& line : worse) streams.err << "regression: " << line << "\n";
  return worse.empty() ? ExitCode::kPass : ExitCode::kFailed;
}

}  // namespace crrsim
