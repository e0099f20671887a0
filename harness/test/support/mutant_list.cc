#include "harness/test/support/mutant_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "harness/conformance/rules.h"
#include "registry_model/assumptions.h"
#include "sim/nearest_name.h"

namespace crrsim::mutants {

namespace {

constexpr std::string_view kNoneMark = "none: ";

std::string Trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Result<Mistake, ParseError> ParseMistake(const std::string& text) {
  Mistake mistake;
  mistake.text = text;
  if (const auto equals = text.find('='); equals != std::string::npos) {
    mistake.assumption = text.substr(0, equals);
    mistake.value = text.substr(equals + 1);
    Assumptions assumptions;
    const auto set = assumptions.Set(mistake.assumption, mistake.value);
    if (!set) return set.error();
    return mistake;
  }
  std::vector<std::string_view> names;
  for (const auto& [mutant, name] : kMutantNames) {
    names.push_back(name);
    if (name == text) mistake.mutant = mutant;
  }
  if (mistake.mutant != Mutant::kNone) return mistake;
  return ParseError{fmt::format("'{}' is no mutant{}", text, DidYouMean(text, names))};
}

Result<RuleMistakes, ParseError> ParseLine(const std::string& line) {
  const auto bar = line.find(" | ");
  if (bar == std::string::npos) return ParseError{"expected NUMBER | MUTANT, ..., or NUMBER | none: WHY"};
  RuleMistakes row;
  row.rule = Trimmed(line.substr(0, bar));
  if (RuleNumbersOf("ecr-replication.md " + row.rule) != std::vector{row.rule}) {
    return ParseError{fmt::format("'{}' is no number of a rule", row.rule)};
  }
  const auto rest = Trimmed(line.substr(bar + 3));
  if (rest.starts_with(kNoneMark)) {
    row.none = rest.substr(kNoneMark.size());
    return row;
  }
  std::istringstream list(rest);
  for (std::string item; std::getline(list, item, ',');) {
    auto mistake = ParseMistake(Trimmed(item));
    if (!mistake) return mistake.error();
    row.mistakes.push_back(*std::move(mistake));
  }
  if (row.mistakes.empty()) return ParseError{"the rule has neither a mutant nor a reason"};
  return row;
}

}  // namespace

Result<std::vector<RuleMistakes>, Diagnostics> ParseMistakes(std::string_view text, const std::string& path) {
  std::vector<RuleMistakes> rows;
  std::set<std::string> seen;
  Diagnostics problems;
  std::istringstream lines{std::string(text)};
  std::int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    const Place place{path, ++number, 1};
    if (line.empty() || line.front() == '#') continue;
    auto row = ParseLine(line);
    if (!row) {
      problems.all.push_back({place, row.error().message});
    } else if (!seen.insert(row->rule).second) {
      problems.all.push_back({place, fmt::format("rule {} is listed twice", row->rule)});
    } else {
      row->place = place;
      rows.push_back(*std::move(row));
    }
  }
  if (!problems.all.empty()) return problems;
  return rows;
}

}  // namespace crrsim::mutants
