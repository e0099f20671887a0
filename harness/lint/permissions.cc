// Findings about rules that the destination does not let work.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/explain/explanation.h"
#include "harness/lint/linter.h"
#include "registry_model/replication/admission.h"

namespace crrsim {

namespace {

constexpr std::size_t kNamesShown = 3;

std::string SomeNames(const std::vector<RepositoryName>& names) {
  std::vector<std::string> shown;
  for (const auto& name : names) {
    if (shown.size() < kNamesShown) shown.push_back(name.text());
  }
  const auto more = names.size() - shown.size();
  return fmt::format("{}{}", fmt::join(shown, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

class PermissionLint {
 public:
  PermissionLint(LintContext& context, const Incoming& incoming)
      : context_(context),
        incoming_(incoming),
        destination_(context.set_up.registries.at(incoming.destination)),
        policy_(context.set_up.Find(incoming.destination, DocumentKind::kPolicy)) {}

  void Lint() {
    if (policy_ != nullptr && !destination_.policy) return;
    Ask();
    if (!denied_.empty()) return AddDenied();
    if (!untagged_.empty()) return AddUntagged();
    if (!uncreated_.empty()) AddUncreated();
  }

 private:
  /// Sorts the samples by what becomes of them.
  void Ask() {
    for (const auto& name : incoming_.samples) {
      const auto admission = DecideAdmission(destination_, incoming_.source, name, context_.assumptions);
      if (admission.admitted()) {
        ++admitted_;
      } else if (admission.failure == FailureCode::kAccessDenied) {
        denied_.push_back(name);
      } else if (admission.failure == FailureCode::kRepositoryNotFound) {
        uncreated_.push_back(name);
      } else if (!admission.refused_action.empty()) {
        untagged_.push_back(name);
      }
    }
  }

  [[nodiscard]] std::string Rule() const {
    return fmt::format("rule {} of {}", incoming_.rule, ToText(incoming_.source));
  }
  [[nodiscard]] bool listed() const { return incoming_.samples_are == Incoming::Samples::kListed; }

  /// At the policy, or where there is none at the rule.
  void Add(std::string_view code, std::string message, std::string fix) {
    if (policy_ != nullptr) {
      return context_.Add(*policy_, code, policy_->base, std::move(message), std::move(fix));
    }
    const auto* configuration = context_.set_up.Find(incoming_.source, DocumentKind::kConfiguration);
    context_.Add(*configuration, code,
                 fmt::format("{}/rules/{}/destinations/{}", configuration->base, incoming_.rule, incoming_.place),
                 std::move(message), std::move(fix));
  }

  [[nodiscard]] std::string Grant(std::string_view actions) const {
    return fmt::format("allow {} to arn:{}:iam::{}:root in the registry policy of {}", actions,
                       PartitionOf(incoming_.destination.region), incoming_.source.account.text(),
                       ToText(incoming_.destination));
  }

  void AddDenied() {
    if (policy_ == nullptr) {
      return Add("no-registry-policy",
                 fmt::format("{} has no registry policy, so nothing of another account can be replicated there",
                             ToText(incoming_.destination)),
                 Grant("ecr:ReplicateImage and ecr:CreateRepository"));
    }
    const bool some_pass = admitted_ + uncreated_.size() + untagged_.size() > 0;
    // Of names that are made up, those that pass show that the rule can work.
    if (some_pass && !listed()) return;
    const auto explanation =
        ExplainPush({context_.set_up.registries}, {incoming_.source, denied_.front(), std::nullopt, std::nullopt},
                    context_.assumptions);
    std::string reason;
    for (const auto& destination : explanation.destinations) {
      if (destination.destination == incoming_.destination) reason = destination.reason;
    }
    if (some_pass) {
      return Add("replication-partly-denied",
                 fmt::format("{} takes {}, which the policy does not let in: {}", Rule(), SomeNames(denied_), reason),
                 "widen the statement's Resource, or narrow the rule's filters");
    }
    Add("replication-denied", fmt::format("{} can never work: {}", Rule(), reason),
        Grant("ecr:ReplicateImage and ecr:CreateRepository"));
  }

  void AddUntagged() {
    Add("template-tags-denied",
        fmt::format(
            "the creation template for repositories such as {} sets resource tags, but the policy does not allow "
            "ecr:TagResource to {}, so creation fails",
            untagged_.front().text(), incoming_.source.account.text()),
        Grant("ecr:TagResource too"));
  }

  void AddUncreated() {
    const bool there_listed = context_.set_up.Find(incoming_.destination, DocumentKind::kRepositories) != nullptr;
    // With names that are made up, a repository that is there already shows that someone creates them.
    if (!listed() && there_listed && SomeFits()) return;
    if (!listed() && admitted_ > 0) return;
    Add("creation-denied",
        listed() ? fmt::format("{} takes repositories that {} there ({}); the policy allows ecr:ReplicateImage and not "
                               "ecr:CreateRepository, so their replication fails",
                               Rule(), there_listed ? "are not" : "may not be", SomeNames(uncreated_))
                 : fmt::format("the policy allows ecr:ReplicateImage and not ecr:CreateRepository: {} fails for every "
                               "repository that is not there already",
                               Rule()),
        fmt::format("{}, or create the repositories there (and give lint what describe-repositories prints)",
                    Grant("ecr:CreateRepository too")));
  }

  /// Whether the destination has a repository that the rule takes.
  [[nodiscard]] bool SomeFits() const {
    const auto& rule = context_.set_up.registries.at(incoming_.source).replication.rules.at(incoming_.rule);
    bool some = false;
    destination_.repositories.ForEachSorted([&](const RepositoryName& name, const Cow<Repository>&) {
      for (const auto& prefix : PrefixesOf(rule)) some = some || name.text().starts_with(prefix);
    });
    return some;
  }

  LintContext& context_;
  const Incoming& incoming_;
  const Registry& destination_;
  const SetUpDocument* policy_;
  std::size_t admitted_ = 0;
  std::vector<RepositoryName> denied_;
  std::vector<RepositoryName> uncreated_;
  std::vector<RepositoryName> untagged_;
};

}  // namespace

void LintPermissions(LintContext& context, const std::vector<Incoming>& all) {
  // A policy with findings of its own has said enough.
  std::set<RegistryKey> judged;
  for (const auto& document : context.set_up.documents) {
    if (document.kind == DocumentKind::kPolicy && context.FoundIn(document)) judged.insert(document.registry);
  }
  for (const auto& incoming : all) {
    if (!judged.contains(incoming.destination)) PermissionLint(context, incoming).Lint();
  }
}

}  // namespace crrsim
