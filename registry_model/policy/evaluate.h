// WHETHER A POLICY ALLOWS A REQUEST is decided here, by a pure function of the two.
//
// Only the given resource-based policy decides; identity policies are not modelled. A statement applies if its
// principal, action and resource match the request and all of its conditions hold. Then, wherever the statements stand:
//   1. a Deny statement that applies makes the decision ExplicitlyDenied, the first of them deciding;
//   2. otherwise an Allow statement that applies makes it Allowed, the first of them deciding;
//   3. otherwise it is ImplicitlyDenied.
//
// What matches
//   principal  principal.h: an account covers all its principals, a role its sessions, "*" everyone. NotPrincipal
//              matches whom no entry matches.
//   action     wildcards, letter case ignored. NotAction matches what no pattern matches.
//   resource   wildcards over the whole text, colons and slashes included, letter case kept; variables behind the fifth
//              colon. NotResource matches what no pattern matches, and a pattern whose variable has no value matches
//              nothing.
//   condition  condition.h: all conditions must hold, one value of each suffices.
//
// Reading order: this file, document.h (what a policy is), principal.h, pattern.h, condition.h; parse.h for how it gets
// there from JSON; explain.h for why.
//
// Where AWS documents nothing, or two ways
//   - a plain operator on a key with several values: holds if any value matches, negated if none does (the guide asks
//     for a set form there);
//   - ForAnyValue with IfExists and an absent key: holds, as the guide says of IfExists without exception;
//   - {"AWS": "*"} and a service: matches, as "*" does;
//   - a value that cannot be read as its operator needs: no match, so the negated operator holds;
//   - a variable without a value in a negated condition: holds (the guide, "Policy variables with no value");
//   - variables in Bool values: substituted (the guide's page on operators; its page on variables says otherwise);
//   - a context key with an empty list: absent.
//
// Errors: none; every request gets a decision. Determinism: the same input gives the same decision everywhere.
//
//   Request request{*Principal::Parse("arn:aws:iam::111122223333:user/ann"), "ecr:ReplicateImage",
//                   "arn:aws:ecr:eu-west-1:444455556666:repository/team/api", {}};
//   if (Evaluate(*document, request).outcome == Outcome::kAllowed) ...
//
// Source  IAM user guide, reference_policies_evaluation-logic and the pages named in the headers above;
//         ecr-replication.md 3 (7 to 10).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry_model/policy/context.h"
#include "registry_model/policy/document.h"
#include "registry_model/policy/principal.h"

namespace crrsim::policy {

struct Request {
  Principal principal;
  std::string action;    // `ecr:ReplicateImage`
  std::string resource;  // an ARN
  Context context;
};

enum class Outcome : std::uint8_t { kImplicitlyDenied, kAllowed, kExplicitlyDenied };
/// `Allowed`, `ImplicitlyDenied`, `ExplicitlyDenied`.
std::string_view ToText(Outcome outcome);

struct Decision {
  Outcome outcome = Outcome::kImplicitlyDenied;
  /// The place of the deciding statement in the document; nothing for an implicit denial.
  std::optional<std::size_t> statement;
  friend bool operator==(const Decision&, const Decision&) = default;
};

Decision Evaluate(const Document& document, const Request& request);

// The parts of the decision, for who explains it.
bool PrincipalMatches(const Statement& statement, const Request& request);
bool ActionMatches(const Statement& statement, const Request& request);
bool ResourceMatches(const Statement& statement, const Request& request);
/// All of these and every condition.
bool Applies(const Statement& statement, const Request& request);

}  // namespace crrsim::policy
