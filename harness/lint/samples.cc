// Repositories to ask the model about.
#include <fmt/format.h>

#include <algorithm>

#include "harness/lint/linter.h"
#include "registry_model/replication/match.h"

namespace crrsim {

namespace {

/// A name component that nobody has by chance.
constexpr std::string_view kMadeUp = "x0x0";

void AddName(std::vector<RepositoryName>& names, const std::string& text) {
  const auto name = RepositoryName::Parse(text);
  if (name && std::find(names.begin(), names.end(), *name) == names.end()) names.push_back(*name);
}

/// A text with wildcards as one that it matches.
std::string Filled(std::string_view pattern, std::string_view run) {
  std::string text;
  for (const char c : pattern) {
    if (c == '*') {
      text += run;
    } else {
      text += c == '?' ? 'x' : c;
    }
  }
  return text;
}

/// The part of a resource behind `repository/`; everything for what has no such part.
std::string_view NamePatternOf(std::string_view resource) {
  constexpr std::string_view kBefore = ":repository/";
  const auto at = resource.find(kBefore);
  return at == std::string_view::npos ? "*" : resource.substr(at + kBefore.size());
}

std::vector<RepositoryName> MadeUp(const SetUp& set_up, const ReplicationRule& rule, const RegistryKey& destination) {
  std::vector<RepositoryName> names;
  for (const auto& prefix : PrefixesOf(rule)) {
    AddName(names, prefix);
    AddName(names, fmt::format("{}{}", prefix, kMadeUp));
    AddName(names, fmt::format("{}/{}", prefix, kMadeUp));
    for (const auto& name : NamesThatFit(set_up, destination, prefix)) AddName(names, name.text());
  }
  return names;
}

}  // namespace

std::vector<std::string> PrefixesOf(const ReplicationRule& rule) {
  if (rule.filters.empty()) return {""};
  std::vector<std::string> prefixes;
  for (const auto& filter : rule.filters) prefixes.push_back(filter.prefix);
  return prefixes;
}

std::vector<RepositoryName> NamesThatFit(const SetUp& set_up, const RegistryKey& registry, std::string_view prefix) {
  std::vector<RepositoryName> all;
  const auto& known = set_up.registries.at(registry);
  for (const auto& [template_prefix, unused] : known.templates)
    AddName(all, fmt::format("{}/{}", template_prefix, kMadeUp));
  if (const auto* document = set_up.Find(registry, DocumentKind::kPolicy); document != nullptr && document->policy) {
    for (const auto& statement : document->policy->statements()) {
      for (const auto& resource : statement.resources.entries) {
        for (const auto& run : {std::string(kMadeUp), fmt::format("{}{}", prefix, kMadeUp), std::string()}) {
          AddName(all, Filled(NamePatternOf(resource.text()), run));
        }
      }
    }
  }
  std::erase_if(all, [&](const RepositoryName& name) { return !name.text().starts_with(prefix); });
  return all;
}

std::vector<Incoming> IncomingOf(const SetUp& set_up) {
  std::vector<Incoming> all;
  for (const auto& [key, registry] : set_up.registries) {
    const bool listed = set_up.Find(key, DocumentKind::kRepositories) != nullptr;
    for (std::size_t i = 0; i < registry.replication.rules.size(); ++i) {
      const auto& rule = registry.replication.rules[i];
      for (std::size_t place = 0; place < rule.destinations.size(); ++place) {
        const auto& destination = rule.destinations[place];
        if (!set_up.registries.contains(destination) || destination == key) continue;
        Incoming incoming{key, destination, i, place, Incoming::Samples::kMadeUp, {}};
        if (listed) {
          incoming.samples_are = Incoming::Samples::kListed;
          registry.repositories.ForEachSorted([&](const RepositoryName& name, const Cow<Repository>&) {
            if (Matches(rule, name)) incoming.samples.push_back(name);
          });
        }
        if (incoming.samples.empty()) {
          incoming.samples_are = Incoming::Samples::kMadeUp;
          incoming.samples = MadeUp(set_up, rule, destination);
        }
        all.push_back(std::move(incoming));
      }
    }
  }
  return all;
}

}  // namespace crrsim
