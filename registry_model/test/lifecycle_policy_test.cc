// What a lifecycle policy may say, and the limits of each part.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/lifecycle/policy.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Rule(std::int64_t priority, const std::string& selection,
                 const std::string& action = R"("type":"expire")") {
  return fmt::format(R"({{"rulePriority":{},"selection":{{{}}},"action":{{{}}}}})", priority, selection, action);
}
std::string Policy(const std::vector<std::string>& rules) {
  return fmt::format(R"({{"rules":[{}]}})", fmt::join(rules, ","));
}

const std::string kCount = R"("countType":"imageCountMoreThan","countNumber":3)";
const std::string kUntagged = R"("tagStatus":"untagged",)" + kCount;
const std::string kTransition = R"("type":"transition","targetStorageClass":"archive")";
const std::string kArchived =
    R"("storageClass":"archive","countType":"sinceImageTransitioned","countUnit":"days","countNumber":90)";

std::string RuleOfTag(const std::string& prefix) {
  return fmt::format(R"("tagStatus":"tagged","tagPrefixList":["{}"],)", prefix) + kCount;
}
std::string Patterned(const std::string& list) {
  return fmt::format(R"("tagStatus":"tagged","tagPatternList":[{}],)", list) + kCount;
}
std::string Age(const std::string& type) {
  return fmt::format(R"("tagStatus":"any","countType":"{}","countUnit":"days","countNumber":1)", type);
}

std::string ProblemOf(const std::string& text) {
  const auto policy = ParseLifecyclePolicy(text);
  return policy ? "sound" : policy.error().message;
}
std::string ProblemOfRule(const std::string& selection, const std::string& action = R"("type":"expire")") {
  return ProblemOf(Policy({Rule(1, selection, action)}));
}

TEST(LifecyclePolicyTest, ReadsEveryMember) {
  const auto policy = ParseLifecyclePolicy(R"({"rules": [
    {"rulePriority": 20, "description": "old ones", "selection": {"tagStatus": "any", "storageClass": "standard",
     "countType": "sinceImagePulled", "countUnit": "days", "countNumber": 30},
     "action": {"type": "transition", "targetStorageClass": "archive"}},
    {"rulePriority": 3, "selection": {"tagStatus": "tagged", "tagPatternList": ["a*", "*b"],
     "countType": "imageCountMoreThan", "countNumber": 5}, "action": {"type": "expire"}}]})");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  ASSERT_EQ(policy->rules.size(), 2u);
  const auto& first = policy->rules[0];
  EXPECT_EQ(first.priority, 3) << "rules stand by their priority";
  EXPECT_THAT(first.tag_patterns, ElementsAre("a*", "*b"));
  EXPECT_EQ(first.count_number, 5);
  EXPECT_EQ(first.action, LifecycleActionType::kExpire);
  const auto& second = policy->rules[1];
  EXPECT_EQ(second.description, "old ones");
  EXPECT_EQ(second.count_type, LifecycleCountType::kSinceImagePulled);
  EXPECT_EQ(second.action, LifecycleActionType::kTransition);
}

TEST(LifecyclePolicyTest, HasOneToFiftyRules) {
  std::vector<std::string> rules;
  EXPECT_THAT(ProblemOf(Policy(rules)), HasSubstr("found 0 rules, expected a list of 1 to 50 rules"));
  for (int i = 1; i <= 50; ++i) rules.push_back(Rule(i, RuleOfTag(fmt::format("p{}", i))));
  EXPECT_EQ(ProblemOf(Policy(rules)), "sound");
  rules.push_back(Rule(51, RuleOfTag("p51")));
  EXPECT_THAT(ProblemOf(Policy(rules)), HasSubstr("found 51 rules"));
}

TEST(LifecyclePolicyTest, PrioritiesAndNumbersCountFromOneAndPrioritiesAreUnique) {
  for (const auto& [number, sound] : {std::pair{"0", false},
                                      {"1", true},
                                      {"-1", false},
                                      {"1.5", false},
                                      {"\"1\"", false},
                                      {"2147483647", true},
                                      {"2147483648", false}}) {
    const auto text = fmt::format(
        R"({{"rules":[{{"rulePriority":{},"selection":{{{}}},"action":{{"type":"expire"}}}}]}})", number, kUntagged);
    EXPECT_EQ(ProblemOf(text) == "sound", sound) << number;
    const auto count =
        fmt::format(R"("tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":{})", number);
    EXPECT_EQ(ProblemOfRule(count) == "sound", sound) << number;
  }
  EXPECT_THAT(ProblemOf(Policy({Rule(4, RuleOfTag("a")), Rule(4, RuleOfTag("b"))})),
              HasSubstr("/rules/1/rulePriority: found 4 again"));
}

TEST(LifecyclePolicyTest, TheRuleForAnyImagesIsBehindAllOthersOfItsClass) {
  const auto any = R"("tagStatus":"any",)" + kCount;
  EXPECT_EQ(ProblemOf(Policy({Rule(9, any), Rule(1, RuleOfTag("a"))})), "sound");
  EXPECT_THAT(ProblemOf(Policy({Rule(1, any), Rule(2, RuleOfTag("a"))})),
              HasSubstr("/rules/1/rulePriority: found 2, behind the rule for any images (1)"));
  EXPECT_THAT(ProblemOf(Policy({Rule(1, any), Rule(2, any)})), HasSubstr("a second rule for any images"));
  EXPECT_EQ(ProblemOf(Policy({Rule(1, any), Rule(2, R"("tagStatus":"any",)" + kArchived)})), "sound");
}

TEST(LifecyclePolicyTest, OneRuleAClassIsForUntaggedImagesAndTagsAreADifferentOnesEach) {
  EXPECT_THAT(ProblemOf(Policy({Rule(1, kUntagged), Rule(2, kUntagged)})),
              HasSubstr("a second rule for untagged images"));
  EXPECT_EQ(ProblemOf(Policy({Rule(1, kUntagged), Rule(2, R"("tagStatus":"untagged",)" + kArchived)})), "sound");
  EXPECT_THAT(ProblemOf(Policy({Rule(1, RuleOfTag("a")), Rule(2, RuleOfTag("a"))})), HasSubstr("tags of its own"));
  EXPECT_EQ(ProblemOf(Policy({Rule(1, RuleOfTag("a")), Rule(2, Patterned("\"a\""))})), "sound");
  EXPECT_THAT(ProblemOf(Policy({Rule(1, Patterned("\"a\",\"b\"")), Rule(2, Patterned("\"b\",\"a\""))})),
              HasSubstr("tags of its own"));
}

TEST(LifecyclePolicyTest, TaggedNeedsPrefixesOrPatternsAndTheOthersHaveNone) {
  EXPECT_THAT(ProblemOfRule(R"("tagStatus":"tagged",)" + kCount), HasSubstr("either tagPrefixList or tagPatternList"));
  EXPECT_THAT(ProblemOfRule(R"("tagStatus":"tagged","tagPrefixList":["a"],"tagPatternList":["b"],)" + kCount),
              HasSubstr("found both"));
  for (const auto* status : {"untagged", "any"}) {
    for (const auto* list : {"tagPrefixList", "tagPatternList"}) {
      EXPECT_THAT(ProblemOfRule(fmt::format(R"("tagStatus":"{}","{}":["a"],)", status, list) + kCount),
                  HasSubstr("beside \"tagged\" only"));
    }
  }
  EXPECT_THAT(ProblemOfRule(Patterned("")), HasSubstr("a list of one text or more"));
  EXPECT_THAT(ProblemOfRule(Patterned("\"\"")), HasSubstr("expected a text"));
}

TEST(LifecyclePolicyTest, APatternHasFourWildcardsAtMost) {
  EXPECT_EQ(ProblemOfRule(Patterned(R"("*test*1*2*3","test*1*2*3*")")), "sound");
  EXPECT_THAT(ProblemOfRule(Patterned(R"("a","test*1*2*3*4*")")),
              HasSubstr("/rules/0/selection/tagPatternList/1: found 5 wildcards, expected at most 4"));
}

TEST(LifecyclePolicyTest, AnAgeIsInDaysAndANumberHasNoUnit) {
  EXPECT_EQ(ProblemOfRule(Age("sinceImagePushed")), "sound");
  EXPECT_THAT(ProblemOfRule(R"("tagStatus":"any","countType":"sinceImagePushed","countNumber":1)"),
              HasSubstr("no countUnit"));
  EXPECT_THAT(ProblemOfRule(R"("tagStatus":"any","countType":"sinceImagePushed","countUnit":"hours","countNumber":1)"),
              HasSubstr("expected \"days\""));
  EXPECT_THAT(ProblemOfRule(R"("countUnit":"days",)" + kUntagged), HasSubstr("none beside imageCountMoreThan"));
}

TEST(LifecyclePolicyTest, ActionsFitTheirCounts) {
  EXPECT_EQ(ProblemOfRule(Age("sinceImagePushed"), kTransition), "sound");
  EXPECT_EQ(ProblemOfRule(kUntagged, kTransition), "sound");
  EXPECT_EQ(ProblemOfRule(Age("sinceImagePulled"), kTransition), "sound");
  EXPECT_THAT(ProblemOfRule(Age("sinceImagePulled")), HasSubstr("\"transition\" beside sinceImagePulled"));
  EXPECT_EQ(ProblemOfRule(R"("tagStatus":"any",)" + kArchived), "sound");
  EXPECT_THAT(ProblemOfRule(R"("tagStatus":"any",)" + kArchived, kTransition), HasSubstr("\"expire\" beside"));
  EXPECT_THAT(ProblemOfRule(Age("sinceImageTransitioned")), HasSubstr("no storageClass"));
  EXPECT_THAT(ProblemOfRule(R"("storageClass":"archive",)" + kUntagged), HasSubstr("\"standard\" beside"));
  EXPECT_THAT(ProblemOfRule(kUntagged, R"("type":"transition")"), HasSubstr("no targetStorageClass"));
  EXPECT_THAT(ProblemOfRule(kUntagged, R"("type":"transition","targetStorageClass":"standard")"),
              HasSubstr("\"archive\""));
  EXPECT_THAT(ProblemOfRule(kUntagged, R"("type":"expire","targetStorageClass":"archive")"),
              HasSubstr("none beside expire"));
}

TEST(LifecyclePolicyTest, MistakesAreNamedWithTheirPlaceAndTheNearestSpelling) {
  EXPECT_EQ(ProblemOfRule(R"("tagStatus":"untaged",)" + kCount),
            "1:54: /rules/0/selection/tagStatus: found \"untaged\", expected tagged, untagged, any; did you mean "
            "\"untagged\"?");
  EXPECT_THAT(ProblemOfRule(R"("tagstatus":"any",)" + kCount), HasSubstr("tagStatus"));
  EXPECT_THAT(ProblemOfRule(R"("countType":"imageCountMoreThan","countNumber":3)"), HasSubstr("no tagStatus"));
  EXPECT_THAT(ProblemOf("[]"), HasSubstr("an object"));
  EXPECT_THAT(ProblemOf(R"({"rules":[1]})"), HasSubstr("/rules/0"));
  EXPECT_THAT(ProblemOf(R"({"rules":{}})"), HasSubstr("/rules"));
  EXPECT_NE(ProblemOf("{"), "sound");
  EXPECT_NE(ProblemOf(R"({"rules":[],"rules":[]})"), "sound");
}

}  // namespace
}  // namespace crrsim
