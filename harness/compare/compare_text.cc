#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harness/compare/compare.h"
#include "harness/json.h"
#include "harness/report/printable.h"

namespace crrsim {

namespace {

constexpr std::array<std::string_view, 5> kKindNames = {"missing", "different", "pending", "extra", "setting"};
constexpr std::array<std::string_view, 13> kReasonNames = {"no-rule",
                                                           "before-configuration",
                                                           "not-chained",
                                                           "denied",
                                                           "failed",
                                                           "under-way",
                                                           "deleted-at-destination",
                                                           "immutable-tag",
                                                           "archived",
                                                           "deleted-at-source",
                                                           "pushed-at-destination",
                                                           "own-settings",
                                                           "unknown"};

/// `sha256:` and twelve digits.
std::string Short(const std::string& digest) { return digest.substr(0, digest.find(':') + 13); }

std::string WhatOf(const Difference& difference) {
  if (!difference.setting.empty()) {
    return fmt::format("{}: {} here, {} there", difference.setting, difference.source, difference.destination);
  }
  if (!difference.tag.empty()) {
    const auto shown = [](const std::string& digest) { return digest.empty() ? "none" : Short(digest); };
    return fmt::format("tag {}: {} here, {} there", difference.tag, shown(difference.source),
                       shown(difference.destination));
  }
  auto what = Short(difference.digest);
  if (!difference.tags.empty()) what += fmt::format(" ({})", fmt::join(difference.tags, ", "));
  if (!difference.subject.empty()) what += fmt::format(", referrer of {}", Short(difference.subject));
  return what;
}

/// As WhatOf, for a terminal.
std::string ShownWhatOf(const Difference& difference) { return Printable(WhatOf(difference)); }

std::string VerdictOf(const Comparison& comparison) {
  std::string counts;
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    const auto count = comparison.Count(static_cast<DifferenceKind>(i));
    if (count > 0) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, kKindNames.at(i));
  }
  const auto lead = comparison.equal() ? "equal" : comparison.ready() ? "ready" : "not ready";
  return fmt::format("{}: {} of {} images and {} of {} tags of {} are the same at {}{}{}", lead, comparison.same_images,
                     comparison.images, comparison.same_tags, comparison.tags, comparison.from, comparison.to,
                     counts.empty() ? "" : "; ", counts);
}

}  // namespace

std::string_view NameOf(DifferenceKind kind) { return kKindNames.at(static_cast<std::size_t>(kind)); }
std::string_view NameOf(DifferenceReason reason) { return kReasonNames.at(static_cast<std::size_t>(reason)); }

std::string ToText(const Comparison& comparison) {
  std::string text = Printable(fmt::format("{} and {}", comparison.from, comparison.to));
  if (!comparison.at.empty()) text += fmt::format(" at {}", comparison.at);
  text += "\n";
  std::size_t repository_width = 0;
  std::size_t what_width = 0;
  for (const auto& difference : comparison.differences) {
    repository_width = std::max(repository_width, difference.repository.size());
    what_width = std::max(what_width, ShownWhatOf(difference).size());
  }
  for (const auto& difference : comparison.differences) {
    text += fmt::format("  {:<9}  {:<{}}  {:<{}}  {}\n", NameOf(difference.kind), difference.repository,
                        repository_width, ShownWhatOf(difference), what_width, Printable(difference.why));
  }
  for (const auto& note : comparison.notes) text += fmt::format("  note       {}\n", Printable(note));
  return text + Printable(VerdictOf(comparison)) + "\n";
}

nlohmann::ordered_json ToJson(const Comparison& comparison) {
  Json json = {{"from", comparison.from}, {"to", comparison.to}};
  if (!comparison.at.empty()) json["at"] = comparison.at;
  json["ready"] = comparison.ready();
  json["equal"] = comparison.equal();
  json["images"] = {{"source", comparison.images}, {"same", comparison.same_images}};
  json["tags"] = {{"source", comparison.tags}, {"same", comparison.same_tags}};
  auto& counts = json["counts"];
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    counts[std::string(kKindNames.at(i))] = comparison.Count(static_cast<DifferenceKind>(i));
  }
  json["differences"] = Json::array();
  for (const auto& difference : comparison.differences) {
    Json row = {{"kind", NameOf(difference.kind)}, {"repository", difference.repository}};
    const auto add = [&row](const char* name, const std::string& value) {
      if (!value.empty()) row[name] = value;
    };
    add("imageDigest", difference.digest);
    add("imageTag", difference.tag);
    if (!difference.tags.empty()) row["imageTags"] = difference.tags;
    add("subjectManifestDigest", difference.subject);
    add("setting", difference.setting);
    if (!difference.tag.empty() || !difference.setting.empty()) {
      row["source"] = difference.source.empty() ? Json() : Json(difference.source);
      row["destination"] = difference.destination.empty() ? Json() : Json(difference.destination);
    }
    row["reason"] = NameOf(difference.reason);
    row["why"] = difference.why;
    json["differences"].push_back(std::move(row));
  }
  json["notes"] = comparison.notes;
  return json;
}

}  // namespace crrsim
