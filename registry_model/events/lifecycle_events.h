// What happens to lifecycle policies. registry_model/events.h has the rules and the stream; what an evaluation expires
// is said by ImageDeleted and what follows it.
#pragma once

#include <cstdint>
#include <string_view>

#include "registry_model/names.h"
#include "registry_model/oci/digest.h"

namespace crrsim {

/// A repository's lifecycle policy was evaluated and is about to be carried out: on so many images.
struct LifecycleEvaluated {
  static constexpr std::string_view kName = "LifecycleEvaluated";
  RegistryKey registry;
  RepositoryName repository;
  std::uint64_t expiring = 0;
  std::uint64_t transitioning = 0;

  friend bool operator==(const LifecycleEvaluated&, const LifecycleEvaluated&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("expiring", self.expiring);
    visit("transitioning", self.transitioning);
  }
};

}  // namespace crrsim
