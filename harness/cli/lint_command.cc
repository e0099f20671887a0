#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/cli/inspect_commands.h"
#include "harness/lint/lint.h"
#include "harness/run/claim_text.h"

namespace crrsim {

ExitCode Lint(const LintCommand& command, const Streams& streams) {
  Assumptions assumptions;
  if (const auto problem = SetAssumptions(command.assume, assumptions)) {
    streams.err << *problem << "\n";
    return ExitCode::kUsage;
  }
  std::vector<LintFinding> findings;
  bool readable = true;
  for (const auto& folder : command.folders) {
    const auto set_up = ReadSetUp(folder);
    if (!set_up) {
      Complain(set_up.error(), streams);
      readable = false;
      continue;
    }
    for (auto& finding : LintSetUp(*set_up, assumptions)) findings.push_back(std::move(finding));
  }
  if (command.json) {
    streams.out << ToJson(findings).dump(2) << "\n";
  } else {
    streams.out << ToText(findings);
    std::set<std::string> files;
    for (const auto& finding : findings) files.insert(finding.place.file);
    if (!findings.empty()) {
      streams.out << fmt::format("{} in {}\n", Counted(findings.size(), "finding"), Counted(files.size(), "document"));
    } else if (readable) {
      streams.out << "nothing found\n";
    }
  }
  if (!readable) return ExitCode::kInvalid;
  return findings.empty() ? ExitCode::kPass : ExitCode::kFailed;
}

}  // namespace crrsim
