// What the registry policies allow replication at each instant, worked out again from the policies that the events told
// of. Evaluation of a policy is the model's own (registry_model/policy/); who asks for what is written here a second
// time.
//
// Source  ecr-replication.md 3 (1, 2, 7 to 10); assumption `replication_principal`.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "registry_model/assumptions.h"
#include "registry_model/events.h"
#include "registry_model/policy/document.h"

namespace crrsim {

class PolicyHistory {
 public:
  explicit PolicyHistory(const Assumptions& assumptions)
      : principal_(assumptions.value(Assumption::kReplicationPrincipal)) {}

  /// Hears RegistryPolicyChanged.
  void OnEvent(const Event& event);

  /// Whether the destination's policy lets replication from `source` do `action` now: across accounts it must allow it,
  /// within one it must not deny it.
  [[nodiscard]] bool Lets(std::string_view action, const RegistryKey& source, const RegistryKey& destination,
                          const RepositoryName& repository) const;
  /// When the policy of a registry last changed; empty if it never had one.
  [[nodiscard]] std::optional<Instant> ChangedAt(const RegistryKey& registry) const;

 private:
  struct State {
    std::optional<policy::Document> document;  // empty: deleted
    Instant since;
  };
  std::string principal_;
  std::map<RegistryKey, State> policies_;
};

}  // namespace crrsim
