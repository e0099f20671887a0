#include "harness/scenario/network_presets.h"

#include <algorithm>

namespace crrsim {

namespace {

/// Round trips between instances in ten regions, averaged, in milliseconds. Published as "Latency Between AWS Global
/// Regions" and tabulated at acomputerscientistlearnsaws.blogspot.com/2017/04/aws-regions.html (April 2017); where both
/// directions were measured, the row of the region that stands first here is taken. Latency between these regions
/// follows the length of the cables and has changed little since; the figures are to be replaced when a newer public
/// matrix with a date is at hand. The capacities are an assumption of ours: ECR publishes none.
NetworkPreset Aws2026() {
  NetworkPreset preset;
  preset.name = "aws-2026";
  preset.source =
      "aws-2026: half of the round trips published in April 2017 as \"Latency Between AWS Global Regions\"; capacities "
      "are assumed "
      "(1.25GB/s a region, 625MB/s a link)";
  preset.region_egress = BytesPerSecond::FromCount(1'250'000'000);
  preset.region_ingress = BytesPerSecond::FromCount(1'250'000'000);
  preset.link_bandwidth = BytesPerSecond::FromCount(625'000'000);
  preset.regions = {"us-east-1",      "us-west-1",      "us-west-2",      "eu-west-1",      "eu-central-1",
                    "ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2", "sa-east-1"};
  preset.round_trip_microseconds = {
      {72'740, 86'980, 80'550, 88'660, 145'300, 178'400, 216'700, 230'000, 119'500},
      {19'460, 153'200, 166'600, 102'500, 131'500, 174'000, 157'500, 192'700},
      {137'000, 159'500, 89'100, 118'300, 161'400, 162'200, 182'700},
      {19'560, 212'400, 242'400, 239'000, 309'600, 191'300},
      {236'500, 266'200, 325'900, 323'500, 194'900},
      {31'440, 73'790, 103'900, 256'800},
      {71'870, 134'000, 286'300},
      {175'300, 328'100},
      {322'500},
      {},
  };
  return preset;
}

}  // namespace

std::optional<Duration> NetworkPreset::LatencyOf(std::string_view from, std::string_view to) const {
  const auto place_of = [&](std::string_view region) {
    return static_cast<std::size_t>(std::find(regions.begin(), regions.end(), region) - regions.begin());
  };
  const auto first = std::min(place_of(from), place_of(to));
  const auto second = std::max(place_of(from), place_of(to));
  if (second == regions.size() || first == second) return std::nullopt;
  return Microseconds(round_trip_microseconds[first][second - first - 1]) / 2;
}

std::span<const NetworkPreset> NetworkPresets() {
  static const std::vector<NetworkPreset> kPresets = {Aws2026()};
  return kPresets;
}

}  // namespace crrsim
