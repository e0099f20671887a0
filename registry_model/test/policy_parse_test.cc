#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "registry_model/policy/parse.h"

namespace crrsim::policy {
namespace {

const std::string kSound = R"("Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Resource": "*")";

std::string OneStatement(const std::string& elements) {
  return R"({"Version": "2012-10-17", "Statement": [{)" + elements + "}]}";
}

/// The error's text without line and column.
std::string ErrorOf(const std::string& text, ParseOptions options = {}) {
  const auto document = ParseDocument(text, options);
  if (document) return "no error";
  PolicyError error = document.error();
  EXPECT_GT(error.line, 0);
  EXPECT_GT(error.column, 0);
  error.line = 0;
  return ToText(error);
}

TEST(PolicyParseTest, EveryElementArrivesInTheDocument) {
  const auto document = ParseDocument(R"({
    "Id": "registry", "Version": "2012-10-17",
    "Statement": [
      {"Sid": "one", "Effect": "Allow", "Principal": {"AWS": ["111122223333", "*"], "Service": "ecr.amazonaws.com"},
       "Action": ["ecr:A", "ecr:B"], "Resource": "arn:aws:ecr:*:*:repository/*",
       "Condition": {"StringLike": {"aws:A": ["x*", "y"]}, "Bool": {"aws:B": true}}},
      {"Effect": "Deny", "NotPrincipal": "*", "NotAction": "ecr:C", "NotResource": ["*"]}]})");
  ASSERT_TRUE(document.ok()) << ToText(document.error());
  EXPECT_EQ(document->id(), "registry");
  EXPECT_EQ(document->version(), LanguageVersion::k2012);
  EXPECT_TRUE(document->findings().empty());
  ASSERT_EQ(document->statements().size(), 2U);
  const Statement& one = document->statements()[0];
  EXPECT_EQ(one.sid, "one");
  EXPECT_EQ(one.effect, Effect::kAllow);
  ASSERT_EQ(one.principals.entries.size(), 3U);
  EXPECT_EQ(one.principals.entries[0].match(), PrincipalEntry::Match::kAccount);
  EXPECT_EQ(one.principals.entries[1].match(), PrincipalEntry::Match::kEveryone);
  EXPECT_EQ(one.principals.entries[2].type(), PrincipalType::kService);
  EXPECT_EQ(one.actions.entries.size(), 2U);
  ASSERT_EQ(one.conditions.size(), 2U);
  EXPECT_EQ(one.conditions[0].operator_name(), "StringLike");
  EXPECT_EQ(one.conditions[0].key(), "aws:A");
  EXPECT_EQ(one.conditions[0].values(), (std::vector<std::string>{"x*", "y"}));
  EXPECT_EQ(one.conditions[1].values(), (std::vector<std::string>{"true"}));
  const Statement& two = document->statements()[1];
  EXPECT_EQ(two.sid, "");
  EXPECT_EQ(two.effect, Effect::kDeny);
  EXPECT_EQ(two.principals.polarity, Polarity::kAllBut);
  EXPECT_EQ(two.actions.polarity, Polarity::kAllBut);
  EXPECT_EQ(two.resources.polarity, Polarity::kAllBut);
}

TEST(PolicyParseTest, ErrorsNameTheirPlaceAndTheNearestSpelling) {
  struct Case {
    std::string text;
    std::string error;
  };
  const std::vector<Case> cases = {
      {"[]", "the document: found an empty list, expected a policy: an object with Version and Statement"},
      {R"({"version": "2012-10-17"})",
       R"(/version: found the element "version", expected one of Version, Id, Statement; did you mean "Version"?)"},
      {R"({"Version": "2012-10-18", "Statement": []})",
       R"(/Version: found "2012-10-18", expected "2012-10-17" or "2008-10-17"; did you mean "2012-10-17"?)"},
      {R"({"Version": 2012, "Statement": []})",
       R"(/Version: found a number (2012), expected "2012-10-17" or "2008-10-17")"},
      {R"({"Id": 5, "Statement": []})", "/Id: found a number (5), expected the policy's id, as text"},
      {R"({"Version": "2012-10-17"})", "the document: found no Statement, expected one statement or a list of them"},
      {R"({"Statement": "x"})", R"(/Statement: found "x", expected one statement (an object) or a list of them)"},
      {R"({"Statement": ["x"]})", R"(/Statement/0: found "x", expected a statement (an object))"},
      {R"({"Statement": []})", "/Statement: found an empty list, expected one statement at least"},
      {R"({"Statement": {"Effect": "allow", "Principal": "*", "Action": "*", "Resource": "*"}})",
       R"(/Statement/Effect: found "allow", expected "Allow" or "Deny"; did you mean "Allow"?)"},
      {OneStatement(R"("Principal": "*", "Action": "*", "Resource": "*")"),
       R"(/Statement/0: found no Effect, expected the Effect "Allow" or "Deny")"},
      {OneStatement(R"("Effect": "Allow", "Action": "*", "Resource": "*")"),
       "/Statement/0: found no Principal, expected Principal or NotPrincipal"},
      {OneStatement(R"("Effect": "Allow", "Principal": "*", "Resource": "*")"),
       "/Statement/0: found no Action, expected Action or NotAction"},
      {OneStatement(R"("Effect": "Allow", "Principal": "*", "Action": "*")"),
       "/Statement/0: found no Resource, expected Resource or NotResource"},
      {OneStatement(kSound + R"(, "NotAction": "*")"),
       "/Statement/0/NotAction: found both Action and NotAction, expected one of them"},
      {OneStatement(R"("NotResource": "*", )" + kSound),
       "/Statement/0/Resource: found both Resource and NotResource, expected one of them"},
      {OneStatement(kSound + R"(, "Conditions": {})"),
       R"(/Statement/0/Conditions: found the element "Conditions", expected one of Sid, Effect, Principal, NotPrincipal, )"
       R"(Action, NotAction, Resource, NotResource, Condition; did you mean "Condition"?)"},
      {OneStatement(kSound + R"(, "Sid": 1)"),
       "/Statement/0/Sid: found a number (1), expected the statement's id, as text"},
      {OneStatement(R"("Effect": "Allow", "Principal": "111122223333", "Action": "*", "Resource": "*")"),
       R"(/Statement/0/Principal: found "111122223333", expected "*", or an object such as )"
       R"({"AWS": "arn:aws:iam::111122223333:root"} or {"Service": "ecr.amazonaws.com"})"},
      {OneStatement(R"("Effect": "Allow", "Principal": {"Aws": "*"}, "Action": "*", "Resource": "*")"),
       R"(/Statement/0/Principal/Aws: found the element "Aws", expected one of AWS, Service, Federated, CanonicalUser; )"
       R"(did you mean "AWS"?)"},
      {OneStatement(R"("Effect": "Allow", "Principal": {"AWS": 111122223333}, "Action": "*", "Resource": "*")"),
       "/Statement/0/Principal/AWS: found a number (111122223333), expected the name of a principal"},
      {OneStatement(R"("Effect": "Allow", "Principal": {"AWS": ["*", []]}, "Action": "*", "Resource": "*")"),
       "/Statement/0/Principal/AWS/1: found an empty list, expected the name of a principal"},
      {OneStatement(R"("Effect": "Allow", "Principal": "*", "Action": {"a": 1}, "Resource": "*")"),
       R"(/Statement/0/Action: found an object, expected an action such as "ecr:ReplicateImage" or "ecr:*", or "*")"},
      {OneStatement(R"("Effect": "Allow", "Principal": "*", "Action": "*", "Resource": [null])"),
       R"(/Statement/0/Resource/0: found null, expected an ARN such as "arn:aws:ecr:us-west-2:111122223333:repository/*", or "*")"},
      {OneStatement(kSound + R"(, "Condition": [])"),
       "/Statement/0/Condition: found an empty list, expected an object of condition operators"},
      {OneStatement(kSound + R"(, "Condition": {"stringEquals": {"a": "b"}})"),
       R"(/Statement/0/Condition/stringEquals: found "stringEquals", expected a condition operator such as StringEquals or )"
       R"(ArnLike; did you mean "StringEquals"?)"},
      {OneStatement(kSound + R"(, "Condition": {"Bool": "true"})"),
       R"(/Statement/0/Condition/Bool: found "true", expected an object of condition keys)"},
      {OneStatement(kSound + R"(, "Condition": {"Bool": {"a/b~c": null}})"),
       "/Statement/0/Condition/Bool/a~1b~0c: found null, expected text, a number, true or false, or a list of these"},
      {OneStatement(kSound + R"(, "Condition": {"Bool": {"k": ["true", {}]}})"),
       "/Statement/0/Condition/Bool/k/1: found an empty object, expected text, a number, true or false, or a list of "
       "these"},
  };
  for (const Case& c : cases) EXPECT_EQ(ErrorOf(c.text), c.error) << c.text;
}

TEST(PolicyParseTest, LineAndColumnPointAtTheValueOrTheKey) {
  const auto place = [](const std::string& text) {
    const auto document = ParseDocument(text);
    EXPECT_FALSE(document.ok());
    return std::to_string(document.error().line) + ":" + std::to_string(document.error().column);
  };
  EXPECT_EQ(place("{\n  \"Statement\": [\n    {\"Effect\" :\t\"allow\", \"Principal\": \"*\",\n\"Action\": \"*\", "
                  "\"Resource\": \"*\"}]}"),
            "3:17");
  EXPECT_EQ(place("{\"Id\": \"é€😀\\\"\", \"Stat\": []}"), "1:17");  // characters, not bytes; the key
  EXPECT_EQ(place("{\n\"Statement\": [{" + kSound + "}, [[1, 2], \"}\", 3.5e2, true], {}]}"),
            "2:" + std::to_string(std::string("\"Statement\": [{" + kSound + "}, ").size() + 1));
  EXPECT_EQ(place("\xEF\xBB\xBF{\"Id\": 7}"), "1:9");
}

TEST(PolicyParseTest, TextThatIsNotJsonIsPlacedToo) {
  const auto error = [](const std::string& text) {
    const auto document = ParseDocument(text);
    EXPECT_FALSE(document.ok());
    return document.ok() ? PolicyError{} : document.error();
  };
  const PolicyError comma = error("{\n \"Version\": \"2012-10-17\",,\n}");
  EXPECT_EQ(comma.line, 2);
  EXPECT_EQ(comma.column, 26);
  EXPECT_EQ(comma.found, "\",\"");
  EXPECT_NE(comma.expected.find("valid JSON (while parsing object key"), std::string::npos) << comma.expected;
  EXPECT_EQ(error("").found, "the end of the text");
  EXPECT_EQ(error("{\"Statement\": [").line, 1);
  EXPECT_NE(error("{} {}").expected.find("valid JSON"), std::string::npos);
  EXPECT_NE(error("{'Statement': []}").expected.find("valid JSON"), std::string::npos);
  EXPECT_NE(error("{\"Id\": \"\xFF\"}").expected.find("valid JSON"), std::string::npos);
  EXPECT_NE(error("{\"Id\": \"\\ud800\"}").expected.find("valid JSON"), std::string::npos);
  EXPECT_NE(error("{\"Id\": 01}").expected.find("valid JSON"), std::string::npos);
  EXPECT_NE(error("{\"Id\": \"a\nb\"}").expected.find("valid JSON"), std::string::npos);
}

TEST(PolicyParseTest, AKeyTwiceIsAnErrorAtItsSecondPlace) {
  const auto twice =
      ParseDocument("{\"Id\": \"a\",\n \"Statement\": [{\"Effect\": \"Allow\",\n  \"\\u0045ffect\": \"Deny\"}]}");
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(ToText(twice.error()), "3:3: /Statement/0/Effect: found the key \"Effect\" again, expected each key once");
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += "\"k" + std::to_string(i) + "\": 1, ";
  const auto late = ParseDocument(many + "\"k7\": 2, \"k3\": 3}");
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().found, "the key \"k7\" again");
  EXPECT_EQ(late.error().column, static_cast<int>(many.size()) + 1);
  // Elsewhere the same key may stand again.
  EXPECT_TRUE(
      ParseDocument(OneStatement(kSound + R"(, "Condition": {"Bool": {"a": "true"}, "Null": {"a": "true"}})")).ok());
}

TEST(PolicyParseTest, DepthIsLimitedBeforeItHurts) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_EQ(ErrorOf(nested(JsonTree::kDepthMax)),
            "the document: found a list, expected a policy: an object with Version and Statement");
  const auto deep = ParseDocument("\n " + nested(JsonTree::kDepthMax + 1));
  ASSERT_FALSE(deep.ok());
  EXPECT_EQ(ToText(deep.error()), "2:34: the document: found more than 32 levels, expected a document that nests less");
  for (const std::string& text : {nested(100'000), std::string(100'000, '['), std::string(50'000, '{')}) {
    EXPECT_FALSE(ParseDocument(text).ok());
  }
  // Brackets in texts are no levels.
  EXPECT_TRUE(ParseDocument(OneStatement("\"Sid\": \"" + std::string(100, '[') + "\\\"\", " + kSound)).ok());
}

struct RefusedCase {
  std::string elements;
  std::string pointer;  // behind /Statement/0
};

const std::vector<RefusedCase>& RefusedCases() {
  static const std::vector<RefusedCase> kCases = {
      {R"("Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/*"}, "Action": "*", "Resource": "*")",
       "/Principal/AWS"},
      {R"("Effect": "Allow", "Principal": {"AWS": ["*", "arn:aws:iam::11112222333:root"]}, "Action": "*", "Resource": "*")",
       "/Principal/AWS/1"},
      {R"("Effect": "Allow", "Principal": {"Service": "*"}, "Action": "*", "Resource": "*")", "/Principal/Service"},
      {R"("Effect": "Allow", "Principal": {}, "Action": "*", "Resource": "*")", "/Principal"},
      {R"("Effect": "Allow", "Principal": {"AWS": []}, "Action": "*", "Resource": "*")", "/Principal/AWS"},
      {R"("Effect": "Allow", "NotPrincipal": {"AWS": "*"}, "Action": "*", "Resource": "*")", "/NotPrincipal"},
      {R"("NotPrincipal": {"AWS": "*"}, "Effect": "Allow", "Action": "*", "Resource": "*")", "/NotPrincipal"},
      {R"("Effect": "Allow", "Principal": "*", "Action": "PutImage", "Resource": "*")", "/Action"},
      {R"("Effect": "Allow", "Principal": "*", "Action": ["ecr:PutImage", "ecr:"], "Resource": "*")", "/Action/1"},
      {R"("Effect": "Allow", "Principal": "*", "Action": ":PutImage", "Resource": "*")", "/Action"},
      {R"("Effect": "Allow", "Principal": "*", "Action": "ecr:Put:Image", "Resource": "*")", "/Action"},
      {R"("Effect": "Allow", "Principal": "*", "Action": [], "Resource": "*")", "/Action"},
      {R"("Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "repository/a")", "/Resource"},
      {R"("Effect": "Allow", "Principal": "*", "Action": "*", "NotResource": [])", "/NotResource"},
      {kSound + R"(, "Condition": {"Bool": {"k": []}})", "/Condition/Bool/k"},
  };
  return kCases;
}

TEST(PolicyParseTest, WhatAwsRefusesIsAnErrorOrAFindingAsAsked) {
  for (const RefusedCase& c : RefusedCases()) {
    const std::string text = OneStatement(c.elements);
    const auto strict = ParseDocument(text);
    ASSERT_FALSE(strict.ok()) << text;
    EXPECT_EQ(strict.error().pointer, "/Statement/0" + c.pointer) << text;
    const auto lenient = ParseDocument(text, {.refused = RefusedByAws::kFinding});
    ASSERT_TRUE(lenient.ok()) << ToText(lenient.error());
    ASSERT_EQ(lenient->findings().size(), 1U) << text;
    EXPECT_EQ(lenient->findings()[0].kind, FindingKind::kRefusedByAws);
    EXPECT_EQ(lenient->findings()[0].what.pointer, strict.error().pointer) << text;
    EXPECT_EQ(lenient->findings()[0].what.line, strict.error().line);
    EXPECT_EQ(lenient->findings()[0].what.column, strict.error().column);
  }
}

TEST(PolicyParseTest, ASidStandsOnce) {
  const std::string text = R"({"Statement": [{"Sid": "a", )" + kSound + R"(}, {"Sid": "", )" + kSound +
                           R"(}, {"Sid": "", )" + kSound + R"(}, {"Sid": "a", )" + kSound + "}]}";
  EXPECT_EQ(ErrorOf(text), "/Statement/3/Sid: found \"a\" again, expected each Sid once");
  EXPECT_TRUE(ParseDocument(text, {.refused = RefusedByAws::kFinding}).ok());
}

TEST(PolicyParseTest, ARepositorysPolicyNeedsNoResource) {
  const std::string text = OneStatement(R"("Effect": "Allow", "Principal": "*", "Action": "ecr:*")");
  const auto document = ParseDocument(text, {.resource = ResourceElement::kOptional});
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->statements()[0].resources.polarity, Polarity::kAllBut);
  EXPECT_TRUE(document->statements()[0].resources.entries.empty());
}

TEST(PolicyParseTest, PartsThatCannotWorkAreFindings) {
  struct Case {
    std::string elements;
    FindingKind kind;
    std::string pointer;
    std::string found;
  };
  const std::vector<Case> cases = {
      {kSound + R"(, "Condition": {"NumericEquals": {"k": ["1", "one"]}})", FindingKind::kNeverMatches,
       "/Condition/NumericEquals/k/1", "\"one\""},
      {kSound + R"(, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/33"}})", FindingKind::kNeverMatches,
       "/Condition/IpAddress/aws:SourceIp", "\"10.0.0.0/33\""},
      {kSound + R"(, "Condition": {"ArnLike": {"aws:SourceArn": "*"}})", FindingKind::kNeverMatches,
       "/Condition/ArnLike/aws:SourceArn", "\"*\""},
      {kSound + R"(, "Condition": {"DateLessThan": {"aws:CurrentTime": "soon"}})", FindingKind::kNeverMatches,
       "/Condition/DateLessThan/aws:CurrentTime", "\"soon\""},
      {kSound + R"(, "Condition": {"StringEquals": {"aws:a": "x", "AWS:A": "y"}})", FindingKind::kSurprising,
       "/Condition/StringEquals/AWS:A", "the key \"AWS:A\" twice but for letter case"},
      {R"("Effect": "Allow", "Principal": {"AWS": "AIDAEXAMPLE123456789"}, "Action": "*", "Resource": "*")",
       FindingKind::kNeverMatches, "/Principal/AWS", "\"AIDAEXAMPLE123456789\", the id of a deleted user or role"},
      {R"("Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:ecr:${aws:RequestedRegion}:1:a")",
       FindingKind::kSurprising, "/Resource", "\"arn:aws:ecr:${aws:RequestedRegion}:1:a\", where it is literal text"},
  };
  for (const Case& c : cases) {
    const auto document = ParseDocument(OneStatement(c.elements));
    ASSERT_TRUE(document.ok()) << ToText(document.error());
    ASSERT_EQ(document->findings().size(), 1U) << c.elements;
    EXPECT_EQ(document->findings()[0].kind, c.kind) << c.elements;
    EXPECT_EQ(document->findings()[0].what.pointer, "/Statement/0" + c.pointer);
    EXPECT_EQ(document->findings()[0].what.found, c.found);
    EXPECT_GT(document->findings()[0].what.column, 0);
  }
}

TEST(PolicyParseTest, AVariableUnderTheOldVersionIsAFinding) {
  const auto document = ParseDocument(
      R"({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}"}})");
  ASSERT_TRUE(document.ok());
  ASSERT_EQ(document->findings().size(), 1U);
  EXPECT_EQ(document->findings()[0].kind, FindingKind::kSurprising);
  EXPECT_EQ(document->findings()[0].what.pointer, "/Statement/Resource");
}

}  // namespace
}  // namespace crrsim::policy
