// The schema of a comparison's JSON; a test holds one against the other.
#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "harness/compare/compare.h"
#include "harness/json.h"
#include "harness/report/parts.h"

namespace crrsim {

namespace {

using schema::kCount;
using schema::kText;
using schema::Object;

const Json kTextOrNull = {{"type", Json::array({"string", "null"})}};
const Json kBoolean = {{"type", "boolean"}};

/// An object of which these members may be absent.
Json ObjectWithout(std::initializer_list<std::string_view> optional, const Json& members) {
  auto object = Object(members);
  auto required = Json::array();
  for (const auto& [name, member] : members.items()) {
    if (std::find(optional.begin(), optional.end(), name) == optional.end()) required.push_back(name);
  }
  object["required"] = std::move(required);
  return object;
}

/// All names from the first to the last of an enumeration.
template <class Enum>
Json NamesUpTo(Enum last) {
  auto names = Json::array();
  for (int value = 0; value <= static_cast<int>(last); ++value) names.push_back(NameOf(static_cast<Enum>(value)));
  return names;
}

}  // namespace

nlohmann::ordered_json CompareSchema() {
  Json counts;
  for (const auto& kind : NamesUpTo(DifferenceKind::kSetting)) counts[kind.get<std::string>()] = kCount;
  const Json shares = {{"source", kCount}, {"same", kCount}};
  Json difference = ObjectWithout(
      {"imageDigest", "imageTag", "imageTags", "subjectManifestDigest", "setting", "source", "destination"},
      {{"kind", {{"enum", NamesUpTo(DifferenceKind::kSetting)}}},
       {"repository", kText},
       {"imageDigest", kText},
       {"imageTag", kText},
       {"imageTags", {{"type", "array"}, {"items", kText}}},
       {"subjectManifestDigest", kText},
       {"setting", kText},
       {"source", kTextOrNull},
       {"destination", kTextOrNull},
       {"reason", {{"enum", NamesUpTo(DifferenceReason::kUnknown)}}},
       {"why", kText}});
  auto whole = ObjectWithout({"at"}, {{"from", kText},
                                      {"to", kText},
                                      {"at", kText},
                                      {"ready", kBoolean},
                                      {"equal", kBoolean},
                                      {"images", Object(shares)},
                                      {"tags", Object(shares)},
                                      {"counts", Object(counts)},
                                      {"differences", {{"type", "array"}, {"items", std::move(difference)}}},
                                      {"notes", {{"type", "array"}, {"items", kText}}}});
  whole["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  whole["title"] = "crrsim comparison of two registries";
  return whole;
}

}  // namespace crrsim
