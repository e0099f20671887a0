// The scanning configuration of a registry. Source  ecr-replication.md 9.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crrsim {

enum class ScanType : std::uint8_t { kBasic, kEnhanced };
enum class ScanFrequency : std::uint8_t { kManual, kScanOnPush, kContinuousScan };
/// `BASIC`, `ENHANCED`.
std::string_view NameOf(ScanType type);
/// `MANUAL`, `SCAN_ON_PUSH`, `CONTINUOUS_SCAN`.
std::string_view NameOf(ScanFrequency frequency);

struct ScanningRule {
  ScanFrequency frequency = ScanFrequency::kManual;
  std::vector<std::string> filters;  // wildcards; one without `*` takes every name that contains it
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("frequency", self.frequency);
    visit("filters", self.filters);
  }
};

/// The default is that of a registry that was never configured.
struct ScanningConfiguration {
  ScanType type = ScanType::kBasic;
  std::vector<ScanningRule> rules;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("type", self.type);
    visit("rules", self.rules);
  }
};

}  // namespace crrsim
