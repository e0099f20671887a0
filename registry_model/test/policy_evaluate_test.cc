#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "registry_model/policy/evaluate.h"
#include "registry_model/policy/parse.h"

namespace crrsim::policy {
namespace {

Document Parsed(const std::string& statements) {
  auto document = ParseDocument(R"({"Version": "2012-10-17", "Statement": [)" + statements + "]}",
                                {.refused = RefusedByAws::kFinding});
  EXPECT_TRUE(document.ok()) << ToText(document.error());
  return document.ok() ? *document : Document();
}

Request Asking(const std::string& action = "ecr:ReplicateImage",
               const std::string& resource = "arn:aws:ecr:eu-west-1:444455556666:repository/team/api",
               const std::string& principal = "arn:aws:iam::111122223333:user/ann") {
  return {*Principal::Parse(principal), action, resource, {}};
}

std::string Decide(const std::string& statements, const Request& request = Asking()) {
  const Decision decision = Evaluate(Parsed(statements), request);
  std::string text(ToText(decision.outcome));
  if (decision.statement) text += " by " + std::to_string(*decision.statement);
  return text;
}

const std::string kAllow = R"({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})";
const std::string kDeny = R"({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"})";
const std::string kOther = R"({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"})";

TEST(PolicyEvaluateTest, NothingSaidIsAnImplicitDenial) {
  EXPECT_EQ(Decide(""), "ImplicitlyDenied");
  EXPECT_EQ(Decide(kOther), "ImplicitlyDenied");
  EXPECT_EQ(Evaluate(Document(), Asking()), (Decision{Outcome::kImplicitlyDenied, std::nullopt}));
}

TEST(PolicyEvaluateTest, ADenyWinsWhereverItStands) {
  EXPECT_EQ(Decide(kAllow), "Allowed by 0");
  EXPECT_EQ(Decide(kAllow + "," + kDeny), "ExplicitlyDenied by 1");
  EXPECT_EQ(Decide(kDeny + "," + kAllow), "ExplicitlyDenied by 0");
  EXPECT_EQ(Decide(kOther + "," + kAllow + "," + kOther), "Allowed by 1");
}

TEST(PolicyEvaluateTest, TheFirstStatementThatAppliesDecides) {
  EXPECT_EQ(Decide(kOther + "," + kAllow + "," + kAllow), "Allowed by 1");
  EXPECT_EQ(Decide(kAllow + "," + kOther + "," + kDeny + "," + kDeny), "ExplicitlyDenied by 2");
}

TEST(PolicyEvaluateTest, OneStatementNeedsNoList) {
  const auto document = ParseDocument(R"({"Statement": )" + kAllow + "}");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(Evaluate(*document, Asking()).outcome, Outcome::kAllowed);
}

std::string With(const std::string& element, const std::string& effect = "Allow") {
  std::string statement = R"({"Effect": ")" + effect + "\"";
  for (const auto& [name, other] : {std::pair<std::string, std::string>{"Principal\"", R"("Principal": "*")"},
                                    {"Action\"", R"("Action": "*")"},
                                    {"Resource\"", R"("Resource": "*")"}}) {
    if (element.find(name) == std::string::npos) statement += ", " + other;
  }
  return statement + ", " + element + "}";
}

TEST(PolicyEvaluateTest, ActionsMatchWithWildcardsAndWithoutCase) {
  struct Case {
    const char* element;
    const char* action;
    bool allowed;
  };
  const std::vector<Case> cases = {
      {R"("Action": "ecr:ReplicateImage")", "ecr:ReplicateImage", true},
      {R"("Action": "ECR:replicateimage")", "ecr:ReplicateImage", true},
      {R"("Action": "ecr:*Image")", "ecr:PutImage", true},
      {R"("Action": "ecr:*Image")", "ecr:PutImageTagMutability", false},
      {R"("Action": "ecr:Pu?Image")", "ecr:putimage", true},
      {R"("Action": "ecr-public:*")", "ecr:PutImage", false},
      {R"("Action": ["s3:*", "ecr:Put*"])", "ecr:PutImage", true},
      {R"("Action": "*")", "anything:AtAll", true},
      {R"("Action": [])", "ecr:PutImage", false},
      {R"("NotAction": "ecr:Put*")", "ecr:PutImage", false},
      {R"("NotAction": "ecr:Put*")", "ecr:GetImage", true},
      {R"("NotAction": ["s3:*", "ecr:PUT*"])", "ecr:PutImage", false},
      {R"("NotAction": "*")", "ecr:PutImage", false},
      {R"("NotAction": [])", "ecr:PutImage", true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Decide(With(c.element), Asking(c.action)) == "Allowed by 0", c.allowed)
        << c.element << " and " << c.action;
  }
}

TEST(PolicyEvaluateTest, ResourcesMatchWithWildcardsAndWithCase) {
  const std::string repository = "arn:aws:ecr:eu-west-1:444455556666:repository/";
  struct Case {
    std::string element;
    std::string resource;
    bool allowed;
  };
  const std::vector<Case> cases = {
      {R"("Resource": "arn:aws:ecr:eu-west-1:444455556666:repository/*")", repository + "team/api", true},
      {R"("Resource": "arn:aws:ecr:eu-west-1:444455556666:repository/prod-*")", repository + "prod-a", true},
      {R"("Resource": "arn:aws:ecr:eu-west-1:444455556666:repository/prod-*")", repository + "prod", false},
      {R"("Resource": "arn:aws:ecr:eu-west-1:444455556666:repository/A")", repository + "a", false},
      {R"("Resource": "arn:aws:ecr:*:repository/a")", repository + "a", true},
      {R"("Resource": "arn:aws:ecr:us-*:444455556666:repository/a")", repository + "a", false},
      {R"("Resource": ["*"])", "no arn", true},
      {R"("NotResource": "arn:aws:ecr:*:*:repository/a")", repository + "a", false},
      {R"("NotResource": "arn:aws:ecr:*:*:repository/a")", repository + "b", true},
      {R"("NotResource": ["arn:aws:s3:::*", "arn:aws:ecr:*:*:repository/*"])", repository + "b", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Decide(With(c.element), Asking("ecr:PutImage", c.resource)) == "Allowed by 0", c.allowed)
        << c.element << " and " << c.resource;
  }
}

TEST(PolicyEvaluateTest, NotPrincipalTakesInEveryoneElse) {
  const std::string element = R"("NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:role/push", "444455556666"]})";
  const auto denied = [&](const std::string& principal) {
    return Decide(With(element, "Deny"), Asking("ecr:PutImage", "*", principal)) == "ExplicitlyDenied by 0";
  };
  EXPECT_TRUE(denied("arn:aws:iam::111122223333:user/ann"));
  EXPECT_TRUE(denied("arn:aws:sts::111122223333:assumed-role/pull/s1"));
  EXPECT_FALSE(denied("arn:aws:sts::111122223333:assumed-role/push/s1"));
  EXPECT_FALSE(denied("arn:aws:iam::444455556666:user/bob"));
  EXPECT_TRUE(denied("ecr.amazonaws.com"));
  EXPECT_EQ(Decide(With(R"("NotPrincipal": "*")", "Deny")), "ImplicitlyDenied");
  EXPECT_EQ(Decide(With(element), Asking()), "Allowed by 0");
}

TEST(PolicyEvaluateTest, AnAccountIsMeantAsAWholeForAllowAndForDeny) {
  for (const char* account : {R"("arn:aws:iam::111122223333:root")", R"("111122223333")"}) {
    const std::string element = std::string(R"("Principal": {"AWS": )") + account + "}";
    for (const char* principal : {"arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:root",
                                  "arn:aws:sts::111122223333:assumed-role/push/s1"}) {
      EXPECT_EQ(Decide(With(element), Asking("ecr:PutImage", "*", principal)), "Allowed by 0") << principal;
      EXPECT_EQ(Decide(kAllow + "," + With(element, "Deny"), Asking("ecr:PutImage", "*", principal)),
                "ExplicitlyDenied by 1")
          << principal;
    }
    EXPECT_EQ(Decide(With(element), Asking("ecr:PutImage", "*", "arn:aws:iam::444455556666:user/ann")),
              "ImplicitlyDenied");
  }
}

TEST(PolicyEvaluateTest, AllConditionsMustHold) {
  const std::string element = R"("Condition": {"StringEquals": {"a": "1", "b": ["2", "3"]}, "Null": {"c": "true"}})";
  const auto allowed = [&](const Context& context) {
    Request request = Asking();
    request.context = context;
    return Decide(With(element), request) == "Allowed by 0";
  };
  EXPECT_TRUE(allowed({{"a", {"1"}}, {"b", {"3"}}}));
  EXPECT_FALSE(allowed({{"a", {"1"}}, {"b", {"4"}}}));
  EXPECT_FALSE(allowed({{"a", {"2"}}, {"b", {"3"}}}));
  EXPECT_FALSE(allowed({{"a", {"1"}}}));
  EXPECT_FALSE(allowed({{"a", {"1"}}, {"b", {"3"}}, {"C", {"x"}}}));
  EXPECT_EQ(Decide(With(R"("Condition": {})")), "Allowed by 0");
  EXPECT_EQ(Decide(With(R"("Condition": {"StringEquals": {}})")), "Allowed by 0");
}

TEST(PolicyEvaluateTest, NumbersAndBooleansNeedNoQuotes) {
  Request request = Asking();
  request.context = {{"n", {"3600"}}, {"d", {"0.10"}}, {"b", {"true"}}, {"big", {"12345678901234567890123"}}};
  EXPECT_EQ(Decide(With(R"("Condition": {"NumericLessThanEquals": {"n": 3600}, "Bool": {"b": true},
                           "NumericEquals": {"d": [7, 0.1], "big": 12345678901234567890123},
                           "StringEquals": {"n": 3600}})"),
                   request),
            "Allowed by 0");
  EXPECT_EQ(Decide(With(R"("Condition": {"NumericEquals": {"big": 12345678901234567890124}})"), request),
            "ImplicitlyDenied");
}

TEST(PolicyEvaluateTest, VariablesNeedTheVersionOf2012) {
  Request request = Asking("ecr:PutImage", "arn:aws:ecr:eu-west-1:444455556666:repository/ann");
  request.context = {{"aws:username", {"ann"}}};
  const std::string own = With(R"("Resource": "arn:aws:ecr:*:*:repository/${aws:username}")");
  const auto decide = [&](const std::string& version, const Request& asked) {
    return Evaluate(*ParseDocument("{" + version + "\"Statement\": " + own + "}"), asked).outcome;
  };
  EXPECT_EQ(decide(R"("Version": "2012-10-17", )", request), Outcome::kAllowed);
  EXPECT_EQ(decide(R"("Version": "2008-10-17", )", request), Outcome::kImplicitlyDenied);
  EXPECT_EQ(decide("", request), Outcome::kImplicitlyDenied);
  const Request literal = Asking("ecr:PutImage", "arn:aws:ecr:eu-west-1:444455556666:repository/${aws:username}");
  EXPECT_EQ(decide("", literal), Outcome::kAllowed);
  EXPECT_EQ(decide(R"("Version": "2012-10-17", )", literal), Outcome::kImplicitlyDenied);
}

TEST(PolicyEvaluateTest, AVersionBehindTheStatementCountsToo) {
  Request request = Asking("ecr:PutImage", "arn:aws:ecr:eu-west-1:444455556666:repository/ann");
  request.context = {{"aws:username", {"ann"}}};
  const std::string own = With(R"("Resource": "arn:aws:ecr:*:*:repository/${aws:username}")");
  EXPECT_EQ(Evaluate(*ParseDocument("{\"Statement\": " + own + R"(, "Version": "2012-10-17"})"), request).outcome,
            Outcome::kAllowed);
}

TEST(PolicyEvaluateTest, AResourceWhoseVariableHasNoValueMatchesNothing) {
  const Request request = Asking("ecr:PutImage", "arn:aws:ecr:eu-west-1:444455556666:repository/ann");
  EXPECT_EQ(Decide(With(R"("Resource": "arn:aws:ecr:*:*:repository/${aws:username}*")"), request), "ImplicitlyDenied");
  EXPECT_EQ(Decide(With(R"("NotResource": "arn:aws:ecr:*:*:repository/${aws:username}*")"), request), "Allowed by 0");
  EXPECT_EQ(Decide(With(R"("Resource": "arn:aws:ecr:*:*:repository/${aws:username, 'ann'}")"), request),
            "Allowed by 0");
}

TEST(PolicyEvaluateTest, BeforeTheFifthColonAVariableIsText) {
  Request request = Asking("ecr:PutImage", "arn:aws:ecr:eu-west-1:444455556666:repository/ann");
  request.context = {{"aws:RequestedRegion", {"eu-west-1"}}};
  EXPECT_EQ(Decide(With(R"("Resource": "arn:aws:ecr:${aws:RequestedRegion}:444455556666:repository/ann")"), request),
            "ImplicitlyDenied");
}

// The guide's own example: denied unless the two tags are equal, and denied where the principal has none.
TEST(PolicyEvaluateTest, ANegatedConditionHoldsForAVariableWithoutAValue) {
  const std::string deny =
      With(R"("Condition": {"StringNotEquals": {"s3:ExistingObjectTag/Team": "${aws:PrincipalTag/Team}"}})", "Deny");
  Request request = Asking();
  request.context = {{"s3:ExistingObjectTag/Team", {"red"}}, {"aws:PrincipalTag/Team", {"red"}}};
  EXPECT_EQ(Decide(deny, request), "ImplicitlyDenied");
  request.context = {{"s3:ExistingObjectTag/Team", {"red"}}};
  EXPECT_EQ(Decide(deny, request), "ExplicitlyDenied by 0");
}

// ecr-replication.md 3: the canonical policy of a destination, asked by the source account's replication role.
TEST(PolicyEvaluateTest, TheCanonicalRegistryPolicyAdmitsTheSourceAccount) {
  const auto document = ParseDocument(R"({"Version":"2012-10-17","Statement":[{"Sid":"Repl","Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":["ecr:CreateRepository","ecr:ReplicateImage"],
    "Resource":["arn:aws:ecr:us-west-2:444455556666:repository/*"]}]})");
  ASSERT_TRUE(document.ok());
  const std::string role =
      "arn:aws:iam::111122223333:role/aws-service-role/replication.ecr.amazonaws.com/"
      "AWSServiceRoleForECRReplication";
  const auto outcome = [&](const std::string& action, const std::string& region, const std::string& principal) {
    return Evaluate(*document, Asking(action, "arn:aws:ecr:" + region + ":444455556666:repository/a", principal))
        .outcome;
  };
  EXPECT_EQ(outcome("ecr:ReplicateImage", "us-west-2", role), Outcome::kAllowed);
  EXPECT_EQ(outcome("ecr:CreateRepository", "us-west-2", role), Outcome::kAllowed);
  EXPECT_EQ(outcome("ecr:PutImage", "us-west-2", role), Outcome::kImplicitlyDenied);
  EXPECT_EQ(outcome("ecr:ReplicateImage", "us-east-1", role), Outcome::kImplicitlyDenied);
  EXPECT_EQ(outcome("ecr:ReplicateImage", "us-west-2", "arn:aws:iam::777788889999:root"), Outcome::kImplicitlyDenied);
}

TEST(PolicyEvaluateTest, NamedActionsAreListedOnce) {
  EXPECT_EQ(ActionsNamed(Parsed(kAllow + "," + With(R"("Action": ["ecr:B", "ecr:A", "ecr:B"])") + "," +
                                With(R"("NotAction": "ecr:C")"))),
            (std::set<std::string>{"*", "ecr:A", "ecr:B", "ecr:C"}));
}

}  // namespace
}  // namespace crrsim::policy
