// Set-ups written inside tests: build/us-west-2 (111122223333) replicates to prod/eu-west-1 (444455556666).
#pragma once

#include <string>
#include <string_view>

#include "harness/explain/set_up.h"
#include "harness/test/support/command_bench.h"

namespace crrsim {

inline constexpr std::string_view kBuildFolder = "111122223333/us-west-2";
inline constexpr std::string_view kProdFolder = "444455556666/eu-west-1";

/// As describe-registry prints it: one rule from build to prod with these filters, as JSON (`["team/"]`, or nothing).
std::string RuleToProd(std::string_view filters);
/// As get-registry-policy prints it. `statements` is a JSON list.
std::string PrintedPolicy(std::string_view statements);
/// A statement for build's account on prod's repositories that match `repositories`; `more` is appended to it.
std::string GrantToBuild(std::string_view repositories, std::string_view actions, std::string_view more = "");
inline constexpr std::string_view kBothActions = R"(["ecr:ReplicateImage", "ecr:CreateRepository"])";

/// A failure, and an empty set-up, when it cannot be read.
SetUp ReadOrFail(const std::string& folder);

}  // namespace crrsim
