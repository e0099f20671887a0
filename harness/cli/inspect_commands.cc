#include "harness/cli/inspect_commands.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace crrsim {

namespace {

constexpr std::string_view kPolicyEvalFooter =
    "The answer is one line of JSON, {\"decision\": ..., \"statement\": ...}: Allowed, ImplicitlyDenied or\n"
    "ExplicitlyDenied, and the Sid of the statement that decided, its place from 0 if it has none, or null. Only the\n"
    "given policy decides, and only the given context keys are there.\n"
    "\n"
    "A batch has one case a line:\n"
    "  {\"policy\": {...}, \"principal\": \"arn:aws:iam::111122223333:user/ann\", \"action\": \"ecr:PutImage\",\n"
    "   \"resource\": \"arn:aws:ecr:...\", \"context\": {\"aws:SourceAccount\": \"...\", \"aws:TagKeys\": [\"a\", "
    "\"b\"]}}\n"
    "and each gets one answer, in the same order. A line that cannot be read is answered by\n"
    "{\"decision\": null, \"statement\": null, \"error\": ...}, named on standard error, and makes the exit code 3; "
    "the\n"
    "rest is answered all the same. Empty lines are skipped.\n"
    "\n"
    "Exit codes: 0 every case was decided, whatever the decisions; 2 the command line is wrong; 3 a policy or a case\n"
    "cannot be read.\n";

void AddPolicyEval(CLI::App& app, ChosenCommand& chosen) {
  const auto command = std::make_shared<PolicyEvalCommand>();
  auto* policy = app.add_subcommand("policy", "Ask the policy evaluator");
  policy->require_subcommand(1);
  auto* eval = policy->add_subcommand("eval", "Decide requests by one resource-based policy");
  eval->footer(std::string(kPolicyEvalFooter));
  auto* batch = eval->add_option("--batch", command->batch_file, "JSON Lines of cases (- for standard input)");
  const auto add_one = [&](const char* name, std::string& value, const char* about) {
    auto* option = eval->add_option(name, value, about)->excludes(batch);
    batch->excludes(option);
    return option;
  };
  auto* file = add_one("--policy", command->policy_file,
                       "The policy, bare or as `aws ecr get-registry-policy` printed it (- for standard input)");
  auto* principal = add_one("--principal", command->principal,
                            "Who asks: an ARN, an account id, a service such as ecr.amazonaws.com, or *");
  auto* action = add_one("--action", command->action, "What for, such as ecr:ReplicateImage");
  auto* resource = add_one("--resource", command->resource, "On what: an ARN");
  file->needs(principal)->needs(action)->needs(resource);
  for (auto* option : {principal, action, resource}) option->needs(file);
  eval->add_option("--context", command->context, "KEY=VALUE: a condition key of the request; again for more values")
      ->allow_extra_args(false)
      ->needs(file);
  eval->add_flag("--why", command->why, "Say of each statement why it applies or not")->needs(file);
  eval->callback([eval, command, &chosen] {
    if (eval->count("--batch") == 0 && eval->count("--policy") == 0) {
      throw CLI::RequiredError("--policy, or --batch");
    }
    chosen = [command](const Streams& streams) { return PolicyEval(*command, streams); };
  });
}

void AddAssumptions(CLI::App& app, ChosenCommand& chosen) {
  const auto command = std::make_shared<AssumptionsCommand>();
  auto* list = app.add_subcommand("assumptions", "List what ECR does not document, and what is assumed instead");
  list->footer(
      "A scenario chooses another value under `assumptions:`, explain and lint with --assume NAME=VALUE; every run\n"
      "reports those that its outcome rests on.\n");
  list->add_option("NAME", command->names, "These only");
  list->add_flag("--json", command->json, "As JSON");
  list->callback([command, &chosen] {
    chosen = [command](const Streams& streams) { return ListAssumptions(*command, streams); };
  });
}

constexpr std::string_view kSetUpFolders =
    "A set-up is a folder with a folder for each account and in it one for each region, and what the aws cli printed:\n"
    "  d=SETUP/111122223333/us-west-2; mkdir -p $d\n"
    "  aws ecr describe-registry                      > $d/registry.json\n"
    "  aws ecr get-registry-policy                    > $d/policy.json        (stays empty if there is none)\n"
    "  aws ecr describe-repository-creation-templates > $d/templates.json\n"
    "  aws ecr describe-repositories                  > $d/repositories.json  (may be left out)\n"
    "File names are free; *.json is read.\n";

constexpr std::string_view kExplainFooter =
    "  crrsim explain SETUP team/api:1 --from 111122223333/us-west-2\n"
    "  crrsim explain scenario.yaml team/api:1 --at granted\n"
    "  crrsim explain --before main/ --after branch/ --repositories names.txt\n"
    "\n"
    "Exit codes: 0 explained, whatever the outcome, or nothing changes between --before and --after; 1 something "
    "does;\n"
    "2 the command line is wrong; 3 a document or a scenario is invalid; 4 a scenario could not be run to that "
    "point.\n";

constexpr std::string_view kLintFooter =
    "\n"
    "Each finding has a code, a place and a fix. Permissions are judged where both sides of a rule are in the set-up.\n"
    "\n"
    "Exit codes: 0 nothing found; 1 there are findings; 2 the command line is wrong; 3 a document cannot be read.\n";

void AddAssume(CLI::App& command, std::vector<std::string>& pairs) {
  command.add_option("--assume", pairs, "NAME=VALUE: another value of what ECR does not document (crrsim assumptions)")
      ->allow_extra_args(false);
}

void AddExplain(CLI::App& app, ChosenCommand& chosen) {
  const auto command = std::make_shared<ExplainCommand>();
  auto* explain = app.add_subcommand("explain", "Say where a push would be replicated to, and why or why not");
  explain->footer(std::string(kSetUpFolders) + "\n" + std::string(kExplainFooter));
  auto* path = explain->add_option("PATH", command->path, "A set-up, or a scenario file (its state at the end)");
  auto* image = explain->add_option("IMAGE", command->image, "REPOSITORY, REPOSITORY:TAG or REPOSITORY@DIGEST");
  explain->add_option("--from", command->from, "The registry it is pushed to, if several have replication rules");
  explain->add_option("--at", command->at, "The scenario's state behind the step with this label");
  auto* before = explain->add_option("--before", command->before, "A set-up before a change");
  auto* after = explain->add_option("--after", command->after, "The same set-up after it");
  auto* names = explain->add_option("--repositories", command->repositories, "The repositories to compare, one a line");
  path->needs(image)->excludes(before);
  before->needs(after)->needs(names);
  after->needs(before);
  names->needs(before);
  AddAssume(*explain, command->assume);
  explain->add_flag("--json", command->json, "As JSON");
  explain->callback([explain, command, &chosen] {
    if (explain->count("PATH") == 0 && explain->count("--before") == 0) {
      throw CLI::RequiredError("PATH and IMAGE, or --before, --after and --repositories");
    }
    chosen = [command](const Streams& streams) { return ExplainReplication(*command, streams); };
  });
}

void AddLint(CLI::App& app, ChosenCommand& chosen) {
  const auto command = std::make_shared<LintCommand>();
  auto* lint = app.add_subcommand("lint", "Find what can never work in replication rules, policies and templates");
  lint->footer(std::string(kSetUpFolders) + std::string(kLintFooter));
  lint->add_option("SETUP", command->folders, "Set-ups")->required();
  AddAssume(*lint, command->assume);
  lint->add_flag("--json", command->json, "As JSON");
  lint->callback(
      [command, &chosen] { chosen = [command](const Streams& streams) { return Lint(*command, streams); }; });
}

constexpr std::string_view kCompareFooter =
    "  crrsim compare scenario.yaml --from shop/us-west-2 --to shop/eu-west-1 --at pushed\n"
    "  crrsim compare us-west-2/ eu-west-1/\n"
    "\n"
    "A folder holds what the aws cli printed, in files of any name; several documents in a file are read too:\n"
    "  aws ecr describe-repositories                      > DIR/repositories.json\n"
    "  aws ecr describe-images --repository-name team/api > DIR/team-api.json   (one for each repository)\n"
    "  aws ecr describe-registry                          > DIR/registry.json   (of the source, for the reasons)\n"
    "\n"
    "Ready means that every image and tag of the source is at the destination. What is extra there, and settings, "
    "which\n"
    "are never replicated, are shown and count with --strict only. harness/compare/README.md describes the JSON.\n"
    "\n"
    "Exit codes: 0 ready (with --strict: equal); 1 not; 2 the command line is wrong; 3 a document or a scenario is\n"
    "invalid; 4 a scenario could not be run to that point.\n";

void AddCompare(CLI::App& app, ChosenCommand& chosen) {
  const auto command = std::make_shared<CompareCommand>();
  auto* compare = app.add_subcommand("compare", "Say what one registry lacks of another, and why: can it stand in?");
  compare->footer(std::string(kCompareFooter));
  compare->usage("Usage: crrsim compare [OPTIONS] SCENARIO --from A --to B\n       crrsim compare [OPTIONS] DIR DIR");
  compare->add_option("PATH", command->paths, "A scenario file, or two folders: the source, the destination")
      ->required()
      ->expected(1, 3);  // a third is complained of in words
  compare->add_option("--from", command->from, "The source, a registry of the scenario");
  compare->add_option("--to", command->to, "The destination, a registry of the scenario");
  compare->add_option("--at", command->at,
                      "Behind the step with this label, at an instant, or at a duration since the start");
  compare->add_flag("--strict", command->strict, "What is extra and settings count too");
  compare->add_flag("--json", command->json, "As JSON");
  compare->callback(
      [command, &chosen] { chosen = [command](const Streams& streams) { return Compare(*command, streams); }; });
}

}  // namespace

void AddInspectCommands(CLI::App& app, ChosenCommand& chosen) {
  AddPolicyEval(app, chosen);
  AddAssumptions(app, chosen);
  AddExplain(app, chosen);
  AddLint(app, chosen);
  AddCompare(app, chosen);
}

}  // namespace crrsim
