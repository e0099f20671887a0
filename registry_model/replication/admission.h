// WHETHER A CROSS-ACCOUNT COPY OR DELETION IS ALLOWED is decided here, by a pure function of the destination registry
// and the source account.
//
// Within one account nothing has to be granted; a Deny of the registry's policy still denies. Another account needs
// `ecr:ReplicateImage` from the destination registry's policy, and `ecr:CreateRepository` too where the repository has
// to be created, and `ecr:TagResource` too where the creation template sets resource tags. The resource is the
// destination repository; the principal is the source account's replication role (assumption `replication_principal`),
// which a grant to the account's root covers. Condition keys of the request: aws:PrincipalAccount, aws:PrincipalArn
// (or, for the service as principal, aws:SourceAccount) and aws:RequestedRegion.
//
// Source  ecr-replication.md 1.6 (6), 2.6 (6, 7), 3 (1 to 4, 7 to 10).
#pragma once

#include <optional>
#include <string>

#include "registry_model/assumptions.h"
#include "registry_model/policy/evaluate.h"
#include "registry_model/registry/creation.h"
#include "registry_model/registry/registry.h"
#include "registry_model/replication/job.h"

namespace crrsim {

struct Admission {
  /// kAccessDenied, kRepositoryNotFound, kRepositoryNotCreated, or none: admitted.
  FailureCode failure = FailureCode::kNone;
  std::string refused_action;  // the action that the policy does not allow; empty when it allows all
  /// Set when the repository has to be created first.
  std::optional<CreationDecision> creation;

  [[nodiscard]] bool admitted() const { return failure == FailureCode::kNone; }
};

/// Reads the destination as it is now; changes nothing.
Admission DecideAdmission(const Registry& destination, const RegistryKey& source, const RepositoryName& repository,
                          Assumptions& assumptions);

/// Whether the destination lets a deletion of the source happen: the same rule as for a copy, about the action of
/// assumption `delete_permission`. A repository that is absent is no hindrance.
Admission DecideDeletion(const Registry& destination, const RegistryKey& source, const RepositoryName& repository,
                         Assumptions& assumptions);

/// What the destination's policy is asked about: principal, resource and condition keys. The action is left to fill in.
policy::Request ReplicationRequest(const RegistryKey& source, const RegistryKey& destination,
                                   const RepositoryName& repository, Assumptions& assumptions);

}  // namespace crrsim
