// Text of a policy that is matched against text of a request: wildcards and policy variables, compiled once.
//
// `*` stands for any run of characters (none, `:` and `/` included), `?` for exactly one character. A variable `${key}`
// stands for the one value of that key of the request, `${key, 'text'}` falls back to the text, and `${*}`, `${?}`,
// `${$}` are those characters themselves. A substituted value is literal: a `*` in it is no wildcard. A variable whose
// key is absent, or has several values, and that has no default makes the whole pattern match nothing.
// What does not read as a variable (`${` without its brace, a default without its quotes) is literal text.
//
// Matching takes time proportional to pattern times subject at worst, and does not allocate.
//
//   auto pattern = Pattern::Compile("arn:aws:ecr:*:111122223333:repository/${aws:username}/*",
//                                   {.variables = Variables::kActive});
//   pattern.Matches("arn:aws:ecr:us-west-2:111122223333:repository/ann/api", {{"aws:username", {"ann"}}})  // true
//
// Source  IAM user guide, reference_policies_elements_resource ("Using wildcards"), reference_policies_variables
//         ("Special characters", "Specifying default values", "Policy variables with no value").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/policy/context.h"

namespace crrsim::policy {

enum class Wildcards : std::uint8_t { kLiteral, kActive };
enum class Variables : std::uint8_t { kLiteral, kActive };
enum class LetterCase : std::uint8_t { kExact, kIgnored };  // of ASCII letters

struct PatternSyntax {
  Wildcards wildcards = Wildcards::kActive;
  Variables variables = Variables::kLiteral;
  LetterCase letter_case = LetterCase::kExact;
  /// Before this byte `${` is literal: variables stand only in the resource part of an ARN.
  std::size_t variables_from = 0;
};

class Pattern {
 public:
  static Pattern Compile(std::string_view text, PatternSyntax syntax);

  /// As the policy spells it.
  [[nodiscard]] const std::string& text() const { return text_; }

  [[nodiscard]] bool Matches(std::string_view subject, const Context& context) const;

  /// The text with its variables substituted, wildcards as they stand; nothing if a variable has no value.
  [[nodiscard]] std::optional<std::string> Expand(const Context& context) const;

  [[nodiscard]] bool has_variables() const { return !variables_.empty(); }
  /// The variables that have neither a value in `context` nor a default, in order.
  [[nodiscard]] std::vector<std::string> UnresolvedVariables(const Context& context) const;

 private:
  enum class PieceKind : std::uint8_t { kLiteral, kOneCharacter, kAnyRun, kVariable };
  struct Piece {
    PieceKind kind = PieceKind::kLiteral;
    std::uint32_t begin = 0;  // of the literal, or of the variable's name, in `text_`
    std::uint32_t length = 0;
    std::uint32_t variable = 0;  // a place in `variables_`
  };
  struct Variable {
    std::string key;  // lower case
    std::optional<std::string> fallback;
  };
  class Compiler;

  [[nodiscard]] std::string_view SliceOf(const Piece& piece) const {
    return std::string_view(text_).substr(piece.begin, piece.length);
  }
  [[nodiscard]] std::optional<std::string_view> TextOf(const Piece& piece, const Context& context) const;
  /// Bytes of `subject` from `at` that the piece takes, or nothing. Requires a piece other than kAnyRun.
  [[nodiscard]] std::optional<std::size_t> Take(const Piece& piece, std::string_view subject, std::size_t at,
                                                const Context& context) const;

  std::string text_;
  std::vector<Piece> pieces_;
  std::vector<Variable> variables_;
  LetterCase letter_case_ = LetterCase::kExact;
};

/// A pattern for ARNs whose six components are matched one by one: a `*` reaches no further than its component.
///
/// Source  IAM user guide, reference_policies_elements_condition_operators ("ARN condition operators").
class ArnPattern {
 public:
  /// Nothing if the text has fewer than six components: it can match no ARN.
  static std::optional<ArnPattern> Compile(std::string_view text, Variables variables);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool Matches(std::string_view subject, const Context& context) const;
  [[nodiscard]] std::vector<std::string> UnresolvedVariables(const Context& context) const;

 private:
  std::string text_;
  std::array<Pattern, 6> parts_;
};

}  // namespace crrsim::policy
