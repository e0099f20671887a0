// The schema of the JSON report, written beside the code that makes the report; a test holds one against the other.
#include "harness/report/json.h"

namespace crrsim {

namespace {

using Json = nlohmann::ordered_json;

/// An object with exactly these members, all required.
Json Object(const Json& members) {
  auto required = Json::array();
  for (const auto& [name, schema] : members.items()) required.push_back(name);
  return {{"type", "object"}, {"properties", members}, {"required", required}, {"additionalProperties", false}};
}
Json Rows(const std::string& description, const Json& members) {
  return {{"type", "array"}, {"description", description}, {"items", Object(members)}};
}

const Json kText = {{"type", "string"}};
const Json kTextOrNull = {{"type", Json::array({"string", "null"})}};
const Json kCount = {{"type", "integer"}, {"minimum", 0}};
const Json kNumber = {{"type", "number"}, {"minimum", 0}};
const Json kNumberOrNull = {{"type", Json::array({"number", "null"})}};
const Json kAccount = {{"type", "string"}, {"pattern", "^[0-9]{12}$"}};
const Json kRegistry = {{"type", "string"}, {"pattern", "^[0-9]{12}/[0-9a-z-]{2,25}$"}};
const Json kDigest = {{"type", "string"}, {"pattern", "^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$"}};
const Json kDecimal = {{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]+)?$"}};
const Json kMonth = {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}$"}};

}  // namespace

nlohmann::ordered_json ReportSchema() {
  Json members = {
      {"verdict", {{"enum", {"pass", "fail", "error"}}}},
      {"scenario", kText},
      {"title", kText},
      {"seed", {{"type", "integer"}, {"minimum", 0}, {"maximum", 9007199254740991}}},
      {"run_digest", {{"type", "string"}, {"pattern", "^[0-9a-f]{32}$"}}},
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
  auto schema = Object(members);
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "crrsim report of one run";
  return schema;
}

}  // namespace crrsim
