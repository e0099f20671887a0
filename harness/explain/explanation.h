// Where a push of an image would be replicated to, and why: the decisions of the model (replication/match.h,
// replication/admission.h, registry/creation.h) with their reasons.
//
// What is explained is a push at this moment, with the registries as they are. Where a world has run, what became of
// the image in it (its status, how it got there, a tag in the way at the destination) is added.
//
//   auto explanation = ExplainPush({.registries = set_up.registries}, {source, repository, tag, {}}, assumptions);
//   std::cout << ToText(explanation);
//
// Order: destinations as the model matches them; rules, filters and statements as in their documents.
// Determinism: a pure function of its input.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "registry_model/assumptions.h"
#include "registry_model/policy/explain.h"
#include "registry_model/replication/admission.h"
#include "registry_model/world/world.h"

namespace crrsim {

struct PushedImage {
  RegistryKey source;
  RepositoryName repository;
  std::optional<Tag> tag;
  std::optional<Digest> digest;  // in place of a tag
};
/// `team/api:1`, `team/api@sha256:...`, or the repository alone.
std::string ToText(const PushedImage& image);

/// A rule of the source, and the filter that took the repository.
struct MatchedRule {
  std::size_t rule = 0;
  std::optional<std::size_t> filter;  // nothing: the rule has no filters and takes every repository
  std::string prefix;                 // of the filter
};

/// Why a rule does not take the repository.
struct UnmatchedRule {
  std::size_t rule = 0;
  std::vector<std::string> prefixes;
};

enum class Ending : std::uint8_t {
  kReplicated,            // COMPLETE
  kReplicatedWithoutTag,  // COMPLETE, the tag is immutable at the destination and names another image
  kRefused,               // FAILED
  kUnknown,               // another account's registry that nothing is known of
};
/// `replicated`, `replicated-without-tag`, `refused`, `unknown`.
std::string_view NameOf(Ending ending);

/// What the destination's policy says to one action.
struct PermissionExplanation {
  std::string action;
  bool allowed = false;
  bool own_account = false;  // needs no grant, only no Deny
  bool no_policy = false;
  policy::Explanation policy;
};

enum class RepositoryThere : std::uint8_t { kPresent, kCreated, kNotCreated, kUnknown };

struct DestinationExplanation {
  RegistryKey destination;
  std::vector<MatchedRule> rules;
  Ending ending = Ending::kUnknown;
  FailureCode failure = FailureCode::kNone;
  std::vector<PermissionExplanation> permissions;  // in the order asked; empty where nothing is known
  policy::Request request;                         // what the policy was asked about, but for the action
  RepositoryThere repository = RepositoryThere::kUnknown;
  CreationDecision creation;  // of kCreated and kNotCreated
  std::string reason;         // one sentence that says why it ends so
  std::vector<std::string> notes;
  std::optional<DestinationStatus> status;  // of the image in the world
};

struct PushExplanation {
  PushedImage image;
  std::vector<DestinationExplanation> destinations;
  std::vector<UnmatchedRule> unmatched;
  std::string reason;                                            // why there is no destination; empty if there are some
  std::vector<std::string> notes;                                // about the image in the world
  std::vector<std::pair<std::string, std::string>> assumptions;  // consulted, with their values
};

struct ExplainedRegistries {
  const Registries& registries;  // others are unknown
  const World* world = nullptr;  // that they are of, if it has run
};

PushExplanation ExplainPush(const ExplainedRegistries& where, const PushedImage& image, Assumptions assumptions);

/// For people; ends with a newline.
std::string ToText(const PushExplanation& explanation);
nlohmann::ordered_json ToJson(const PushExplanation& explanation);

}  // namespace crrsim
