// Every key of the scenario language, listed once.
//
// The loader reads through this table (a key that is not here cannot be asked for), and the JSON Schema is made of it.
// So neither knows a key that the other does not.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crrsim {

enum class ValueKind : std::uint8_t {
  kText,
  kYesNo,            // true or false
  kInteger,          // not negative
  kSeed,             // 0 to 2^53 - 1
  kDuration,         // 30m
  kBytes,            // 48MiB
  kRate,             // 250MB/s
  kInstant,          // 2026-11-01T00:00:00Z
  kInstantOrOffset,  // an instant, or a duration from the start
  kMonth,            // 2026-11
  kPercent,          // 50%
  kFraction,         // 0.1%
  kRegion,
  kRegistry,  // account/region
  kRepository,
  kReference,  // repository:tag or repository@sha256:...
  kDigest,
  kEnum,      // one of `values`
  kDocument,  // any JSON, or file://...
  kJson,      // any JSON
  kTextList,
  kTextMap,   // names to text
  kCountMap,  // names, each one of `values`, to integers
  kBytesList,
  kRegionList,
  kRegistryList,
  kFindings,        // none, or a kCountMap
  kObject,          // of `section`
  kObjectList,      // of `section`
  kObjectMap,       // names to `section`
  kPresetOrObject,  // a name, or `section`
  kClaim,           // one of the claims
};

enum class Need : std::uint8_t { kOptional, kRequired };

struct KeySpec {
  std::string_view name;
  ValueKind kind = ValueKind::kText;
  Need need = Need::kOptional;
  std::string_view help;
  std::vector<std::string_view> values = {};  // of kEnum, kCountMap, kFindings
  std::string_view section = {};              // of the kinds that hold objects
};

/// What one kind of map may hold.
struct Section {
  std::string_view name;
  std::string_view help;
  std::vector<KeySpec> keys;

  [[nodiscard]] const KeySpec* Find(std::string_view key) const;
};

/// Requires a section of that name; a Defect otherwise.
const Section& SectionOf(std::string_view name);
/// Sections named `step ...` (one a verb; its first key is the verb) and `claim ...` (its first key is what it is
/// about).
std::span<const Section> AllSections();
/// The keys that every step may have besides its own.
const Section& CommonStepKeys();

}  // namespace crrsim
