// What a repository remembers for its lifecycle policy. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry_model/lifecycle/policy.h"
#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "sim/units.h"

namespace crrsim {

/// One image that a previewed policy would act on.
struct LifecyclePreviewResult {
  Digest digest;
  std::vector<Tag> tags;
  Instant pushed_at;
  LifecycleStorageClass storage_class = LifecycleStorageClass::kStandard;
  LifecycleActionType action = LifecycleActionType::kExpire;
  std::int64_t priority = 0;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("digest", self.digest);
    visit("tags", self.tags);
    visit("pushedAt", self.pushed_at);
    visit("storageClass", self.storage_class);
    visit("action", self.action);
    visit("priority", self.priority);
  }
};

/// The preview that was started last: of the images that were there at its start, shown once it is complete.
struct LifecyclePreview {
  std::string policy_text;
  Instant started_at;
  std::vector<LifecyclePreviewResult> results;  // in the order in which they would go
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("policyText", self.policy_text);
    visit("startedAt", self.started_at);
    visit("results", self.results);
  }
};

struct LifecycleState {
  std::optional<Instant> evaluated_at;  // the present policy
  std::optional<LifecyclePreview> preview;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("evaluatedAt", self.evaluated_at);
    visit("preview", self.preview);
  }
};

/// A manifest that others here name as their subject, whether it is here or not.
struct ReferredSubject {
  std::int64_t referrers = 0;
  bool was_deleted = false;  // and did not come again
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("referrers", self.referrers);
    visit("wasDeleted", self.was_deleted);
  }
};

}  // namespace crrsim
