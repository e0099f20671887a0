// How fast a scenario replicates: simulated figures, which repeat exactly, and real ones, which depend on the machine.
#pragma once

#include <string>
#include <vector>

#include "harness/run/run.h"

namespace crrsim {

struct LagFigures {
  RegistryKey source;
  RegistryKey destination;
  std::int64_t images = 0;  // that became visible there
  Duration p50;
  Duration p90;
  Duration p99;
  Duration max;
};

/// Of each way on which an image became visible. Order  by source, destination.
std::vector<LagFigures> LagFiguresOf(const RunResult& result);

struct Throughput {
  std::int64_t replications = 0;       // that completed
  Duration span;                       // from the first push that replicated to the last completion
  double images_per_second = 0;        // simulated
  double bytes_per_second = 0;         // simulated, useful
  std::vector<LagFigures> lags;        // by source, destination
  double replications_per_second = 0;  // real, best of the repetitions
  double events_per_second = 0;        // real, best of the repetitions
};

/// Requires at least one result; all of one scenario and seed, so that their simulated figures are equal (a Defect
/// otherwise).
Throughput ThroughputOf(const std::vector<RunResult>& repetitions);

}  // namespace crrsim
