// The names of the condition operators.
//
// A name is a base (`StringEquals`, ... `Null`), an optional set form in front (`ForAllValues:`, `ForAnyValue:`) and an
// optional `IfExists` behind, which `Null` cannot have. Names are case-sensitive, as they are for AWS, which refuses
// `stringEquals` with "Invalid Condition type". The table in operators.cc is the one place that lists them.
//
// Source  IAM user guide, reference_policies_elements_condition_operators.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crrsim::policy {

/// How one value of the policy is compared with one value of the request. Negation is apart.
enum class Comparison : std::uint8_t {
  kStringEquals,
  kStringEqualsIgnoreCase,
  kStringLike,
  kNumericEquals,
  kNumericLessThan,
  kNumericLessThanEquals,
  kNumericGreaterThan,
  kNumericGreaterThanEquals,
  kDateEquals,
  kDateLessThan,
  kDateLessThanEquals,
  kDateGreaterThan,
  kDateGreaterThanEquals,
  kBool,
  kBinaryEquals,
  kIpAddress,
  kArnLike,  // ArnEquals too: the two behave alike
  kNull,
};

enum class SetForm : std::uint8_t { kNone, kForAllValues, kForAnyValue };
enum class Negation : std::uint8_t { kPlain, kNegated };
enum class AbsentKey : std::uint8_t { kAsDocumented, kHolds };  // kHolds: the IfExists suffix

struct Operator {
  Comparison comparison = Comparison::kStringEquals;
  Negation negation = Negation::kPlain;
  SetForm set_form = SetForm::kNone;
  AbsentKey absent_key = AbsentKey::kAsDocumented;
  friend bool operator==(const Operator&, const Operator&) = default;
};

/// Nothing for a name that is no operator.
std::optional<Operator> ParseOperator(std::string_view name);

/// The full name, set form and suffix included, that is spelt most like `name`.
std::optional<std::string> NearestOperator(std::string_view name);

}  // namespace crrsim::policy
