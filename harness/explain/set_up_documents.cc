#include "harness/explain/set_up_documents.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/json.h"
#include "registry_model/api/json_codec.h"
#include "registry_model/api/replication_shapes.h"
#include "registry_model/api/settings_shapes.h"
#include "registry_model/api/template_requests.h"
#include "registry_model/policy/parse.h"

namespace crrsim {

namespace {

/// A member that has to be text; nothing otherwise.
std::optional<std::string> OptionalText(const PlainJson& json, const char* member) {
  if (!json.is_object()) return std::nullopt;
  const auto found = json.find(member);
  if (found == json.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

/// A member that has to be a list; an empty one otherwise.
PlainJson ListMember(const PlainJson& json, const char* member) {
  const auto found = json.is_object() ? json.find(member) : json.end();
  return found != json.end() && found->is_array() ? *found : PlainJson::array();
}

PlainJson MembersOf(const PlainJson& json, std::initializer_list<const char*> members) {
  auto picked = PlainJson::object();
  for (const auto* member : members) {
    if (json.contains(member)) picked[member] = json[member];
  }
  return picked;
}

/// Reads one document into its registry.
class ContentReader {
 public:
  ContentReader(SetUp& set_up, std::size_t place)
      : set_up_(set_up),
        place_(place),
        document_(set_up.documents[place]),
        registry_(set_up.registries.at(document_.registry)) {}

  void Read() {
    const auto account = document_.registry.account.text();
    if (const auto id = OptionalText(document_.json, "registryId"); id && *id != account) {
      Note("/registryId", fmt::format("the document is of account {}, its folder of {}", *id, account));
    }
    switch (document_.kind) {
      case DocumentKind::kConfiguration:
        return ReadConfigurationOf(document_.json.at(PlainJson::json_pointer(document_.base)));
      case DocumentKind::kPolicy:
        return ReadPolicy();
      case DocumentKind::kTemplates:
        return ReadTemplates();
      case DocumentKind::kRepositories:
        return ReadRepositories();
    }
  }

 private:
  void Note(std::string pointer, std::string message) {
    set_up_.refusals.push_back({place_, std::move(pointer), std::move(message)});
  }
  void Refuse(std::string pointer, std::string_view message) {
    Note(std::move(pointer), fmt::format("ECR would not store this: {}", message));
  }

  void ReadConfigurationOf(const PlainJson& configuration) {
    for (const auto& rule : ListMember(configuration, "rules")) {
      auto& into = registry_.replication.rules.emplace_back();
      for (const auto& destination : ListMember(rule, "destinations")) {
        const auto region = RegionName::Parse(OptionalText(destination, "region").value_or(""));
        const auto account = AccountId::Parse(OptionalText(destination, "registryId").value_or(""));
        if (region && account) into.destinations.push_back({*account, *region});
      }
      for (const auto& filter : ListMember(rule, "repositoryFilters")) {
        into.filters.push_back({OptionalText(filter, "filter").value_or("")});
      }
    }
    const auto shape = DecodeJson<ReplicationConfigurationShape>(configuration);
    if (!shape) return Refuse(document_.base, shape.error().message);
    Assumptions assumptions;
    if (const auto sound = ReadConfiguration(*shape, document_.registry, ApiOptions(), assumptions); !sound) {
      Refuse(document_.base, fmt::format("{}: {}", sound.error().exception, sound.error().message));
    }
  }

  void ReadPolicy() {
    const auto& policy = document_.json.at(PlainJson::json_pointer(document_.base));
    const auto text = policy.is_string()       ? policy.get<std::string>()
                      : document_.base.empty() ? *document_.text
                                               : policy.dump();
    constexpr auto kLenient = policy::ParseOptions{policy::ResourceElement::kRequired, policy::RefusedByAws::kFinding};
    auto lenient = policy::ParseDocument(text, kLenient);
    if (lenient) document_.policy = std::make_shared<const policy::Document>(*std::move(lenient));
    if (const auto strict = policy::ParseDocument(text); !strict) {
      const auto& error = strict.error();
      auto message = fmt::format("found {}, expected {}", error.found, error.expected);
      if (!error.nearest.empty()) message += fmt::format("; did you mean \"{}\"?", error.nearest);
      Refuse(document_.Below(error.pointer), message);
    }
    if (auto parsed = RegistryPolicy::Parse(text)) registry_.policy = *std::move(parsed);
  }

  void ReadTemplates() {
    const auto templates = ListMember(document_.json, "repositoryCreationTemplates");
    for (std::size_t i = 0; i < templates.size(); ++i) {
      ReadTemplate(templates[i], fmt::format("{}/{}", document_.base, i));
    }
  }

  void ReadTemplate(const PlainJson& json, const std::string& pointer) {
    CreationTemplate read;
    read.prefix = OptionalText(json, "prefix").value_or("");
    if (read.prefix.ends_with('/')) read.prefix.pop_back();
    // A namespace may have one character, a repository's name may not.
    const auto name = read.prefix.size() == 1 ? read.prefix + read.prefix : read.prefix;
    if (read.prefix != "ROOT" && !RepositoryName::Parse(name).ok()) {
      return Refuse(pointer + "/prefix",
                    fmt::format("'{}' is neither ROOT nor a namespace of repository names", read.prefix));
    }
    for (const auto& purpose : ListMember(json, "appliedFor")) {
      if (purpose.is_string()) read.applied_for.push_back(purpose.get<std::string>());
    }
    read.custom_role_arn = OptionalText(json, "customRoleArn").value_or("");
    ReadSettings(json, pointer, read.settings);
    if (const auto text = OptionalText(json, "repositoryPolicy"); text && !text->empty()) {
      auto policy = RepositoryPolicy::Parse(*text);
      if (!policy) return Refuse(pointer + "/repositoryPolicy", policy.error().message);
      read.settings.repository_policy = *std::move(policy);
    }
    read.settings.lifecycle_policy = OptionalText(json, "lifecyclePolicy").value_or("");
    auto prefix = read.prefix;
    registry_.templates.insert_or_assign(std::move(prefix), std::move(read));
  }

  /// What templates and repositories have in common.
  void ReadSettings(const PlainJson& json, const std::string& pointer, RepositorySettings& settings) {
    const auto shape = DecodeJson<SettingsShape>(MembersOf(
        json, {"encryptionConfiguration", "resourceTags", "imageTagMutability", "imageTagMutabilityExclusionFilters"}));
    if (!shape) return Refuse(pointer, shape.error().message);
    const auto note = [&](const char* member, const auto& read) {
      if (!read) Refuse(fmt::format("{}/{}", pointer, member), read.error().message);
    };
    if (shape->mutability) {
      note("imageTagMutability", ReadMutability(*shape->mutability, shape->exclusion_filters, settings));
    }
    if (shape->encryption) {
      note("encryptionConfiguration", ReadEncryption(*shape->encryption, KmsKeyForm::kAny, settings));
    }
    if (shape->resource_tags) {
      auto tags = ReadResourceTags(*shape->resource_tags);
      note("resourceTags", tags);
      if (tags) settings.resource_tags = *std::move(tags);
    }
  }

  struct SettingsShape {
    std::optional<EncryptionConfiguration> encryption;
    std::optional<std::vector<ResourceTag>> resource_tags;
    std::optional<std::string> mutability;
    std::optional<std::vector<ImageTagMutabilityExclusionFilter>> exclusion_filters;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("encryptionConfiguration", self.encryption);
      visit("resourceTags", self.resource_tags);
      visit("imageTagMutability", self.mutability);
      visit("imageTagMutabilityExclusionFilters", self.exclusion_filters);
    }
  };

  void ReadRepositories() {
    const auto repositories = ListMember(document_.json, "repositories");
    for (std::size_t i = 0; i < repositories.size(); ++i) {
      const auto pointer = fmt::format("{}/{}", document_.base, i);
      const auto name = RepositoryName::Parse(OptionalText(repositories[i], "repositoryName").value_or(""));
      if (!name) {
        Refuse(pointer + "/repositoryName", name.error().message);
        continue;
      }
      Repository repository;
      repository.name = *name;
      ReadSettings(repositories[i], pointer, repository.settings);
      registry_.repositories.Insert(*name, Cow<Repository>(std::move(repository)));
    }
  }

  SetUp& set_up_;
  std::size_t place_;
  SetUpDocument& document_;
  Registry& registry_;
};

}  // namespace

std::optional<DocumentKind> KindOf(const PlainJson& json) {
  if (!json.is_object()) return std::nullopt;
  if (json.contains("replicationConfiguration") || json.contains("rules")) return DocumentKind::kConfiguration;
  if (json.contains("policyText") || json.contains("Statement")) return DocumentKind::kPolicy;
  if (json.contains("repositoryCreationTemplates")) return DocumentKind::kTemplates;
  if (json.contains("repositories")) return DocumentKind::kRepositories;
  return std::nullopt;
}

std::string BaseOf(const PlainJson& json, DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kConfiguration:
      return json.contains("rules") ? "" : "/replicationConfiguration";
    case DocumentKind::kPolicy:
      return json.contains("Statement") ? "" : "/policyText";
    case DocumentKind::kTemplates:
      return "/repositoryCreationTemplates";
    case DocumentKind::kRepositories:
      return "/repositories";
  }
  return {};
}

void ReadContent(SetUp& set_up, std::size_t document) { ContentReader(set_up, document).Read(); }

}  // namespace crrsim
