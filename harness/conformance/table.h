// The table of conformance: each rule, the scenarios that show it, and what became of them.
//
//   const auto table = MakeTable(rules, runs);
//   if (!table.sound()) ...  // a rule is shown by no scenario, or by one that fails
//
// Deterministic: equal rules and runs give equal tables, whatever the order of the runs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/conformance/rules.h"
#include "harness/run/run.h"

namespace crrsim {

/// What the table needs of a scenario that was run.
struct CitingRun {
  std::string path;
  std::vector<std::string> cites;
  Verdict verdict = Verdict::kError;
};

enum class RuleState : std::uint8_t {
  kPassing,
  kFailing,      // one of its scenarios did not pass
  kUncovered,    // no scenario names it
  kNotModelled,  // the list says so, and no scenario names it
  kOutOfScope,   // the list says that it belongs to another part, and no scenario names it
  kTested,       // the list names a unit test in place of a scenario
  kStale,        // the list says not modelled, and a scenario shows it
};
/// `pass`, `fail`, `no scenario`, `not modelled`, `out of scope`, `unit test`, `marked not modelled, but shown`.
std::string_view NameOf(RuleState state);

struct RuleRow {
  Rule rule;
  std::vector<CitingRun> runs;  // by path
  RuleState state = RuleState::kUncovered;
};

struct ConformanceTable {
  std::vector<RuleRow> rows;  // in the order of the list

  /// No rule is failing, uncovered or stale.
  [[nodiscard]] bool sound() const;
  [[nodiscard]] std::int64_t CountOf(RuleState state) const;
};

ConformanceTable MakeTable(const std::vector<Rule>& rules, std::vector<CitingRun> runs);

enum class TableDetail : std::uint8_t { kAllRules, kProblemsOnly };
/// The table for people; ends with a line of totals, and one of the parts to which rules out of scope belong.
std::string ToText(const ConformanceTable& table, TableDetail detail);
/// `{"rules": [{"rule", "text", "source", "verdict", "scenarios": [{"scenario", "verdict"}], "notModelled"?,
/// "outOfScope"?,
///   "test"?}],
///   "counts": {...}, "sound": ...}`.
nlohmann::ordered_json ToJson(const ConformanceTable& table);

}  // namespace crrsim
