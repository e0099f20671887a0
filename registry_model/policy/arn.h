// Amazon Resource Names: `arn:partition:service:region:account:resource`.
//
// Six components parted by the first five colons; the resource keeps its own colons and slashes. Region and account may
// be empty (IAM has no region, S3 buckets have no account). Parsing checks the shape, not that the thing exists.
//
//   auto arn = ParseArn("arn:aws:ecr:eu-west-1:111122223333:repository/team/api");
//   arn->account == "111122223333"; arn->resource == "repository/team/api";
//
// Source  IAM user guide, reference-arns ("ARN format").
#pragma once

#include <string>
#include <string_view>

#include "sim/result.h"

namespace crrsim::policy {

struct Arn {
  std::string partition;
  std::string service;
  std::string region;   // may be empty
  std::string account;  // 12 digits, or empty, or `aws` for what AWS itself owns
  std::string resource;
  friend bool operator==(const Arn&, const Arn&) = default;
};

/// Reads an ARN without wildcards or variables.
/// On error  says which component is wrong and what it may hold.
Result<Arn, ParseError> ParseArn(std::string_view text);

/// The text that ParseArn reads back to the same value.
std::string ToText(const Arn& arn);

/// Twelve digits.
bool IsAccountId(std::string_view text);

}  // namespace crrsim::policy
