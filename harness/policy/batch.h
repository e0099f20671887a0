// Many decisions of the policy evaluator, one JSON object a line in and one out: what `crrsim policy eval --batch`
// does.
//
// A line in is a case as registry_model/policy/batch_case.h reads it. The line out is
//
//   {"decision": "Allowed", "statement": "Repl"}
//
// where `statement` is the Sid of the statement that decided, its place (from 0) where it has none, and null for
// `ImplicitlyDenied`. Answers stand in the order of the cases, so answer n belongs to case n. Lines of white space are
// no cases and get no answer.
//
// A case that cannot be read is answered too, so that the others keep their places, and the batch goes on:
//
//   {"decision": null, "statement": null, "error": "7:26: /policy/Statement/0/Effect: found \"allow\", ..."}
//
// The same message goes to `err`, behind the name of the input.
//
// Lines are read, answered and forgotten in blocks of a few MiB, each over the cores of the machine. What was read is
// answered before the reader would wait for more, so a program can ask and wait for the answer.
//
// Determinism: an answer depends on its line alone.
#pragma once

#include <cstdint>
#include <istream>
#include <ostream>
#include <string>

#include "registry_model/policy/evaluate.h"

namespace crrsim {

/// The answer to one case, without a newline.
std::string AnswerLine(const policy::Document& document, const policy::Decision& decision);

struct BatchSummary {
  std::uint64_t answered = 0;
  std::uint64_t malformed = 0;
};

/// `name` is what messages call the input.
BatchSummary AnswerBatch(std::istream& in, const std::string& name, std::ostream& out, std::ostream& err);

}  // namespace crrsim
