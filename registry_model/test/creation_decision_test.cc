// Which settings an auto-created repository gets. Source  ecr-replication.md 2.5, 2.6, 14 (14 to 18).
#include <gtest/gtest.h>

#include "registry_model/registry/creation.h"
#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::Named;

constexpr std::string_view kReplication = "REPLICATION";

void AddTemplate(Registry& registry, const std::string& prefix, std::vector<std::string> applied_for = {"REPLICATION"},
                 RepositorySettings settings = {}, const std::string& role = "") {
  CreationTemplate added;
  added.prefix = prefix;
  added.applied_for = std::move(applied_for);
  added.settings = std::move(settings);
  added.custom_role_arn = role;
  registry.templates[prefix] = added;
}

CreationDecision Decide(const Registry& registry, std::string_view name, Assumptions assumptions = {}) {
  return DecideCreation(registry, Named(name), kReplication, assumptions);
}

TEST(CreationTest, WithoutTemplatesTheDefaultsApply) {
  const auto decision = Decide({}, "prod/x");
  EXPECT_EQ(decision.outcome, CreationOutcome::kDefaults);
  EXPECT_EQ(decision.template_prefix, "");
  EXPECT_EQ(decision.settings.mutability, TagMutability::kMutable);
  EXPECT_EQ(decision.settings.encryption_type, "AES256");
  EXPECT_EQ(decision.settings.kms_key, "");
  EXPECT_FALSE(decision.settings.scan_on_push);
  EXPECT_FALSE(decision.settings.repository_policy);
  EXPECT_EQ(decision.settings.lifecycle_policy, "");
  EXPECT_TRUE(decision.settings.resource_tags.empty());
}

TEST(CreationTest, ASlashIsAlwaysAssumedBehindThePrefix) {
  EXPECT_TRUE(Covers("prod", Named("prod/x")));
  EXPECT_TRUE(Covers("prod", Named("prod/team/x")));
  EXPECT_FALSE(Covers("prod", Named("prod")));
  EXPECT_FALSE(Covers("prod", Named("production")));
  EXPECT_FALSE(Covers("prod", Named("production/x")));
  EXPECT_FALSE(Covers("prod", Named("my/prod/x")));
  EXPECT_FALSE(Covers("prod/team", Named("prod/x")));
  EXPECT_TRUE(Covers("ROOT", Named("anything")));
}

TEST(CreationTest, TheLongestPrefixWinsAndRootCoversTheRest) {
  Registry registry;
  AddTemplate(registry, "ROOT");
  AddTemplate(registry, "prod");
  AddTemplate(registry, "prod/team");
  EXPECT_EQ(Decide(registry, "prod/team/x").template_prefix, "prod/team");
  EXPECT_EQ(Decide(registry, "prod/x").template_prefix, "prod");
  EXPECT_EQ(Decide(registry, "prod/teams").template_prefix, "prod");
  EXPECT_EQ(Decide(registry, "production").template_prefix, "ROOT");
  EXPECT_EQ(Decide(registry, "prod").template_prefix, "ROOT");
}

TEST(CreationTest, RootGivesWayToAPrefixOfOneLetter) {
  Registry registry;
  AddTemplate(registry, "ROOT");
  AddTemplate(registry, "a");
  EXPECT_EQ(Decide(registry, "a/x").template_prefix, "a");
}

TEST(CreationTest, TheSettingsAreThoseOfTheTemplate) {
  Registry registry;
  RepositorySettings settings;
  settings.mutability = TagMutability::kImmutableWithExclusion;
  settings.mutability_exclusions = {"dev-*"};
  settings.lifecycle_policy = "{}";
  AddTemplate(registry, "prod", {"PULL_THROUGH_CACHE", "REPLICATION"}, settings);
  const auto decision = Decide(registry, "prod/x");
  EXPECT_EQ(decision.outcome, CreationOutcome::kTemplate);
  EXPECT_EQ(decision.settings, settings);
}

TEST(CreationTest, ATemplateForAnotherPurposeIsIgnored) {
  Registry registry;
  AddTemplate(registry, "prod", {"CREATE_ON_PUSH"});
  Assumptions assumptions;
  EXPECT_EQ(DecideCreation(registry, Named("prod/x"), kReplication, assumptions).outcome, CreationOutcome::kDefaults);
  EXPECT_EQ(DecideCreation(registry, Named("prod/x"), "CREATE_ON_PUSH", assumptions).template_prefix, "prod");
  EXPECT_FALSE(assumptions.consulted(Assumption::kTemplateChoice)) << "both readings give the same here";
}

TEST(CreationTest, ALongerTemplateForAnotherPurposeHidesOrNotAsAssumed) {
  Registry registry;
  AddTemplate(registry, "ROOT");
  AddTemplate(registry, "prod");
  AddTemplate(registry, "prod/team", {"PULL_THROUGH_CACHE"});
  Assumptions applied;
  EXPECT_EQ(DecideCreation(registry, Named("prod/team/x"), kReplication, applied).template_prefix, "prod");
  EXPECT_TRUE(applied.consulted(Assumption::kTemplateChoice));
  Assumptions longest;
  ASSERT_TRUE(longest.Set("template_choice", "longest-then-applied").ok());
  EXPECT_EQ(Decide(registry, "prod/team/x", longest).outcome, CreationOutcome::kDefaults);
  EXPECT_EQ(Decide(registry, "prod/x", longest).template_prefix, "prod");
}

TEST(CreationTest, TagsOrAKeyNeedARole) {
  RepositorySettings tags;
  tags.resource_tags = {{"team", "a"}};
  RepositorySettings kms;
  kms.encryption_type = "KMS";
  RepositorySettings dsse;
  dsse.encryption_type = "KMS_DSSE";
  for (const auto& settings : {tags, kms, dsse}) {
    Registry without;
    AddTemplate(without, "prod", {"REPLICATION"}, settings);
    const auto refused = Decide(without, "prod/x");
    EXPECT_EQ(refused.outcome, CreationOutcome::kTemplateWithoutRole);
    EXPECT_EQ(refused.template_prefix, "prod");

    Assumptions lenient;
    ASSERT_TRUE(lenient.Set("template_without_role", "defaults").ok());
    const auto defaults = Decide(without, "prod/x", lenient);
    EXPECT_EQ(defaults.outcome, CreationOutcome::kDefaults);
    EXPECT_EQ(defaults.settings, RepositorySettings());

    Registry with;
    AddTemplate(with, "prod", {"REPLICATION"}, settings, "arn:aws:iam::111122223333:role/ecr");
    Assumptions assumptions;
    EXPECT_EQ(DecideCreation(with, Named("prod/x"), kReplication, assumptions).settings, settings);
    EXPECT_FALSE(assumptions.consulted(Assumption::kTemplateWithoutRole));
  }
}

}  // namespace
}  // namespace crrsim
