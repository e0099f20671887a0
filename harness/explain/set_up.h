// A set-up: the configuration of some registries, read from what the aws cli printed.
//
// A folder holds one folder an account, and in it one a region, with the documents of that registry:
//
//   SETUP/111122223333/us-west-2/registry.json       aws ecr describe-registry
//   SETUP/111122223333/us-west-2/policy.json         aws ecr get-registry-policy
//   SETUP/111122223333/us-west-2/templates.json      aws ecr describe-repository-creation-templates
//   SETUP/111122223333/us-west-2/repositories.json   aws ecr describe-repositories
//
// Every `*.json` is read; what it is shows from its members, so its name is free. A bare replication configuration, a
// list of rules under `rules`, a bare policy and a policy as an object are taken as well. A file that is missing stands
// for nothing put; so does an empty one whose name says that it is of the policy, as get-registry-policy prints nothing
// where there is none. The others always print something, and without it, or without the list that they are about, the
// set-up is refused. Members that are not needed here are passed over, so output of a newer cli can be read.
//
// Reading is lenient: what ECR would not store is kept as far as it can be, and noted in `refusals`.
//
// Order: documents by path, registries by account and region. Errors: not JSON, nothing known, not of the shape
// of its kind, twice the same kind.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/place.h"
#include "registry_model/policy/document.h"
#include "registry_model/registry/registry.h"
#include "sim/result.h"

namespace crrsim {

enum class DocumentKind : std::uint8_t { kConfiguration, kPolicy, kTemplates, kRepositories };
/// `replication configuration`, `registry policy`, ...
std::string_view NameOf(DocumentKind kind);

struct SetUpDocument {
  DocumentKind kind = DocumentKind::kConfiguration;
  RegistryKey registry;
  std::string file;
  std::shared_ptr<const std::string> text;
  nlohmann::json json;
  std::string base;  // the pointer of what the kind says: `/replicationConfiguration`, `/policyText`, or nothing
  /// Of a policy: as it was read, with what deserves a word; nothing if it cannot be read.
  std::shared_ptr<const policy::Document> policy;

  /// Where a JSON pointer of the file leads; the nearest value above it if there is none. Behind a `#` it goes on
  /// inside a text, whose own place is the answer.
  [[nodiscard]] Place PlaceOf(std::string_view pointer) const;
  /// `base` and more; `#` between them where the policy is text.
  [[nodiscard]] std::string Below(std::string_view pointer) const;
};

/// What ECR would refuse to store, or what belongs to another account than its folder.
struct Refusal {
  std::size_t document = 0;  // in SetUp::documents
  std::string pointer;
  std::string message;
};

struct SetUp {
  std::string folder;
  Registries registries;  // those that have a folder
  std::vector<SetUpDocument> documents;
  std::vector<Refusal> refusals;

  [[nodiscard]] const SetUpDocument* Find(const RegistryKey& registry, DocumentKind kind) const;
};

/// On error  every document that cannot be read, and why.
Result<SetUp, Diagnostics> ReadSetUp(const std::string& folder);

/// `ACCOUNT/REGION`.
Result<RegistryKey, ParseError> ParseRegistryKey(std::string_view text);

}  // namespace crrsim
