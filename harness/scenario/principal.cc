#include "harness/scenario/principal.h"

#include <fmt/format.h>

#include "registry_model/names.h"
#include "registry_model/policy/arn.h"

namespace crrsim {

Result<std::string, ParseError> ParsePrincipal(std::string_view text) {
  const auto arn = policy::ParseArn(text);
  if (arn && AccountId::Parse(arn->account).ok()) return std::string(text);
  return ParseError{
      fmt::format("'{}' names no principal; expected an ARN such as arn:aws:iam::111122223333:role/push", text)};
}

}  // namespace crrsim
