#include "harness/conformance/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace crrsim {

namespace {

constexpr std::string_view kDocument = "ecr-replication.md ";
constexpr std::string_view kFieldEnd = " | ";
constexpr std::string_view kMark = "not modelled: ";
constexpr std::string_view kScopeMark = "out of scope: ";
constexpr std::string_view kTestedMark = "tested: ";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> Split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (auto at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
    parts.push_back(Trimmed(text.substr(0, at)));
    text.remove_prefix(at + separator.size());
  }
  parts.push_back(Trimmed(text));
  return parts;
}

bool IsNumber(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit); }

/// `2` or `2.5`.
bool IsSection(std::string_view text) {
  const auto parts = Split(text, ".");
  return parts.size() <= 2 && std::all_of(parts.begin(), parts.end(), IsNumber);
}

Result<Rule, ParseError> ParseLine(std::string_view line) {
  const auto fields = Split(line, kFieldEnd);
  if (fields.size() != 3 && fields.size() != 4) {
    return ParseError{fmt::format("found {} fields, expected NUMBER | TEXT | SOURCE, and perhaps | not modelled: WHY",
                                  fields.size())};
  }
  const auto numbers = RuleNumbersOf(std::string(kDocument) + std::string(fields[0]));
  if (numbers.size() != 1 || numbers.front() != fields[0]) {
    return ParseError{fmt::format("'{}' is no number of a rule; expected one such as 2.5 or 14 (1)", fields[0])};
  }
  Rule rule{numbers.front(), std::string(fields[1]), std::string(fields[2]), "", "", "", {}};
  if (rule.text.empty() || rule.source.empty()) return ParseError{"a rule needs a text and a source"};
  if (fields.size() == 3) return rule;
  if (fields[3].starts_with(kTestedMark)) {
    rule.tested = fields[3].substr(kTestedMark.size());
    return rule;
  }
  if (fields[3].starts_with(kScopeMark)) {
    const auto parts = Split(fields[3].substr(kScopeMark.size()), ": ");
    if (parts.size() != 2 || parts[0].empty() || parts[1].empty()) {
      return ParseError{fmt::format("the fourth field is '{}', expected '{}PART: WHY'", fields[3], kScopeMark)};
    }
    rule.out_of_scope = parts[0];
    rule.not_modelled = parts[1];
    return rule;
  }
  if (!fields[3].starts_with(kMark)) {
    return ParseError{fmt::format("the fourth field is '{}', expected '{}WHY', '{}PART: WHY' or '{}SUITE.NAME'",
                                  fields[3], kMark, kScopeMark, kTestedMark)};
  }
  rule.not_modelled = fields[3].substr(kMark.size());
  return rule;
}

}  // namespace

std::vector<std::string> RuleNumbersOf(std::string_view cite) {
  if (!cite.starts_with(kDocument)) return {};
  cite.remove_prefix(kDocument.size());
  const auto open = cite.find(" (");
  const auto section = cite.substr(0, open);
  if (!IsSection(section)) return {};
  if (open == std::string_view::npos) return {std::string(section)};
  if (!cite.ends_with(')')) return {};
  std::vector<std::string> numbers;
  for (const auto number : Split(cite.substr(open + 2, cite.size() - open - 3), ",")) {
    if (!IsNumber(number)) return {};
    numbers.push_back(fmt::format("{} ({})", section, number));
  }
  return numbers;
}

Result<std::vector<Rule>, Diagnostics> ParseRules(std::string_view text, const std::string& path) {
  std::vector<Rule> rules;
  std::set<std::string> numbers;
  Diagnostics problems;
  std::int64_t line_number = 0;
  for (const auto line : Split(text, "\n")) {
    const Place place{path, ++line_number, 1};
    if (line.empty() || line.front() == '#') continue;
    auto rule = ParseLine(line);
    if (!rule) {
      problems.all.push_back({place, rule.error().message});
    } else if (!numbers.insert(rule->number).second) {
      problems.all.push_back({place, fmt::format("rule {} is listed twice", rule->number)});
    } else {
      rule->place = place;
      rules.push_back(*std::move(rule));
    }
  }
  if (!problems.all.empty()) return problems;
  if (rules.empty()) return Diagnostics{{{{path, 1, 1}, "the list holds no rule"}}};
  return rules;
}

}  // namespace crrsim
