#include "harness/scenario/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "sim/nearest_name.h"

namespace crrsim {

namespace {

constexpr std::string_view kFileScheme = "file://";

/// Looks for the first place at which a text is no JSON. YAML takes more (commas at the end, quotes left out), but the
/// aws cli does not. Nothing is built, so no depth is too deep.
class JsonCheck : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) override {
    position_ = position;
    message_ = error.what();
    // The beginning says what the place says better.
    const auto syntax = message_.find("syntax error");
    const auto kind = message_.find("] ");
    message_.erase(0, syntax != std::string::npos ? syntax : kind != std::string::npos ? kind + 2 : 0);
    return false;
  }

  [[nodiscard]] Diagnostic ProblemIn(const std::string& text, const std::string& file) const {
    Place place{file, 1, 1};
    for (std::size_t i = 0; i + 1 < std::min(position_, text.size()); ++i) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
      place.column = text[i] == '\n' ? 1 : place.column + 1;
      place.line += text[i] == '\n' ? 1 : 0;
    }
    return {place, fmt::format("not valid JSON: {}", message_)};
  }

 private:
  std::size_t position_ = 0;  // of the offending byte, from 1
  std::string message_;
};

/// The names of the documents in the folder of one that is missing, as after `file://`.
std::vector<std::string> DocumentsBeside(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  const auto folder = std::filesystem::path(path).parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(folder.empty() ? "." : folder, error)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

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

std::optional<std::string> ReadNamedFile(LoadContext& context, const std::string& name, const std::string& path) {
  auto text = ReadFile(path);
  if (text) context.documents.insert_or_assign(name, Digest::Of(*text));
  return text;
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
  const auto text = ReadNamedFile(context, name, path);
  if (!text) {
    context.Refuse(value.place,
                   fmt::format("there is no document {}{} (file:// is relative to the scenario)", path,
                               DidYouMean(std::filesystem::path(path).filename().string(), DocumentsBeside(path))));
    return std::nullopt;
  }
  if (JsonCheck check; path.ends_with(".json") && !nlohmann::json::sax_parse(*text, &check)) {
    context.diagnostics.push_back(check.ProblemIn(*text, path));
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
  } else if (operation == "PutLifecyclePolicy" || operation == "StartLifecyclePolicyPreview") {
    PutAsText(document, "lifecyclePolicyText");
  } else if (operation == "CreateRepositoryCreationTemplate" || operation == "UpdateRepositoryCreationTemplate") {
    PutAsText(document, "repositoryPolicy");
    PutAsText(document, "lifecyclePolicy");
  }
  return document;
}

}  // namespace crrsim
