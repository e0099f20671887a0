// Every request of the API, and their list.
//
// A request has `kOperation`, AWS's name of the operation, and `Response`. Members that AWS requires are plain, the
// others std::optional; their names on the wire stand in Fields. Values travel as text and are checked by the
// operation. `registry_id` is the account whose registry is meant, in the region that is called; without it, the
// caller's own.
//
// Not modelled yet: pull-through cache, signing, backfill.
//
// Source  ecr-replication.md 1.2, 10.3.
#pragma once

#include "registry_model/api/account_requests.h"
#include "registry_model/api/archive_requests.h"
#include "registry_model/api/image_requests.h"
#include "registry_model/api/layer_requests.h"
#include "registry_model/api/lifecycle_requests.h"
#include "registry_model/api/policy_requests.h"
#include "registry_model/api/referrer_requests.h"
#include "registry_model/api/replication_requests.h"
#include "registry_model/api/repository_requests.h"
#include "registry_model/api/scan_requests.h"
#include "registry_model/api/scanning_requests.h"
#include "registry_model/api/tag_requests.h"
#include "registry_model/api/template_requests.h"

namespace crrsim {

template <class... Requests>
struct RequestList {};

/// All requests.
using AllRequests =
    RequestList<BatchCheckLayerAvailabilityRequest, BatchDeleteImageRequest, BatchGetImageRequest,
                CompleteLayerUploadRequest, CreateRepositoryRequest, CreateRepositoryCreationTemplateRequest,
                DeleteRegistryPolicyRequest, DeleteRepositoryRequest, DeleteRepositoryCreationTemplateRequest,
                DeleteRepositoryPolicyRequest, DescribeImageReplicationStatusRequest, DescribeImageScanFindingsRequest,
                DescribeImagesRequest, DescribeRegistryRequest, DescribeRepositoriesRequest,
                DescribeRepositoryCreationTemplatesRequest, GetDownloadUrlForLayerRequest, GetRegistryPolicyRequest,
                GetRepositoryPolicyRequest, InitiateLayerUploadRequest, ListImagesRequest, PutImageRequest,
                PutImageTagMutabilityRequest, PutRegistryPolicyRequest, PutReplicationConfigurationRequest,
                SetRepositoryPolicyRequest, StartImageScanRequest, UpdateRepositoryCreationTemplateRequest,
                UploadLayerPartRequest, BatchGetRepositoryScanningConfigurationRequest, GetAccountSettingRequest,
                GetRegistryScanningConfigurationRequest, ListImageReferrersRequest, ListTagsForResourceRequest,
                PutAccountSettingRequest, PutImageScanningConfigurationRequest, PutRegistryScanningConfigurationRequest,
                TagResourceRequest, UntagResourceRequest, UpdateImageStorageClassRequest, DeleteLifecyclePolicyRequest,
                GetLifecyclePolicyRequest, GetLifecyclePolicyPreviewRequest, PutLifecyclePolicyRequest,
                StartLifecyclePolicyPreviewRequest>;

/// A request that may name a registry. The others act on the caller's own.
template <class Request>
concept NamesRegistry = requires(const Request& request) { request.registry_id; };

}  // namespace crrsim
