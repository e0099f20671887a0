// The API in its wire form: an operation's name and a JSON request in, a JSON response out.
//
// json_codec.h says how requests are read; what it cannot read is InvalidParameterException with the place in the
// request. Simulated clients' own requests (client_requests.h) have no wire form.
//
//   auto answer = ExecuteJson(context, "CreateRepository", {{"repositoryName", "team/api"}});
//
// Source  ecr-replication.md 1.1, 10.3.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "registry_model/api/context.h"

namespace crrsim {

/// On error  UnknownOperationException with the nearest name, InvalidParameterException for a request that cannot be
///           read, else what the operation answers; nothing was changed.
ApiResult<nlohmann::json> ExecuteJson(ApiContext& context, std::string_view operation, const nlohmann::json& request);

/// Order  by name.
std::span<const std::string_view> KnownOperations();

/// What is wrong with the shape of a request (an unknown, missing or mistyped member), before anyone looks at its
/// values; empty when it can be read. Requires a known operation.
std::optional<std::string> ProblemOfRequest(std::string_view operation, const nlohmann::json& request);

/// What is wrong with a path of members into the response of an operation, such as `repository`, `repositoryUri`: a
/// member that the response does not have, with the nearest that it has. An item of a list is named by its number, from
/// 0. Empty when a response can have such a member, and for an unknown operation.
std::optional<std::string> ProblemOfResponsePath(std::string_view operation, std::span<const std::string> path);

}  // namespace crrsim
