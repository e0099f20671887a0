#include "harness/scenario/network_presets.h"

#include <algorithm>

namespace crrsim {

namespace {

constexpr std::int64_t kRegionCapacity = 1'250'000'000;
constexpr std::int64_t kLinkCapacity = 625'000'000;

/// The capacities are an assumption of ours: no cloud publishes any for its registry.
NetworkPreset WithAssumedCapacities() {
  NetworkPreset preset;
  preset.region_egress = BytesPerSecond::FromCount(kRegionCapacity);
  preset.region_ingress = BytesPerSecond::FromCount(kRegionCapacity);
  preset.link_bandwidth = BytesPerSecond::FromCount(kLinkCapacity);
  return preset;
}

/// Medians over one year of round trips between AWS regions, in milliseconds, measured by CloudPing
/// (www.cloudping.co/api/latencies?percentile=p_50&timeframe=1Y), from a snapshot of 2025 that is kept at
/// github.com/oaustegard/oaustegard.github.io, web-utilities/aws-ping-p50-1y.json (commit 4a1414d). The file has no
/// date; it knows mx-central-1 and ap-southeast-7, opened in January 2025, and not ap-southeast-6, opened in September
/// 2025. Of both directions the row of the region that stands first here is taken. Probes are functions that open
/// connections, so the figures hold a millisecond or two more than a bare round trip.
NetworkPreset Aws2026() {
  auto preset = WithAssumedCapacities();
  preset.name = "aws-2026";
  preset.source =
      "aws-2026: half of the median round trips that CloudPing measured over a year, snapshot of 2025; capacities are "
      "assumed (1.25GB/s a region, 625MB/s a link)";
  preset.regions = {"us-east-1",      "us-east-2",     "us-west-1",      "us-west-2",      "ca-central-1",
                    "sa-east-1",      "eu-west-1",     "eu-west-2",      "eu-west-3",      "eu-central-1",
                    "eu-north-1",     "ap-south-1",    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
                    "ap-southeast-1", "ap-southeast-2"};
  preset.round_trip_microseconds = {
      {14'668, 63'932, 64'269, 16'443, 115'210, 69'558, 77'706, 83'844, 93'066, 112'478, 192'264, 149'376, 178'584,
       152'956, 219'112, 199'700},
      {52'913, 51'100, 27'960, 125'542, 80'478, 88'602, 94'902, 103'923, 123'510, 204'126, 135'490, 165'406, 142'116,
       203'649, 188'451},
      {21'934, 79'740, 174'714, 129'843, 147'786, 144'124, 153'158, 172'693, 231'322, 108'160, 133'056, 109'598,
       169'659, 139'054},
      {60'514, 174'428, 118'224, 128'844, 135'160, 142'601, 156'012, 221'690, 98'046, 123'122, 99'490, 160'209,
       140'918},
      {125'232, 69'104, 79'360, 85'602, 93'058, 106'790, 192'750, 145'712, 175'534, 151'668, 214'388, 198'176},
      {178'418, 187'152, 195'910, 204'858, 222'350, 301'694, 258'052, 288'242, 263'904, 327'396, 312'240},
      {13'920, 19'936, 27'289, 41'212, 125'925, 200'985, 231'310, 206'938, 181'965, 255'676},
      {11'018, 17'894, 32'056, 117'554, 211'407, 241'551, 217'053, 172'169, 265'975},
      {12'703, 32'055, 109'494, 218'266, 248'138, 224'392, 167'339, 280'320},
      {22'770, 129'135, 227'078, 231'114, 233'908, 160'587, 251'510},
      {148'679, 246'847, 250'233, 253'311, 180'539, 271'354},
      {133'310, 133'834, 137'012, 63'372, 154'343},
      {36'158, 9'969, 70'466, 107'410},
      {25'086, 73'768, 144'912},
      {76'581, 120'236},
      {94'726},
      {},
  };
  return preset;
}

/// Average latencies between IBM Cloud regions, 27 July to 25 August 2024, taken as round trips, in milliseconds.
/// Published in IBM Cloud's documentation of VPC, "Network latency" (github.com/ibm-cloud-docs/vpc,
/// _include-segments/network-latency.md). Of both directions the row of the region that stands first here is taken.
NetworkPreset Ibm2024() {
  auto preset = WithAssumedCapacities();
  preset.name = "ibm-2024";
  preset.source =
      "ibm-2024: half of the average latencies that IBM Cloud published for 27 July to 25 August 2024; capacities are "
      "assumed (1.25GB/s a region, 625MB/s a link)";
  preset.regions = {"us-south", "ca-tor", "us-east", "eu-de", "eu-gb", "eu-es", "jp-osa", "au-syd", "jp-tok", "br-sao"};
  preset.round_trip_microseconds = {
      {34'000, 31'000, 123'000, 113'000, 119'000, 150'000, 186'000, 143'000, 146'000},
      {19'000, 93'000, 82'000, 108'000, 168'000, 215'000, 162'000, 129'000},
      {91'000, 75'000, 87'000, 172'000, 214'000, 164'000, 118'000},
      {13'000, 29'000, 232'000, 250'000, 233'000, 198'000},
      {27'000, 244'000, 261'000, 243'000, 188'000},
      {257'000, 275'000, 258'000, 209'000},
      {122'000, 9'000, 293'000},
      {115'000, 328'000},
      {284'000},
      {},
  };
  return preset;
}

/// Round trips between instances in ten regions, averaged, in milliseconds. Published as "Latency Between AWS Global
/// Regions" and tabulated at acomputerscientistlearnsaws.blogspot.com/2017/04/aws-regions.html (April 2017); where both
/// directions were measured, the row of the region that stands first here is taken.
NetworkPreset Aws2017() {
  auto preset = WithAssumedCapacities();
  preset.name = "aws-2017";
  preset.source =
      "aws-2017: half of the round trips published in April 2017 as \"Latency Between AWS Global Regions\"; capacities "
      "are assumed "
      "(1.25GB/s a region, 625MB/s a link)";
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
  static const std::vector<NetworkPreset> kPresets = {Aws2026(), Aws2017(), Ibm2024()};
  return kPresets;
}

}  // namespace crrsim
