#include "registry_model/api/wire.h"

#include <algorithm>
#include <array>

#include "registry_model/api/json_codec.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/response_path.h"
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"

namespace crrsim {

namespace {

template <class... Requests>
constexpr auto NamesOf(RequestList<Requests...>) {
  std::array<std::string_view, sizeof...(Requests)> names = {Requests::kOperation...};
  // Names are unique: a total order.
  std::sort(names.begin(), names.end());
  return names;
}

constexpr auto kOperations = NamesOf(AllRequests{});

using Runner = ApiResult<nlohmann::json> (*)(ApiContext&, const nlohmann::json&);

template <class Request>
ApiResult<nlohmann::json> Run(ApiContext& context, const nlohmann::json& json) {
  const auto request = DecodeJson<Request>(json);
  if (!request) {
    return Refuse(exception::kInvalidParameter,
                  fmt::format("The request to {} cannot be read: {}", Request::kOperation, request.error().message));
  }
  const auto response = Execute(context, *request);
  if (!response) return response.error();
  auto encoded = EncodeJson(*response);
  if (Mutated(Mutant::kFindingsAreSummarised) && encoded.contains("imageDetails")) {
    for (auto& detail : encoded["imageDetails"]) detail["imageScanFindingsSummary"] = nlohmann::json::object();
  }
  return encoded;
}

template <class Request>
std::optional<std::string> DecodeProblem(const nlohmann::json& json) {
  const auto request = DecodeJson<Request>(json);
  return request ? std::nullopt : std::optional(request.error().message);
}

template <class... Requests>
std::optional<std::string> ProblemAmong(std::string_view operation, const nlohmann::json& json,
                                        RequestList<Requests...>) {
  std::optional<std::string> problem;
  ((Requests::kOperation == operation ? void(problem = DecodeProblem<Requests>(json)) : void()), ...);
  return problem;
}

template <class... Requests>
std::optional<std::string> PathProblemAmong(std::string_view operation, std::span<const std::string> path,
                                            RequestList<Requests...>) {
  std::optional<std::string> problem;
  const auto answer = fmt::format("the answer to {}", operation);
  ((Requests::kOperation == operation ? void(problem = internal::PathProblem<typename Requests::Response>(path, answer))
                                      : void()),
   ...);
  return problem;
}

template <class... Requests>
Runner RunnerFor(std::string_view operation, RequestList<Requests...>) {
  Runner runner = nullptr;
  ((Requests::kOperation == operation ? void(runner = &Run<Requests>) : void()), ...);
  return runner;
}

}  // namespace

ApiResult<nlohmann::json> ExecuteJson(ApiContext& context, std::string_view operation, const nlohmann::json& request) {
  const auto runner = RunnerFor(operation, AllRequests{});
  if (runner == nullptr) {
    return Refuse(exception::kUnknownOperation,
                  fmt::format("'{}' is not an operation{}", operation, DidYouMean(operation, kOperations)));
  }
  return runner(context, request);
}

std::optional<std::string> ProblemOfRequest(std::string_view operation, const nlohmann::json& request) {
  return ProblemAmong(operation, request, AllRequests{});
}

std::optional<std::string> ProblemOfResponsePath(std::string_view operation, std::span<const std::string> path) {
  return PathProblemAmong(operation, path, AllRequests{});
}

std::span<const std::string_view> KnownOperations() { return kOperations; }

}  // namespace crrsim
