// What happens to image scans. registry_model/events.h has the rules and the stream.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "registry_model/names.h"
#include "registry_model/oci/digest.h"

namespace crrsim {

/// Severity (`HIGH`, ...) to the number of findings.
using FindingCounts = std::map<std::string, std::int64_t>;

/// An image scan began.
struct ScanStarted {
  static constexpr std::string_view kName = "ScanStarted";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;

  friend bool operator==(const ScanStarted&, const ScanStarted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
  }
};

/// An image scan found what it found.
struct ScanCompleted {
  static constexpr std::string_view kName = "ScanCompleted";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  FindingCounts findings;

  friend bool operator==(const ScanCompleted&, const ScanCompleted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("findings", self.findings);
  }
};

}  // namespace crrsim
