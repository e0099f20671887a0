// WHETHER AN IMAGE IS SCANNED WHEN IT ENTERS A REPOSITORY is decided here, by the registry that it enters: by its
// scanning configuration, or, under basic scanning, by the repository's own flag. It is the same for a push, for a copy
// that arrives and for an image that is restored.
//
// Source  ecr-replication.md 2.5, 9.
#pragma once

#include "registry_model/registry/registry.h"

namespace crrsim {

/// What the registry's configuration and the repository's flag amount to for one repository.
struct AppliedScanning {
  ScanFrequency frequency = ScanFrequency::kManual;  // the most frequent of the rules that match
  std::vector<std::string> filters;                  // that match, in the order of the rules
  bool on_push = false;
};
AppliedScanning ScanningOf(const Registry& registry, const Repository& repository);

/// Whether a filter takes a repository.
bool MatchesScanningFilter(std::string_view filter, const RepositoryName& name);

/// Whether it is a container image: neither an index nor another artifact.
bool IsScannable(const Manifest& manifest);

/// Whether an image that enters the repository now is scanned.
bool IsScannedOnArrival(const Registry& registry, const Repository& repository, const Manifest& manifest);

/// How many basic scans the registry has begun in the 24 hours before `now`.
std::int64_t ScansOfTheDay(const Registry& registry, Instant now);

}  // namespace crrsim
