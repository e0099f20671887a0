// What a change of configuration does to a list of repositories: for each, in every registry that replicates, which
// destinations it gains and loses, and where permission or creation template change.
//
//   const auto changes = CompareSetUps(before, after, repositories, assumptions);
//   std::cout << ToText(changes);
//
// Both sides are decided by the model itself (explanation.h); registries of which one side has no documents are unknown
// there. Order: repositories as given, then source, then destination.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/explain/explanation.h"
#include "harness/explain/set_up.h"

namespace crrsim {

enum class ChangeKind : std::uint8_t { kGained, kLost, kPermission, kTemplate };
/// `gained`, `lost`, `permission`, `template`.
std::string_view NameOf(ChangeKind kind);

struct RepositoryChange {
  RepositoryName repository;
  RegistryKey source;
  RegistryKey destination;
  ChangeKind kind = ChangeKind::kGained;
  std::string before;  // of a permission: the outcome; of a template: its prefix; in words
  std::string after;
  std::string reason;  // for the side that counts: the new one, or the old one of what was lost
};

struct SetUpChanges {
  std::size_t repositories = 0;  // that were looked at
  std::vector<RepositoryChange> changes;
  std::vector<std::pair<std::string, std::string>> assumptions;  // consulted
};

SetUpChanges CompareSetUps(const SetUp& before, const SetUp& after, const std::vector<RepositoryName>& repositories,
                           const Assumptions& assumptions);

/// A table and a summary line; ends with a newline.
std::string ToText(const SetUpChanges& changes);
nlohmann::ordered_json ToJson(const SetUpChanges& changes);

/// One name a line; empty lines and repetitions do not count.
/// On error  every line that is no name, with its place.
Result<std::vector<RepositoryName>, Diagnostics> ReadRepositoryList(const std::string& file);

}  // namespace crrsim
