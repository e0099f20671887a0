// From a policy's JSON text to a Document.
//
// Always an error: text that is not JSON, a key twice, more than 32 levels, an unknown element, condition operator or
// version, a missing element, both of a pair such as Action and NotAction, a value of the wrong JSON type.
// What AWS refuses beyond that (a principal that is none, a wildcard within one, an action without its service, a
// resource that is no ARN, NotPrincipal with Allow, a Sid twice, an empty list) is an error or a finding of the
// document, as the options say. What AWS takes although it cannot work (letters for a number, a variable under the
// version of 2008) is always a finding.
//
//   auto document = ParseDocument(R"({"Statement": {"Effect": "allow", "Principal": "*", "Action": "ecr:*", ...}})");
//   ToText(document.error())
//     // 1:26: /Statement/Effect: found "allow", expected "Allow" or "Deny"; did you mean "Allow"?
//
// Source  IAM user guide, reference_policies_grammar, reference_policies_elements_*, access-analyzer-reference-policy-
//         checks; ecr-replication.md 3.
#pragma once

#include <cstdint>
#include <string_view>

#include "registry_model/policy/document.h"
#include "registry_model/policy/json_tree.h"
#include "registry_model/policy/policy_error.h"
#include "sim/result.h"

namespace crrsim::policy {

/// Whether a statement may leave Resource out, as the policies of repositories do; it then means whatever the policy is
/// attached to.
enum class ResourceElement : std::uint8_t { kRequired, kOptional };
/// What becomes of a document that AWS would not store though it can be evaluated.
enum class RefusedByAws : std::uint8_t { kError, kFinding };

/// Whether the document keeps its findings; who only wants decisions, many of them, saves looking for their places.
enum class Findings : std::uint8_t { kKept, kDropped };

struct ParseOptions {
  ResourceElement resource = ResourceElement::kRequired;
  RefusedByAws refused = RefusedByAws::kError;
  Findings findings = Findings::kKept;
};

/// On error  the first that is wrong, with its place; what a statement lacks comes before what is wrong within it.
Result<Document, PolicyError> ParseDocument(std::string_view json_text, ParseOptions options = {});

/// The same for a part of a larger JSON text; pointers count from its root.
Result<Document, PolicyError> CompileDocument(const JsonTree& tree, JsonTree::Id policy, ParseOptions options = {});

}  // namespace crrsim::policy
