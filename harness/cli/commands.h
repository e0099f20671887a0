// The commands of `crrsim`, each with its options as a struct: what the command line fills in and tests call directly.
#pragma once

#include <cstdint>
#include <functional>
#include <iostream>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "harness/cli/exit_code.h"
#include "harness/conformance/table.h"
#include "harness/report/terminal.h"
#include "harness/scenario/load.h"
#include "harness/scenario/scenario.h"

namespace CLI {  // NOLINT(readability-identifier-naming): as the library has it
class App;
}

namespace crrsim {

/// How a command that takes long says how far it is: a bar that is drawn over itself, or a line now and then.
enum class ProgressStyle : std::uint8_t { kLines, kBar };

/// Where a command writes: reports to `out`, complaints to `err`; and what it reads where it is told to read `-`.
struct Streams {
  std::ostream& out;
  std::ostream& err;
  Colour colour = Colour::kOff;
  std::istream& in = std::cin;
  ProgressStyle progress = ProgressStyle::kLines;  // on `err`
};

/// The worse of two ends of a program: the higher code.
ExitCode Worst(ExitCode a, ExitCode b);

/// The command that a command line asks for, run once all of it is parsed. Each subcommand sets it from its callback.
using ChosenCommand = std::function<ExitCode(const Streams&)>;

struct RunCommand {
  std::vector<std::string> paths;  // scenario files, and folders that are searched for them
  std::optional<std::uint64_t> seed;
  std::string json_file;  // `-` is standard output
  std::string junit_file;
  std::vector<std::string> images;  // NAME=PATH
  Detail detail = Detail::kNormal;
  std::string seeds;  // A..B: a sweep
  unsigned jobs = 0;  // of a sweep; 0: as many as cores
  bool keep_going = false;
  bool strict = false;  // a fault that hit nothing is an error
  std::uint64_t steps_per_instant_max = RunOptions().steps_per_instant_max;
  std::uint64_t steps_without_progress_max = RunOptions().steps_without_progress_max;
};
/// The options that a run command means, but for the seed.
RunOptions OptionsOf(const RunCommand& command, const std::map<std::string, std::string>& images);
/// One scenario after the other, each with all seeds of `command.seeds`.
ExitCode RunSweeps(const RunCommand& command, const std::vector<Scenario>& scenarios,
                   const std::map<std::string, std::string>& images, const Streams& streams);
ExitCode Run(const RunCommand& command, const Streams& streams);

struct ValidateCommand {
  std::vector<std::string> paths;
  std::vector<std::string> images;
};
ExitCode Validate(const ValidateCommand& command, const Streams& streams);

enum class SchemaKind : std::uint8_t { kScenario, kReport, kSweep, kCompare };
ExitCode Schema(SchemaKind kind, const Streams& streams);

struct BenchCommand {
  std::vector<std::string> paths;
  std::optional<std::uint64_t> seed;
  std::int64_t repetitions = 5;
  std::string json_file;
  std::string baseline_file;
  std::string tolerance = "20%";
  std::vector<std::string> images;
  bool invariants = false;  // judge them too, as `run` does
};
ExitCode Bench(const BenchCommand& command, const Streams& streams);

struct InvariantsCommand {
  bool json = false;
};
ExitCode ListInvariants(const InvariantsCommand& command, const Streams& streams);
void AddInvariants(CLI::App& app, ChosenCommand& chosen);

struct NetworkSolveCommand {
  std::string in_file;   // `-` is standard input
  std::string out_file;  // `-` is standard output
};
/// Writes the document of `in_file` with the completion of each of its flows (harness/network/README.md).
/// On error  nothing is written.
ExitCode NetworkSolve(const NetworkSolveCommand& command, const Streams& streams);

struct ConformanceCommand {
  std::string folder = "scenarios/semantics";
  std::string rules_file;  // empty: rules.txt in the folder
  std::string json_file;
  TableDetail detail = TableDetail::kAllRules;
};
ExitCode Conformance(const ConformanceCommand& command, const Streams& streams);
void AddConformance(CLI::App& app, ChosenCommand& chosen);

/// One line of `err` for each.
void Complain(const Diagnostics& diagnostics, const Streams& streams);

/// So many bytes of generated layers in a scenario take seconds to hash.
inline const ByteCount kContentHintMin = Gibibytes(4);
/// Says on `err`, before the content is made, that a scenario has more of it than that, and how to do without.
void HintAtLargeContent(const Scenario& scenario, const Streams& streams);

/// The scenario files that paths name: a file or a pipe itself, `-` for standard input, a folder's `*.yaml` and `*.yml`
/// below it.
/// Order  as given, a folder's files by path. On error  a path that does not exist, or a folder without a scenario.
Result<std::vector<std::string>, ParseError> ScenarioFiles(const std::vector<std::string>& paths);

/// Reads a scenario from a file, a pipe or, for `-`, standard input. What comes from the latter two is called `<pipe>`
/// or `<stdin>` (kFromPipe, kFromStandardInput), and what it names stands in the current folder.
Result<Scenario, Diagnostics> ReadScenario(const std::string& path, const LoadOptions& options, const Streams& streams);

/// `NAME=PATH` pairs. On error  a pair without '=', or a name given twice.
Result<std::map<std::string, std::string>, ParseError> ImagePaths(const std::vector<std::string>& pairs);

/// What is wrong with the paths of reports: two that are one, one that is an input, or one at which nothing can be
/// written, which is better known before a long run than behind it. Empty paths stand for none.
std::optional<std::string> ProblemOfReports(const std::vector<std::string>& reports,
                                            const std::vector<std::string>& inputs);

/// A file's text, pipes too, or that of standard input for `-`; nothing when it cannot be read.
std::optional<std::string> ReadInput(const std::string& path, const Streams& streams);

/// Writes a file whole or not at all; `-` is the output stream, and a device or a pipe is written to as it is. Returns
/// a message when it cannot be written.
std::optional<std::string> WriteFile(const std::string& path, const std::string& text, const Streams& streams);

/// A report that a command may have been asked for: where, empty for nowhere, and what makes its text.
struct WantedReport {
  std::string path;
  std::function<std::string()> text;
};
/// Writes those that are wanted. Complains of those that cannot be written.
/// Returns `code`, or kUsage where that was kPass and a report could not be written: it must not hide what failed.
ExitCode WriteReports(ExitCode code, const std::vector<WantedReport>& reports, const Streams& streams);

/// Those of a program at a terminal, or in a pipe: with colours and a bar where somebody sees them. Call once.
Streams StreamsOfProgram();

/// The whole command line. Never throws; a Defect becomes kDefect with its message on `err`.
int Main(int argc, const char* const* argv, const Streams& streams);

}  // namespace crrsim
