// What one registry holds, as plain text: the ground on which two registries are compared. It comes from a world
// (snapshot_of_world.h) or from what the aws cli printed (snapshot_of_folder.h), and knows nothing of the model.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace crrsim {

/// Where an image came from, where that is known.
enum class CameBy : std::uint8_t { kUnknown, kPush, kReplication };

struct ImageSnapshot {
  std::set<std::string> tags;
  std::string media_type;
  std::string manifest;            // its bytes; empty where they are not known
  std::string subject;             // digest that a referrer is about; empty for others
  std::set<std::string> children;  // digests, of an index whose bytes are known
  std::string status;              // ACTIVE, ARCHIVED, ACTIVATING
  CameBy came_by = CameBy::kUnknown;
  friend bool operator==(const ImageSnapshot&, const ImageSnapshot&) = default;
};

struct RepositorySnapshot {
  std::map<std::string, std::string> settings;  // by the API's names; empty where they are not known
  std::vector<std::string> mutability_filters;
  bool images_known = false;
  std::map<std::string, ImageSnapshot> images;  // by digest
};

struct RegistrySnapshot {
  std::string name;      // for people
  std::string registry;  // `ACCOUNT/REGION`; empty where it is not known
  std::map<std::string, RepositorySnapshot> repositories;
};

/// A rule of the source registry: its destinations as `ACCOUNT/REGION`, its prefixes (none: every repository).
struct RuleSnapshot {
  std::set<std::string> destinations;
  std::vector<std::string> prefixes;
};

/// What is known of how the source replicates to the destination.
struct ReplicationSnapshot {
  std::optional<std::vector<RuleSnapshot>> rules;
  /// The status and the failure code towards the destination, by repository and digest. Empty where none are known.
  std::optional<std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>>> statuses;
};

}  // namespace crrsim
