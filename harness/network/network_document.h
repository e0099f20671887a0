// The JSON document of `crrsim network solve`: reading one with every mistake named by its place, and writing it again
// with the completions. harness/network/README.md lists its keys.
//
//   auto document = NetworkDocument::Parse(text);
//   if (!document) return ToText(document.error());  // `1:52: /flows/0/src: found a number (7), expected a region ...`
//   document->WithCompletions(SolveNetwork(document->problem()));
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/network/network_problem.h"
#include "registry_model/policy/json_tree.h"
#include "registry_model/policy/policy_error.h"
#include "sim/result.h"

namespace crrsim {

class NetworkDocument {
 public:
  /// On error  the first mistake: text that is no JSON, a key twice, missing or unknown, a value out of its range.
  static Result<NetworkDocument, policy::PolicyError> Parse(std::string text);

  [[nodiscard]] const NetworkProblem& problem() const { return problem_; }

  /// The same document, its numbers digit by digit, with `completion` as its last key in place of any that it had: each
  /// in 17 significant digits, null for a flow that is never complete.
  [[nodiscard]] std::string WithCompletions(const std::vector<std::optional<double>>& completions) const;

 private:
  NetworkDocument(std::shared_ptr<const std::string> text, policy::JsonTree tree, NetworkProblem problem);

  std::shared_ptr<const std::string> text_;  ///< which the tree points into
  policy::JsonTree tree_;
  NetworkProblem problem_;
};

}  // namespace crrsim
