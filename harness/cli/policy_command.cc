#include <fmt/format.h>

#include <fstream>

#include "harness/cli/inspect_commands.h"
#include "harness/policy/batch.h"
#include "registry_model/policy/explain.h"
#include "registry_model/policy/json_tree.h"
#include "registry_model/policy/parse.h"

namespace crrsim {

namespace {

ExitCode DecideFile(const std::string& file, const Streams& streams) {
  BatchSummary summary;
  if (file == "-") {
    summary = AnswerBatch(streams.in, "<stdin>", streams.out, streams.err);
  } else {
    std::ifstream cases(file, std::ios::binary);
    cases.peek();  // a folder opens and cannot be read
    if (cases.bad() || !cases.is_open()) {
      streams.err << fmt::format("{}: cannot be read\n", file);
      return ExitCode::kUsage;
    }
    cases.clear();
    summary = AnswerBatch(cases, file, streams.out, streams.err);
  }
  if (!streams.out) {
    streams.err << "the answers could not be written\n";
    return ExitCode::kUsage;
  }
  if (summary.malformed == 0) return ExitCode::kPass;
  streams.err << fmt::format("{} of {} cases could not be read\n", summary.malformed,
                             summary.malformed + summary.answered);
  return ExitCode::kInvalid;
}

/// The policy itself where a text is what `aws ecr get-registry-policy` printed; otherwise the text.
std::string UnwrapPolicy(std::string text) {
  using policy::JsonTree;
  const auto tree = JsonTree::Parse(text);
  if (!tree || tree->kind(tree->root()) != JsonTree::Kind::kObject) return text;
  const auto member = tree->Member(tree->root(), "policyText");
  if (member == JsonTree::kNone || tree->kind(member) != JsonTree::Kind::kString) return text;
  return std::string(tree->text(member));
}

/// Sets the keys of `KEY=VALUE` pairs. Returns the first that is none.
std::optional<std::string> ReadContext(const std::vector<std::string>& pairs, policy::Context& context) {
  std::map<std::string, std::vector<std::string>> keys;
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos) return pair;
    keys[pair.substr(0, equals)].push_back(pair.substr(equals + 1));
  }
  for (auto& [key, values] : keys) context.Set(key, std::move(values));
  return std::nullopt;
}

ExitCode DecideOne(const PolicyEvalCommand& command, const Streams& streams) {
  auto principal = policy::Principal::Parse(command.principal);
  if (!principal) {
    streams.err << fmt::format("--principal: {}\n", principal.error().message);
    return ExitCode::kUsage;
  }
  policy::Request request{*std::move(principal), command.action, command.resource, {}};
  if (const auto wrong = ReadContext(command.context, request.context)) {
    streams.err << fmt::format("--context {}: expected KEY=VALUE\n", *wrong);
    return ExitCode::kUsage;
  }

  auto text = ReadInput(command.policy_file, streams);
  if (!text) {
    streams.err << fmt::format("{}: cannot be read\n", command.policy_file);
    return ExitCode::kUsage;
  }
  const auto name = command.policy_file == "-" ? std::string("<stdin>") : command.policy_file;
  const auto document = policy::ParseDocument(UnwrapPolicy(*std::move(text)),
                                              {policy::ResourceElement::kOptional, policy::RefusedByAws::kFinding});
  if (!document) {
    streams.err << fmt::format("{}:{}\n", name, ToText(document.error()));
    return ExitCode::kInvalid;
  }
  for (const auto& finding : document->findings()) {
    streams.err << fmt::format("{}:{} (the decision takes it as it stands)\n", name, ToText(finding.what));
  }
  const auto explanation = Explain(*document, request);
  streams.out << AnswerLine(*document, explanation.decision) << "\n";
  if (!command.why) return ExitCode::kPass;
  for (const auto& statement : explanation.statements) streams.out << ToText(statement) << "\n";
  return ExitCode::kPass;
}

}  // namespace

ExitCode PolicyEval(const PolicyEvalCommand& command, const Streams& streams) {
  return command.batch_file.empty() ? DecideOne(command, streams) : DecideFile(command.batch_file, streams);
}

}  // namespace crrsim
