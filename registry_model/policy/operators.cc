#include "registry_model/policy/operators.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "sim/nearest_name.h"

namespace crrsim::policy {

namespace {

struct BaseOperator {
  std::string_view name;
  Comparison comparison;
  Negation negation = Negation::kPlain;
};

constexpr auto kNegated = Negation::kNegated;
constexpr std::array<BaseOperator, 27> kBaseOperators = {{
    {"StringEquals", Comparison::kStringEquals},
    {"StringNotEquals", Comparison::kStringEquals, kNegated},
    {"StringEqualsIgnoreCase", Comparison::kStringEqualsIgnoreCase},
    {"StringNotEqualsIgnoreCase", Comparison::kStringEqualsIgnoreCase, kNegated},
    {"StringLike", Comparison::kStringLike},
    {"StringNotLike", Comparison::kStringLike, kNegated},
    {"NumericEquals", Comparison::kNumericEquals},
    {"NumericNotEquals", Comparison::kNumericEquals, kNegated},
    {"NumericLessThan", Comparison::kNumericLessThan},
    {"NumericLessThanEquals", Comparison::kNumericLessThanEquals},
    {"NumericGreaterThan", Comparison::kNumericGreaterThan},
    {"NumericGreaterThanEquals", Comparison::kNumericGreaterThanEquals},
    {"DateEquals", Comparison::kDateEquals},
    {"DateNotEquals", Comparison::kDateEquals, kNegated},
    {"DateLessThan", Comparison::kDateLessThan},
    {"DateLessThanEquals", Comparison::kDateLessThanEquals},
    {"DateGreaterThan", Comparison::kDateGreaterThan},
    {"DateGreaterThanEquals", Comparison::kDateGreaterThanEquals},
    {"Bool", Comparison::kBool},
    {"BinaryEquals", Comparison::kBinaryEquals},
    {"IpAddress", Comparison::kIpAddress},
    {"NotIpAddress", Comparison::kIpAddress, kNegated},
    {"ArnEquals", Comparison::kArnLike},
    {"ArnLike", Comparison::kArnLike},
    {"ArnNotEquals", Comparison::kArnLike, kNegated},
    {"ArnNotLike", Comparison::kArnLike, kNegated},
    {"Null", Comparison::kNull},
}};

constexpr std::string_view kForAllValues = "ForAllValues:";
constexpr std::string_view kForAnyValue = "ForAnyValue:";
constexpr std::string_view kIfExists = "IfExists";

}  // namespace

std::optional<Operator> ParseOperator(std::string_view name) {
  Operator parsed;
  if (name.starts_with(kForAllValues)) {
    parsed.set_form = SetForm::kForAllValues;
    name.remove_prefix(kForAllValues.size());
  } else if (name.starts_with(kForAnyValue)) {
    parsed.set_form = SetForm::kForAnyValue;
    name.remove_prefix(kForAnyValue.size());
  }
  if (name.ends_with(kIfExists)) {
    parsed.absent_key = AbsentKey::kHolds;
    name.remove_suffix(kIfExists.size());
  }
  const auto* base = std::find_if(kBaseOperators.begin(), kBaseOperators.end(),
                                  [name](const BaseOperator& candidate) { return candidate.name == name; });
  if (base == kBaseOperators.end()) return std::nullopt;
  if (base->comparison == Comparison::kNull && parsed.absent_key == AbsentKey::kHolds) return std::nullopt;
  parsed.comparison = base->comparison;
  parsed.negation = base->negation;
  return parsed;
}

std::optional<std::string> NearestOperator(std::string_view name) {
  if (name.ends_with(kIfExists)) {  // Null, which has no such form
    const std::string_view without = name.substr(0, name.size() - kIfExists.size());
    if (ParseOperator(without)) return std::string(without);
  }
  std::vector<std::string> names;
  for (const std::string_view prefix : {std::string_view(), kForAllValues, kForAnyValue}) {
    for (const std::string_view suffix : {std::string_view(), kIfExists}) {
      for (const BaseOperator& base : kBaseOperators) {
        std::string full = std::string(prefix) + std::string(base.name) + std::string(suffix);
        if (ParseOperator(full)) names.push_back(std::move(full));
      }
    }
  }
  return NearestName(name, std::span<const std::string>(names));
}

}  // namespace crrsim::policy
