// One line of a batch of decisions: a policy and a request in one JSON object.
//
//   {"policy": {...}, "principal": "arn:aws:iam::111122223333:user/ann", "action": "ecr:PutImage",
//    "resource": "arn:aws:ecr:us-west-2:111122223333:repository/api",
//    "context": {"aws:SourceAccount": "111122223333", "aws:TagKeys": ["a", "b"]}}
//
// `context` may be left out; a value in it is text, a number, true or false, or a list of these, and null or an empty
// list leaves the key absent. Other keys of the line are ignored. The policy is read leniently: what AWS would not
// store is taken as it stands, Resource may be left out, and findings are not kept.
#pragma once

#include <string_view>

#include "registry_model/policy/document.h"
#include "registry_model/policy/evaluate.h"
#include "registry_model/policy/policy_error.h"
#include "sim/result.h"

namespace crrsim::policy {

struct BatchCase {
  Document document;
  Request request;
};

/// On error  the place within the line; pointers begin at it (`/policy/Statement/0/Effect`, `/principal`).
Result<BatchCase, PolicyError> ParseBatchCase(std::string_view line);

}  // namespace crrsim::policy
