// `crrsim network solve`: when each of a list of flows is complete.
#include <fmt/format.h>

#include "harness/cli/commands.h"
#include "harness/network/network_document.h"

namespace crrsim {

ExitCode NetworkSolve(const NetworkSolveCommand& command, const Streams& streams) {
  auto text = ReadInput(command.in_file, streams);
  if (!text) {
    streams.err << fmt::format("{}: the file cannot be read\n", command.in_file);
    return ExitCode::kUsage;
  }
  const auto document = NetworkDocument::Parse(std::move(*text));
  if (!document) {
    streams.err << fmt::format("{}:{}\n", command.in_file == "-" ? "standard input" : command.in_file,
                               policy::ToText(document.error()));
    return ExitCode::kInvalid;
  }
  const auto answer = document->WithCompletions(SolveNetwork(document->problem()));
  if (const auto problem = WriteFile(command.out_file, answer, streams)) {
    streams.err << *problem << "\n";
    return ExitCode::kUsage;
  }
  return ExitCode::kPass;
}

}  // namespace crrsim
