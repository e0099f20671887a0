// The comparison of two registries by itself: every kind and every reason, on snapshots written by hand.
#include "harness/compare/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/test/support/scratch_folder.h"

namespace crrsim {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto kOne = "sha256:1111111111111111";
constexpr auto kTwo = "sha256:2222222222222222";

ImageSnapshot ImageTagged(std::set<std::string> tags, CameBy came_by = CameBy::kPush) {
  ImageSnapshot image;
  image.tags = std::move(tags);
  image.media_type = "m";
  image.manifest = "bytes";
  image.status = "ACTIVE";
  image.came_by = came_by;
  return image;
}

class CompareRegistriesTest : public testing::Test {
 protected:
  CompareRegistriesTest() {
    source_.name = "west";
    source_.registry = "1/west";
    destination_.name = "east";
    destination_.registry = "1/east";
    replication_.rules = std::vector<RuleSnapshot>{{{"1/east"}, {"app"}}};
    replication_.statuses.emplace();
    from().images_known = to().images_known = true;
  }
  RepositorySnapshot& from() { return source_.repositories["app"]; }
  RepositorySnapshot& to() { return destination_.repositories["app"]; }
  void Status(const char* digest, const char* status, const char* failure = "") {
    (*replication_.statuses)[{"app", digest}] = {status, failure};
  }
  Comparison Run() { return CompareRegistries(source_, destination_, replication_); }
  /// The one difference that there is.
  Difference Only() {
    const auto comparison = Run();
    EXPECT_EQ(comparison.differences.size(), 1U) << ToText(comparison);
    return comparison.differences.empty() ? Difference() : comparison.differences.front();
  }
  void ExpectOnly(DifferenceKind kind, DifferenceReason reason) {
    const auto only = Only();
    EXPECT_EQ(NameOf(only.kind), NameOf(kind)) << only.why;
    EXPECT_EQ(NameOf(only.reason), NameOf(reason)) << only.why;
  }
  RegistrySnapshot source_;
  RegistrySnapshot destination_;
  ReplicationSnapshot replication_;
};

TEST_F(CompareRegistriesTest, EqualContentIsEqualAndReady) {
  from().images[kOne] = to().images[kOne] = ImageTagged({"1"});
  const auto comparison = Run();
  EXPECT_TRUE(comparison.ready());
  EXPECT_TRUE(comparison.equal());
  EXPECT_EQ(ToText(comparison), "west and east\nequal: 1 of 1 images and 1 of 1 tags of west are the same at east\n");
}

TEST_F(CompareRegistriesTest, TheStatusSaysWhyAnImageIsMissing) {
  from().images[kOne] = ImageTagged({"1", "latest"});
  ExpectOnly(DifferenceKind::kMissing, DifferenceReason::kBeforeConfiguration);
  Status(kOne, "IN_PROGRESS");
  ExpectOnly(DifferenceKind::kPending, DifferenceReason::kUnderWay);
  EXPECT_FALSE(Run().ready());
  Status(kOne, "FAILED", "AccessDenied");
  ExpectOnly(DifferenceKind::kMissing, DifferenceReason::kDenied);
  Status(kOne, "FAILED", "Injected");
  ExpectOnly(DifferenceKind::kMissing, DifferenceReason::kFailed);
  EXPECT_THAT(Only().why, HasSubstr("Injected"));
  Status(kOne, "COMPLETE");
  ExpectOnly(DifferenceKind::kMissing, DifferenceReason::kDeletedAtDestination);
  EXPECT_THAT(Only().tags, testing::ElementsAre("1", "latest"));
}

TEST_F(CompareRegistriesTest, RulesAndOriginSayWhyNothingWasQueued) {
  from().images[kOne] = ImageTagged({}, CameBy::kReplication);
  ExpectOnly(DifferenceKind::kMissing, DifferenceReason::kNotChained);
  from().images[kOne].came_by = CameBy::kPush;
  replication_.rules = std::vector<RuleSnapshot>{{{"1/east"}, {"apple"}}, {{"1/north"}, {}}};
  ExpectOnly(DifferenceKind::kMissing, DifferenceReason::kNoRule);
  replication_.rules = std::vector<RuleSnapshot>{{{"1/east"}, {}}};
  ExpectOnly(DifferenceKind::kMissing, DifferenceReason::kBeforeConfiguration);
  replication_.statuses.reset();
  ExpectOnly(DifferenceKind::kMissing, DifferenceReason::kUnknown);
  replication_.rules.reset();
  ExpectOnly(DifferenceKind::kMissing, DifferenceReason::kUnknown);
}

TEST_F(CompareRegistriesTest, AChildHasTheStatusOfItsIndex) {
  from().images[kTwo] = to().images[kTwo] = ImageTagged({"all"});
  from().images[kTwo].children = to().images[kTwo].children = {kOne};
  from().images[kOne] = ImageTagged({});
  Status(kTwo, "IN_PROGRESS");
  ExpectOnly(DifferenceKind::kPending, DifferenceReason::kUnderWay);
}

TEST_F(CompareRegistriesTest, ATagThatNamesAnotherImageIsDifferent) {
  from().images[kOne] = ImageTagged({"1", "latest"});
  from().images[kTwo] = ImageTagged({"2"});
  to().images[kOne] = ImageTagged({"1"});
  to().images[kTwo] = ImageTagged({"2", "latest"});
  Status(kOne, "COMPLETE");
  ExpectOnly(DifferenceKind::kDifferent, DifferenceReason::kPushedAtDestination);
  EXPECT_EQ(Only().tag, "latest");
  EXPECT_EQ(Only().source, kOne);
  EXPECT_EQ(Only().destination, kTwo);
  to().images[kTwo].came_by = CameBy::kReplication;
  ExpectOnly(DifferenceKind::kDifferent, DifferenceReason::kUnknown);
  to().settings = from().settings = {{"imageTagMutability", "IMMUTABLE"}};
  ExpectOnly(DifferenceKind::kDifferent, DifferenceReason::kImmutableTag);
  to().mutability_filters = {"l*st"};
  to().settings = from().settings = {{"imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"}};
  ExpectOnly(DifferenceKind::kDifferent, DifferenceReason::kUnknown);
  to().settings = from().settings = {{"imageTagMutability", "MUTABLE_WITH_EXCLUSION"}};
  ExpectOnly(DifferenceKind::kDifferent, DifferenceReason::kImmutableTag);
  Status(kOne, "IN_PROGRESS");
  ExpectOnly(DifferenceKind::kPending, DifferenceReason::kUnderWay);
}

TEST_F(CompareRegistriesTest, ATagOfAMissingImageThatMisleadsHasARowOfItsOwn) {
  from().images[kOne] = ImageTagged({"latest"});
  from().images[kTwo] = to().images[kTwo] = ImageTagged({"2"});
  to().images[kTwo].tags.insert("latest");
  const auto comparison = Run();
  ASSERT_EQ(comparison.differences.size(), 2U) << ToText(comparison);
  EXPECT_EQ(comparison.differences[0].kind, DifferenceKind::kMissing);
  EXPECT_EQ(comparison.differences[1].kind, DifferenceKind::kDifferent);
  EXPECT_EQ(comparison.differences[1].tag, "latest");
}

TEST_F(CompareRegistriesTest, ATagThatIsGoneAtTheDestinationIsMissing) {
  from().images[kOne] = ImageTagged({"1", "2"});
  to().images[kOne] = ImageTagged({"1"});
  Status(kOne, "COMPLETE");
  ExpectOnly(DifferenceKind::kMissing, DifferenceReason::kDeletedAtDestination);
  EXPECT_EQ(Only().tag, "2");
}

TEST_F(CompareRegistriesTest, ACopyThatCannotBePulledIsDifferent) {
  from().images[kOne] = to().images[kOne] = ImageTagged({"1"});
  to().images[kOne].status = "ARCHIVED";
  ExpectOnly(DifferenceKind::kDifferent, DifferenceReason::kArchived);
  to().images[kOne].status = "ACTIVE";
  to().images[kOne].manifest = "other bytes";
  EXPECT_THAT(Only().why, HasSubstr("other bytes"));
  to().images[kOne].manifest = "";
  to().images[kOne].media_type = "n";
  EXPECT_THAT(Only().why, HasSubstr("the media type is m at the source, n at the destination"));
}

TEST_F(CompareRegistriesTest, WhatIsExtraDoesNotHinder) {
  to().images[kOne] = ImageTagged({"1"});
  ExpectOnly(DifferenceKind::kExtra, DifferenceReason::kPushedAtDestination);
  EXPECT_TRUE(Run().ready());
  EXPECT_FALSE(Run().equal());
  to().images[kOne].came_by = CameBy::kReplication;
  ExpectOnly(DifferenceKind::kExtra, DifferenceReason::kDeletedAtSource);
  to().images[kOne].came_by = CameBy::kUnknown;
  ExpectOnly(DifferenceKind::kExtra, DifferenceReason::kUnknown);
  from().images[kOne] = ImageTagged({});
  ExpectOnly(DifferenceKind::kExtra, DifferenceReason::kUnknown);
  EXPECT_EQ(Only().tag, "1");
}

TEST_F(CompareRegistriesTest, SettingsAreShownAndDoNotHinder) {
  from().settings = {{"imageTagMutability", "MUTABLE"}, {"scanOnPush", "true"}};
  EXPECT_TRUE(Run().equal()) << "what is not known is not compared";
  to().settings = {{"imageTagMutability", "IMMUTABLE"}, {"scanOnPush", "true"}};
  ExpectOnly(DifferenceKind::kSetting, DifferenceReason::kOwnSettings);
  EXPECT_TRUE(Run().ready());
  EXPECT_THAT(ToText(Run()), HasSubstr("imageTagMutability: MUTABLE here, IMMUTABLE there"));
}

TEST_F(CompareRegistriesTest, AReferrerIsNamedWithItsSubject) {
  from().images[kOne] = ImageTagged({});
  from().images[kOne].subject = kTwo;
  EXPECT_THAT(ToText(Run()), HasSubstr("sha256:111111111111, referrer of sha256:222222222222"));
}

TEST_F(CompareRegistriesTest, ARepositoryOfWhichNoImageIsDescribedIsNoted) {
  from().images_known = false;
  EXPECT_THAT(ToText(Run()), HasSubstr("note       west: no image is described of app"));
}

TEST(CompareSourceTest, TheJudgeSharesNoCodeWithTheModel) {
  for (const auto* file : {"compare.h", "compare.cc", "compare_text.cc", "snapshot.h"}) {
    const auto text = BytesOfFile(std::string(CRRSIM_SOURCE_DIR "/harness/compare/") + file);
    EXPECT_THAT(text, HasSubstr("namespace crrsim"));
    EXPECT_THAT(text, Not(HasSubstr("registry_model/"))) << file;
  }
}

/// A tag that names another image there is immutable unless a filter takes it.
TEST_F(CompareRegistriesTest, AnExclusionFilterTakesTagsByItsWildcards) {
  struct Case {
    std::string filter;
    std::string tag;
    bool takes;
  };
  const std::vector<Case> cases = {
      {"*", "v1", true},         {"v1", "v1", true},        {"v1", "v10", false},       {"v*", "v", true},
      {"v*", "w1", false},       {"*v", "rev", true},       {"*v", "rev1", false},      {"a*a", "a", false},
      {"a*a", "aa", true},       {"a*b*c", "abc", true},    {"a*b*c", "a-b-b-c", true}, {"a*b*c", "acb", false},
      {"*ab*ab*", "abab", true}, {"*ab*ab*", "aab", false}, {"**", "v", true},          {"a**c", "abc", true}};
  for (const auto& [filter, tag, takes] : cases) {
    source_.repositories.clear();
    destination_.repositories.clear();
    from().images_known = to().images_known = true;
    from().images[kOne] = ImageTagged({tag});
    to().images[kOne] = ImageTagged({});
    to().images[kTwo] = ImageTagged({tag});
    from().images[kTwo] = ImageTagged({});
    to().settings["imageTagMutability"] = "IMMUTABLE_WITH_EXCLUSION";
    to().mutability_filters = {filter};
    Status(kOne, "COMPLETE");
    const auto comparison = Run();
    const auto fixed =
        std::any_of(comparison.differences.begin(), comparison.differences.end(),
                    [](const Difference& difference) { return difference.reason == DifferenceReason::kImmutableTag; });
    EXPECT_NE(fixed, takes) << filter << " and " << tag << "\n" << ToText(comparison);
  }
}

TEST_F(CompareRegistriesTest, AFilterOfManyWildcardsIsNoWork) {
  // By trying every place of every `*` this would outlast the test's time limit by far.
  std::string filter;
  for (int i = 0; i < 64; ++i) filter += "*a";
  const std::string tag(127, 'a');
  for (int i = 0; i < 200; ++i) {
    const auto one = tag.substr(0, 120) + std::to_string(i) + "b";
    from().images[kOne].tags.insert(one);
    to().images[kTwo].tags.insert(one);
  }
  from().images[kTwo] = to().images[kOne] = ImageTagged({});
  to().settings["imageTagMutability"] = "IMMUTABLE_WITH_EXCLUSION";
  to().mutability_filters = {filter};
  Status(kOne, "COMPLETE");
  const auto comparison = Run();
  EXPECT_EQ(comparison.tags, 200);
  EXPECT_EQ(comparison.same_tags, 0);
}

}  // namespace
}  // namespace crrsim
