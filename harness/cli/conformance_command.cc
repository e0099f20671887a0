// `crrsim conformance`: which documented rule is shown by which scenario, and whether they pass.
#include <CLI/CLI.hpp>

#include <memory>

#include "harness/cli/commands.h"
#include "harness/conformance/table.h"
#include "harness/scenario/documents.h"
#include "harness/scenario/load.h"

namespace crrsim {

ExitCode Conformance(const ConformanceCommand& command, const Streams& streams) {
  const auto rules_file = command.rules_file.empty() ? command.folder + "/rules.txt" : command.rules_file;
  const auto text = ReadFile(rules_file);
  if (!text) {
    streams.err << rules_file << ": the list of rules cannot be read\n";
    return ExitCode::kUsage;
  }
  const auto files = ScenarioFiles({command.folder});
  if (!files) {
    streams.err << files.error().message << "\n";
    return ExitCode::kUsage;
  }
  const auto rules = ParseRules(*text, rules_file);
  bool sound = rules.ok();
  if (!rules) Complain(rules.error(), streams);
  std::vector<CitingRun> runs;
  for (const auto& file : *files) {
    const auto scenario = LoadScenario(file);
    if (!scenario) {
      sound = false;
      Complain(scenario.error(), streams);
      continue;
    }
    RunOptions options;
    options.keep_timeline = false;
    runs.push_back({file, scenario->cites, RunScenario(*scenario, options).verdict});
  }
  if (!sound) return ExitCode::kInvalid;

  const auto table = MakeTable(*rules, std::move(runs));
  if (command.json_file != "-") streams.out << ToText(table, command.detail);
  if (!command.json_file.empty()) {
    if (const auto problem = WriteFile(command.json_file, ToJson(table).dump(2) + "\n", streams)) {
      streams.err << *problem << "\n";
      return ExitCode::kUsage;
    }
  }
  return table.sound() ? ExitCode::kPass : ExitCode::kFailed;
}

void AddConformance(CLI::App& app, ChosenCommand& chosen) {
  const auto command = std::make_shared<ConformanceCommand>();
  auto* conformance =
      app.add_subcommand("conformance", "Show which documented rules the scenarios prove, and whether they pass");
  conformance->add_option("FOLDER", command->folder, "The scenarios, with the list of rules in rules.txt")
      ->capture_default_str();
  conformance->add_option("--rules", command->rules_file, "The list of rules, if it is another file");
  conformance->add_option("--json", command->json_file,
                          "Write the table as JSON to this file (- for standard output, in place of the text)");
  conformance->add_flag_callback(
      "-q,--quiet", [command] { command->detail = TableDetail::kProblemsOnly; },
      "Show only the rules without a passing scenario");
  conformance->callback(
      [command, &chosen] { chosen = [command](const Streams& streams) { return Conformance(*command, streams); }; });
}

}  // namespace crrsim
