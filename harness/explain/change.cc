#include "harness/explain/change.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "harness/json.h"
#include "harness/scenario/documents.h"

namespace crrsim {

namespace {

std::string OutcomeOf(const DestinationExplanation& destination) {
  if (destination.failure == FailureCode::kNone) return std::string(NameOf(destination.ending));
  return fmt::format("{} ({})", NameOf(destination.ending), NameOf(destination.failure));
}

std::string TemplateOf(const CreationDecision& creation) {
  if (creation.template_prefix.empty()) return "defaults";
  return fmt::format("template \"{}\"", creation.template_prefix);
}

bool WouldCreate(const DestinationExplanation& destination) {
  return destination.repository == RepositoryThere::kCreated || !destination.creation.template_prefix.empty();
}

const DestinationExplanation* Find(const PushExplanation& explanation, const RegistryKey& destination) {
  const auto& all = explanation.destinations;
  const auto found = std::find_if(all.begin(), all.end(), [&](const DestinationExplanation& candidate) {
    return candidate.destination == destination;
  });
  return found == all.end() ? nullptr : &*found;
}

/// Compares one repository of one source.
class Comparison {
 public:
  Comparison(const PushExplanation& before, const PushExplanation& after, std::vector<RepositoryChange>& changes)
      : before_(before), after_(after), changes_(changes) {}

  void Compare() {
    std::set<RegistryKey> all;
    for (const auto& destination : before_.destinations) all.insert(destination.destination);
    for (const auto& destination : after_.destinations) all.insert(destination.destination);
    for (const auto& destination : all) CompareAt(Find(before_, destination), Find(after_, destination));
  }

 private:
  void Add(ChangeKind kind, const DestinationExplanation& counts, std::string before, std::string after) {
    changes_.push_back({before_.image.repository, before_.image.source, counts.destination, kind, std::move(before),
                        std::move(after), counts.reason});
  }

  void CompareAt(const DestinationExplanation* before, const DestinationExplanation* after) {
    if (before == nullptr) return Add(ChangeKind::kGained, *after, "no destination", OutcomeOf(*after));
    if (after == nullptr) return Add(ChangeKind::kLost, *before, OutcomeOf(*before), "no destination");
    if (OutcomeOf(*before) != OutcomeOf(*after)) {
      Add(ChangeKind::kPermission, *after, OutcomeOf(*before), OutcomeOf(*after));
    }
    if (!WouldCreate(*before) || !WouldCreate(*after)) return;
    const auto& was = before->creation;
    const auto& is = after->creation;
    if (was.template_prefix != is.template_prefix) {
      Add(ChangeKind::kTemplate, *after, TemplateOf(was), TemplateOf(is));
    } else if (!(was.settings == is.settings) || was.outcome != is.outcome) {
      Add(ChangeKind::kTemplate, *after, TemplateOf(was), TemplateOf(is) + " with other settings");
    }
  }

  const PushExplanation& before_;
  const PushExplanation& after_;
  std::vector<RepositoryChange>& changes_;
};

/// Registries that replicate on either side.
std::set<RegistryKey> SourcesOf(const SetUp& before, const SetUp& after) {
  std::set<RegistryKey> sources;
  for (const auto* set_up : {&before, &after}) {
    for (const auto& [key, registry] : set_up->registries) {
      if (!registry.replication.rules.empty()) sources.insert(key);
    }
  }
  return sources;
}

void NoteAssumptions(const PushExplanation& explanation, SetUpChanges& changes) {
  for (const auto& entry : explanation.assumptions) {
    auto& all = changes.assumptions;
    if (std::find(all.begin(), all.end(), entry) == all.end()) all.push_back(entry);
  }
}

}  // namespace

std::string_view NameOf(ChangeKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"gained", "lost", "permission", "template"};
  return kNames.at(static_cast<std::size_t>(kind));
}

SetUpChanges CompareSetUps(const SetUp& before, const SetUp& after, const std::vector<RepositoryName>& repositories,
                           const Assumptions& assumptions) {
  SetUpChanges changes;
  changes.repositories = repositories.size();
  const auto sources = SourcesOf(before, after);
  for (const auto& repository : repositories) {
    for (const auto& source : sources) {
      const PushedImage image{source, repository, std::nullopt, std::nullopt};
      const auto was = ExplainPush({before.registries}, image, assumptions);
      const auto is = ExplainPush({after.registries}, image, assumptions);
      Comparison(was, is, changes.changes).Compare();
      NoteAssumptions(was, changes);
      NoteAssumptions(is, changes);
    }
  }
  return changes;
}

std::string ToText(const SetUpChanges& changes) {
  std::vector<std::array<std::string, 6>> rows = {{"REPOSITORY", "FROM", "TO", "CHANGE", "BEFORE", "AFTER"}};
  std::set<RepositoryName> changed;
  for (const auto& change : changes.changes) {
    rows.push_back({change.repository.text(), ToText(change.source), ToText(change.destination),
                    std::string(NameOf(change.kind)), change.before, change.after});
    changed.insert(change.repository);
  }
  std::array<std::size_t, 6> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths.at(i) = std::max(widths.at(i), row.at(i).size());
  }
  std::string text;
  for (const auto& row : rows) {
    if (rows.size() == 1) break;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) text += fmt::format("{:<{}}  ", row.at(i), widths.at(i));
    text += row.back() + "\n";
  }
  if (changed.empty()) return fmt::format("Nothing changes for {} repositories.\n", changes.repositories);
  return text + fmt::format("\n{} of {} repositories change.\n", changed.size(), changes.repositories);
}

Json ToJson(const SetUpChanges& changes) {
  Json json;
  json["repositories"] = changes.repositories;
  json["changes"] = Json::array();
  for (const auto& change : changes.changes) {
    json["changes"].push_back({{"repository", change.repository.text()},
                               {"source", ToText(change.source)},
                               {"destination", ToText(change.destination)},
                               {"change", NameOf(change.kind)},
                               {"before", change.before},
                               {"after", change.after},
                               {"reason", change.reason}});
  }
  json["assumptions"] = Json::object();
  for (const auto& [name, value] : changes.assumptions) json["assumptions"][name] = value;
  return json;
}

Result<std::vector<RepositoryName>, Diagnostics> ReadRepositoryList(const std::string& file) {
  const auto text = ReadFile(file);
  if (!text) return Diagnostics{{{{file, 1, 1}, "the file cannot be read"}}};
  std::vector<RepositoryName> names;
  std::set<RepositoryName> seen;
  std::vector<Diagnostic> diagnostics;
  std::istringstream lines(*text);
  std::int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos) continue;
    const auto name = RepositoryName::Parse(line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin));
    if (!name) {
      diagnostics.push_back({{file, number, static_cast<std::int64_t>(begin) + 1}, name.error().message});
    } else if (seen.insert(*name).second) {
      names.push_back(*name);
    }
  }
  if (!diagnostics.empty()) return Diagnostics{std::move(diagnostics)};
  if (names.empty()) return Diagnostics{{{{file, 1, 1}, "the file names no repository; expected one a line"}}};
  return names;
}

}  // namespace crrsim
