#include "harness/lint/linter.h"

namespace crrsim {

const std::vector<std::string_view>& KnownRegions() {
  static const std::vector<std::string_view> kRegions = {
      "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "af-south-1",     "ap-east-1",
      "ap-east-2",      "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",     "ap-south-2",
      "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
      "ap-southeast-7", "ca-central-1",   "ca-west-1",      "eu-central-1",   "eu-central-2",   "eu-north-1",
      "eu-south-1",     "eu-south-2",     "eu-west-1",      "eu-west-2",      "eu-west-3",      "il-central-1",
      "me-central-1",   "me-south-1",     "mx-central-1",   "sa-east-1",      "cn-north-1",     "cn-northwest-1",
      "us-gov-east-1",  "us-gov-west-1"};
  return kRegions;
}

const std::vector<std::string_view>& KnownActions() {
  // The operations of the API, and what is only ever allowed: ReplicateImage, BatchImportUpstreamImage.
  static const std::vector<std::string_view> kActions = {"BatchCheckLayerAvailability",
                                                         "BatchDeleteImage",
                                                         "BatchGetImage",
                                                         "BatchGetRepositoryScanningConfiguration",
                                                         "BatchImportUpstreamImage",
                                                         "CompleteLayerUpload",
                                                         "CreatePullThroughCacheRule",
                                                         "CreateRepository",
                                                         "CreateRepositoryCreationTemplate",
                                                         "DeleteLifecyclePolicy",
                                                         "DeletePullThroughCacheRule",
                                                         "DeleteRegistryPolicy",
                                                         "DeleteRepository",
                                                         "DeleteRepositoryCreationTemplate",
                                                         "DeleteRepositoryPolicy",
                                                         "DeleteSigningConfiguration",
                                                         "DeregisterPullTimeUpdateExclusion",
                                                         "DescribeImageReplicationStatus",
                                                         "DescribeImageScanFindings",
                                                         "DescribeImageSigningStatus",
                                                         "DescribeImages",
                                                         "DescribePullThroughCacheRules",
                                                         "DescribeRegistry",
                                                         "DescribeReplicationBackfillResults",
                                                         "DescribeRepositories",
                                                         "DescribeRepositoryCreationTemplates",
                                                         "GetAccountSetting",
                                                         "GetAuthorizationToken",
                                                         "GetDownloadUrlForLayer",
                                                         "GetLifecyclePolicy",
                                                         "GetLifecyclePolicyPreview",
                                                         "GetRegistryPolicy",
                                                         "GetRegistryScanningConfiguration",
                                                         "GetRepositoryPolicy",
                                                         "GetSigningConfiguration",
                                                         "InitiateLayerUpload",
                                                         "ListImageReferrers",
                                                         "ListImages",
                                                         "ListPullTimeUpdateExclusions",
                                                         "ListReplicationBackfills",
                                                         "ListTagsForResource",
                                                         "PutAccountSetting",
                                                         "PutImage",
                                                         "PutImageScanningConfiguration",
                                                         "PutImageTagMutability",
                                                         "PutLifecyclePolicy",
                                                         "PutRegistryPolicy",
                                                         "PutRegistryScanningConfiguration",
                                                         "PutReplicationConfiguration",
                                                         "PutSigningConfiguration",
                                                         "RegisterPullTimeUpdateExclusion",
                                                         "ReplicateImage",
                                                         "SetRepositoryPolicy",
                                                         "StartImageScan",
                                                         "StartLifecyclePolicyPreview",
                                                         "StartReplicationBackfill",
                                                         "StopReplicationBackfill",
                                                         "TagResource",
                                                         "UntagResource",
                                                         "UpdateImageStorageClass",
                                                         "UpdatePullThroughCacheRule",
                                                         "UpdateRepositoryCreationTemplate",
                                                         "UploadLayerPart",
                                                         "ValidatePullThroughCacheRule"};
  return kActions;
}

}  // namespace crrsim
