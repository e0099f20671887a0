// Repositories that ECR makes on a caller's behalf: of a push, where a creation template for CREATE_ON_PUSH covers the
// name, and of the pull-through cache, with a template for PULL_THROUGH_CACHE or else the defaults.
//
// A push makes its repository with its first layer upload, since every image has a config to upload; PutImage makes
// none. What the caller needs for it is assumption `create_on_push`.
//
// Source  ecr-replication.md 2.5 (CREATE_ON_PUSH), 2.6, 11.
#pragma once

#include <span>
#include <string_view>

#include "registry_model/api/context.h"

namespace crrsim {

/// The repository that an upload names, once the caller may do all of `actions` with it; made where a template for
/// pushes covers its name, and then the caller has to be allowed ecr:CreateRepository, too.
/// Requires  everything else about the request was checked, since on an error nothing may have changed.
/// On error  as OpenRepository, or LimitExceededException where the registry is full.
ApiResult<const Repository*> OpenForUpload(ApiContext& context, std::span<const std::string_view> actions,
                                           std::string_view repository_name);

/// The same for the pull-through cache, which makes every repository that it lacks.
ApiResult<const Repository*> OpenForImport(ApiContext& context, std::string_view repository_name);

}  // namespace crrsim
