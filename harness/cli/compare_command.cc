#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/cli/inspect_commands.h"
#include "harness/compare/compare.h"
#include "harness/compare/snapshot_of_folder.h"
#include "harness/compare/snapshot_of_world.h"
#include "harness/explain/scenario_state.h"
#include "harness/report/printable.h"
#include "harness/scenario/load.h"
#include "sim/nearest_name.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

ExitCode WrongCompareUse(std::string_view message, const Streams& streams) {
  streams.err << Printable(message) << "\n";
  return ExitCode::kUsage;
}

ExitCode TellComparison(const CompareCommand& command, const Comparison& comparison, const Streams& streams) {
  streams.out << (command.json ? ToJson(comparison).dump(2) + "\n" : ToText(comparison));
  return (command.strict ? comparison.equal() : comparison.ready()) ? ExitCode::kPass : ExitCode::kFailed;
}

/// The registry of the scenario that an option names.
Result<RegistryKey, ParseError> RegistryNamed(const char* option, const std::string& name, const Scenario& scenario,
                                              const Registries& registries) {
  std::vector<std::string> names;
  for (const auto& [key, registry] : registries) {
    names.push_back(scenario.NameOf(key));
    if (name == ToText(key) || name == names.back()) return key;
  }
  return ParseError{fmt::format("{} {}: there is no such registry{}", option, name, DidYouMean(name, names))};
}

/// What `--at` names: the end, a step's label, or an instant.
struct MomentOfScenario {
  std::optional<std::string> label;
  std::optional<Instant> instant;
};

/// A label wins over an instant that is written the same.
Result<MomentOfScenario, ParseError> ReadAt(const Scenario& scenario, const std::string& at) {
  MomentOfScenario moment;
  if (at.empty()) return moment;
  std::vector<std::string> labels;
  for (const auto& step : scenario.timeline) {
    if (!step.label.empty()) labels.push_back(step.label);
  }
  if (std::find(labels.begin(), labels.end(), at) != labels.end()) {
    moment.label = at;
    return moment;
  }
  if (const auto since = ParseDuration(at)) {
    const auto since_max = Days(36'525);
    if (*since > since_max) return ParseError{fmt::format("--at {}: expected 100 years at most", at)};
    moment.instant = scenario.world.start + *since;
  } else if (const auto instant = ParseInstant(at)) {
    moment.instant = *instant;
  } else {
    return ParseError{
        fmt::format("--at {}: found neither a step's label{} nor an instant such as "
                    "2026-11-01T00:00:00Z nor a duration such as 5m since the start",
                    at, DidYouMean(at, labels))};
  }
  if (*moment.instant < scenario.world.start) {
    return ParseError{
        fmt::format("--at {}: that is before the scenario starts, at {}", at, ToText(scenario.world.start))};
  }
  return moment;
}

ExitCode CompareInScenario(const CompareCommand& command, const Streams& streams) {
  if (command.from.empty() || command.to.empty()) {
    return WrongCompareUse("a scenario is compared --from REGISTRY --to REGISTRY", streams);
  }
  const auto scenario = LoadScenario(command.paths.front());
  if (!scenario) {
    Complain(scenario.error(), streams);
    return ExitCode::kInvalid;
  }
  const auto moment = ReadAt(*scenario, command.at);
  if (!moment) return WrongCompareUse(moment.error().message, streams);
  HintAtLargeContent(*scenario, streams);
  const auto state = moment->instant ? WorldAt(*scenario, *moment->instant) : WorldOf(*scenario, moment->label);
  if (!state) {
    streams.err << state.error().message << "\n";
    return ExitCode::kUnfinished;
  }
  if (!state->stopped.empty()) streams.err << state->stopped << "; compared is the state then\n";
  const auto from = RegistryNamed("--from", command.from, *scenario, state->world.registries());
  if (!from) return WrongCompareUse(from.error().message, streams);
  const auto to = RegistryNamed("--to", command.to, *scenario, state->world.registries());
  if (!to) return WrongCompareUse(to.error().message, streams);
  auto comparison =
      CompareRegistries(SnapshotOf(state->world, *from, scenario->NameOf(*from)),
                        SnapshotOf(state->world, *to, scenario->NameOf(*to)), ReplicationOf(state->world, *from, *to));
  comparison.at = ToText(state->world.now());
  return TellComparison(command, comparison, streams);
}

ExitCode CompareFolders(const CompareCommand& command, const Streams& streams) {
  if (!command.from.empty() || !command.to.empty() || !command.at.empty()) {
    return WrongCompareUse("--from, --to and --at are for a scenario, and these are folders", streams);
  }
  const auto source = ReadFolderSnapshot(command.paths[0]);
  const auto destination = ReadFolderSnapshot(command.paths[1]);
  if (!source) Complain(source.error(), streams);
  if (!destination) Complain(destination.error(), streams);
  if (!source || !destination) return ExitCode::kInvalid;
  return TellComparison(command, CompareRegistries(source->registry, destination->registry, source->replication),
                        streams);
}

}  // namespace

ExitCode Compare(const CompareCommand& command, const Streams& streams) {
  const auto is_folder = [](const std::string& path) {
    std::error_code error;
    return std::filesystem::is_directory(path, error);
  };
  const auto needed = is_folder(command.paths.front()) ? std::size_t{2} : std::size_t{1};
  if (command.json && command.paths.size() > needed) {
    return WrongCompareUse(
        fmt::format("{}: --json takes no file here; it prints on standard output, so write --json > FILE",
                    command.paths.back()),
        streams);
  }
  if (command.paths.size() > 2) return WrongCompareUse("expected one scenario file, or two folders", streams);
  for (const auto& path : command.paths) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
      return WrongCompareUse(fmt::format("{}: no such file or folder", path), streams);
    }
    if (is_folder(path) != (command.paths.size() == 2)) {
      return WrongCompareUse("expected one scenario file, or two folders", streams);
    }
  }
  return command.paths.size() == 2 ? CompareFolders(command, streams) : CompareInScenario(command, streams);
}

}  // namespace crrsim
