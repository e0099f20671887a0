#include "harness/scenario/documents.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace crrsim {

namespace {

constexpr std::string_view kFileScheme = "file://";

/// A policy as text: an object is serialised.
void PutAsText(nlohmann::json& request, const std::string& member) {
  const auto found = request.find(member);
  if (found != request.end() && found->is_object()) *found = found->dump();
}

}  // namespace

std::optional<std::string> ReadFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || file.bad()) return std::nullopt;
  return std::move(text).str();
}

std::optional<nlohmann::json> ReadDocument(LoadContext& context, const Node& value) {
  if (!value.IsScalar() || !value.text.starts_with(kFileScheme)) {
    if (value.IsMap()) return ToJson(value);
    context.Refuse(value.place,
                   fmt::format("found {}, expected a request as a map, or file://PATH", DescriptionOf(value)));
    return std::nullopt;
  }
  const auto name = value.text.substr(kFileScheme.size());
  const auto path = (std::filesystem::path(context.path).parent_path() / name).lexically_normal().string();
  const auto text = ReadFile(path);
  if (!text) {
    context.Refuse(value.place, fmt::format("there is no document {} (file:// is relative to the scenario)", path));
    return std::nullopt;
  }
  const auto document = ParseYaml(*text, path);
  if (!document) {
    for (const auto& diagnostic : document.error().all) context.diagnostics.push_back(diagnostic);
    return std::nullopt;
  }
  if (!document->IsMap()) {
    context.Refuse(document->place, fmt::format("found {}, expected a JSON object", DescriptionOf(*document)));
    return std::nullopt;
  }
  return ToJson(*document);
}

nlohmann::json AsRequest(std::string_view operation, nlohmann::json document) {
  if (operation == "PutReplicationConfiguration") {
    if (document.contains("rules")) return {{"replicationConfiguration", std::move(document)}};
    // As `aws ecr describe-registry` prints it.
    document.erase("registryId");
  } else if (operation == "PutRegistryPolicy") {
    if (document.contains("Statement")) return {{"policyText", document.dump()}};
    // As `aws ecr get-registry-policy` prints it.
    document.erase("registryId");
    PutAsText(document, "policyText");
  } else if (operation == "SetRepositoryPolicy") {
    PutAsText(document, "policyText");
  } else if (operation == "CreateRepositoryCreationTemplate" || operation == "UpdateRepositoryCreationTemplate") {
    PutAsText(document, "repositoryPolicy");
    PutAsText(document, "lifecyclePolicy");
  }
  return document;
}

}  // namespace crrsim
