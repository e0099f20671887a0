#include "harness/cli/inspect_commands.h"

#include <CLI/CLI.hpp>
#include <iostream>

namespace crrsim {

struct InspectCommands::Commands {
  PolicyEvalCommand policy_eval;
  AssumptionsCommand assumptions;
};

namespace {

constexpr std::string_view kPolicyEvalFooter =
    "The answer is one line of JSON, {\"decision\": ..., \"statement\": ...}: Allowed, ImplicitlyDenied or\n"
    "ExplicitlyDenied, and the Sid of the statement that decided, its place from 0 if it has none, or null. Only the\n"
    "given policy decides, and only the given context keys are there.\n"
    "\n"
    "A batch has one case a line:\n"
    "  {\"policy\": {...}, \"principal\": \"arn:aws:iam::111122223333:user/ann\", \"action\": \"ecr:PutImage\",\n"
    "   \"resource\": \"arn:aws:ecr:...\", \"context\": {\"aws:SourceAccount\": \"...\", \"aws:TagKeys\": [\"a\", \"b\"]}}\n"
    "and each gets one answer, in the same order. A line that cannot be read is answered by\n"
    "{\"decision\": null, \"statement\": null, \"error\": ...}, named on standard error, and makes the exit code 3; the\n"
    "rest is answered all the same. Empty lines are skipped.\n"
    "\n"
    "Exit codes: 0 every case was decided, whatever the decisions; 2 the command line is wrong; 3 a policy or a case\n"
    "cannot be read.\n";

void AddPolicyEval(CLI::App& app, PolicyEvalCommand& command) {
  auto* policy = app.add_subcommand("policy", "Ask the policy evaluator");
  policy->require_subcommand(1);
  auto* eval = policy->add_subcommand("eval", "Decide requests by one resource-based policy");
  eval->footer(std::string(kPolicyEvalFooter));
  auto* batch = eval->add_option("--batch", command.batch_file, "JSON Lines of cases (- for standard input)");
  const auto add_one = [&](const char* name, std::string& value, const char* about) {
    auto* option = eval->add_option(name, value, about)->excludes(batch);
    batch->excludes(option);
    return option;
  };
  auto* file = add_one("--policy", command.policy_file,
                       "The policy, bare or as `aws ecr get-registry-policy` printed it (- for standard input)");
  auto* principal = add_one("--principal", command.principal,
                            "Who asks: an ARN, an account id, a service such as ecr.amazonaws.com, or *");
  auto* action = add_one("--action", command.action, "What for, such as ecr:ReplicateImage");
  auto* resource = add_one("--resource", command.resource, "On what: an ARN");
  file->needs(principal)->needs(action)->needs(resource);
  for (auto* option : {principal, action, resource}) option->needs(file);
  eval->add_option("--context", command.context, "KEY=VALUE: a condition key of the request; again for more values")
      ->allow_extra_args(false)
      ->needs(file);
  eval->add_flag("--why", command.why, "Say of each statement why it applies or not")->needs(file);
  eval->callback([eval] {
    if (eval->count("--batch") == 0 && eval->count("--policy") == 0) {
      throw CLI::RequiredError("--policy, or --batch");
    }
  });
}

void AddAssumptions(CLI::App& app, AssumptionsCommand& command) {
  auto* list = app.add_subcommand("assumptions", "List what ECR does not document, and what is assumed instead");
  list->footer(
      "A scenario chooses another value under `assumptions:`, explain and lint with --assume NAME=VALUE; every run\n"
      "reports those that its outcome rests on.\n");
  list->add_option("NAME", command.names, "These only");
  list->add_flag("--json", command.json, "As JSON");
}

}  // namespace

InspectCommands::InspectCommands(CLI::App& app) : app_(app), commands_(std::make_unique<Commands>()) {
  AddPolicyEval(app, commands_->policy_eval);
  AddAssumptions(app, commands_->assumptions);
}

InspectCommands::~InspectCommands() = default;

std::optional<ExitCode> InspectCommands::Run(const Streams& streams) {
  if (app_.got_subcommand("policy")) return PolicyEval(commands_->policy_eval, std::cin, streams);
  if (app_.got_subcommand("assumptions")) return ListAssumptions(commands_->assumptions, streams);
  return std::nullopt;
}

}  // namespace crrsim
