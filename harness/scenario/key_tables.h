// The parts of the table of keys (keys.h), one file each.
#pragma once

#include <string_view>
#include <vector>

#include "harness/scenario/keys.h"

namespace crrsim {

/// keys_file.cc: the file's own sections.
std::vector<Section> FileSections();
/// keys_steps.cc: one section a verb, and what they hold.
std::vector<Section> StepSections();
/// keys_faults.cc: one section a verb that is a fault, and what they hold.
std::vector<Section> FaultSections();
/// keys_claims.cc: one section a claim.
std::vector<Section> ClaimSections();

using K = ValueKind;
inline constexpr auto kRequired = Need::kRequired;
inline constexpr auto kOptional = Need::kOptional;

/// Severities of findings. Source  ecr-replication.md 9.
inline const std::vector<std::string_view> kSeverities = {"INFORMATIONAL", "LOW",      "MEDIUM",
                                                          "HIGH",          "CRITICAL", "UNDEFINED"};

}  // namespace crrsim
