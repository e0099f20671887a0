// The commands that look at a set-up and judge it without running anything: `policy eval`, `assumptions`, `explain`,
// `lint`. Each has its options as a struct, which the command line fills in and tests can fill in too.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/commands.h"

namespace CLI {
class App;
}

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
/// `in` is what `-` stands for.
ExitCode PolicyEval(const PolicyEvalCommand& command, std::istream& in, const Streams& streams);

struct AssumptionsCommand {
  std::vector<std::string> names;  // none: all
  bool json = false;
};
ExitCode ListAssumptions(const AssumptionsCommand& command, const Streams& streams);

/// All of them on one command line.
class InspectCommands {
 public:
  explicit InspectCommands(CLI::App& app);
  ~InspectCommands();
  InspectCommands(const InspectCommands&) = delete;
  InspectCommands& operator=(const InspectCommands&) = delete;

  /// Runs the one that was asked for; nothing if it was none of these. Requires a parsed command line.
  std::optional<ExitCode> Run(const Streams& streams);

 private:
  struct Commands;
  CLI::App& app_;
  std::unique_ptr<Commands> commands_;
};

}  // namespace crrsim
