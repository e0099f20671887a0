#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "harness/cli/commands.h"
#include "harness/cli/inspect_commands.h"
#include "harness/cli/spelling.h"
#include "harness/search/sweep.h"
#include "harness/version.h"
#include "sim/check.h"

namespace crrsim {

namespace {

constexpr std::string_view kAbout =
    "crrsim simulates the replication of container images across regions and accounts, as Amazon ECR private\n"
    "registries do it: a whole world of registries in one process, under virtual time, repeatable from its seed.\n";

constexpr std::string_view kStartHere =
    "Start here:\n"
    "  crrsim run scenarios/walkthrough/us_west_to_europe.yaml      see a push arrive in another region\n"
    "  crrsim run --image mservice=./my-oci-layout FILE             the same with an image of your own\n"
    "  crrsim run --json report.json --junit report.xml scenarios/  all of them, for CI\n"
    "  crrsim run --seeds 1..1000 FILE                              the same with a thousand seeds, on all cores\n"
    "  crrsim validate my.yaml                                      check a scenario without running it\n"
    "  crrsim schema > crrsim.schema.json                           completion in your editor\n"
    "  crrsim explain SETUP team/api:1                              where would a push go, and why\n"
    "  crrsim lint SETUP                                            what can never work in it\n"
    "  crrsim compare us-west-2/ eu-west-1/                         what the other region lacks, and why\n"
    "  crrsim network solve flows.json times.json                   bandwidth sharing alone, in real numbers\n"
    "  crrsim conformance                                           the documented rules and what shows them\n";

constexpr std::string_view kExitCodes =
    "Exit codes:\n"
    "  0  everything passed\n"
    "  1  an expectation or an invariant failed, a figure fell behind its baseline, lint found something,\n"
    "     explain --before --after shows a change, compare finds the destination not ready\n"
    "  2  the command line is wrong\n"
    "  3  a scenario, a document or an image is invalid\n"
    "  4  a run could not finish (a limit was reached, or nothing made progress)\n"
    "  5  a defect of crrsim itself\n"
    "Of several files the highest is the program's. A report that cannot be written makes 2 of 0 and hides no other.\n";

/// Decimal digits and nothing else: `010` in octal would run another seed than the one that was typed.
std::string ProblemOfSeed(const std::string& text) {
  const bool digits = !text.empty() && text.size() <= 16 && text.find_first_not_of("0123456789") == std::string::npos;
  if (digits && (text.size() == 1 || text[0] != '0') && std::stoull(text) <= kSeedMax) return {};
  return fmt::format("found {}, expected a whole number from 0 to {}, in decimal digits", text, kSeedMax);
}

void AddRun(CLI::App& app, ChosenCommand& chosen) {
  const auto command = std::make_shared<RunCommand>();
  auto* run = app.add_subcommand("run", "Run scenarios and judge their expectations");
  run->add_option("FILE", command->paths, "Scenario files, or folders of them (- for standard input)")->required();
  run->add_option("--seed", command->seed, "Seed of the run, instead of the scenario's (default 1)")
      ->check(ProblemOfSeed);
  run->add_option("--image", command->images,
                  "NAME=PATH: take the content of image NAME from an OCI layout folder or an archive")
      ->allow_extra_args(false);
  run->add_option("--json", command->json_file, "Write the report as JSON to this file (- for standard output)");
  run->add_option("--junit", command->junit_file, "Write the report as JUnit XML to this file (- for standard output)");
  const auto* verbose = run->add_flag("-v,--verbose")->description("Show every event on the timeline");
  const auto* quiet = run->add_flag("-q,--quiet")->description("Show the verdicts and what failed, nothing else");
  auto* seeds =
      run->add_option("--seeds", command->seeds, "A..B: run with every seed from A to B, and tell what came of it")
          ->check([](const std::string& text) {
            const auto range = ParseSeedRange(text);
            return range ? std::string() : range.error().message;
          })
          ->excludes("--seed");
  run->add_option("-j,--jobs", command->jobs, "Threads of --seeds (default: one a core)")
      ->check(CLI::Range(1, 1024))
      ->needs(seeds);
  run->add_flag("--keep-going", command->keep_going, "With --seeds: go on behind the first seed that fails")
      ->needs(seeds);
  run->add_flag("--strict", command->strict,
                "A fault that hit nothing fails the run (with --seeds: a kind that never did)");
  run->add_option("--steps-per-instant", command->steps_per_instant_max,
                  "So many steps at one instant are a loop, which ends with 4")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  run->add_option("--steps-without-progress", command->steps_without_progress_max,
                  "So many steps in a row of which nothing comes end with 4")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  run->footer(
      fmt::format("What is judged besides the expectations: crrsim invariants.\n"
                  "Ctrl-C ends --seeds with what is known so far.\n\n{}\n{}",
                  kStartHere, kExitCodes));
  run->callback([command, verbose, quiet, &chosen] {
    command->detail = quiet->count() != 0 ? Detail::kQuiet : verbose->count() != 0 ? Detail::kVerbose : Detail::kNormal;
    chosen = [command](const Streams& streams) { return Run(*command, streams); };
  });
}

void AddBench(CLI::App& app, ChosenCommand& chosen) {
  const auto command = std::make_shared<BenchCommand>();
  auto* bench = app.add_subcommand("bench", "Measure the replication throughput of scenarios, simulated and real");
  bench->add_option("FILE", command->paths, "Scenario files, or folders of them")->required();
  bench->add_option("--seed", command->seed, "Seed of the runs")->check(ProblemOfSeed);
  bench->add_option("--repetitions", command->repetitions, "How often each scenario is run")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  bench->add_option("--image", command->images, "NAME=PATH, as for run")->allow_extra_args(false);
  bench->add_option("--json", command->json_file,
                    "Write the figures in Google Benchmark's JSON shape (- for standard output)");
  bench->add_option("--baseline", command->baseline_file,
                    "Compare with figures written by --json before; exit 1 on a regression");
  bench->add_option("--tolerance", command->tolerance, "How far a real figure may fall behind its baseline")
      ->capture_default_str();
  bench->add_flag("--invariants", command->invariants, "Judge the invariants too, as run does, at what that costs");
  bench->callback(
      [command, &chosen] { chosen = [command](const Streams& streams) { return Bench(*command, streams); }; });
}

void AddNetwork(CLI::App& app, ChosenCommand& chosen) {
  const auto solve = std::make_shared<NetworkSolveCommand>();
  auto* network = app.add_subcommand("network", "The bandwidth sharing of the simulator on its own, for comparison");
  network->require_subcommand(1);
  auto* command = network->add_subcommand("solve", "When each of a list of flows is complete, in real numbers");
  command->footer(
      "IN is {\"uplink\": [bytes/s per region], \"downlink\": [...], \"latency\": [[s]],\n"
      "       \"flows\": [{\"start\": s, \"src\": i, \"dst\": j, \"bytes\": n}]};\n"
      "optional: \"links\": [[bytes/s]] and, in a flow, \"cap\": bytes/s and \"cancel_at\": s.\n"
      "OUT is the same with \"completion\": [s], in the order of the flows. After its latency a\n"
      "flow shares the uplink of its source and the downlink of its destination max-min fairly\n"
      "with all flows under way. harness/network/README.md has examples and the edges.\n");
  command->add_option("IN", solve->in_file, "The network and its flows, JSON (- for standard input)")->required();
  command->add_option("OUT", solve->out_file, "Where the same goes with the completions (- for standard output)")
      ->required();
  command->callback(
      [solve, &chosen] { chosen = [solve](const Streams& streams) { return NetworkSolve(*solve, streams); }; });
}

void AddValidate(CLI::App& app, ChosenCommand& chosen) {
  const auto command = std::make_shared<ValidateCommand>();
  auto* check = app.add_subcommand("validate", "Check scenarios, their documents and images without running them");
  check->add_option("FILE", command->paths, "Scenario files, or folders of them (- for standard input)")->required();
  check->add_option("--image", command->images, "NAME=PATH, as for run")->allow_extra_args(false);
  check->callback(
      [command, &chosen] { chosen = [command](const Streams& streams) { return Validate(*command, streams); }; });
}

void AddSchema(CLI::App& app, ChosenCommand& chosen) {
  auto* schema = app.add_subcommand("schema", "Print the JSON Schema of scenarios, for editors");
  auto* report = schema->add_flag("--report")->description("The schema of the JSON report instead");
  auto* sweep =
      schema->add_flag("--sweep")->description("The schema of the JSON report of --seeds instead")->excludes(report);
  const auto* compare = schema->add_flag("--compare")
                            ->description("The schema of the JSON of compare instead")
                            ->excludes(report)
                            ->excludes(sweep);
  schema->callback([report, sweep, compare, &chosen] {
    const auto kind = report->count() != 0    ? SchemaKind::kReport
                      : sweep->count() != 0   ? SchemaKind::kSweep
                      : compare->count() != 0 ? SchemaKind::kCompare
                                              : SchemaKind::kScenario;
    chosen = [kind](const Streams& streams) { return Schema(kind, streams); };
  });
}

int Dispatch(int argc, const char* const* argv, const Streams& streams) {
  CLI::App app{std::string(kAbout), "crrsim"};
  app.set_version_flag("--version", std::string("crrsim ") + std::string(VersionText()));
  app.require_subcommand(1);
  ChosenCommand chosen;
  // In the order in which --help lists them.
  AddRun(app, chosen);
  AddBench(app, chosen);
  AddNetwork(app, chosen);
  AddValidate(app, chosen);
  AddSchema(app, chosen);
  AddInspectCommands(app, chosen);
  AddInvariants(app, chosen);
  AddConformance(app, chosen);
  // Commands would inherit what is set before they are added.
  app.footer(fmt::format("{}\n{}", kStartHere, kExitCodes));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == 0;
    const std::vector<std::string_view> words(argv + std::min(argc, 1), argv + argc);
    if (const auto misspelt = asked ? std::nullopt : MisspeltWord(app, words)) {
      streams.err << *misspelt << "\nRun with --help for more information.\n";
    } else {
      app.exit(error, streams.out, streams.err);
    }
    return static_cast<int>(asked ? ExitCode::kPass : ExitCode::kUsage);
  }
  return static_cast<int>(chosen(streams));
}

}  // namespace

Streams StreamsOfProgram() {
  std::ios::sync_with_stdio(false);
  const bool wants_colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  const auto colour = wants_colour ? Colour::kOn : Colour::kOff;
  const auto progress = isatty(STDERR_FILENO) != 0 ? ProgressStyle::kBar : ProgressStyle::kLines;
  return {std::cout, std::cerr, colour, std::cin, progress};
}

int Main(int argc, const char* const* argv, const Streams& streams) {
  try {
    const int code = Dispatch(argc, argv, streams);
    if (streams.out.flush()) return code;
    streams.err << "standard output cannot be written\n";
    return code == static_cast<int>(ExitCode::kPass) ? static_cast<int>(ExitCode::kUsage) : code;
  } catch (const std::exception& error) {
    streams.err << fmt::format(
        "crrsim: a defect of crrsim itself: {}\nPlease report it with the command line and the scenario.\n",
        error.what());
    return static_cast<int>(ExitCode::kDefect);
  }
}

}  // namespace crrsim
