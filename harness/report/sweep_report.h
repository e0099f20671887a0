// The report of a seed sweep in all forms. Published field names, which stay; the schema of the JSON form is
// scenarios/sweep.schema.json (`crrsim schema --sweep`).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/report/terminal.h"
#include "harness/search/sweep.h"

namespace crrsim {

/// Lag quantiles of one group of copies over all seeds.
struct SweptLag {
  std::string name;  // `eu-west-1`, or `us-west-2 to eu-west-1`
  std::int64_t images = 0;
  Duration p50;
  Duration p90;
  Duration p99;
  Duration max;
};
/// By destination registry. Order  by name.
std::vector<SweptLag> LagsByDestination(const SweepResult& result);
/// By pair of regions, whatever the accounts. Order  by source, destination.
std::vector<SweptLag> LagsByRegionPair(const SweepResult& result);

/// Ends with a newline.
std::string ToTerminal(const SweepResult& result, const TerminalOptions& options);
nlohmann::ordered_json ToJson(const SweepResult& result);
/// The JSON Schema (draft 2020-12) of one sweep.
nlohmann::ordered_json SweepSchema();
/// A test suite a scenario: a test case for each seed that did not pass, and one for all others together.
std::string ToJUnit(const std::vector<SweepResult>& results);

}  // namespace crrsim
