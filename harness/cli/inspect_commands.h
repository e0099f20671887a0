// The commands that look at a set-up and judge it without running anything: `policy eval`, `assumptions`, `explain`,
// `lint`, `compare`. Each has its options as a struct, which the command line fills in and tests can fill in too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cli/commands.h"
#include "registry_model/assumptions.h"

namespace crrsim {

/// Either `batch_file`, or the five that make one decision.
struct PolicyEvalCommand {
  std::string batch_file;   // `-` is standard input
  std::string policy_file;  // `-` is standard input
  std::string principal;
  std::string action;
  std::string resource;
  std::vector<std::string> context;  // KEY=VALUE; a key given again has several values
  bool why = false;                  // say of each statement why it applies or not
};
ExitCode PolicyEval(const PolicyEvalCommand& command, const Streams& streams);

struct AssumptionsCommand {
  std::vector<std::string> names;  // none: all
  bool json = false;
};
ExitCode ListAssumptions(const AssumptionsCommand& command, const Streams& streams);

/// Either `path` and `image`, or `before`, `after` and `repositories`.
struct ExplainCommand {
  std::string path;   // a scenario file, or a folder of documents (harness/explain/set_up.h)
  std::string image;  // REPOSITORY, REPOSITORY:TAG or REPOSITORY@DIGEST
  std::string from;   // the registry it is pushed to; by default the only one with replication rules
  std::string at;     // a label of the scenario
  std::string before;
  std::string after;
  std::string repositories;
  std::vector<std::string> assume;  // NAME=VALUE
  bool json = false;
};
ExitCode ExplainReplication(const ExplainCommand& command, const Streams& streams);

struct LintCommand {
  std::vector<std::string> folders;
  std::vector<std::string> assume;  // NAME=VALUE
  bool json = false;
};
ExitCode Lint(const LintCommand& command, const Streams& streams);

/// Either a scenario with `from` and `to`, or two folders (harness/compare/snapshot_of_folder.h).
struct CompareCommand {
  std::vector<std::string> paths;
  std::string from;
  std::string to;
  std::string at;  // a label of the scenario, an instant, or a duration since its start
  bool strict = false;
  bool json = false;
};
ExitCode Compare(const CompareCommand& command, const Streams& streams);

/// `NAME=VALUE` pairs into `assumptions`. Returns what is wrong with the first that cannot be.
std::optional<std::string> SetAssumptions(const std::vector<std::string>& pairs, Assumptions& assumptions);

/// Adds all of them to a command line.
void AddInspectCommands(CLI::App& app, ChosenCommand& chosen);

}  // namespace crrsim
