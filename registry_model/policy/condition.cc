#include "registry_model/policy/condition.h"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include "registry_model/policy/base64.h"
#include "registry_model/policy/text.h"
#include "sim/check.h"

namespace crrsim::policy {

namespace {

enum class Family : std::uint8_t { kString, kNumeric, kDate, kBool, kBinary, kIp, kArn, kNull };

Family FamilyOf(Comparison comparison) {
  switch (comparison) {
    case Comparison::kStringEquals:
    case Comparison::kStringEqualsIgnoreCase:
    case Comparison::kStringLike:
      return Family::kString;
    case Comparison::kNumericEquals:
    case Comparison::kNumericLessThan:
    case Comparison::kNumericLessThanEquals:
    case Comparison::kNumericGreaterThan:
    case Comparison::kNumericGreaterThanEquals:
      return Family::kNumeric;
    case Comparison::kDateEquals:
    case Comparison::kDateLessThan:
    case Comparison::kDateLessThanEquals:
    case Comparison::kDateGreaterThan:
    case Comparison::kDateGreaterThanEquals:
      return Family::kDate;
    case Comparison::kBool:
      return Family::kBool;
    case Comparison::kBinaryEquals:
      return Family::kBinary;
    case Comparison::kIpAddress:
      return Family::kIp;
    case Comparison::kArnLike:
      return Family::kArn;
    case Comparison::kNull:
      return Family::kNull;
  }
  CRRSIM_CHECK(false, "comparison {}", static_cast<int>(comparison));
  return Family::kNull;
}

std::optional<bool> ParseBoolean(std::string_view text) {
  if (EqualIgnoringAsciiCase(text, "true")) return true;
  if (EqualIgnoringAsciiCase(text, "false")) return false;
  return std::nullopt;
}

/// Whether `found <comparison> wanted`, for numbers and for dates.
template <class T>
bool InOrder(Comparison comparison, const T& found, const T& wanted) {
  switch (comparison) {
    case Comparison::kNumericEquals:
    case Comparison::kDateEquals:
      return found == wanted;
    case Comparison::kNumericLessThan:
    case Comparison::kDateLessThan:
      return found < wanted;
    case Comparison::kNumericLessThanEquals:
    case Comparison::kDateLessThanEquals:
      return found <= wanted;
    case Comparison::kNumericGreaterThan:
    case Comparison::kDateGreaterThan:
      return found > wanted;
    case Comparison::kNumericGreaterThanEquals:
    case Comparison::kDateGreaterThanEquals:
      return found >= wanted;
    default:
      CRRSIM_CHECK(false, "comparison {} has no order", static_cast<int>(comparison));
      return false;
  }
}

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return EqualIgnoringAsciiCase(a, b) || FoldCase(a) == FoldCase(b);
}

template <class T, class Variant>
Variant OrUnreadable(std::optional<T> parsed) {
  if (!parsed) return {};
  return *std::move(parsed);
}

}  // namespace

Condition Condition::Compile(std::string_view operator_name, std::string_view key, std::vector<std::string> values,
                             Variables variables) {
  const auto operation = ParseOperator(operator_name);
  CRRSIM_CHECK(operation.has_value(), "{} is no operator", operator_name);
  Condition condition;
  condition.operator_name_ = operator_name;
  condition.operation_ = *operation;
  condition.key_ = key;
  condition.lookup_key_ = AsciiLower(key);
  condition.values_ = std::move(values);
  condition.operands_.reserve(condition.values_.size());
  for (const std::string& value : condition.values_) {
    condition.operands_.push_back(CompileOperand(operation->comparison, value, variables));
  }
  return condition;
}

Condition::Operand Condition::CompileOperand(Comparison comparison, const std::string& value, Variables variables) {
  switch (FamilyOf(comparison)) {
    case Family::kString: {
      const auto wildcards = comparison == Comparison::kStringLike ? Wildcards::kActive : Wildcards::kLiteral;
      return Pattern::Compile(value, {.wildcards = wildcards, .variables = variables});
    }
    case Family::kNumeric:
      return OrUnreadable<Decimal, Operand>(Decimal::Parse(value));
    case Family::kDate:
      return OrUnreadable<Moment, Operand>(Moment::Parse(value));
    case Family::kBool: {
      Pattern pattern = Pattern::Compile(value, {.wildcards = Wildcards::kLiteral, .variables = variables});
      if (!pattern.has_variables() && !ParseBoolean(value)) return Unreadable{};
      return pattern;
    }
    case Family::kBinary: {
      auto bytes = DecodeBase64(value);
      if (!bytes) return Unreadable{};
      return Bytes{*std::move(bytes)};
    }
    case Family::kIp:
      return OrUnreadable<IpNetwork, Operand>(IpNetwork::Parse(value));
    case Family::kArn:
      return OrUnreadable<ArnPattern, Operand>(ArnPattern::Compile(value, variables));
    case Family::kNull:
      return OrUnreadable<bool, Operand>(ParseBoolean(value));
  }
  return Unreadable{};
}

std::vector<std::size_t> Condition::UnreadableValues() const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < operands_.size(); ++i) {
    if (std::holds_alternative<Unreadable>(operands_[i])) places.push_back(i);
  }
  return places;
}

std::string_view Condition::ExpectedValue() const {
  switch (FamilyOf(operation_.comparison)) {
    case Family::kString:
      return "text";
    case Family::kNumeric:
      return "a number such as \"10\" or \"0.5\"";
    case Family::kDate:
      return "an ISO 8601 date such as \"2026-11-01T00:00:00Z\", or seconds since 1970";
    case Family::kBool:
    case Family::kNull:
      return "\"true\" or \"false\"";
    case Family::kBinary:
      return "base64 text";
    case Family::kIp:
      return "an address range such as \"203.0.113.0/24\" or \"2001:db8::/32\"";
    case Family::kArn:
      return "an ARN of six components, each with wildcards if wanted";
  }
  return {};
}

bool Condition::HoldsForNull(const Context& context) const {
  const bool absent = context.Find(lookup_key_) == nullptr;
  return std::any_of(operands_.begin(), operands_.end(), [absent](const Operand& operand) {
    const bool* wants_absent = std::get_if<bool>(&operand);
    return wants_absent != nullptr && *wants_absent == absent;
  });
}

bool Condition::HoldsForAbsentKey() const {
  if (operation_.absent_key == AbsentKey::kHolds) return true;
  switch (operation_.set_form) {
    case SetForm::kForAllValues:
      return true;
    case SetForm::kForAnyValue:
      return false;
    case SetForm::kNone:
      return operation_.negation == Negation::kNegated;
  }
  return false;
}

bool Condition::Holds(const Context& context) const {
  if (operation_.comparison == Comparison::kNull) return HoldsForNull(context);
  const auto* values = context.Find(lookup_key_);
  if (values == nullptr) return HoldsForAbsentKey();
  const bool negated = operation_.negation == Negation::kNegated;
  const auto holds = [&](const std::string& value) { return MatchesAny(value, context) != negated; };
  // A plain negated operator asks that no value match, as ForAllValues does.
  const bool every =
      operation_.set_form == SetForm::kForAllValues || (operation_.set_form == SetForm::kNone && negated);
  return every ? std::all_of(values->begin(), values->end(), holds)
               : std::any_of(values->begin(), values->end(), holds);
}

template <class Kind, class Matches>
bool Condition::AnyOperand(const Matches& matches) const {
  return std::any_of(operands_.begin(), operands_.end(), [&matches](const Operand& operand) {
    const auto* wanted = std::get_if<Kind>(&operand);
    return wanted != nullptr && matches(*wanted);
  });
}

bool Condition::MatchesAny(std::string_view request_value, const Context& context) const {
  const auto ordered = [this](const auto& found) {
    using Value = std::remove_cvref_t<decltype(*found)>;
    return found &&
           AnyOperand<Value>([&](const Value& wanted) { return InOrder(operation_.comparison, *found, wanted); });
  };
  switch (FamilyOf(operation_.comparison)) {
    case Family::kString:
      if (operation_.comparison == Comparison::kStringEqualsIgnoreCase) {
        return AnyOperand<Pattern>([&](const Pattern& wanted) {
          const auto expanded = wanted.Expand(context);
          return expanded && EqualIgnoringCase(*expanded, request_value);
        });
      }
      return AnyOperand<Pattern>([&](const Pattern& wanted) { return wanted.Matches(request_value, context); });
    case Family::kNumeric:
      return ordered(Decimal::Parse(request_value));
    case Family::kDate:
      return ordered(Moment::Parse(request_value));
    case Family::kBool: {
      const auto found = ParseBoolean(request_value);
      return found && AnyOperand<Pattern>([&](const Pattern& wanted) {
               const auto expanded = wanted.Expand(context);
               return expanded && ParseBoolean(*expanded) == found;
             });
    }
    case Family::kBinary: {
      const auto found = DecodeBase64(request_value);
      return found && AnyOperand<Bytes>([&](const Bytes& wanted) { return wanted.bytes == *found; });
    }
    case Family::kIp: {
      const auto found = IpAddress::Parse(request_value);
      return found && AnyOperand<IpNetwork>([&](const IpNetwork& wanted) { return wanted.Contains(*found); });
    }
    case Family::kArn:
      return AnyOperand<ArnPattern>([&](const ArnPattern& wanted) { return wanted.Matches(request_value, context); });
    case Family::kNull:
      break;
  }
  CRRSIM_CHECK(false, "Null compares no values");
  return false;
}

std::vector<std::string> Condition::UnresolvedVariables(const Context& context) const {
  std::vector<std::string> names;
  for (const Operand& operand : operands_) {
    std::vector<std::string> found;
    if (const auto* pattern = std::get_if<Pattern>(&operand)) found = pattern->UnresolvedVariables(context);
    if (const auto* pattern = std::get_if<ArnPattern>(&operand)) found = pattern->UnresolvedVariables(context);
    for (std::string& name : found) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
  }
  return names;
}

}  // namespace crrsim::policy
