// The schema of the JSON report, written beside the code that makes the report; a test holds one against the other.
#include "harness/json.h"
#include "harness/report/json.h"
#include "harness/report/parts.h"

namespace crrsim {

namespace {

using schema::kCount;
using schema::kNumber;
using schema::kText;
using schema::Object;
using schema::Rows;

const Json kTextOrNull = {{"type", Json::array({"string", "null"})}};
const Json kNumberOrNull = {{"type", Json::array({"number", "null"})}};
const Json kAccount = {{"type", "string"}, {"pattern", "^[0-9]{12}$"}};
const Json kRegistry = {{"type", "string"}, {"pattern", "^[0-9]{12}/[0-9a-z-]{2,25}$"}};
const Json kDigest = {{"type", "string"}, {"pattern", "^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$"}};
const Json kDecimal = {{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]+)?$"}};
const Json kMonth = {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}$"}};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table, an entry after another
nlohmann::ordered_json ReportSchema() {
  Json members = {
      {"verdict", {{"enum", {"pass", "fail", "error"}}}},
      {"scenario", kText},
      {"title", kText},
      {"seed", schema::kSeed},
      {"run_digest", schema::kHash},
      {"simulated_seconds", kNumber},
      {"wall_seconds", kNumber},
      {"events", kCount},
      {"error", kTextOrNull},
      {"reproduce", kText},
      {"notes", {{"type", "array"}, {"items", kText}}},
  };
  members["expectations"] =
      Rows("every claim, in the order in which it was decided",
           {{"line", kCount}, {"claim", kText}, {"verdict", {{"enum", {"pass", "fail"}}}}, {"observed", kText}});
  members["invariants"] =
      Rows("what holds of every run, with every violation",
           {{"name", kText},
            {"verdict", {{"enum", {"pass", "fail"}}}},
            {"violations", Rows("both sides; seconds count from the start, null for what never happened",
                                {{"found", kText},
                                 {"found_at_seconds", kNumberOrNull},
                                 {"expected", kText},
                                 {"expected_at_seconds", kNumberOrNull}})}});
  members["waiting_at_seconds"] = kNumberOrNull;
  members["waiting"] = {
      {"type", "array"}, {"description", "what waited for what when something had not converged"}, {"items", kText}};
  members["warnings"] = {{"type", "array"}, {"items", kText}};
  members["images"] = Rows("at the end, one row a tag", {{"account", kAccount},
                                                         {"account_name", kText},
                                                         {"region", kText},
                                                         {"repository", kText},
                                                         {"tag", kTextOrNull},
                                                         {"digest", kDigest},
                                                         {"media_type", kText},
                                                         {"size_bytes", kCount}});
  members["replications"] = Rows("every job, in the order of queueing; seconds count from the start",
                                 {{"source", kRegistry},
                                  {"destination", kRegistry},
                                  {"repository", kText},
                                  {"digest", kDigest},
                                  {"tag", kTextOrNull},
                                  {"status", {{"enum", {"IN_PROGRESS", "COMPLETE", "FAILED"}}}},
                                  {"failure_code", kTextOrNull},
                                  {"queued_at_seconds", kNumber},
                                  {"completed_at_seconds", kNumberOrNull},
                                  {"visible_at_seconds", kNumberOrNull}});
  members["queue_depth"] = Rows("how many replications were queued or running towards each destination",
                                {{"destination", kRegistry},
                                 {"max", kCount},
                                 {"max_at_seconds", kNumber},
                                 {"steps",
                                  {{"type", "array"},
                                   {"description", "[seconds since the start, how many from then on]"},
                                   {"items", {{"type", "array"}, {"items", kNumber}}}}}});
  members["transfers"] = Rows("bytes moved by replication", {{"source_region", kText},
                                                             {"destination_region", kText},
                                                             {"source_account", kAccount},
                                                             {"destination_account", kAccount},
                                                             {"payer", kAccount},
                                                             {"repository", kText},
                                                             {"useful_bytes", kCount},
                                                             {"wasted_bytes", kCount}});
  members["storage"] =
      Rows("bytes over time, by calendar month; those of the archive class apart", {{"account", kAccount},
                                                                                    {"region", kText},
                                                                                    {"repository", kText},
                                                                                    {"month", kMonth},
                                                                                    {"stored_byte_seconds", kDecimal},
                                                                                    {"gb_months", kNumber},
                                                                                    {"archived_byte_seconds", kDecimal},
                                                                                    {"archived_gb_months", kNumber}});
  members["replicated"] = Rows("what each source repository replicated, by calendar month", {{"account", kAccount},
                                                                                             {"region", kText},
                                                                                             {"repository", kText},
                                                                                             {"month", kMonth},
                                                                                             {"volume_bytes", kCount},
                                                                                             {"gb_months", kNumber}});
  members["faults"] = Rows("every fault that began, or was to begin",
                           {{"fault", kText}, {"target", kText}, {"fired", kCount}, {"hits", kCount}});
  members["assumptions"] = Rows("those that the outcome consulted", {{"name", kText}, {"value", kText}});
  return schema::OneOrSeveral("crrsim report of runs", "run", Object(members));
}

}  // namespace crrsim
