#include "harness/report/throughput.h"

#include <algorithm>
#include <set>

#include "harness/run/recording.h"

namespace crrsim {

std::vector<LagFigures> LagFiguresOf(const RunResult& result) {
  std::set<std::pair<RegistryKey, RegistryKey>> ways;
  for (const auto& row : result.replications) ways.emplace(row.replication.source, row.replication.destination);
  std::vector<LagFigures> figures;
  for (const auto& [source, destination] : ways) {
    const auto lags = LagsOf(result.replications, source, destination);
    if (lags.empty()) continue;
    figures.push_back({source, destination, static_cast<std::int64_t>(lags.size()), QuantileOf(lags, 50),
                       QuantileOf(lags, 90), QuantileOf(lags, 99), lags.back()});
  }
  return figures;
}

Throughput ThroughputOf(const std::vector<RunResult>& repetitions) {
  CRRSIM_CHECK(!repetitions.empty());
  const auto& first = repetitions.front();
  Throughput figures;
  figures.lags = LagFiguresOf(first);
  std::optional<Instant> begin;
  std::optional<Instant> end;
  for (const auto& row : first.replications) {
    if (!begin || row.queued_at < *begin) begin = row.queued_at;
    if (row.status != ReplicationStatus::kComplete) continue;
    ++figures.replications;
    if (!end || *row.completed_at > *end) end = row.completed_at;
  }
  ByteCount moved;
  for (const auto& row : first.bill.transfers) moved += row.useful;
  if (begin && end && *end > *begin) {
    figures.span = *end - *begin;
    figures.images_per_second = static_cast<double>(figures.replications) / figures.span.seconds();
    figures.bytes_per_second = static_cast<double>(moved.bytes()) / figures.span.seconds();
  }
  for (const auto& result : repetitions) {
    CRRSIM_CHECK(result.run_digest == first.run_digest, "two runs of {} with seed {} differ", first.scenario,
                 first.seed);
    const auto seconds = std::max(result.wall_seconds, 1e-9);
    figures.replications_per_second =
        std::max(figures.replications_per_second, static_cast<double>(figures.replications) / seconds);
    figures.events_per_second = std::max(figures.events_per_second, static_cast<double>(result.events) / seconds);
  }
  return figures;
}

}  // namespace crrsim
