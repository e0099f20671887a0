// The replication configuration of a registry, and the replication status of an image.
//
// Source  ecr-replication.md 1.2, 1.4 (1 to 3, 16), 5.
#include "registry_model/api/find_image.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/replication_shapes.h"
#include "registry_model/mutants.h"

namespace crrsim {

ApiResult<PutReplicationConfigurationResponse> Execute(ApiContext& context,
                                                       const PutReplicationConfigurationRequest& request) {
  auto configuration =
      ReadConfiguration(request.replication_configuration, context.registry.key, context.options, context.assumptions);
  if (!configuration) return configuration.error();
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:PutReplicationConfiguration"); !allowed) {
    return allowed.error();
  }
  if (Mutated(Mutant::kPutIsMerged)) {
    const auto& before = context.registry.replication.rules;
    configuration->rules.insert(configuration->rules.begin(), before.begin(), before.end());
  }
  context.registry.replication = *std::move(configuration);
  const auto account = context.registry.key.account;
  if (!Mutated(Mutant::kRoleIsNeverMade) && context.replication_roles.insert(account).second)
    context.events.Emit<ReplicationRoleCreated>(account);
  context.events.Emit<ReplicationConfigured>(context.registry.key, context.registry.replication);
  if (Mutated(Mutant::kPutAnswersNothing)) return PutReplicationConfigurationResponse{};
  return PutReplicationConfigurationResponse{request.replication_configuration};
}

ApiResult<DescribeRegistryResponse> Execute(ApiContext& context, const DescribeRegistryRequest&) {
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:DescribeRegistry"); !allowed) return allowed.error();
  if (Mutated(Mutant::kUnconfiguredIsAnError) && context.registry.replication.rules.empty()) {
    return Refuse(exception::kValidation, "The registry has no replication configuration");
  }
  return DescribeRegistryResponse{context.registry_id(), ShapeOf(context.registry.replication)};
}

ApiResult<DescribeImageReplicationStatusResponse> Execute(ApiContext& context,
                                                          const DescribeImageReplicationStatusRequest& request) {
  const auto opened = OpenRepository(context, "ecr:DescribeImageReplicationStatus", request.repository_name);
  if (!opened) return opened.error();
  const auto image = RequireImage(context, **opened, request.image_id);
  if (!image && Mutated(Mutant::kUnknownImageHasNoStatus)) return DescribeImageReplicationStatusResponse{};
  if (!image) return image.error();

  const auto& digest = (*image)->manifest->digest;
  DescribeImageReplicationStatusResponse response;
  response.repository_name = request.repository_name;
  response.image_id = {digest.text(), request.image_id.image_tag};
  for (const auto& entry : context.statuses.StatusOf({context.registry.key, (*opened)->name, digest})) {
    auto& shown = response.replication_statuses.emplace_back();
    shown.region = entry.destination.region.text();
    shown.registry_id = entry.destination.account.text();
    shown.status = NameOf(entry.status);
    const bool has_code = entry.status == ReplicationStatus::kFailed || Mutated(Mutant::kFailureCodeForAll);
    if (has_code) shown.failure_code = NameOf(entry.failure);
  }
  return response;
}

}  // namespace crrsim
