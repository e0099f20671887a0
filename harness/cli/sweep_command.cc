// `crrsim run --seeds A..B`: sweeps over seeds, with their progress on standard error.
#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/commands.h"
#include "harness/report/sweep_report.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

ExitCode CodeOf(const SweepResult& result) {
  auto code = result.verdict() == Verdict::kFail ? ExitCode::kFailed : ExitCode::kPass;
  for (const auto& one : result.failing) {
    code = Worst(code, one.defect                            ? ExitCode::kDefect
                       : one.verdict == Verdict::kFail       ? ExitCode::kFailed
                       : one.stopped_by == StoppedBy::kImage ? ExitCode::kInvalid
                                                             : ExitCode::kUnfinished);
  }
  if (result.end == SweepEnd::kInterrupted) code = Worst(code, ExitCode::kUnfinished);
  return code;
}

/// Draws a bar over itself on a terminal, and writes a line every tenth of the way elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(const Streams& streams) : streams_(streams) {}

  void operator()(const SweepProgress& progress) {
    const auto rate = static_cast<double>(progress.done) / std::max(progress.seconds, 1e-9);
    const auto left = rate > 0 ? static_cast<double>(progress.of - progress.done) / rate : 0;
    const auto tenths = progress.of == 0 ? 10 : progress.done * 10 / progress.of;
    auto text =
        fmt::format("{}/{} seeds, {} failing, {:.1f} seeds/s", progress.done, progress.of, progress.failing, rate);
    if (progress.done > 0 && progress.done < progress.of) {
      text += ", " + ToShortText(Milliseconds(static_cast<std::int64_t>(left * 1e3))) + " left";
    }
    if (streams_.progress == ProgressStyle::kBar) {
      const auto full = progress.of == 0 ? 30 : progress.done * 30 / progress.of;
      const auto line = fmt::format("[{:<30}] {}", std::string(full, '='), text);
      // What the line before had more is wiped out.
      streams_.err << fmt::format("\r{:<{}}", line, drawn_) << std::flush;
      drawn_ = line.size();
    } else if (tenths > told_) {
      told_ = tenths;
      streams_.err << text << "\n" << std::flush;
    }
  }
  /// Clears the bar, so that the report begins on a line of its own.
  void End() {
    if (drawn_ > 0) streams_.err << fmt::format("\r{:<{}}\r", "", drawn_) << std::flush;
  }

 private:
  const Streams& streams_;
  std::size_t drawn_ = 0;
  std::uint64_t told_ = 0;
};

std::string JsonText(const std::vector<SweepResult>& results) {
  if (results.size() == 1) return ToJson(results.front()).dump(2) + "\n";
  auto all = nlohmann::ordered_json::array();
  for (const auto& result : results) all.push_back(ToJson(result));
  return all.dump(2) + "\n";
}

}  // namespace

ExitCode RunSweeps(const RunCommand& command, const std::vector<Scenario>& scenarios,
                   const std::map<std::string, std::string>& images, const Streams& streams) {
  const auto seeds = ParseSeedRange(command.seeds);
  if (!seeds) {
    streams.err << "--seeds: " << seeds.error().message << "\n";
    return ExitCode::kUsage;
  }
  const bool show = command.json_file != "-" && command.junit_file != "-";
  std::vector<SweepResult> results;
  auto code = ExitCode::kPass;
  for (const auto& scenario : scenarios) {
    const auto library = ImageLibrary::Build(scenario);
    if (!library) {
      Complain(library.error(), streams);
      return ExitCode::kInvalid;
    }
    ProgressLine line(streams);
    SweepOptions options;
    options.seeds = *seeds;
    options.jobs = command.jobs;
    options.on_failure = command.keep_going ? OnFailure::kKeepGoing : OnFailure::kStop;
    options.run = OptionsOf(command, images);
    if (command.detail != Detail::kQuiet) options.progress = [&](const SweepProgress& progress) { line(progress); };
    results.push_back(Sweep(scenario, *library, options));
    line.End();
    code = Worst(code, CodeOf(results.back()));
    if (show) {
      if (scenarios.size() > 1) streams.out << scenario.path << "\n";
      streams.out << ToTerminal(results.back(), {streams.colour, command.detail}) << std::flush;
    }
    if (results.back().end == SweepEnd::kInterrupted) break;
  }
  return WriteReports(
      code,
      {{command.json_file, [&] { return JsonText(results); }}, {command.junit_file, [&] { return ToJUnit(results); }}},
      streams);
}

}  // namespace crrsim
