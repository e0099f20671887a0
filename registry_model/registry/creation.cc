#include "registry_model/registry/creation.h"

#include "registry_model/mutants.h"

namespace crrsim {

namespace {

constexpr std::string_view kRoot = "ROOT";

/// ROOT counts as the shortest prefix, whatever its letters.
std::size_t LengthOf(const CreationTemplate& candidate) {
  return candidate.prefix == kRoot ? 0 : candidate.prefix.size();
}

/// Null where there is none. Two prefixes of one name with one length are the same prefix, so the choice is unique.
const CreationTemplate* Longer(const CreationTemplate* best, const CreationTemplate& candidate) {
  if (Mutated(Mutant::kShortestTemplateWins)) {
    return best == nullptr || LengthOf(candidate) < LengthOf(*best) ? &candidate : best;
  }
  return best == nullptr || LengthOf(candidate) > LengthOf(*best) ? &candidate : best;
}

const CreationTemplate* Choose(const Registry& registry, const RepositoryName& name, std::string_view purpose,
                               Assumptions& assumptions) {
  const CreationTemplate* longest = nullptr;
  const CreationTemplate* longest_applied = nullptr;
  for (const auto& [prefix, candidate] : registry.templates) {
    if (!Covers(prefix, name)) continue;
    longest = Longer(longest, candidate);
    if (candidate.AppliesFor(purpose) || Mutated(Mutant::kTemplateForEverything))
      longest_applied = Longer(longest_applied, candidate);
  }
  if (longest == longest_applied || longest_applied == nullptr) return longest_applied;
  return assumptions.Use(Assumption::kTemplateChoice) == "longest-applied" ? longest_applied : nullptr;
}

bool NeedsRole(const RepositorySettings& settings) {
  return !settings.resource_tags.empty() || settings.encryption_type != "AES256";
}

}  // namespace

bool Covers(std::string_view prefix, const RepositoryName& name) {
  if (prefix == kRoot) return true;
  const std::string_view text = name.text();
  if (Mutated(Mutant::kTemplateNeedsNoSlash)) return text.starts_with(prefix);
  return text.size() > prefix.size() && text.starts_with(prefix) && text[prefix.size()] == '/';
}

CreationDecision DecideCreation(const Registry& registry, const RepositoryName& name, std::string_view purpose,
                                Assumptions& assumptions) {
  const auto* chosen = Choose(registry, name, purpose, assumptions);
  if (chosen == nullptr) return {};
  if (NeedsRole(chosen->settings) && chosen->custom_role_arn.empty()) {
    if (assumptions.Use(Assumption::kTemplateWithoutRole) == "defaults") return {};
    return {CreationOutcome::kTemplateWithoutRole, chosen->prefix, {}};
  }
  auto settings = chosen->settings;
  if (Mutated(Mutant::kTemplateTurnsScanningOn)) settings.scan_on_push = true;
  return {CreationOutcome::kTemplate, chosen->prefix, std::move(settings)};
}

}  // namespace crrsim
