#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "registry_model/policy/pattern.h"

namespace crrsim::policy {
namespace {

constexpr PatternSyntax kWildcards{};
constexpr PatternSyntax kBoth{.variables = Variables::kActive};

TEST(PolicyPatternTest, WildcardsMatchWhatTheGuideSays) {
  struct Case {
    const char* pattern;
    const char* subject;
    bool matches;
  };
  const std::vector<Case> cases = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "a:b/c", true},
      {"?", "", false},
      {"?", "a", true},
      {"?", "ab", false},
      {"a", "A", false},
      {"a*", "a", true},
      {"a*", "abc", true},
      {"a*", "ba", false},
      {"*a", "bca", true},
      {"*a", "ab", false},
      {"a*b*c", "aXbYc", true},
      {"a*b*c", "abbc", true},
      {"a*b*c", "acb", false},
      {"a**c", "abc", true},
      {"*ab*ab", "abab", true},
      {"*ab*ab", "aab", false},
      {"*aab", "aaab", true},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"?*?", "a", false},
      {"?*?", "ab", true},
      {"*?", "", false},
      {"a*?c", "abc", true},
      {"a*?c", "ac", false},
      {"[ab]", "a", false},
      {"a.c", "abc", false},
      {"\\*", "\\anything", true},
      // A character is one, however many bytes it takes.
      {"?", "é", true},
      {"?", "€", true},
      {"??", "€", false},
      {"*??", "€", false},
      {"*?", "😀", true},
      // The guide's own examples for buckets.
      {"arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/2/test/3/object.jpg", true},
      {"arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b//test/object.jpg", true},
      {"arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/test/", true},
      {"arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1-test/object.jpg", false},
      {"arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/test/object.jpg", false},
      // Outside the ARN operators a star reaches over colons.
      {"arn:aws:ecr:*:repository/a", "arn:aws:ecr:us-west-2:111122223333:repository/a", true},
      {"${a}", "${a}", true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Pattern::Compile(c.pattern, kWildcards).Matches(c.subject, {}), c.matches)
        << c.pattern << " and " << c.subject;
  }
}

TEST(PolicyPatternTest, ManyStarsOnALongTextEndSoon) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "a*";
  EXPECT_FALSE(Pattern::Compile(pattern + "b", kWildcards).Matches(std::string(5'000, 'a'), {}));
  EXPECT_TRUE(Pattern::Compile(pattern, kWildcards).Matches(std::string(5'000, 'a'), {}));
}

TEST(PolicyPatternTest, WithoutWildcardsStarsAreText) {
  const auto pattern = Pattern::Compile("a*?", {.wildcards = Wildcards::kLiteral});
  EXPECT_TRUE(pattern.Matches("a*?", {}));
  EXPECT_FALSE(pattern.Matches("abc", {}));
}

TEST(PolicyPatternTest, LetterCaseIsIgnoredOnlyWhereAsked) {
  EXPECT_TRUE(Pattern::Compile("ecr:Put*", {.letter_case = LetterCase::kIgnored}).Matches("ECR:putimage", {}));
  EXPECT_FALSE(Pattern::Compile("ecr:Put*", kWildcards).Matches("ecr:putImage", {}));
}

TEST(PolicyPatternTest, VariablesStandForTheRequestsValues) {
  const Context context{{"aws:username", {"ann"}},
                        {"aws:PrincipalTag/team", {"a*b"}},
                        {"empty", {""}},
                        {"many", {"x", "y"}},
                        {"none", {}}};
  struct Case {
    const char* pattern;
    const char* subject;
    bool matches;
  };
  const std::vector<Case> cases = {
      {"home/${aws:username}/*", "home/ann/x", true},
      {"home/${aws:username}/*", "home/bob/x", false},
      {"${AWS:UserName}", "ann", true},
      {"${ aws:username }", "ann", true},
      {"${aws:username}${aws:username}", "annann", true},
      {"*${aws:username}", "xannann", true},
      {"${aws:principaltag/TEAM}", "a*b", true},
      {"${aws:principaltag/TEAM}", "aXb", false},  // a substituted star is no wildcard
      {"x${empty}y", "xy", true},
      // Absent, many-valued and empty keys have no value.
      {"${aws:userid}", "", false},
      {"*${aws:userid}*", "anything", false},
      {"${many}", "x", false},
      {"${none}", "", false},
      // Defaults.
      {"${aws:userid, 'nobody'}", "nobody", true},
      {"${aws:username, 'nobody'}", "ann", true},
      {"${aws:username, 'nobody'}", "nobody", false},
      {"${many, 'd'}", "d", true},
      {"${x,'d'}", "d", true},
      {"${x , 'd' }", "d", true},
      {"${x, ''}", "", true},
      {"${x, 'it's {fine}'}!", "it's {fine}!", true},
      {"${x, 'a*'}", "a*", true},
      {"${x, 'a*'}", "ab", false},
      // The three special characters.
      {"${*}", "*", true},
      {"${*}", "x", false},
      {"${?}${$}", "?$", true},
      {"${$}{aws:username}", "${aws:username}", true},
      // What does not read as a variable is text.
      {"${aws:username", "${aws:username", true},
      {"${x, d}", "${x, d}", true},
      {"${x, 'd}", "${x, 'd}", true},
      {"$aws:username", "$aws:username", true},
      {"{aws:username}", "{aws:username}", true},
      {"$${aws:username}", "$ann", true},
      {"${}", "${}", false},
      {"${}", "", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Pattern::Compile(c.pattern, kBoth).Matches(c.subject, context), c.matches)
        << c.pattern << " and " << c.subject;
  }
}

TEST(PolicyPatternTest, ASubstitutedValueIsNotReadAgain) {
  const Context context{{"a", {"${b}"}}, {"b", {"x"}}};
  EXPECT_TRUE(Pattern::Compile("${a}", kBoth).Matches("${b}", context));
  EXPECT_FALSE(Pattern::Compile("${a}", kBoth).Matches("x", context));
}

TEST(PolicyPatternTest, UnresolvedVariablesAreNamedAsWritten) {
  const auto pattern = Pattern::Compile("${aws:username}/${Aws:Userid}/${x, 'd'}", kBoth);
  EXPECT_EQ(pattern.UnresolvedVariables({{"aws:username", {"ann"}}}), (std::vector<std::string>{"Aws:Userid"}));
  EXPECT_FALSE(pattern.Expand({{"aws:username", {"ann"}}}).has_value());
  EXPECT_EQ(pattern.Expand({{"aws:username", {"ann"}}, {"aws:userid", {"7"}}}), "ann/7/d");
}

TEST(PolicyPatternTest, VariablesBeforeTheirPartAreText) {
  const auto pattern = Pattern::Compile("${a}:${a}", {.variables = Variables::kActive, .variables_from = 5});
  EXPECT_TRUE(pattern.Matches("${a}:x", {{"a", {"x"}}}));
  EXPECT_FALSE(pattern.Matches("x:x", {{"a", {"x"}}}));
}

TEST(PolicyArnPatternTest, ComponentsAreMatchedApart) {
  struct Case {
    const char* pattern;
    const char* subject;
    bool matches;
  };
  const std::vector<Case> cases = {
      {"arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:us-east-1:111122223333:topic", true},
      {"arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:us-east-1:111122223333:Topic", false},
      {"arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:us-east-1:777788889999:topic", false},
      {"arn:aws:sns:*:*:topic", "arn:aws:sns:us-east-1:111122223333:topic", true},
      {"arn:aws:sns:*:topic", "arn:aws:sns:us-east-1:111122223333:topic", false},  // no star over colons
      {"arn:*:*:*:*:*", "arn:aws:s3:::bucket", true},
      {"*:*:*:*:*:*", "arn:aws:s3:::bucket", true},
      {"arn:???:*:*:*:*", "arn:aws:ec2:us-east-1:111122223333:instance/i-1", true},
      {"arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/path/name", true},
      {"arn:aws:iam:?:*:role/*", "arn:aws:iam::111122223333:role/name", false},
      {"arn:aws:lambda:*:*:function:*", "arn:aws:lambda:us-east-1:111122223333:function:f:7", true},
      {"arn:aws:lambda:*:*:function", "arn:aws:lambda:us-east-1:111122223333:function:f", false},
      {"arn:aws:s3:::bucket", "arn:aws:s3::bucket", false},
      {"arn:aws:s3:::bucket", "bucket", false},
      {"arn:aws:iam::111122223333:user/${aws:username}", "arn:aws:iam::111122223333:user/ann", true},
      {"arn:aws:iam::${aws:PrincipalAccount}:user/*", "arn:aws:iam::111122223333:user/bob", true},
      {"arn:aws:iam::111122223333:user/${aws:userid}", "arn:aws:iam::111122223333:user/ann", false},
  };
  const Context context{{"aws:username", {"ann"}}, {"aws:PrincipalAccount", {"111122223333"}}};
  for (const Case& c : cases) {
    const auto pattern = ArnPattern::Compile(c.pattern, Variables::kActive);
    ASSERT_EQ(pattern.has_value(), std::string(c.pattern) != "arn:aws:sns:*:topic") << c.pattern;
    EXPECT_EQ(pattern && pattern->Matches(c.subject, context), c.matches) << c.pattern << " and " << c.subject;
  }
}

TEST(PolicyArnPatternTest, FewerThanSixComponentsAreNoPattern) {
  for (const char* text : {"", "*", "arn:aws:sns", "arn:aws:sns:*:*", "${a:b:c:d:e:f}"}) {
    EXPECT_FALSE(ArnPattern::Compile(text, Variables::kActive).has_value()) << text;
  }
  EXPECT_TRUE(ArnPattern::Compile("${a:b:c:d:e:f}", Variables::kLiteral).has_value());
}

TEST(PolicyContextTest, KeysHaveNoCaseAndTheLastSettingCounts) {
  Context context;
  context.Set("aws:SourceIp", {"10.0.0.1"});
  context.Set("AWS:sourceIP", {"10.0.0.2"});
  ASSERT_EQ(context.entries().size(), 1U);
  EXPECT_EQ(context.entries()[0].name, "AWS:sourceIP");
  EXPECT_EQ(context.SingleValue("aws:sourceip"), "10.0.0.2");
  context.Set("aws:sourceip", {});
  EXPECT_EQ(context.Find("aws:sourceip"), nullptr);
  EXPECT_EQ(context.Find("aws:source"), nullptr);
}

}  // namespace
}  // namespace crrsim::policy
