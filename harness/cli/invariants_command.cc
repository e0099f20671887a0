// `crrsim invariants`: what is judged of every run, whatever the scenario.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/checkers/judges.h"
#include "harness/cli/commands.h"

namespace crrsim {

ExitCode ListInvariants(const InvariantsCommand& command, const Streams& streams) {
  auto all = nlohmann::ordered_json::array();
  std::string text;
  for (const auto& info : InvariantTable()) {
    all.push_back({{"name", info.name}, {"claim", info.claim}, {"source", info.source}});
    text += fmt::format("{}{}\n  {}\n  Source: {}\n", text.empty() ? "" : "\n", info.name, info.claim, info.source);
  }
  streams.out << (command.json ? all.dump(2) + "\n" : text);
  return ExitCode::kPass;
}

void AddInvariants(CLI::App& app, ChosenCommand& chosen) {
  const auto command = std::make_shared<InvariantsCommand>();
  auto* list = app.add_subcommand("invariants", "List what is judged of every run, whatever its scenario");
  list->footer("A run that breaks one ends with 1, and its reports have every violation with both sides.\n");
  list->add_flag("--json", command->json, "As JSON");
  list->callback(
      [command, &chosen] { chosen = [command](const Streams& streams) { return ListInvariants(*command, streams); }; });
}

}  // namespace crrsim
