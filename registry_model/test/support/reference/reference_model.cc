#include "registry_model/test/support/reference/reference_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace crrsim::reference {

namespace {

/// The members without which an operation cannot be read, as the table of all operations has them.
const std::map<std::string, std::vector<std::string>> kRequired = {
    {"BatchCheckLayerAvailability", {"repositoryName", "layerDigests"}},
    {"BatchDeleteImage", {"repositoryName", "imageIds"}},
    {"BatchGetImage", {"repositoryName", "imageIds"}},
    {"CompleteLayerUpload", {"repositoryName", "uploadId", "layerDigests"}},
    {"CreateRepository", {"repositoryName"}},
    {"CreateRepositoryCreationTemplate", {"prefix", "appliedFor"}},
    {"DeleteLifecyclePolicy", {"repositoryName"}},
    {"DeleteRepository", {"repositoryName"}},
    {"DeleteRepositoryCreationTemplate", {"prefix"}},
    {"DeleteRepositoryPolicy", {"repositoryName"}},
    {"DescribeImages", {"repositoryName"}},
    {"GetDownloadUrlForLayer", {"repositoryName", "layerDigest"}},
    {"GetLifecyclePolicy", {"repositoryName"}},
    {"GetRepositoryPolicy", {"repositoryName"}},
    {"InitiateLayerUpload", {"repositoryName"}},
    {"ListImages", {"repositoryName"}},
    {"PutImage", {"repositoryName", "imageManifest"}},
    {"PutImageTagMutability", {"repositoryName", "imageTagMutability"}},
    {"PutLifecyclePolicy", {"repositoryName", "lifecyclePolicyText"}},
    {"PutRegistryPolicy", {"policyText"}},
    {"PutReplicationConfiguration", {"replicationConfiguration"}},
    {"SetRepositoryPolicy", {"repositoryName", "policyText"}},
    {"UpdateImageStorageClass", {"repositoryName", "imageId", "targetStorageClass"}},
    {"UpdateRepositoryCreationTemplate", {"prefix"}},
    {"UploadLayerPart", {"repositoryName", "uploadId", "partFirstByte", "partLastByte", "layerPartBlob"}},
};

/// ALLOW, DENY or nothing. Principals are `*` or the root of an account, actions whole or `ecr:*`.
std::string Verdict(const std::string& policy, const std::string& caller, const std::string& action) {
  if (policy.empty()) return "";
  std::string verdict;
  const auto document = json::parse(policy);
  for (const auto& statement : document.at("Statement")) {
    const auto& principal = statement.at("Principal");
    if (principal != "*" && principal.at("AWS") != "arn:aws:iam::" + caller + ":root") continue;
    for (const auto& covered : statement.at("Action")) {
      if (covered != action && covered != "ecr:*") continue;
      if (statement.at("Effect") == "Deny") return "DENY";
      verdict = "ALLOW";
    }
  }
  return verdict;
}

/// Puts the tag mutability of a request into settings. Returns whether it is sound.
bool TakeMutability(const json& request, json& settings) {
  const bool has_filters = request.contains("imageTagMutabilityExclusionFilters");
  if (!request.contains("imageTagMutability") && !has_filters) return true;
  const std::string value = request.value("imageTagMutability", settings.at("imageTagMutability").get<std::string>());
  const std::set<std::string> values = {"MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"};
  if (!values.contains(value)) return false;
  if (has_filters != (value.find("_WITH_") != std::string::npos)) return false;
  if (has_filters) {
    const auto& filters = request.at("imageTagMutabilityExclusionFilters");
    if (filters.empty() || filters.size() > 5) return false;
    static const std::regex kPattern("[0-9a-zA-Z._*-]{1,128}");
    for (const auto& filter : filters) {
      if (filter.at("filterType") != "WILDCARD") return false;
      if (!std::regex_match(filter.at("filter").get<std::string>(), kPattern)) return false;
    }
    settings["imageTagMutabilityExclusionFilters"] = filters;
  } else {
    settings.erase("imageTagMutabilityExclusionFilters");
  }
  settings["imageTagMutability"] = value;
  return true;
}

}  // namespace

Answer Refused(std::string exception, std::string text) { return {{}, std::move(exception), std::move(text)}; }
Answer Invalid() { return Refused("InvalidParameterException"); }

bool MatchesWildcard(const std::string& filter, const std::string& text) {
  if (filter.empty()) return text.empty();
  if (filter.front() != '*') {
    return !text.empty() && text.front() == filter.front() && MatchesWildcard(filter.substr(1), text.substr(1));
  }
  for (std::size_t taken = 0; taken <= text.size(); ++taken) {
    if (MatchesWildcard(filter.substr(1), text.substr(taken))) return true;
  }
  return false;
}

bool IsRepositoryName(const std::string& text) {
  static const std::regex kPattern(R"([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)");
  return text.size() >= 2 && text.size() <= 256 && std::regex_match(text, kPattern);
}

bool IsTag(const std::string& text) {
  static const std::regex kPattern(R"([0-9a-zA-Z_][0-9a-zA-Z_.-]{0,127})");
  return std::regex_match(text, kPattern);
}

bool IsImmutable(const json& settings, const std::string& tag) {
  const std::string value = settings.at("imageTagMutability");
  bool excluded = false;
  if (settings.contains("imageTagMutabilityExclusionFilters")) {
    for (const auto& filter : settings.at("imageTagMutabilityExclusionFilters")) {
      excluded = excluded || MatchesWildcard(filter.at("filter"), tag);
    }
  }
  return value.starts_with("IMMUTABLE") != excluded;
}

Answer Model::Call(const std::string& caller, const std::string& operation, const json& request, const json* real) {
  caller_ = caller;
  const auto required = kRequired.find(operation);
  if (required != kRequired.end()) {
    for (const auto& member : required->second) {
      if (!request.contains(member)) return Invalid();
    }
  }
  return Answered(operation, request, real);
}

Answer Model::Answered(const std::string& operation, const json& request, const json* real) {
  if (operation == "CreateRepository") return CreateRepository(request);
  if (operation == "DescribeRepositories") return DescribeRepositories(request, real);
  if (operation == "DeleteRepository") return DeleteRepository(request);
  if (operation == "PutImageTagMutability") return PutImageTagMutability(request);
  if (operation == "PutReplicationConfiguration") return PutReplicationConfiguration(request);
  if (operation == "DescribeRegistry") {
    if (!Allows("ecr:DescribeRegistry", "")) return Refused("AccessDeniedException");
    return {{{"registryId", account_}, {"replicationConfiguration", configuration_}}, "", ""};
  }
  if (operation.ends_with("RegistryPolicy")) return RegistryPolicy(operation, request);
  if (operation.ends_with("RepositoryPolicy")) return RepositoryPolicy(operation, request);
  if (operation.find("CreationTemplate") != std::string::npos) return Templates(operation, request, real);
  if (operation.ends_with("LifecyclePolicy")) return LifecyclePolicy(operation, request);
  if (operation == "UpdateImageStorageClass") return UpdateImageStorageClass(request);
  if (operation == "PutImage") return PutImage(request);
  if (operation == "BatchGetImage") return BatchGetImage(request);
  if (operation == "BatchDeleteImage") return BatchDeleteImage(request);
  if (operation == "ListImages") return ListImages(request, real);
  if (operation == "DescribeImages") return DescribeImages(request, real);
  return Layers(operation, request, real);
}

bool Model::Allows(const std::string& action, const std::string& repository_policy) const {
  const auto by_registry = Verdict(policy_, caller_, action);
  const auto by_repository = Verdict(repository_policy, caller_, action);
  if (by_registry == "DENY" || by_repository == "DENY") return false;
  return caller_ == account_ || by_registry == "ALLOW" || by_repository == "ALLOW";
}

std::pair<Repository*, Answer> Model::Open(const std::string& action, const json& request) {
  const std::string name = request.at("repositoryName");
  if (!IsRepositoryName(name)) return {nullptr, Invalid()};
  const auto found = repositories_.find(name);
  const auto policy = found == repositories_.end() ? "" : found->second.policy;
  if (!Allows("ecr:" + action, policy)) return {nullptr, Refused("AccessDeniedException")};
  if (found == repositories_.end()) {
    return {nullptr, Refused("RepositoryNotFoundException",
                             fmt::format("The repository with name '{}' does not exist in the registry with id '{}'",
                                         name, account_))};
  }
  return {&found->second, {}};
}

json Model::Shape(const std::string& name) const {
  const auto& repository = repositories_.at(name);
  json shape = repository.settings;
  shape.erase("tags");
  shape["repositoryArn"] = fmt::format("arn:aws:ecr:{}:{}:repository/{}", region_, account_, name);
  shape["registryId"] = account_;
  shape["repositoryName"] = name;
  shape["repositoryUri"] = fmt::format("{}.dkr.ecr.{}.amazonaws.com/{}", account_, region_, name);
  shape["createdAt"] = repository.created_at;
  return shape;
}

Answer Model::Paged(const std::string& list, const json& request, const std::vector<std::string>& keys,
                    const json* real, std::vector<std::string>& page) {
  const std::int64_t size = request.value("maxResults", std::int64_t{100});
  if (size < 1 || size > 1000) return Invalid();
  std::string after;
  if (request.contains("nextToken")) {
    const auto known = tokens_.find(request.at("nextToken"));
    if (known == tokens_.end() || known->second.list != list) return Invalid();
    after = known->second.key;
  }
  for (const auto& key : keys) {
    if (!after.empty() && key <= after) continue;
    if (std::cmp_equal(page.size(), size)) {
      if (real == nullptr || !real->contains("nextToken")) return Refused("none: there is one more, so a token is due");
      tokens_[real->at("nextToken")] = {list, page.back()};
      return {{{"nextToken", real->at("nextToken")}}, "", ""};
    }
    page.push_back(key);
  }
  return {json::object(), "", ""};
}

Answer Model::CreateRepository(const json& request) {
  const std::string name = request.at("repositoryName");
  if (!IsRepositoryName(name)) return Invalid();
  json settings = {{"imageTagMutability", "MUTABLE"},
                   {"imageScanningConfiguration", {{"scanOnPush", false}}},
                   {"encryptionConfiguration", {{"encryptionType", "AES256"}}}};
  if (!TakeMutability(request, settings)) return Invalid();
  if (request.contains("encryptionConfiguration")) {
    const auto& encryption = request.at("encryptionConfiguration");
    const bool has_key = encryption.contains("kmsKey");
    if (has_key && (encryption.at("encryptionType") == "AES256" || encryption.at("kmsKey") == "")) return Invalid();
    settings["encryptionConfiguration"] = encryption;
  }
  const auto found = repositories_.find(name);
  if (!Allows("ecr:CreateRepository", found == repositories_.end() ? "" : found->second.policy)) {
    return Refused("AccessDeniedException");
  }
  if (found != repositories_.end()) {
    return Refused(
        "RepositoryAlreadyExistsException",
        fmt::format("The repository with name '{}' already exists in the registry with id '{}'", name, account_));
  }
  Repository created;
  created.created_at = now;
  created.settings = settings;
  repositories_.emplace(name, std::move(created));
  return {{{"repository", Shape(name)}}, "", ""};
}

Answer Model::DescribeRepositories(const json& request, const json* real) {
  json shapes = json::array();
  if (request.contains("repositoryNames")) {
    if (request.at("repositoryNames").empty() || request.contains("nextToken") || request.contains("maxResults")) {
      return Invalid();
    }
    for (const auto& name : request.at("repositoryNames")) {
      const auto [repository, refusal] = Open("DescribeRepositories", {{"repositoryName", name}});
      if (repository == nullptr) return refusal;
      shapes.push_back(Shape(name));
    }
    return {{{"repositories", shapes}}, "", ""};
  }
  if (!Allows("ecr:DescribeRepositories", "")) return Refused("AccessDeniedException");
  std::vector<std::string> keys;
  for (const auto& [name, repository] : repositories_) keys.push_back(name);
  std::vector<std::string> page;
  auto answer = Paged("repositories", request, keys, real, page);
  if (!answer.exception.empty()) return answer;
  for (const auto& name : page) shapes.push_back(Shape(name));
  answer.body["repositories"] = shapes;
  return answer;
}

Answer Model::DeleteRepository(const json& request) {
  const auto [repository, refusal] = Open("DeleteRepository", request);
  if (repository == nullptr) return refusal;
  const std::string name = request.at("repositoryName");
  if (!repository->images.empty() && !request.value("force", false)) {
    return Refused("RepositoryNotEmptyException",
                   fmt::format("The repository with name '{}' in registry with id '{}' cannot be deleted because it "
                               "still contains images",
                               name, account_));
  }
  Answer answer{{{"repository", Shape(name)}}, "", ""};
  std::erase_if(due_, [&](const auto& due) { return due.second.repository == name; });
  repositories_.erase(name);
  return answer;
}

Answer Model::PutImageTagMutability(const json& request) {
  json settings = {{"imageTagMutability", "MUTABLE"}};
  if (!TakeMutability(request, settings)) return Invalid();
  const auto [repository, refusal] = Open("PutImageTagMutability", request);
  if (repository == nullptr) return refusal;
  repository->settings.erase("imageTagMutabilityExclusionFilters");
  repository->settings.update(settings);
  settings["registryId"] = account_;
  settings["repositoryName"] = request.at("repositoryName");
  return {settings, "", ""};
}

Answer Model::RegistryPolicy(const std::string& operation, const json& request) {
  const json body = {{"registryId", account_}};
  if (operation == "PutRegistryPolicy") {
    const std::string text = request.at("policyText");
    if (!json::accept(text)) {
      return Refused("InvalidParameterException",
                     "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid registry policy "
                     "provided'");
    }
    if (!Allows("ecr:PutRegistryPolicy", "")) return Refused("AccessDeniedException");
    policy_ = text;
  } else {
    if (!Allows("ecr:" + operation, "")) return Refused("AccessDeniedException");
    if (policy_.empty()) {
      return Refused("RegistryPolicyNotFoundException",
                     fmt::format("Registry policy does not exist in the registry with id '{}'", account_));
    }
  }
  Answer answer{body, "", ""};
  answer.body["policyText"] = policy_;
  if (operation == "DeleteRegistryPolicy") policy_.clear();
  return answer;
}

Answer Model::RepositoryPolicy(const std::string& operation, const json& request) {
  if (operation == "SetRepositoryPolicy" && !json::accept(request.at("policyText").get<std::string>())) {
    return Invalid();
  }
  const auto [repository, refusal] = Open(operation, request);
  if (repository == nullptr) return refusal;
  if (operation == "SetRepositoryPolicy") {
    const std::string text = request.at("policyText");
    if (!request.value("force", false) && !Allows("ecr:SetRepositoryPolicy", text)) return Invalid();
    repository->policy = text;
  } else if (repository->policy.empty()) {
    return Refused("RepositoryPolicyNotFoundException",
                   fmt::format("Repository policy does not exist for the repository with name '{}' in the registry "
                               "with id '{}'",
                               request.at("repositoryName").get<std::string>(), account_));
  }
  Answer answer{{{"registryId", account_}, {"repositoryName", request.at("repositoryName")}}, "", ""};
  answer.body["policyText"] = repository->policy;
  if (operation == "DeleteRepositoryPolicy") repository->policy.clear();
  return answer;
}

Answer Model::PutReplicationConfiguration(const json& request) {
  const auto& asked = request.at("replicationConfiguration");
  const auto open = [] { return Refused("InvalidParameterException|ValidationException"); };
  static const std::regex kPrefix(R"(^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$)");
  std::set<json> unique;
  if (asked.at("rules").size() > 25) return open();
  for (const auto& rule : asked.at("rules")) {
    if (rule.at("destinations").empty()) return open();
    for (const auto& destination : rule.at("destinations")) {
      if (destination == json{{"region", region_}, {"registryId", account_}}) {
        return Refused("InvalidParameterException",
                       "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: 'Replication "
                       "destination cannot be the same as the source registry'");
      }
      if (destination.at("region").get<std::string>().starts_with("cn-")) return open();
      unique.insert(destination);
    }
    if (!rule.contains("repositoryFilters")) continue;
    const auto& filters = rule.at("repositoryFilters");
    if (filters.empty() || filters.size() > 100) return open();
    for (const auto& filter : filters) {
      const std::string text = filter.at("filter");
      if (filter.at("filterType") != "PREFIX_MATCH") return open();
      if (text.size() < 2 || text.size() > 256 || !std::regex_match(text, kPrefix)) return open();
    }
  }
  if (unique.size() > 25) return open();
  if (!Allows("ecr:PutReplicationConfiguration", "")) return Refused("AccessDeniedException");
  configuration_ = asked;
  return {request, "", ""};
}

Answer Model::Templates(const std::string& operation, const json& request, const json* real) {
  const auto prefix_of = [](std::string text) {
    if (text.ends_with("/")) text.pop_back();
    return text == "ROOT" || IsRepositoryName(text) || (text.size() == 1 && IsRepositoryName(text + text)) ? text : "";
  };
  json body = {{"registryId", account_}};
  if (operation == "DescribeRepositoryCreationTemplates") {
    if (!Allows("ecr:" + operation, "")) return Refused("AccessDeniedException");
    std::vector<std::string> keys;
    for (const auto& [prefix, stored] : templates_) keys.push_back(prefix);
    std::vector<std::string> page;
    auto answer = Paged("templates", request, keys, real, page);
    if (!answer.exception.empty()) return answer;
    answer.body["registryId"] = account_;
    answer.body["repositoryCreationTemplates"] = json::array();
    for (const auto& prefix : page) answer.body["repositoryCreationTemplates"].push_back(templates_.at(prefix));
    return answer;
  }
  const auto prefix = prefix_of(request.at("prefix"));
  if (prefix.empty()) return Invalid();
  const bool creates = operation.starts_with("Create");
  const bool is_there = templates_.contains(prefix);
  json edited = {{"prefix", prefix},
                 {"imageTagMutability", "MUTABLE"},
                 {"encryptionConfiguration", {{"encryptionType", "AES256"}}},
                 {"createdAt", now}};
  if (!creates) {
    if (!Allows("ecr:" + operation, "")) return Refused("AccessDeniedException");
    if (!is_there) return Refused("TemplateNotFoundException");
    edited = templates_.at(prefix);
  }
  if (operation.starts_with("Delete")) {
    templates_.erase(prefix);
    body["repositoryCreationTemplate"] = edited;
    return {body, "", ""};
  }
  edited["updatedAt"] = now;
  if (request.contains("appliedFor")) {
    for (const auto& purpose : request.at("appliedFor")) {
      if (purpose != "REPLICATION" && purpose != "PULL_THROUGH_CACHE" && purpose != "CREATE_ON_PUSH") return Invalid();
    }
    edited["appliedFor"] = request.at("appliedFor");
  }
  if (!TakeMutability(request, edited)) return Invalid();
  if (request.contains("description")) edited["description"] = request.at("description");
  if (creates && !Allows("ecr:" + operation, "")) return Refused("AccessDeniedException");
  if (creates && is_there) return Refused("TemplateAlreadyExistsException");
  templates_[prefix] = edited;
  body["repositoryCreationTemplate"] = edited;
  return {body, "", ""};
}

}  // namespace crrsim::reference
