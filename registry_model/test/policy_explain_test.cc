#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "registry_model/policy/batch_case.h"
#include "registry_model/policy/explain.h"
#include "registry_model/policy/parse.h"

namespace crrsim::policy {
namespace {

const std::string kPolicy = R"({"Version": "2012-10-17", "Statement": [
  {"Sid": "Repl", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "ecr:ReplicateImage",
   "Resource": "arn:aws:ecr:eu-west-1:444455556666:repository/${aws:PrincipalTag/team}/*",
   "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"},
                 "StringLike": {"aws:RequestedRegion": ["eu-*", "${aws:PrincipalTag/region}"]}}},
  {"Effect": "Deny", "Principal": {"AWS": "777788889999"}, "Action": "ecr:*", "Resource": "*"},
  {"Sid": "Any", "Effect": "Allow", "Principal": "*", "Action": "ecr:Replicate*", "Resource": "*"}]})";

Request Asking(Context context) {
  return {*Principal::Parse("arn:aws:iam::111122223333:user/ann"), "ecr:ReplicateImage",
          "arn:aws:ecr:eu-west-1:444455556666:repository/red/api", std::move(context)};
}

TEST(PolicyExplainTest, EveryElementOfEveryStatementIsAnswered) {
  const auto explanation = Explain(*ParseDocument(kPolicy), Asking({{"aws:RequestedRegion", {"us-west-2"}}}));
  EXPECT_EQ(explanation.decision, (Decision{Outcome::kAllowed, 2}));
  ASSERT_EQ(explanation.statements.size(), 3U);

  const auto& repl = explanation.statements[0];
  EXPECT_EQ(repl.sid, "Repl");
  EXPECT_EQ(repl.principal, Match::kYes);
  EXPECT_EQ(repl.action, Match::kYes);
  EXPECT_EQ(repl.resource, Match::kNo);
  EXPECT_EQ(repl.applies, Match::kNo);
  ASSERT_EQ(repl.conditions.size(), 2U);
  EXPECT_EQ(repl.conditions[0].holds, Match::kNo);
  EXPECT_EQ(repl.conditions[0].present, Match::kNo);
  EXPECT_EQ(repl.conditions[0].key, "aws:SourceAccount");
  EXPECT_EQ(repl.conditions[1].holds, Match::kNo);
  EXPECT_EQ(repl.conditions[1].present, Match::kYes);
  EXPECT_EQ(repl.conditions[1].found, (std::vector<std::string>{"us-west-2"}));
  EXPECT_EQ(repl.conditions[1].unresolved_variables, (std::vector<std::string>{"aws:PrincipalTag/region"}));

  EXPECT_EQ(explanation.statements[1].principal, Match::kNo);
  EXPECT_EQ(explanation.statements[1].action, Match::kYes);
  EXPECT_EQ(explanation.statements[2].applies, Match::kYes);
}

TEST(PolicyExplainTest, TheTextNamesWhatWasMissing) {
  const auto explanation = Explain(*ParseDocument(kPolicy), Asking({{"aws:RequestedRegion", {"us-west-2"}}}));
  EXPECT_EQ(
      ToText(explanation.statements[0]),
      "statement 0 (Repl) would Allow, but does not apply: the resource is not covered; "
      "StringEquals aws:SourceAccount: the key is absent; "
      "StringLike aws:RequestedRegion: found \"us-west-2\", the policy says \"eu-*\", \"${aws:PrincipalTag/region}\" "
      "(no value for ${aws:PrincipalTag/region})");
  EXPECT_EQ(ToText(explanation.statements[1]),
            "statement 1 would Deny, but does not apply: the principal is not covered");
  EXPECT_EQ(ToText(explanation.statements[2]), "statement 2 (Any) applies: Allow");
}

TEST(PolicyBatchTest, ALineHoldsAPolicyAndARequest) {
  const auto parsed = ParseBatchCase(R"({"id": 7, "policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
    "Principal": {"AWS": "111122223333"}, "Action": "ecr:*", "Condition": {"NumericEquals": {"N": 0.5},
    "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}, "Null": {"nothing": "true", "empty": "true"},
    "Bool": {"yes": "true"}}}},
    "principal": "arn:aws:sts::111122223333:assumed-role/push/s1", "action": "ecr:PutImage", "resource": "arn:x",
    "context": {"n": 0.50, "AWS:tagkeys": ["a", "b"], "nothing": null, "empty": [], "yes": true}})");
  ASSERT_TRUE(parsed.ok()) << ToText(parsed.error());
  EXPECT_EQ(Evaluate(parsed->document, parsed->request), (Decision{Outcome::kAllowed, 0}));
  EXPECT_EQ(parsed->request.context.Find("n")->front(), "0.50");
}

TEST(PolicyBatchTest, ContextMayBeLeftOut) {
  const auto parsed = ParseBatchCase(
      R"({"resource": "*", "action": "a:b", "principal": "ecr.amazonaws.com", "policy": {"Statement": []}})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(Evaluate(parsed->document, parsed->request).outcome, Outcome::kImplicitlyDenied);
}

TEST(PolicyBatchTest, ErrorsPointIntoTheLine) {
  const auto error = [](const std::string& line) {
    const auto parsed = ParseBatchCase(line);
    EXPECT_FALSE(parsed.ok()) << line;
    return parsed.ok() ? "" : ToText(parsed.error());
  };
  const std::string policy = R"("policy": {"Statement": []})";
  EXPECT_EQ(error("[1]"), "1:1: the document: found a list, expected an object with policy, principal and action");
  EXPECT_EQ(error("{}"), "1:1: the document: found no policy, expected a policy");
  EXPECT_EQ(error(R"({"policy": {"Statement": {"Effect": "Alow"}}})"),
            "1:26: /policy/Statement: found no Principal, expected Principal or NotPrincipal");
  EXPECT_EQ(error("{" + policy + "}"), "1:1: the document: found no principal, expected the principal, as text");
  EXPECT_EQ(error("{" + policy + R"(, "principal": "ann"})").substr(0, 25), "1:44: /principal: found \"");
  EXPECT_EQ(error("{" + policy + R"(, "principal": "*", "action": 1})"),
            "1:59: /action: found a number (1), expected the action, as text");
  EXPECT_EQ(error("{" + policy + R"(, "principal": "*", "action": "a:b", "resource": "r", "context": {"k": {}}})"),
            "1:100: /context/k: found an empty object, expected text, a number, true or false, or a list of these");
  EXPECT_EQ(error("{" + policy + R"(, "principal": "*", "action": "a:b", "resource": "r", "context": 1})"),
            "1:94: /context: found a number (1), expected an object of context keys");
}

}  // namespace
}  // namespace crrsim::policy
