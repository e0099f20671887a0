#include "registry_model/registry/scanning.h"

#include <algorithm>

#include "registry_model/mutants.h"
#include "registry_model/registry/wildcard.h"

namespace crrsim {

std::string_view NameOf(ScanType type) { return type == ScanType::kBasic ? "BASIC" : "ENHANCED"; }

std::string_view NameOf(ScanFrequency frequency) {
  switch (frequency) {
    case ScanFrequency::kManual:
      return "MANUAL";
    case ScanFrequency::kScanOnPush:
      return "SCAN_ON_PUSH";
    case ScanFrequency::kContinuousScan:
      return "CONTINUOUS_SCAN";
  }
  FailCheck(__FILE__, __LINE__, "a known frequency", "");
}

bool MatchesScanningFilter(std::string_view filter, const RepositoryName& name) {
  if (Mutated(Mutant::kScanFilterIsTheName)) return filter == name.text();
  if (filter.find('*') == std::string_view::npos) return name.text().find(filter) != std::string::npos;
  return MatchesWildcard(filter, name.text());
}

AppliedScanning ScanningOf(const Registry& registry, const Repository& repository) {
  AppliedScanning applied;
  for (const auto& rule : registry.scanning.rules) {
    if (Mutated(Mutant::kScanRulesAreIgnored)) break;
    for (const auto& filter : rule.filters) {
      if (!MatchesScanningFilter(filter, repository.name)) continue;
      applied.filters.push_back(filter);
      applied.frequency = std::max(applied.frequency, rule.frequency);
    }
  }
  if (registry.scanning.type == ScanType::kBasic && repository.settings.scan_on_push &&
      !Mutated(Mutant::kNoScanOnPush)) {
    applied.frequency = std::max(applied.frequency, ScanFrequency::kScanOnPush);
  }
  applied.on_push = applied.frequency != ScanFrequency::kManual;
  return applied;
}

bool IsScannable(const Manifest& manifest) {
  if (Mutated(Mutant::kEverythingIsScanned)) return true;
  return manifest.config && (manifest.config->media_type == media_type::kOciConfig ||
                             manifest.config->media_type == media_type::kDockerConfig);
}

bool IsScannedOnArrival(const Registry& registry, const Repository& repository, const Manifest& manifest) {
  return ScanningOf(registry, repository).on_push && IsScannable(manifest);
}

std::int64_t ScansOfTheDay(const Registry& registry, Instant now) {
  std::int64_t count = 0;
  for (const auto& [begun, scans] : registry.scans) {
    if (begun + Hours(24) > now) count += scans;
  }
  return count;
}

}  // namespace crrsim
