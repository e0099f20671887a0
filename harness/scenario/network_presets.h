// Network figures that scenarios name by a preset.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/units.h"

namespace crrsim {

struct NetworkPreset {
  std::string_view name;
  std::string_view source;  // where the figures come from, with their date; said in reports
  std::vector<std::string_view> regions;
  BytesPerSecond region_egress;
  BytesPerSecond region_ingress;
  BytesPerSecond link_bandwidth;

  /// One-way latency, or empty where the preset has no figure.
  [[nodiscard]] std::optional<Duration> LatencyOf(std::string_view from, std::string_view to) const;
  std::vector<std::vector<std::int64_t>> round_trip_microseconds;  // by place in `regions`; the upper triangle
};

std::span<const NetworkPreset> NetworkPresets();

}  // namespace crrsim
