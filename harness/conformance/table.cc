#include "harness/conformance/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace crrsim {

namespace {

constexpr std::array kStates = {RuleState::kPassing,     RuleState::kFailing,    RuleState::kUncovered,
                                RuleState::kNotModelled, RuleState::kOutOfScope, RuleState::kTested,
                                RuleState::kStale};

RuleState StateOf(const RuleRow& row) {
  if (row.runs.empty() && !row.rule.tested.empty()) return RuleState::kTested;
  if (row.runs.empty() && !row.rule.out_of_scope.empty()) return RuleState::kOutOfScope;
  if (row.runs.empty()) return row.rule.not_modelled.empty() ? RuleState::kUncovered : RuleState::kNotModelled;
  if (!row.rule.not_modelled.empty()) return RuleState::kStale;
  const bool pass =
      std::all_of(row.runs.begin(), row.runs.end(), [](const CitingRun& run) { return run.verdict == Verdict::kPass; });
  return pass ? RuleState::kPassing : RuleState::kFailing;
}

bool IsProblem(RuleState state) {
  return state == RuleState::kFailing || state == RuleState::kUncovered || state == RuleState::kStale;
}

}  // namespace

std::string_view NameOf(RuleState state) {
  constexpr std::array<std::string_view, kStates.size()> kNames = {
      "pass", "fail", "no scenario", "not modelled", "out of scope", "unit test", "marked not modelled, but shown"};
  return kNames.at(static_cast<std::size_t>(state));
}

bool ConformanceTable::sound() const {
  return std::none_of(rows.begin(), rows.end(), [](const RuleRow& row) { return IsProblem(row.state); });
}

std::int64_t ConformanceTable::CountOf(RuleState state) const {
  return std::count_if(rows.begin(), rows.end(), [&](const RuleRow& row) { return row.state == state; });
}

ConformanceTable MakeTable(const std::vector<Rule>& rules, std::vector<CitingRun> runs) {
  // Paths are unique, so this is a total order.
  std::sort(runs.begin(), runs.end(), [](const CitingRun& a, const CitingRun& b) { return a.path < b.path; });
  std::map<std::string, std::vector<CitingRun>> by_rule;
  for (const auto& run : runs) {
    for (const auto& cite : run.cites) {
      for (const auto& number : RuleNumbersOf(cite)) {
        auto& shown_by = by_rule[number];
        if (shown_by.empty() || shown_by.back().path != run.path) shown_by.push_back(run);
      }
    }
  }
  ConformanceTable table;
  for (const auto& rule : rules) {
    RuleRow row{rule, by_rule[rule.number], RuleState::kUncovered};
    row.state = StateOf(row);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string ToText(const ConformanceTable& table, TableDetail detail) {
  std::string text;
  for (const auto& row : table.rows) {
    if (detail == TableDetail::kProblemsOnly && !IsProblem(row.state)) continue;
    text += fmt::format("{:<9} {:<13} {} [{}]\n", row.rule.number, NameOf(row.state), row.rule.text, row.rule.source);
    if (!row.rule.out_of_scope.empty()) {
      text += fmt::format("{:23} {}: {}\n", "", row.rule.out_of_scope, row.rule.not_modelled);
    } else if (!row.rule.not_modelled.empty()) {
      text += fmt::format("{:23} why: {}\n", "", row.rule.not_modelled);
    }
    if (!row.rule.tested.empty()) text += fmt::format("{:23} {}\n", "", row.rule.tested);
    for (const auto& run : row.runs) {
      text += fmt::format("{:23} {}{}\n", "", run.path,
                          run.verdict == Verdict::kPass ? "" : fmt::format(" ({})", NameOf(run.verdict)));
    }
  }
  text += fmt::format("{} rules:", table.rows.size());
  const auto* separator = " ";
  for (const auto state : kStates) {
    const auto count = table.CountOf(state);
    if (count == 0) continue;
    text += fmt::format("{}{} {}", separator, count, NameOf(state));
    separator = ", ";
  }
  std::map<std::string, std::int64_t> parts;
  for (const auto& row : table.rows) {
    if (row.state == RuleState::kOutOfScope) ++parts[row.rule.out_of_scope];
  }
  separator = "\nout of scope: ";
  for (const auto& [part, count] : parts) {
    text += fmt::format("{}{} of {}", separator, count, part);
    separator = ", ";
  }
  return text + "\n";
}

nlohmann::ordered_json ToJson(const ConformanceTable& table) {
  auto rules = nlohmann::ordered_json::array();
  for (const auto& row : table.rows) {
    auto scenarios = nlohmann::ordered_json::array();
    for (const auto& run : row.runs) scenarios.push_back({{"scenario", run.path}, {"verdict", NameOf(run.verdict)}});
    nlohmann::ordered_json one = {{"rule", row.rule.number},
                                  {"text", row.rule.text},
                                  {"source", row.rule.source},
                                  {"verdict", NameOf(row.state)},
                                  {"scenarios", std::move(scenarios)}};
    if (!row.rule.not_modelled.empty()) one["notModelled"] = row.rule.not_modelled;
    if (!row.rule.out_of_scope.empty()) one["outOfScope"] = row.rule.out_of_scope;
    if (!row.rule.tested.empty()) one["test"] = row.rule.tested;
    rules.push_back(std::move(one));
  }
  nlohmann::ordered_json counts;
  for (const auto state : kStates) counts[std::string(NameOf(state))] = table.CountOf(state);
  return {{"rules", std::move(rules)}, {"counts", std::move(counts)}, {"sound", table.sound()}};
}

}  // namespace crrsim
