// WHETHER A CROSS-ACCOUNT COPY IS ALLOWED is decided here, by a pure function of the destination registry and the
// source account.
//
// Within one account nothing has to be granted. Another account needs `ecr:ReplicateImage` from the destination
// registry's policy, and `ecr:CreateRepository` too where the repository has to be created. The resource is the
// destination repository; the principal is the source account's replication role (assumption `replication_principal`),
// which a grant to the account's root covers.
//
// Source  ecr-replication.md 3 (1 to 4, 7 to 10).
#pragma once

#include <string>

#include "registry_model/assumptions.h"
#include "registry_model/registry/creation.h"
#include "registry_model/registry/registry.h"
#include "registry_model/replication/job.h"

namespace crrsim {

struct Admission {
  FailureCode failure =
      FailureCode::kNone;      // kAccessDenied, kRepositoryNotFound, kRepositoryNotCreated, or none: admitted
  std::string refused_action;  // `ecr:ReplicateImage` or `ecr:CreateRepository`; empty when admitted
  /// Set when the repository has to be created first.
  std::optional<CreationDecision> creation;

  [[nodiscard]] bool admitted() const { return failure == FailureCode::kNone; }
};

/// Reads the destination as it is now; changes nothing.
Admission DecideAdmission(const Registry& destination, const RegistryKey& source, const RepositoryName& repository,
                          Assumptions& assumptions);

}  // namespace crrsim
