// Two registries side by side: what of the source is missing at the destination, what is different, what is extra, what
// is on its way, and why, as far as the evidence goes. An outside judge: it shares no code with the replication engine,
// and decides from content, rules and statuses alone.
//
//   const auto comparison = CompareRegistries(source, destination, evidence);
//   if (comparison.ready()) ...   // everything of the source is at the destination
//
// Order: repositories by name, images by digest, tags by text; of one repository the missing first, then settings, then
// what is extra. Errors: none. Determinism: a pure function of its input.
//
// Source  ecr-replication.md 1.4, 2.1, 4, 4.1, 5.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/compare/snapshot.h"

namespace crrsim {

enum class DifferenceKind : std::uint8_t { kMissing, kDifferent, kPending, kExtra, kSetting };
/// `missing`, `different`, `pending`, `extra`, `setting`.
std::string_view NameOf(DifferenceKind kind);

enum class DifferenceReason : std::uint8_t {
  kNoRule,               // no rule of the source takes the repository to the destination
  kBeforeConfiguration,  // a rule does, but nothing was ever queued: pushed before the rule was there
  kNotChained,           // it came by replication itself
  kDenied,               // the destination refused it
  kFailed,               // the copy failed otherwise
  kUnderWay,
  kDeletedAtDestination,
  kImmutableTag,
  kArchived,
  kDeletedAtSource,
  kPushedAtDestination,
  kOwnSettings,  // settings are never replicated
  kUnknown,
};
/// `no-rule`, `before-configuration`, ...
std::string_view NameOf(DifferenceReason reason);

struct Difference {
  DifferenceKind kind = DifferenceKind::kMissing;
  std::string repository;
  std::string digest;             // of an image, at the side that has it; at the source where both have it
  std::string tag;                // of a tag alone
  std::vector<std::string> tags;  // of an image that is missing or extra: those that it has
  std::string subject;            // of a referrer
  std::string setting;            // its name
  std::string source;             // what the tag or the setting is there
  std::string destination;
  DifferenceReason reason = DifferenceReason::kUnknown;
  std::string why;  // a sentence without full stop
};

struct Comparison {
  std::string from;
  std::string to;
  std::string at;  // the instant of a world; empty for documents
  std::size_t images = 0;
  std::size_t tags = 0;  // of the source
  std::size_t same_images = 0;
  std::size_t same_tags = 0;
  std::vector<Difference> differences;
  std::vector<std::string> notes;

  /// Whether the destination could stand in: nothing is missing, different or pending.
  [[nodiscard]] bool ready() const;
  /// Whether nothing differs at all, extra images and settings included.
  [[nodiscard]] bool equal() const { return differences.empty(); }
  [[nodiscard]] std::size_t Count(DifferenceKind kind) const;
};

Comparison CompareRegistries(const RegistrySnapshot& source, const RegistrySnapshot& destination,
                             const ReplicationSnapshot& replication);

/// A table and a verdict; ends with a newline.
std::string ToText(const Comparison& comparison);
/// The members are described in harness/compare/README.md; the schema is scenarios/compare.schema.json.
nlohmann::ordered_json ToJson(const Comparison& comparison);
/// The JSON Schema of ToJson (`crrsim schema --compare`).
nlohmann::ordered_json CompareSchema();

}  // namespace crrsim
