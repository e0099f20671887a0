// What the parts of lint share. Internal to harness/lint/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/explain/set_up.h"
#include "harness/lint/finding.h"
#include "registry_model/assumptions.h"

namespace crrsim {

struct LintContext {
  const SetUp& set_up;
  Assumptions assumptions;
  std::vector<LintFinding> findings;

  /// `pointer` counts from the file's root.
  void Add(const SetUpDocument& document, std::string_view code, std::string pointer, std::string message,
           std::string fix, std::string assumption = {});
  [[nodiscard]] bool FoundIn(const SetUpDocument& document) const;
  [[nodiscard]] std::string_view ValueOf(std::string_view assumption) const;
};

/// A rule of a registry of the set-up that sends to another, and repositories that it takes.
struct Incoming {
  RegistryKey source;
  RegistryKey destination;
  std::size_t rule = 0;
  std::size_t place = 0;  // of the destination in the rule's JSON
  enum class Samples : std::uint8_t { kMadeUp, kListed } samples_are = Samples::kMadeUp;
  std::vector<RepositoryName> samples;
};

/// Every pair of a rule and a destination. Order: by source, rule, destination.
std::vector<Incoming> IncomingOf(const SetUp& set_up);
/// Repository names that the resources of a policy, or the templates of the registry, take, made up.
std::vector<RepositoryName> NamesThatFit(const SetUp& set_up, const RegistryKey& registry, std::string_view prefix);

/// The filters of a rule; one of no characters for a rule without.
std::vector<std::string> PrefixesOf(const ReplicationRule& rule);

/// The regions of AWS when this was written.
const std::vector<std::string_view>& KnownRegions();
/// The actions of ECR, without `ecr:`.
const std::vector<std::string_view>& KnownActions();

void LintConfigurations(LintContext& context);
void LintTemplates(LintContext& context, const std::vector<Incoming>& all);
void LintPolicies(LintContext& context, const std::vector<Incoming>& all);
void LintPermissions(LintContext& context, const std::vector<Incoming>& all);

}  // namespace crrsim
