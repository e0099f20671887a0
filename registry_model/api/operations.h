// Every API operation of the model: one overload of Execute a request, in one file a family (repositories.cc,
// put_image.cc, import_upstream.cc, images.cc, delete_images.cc, layers.cc, policies.cc, replication.cc, backfills.cc,
// templates.cc, lifecycle.cc, scans.cc, scanning.cc, archive.cc, referrers.cc, account.cc, tags.cc).
//
// Each validates, authorises, then changes the registry and emits events, in that order; on an error nothing was
// changed. The run of a call takes no virtual time: whoever models a client adds the latency.
//
// Reading order: requests.h (what is asked), context.h (who asks whom), this file, then a family.
#pragma once

#include <optional>
#include <string>

#include "registry_model/api/client_requests.h"
#include "registry_model/api/context.h"
#include "registry_model/api/requests.h"

namespace crrsim {

// repositories.cc
ApiResult<CreateRepositoryResponse> Execute(ApiContext& context, const CreateRepositoryRequest& request);
ApiResult<DescribeRepositoriesResponse> Execute(ApiContext& context, const DescribeRepositoriesRequest& request);
ApiResult<DeleteRepositoryResponse> Execute(ApiContext& context, const DeleteRepositoryRequest& request);
ApiResult<PutImageTagMutabilityResponse> Execute(ApiContext& context, const PutImageTagMutabilityRequest& request);

// put_image.cc
ApiResult<PutImageResponse> Execute(ApiContext& context, const PutImageRequest& request);
ApiResult<PutParsedImageResponse> Execute(ApiContext& context, const PutParsedImageRequest& request);

// import_upstream.cc
ApiResult<ImportUpstreamImageResponse> Execute(ApiContext& context, const ImportUpstreamImageRequest& request);

// images.cc, delete_images.cc
ApiResult<BatchGetImageResponse> Execute(ApiContext& context, const BatchGetImageRequest& request);
ApiResult<ListImagesResponse> Execute(ApiContext& context, const ListImagesRequest& request);
ApiResult<DescribeImagesResponse> Execute(ApiContext& context, const DescribeImagesRequest& request);
ApiResult<BatchDeleteImageResponse> Execute(ApiContext& context, const BatchDeleteImageRequest& request);

// layers.cc
ApiResult<InitiateLayerUploadResponse> Execute(ApiContext& context, const InitiateLayerUploadRequest& request);
ApiResult<UploadLayerPartResponse> Execute(ApiContext& context, const UploadLayerPartRequest& request);
ApiResult<CompleteLayerUploadResponse> Execute(ApiContext& context, const CompleteLayerUploadRequest& request);
ApiResult<BatchCheckLayerAvailabilityResponse> Execute(ApiContext& context,
                                                       const BatchCheckLayerAvailabilityRequest& request);
ApiResult<GetDownloadUrlForLayerResponse> Execute(ApiContext& context, const GetDownloadUrlForLayerRequest& request);
ApiResult<UploadBlobResponse> Execute(ApiContext& context, const UploadBlobRequest& request);

// policies.cc
ApiResult<PutRegistryPolicyResponse> Execute(ApiContext& context, const PutRegistryPolicyRequest& request);
ApiResult<GetRegistryPolicyResponse> Execute(ApiContext& context, const GetRegistryPolicyRequest& request);
ApiResult<DeleteRegistryPolicyResponse> Execute(ApiContext& context, const DeleteRegistryPolicyRequest& request);
ApiResult<SetRepositoryPolicyResponse> Execute(ApiContext& context, const SetRepositoryPolicyRequest& request);
ApiResult<GetRepositoryPolicyResponse> Execute(ApiContext& context, const GetRepositoryPolicyRequest& request);
ApiResult<DeleteRepositoryPolicyResponse> Execute(ApiContext& context, const DeleteRepositoryPolicyRequest& request);

// replication.cc
ApiResult<PutReplicationConfigurationResponse> Execute(ApiContext& context,
                                                       const PutReplicationConfigurationRequest& request);
ApiResult<DescribeRegistryResponse> Execute(ApiContext& context, const DescribeRegistryRequest& request);
ApiResult<DescribeImageReplicationStatusResponse> Execute(ApiContext& context,
                                                          const DescribeImageReplicationStatusRequest& request);

// backfills.cc
ApiResult<StartReplicationBackfillResponse> Execute(ApiContext& context,
                                                    const StartReplicationBackfillRequest& request);
ApiResult<StopReplicationBackfillResponse> Execute(ApiContext& context, const StopReplicationBackfillRequest& request);
ApiResult<ListReplicationBackfillsResponse> Execute(ApiContext& context,
                                                    const ListReplicationBackfillsRequest& request);
ApiResult<DescribeReplicationBackfillResultsResponse> Execute(ApiContext& context,
                                                              const DescribeReplicationBackfillResultsRequest& request);

// templates.cc
ApiResult<CreateRepositoryCreationTemplateResponse> Execute(ApiContext& context,
                                                            const CreateRepositoryCreationTemplateRequest& request);
ApiResult<UpdateRepositoryCreationTemplateResponse> Execute(ApiContext& context,
                                                            const UpdateRepositoryCreationTemplateRequest& request);
ApiResult<DeleteRepositoryCreationTemplateResponse> Execute(ApiContext& context,
                                                            const DeleteRepositoryCreationTemplateRequest& request);
ApiResult<DescribeRepositoryCreationTemplatesResponse> Execute(
    ApiContext& context, const DescribeRepositoryCreationTemplatesRequest& request);

// lifecycle.cc
ApiResult<PutLifecyclePolicyResponse> Execute(ApiContext& context, const PutLifecyclePolicyRequest& request);
ApiResult<GetLifecyclePolicyResponse> Execute(ApiContext& context, const GetLifecyclePolicyRequest& request);
ApiResult<GetLifecyclePolicyResponse> Execute(ApiContext& context, const DeleteLifecyclePolicyRequest& request);
ApiResult<StartLifecyclePolicyPreviewResponse> Execute(ApiContext& context,
                                                       const StartLifecyclePolicyPreviewRequest& request);
ApiResult<GetLifecyclePolicyPreviewResponse> Execute(ApiContext& context,
                                                     const GetLifecyclePolicyPreviewRequest& request);

// scans.cc
ApiResult<StartImageScanResponse> Execute(ApiContext& context, const StartImageScanRequest& request);
ApiResult<DescribeImageScanFindingsResponse> Execute(ApiContext& context,
                                                     const DescribeImageScanFindingsRequest& request);

// scanning.cc
ApiResult<PutRegistryScanningConfigurationResponse> Execute(ApiContext& context,
                                                            const PutRegistryScanningConfigurationRequest& request);
ApiResult<GetRegistryScanningConfigurationResponse> Execute(ApiContext& context,
                                                            const GetRegistryScanningConfigurationRequest& request);
ApiResult<BatchGetRepositoryScanningConfigurationResponse> Execute(
    ApiContext& context, const BatchGetRepositoryScanningConfigurationRequest& request);
ApiResult<PutImageScanningConfigurationResponse> Execute(ApiContext& context,
                                                         const PutImageScanningConfigurationRequest& request);

// archive.cc
ApiResult<UpdateImageStorageClassResponse> Execute(ApiContext& context, const UpdateImageStorageClassRequest& request);

// referrers.cc
ApiResult<ListImageReferrersResponse> Execute(ApiContext& context, const ListImageReferrersRequest& request);

// account.cc
ApiResult<PutAccountSettingResponse> Execute(ApiContext& context, const PutAccountSettingRequest& request);
ApiResult<GetAccountSettingResponse> Execute(ApiContext& context, const GetAccountSettingRequest& request);

// tags.cc
ApiResult<TagResourceResponse> Execute(ApiContext& context, const TagResourceRequest& request);
ApiResult<UntagResourceResponse> Execute(ApiContext& context, const UntagResourceRequest& request);
ApiResult<ListTagsForResourceResponse> Execute(ApiContext& context, const ListTagsForResourceRequest& request);

/// The account whose registry a request names; nothing where it means, or can only mean, the caller's own.
template <class Request>
std::optional<std::string> RegistryIdOf(const Request& request) {
  if constexpr (NamesRegistry<Request>) {
    return request.registry_id;
  } else {
    return std::nullopt;
  }
}

/// The repository that a request names, as it names it; empty where it names none, or several.
template <class Request>
std::string_view RepositoryNameOf(const Request& request) {
  if constexpr (requires { std::string_view(request.repository_name); }) {
    return request.repository_name;
  } else {
    return {};
  }
}

}  // namespace crrsim
