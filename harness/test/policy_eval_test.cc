// `crrsim policy eval`: one decision, and batches of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/cli/inspect_commands.h"
#include "harness/policy/batch.h"
#include "harness/test/support/command_bench.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kGrant =
    R"({"Statement": [{"Sid": "Repl", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "ecr:ReplicateImage", "Resource": "*"}]})";

std::string CaseOf(const std::string& policy, const std::string& action) {
  return R"({"policy": )" + policy + R"(, "principal": "arn:aws:iam::111122223333:user/ann", "action": ")" + action +
         R"(", "resource": "arn:aws:ecr:eu-west-1:444455556666:repository/api", "ticket": {"any": [1]}})";
}

struct BatchOutcome {
  std::vector<std::string> answers;
  std::string err;
  BatchSummary summary;
};

BatchOutcome RunBatch(const std::string& lines) {
  std::istringstream in(lines);
  std::ostringstream out;
  std::ostringstream err;
  BatchOutcome outcome;
  outcome.summary = AnswerBatch(in, "cases", out, err);
  outcome.err = err.str();
  std::istringstream answers(out.str());
  for (std::string line; std::getline(answers, line);) outcome.answers.push_back(line);
  return outcome;
}

TEST(PolicyBatchTest, OddCasesAreDecidedAsTheGuideSays) {
  std::ifstream file(std::string(CRRSIM_SOURCE_DIR) + "/harness/test/data/policy_cases.jsonl");
  std::stringstream text;
  text << file.rdbuf();
  const auto outcome = RunBatch(text.str());
  EXPECT_EQ(outcome.err, "");
  std::size_t place = 0;
  for (std::string line; std::getline(text, line); ++place) {
    const auto wanted = nlohmann::json::parse(line);
    ASSERT_LT(place, outcome.answers.size());
    const auto answer = nlohmann::json::parse(outcome.answers[place]);
    EXPECT_EQ(answer["decision"], wanted["expect"]) << wanted["why"] << "\n" << line;
    if (wanted.contains("statement")) {
      EXPECT_EQ(answer["statement"], wanted["statement"]) << line;
    }
  }
  EXPECT_EQ(place, 110U);
  EXPECT_EQ(outcome.answers.size(), place);
}

TEST(PolicyBatchTest, AnswersNameTheStatementByItsSidOrItsPlace) {
  const std::string nameless =
      R"({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:Get*", "Resource": "*"},
                        {"Effect": "Deny", "Principal": "*", "Action": "ecr:Put*", "Resource": "*"}]})";
  std::string one_line = nameless;
  std::erase(one_line, '\n');
  const auto outcome = RunBatch(CaseOf(kGrant, "ecr:ReplicateImage") + "\n" + CaseOf(one_line, "ecr:PutImage") + "\n" +
                                CaseOf(kGrant, "ecr:CreateRepository") + "\n");
  EXPECT_THAT(outcome.answers, ElementsAre(R"({"decision": "Allowed", "statement": "Repl"})",
                                           R"({"decision": "ExplicitlyDenied", "statement": 1})",
                                           R"({"decision": "ImplicitlyDenied", "statement": null})"));
}

TEST(PolicyBatchTest, ASidOfAnyCharactersStaysJson) {
  const auto outcome = RunBatch(CaseOf(
      R"({"Statement": {"Sid": "a\"b\\\u0007é", "Effect": "Allow", "Principal": "*", "Action": "*"}})", "ecr:X"));
  ASSERT_EQ(outcome.answers.size(), 1U);
  EXPECT_EQ(nlohmann::json::parse(outcome.answers[0])["statement"], "a\"b\\\aé");
}

TEST(PolicyBatchTest, AMalformedLineKeepsItsPlaceAndIsNamed) {
  std::string broken = CaseOf(kGrant, "ecr:ReplicateImage");
  broken.replace(broken.find("\"Allow\""), 7, "\"allow\"");
  const auto outcome =
      RunBatch(CaseOf(kGrant, "ecr:ReplicateImage") + "\n" + broken + "\n{\n" + CaseOf(kGrant, "ecr:ReplicateImage"));
  ASSERT_EQ(outcome.answers.size(), 4U);
  EXPECT_EQ(outcome.answers[0], outcome.answers[3]);
  const auto answer = nlohmann::json::parse(outcome.answers[1]);
  EXPECT_TRUE(answer["decision"].is_null());
  EXPECT_TRUE(answer["statement"].is_null());
  EXPECT_THAT(answer["error"].get<std::string>(), HasSubstr("/policy/Statement/0/Effect: found \"allow\""));
  EXPECT_THAT(outcome.err, HasSubstr("cases:2:"));
  EXPECT_THAT(outcome.err, HasSubstr("did you mean \"Allow\"?"));
  EXPECT_THAT(outcome.err, HasSubstr("cases:3:"));
  EXPECT_EQ(outcome.summary.answered, 2U);
  EXPECT_EQ(outcome.summary.malformed, 2U);
}

TEST(PolicyBatchTest, EmptyLinesCarriageReturnsAndAByteOrderMarkAreNoCases) {
  const auto line = CaseOf(kGrant, "ecr:ReplicateImage");
  const auto outcome = RunBatch("\xEF\xBB\xBF" + line + "\r\n\r\n  \n" + line + "\r\n\n");
  EXPECT_EQ(outcome.answers.size(), 2U);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(RunBatch("").answers, ElementsAre());
}

TEST(PolicyBatchTest, NoKeyOfTheContextIsInvented) {
  std::string asks_for_account = kGrant;
  asks_for_account.insert(asks_for_account.size() - 3,
                          R"(, "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}})");
  const auto outcome = RunBatch(CaseOf(asks_for_account, "ecr:ReplicateImage"));
  EXPECT_THAT(outcome.answers, ElementsAre(R"({"decision": "ImplicitlyDenied", "statement": null})"));
}

/// A stream that hands out its lines one by one and notes how much was answered before each.
class LineByLine : public std::streambuf {
 public:
  LineByLine(std::vector<std::string> lines, const std::ostringstream& answers)
      : lines_(std::move(lines)), answers_(answers) {}
  std::vector<std::size_t> answered_before;

 protected:
  int_type underflow() override {
    if (next_ == lines_.size()) return traits_type::eof();
    answered_before.push_back(answers_.str().size());
    auto& line = lines_[next_++];
    setg(line.data(), line.data(), line.data() + line.size());
    return traits_type::to_int_type(line.front());
  }

 private:
  std::vector<std::string> lines_;
  const std::ostringstream& answers_;
  std::size_t next_ = 0;
};

TEST(PolicyBatchTest, WhoWaitsForAnAnswerGetsItBeforeTheNextCase) {
  const auto line = CaseOf(kGrant, "ecr:ReplicateImage") + "\n";
  std::ostringstream out;
  std::ostringstream err;
  LineByLine lines({line, line}, out);
  std::istream in(&lines);
  AnswerBatch(in, "cases", out, err);
  ASSERT_EQ(lines.answered_before.size(), 2U);
  EXPECT_EQ(lines.answered_before[0], 0U);
  EXPECT_EQ(lines.answered_before[1], out.str().size() / 2);
}

class PolicyEvalTest : public testing::Test {
 protected:
  std::vector<std::string> WordsFor(const std::string& policy) {
    return {"policy",      "eval",
            "--policy",    folder_.Write("policy.json", policy),
            "--principal", "arn:aws:sts::111122223333:assumed-role/push/s1",
            "--action",    "ecr:ReplicateImage",
            "--resource",  "arn:aws:ecr:eu-west-1:444455556666:repository/api"};
  }
  ScratchFolder folder_;
};

TEST_F(PolicyEvalTest, OneDecisionIsOneLine) {
  const auto outcome = InvokeCommand(WordsFor(kGrant));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "{\"decision\": \"Allowed\", \"statement\": \"Repl\"}\n");
}

TEST_F(PolicyEvalTest, ADenialIsADecisionAndNoFailure) {
  auto words = WordsFor(R"({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}})");
  const auto outcome = InvokeCommand(words);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "{\"decision\": \"ExplicitlyDenied\", \"statement\": 0}\n");
}

TEST_F(PolicyEvalTest, WhySaysWhatEachStatementLacks) {
  std::string asks_for_source = kGrant;
  asks_for_source.insert(asks_for_source.size() - 3,
                         R"(, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}})");
  auto words = WordsFor(asks_for_source);
  words.emplace_back("--why");
  EXPECT_THAT(InvokeCommand(words).out,
              HasSubstr("statement 0 (Repl) would Allow, but does not apply: StringEquals aws:SourceAccount: the key "
                        "is absent\n"));
  words.insert(words.end(), {"--context", "aws:sourceaccount=111122223333"});
  EXPECT_THAT(InvokeCommand(words).out, HasSubstr("statement 0 (Repl) applies: Allow\n"));
}

TEST_F(PolicyEvalTest, AKeyGivenAgainHasSeveralValues) {
  std::string all_of = kGrant;
  all_of.insert(all_of.size() - 3, R"(, "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}})");
  auto words = WordsFor(all_of);
  words.insert(words.end(), {"--context", "aws:TagKeys=a", "--context", "aws:TagKeys=b"});
  EXPECT_THAT(InvokeCommand(words).out, HasSubstr("Allowed"));
  words.insert(words.end(), {"--context", "aws:TagKeys=c=d"});
  EXPECT_THAT(InvokeCommand(words).out, HasSubstr("ImplicitlyDenied"));
}

TEST_F(PolicyEvalTest, ThePolicyMayBeWhatTheAwsCliPrinted) {
  const auto printed = nlohmann::json{{"registryId", "444455556666"}, {"policyText", kGrant}}.dump(4);
  EXPECT_THAT(InvokeCommand(WordsFor(printed)).out, HasSubstr("\"Repl\""));
}

TEST_F(PolicyEvalTest, APolicyThatCannotBeReadEndsWithThreeAndItsPlace) {
  auto words = WordsFor("{\"Statement\":\n  {\"Effect\": \"allow\"}}");
  const auto outcome = InvokeCommand(words);
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("policy.json:2:3: /Statement: found no Principal"));
}

TEST_F(PolicyEvalTest, WrongUseEndsWithTwo) {
  const auto cases = folder_.Write("cases.jsonl", CaseOf(kGrant, "ecr:X"));
  auto both = WordsFor(kGrant);
  both.insert(both.end(), {"--batch", cases});
  auto no_pair = WordsFor(kGrant);
  no_pair.insert(no_pair.end(), {"--context", "aws:TagKeys"});
  auto nobody = WordsFor(kGrant);
  nobody[5] = "ann";
  for (const auto& words : {both,
                            no_pair,
                            nobody,
                            {"policy"},
                            {"policy", "eval"},
                            {"policy", "eval", "--policy", cases},
                            {"policy", "eval", "--batch", folder_.path()},
                            {"policy", "eval", "--batch", folder_.path() + "/absent"}}) {
    const auto outcome = InvokeCommand(words);
    EXPECT_EQ(outcome.code, 2) << words.back();
    EXPECT_NE(outcome.err, "");
  }
}

TEST_F(PolicyEvalTest, ABatchFileEndsWithThreeWhereALineIsMalformed) {
  const auto line = CaseOf(kGrant, "ecr:ReplicateImage") + "\n";
  EXPECT_EQ(InvokeCommand({"policy", "eval", "--batch", folder_.Write("sound", line)}).code, 0);
  EXPECT_EQ(InvokeCommand({"policy", "eval", "--batch", folder_.Write("empty", "")}).code, 0);
  const auto outcome = InvokeCommand({"policy", "eval", "--batch", folder_.Write("broken", line + "{}\n" + line)});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("broken:2:1: the document: found no policy"));
  EXPECT_THAT(outcome.err, HasSubstr("1 of 3 cases could not be read"));
}

TEST_F(PolicyEvalTest, ADashIsStandardInput) {
  std::istringstream in(CaseOf(kGrant, "ecr:ReplicateImage"));
  std::ostringstream out;
  std::ostringstream err;
  PolicyEvalCommand batch;
  batch.batch_file = "-";
  EXPECT_EQ(PolicyEval(batch, {out, err, Colour::kOff, in}), ExitCode::kPass);
  PolicyEvalCommand one;
  one.policy_file = "-";
  one.principal = "111122223333";
  one.action = "ecr:ReplicateImage";
  std::istringstream policy(kGrant);
  EXPECT_EQ(PolicyEval(one, {out, err, Colour::kOff, policy}), ExitCode::kPass);
  EXPECT_EQ(out.str(),
            "{\"decision\": \"Allowed\", \"statement\": \"Repl\"}\n"
            "{\"decision\": \"Allowed\", \"statement\": \"Repl\"}\n");
}

}  // namespace
}  // namespace crrsim
