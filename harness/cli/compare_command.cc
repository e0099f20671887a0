#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/cli/inspect_commands.h"
#include "harness/compare/compare.h"
#include "harness/compare/snapshot_of_folder.h"
#include "harness/compare/snapshot_of_world.h"
#include "harness/explain/scenario_state.h"
#include "harness/scenario/load.h"
#include "sim/nearest_name.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

ExitCode WrongCompareUse(std::string_view message, const Streams& streams) {
  streams.err << message << "\n";
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

/// A label wins over an instant that is written the same.
Result<World, ParseError> WorldAtText(const Scenario& scenario, const std::string& at) {
  if (at.empty()) return WorldOf(scenario, std::nullopt);
  const bool is_label = std::any_of(scenario.timeline.begin(), scenario.timeline.end(),
                                    [&](const Step& step) { return step.label == at; });
  if (!is_label) {
    if (const auto since = ParseDuration(at)) return WorldAt(scenario, scenario.world.start + *since);
    if (const auto instant = ParseInstant(at)) return WorldAt(scenario, *instant);
  }
  return WorldOf(scenario, at);
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
  const auto world = WorldAtText(*scenario, command.at);
  if (!world) {
    streams.err << world.error().message << "\n";
    return ExitCode::kUnfinished;
  }
  const auto from = RegistryNamed("--from", command.from, *scenario, world->registries());
  if (!from) return WrongCompareUse(from.error().message, streams);
  const auto to = RegistryNamed("--to", command.to, *scenario, world->registries());
  if (!to) return WrongCompareUse(to.error().message, streams);
  auto comparison =
      CompareRegistries(SnapshotOf(*world, *from, scenario->NameOf(*from)),
                        SnapshotOf(*world, *to, scenario->NameOf(*to)), ReplicationOf(*world, *from, *to));
  comparison.at = ToText(world->now());
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
  for (const auto& path : command.paths) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
      return WrongCompareUse(fmt::format("{}: no such file or folder", path), streams);
    }
    if (std::filesystem::is_directory(path, error) != (command.paths.size() == 2)) {
      return WrongCompareUse("expected one scenario file, or two folders", streams);
    }
  }
  return command.paths.size() == 2 ? CompareFolders(command, streams) : CompareInScenario(command, streams);
}

}  // namespace crrsim
