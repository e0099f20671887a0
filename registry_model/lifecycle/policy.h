// A repository's lifecycle policy: its parser and what it says.
//
//   {"rules": [{"rulePriority": 1, "description": "...", "selection": {...}, "action": {"type": "expire"}}]}
//
// Limits and rules of the parser: at most 50 rules; unique priorities from 1; `tagged` with either prefixes or patterns
// (at most four `*` in each), nothing of the kind with `untagged` and `any`; of each storage class at most one rule for
// untagged images, no two with the same prefixes or patterns, and a rule for `any` behind all others; `countUnit` is
// `days` beside an age and absent beside a number; numbers from 1; `transition` has the target `archive` and begins at
// `standard`. Images are archived, not expired, by when they were last pulled, and an archived image is expired by when
// it was archived. Unknown members are refused. Who asks checks the length of the text.
//
// Errors  name the place: `1:86: /rules/0/selection/countNumber: found a number (0), expected ...`.
// Source  ecr-replication.md 8 (length, rules), 10.2 (Lifecycle); user guide, lifecycle_policy_parameters and
//         LifecyclePolicies ("evaluation rules").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"

namespace crrsim {

/// Characters of a policy's text.
inline constexpr std::int64_t kLifecyclePolicyLengthMax = 30'720;
inline constexpr std::size_t kLifecycleRulesMax = 50;
inline constexpr std::int64_t kTagPatternWildcardsMax = 4;

enum class LifecycleTagStatus : std::uint8_t { kTagged, kUntagged, kAny };
enum class LifecycleCountType : std::uint8_t {
  kImageCountMoreThan,
  kSinceImagePushed,
  kSinceImagePulled,
  kSinceImageTransitioned,
};
enum class LifecycleActionType : std::uint8_t { kExpire, kTransition };
/// `EXPIRE`, `TRANSITION`.
std::string_view NameOf(LifecycleActionType action);
enum class LifecycleStorageClass : std::uint8_t { kStandard, kArchive };
/// `STANDARD`, `ARCHIVE`.
std::string_view NameOf(LifecycleStorageClass storage_class);

struct LifecycleRule {
  std::int64_t priority = 0;
  std::string description;
  LifecycleTagStatus tag_status = LifecycleTagStatus::kAny;
  std::vector<std::string> tag_prefixes;  // of kTagged: these, or patterns
  std::vector<std::string> tag_patterns;
  LifecycleStorageClass storage_class = LifecycleStorageClass::kStandard;
  LifecycleCountType count_type = LifecycleCountType::kImageCountMoreThan;
  std::int64_t count_number = 0;  // images, or days
  LifecycleActionType action = LifecycleActionType::kExpire;
};

struct LifecyclePolicy {
  std::vector<LifecycleRule> rules;  // by ascending priority: the first is applied first
};

/// On error  the first mistake and its place.
Result<LifecyclePolicy, ParseError> ParseLifecyclePolicy(std::string_view text);

}  // namespace crrsim
