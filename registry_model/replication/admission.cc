#include "registry_model/replication/admission.h"

#include "registry_model/mutants.h"

#include <fmt/format.h>

namespace crrsim {

namespace {

constexpr std::string_view kReplicate = "ecr:ReplicateImage";
constexpr std::string_view kDelete = "ecr:BatchDeleteImage";
constexpr std::string_view kCreate = "ecr:CreateRepository";
constexpr std::string_view kTag = "ecr:TagResource";
constexpr std::string_view kServiceName = "replication.ecr.amazonaws.com";

/// Who asks the destination, and what the request says about itself.
policy::Request RequestFor(const RegistryKey& source, const RegistryKey& destination, const RepositoryName& repository,
                           std::string_view principal) {
  const auto account = source.account.text();
  const auto partition = PartitionOf(source.region);
  std::string name;
  policy::Request request;
  request.context.Set("aws:RequestedRegion", {std::string(destination.region.text())});
  if (principal == "service") {
    name = kServiceName;
    request.context.Set("aws:SourceAccount", {account});
  } else {
    name = principal == "root" ? fmt::format("arn:{}:iam::{}:root", partition, account)
                               : fmt::format("arn:{}:iam::{}:role/aws-service-role/{}/AWSServiceRoleForECRReplication",
                                             partition, account, kServiceName);
    request.context.Set("aws:PrincipalAccount", {account});
    request.context.Set("aws:PrincipalArn", {name});
  }
  auto parsed = policy::Principal::Parse(name);
  CRRSIM_CHECK(parsed.ok(), "'{}' is no principal", name);
  request.principal = *std::move(parsed);
  request.resource = RepositoryArn(destination, repository);
  return request;
}

/// The destination's policy as the source's requests meet it.
class Gate {
 public:
  Gate(const Registry& destination, const RegistryKey& source, const RepositoryName& repository,
       Assumptions& assumptions)
      : policy_(destination.policy ? &destination.policy->document() : nullptr),
        own_account_(destination.key.account == source.account) {
    if (policy_ == nullptr) return;
    request_ = ReplicationRequest(source, destination.key, repository, assumptions);
  }

  bool Lets(std::string_view action) {
    if (policy_ == nullptr && Mutated(Mutant::kOwnAccountNeedsAGrant)) return false;
    if (policy_ == nullptr) return own_account_ || Mutated(Mutant::kNoPolicyLetsIn);
    request_.action = action;
    const auto outcome = policy::Evaluate(*policy_, request_).outcome;
    return outcome == policy::Outcome::kAllowed || (own_account_ && outcome == policy::Outcome::kImplicitlyDenied);
  }

 private:
  const policy::Document* policy_;
  bool own_account_;
  policy::Request request_;
};

Admission Refused(FailureCode failure, std::string_view action) { return {failure, std::string(action), std::nullopt}; }

}  // namespace

policy::Request ReplicationRequest(const RegistryKey& source, const RegistryKey& destination,
                                   const RepositoryName& repository, Assumptions& assumptions) {
  return RequestFor(source, destination, repository, assumptions.Use(Assumption::kReplicationPrincipal));
}

Admission DecideDeletion(const Registry& destination, const RegistryKey& source, const RepositoryName& repository,
                         Assumptions& assumptions) {
  Gate gate(destination, source, repository, assumptions);
  auto action = kReplicate;
  if (destination.policy && assumptions.Use(Assumption::kDeletePermission) == "batch-delete-image") action = kDelete;
  return gate.Lets(action) ? Admission{} : Refused(FailureCode::kAccessDenied, action);
}

Admission DecideAdmission(const Registry& destination, const RegistryKey& source, const RepositoryName& repository,
                          Assumptions& assumptions) {
  Gate gate(destination, source, repository, assumptions);
  if (!gate.Lets(kReplicate)) return Refused(FailureCode::kAccessDenied, kReplicate);
  if (destination.Find(repository) != nullptr) return {};
  if (!Mutated(Mutant::kReplicateMayCreate) && !gate.Lets(kCreate))
    return Refused(FailureCode::kRepositoryNotFound, kCreate);

  auto creation = DecideCreation(destination, repository, "REPLICATION", assumptions);
  if (creation.outcome == CreationOutcome::kTemplateWithoutRole) return Refused(FailureCode::kRepositoryNotCreated, {});
  const bool tags = !creation.settings.resource_tags.empty() && !Mutated(Mutant::kTaggingNeedsNoGrant);
  if (tags && !gate.Lets(kTag)) {
    return Refused(FailureCode::kRepositoryNotCreated, kTag);
  }
  Admission admission;
  admission.creation = std::move(creation);
  return admission;
}

}  // namespace crrsim
