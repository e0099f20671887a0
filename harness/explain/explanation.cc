#include "harness/explain/explanation.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry_model/replication/match.h"

namespace crrsim {

namespace {

constexpr std::string_view kReplicate = "ecr:ReplicateImage";
constexpr std::string_view kCreate = "ecr:CreateRepository";
constexpr std::string_view kTag = "ecr:TagResource";

/// The condition that kept a statement from applying for want of a key; null if it was something else.
const policy::ConditionExplanation* AbsentKey(const policy::StatementExplanation& statement) {
  using policy::Match;
  if (statement.principal != Match::kYes || statement.action != Match::kYes || statement.resource != Match::kYes) {
    return nullptr;
  }
  for (const auto& condition : statement.conditions) {
    if (condition.holds == Match::kNo && condition.present == Match::kNo) return &condition;
  }
  return nullptr;
}

std::string NameOfStatement(const policy::StatementExplanation& statement) {
  if (statement.sid.empty()) return fmt::format("statement {}", statement.place);
  return fmt::format("statement {} ({})", statement.place, statement.sid);
}

/// One sentence on what the policy says.
std::string ReasonOf(const PermissionExplanation& permission, const RegistryKey& destination) {
  const auto where = ToText(destination);
  if (permission.no_policy) {
    return permission.own_account
               ? fmt::format("same account: {} needs no grant", permission.action)
               : fmt::format("{} has no registry policy, so nothing allows {}", where, permission.action);
  }
  const auto& statements = permission.policy.statements;
  if (const auto place = permission.policy.decision.statement) {
    return fmt::format("{} of the policy of {} {} {}", NameOfStatement(statements.at(*place)), where,
                       permission.allowed ? "allows" : "denies", permission.action);
  }
  if (permission.own_account) return fmt::format("same account: {} needs no grant", permission.action);
  for (const auto& statement : statements) {
    if (const auto* condition = AbsentKey(statement); condition != nullptr) {
      return fmt::format("{} of the policy of {} would allow {}, but the request has no {} ({})",
                         NameOfStatement(statement), where, permission.action, condition->key,
                         condition->operator_name);
    }
  }
  return fmt::format("no statement of the policy of {} allows {}", where, permission.action);
}

/// Explains one destination.
class DestinationExplainer {
 public:
  DestinationExplainer(const ExplainedRegistries& where, const PushedImage& image, Assumptions& assumptions,
                       DestinationExplanation& into)
      : where_(where), image_(image), assumptions_(assumptions), into_(into) {}

  void Explain() {
    if (const auto* found = where_.registries.Find(into_.destination)) {
      ExplainKnown(*found);
      if (where_.world == nullptr && found->repositories.empty()) {
        into_.notes.push_back("no repositories are given there (describe-repositories), so it is taken to have none");
      }
      return;
    }
    Registry nothing_put;
    nothing_put.key = into_.destination;
    if (into_.destination.account == image_.source.account) {
      ExplainKnown(nothing_put);
      into_.repository = RepositoryThere::kUnknown;
      into_.notes.push_back(
          fmt::format("nothing is given of {}: taken to have neither policy nor templates", ToText(into_.destination)));
      return;
    }
    if (where_.world != nullptr) {
      into_.ending = Ending::kRefused;
      into_.failure = FailureCode::kRegistryNotFound;
      into_.reason = fmt::format("the world has no registry {}", ToText(into_.destination));
      return;
    }
    into_.reason = fmt::format("nothing is given of {}; its registry policy decides", ToText(into_.destination));
  }

 private:
  void ExplainKnown(const Registry& destination) {
    into_.request = ReplicationRequest(image_.source, destination.key, image_.repository, assumptions_);
    const auto admission = DecideAdmission(destination, image_.source, image_.repository, assumptions_);
    const auto* repository = destination.Find(image_.repository);
    Ask(destination, kReplicate);
    if (repository != nullptr) {
      into_.repository = RepositoryThere::kPresent;
    } else {
      into_.repository = admission.admitted() ? RepositoryThere::kCreated : RepositoryThere::kNotCreated;
      if (into_.permissions.back().allowed) AskToCreate(destination);
    }
    into_.failure = admission.failure;
    into_.ending = admission.admitted() ? Ending::kReplicated : Ending::kRefused;
    into_.reason = ReasonOf(into_.permissions.back(), destination.key);
    if (!admission.admitted() && admission.refused_action.empty()) {
      into_.reason = fmt::format(
          "the creation template '{}' sets resource tags or a KMS key and names no custom role, so creation fails",
          into_.creation.template_prefix);
    }
    if (admission.admitted() && repository != nullptr) LookForTag(*repository);
  }

  void AskToCreate(const Registry& destination) {
    into_.creation = DecideCreation(destination, image_.repository, "REPLICATION", assumptions_);
    Ask(destination, kCreate);
    if (into_.permissions.back().allowed && !into_.creation.settings.resource_tags.empty()) Ask(destination, kTag);
  }

  void Ask(const Registry& destination, std::string_view action) {
    PermissionExplanation permission;
    permission.action = action;
    permission.own_account = destination.key.account == image_.source.account;
    permission.no_policy = !destination.policy;
    permission.allowed = permission.own_account;
    if (destination.policy) {
      auto request = into_.request;
      request.action = action;
      permission.policy = Explain(destination.policy->document(), request);
      const auto outcome = permission.policy.decision.outcome;
      permission.allowed = outcome == policy::Outcome::kAllowed ||
                           (permission.own_account && outcome == policy::Outcome::kImplicitlyDenied);
    }
    into_.permissions.push_back(std::move(permission));
  }

  static policy::Explanation Explain(const policy::Document& document, const policy::Request& request) {
    return policy::Explain(document, request);
  }

  /// A tag that may not move.
  void LookForTag(const Repository& repository) {
    if (!image_.tag || !IsImmutable(repository.settings, *image_.tag)) return;
    const auto* bound = repository.FindImage(*image_.tag);
    if (where_.world == nullptr) {
      into_.notes.push_back(
          fmt::format("tag {} is immutable there: if it names another image already, the image arrives "
                      "without the tag",
                      image_.tag->text()));
      return;
    }
    if (bound == nullptr || (image_.digest && bound->manifest->digest == *image_.digest)) return;
    if (assumptions_.Use(Assumption::kImmutableConflict) == "fail") {
      into_.ending = Ending::kRefused;
      into_.failure = FailureCode::kTagImmutable;
    } else {
      into_.ending = Ending::kReplicatedWithoutTag;
    }
    into_.reason = fmt::format("tag {} is immutable at {} and names {} there", image_.tag->text(),
                               ToText(into_.destination), bound->manifest->digest.text());
  }

  const ExplainedRegistries& where_;
  const PushedImage& image_;
  Assumptions& assumptions_;
  DestinationExplanation& into_;
};

/// The rules that lead to a destination, each with the first filter that takes the repository.
std::vector<MatchedRule> RulesTo(const ReplicationConfiguration& configuration, const RepositoryName& repository,
                                 const RegistryKey& destination) {
  std::vector<MatchedRule> matched;
  for (std::size_t i = 0; i < configuration.rules.size(); ++i) {
    const auto& rule = configuration.rules[i];
    const bool leads =
        std::find(rule.destinations.begin(), rule.destinations.end(), destination) != rule.destinations.end();
    if (!leads || !Matches(rule, repository)) continue;
    MatchedRule& entry = matched.emplace_back();
    entry.rule = i;
    for (std::size_t place = 0; place < rule.filters.size(); ++place) {
      auto only = rule;
      only.filters = {rule.filters[place]};
      if (!Matches(only, repository)) continue;
      entry.filter = place;
      entry.prefix = rule.filters[place].prefix;
      break;
    }
  }
  return matched;
}

/// What the world knows of the image at its source.
void LookAtSource(const ExplainedRegistries& where, PushExplanation& explanation, const Registry& source) {
  auto& image = explanation.image;
  const auto* repository = source.Find(image.repository);
  const Image* there = nullptr;
  if (repository != nullptr) {
    there = image.digest ? repository->FindImage(*image.digest)
            : image.tag  ? repository->FindImage(*image.tag)
                         : nullptr;
  }
  if (there == nullptr) {
    explanation.notes.push_back(
        fmt::format("{} is not in {}; what is explained is a push of it", ToText(image), ToText(image.source)));
    return;
  }
  image.digest = there->manifest->digest;
  const auto statuses = where.world->StatusOf({image.source, image.repository, *image.digest});
  if (there->origin == Origin::kReplication) {
    explanation.notes.push_back(
        "the image came here by replication, and what came so is never replicated on; what is explained is a push of "
        "it "
        "by a client");
  } else if (statuses.empty() && !explanation.destinations.empty()) {
    explanation.notes.push_back(
        "the image was never replicated from here: no rule took it when it was pushed; what is explained is a push "
        "now");
  }
  for (auto& destination : explanation.destinations) {
    for (const auto& status : statuses) {
      if (status.destination == destination.destination) destination.status = status;
    }
  }
}

}  // namespace

std::string ToText(const PushedImage& image) {
  if (image.tag) return fmt::format("{}:{}", image.repository.text(), image.tag->text());
  if (image.digest) return fmt::format("{}@{}", image.repository.text(), image.digest->text());
  return image.repository.text();
}

std::string_view NameOf(Ending ending) {
  switch (ending) {
    case Ending::kReplicated:
      return "replicated";
    case Ending::kReplicatedWithoutTag:
      return "replicated-without-tag";
    case Ending::kRefused:
      return "refused";
    case Ending::kUnknown:
      return "unknown";
  }
  return {};
}

PushExplanation ExplainPush(const ExplainedRegistries& where, const PushedImage& image, Assumptions assumptions) {
  PushExplanation explanation;
  explanation.image = image;
  const auto* found = where.registries.Find(image.source);
  if (found == nullptr) {
    explanation.reason = fmt::format("nothing is given of the registry {}", ToText(image.source));
    return explanation;
  }
  const auto& configuration = found->replication;
  for (std::size_t i = 0; i < configuration.rules.size(); ++i) {
    const auto& rule = configuration.rules[i];
    if (Matches(rule, image.repository)) continue;
    auto& unmatched = explanation.unmatched.emplace_back();
    unmatched.rule = i;
    for (const auto& filter : rule.filters) unmatched.prefixes.push_back(filter.prefix);
  }

  const auto destinations = DestinationsOf(configuration, image.repository, assumptions);
  const bool by_digest = !image.tag && image.digest;
  if (configuration.rules.empty()) {
    explanation.reason = fmt::format("{} has no replication rules", ToText(image.source));
  } else if (destinations.empty()) {
    explanation.reason =
        fmt::format("no rule of {} takes the repository {}", ToText(image.source), image.repository.text());
  } else if (by_digest && assumptions.Use(Assumption::kUntaggedPush) == "not-replicated") {
    explanation.reason = "a push by digest is not replicated under the assumption untagged_push";
  }
  if (explanation.reason.empty()) {
    for (const auto& destination : destinations) explanation.destinations.emplace_back().destination = destination;
  }
  if (where.world != nullptr) LookAtSource(where, explanation, *found);
  for (auto& destination : explanation.destinations) {
    destination.rules = RulesTo(configuration, image.repository, destination.destination);
    DestinationExplainer(where, explanation.image, assumptions, destination).Explain();
  }
  for (const auto& info : AssumptionTable()) {
    if (!assumptions.consulted(info.id)) continue;
    explanation.assumptions.emplace_back(info.name, assumptions.value(info.id));
  }
  return explanation;
}

}  // namespace crrsim
