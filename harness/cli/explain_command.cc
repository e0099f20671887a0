#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/cli/inspect_commands.h"
#include "harness/explain/change.h"
#include "harness/explain/scenario_state.h"
#include "harness/explain/set_up.h"
#include "harness/scenario/load.h"
#include "sim/nearest_name.h"

namespace crrsim {

namespace {

ExitCode WrongUse(std::string_view message, const Streams& streams) {
  streams.err << message << "\n";
  return ExitCode::kUsage;
}

/// A set-up without anything that ECR would refuse; complaints otherwise.
std::optional<SetUp> ReadSoundSetUp(const std::string& folder, const Streams& streams) {
  auto set_up = ReadSetUp(folder);
  if (!set_up) {
    Complain(set_up.error(), streams);
    return std::nullopt;
  }
  for (const auto& refusal : set_up->refusals) {
    const auto& document = set_up->documents[refusal.document];
    streams.err << fmt::format("{}: {}\n", ToText(document.PlaceOf(refusal.pointer)), refusal.message);
  }
  if (!set_up->refusals.empty()) return std::nullopt;
  return *std::move(set_up);
}

/// `repository`, `repository:tag` or `repository@digest`.
Result<PushedImage, ParseError> ParseImage(std::string_view text) {
  PushedImage image;
  const auto at = text.find('@');
  const auto colon = text.find(':');
  const auto end = std::min(at, colon);
  const auto repository = RepositoryName::Parse(text.substr(0, end));
  if (!repository) {
    return ParseError{
        fmt::format("{}; expected REPOSITORY, REPOSITORY:TAG or REPOSITORY@DIGEST", repository.error().message)};
  }
  image.repository = *repository;
  if (end == std::string_view::npos) return image;
  if (end == at) {
    const auto digest = Digest::Parse(text.substr(at + 1));
    if (!digest) return digest.error();
    image.digest = *digest;
    return image;
  }
  const auto tag = Tag::Parse(text.substr(colon + 1));
  if (!tag) return tag.error();
  image.tag = *tag;
  return image;
}

/// The registry that `--from` names, or the one that replicates where it is not given.
Result<RegistryKey, ParseError> SourceOf(const std::string& from, const Registries& registries,
                                         const Scenario* scenario) {
  const auto name_of = [&](const RegistryKey& key) {
    return scenario != nullptr ? scenario->NameOf(key) : ToText(key);
  };
  std::vector<std::string> names;
  std::vector<RegistryKey> replicating;
  for (const auto& [key, registry] : registries) {
    names.push_back(name_of(key));
    if (!registry.replication.rules.empty()) replicating.push_back(key);
    if (!from.empty() && (from == ToText(key) || from == name_of(key))) return key;
  }
  if (!from.empty()) {
    return ParseError{fmt::format("--from {}: there is no such registry{}", from, DidYouMean(from, names))};
  }
  if (replicating.size() == 1) return replicating.front();
  if (replicating.empty()) return ParseError{"no registry has replication rules; name the source with --from REGISTRY"};
  std::vector<std::string> candidates;
  for (const auto& key : replicating) candidates.push_back(name_of(key));
  return ParseError{fmt::format("several registries have replication rules; name the source with --from: {}",
                                fmt::join(candidates, ", "))};
}

ExitCode Tell(const ExplainCommand& command, const ExplainedRegistries& where, PushedImage image,
              const Assumptions& assumptions, const Scenario* scenario, const Streams& streams) {
  const auto source = SourceOf(command.from, where.registries, scenario);
  if (!source) return WrongUse(source.error().message, streams);
  image.source = *source;
  const auto explanation = ExplainPush(where, image, assumptions);
  streams.out << (command.json ? ToJson(explanation).dump(2) + "\n" : ToText(explanation));
  return ExitCode::kPass;
}

ExitCode ExplainScenario(const ExplainCommand& command, const PushedImage& image, const Streams& streams) {
  const auto scenario = LoadScenario(command.path);
  if (!scenario) {
    Complain(scenario.error(), streams);
    return ExitCode::kInvalid;
  }
  const auto label = command.at.empty() ? std::nullopt : std::optional(command.at);
  HintAtLargeContent(*scenario, streams);
  const auto state = WorldOf(*scenario, label);
  if (!state) {
    streams.err << state.error().message << "\n";
    return ExitCode::kUnfinished;
  }
  if (!state->stopped.empty()) streams.err << state->stopped << "; explained is the state then\n";
  const auto& world = state->world;
  // Those that the run consulted do not matter here.
  Assumptions assumptions;
  for (const auto& info : AssumptionTable()) {
    const auto set = assumptions.Set(info.name, world.assumptions().value(info.id));
    CRRSIM_CHECK(set.ok(), "{} has a value of its table", info.name);
  }
  if (const auto problem = SetAssumptions(command.assume, assumptions)) return WrongUse(*problem, streams);
  return Tell(command, {world.registries(), &world}, image, assumptions, &*scenario, streams);
}

ExitCode ExplainChange(const ExplainCommand& command, const Assumptions& assumptions, const Streams& streams) {
  const auto repositories = ReadRepositoryList(command.repositories);
  if (!repositories) {
    Complain(repositories.error(), streams);
    return ExitCode::kInvalid;
  }
  const auto before = ReadSoundSetUp(command.before, streams);
  const auto after = ReadSoundSetUp(command.after, streams);
  if (!before || !after) return ExitCode::kInvalid;
  const auto changes = CompareSetUps(*before, *after, *repositories, assumptions);
  streams.out << (command.json ? ToJson(changes).dump(2) + "\n" : ToText(changes));
  return changes.changes.empty() ? ExitCode::kPass : ExitCode::kFailed;
}

}  // namespace

std::optional<std::string> SetAssumptions(const std::vector<std::string>& pairs, Assumptions& assumptions) {
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos) return fmt::format("--assume {}: expected NAME=VALUE", pair);
    const auto set = assumptions.Set(pair.substr(0, equals), pair.substr(equals + 1));
    if (!set) return fmt::format("--assume {}: {}", pair, set.error().message);
  }
  return std::nullopt;
}

ExitCode ExplainReplication(const ExplainCommand& command, const Streams& streams) {
  Assumptions assumptions;
  if (const auto problem = SetAssumptions(command.assume, assumptions)) return WrongUse(*problem, streams);
  if (!command.before.empty()) return ExplainChange(command, assumptions, streams);

  const auto image = ParseImage(command.image);
  if (!image) return WrongUse(image.error().message, streams);
  std::error_code error;
  if (!std::filesystem::exists(command.path, error)) {
    return WrongUse(fmt::format("{}: no such file or folder", command.path), streams);
  }
  if (!std::filesystem::is_directory(command.path, error)) return ExplainScenario(command, *image, streams);
  if (!command.at.empty()) return WrongUse("--at names a step of a scenario, and this is a folder", streams);
  const auto set_up = ReadSoundSetUp(command.path, streams);
  if (!set_up) return ExitCode::kInvalid;
  return Tell(command, {set_up->registries}, *image, assumptions, nullptr, streams);
}

}  // namespace crrsim
