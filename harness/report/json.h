// The JSON report of a run: published field names, which stay.
//
// One object for one scenario, an array for several. The schema is scenarios/report.schema.json (`crrsim schema
// --report`).
#pragma once

#include <nlohmann/json.hpp>

#include "harness/run/run.h"

namespace crrsim {

nlohmann::ordered_json ToJson(const RunResult& result);
/// The members of a report that are the bill: `transfers`, `storage` and `replicated`.
nlohmann::ordered_json ToJson(const Bill& bill, const BillingUnits& units);
/// The JSON Schema (draft 2020-12) of one report object.
nlohmann::ordered_json ReportSchema();

}  // namespace crrsim
