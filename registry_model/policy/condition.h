// One condition of a statement: an operator, a context key and the values that the policy lists for it.
//
// With the key present, a request value matches if it matches any of the policy's values, and
//   - without a set form the condition holds if any request value matches (negated: if none does);
//   - ForAllValues holds if every request value matches (negated: if none does);
//   - ForAnyValue holds if at least one matches (negated: if at least one does not).
// With the key absent (or its list empty) a plain condition fails and a negated one holds, ForAllValues holds,
// ForAnyValue fails; the IfExists suffix makes each of them hold. `Null` only asks whether the key is absent: "true"
// for absent, "false" for present, set forms making no difference.
//
// A value that cannot be read the operator's way (letters for a number, a broken CIDR range), in the policy or in the
// request, matches nothing; so the negated operator holds.
//
// Variables stand in values of String, Arn and Bool operators, wildcards in those of StringLike, StringNotLike and the
// Arn operators. Keys are compared without regard to case. Numbers and dates are compared exactly.
//
// Source  IAM user guide, reference_policies_elements_condition_operators,
// reference_policies_condition-single-vs-multi-
//         valued-context-keys, reference_policies_condition-logic-multiple-context-keys-or-values. The guide wants a
//         set form for every key with several values; what a plain operator does with several is our reading.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "registry_model/policy/context.h"
#include "registry_model/policy/decimal.h"
#include "registry_model/policy/ip_network.h"
#include "registry_model/policy/moment.h"
#include "registry_model/policy/operators.h"
#include "registry_model/policy/pattern.h"

namespace crrsim::policy {

class Condition {
 public:
  /// Requires `operator_name` that ParseOperator reads. Values are the policy's, as text.
  static Condition Compile(std::string_view operator_name, std::string_view key, std::vector<std::string> values,
                           Variables variables);

  [[nodiscard]] const std::string& operator_name() const { return operator_name_; }
  [[nodiscard]] const Operator& operation() const { return operation_; }
  /// As the policy spells it.
  [[nodiscard]] const std::string& key() const { return key_; }
  /// In lower case, as Context::Find wants it.
  [[nodiscard]] const std::string& lookup_key() const { return lookup_key_; }
  /// As the policy spells them.
  [[nodiscard]] const std::vector<std::string>& values() const { return values_; }
  /// Places in `values` of those that can match nothing, whatever the request.
  [[nodiscard]] std::vector<std::size_t> UnreadableValues() const;
  /// What a value of this operator looks like, for messages: `a number such as "10"`.
  [[nodiscard]] std::string_view ExpectedValue() const;

  [[nodiscard]] bool Holds(const Context& context) const;

  /// Whether one value of a request matches any of the policy's values; negation and set form are not applied.
  [[nodiscard]] bool MatchesAny(std::string_view request_value, const Context& context) const;
  [[nodiscard]] std::vector<std::string> UnresolvedVariables(const Context& context) const;

 private:
  /// A policy value that cannot be read the operator's way.
  struct Unreadable {};
  struct Bytes {
    std::string bytes;
  };
  using Operand = std::variant<Unreadable, Pattern, ArnPattern, Decimal, Moment, IpNetwork, Bytes, bool>;

  [[nodiscard]] static Operand CompileOperand(Comparison comparison, const std::string& value, Variables variables);
  template <class Kind, class Matches>
  [[nodiscard]] bool AnyOperand(const Matches& matches) const;
  [[nodiscard]] bool HoldsForAbsentKey() const;
  [[nodiscard]] bool HoldsForNull(const Context& context) const;

  std::string operator_name_;
  Operator operation_;
  std::string key_;
  std::string lookup_key_;
  std::vector<std::string> values_;
  std::vector<Operand> operands_;
};

}  // namespace crrsim::policy
