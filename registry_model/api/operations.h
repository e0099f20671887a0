// Every API operation of the model: one overload of Execute a request, in one file a family (images.cc,
// repositories.cc, ...).
//
// Each validates, authorises, then changes the registry and emits events, in that order; on an error nothing was
// changed. The run of a call takes no virtual time: whoever models a client adds the latency.
#pragma once

#include "registry_model/api/context.h"
#include "registry_model/api/requests.h"

namespace crrsim {

ApiResult<CreateRepositoryResponse> Execute(ApiContext& context, const CreateRepositoryRequest& request);

}  // namespace crrsim
