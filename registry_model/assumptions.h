// What ECR does not document, each as a named assumption with a default.
//
// The table in assumptions.cc is the one place that holds them: name, values (the default first), what is known, the
// section of the specification. A world carries one value of each; code that acts on one asks `Use`, which notes that
// the run consulted it, so a report can say what its outcome rests on.
//
//   if (assumptions.Use(Assumption::kManifestBytes) == "counted") ...
//
// Source  ecr-replication.md 13.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/archive.h"
#include "sim/result.h"

namespace crrsim {

enum class Assumption : std::uint8_t {
  kVisibility,
  kJobOrder,
  kSameDestinationByTwoRules,
  kImmutableConflict,
  kUntaggedPush,
  kRepushSameTagAndDigest,
  kDenial,
  kCutCopy,
  kPermissionRead,
  kReplicationPrincipal,
  kConfigurationErrors,
  kTemplateChoice,
  kTemplateWithoutRole,
  kManifestBytes,
  kGigabyte,
  kMonth,
  kFailedAttempts,
  kUnreferencedLayers,
  kOptedOutRegion,
  kPolicyScopeV1,
  kArchivedIndex,
  kDeletePermission,
  kDeleteOverlappingRules,
  kDeleteRepository,
  kDeleteDestinationTags,
  kDeleteMovedTag,
  kDeleteChained,
  kBackfillPresent,
  kBackfillArchived,
  kBackfillEvent,
  kDestinationPushEvent,
  kCreateOnPush,
  kUpstreamImages,
  kCallRates,
  kScanQuota,
};
inline constexpr std::size_t kAssumptionCount = 35;

struct AssumptionInfo {
  Assumption id;
  std::string_view name;                 // as scenarios spell it
  std::vector<std::string_view> values;  // the default first
  std::string_view meaning;              // one sentence: what the default does, and the alternatives
  std::string_view known;                // what is known, and why the default was taken
  std::string_view section;              // of ecr-replication.md
};

/// All assumptions, in the order of the enum.
std::span<const AssumptionInfo> AssumptionTable();
const AssumptionInfo& InfoOf(Assumption assumption);
/// Its row in the table. On error  the nearest name.
Result<const AssumptionInfo*, ParseError> FindAssumption(std::string_view name);

/// One value for each assumption, and which of them were consulted.
class Assumptions {
 public:
  /// On error  an unknown name or value, with the nearest valid one; nothing is changed.
  Result<Unit, ParseError> Set(std::string_view name, std::string_view value);

  /// The value, without noting it.
  [[nodiscard]] std::string_view value(Assumption assumption) const;
  /// The value, noted as consulted.
  std::string_view Use(Assumption assumption);
  [[nodiscard]] bool consulted(Assumption assumption) const { return consulted_[Place(assumption)] != 0; }

  friend bool operator==(const Assumptions&, const Assumptions&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("choices", self.choices_);
    visit("consulted", self.consulted_);
  }

 private:
  static std::size_t Place(Assumption assumption) { return static_cast<std::size_t>(assumption); }
  std::array<std::uint8_t, kAssumptionCount> choices_{};  // an index into `values`
  std::array<std::uint8_t, kAssumptionCount> consulted_{};
};

}  // namespace crrsim
