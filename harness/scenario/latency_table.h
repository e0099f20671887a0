// A table of latencies as a file of comma-separated values:
//
//   from,us-west-2,eu-west-1
//   us-west-2,,62ms
//   eu-west-1,61.5ms,
//
// The first row names destinations, the first cell of each other row a source (what the corner says does not matter). A
// cell is a duration with its unit, or empty or `-` where there is no figure. Lines that are empty or begin with `#`
// say where the figures come from. Regions that a scenario does not have may be there.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "harness/scenario/reader.h"

namespace crrsim {

using LatencyTable = std::map<std::pair<RegionName, RegionName>, Duration>;

/// Reads the table of a file, relative to the scenario's. On error  diagnostics with file:line:column of the cell, or
/// at `place` when there is no such file; the table has what could be read.
LatencyTable LoadLatencyTable(LoadContext& context, const Place& place, const std::string& name);

}  // namespace crrsim
