// Which images a lifecycle policy acts on.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/lifecycle/selection.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Instant kNow = Instant() + Days(1'000);

LifecycleImage Aged(const std::string& name, std::int64_t days, std::vector<std::string> tags = {}) {
  LifecycleImage image;
  image.digest = Digest::Of(name);
  image.pushed_at = kNow - Days(1) * days;
  image.tags = std::move(tags);
  return image;
}

LifecycleRule KeepOf(std::int64_t priority, const std::string& prefix, std::int64_t count) {
  LifecycleRule rule;
  rule.priority = priority;
  rule.tag_status = LifecycleTagStatus::kTagged;
  rule.tag_prefixes = {prefix};
  rule.count_number = count;
  return rule;
}
LifecycleRule OlderThan(std::int64_t days, LifecycleTagStatus status = LifecycleTagStatus::kAny) {
  LifecycleRule rule;
  rule.priority = 100;
  rule.tag_status = status;
  rule.count_type = LifecycleCountType::kSinceImagePushed;
  rule.count_number = days;
  return rule;
}

/// The names of the images that go, in order.
std::vector<std::string> Going(const std::vector<LifecycleRule>& rules, const std::vector<LifecycleImage>& images,
                               const std::vector<std::string>& names) {
  std::vector<std::string> going;
  for (const auto& action : SelectForLifecycle({rules}, images, kNow)) {
    for (const auto& name : names) {
      if (Digest::Of(name) == action.digest) going.push_back(name);
    }
  }
  return going;
}

TEST(LifecycleSelectionTest, KeepsTheYoungestOfEachRule) {
  const std::vector<LifecycleImage> images = {Aged("new", 1, {"v3"}), Aged("old", 3, {"v1"}), Aged("mid", 2, {"v2"}),
                                              Aged("other", 9, {"w1"})};
  const std::vector<std::string> names = {"new", "old", "mid", "other"};
  EXPECT_THAT(Going({KeepOf(1, "v", 3)}, images, names), IsEmpty());
  EXPECT_THAT(Going({KeepOf(1, "v", 2)}, images, names), ElementsAre("old"));
  EXPECT_THAT(Going({KeepOf(1, "v", 1)}, images, names), ElementsAre("old", "mid"));
}

TEST(LifecycleSelectionTest, AnAgeHasToBeMoreThanTheDays) {
  auto exact = Aged("exact", 14);
  auto past = Aged("past", 14);
  past.pushed_at = past.pushed_at - Nanoseconds(1);
  EXPECT_THAT(Going({OlderThan(14)}, {exact, past}, {"exact", "past"}), ElementsAre("past"));
  EXPECT_THAT(Going({OlderThan(2'147'483'647)}, {exact}, {"exact"}), IsEmpty());
}

TEST(LifecycleSelectionTest, AnImageBelongsToTheFirstRuleWhoseTagsItMatches) {
  // The user guide's two examples: one image by one rule at most, and a rule counts what others have marked.
  const std::vector<LifecycleImage> images = {Aged("A", 10, {"beta-1", "prod-1"}), Aged("B", 9, {"beta-2", "prod-2"}),
                                              Aged("C", 8, {"beta-3"})};
  const std::vector<std::string> names = {"A", "B", "C"};
  EXPECT_THAT(Going({KeepOf(1, "prod", 1), KeepOf(2, "beta", 1)}, images, names), ElementsAre("A"));
  EXPECT_THAT(Going({KeepOf(1, "beta", 1), KeepOf(2, "prod", 1)}, images, names), ElementsAre("A", "B"));
  EXPECT_THAT(Going({KeepOf(1, "prod", 5), OlderThan(1)}, images, names), ElementsAre("C"))
      << "what a rule keeps is kept from those behind it";
}

TEST(LifecycleSelectionTest, AllPrefixesOrPatternsHaveToMatchSomeTag) {
  auto rule = KeepOf(1, "prod", 1);
  rule.tag_prefixes = {"alpha", "beta"};
  const std::vector<LifecycleImage> images = {Aged("both", 9, {"alpha-1", "beta-1"}), Aged("alpha", 8, {"alpha-2"}),
                                              Aged("young", 1, {"beta-9", "alpha-9"})};
  EXPECT_THAT(Going({rule}, images, {"both", "alpha", "young"}), ElementsAre("both"));
  rule.tag_prefixes.clear();
  rule.tag_patterns = {"*a-*1", "b*"};
  rule.count_number = 1;
  EXPECT_THAT(Going({rule}, {images[0], Aged("two", 2, {"alpha-11", "beta"}), images[1]}, {"both", "two", "alpha"}),
              ElementsAre("both"));
}

TEST(LifecycleSelectionTest, UntaggedAndAnySelectByTagStatus) {
  const std::vector<LifecycleImage> images = {Aged("bare", 9), Aged("tagged", 8, {"x"})};
  EXPECT_THAT(Going({OlderThan(1, LifecycleTagStatus::kUntagged)}, images, {"bare", "tagged"}), ElementsAre("bare"));
  EXPECT_THAT(Going({OlderThan(1)}, images, {"bare", "tagged"}), ElementsAre("bare", "tagged"));
}

TEST(LifecycleSelectionTest, APullRenewsAndWithoutOneThePushCounts) {
  auto rule = OlderThan(5);
  rule.count_type = LifecycleCountType::kSinceImagePulled;
  rule.action = LifecycleActionType::kTransition;
  auto pulled = Aged("pulled", 9);
  pulled.pulled_at = kNow - Days(2);
  EXPECT_EQ(SelectForLifecycle({{rule}}, {pulled, Aged("never", 9)}, kNow),
            (std::vector<LifecycleAction>{{Digest::Of("never"), LifecycleActionType::kTransition, 100}}));
}

TEST(LifecycleSelectionTest, RulesAreForOneStorageClass) {
  auto archived = Aged("archived", 400);
  archived.storage_class = LifecycleStorageClass::kArchive;
  archived.transitioned_at = kNow - Days(100);
  auto rule = OlderThan(90);
  rule.storage_class = LifecycleStorageClass::kArchive;
  rule.count_type = LifecycleCountType::kSinceImageTransitioned;
  EXPECT_THAT(Going({rule}, {archived, Aged("standard", 400)}, {"archived", "standard"}), ElementsAre("archived"));
  rule.count_number = 100;
  EXPECT_THAT(Going({rule}, {archived}, {"archived"}), IsEmpty()) << "exactly a hundred days are not more";
  EXPECT_THAT(Going({OlderThan(1)}, {archived}, {"archived"}), IsEmpty());
}

TEST(LifecycleSelectionTest, ArchivedImagesGoInTheOrderOfTheirArchiving) {
  auto rule = OlderThan(10);
  rule.storage_class = LifecycleStorageClass::kArchive;
  rule.count_type = LifecycleCountType::kSinceImageTransitioned;
  const auto archived = [](const std::string& name, std::int64_t days, std::int64_t days_in_archive) {
    auto image = Aged(name, days);
    image.storage_class = LifecycleStorageClass::kArchive;
    image.transitioned_at = kNow - Days(1) * days_in_archive;
    image.activated_at = kNow - Days(1) * (days_in_archive + 1);
    return image;
  };
  EXPECT_THAT(Going({rule}, {archived("old", 400, 20), archived("young", 90, 80)}, {"old", "young"}),
              ElementsAre("young", "old"));
}

TEST(LifecycleSelectionTest, ARestoreMakesAnImageYoungAgain) {
  auto restored = Aged("restored", 400, {"v1"});
  restored.activated_at = kNow - Days(2);
  const std::vector<LifecycleImage> images = {restored, Aged("pushed", 3, {"v2"})};
  const std::vector<std::string> names = {"restored", "pushed"};
  EXPECT_THAT(Going({KeepOf(1, "v", 1)}, images, names), ElementsAre("pushed"));
  EXPECT_THAT(Going({OlderThan(1)}, images, names), ElementsAre("pushed", "restored")) << "its age is of its push";
  EXPECT_THAT(Going({OlderThan(5)}, images, names), ElementsAre("restored"));
}

TEST(LifecycleSelectionTest, ARestoreCountsAsAUseUntilThereIsAPull) {
  auto rule = OlderThan(5);
  rule.count_type = LifecycleCountType::kSinceImagePulled;
  rule.action = LifecycleActionType::kTransition;
  auto restored = Aged("restored", 400);
  restored.pulled_at = kNow - Days(100);
  EXPECT_THAT(Going({rule}, {restored}, {"restored"}), ElementsAre("restored"));
  restored.activated_at = kNow - Days(2);
  EXPECT_THAT(Going({rule}, {restored}, {"restored"}), IsEmpty());
  restored.activated_at = kNow - Days(20);
  EXPECT_THAT(Going({rule}, {restored}, {"restored"}), ElementsAre("restored"));
  restored.pulled_at = kNow - Days(1);
  EXPECT_THAT(Going({rule}, {restored}, {"restored"}), IsEmpty());
}

TEST(LifecycleSelectionTest, AChildGoesOnlyWithAndBehindItsIndexes) {
  auto index = Aged("index", 2, {"list"});
  index.children = {Digest::Of("child"), Digest::Of("inner")};
  auto inner = Aged("inner", 7);
  inner.children = {Digest::Of("leaf")};
  const std::vector<LifecycleImage> images = {index, Aged("child", 9), inner, Aged("leaf", 8), Aged("free", 5)};
  const std::vector<std::string> names = {"index", "child", "inner", "leaf", "free"};
  EXPECT_THAT(Going({OlderThan(3)}, images, names), ElementsAre("free"));
  EXPECT_THAT(Going({OlderThan(1)}, images, names), ElementsAre("free", "index", "child", "inner", "leaf"));
  // A different action is a different fate.
  auto archive = KeepOf(1, "list", 1);
  archive.count_type = LifecycleCountType::kSinceImagePushed;
  archive.action = LifecycleActionType::kTransition;
  EXPECT_THAT(Going({archive, OlderThan(1)}, images, names), ElementsAre("free", "index"));
}

}  // namespace
}  // namespace crrsim
