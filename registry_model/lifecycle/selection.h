// WHICH IMAGES A LIFECYCLE POLICY EXPIRES OR ARCHIVES is decided here, by a pure function of the policy, the images of
// the repository and the instant.
//
// - Every rule is evaluated over all images that match its tag status, tags and storage class, as if no other rule had
//   acted; then rules act by priority. An image that matches the tags of a rule is that rule's alone: no rule behind it
//   acts on it, also where the first leaves it be.
// - `tagPrefixList` and `tagPatternList` match an image where each of them matches one of its tags.
// - Images are ordered by the time of their push; by that of their last restore where there was one; while they are
//   archived, by that of their archiving. imageCountMoreThan keeps the youngest in that order. Of equal times the
//   greater digest counts as the younger.
// - An age counts from the push, from the archiving, or from the last pull: from the last restore where there was no
//   pull since, from the push where there was neither. It has to be more than the number of days.
// - An image that an index lists is acted on only if all those indexes are, by the same action, and behind them.
// Order   older images before younger, an index before its children.
//
// Source  ecr-replication.md 10.2 (Lifecycle); user guide, LifecyclePolicies ("evaluation rules").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry_model/lifecycle/policy.h"
#include "registry_model/oci/digest.h"
#include "sim/units.h"

namespace crrsim {

/// What a rule asks about an image.
struct LifecycleImage {
  Digest digest;
  std::vector<std::string> tags;
  std::vector<Digest> children;  // of an index: those that are in the repository
  Instant pushed_at;
  std::optional<Instant> pulled_at;
  std::optional<Instant> transitioned_at;  // of an archived one
  std::optional<Instant> activated_at;     // of one that was archived and restored, the last time
  LifecycleStorageClass storage_class = LifecycleStorageClass::kStandard;
};

struct LifecycleAction {
  Digest digest;
  LifecycleActionType type = LifecycleActionType::kExpire;
  std::int64_t priority = 0;  // of the rule
  friend bool operator==(const LifecycleAction&, const LifecycleAction&) = default;
};

/// Requires images with digests of their own.
std::vector<LifecycleAction> SelectForLifecycle(const LifecyclePolicy& policy,
                                                const std::vector<LifecycleImage>& images, Instant now);

}  // namespace crrsim
