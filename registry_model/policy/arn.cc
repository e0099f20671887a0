#include "registry_model/policy/arn.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

bool IsPlainName(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || c == '-'; });
}

}  // namespace

bool IsAccountId(std::string_view text) { return text.size() == 12 && std::all_of(text.begin(), text.end(), IsDigit); }

Result<Arn, ParseError> ParseArn(std::string_view text) {
  std::array<std::string_view, 6> parts;
  std::string_view rest = text;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) {
      return ParseError{
          fmt::format("{} has {} of an ARN's 6 components; expected "
                      "arn:partition:service:region:account:resource",
                      Quote(text), i + 1)};
    }
    parts[i] = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  parts[5] = rest;

  const auto wrong = [&](std::string_view component, std::string_view found, std::string_view expected) {
    return ParseError{fmt::format("{} has the {} {}; expected {}", Quote(text), component, Quote(found), expected)};
  };
  if (parts[0] != "arn") return wrong("prefix", parts[0], "\"arn\"");
  if (parts[1].empty() || !IsPlainName(parts[1])) return wrong("partition", parts[1], "a name such as \"aws\"");
  if (parts[2].empty() || !IsPlainName(parts[2])) return wrong("service", parts[2], "a name such as \"ecr\"");
  if (!IsPlainName(parts[3])) return wrong("region", parts[3], "a name such as \"us-west-2\", or nothing");
  if (!parts[4].empty() && parts[4] != "aws" && !IsAccountId(parts[4])) {
    return wrong("account", parts[4], "12 digits, or nothing");
  }
  if (parts[5].empty()) return wrong("resource", parts[5], "a name");
  return Arn{std::string(parts[1]), std::string(parts[2]), std::string(parts[3]), std::string(parts[4]),
             std::string(parts[5])};
}

std::string ToText(const Arn& arn) {
  return fmt::format("arn:{}:{}:{}:{}:{}", arn.partition, arn.service, arn.region, arn.account, arn.resource);
}

}  // namespace crrsim::policy
