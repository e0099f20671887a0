#include "harness/report/json.h"

#include <fmt/format.h>

#include "harness/json.h"
#include "harness/report/names.h"
#include "harness/report/queue_depth.h"

namespace crrsim {

namespace {

Json OrNull(const std::optional<Tag>& tag) { return tag ? Json(tag->text()) : Json(nullptr); }

double SecondsSince(const RunResult& result, Instant instant) { return (instant - result.start).seconds(); }

Json ExpectationsOf(const RunResult& result) {
  auto rows = Json::array();
  for (const auto& one : result.expectations) {
    rows.push_back({{"line", one.place.line},
                    {"claim", one.claim},
                    {"verdict", one.held ? "pass" : "fail"},
                    {"observed", one.observed}});
  }
  return rows;
}

Json OrNull(const RunResult& result, const std::optional<Instant>& when) {
  return when ? Json(SecondsSince(result, *when)) : Json(nullptr);
}

Json InvariantsOf(const RunResult& result) {
  auto rows = Json::array();
  for (const auto& one : result.invariants) {
    auto violations = Json::array();
    for (const auto& [found, expected] : one.violations) {
      violations.push_back({{"found", found.text},
                            {"found_at_seconds", OrNull(result, found.when)},
                            {"expected", expected.text},
                            {"expected_at_seconds", OrNull(result, expected.when)}});
    }
    rows.push_back(
        {{"name", one.invariant->name}, {"verdict", one.held() ? "pass" : "fail"}, {"violations", violations}});
  }
  return rows;
}

Json ImagesOf(const RunResult& result) {
  auto rows = Json::array();
  for (const auto& image : result.images) {
    rows.push_back({{"account", image.registry.account.text()},
                    {"account_name", NameOf(result, image.registry.account)},
                    {"region", image.registry.region.text()},
                    {"repository", image.repository.text()},
                    {"tag", OrNull(image.tag)},
                    {"digest", image.digest.text()},
                    {"media_type", image.media_type},
                    {"size_bytes", image.size.bytes()}});
  }
  return rows;
}

Json ReplicationsOf(const RunResult& result) {
  auto rows = Json::array();
  for (const auto& row : result.replications) {
    const auto& copy = row.replication;
    rows.push_back(
        {{"source", ToText(copy.source)},
         {"destination", ToText(copy.destination)},
         {"repository", copy.repository.text()},
         {"digest", copy.digest.text()},
         {"tag", OrNull(copy.tag)},
         {"status", NameOf(row.status)},
         {"failure_code", row.failure == FailureCode::kNone ? Json(nullptr) : Json(NameOf(row.failure))},
         {"queued_at_seconds", SecondsSince(result, row.queued_at)},
         {"completed_at_seconds", row.completed_at ? Json(SecondsSince(result, *row.completed_at)) : Json(nullptr)},
         {"visible_at_seconds", row.visible_at ? Json(SecondsSince(result, *row.visible_at)) : Json(nullptr)}});
  }
  return rows;
}

Json QueueDepthOf(const RunResult& result) {
  auto rows = Json::array();
  for (const auto& depth : QueueDepthsOf(result.replications)) {
    auto steps = Json::array();
    for (const auto& [when, count] : depth.steps) {
      auto& step = steps.emplace_back(Json::array());
      step.push_back(SecondsSince(result, when));
      step.push_back(count);
    }
    rows.push_back({{"destination", ToText(depth.destination)},
                    {"max", depth.max},
                    {"max_at_seconds", SecondsSince(result, depth.max_at)},
                    {"steps", std::move(steps)}});
  }
  return rows;
}

Json TransfersOf(const Bill& bill) {
  auto rows = Json::array();
  for (const auto& row : bill.transfers) {
    rows.push_back({{"source_region", row.source.region.text()},
                    {"destination_region", row.destination.region.text()},
                    {"source_account", row.source.account.text()},
                    {"destination_account", row.destination.account.text()},
                    {"payer", row.payer.text()},
                    {"repository", row.repository.text()},
                    {"useful_bytes", row.useful.bytes()},
                    {"wasted_bytes", row.wasted.bytes()}});
  }
  return rows;
}

Json StorageOf(const Bill& bill, const BillingUnits& units) {
  auto rows = Json::array();
  for (const auto& row : bill.storage) {
    rows.push_back(
        {{"account", row.where.registry.account.text()},
         {"region", row.where.registry.region.text()},
         {"repository", row.where.repository.text()},
         {"month", ToText(row.month)},
         {"stored_byte_seconds", ToExactDecimal(static_cast<UInt128>(row.byte_nanoseconds), 1'000'000'000)},
         {"gb_months", units.GigabyteMonthsOf(row.byte_nanoseconds, row.month)},
         {"archived_byte_seconds", ToExactDecimal(static_cast<UInt128>(row.archived_byte_nanoseconds), 1'000'000'000)},
         {"archived_gb_months", units.GigabyteMonthsOf(row.archived_byte_nanoseconds, row.month)}});
  }
  return rows;
}

Json ReplicatedOf(const Bill& bill, const BillingUnits& units) {
  auto rows = Json::array();
  for (const auto& row : bill.replicated) {
    rows.push_back({{"account", row.source.registry.account.text()},
                    {"region", row.source.registry.region.text()},
                    {"repository", row.source.repository.text()},
                    {"month", ToText(row.month)},
                    {"volume_bytes", row.volume.bytes()},
                    {"gb_months", units.GigabyteMonthsOf(row.byte_nanoseconds, row.month)}});
  }
  return rows;
}

Json FaultsOf(const RunResult& result) {
  auto rows = Json::array();
  for (const auto& fault : result.faults) {
    rows.push_back({{"fault", fault.name}, {"target", fault.target}, {"fired", fault.fired}, {"hits", fault.hits}});
  }
  return rows;
}

Json AssumptionsOf(const RunResult& result) {
  auto rows = Json::array();
  for (const auto& one : result.assumptions) rows.push_back({{"name", one.name}, {"value", one.value}});
  return rows;
}

}  // namespace

nlohmann::ordered_json ToJson(const Bill& bill, const BillingUnits& units) {
  return {
      {"transfers", TransfersOf(bill)}, {"storage", StorageOf(bill, units)}, {"replicated", ReplicatedOf(bill, units)}};
}

nlohmann::ordered_json ToJson(const RunResult& result) {
  Json report = {{"verdict", NameOf(result.verdict)},
                 {"scenario", result.scenario},
                 {"title", result.title},
                 {"seed", result.seed},
                 {"run_digest", ToText(result.run_digest)},
                 {"simulated_seconds", (result.end - result.start).seconds()},
                 {"wall_seconds", result.wall_seconds},
                 {"events", result.events}};
  report["error"] = result.error.empty() ? Json(nullptr) : Json(result.error);
  report["reproduce"] = result.reproduce;
  report["notes"] = result.notes;
  report["expectations"] = ExpectationsOf(result);
  report["invariants"] = InvariantsOf(result);
  report["waiting_at_seconds"] = OrNull(result, result.waiting_at);
  report["waiting"] = result.waiting;
  report["warnings"] = result.warnings;
  report["images"] = ImagesOf(result);
  report["replications"] = ReplicationsOf(result);
  report["queue_depth"] = QueueDepthOf(result);
  report.update(ToJson(result.bill, result.units));
  report["faults"] = FaultsOf(result);
  report["assumptions"] = AssumptionsOf(result);
  return report;
}

}  // namespace crrsim
