// Properties that hold for every policy, on small random ones over a small alphabet, so that things often match.
#include <gtest/gtest.h>
// RapidCheck wants GoogleTest first.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "registry_model/policy/evaluate.h"
#include "registry_model/policy/explain.h"
#include "registry_model/policy/parse.h"

namespace crrsim::policy {
namespace {

rc::Gen<std::string> AnyOf(std::vector<std::string> texts) { return rc::gen::elementOf(std::move(texts)); }

/// `"KEY": [three texts or fewer, one at least]`.
rc::Gen<std::string> ListElement(std::vector<std::string> keys, std::vector<std::string> texts) {
  return rc::gen::map(
      rc::gen::pair(
          AnyOf(std::move(keys)),
          rc::gen::resize(3, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(AnyOf(std::move(texts)))))),
      [](const std::pair<std::string, std::vector<std::string>>& element) {
        std::string list;
        for (const std::string& text : element.second) list += (list.empty() ? "\"" : ", \"") + text + "\"";
        return "\"" + element.first + "\": [" + list + "]";
      });
}

rc::Gen<std::string> ConditionElement() {
  return rc::gen::map(
      rc::gen::pair(AnyOf({"StringEquals", "StringNotEquals", "StringLike", "StringNotLikeIfExists", "NumericLessThan",
                           "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals", "Null", "Bool"}),
                    ListElement({"k", "K2"}, {"a", "b", "*", "1", "2", "true", "${k2}"})),
      [](const std::pair<std::string, std::string>& condition) {
        return ", \"Condition\": {\"" + condition.first + "\": {" + condition.second + "}}";
      });
}

rc::Gen<std::string> StatementText(std::vector<std::string> effects) {
  const auto principals = rc::gen::map(ListElement({"AWS"}, {"*", "111122223333", "arn:aws:iam::111122223333:user/ann",
                                                             "arn:aws:iam::444455556666:role/r"}),
                                       [](const std::string& list) { return "\"Principal\": {" + list + "}"; });
  return rc::gen::map(
      rc::gen::tuple(AnyOf(std::move(effects)), principals,
                     ListElement({"Action", "NotAction"}, {"*", "ecr:*", "ecr:Put*", "ecr:PutImage", "ecr:Get?mage"}),
                     ListElement({"Resource", "NotResource"}, {"*", "arn:aws:ecr:*", "arn:aws:ecr:r:1:repository/a",
                                                               "arn:aws:ecr:r:1:repository/${k}"}),
                     rc::gen::oneOf(rc::gen::just(std::string()), ConditionElement())),
      [](const std::tuple<std::string, std::string, std::string, std::string, std::string>& parts) {
        const auto& [effect, principal, action, resource, condition] = parts;
        return "{\"Effect\": \"" + effect + "\", " + principal + ", " + action + ", " + resource + condition + "}";
      });
}

rc::Gen<std::vector<std::string>> StatementTexts() {
  return rc::gen::resize(5, rc::gen::container<std::vector<std::string>>(StatementText({"Allow", "Deny"})));
}

Document Parsed(const std::vector<std::string>& statements) {
  std::string text;
  for (const std::string& statement : statements) text += (text.empty() ? "" : ", ") + statement;
  auto document = ParseDocument("{\"Version\": \"2012-10-17\", \"Statement\": [" + text + "]}",
                                {.refused = RefusedByAws::kFinding});
  RC_ASSERT(document.ok());
  return *document;
}

Request AnyRequest() {
  Request request;
  request.principal =
      *Principal::Parse(*AnyOf({"arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:user/bob",
                                "arn:aws:sts::444455556666:assumed-role/r/s", "ecr.amazonaws.com"}));
  request.action = *AnyOf({"ecr:PutImage", "ECR:GetImage", "s3:GetObject"});
  request.resource = *AnyOf({"arn:aws:ecr:r:1:repository/a", "arn:aws:ecr:r:1:repository/b", "arn:aws:s3:::x"});
  for (const std::string key : {"k", "K2"}) {
    const auto values =
        *rc::gen::resize(2, rc::gen::container<std::vector<std::string>>(AnyOf({"a", "b", "1", "true"})));
    request.context.Set(key, values);
  }
  return request;
}

RC_GTEST_PROP(PolicyPropertyTest, ADenyAddedNeverAllows, ()) {
  auto statements = *StatementTexts();
  const Request request = AnyRequest();
  const Outcome before = Evaluate(Parsed(statements), request).outcome;
  const auto place = *rc::gen::inRange<std::size_t>(0, statements.size() + 1);
  statements.insert(statements.begin() + static_cast<std::ptrdiff_t>(place), *StatementText({"Deny"}));
  const Outcome after = Evaluate(Parsed(statements), request).outcome;
  RC_TAG(before == after ? "unchanged" : "changed");
  RC_ASSERT(after == before || after == Outcome::kExplicitlyDenied);
}

RC_GTEST_PROP(PolicyPropertyTest, AnAllowAddedNeverDenies, ()) {
  auto statements = *StatementTexts();
  const Request request = AnyRequest();
  const Outcome before = Evaluate(Parsed(statements), request).outcome;
  statements.push_back(*StatementText({"Allow"}));
  const Outcome after = Evaluate(Parsed(statements), request).outcome;
  RC_ASSERT(after == before || (before == Outcome::kImplicitlyDenied && after == Outcome::kAllowed));
}

RC_GTEST_PROP(PolicyPropertyTest, OrderOfStatementsNeverChangesTheOutcome, ()) {
  auto statements = *StatementTexts();
  const Request request = AnyRequest();
  const Outcome outcome = Evaluate(Parsed(statements), request).outcome;
  std::sort(statements.begin(), statements.end());
  do {
    RC_ASSERT(Evaluate(Parsed(statements), request).outcome == outcome);
  } while (std::next_permutation(statements.begin(), statements.end()));
}

RC_GTEST_PROP(PolicyPropertyTest, ListedAndAllButAreOpposites, ()) {
  const std::string statement = *StatementText({"Allow"});
  const Request request = AnyRequest();
  const auto turned = [&statement](const std::string& plain) {
    std::string text = statement;
    const std::size_t negated = text.find("\"Not" + plain);
    if (negated != std::string::npos) {
      text.erase(negated + 1, 3);
    } else {
      text.insert(text.find("\"" + plain) + 1, "Not");
    }
    return text;
  };
  const auto matches = [&request](const std::string& text) {
    const Document document = Parsed({text});
    const Statement& parsed = document.statements()[0];
    return std::array<bool, 3>{PrincipalMatches(parsed, request), ActionMatches(parsed, request),
                               ResourceMatches(parsed, request)};
  };
  const auto plain = matches(statement);
  RC_ASSERT(matches(turned("Principal"))[0] != plain[0]);
  RC_ASSERT(matches(turned("Action"))[1] != plain[1]);
  RC_ASSERT(matches(turned("Resource"))[2] != plain[2]);
}

RC_GTEST_PROP(PolicyPropertyTest, TheExplanationAgreesWithTheDecision, ()) {
  const Document document = Parsed(*StatementTexts());
  const Request request = AnyRequest();
  const auto explanation = Explain(document, request);
  RC_ASSERT(explanation.decision == Evaluate(document, request));
  for (const auto& statement : explanation.statements) {
    const bool conditions = std::all_of(statement.conditions.begin(), statement.conditions.end(),
                                        [](const auto& condition) { return condition.holds == Match::kYes; });
    const bool all = statement.principal == Match::kYes && statement.action == Match::kYes &&
                     statement.resource == Match::kYes && conditions;
    RC_ASSERT((statement.applies == Match::kYes) == all);
  }
  if (explanation.decision.statement) {
    RC_ASSERT(explanation.statements[*explanation.decision.statement].applies == Match::kYes);
  }
}

/// The plainest glob there is, to hold the fast one against.
bool SlowGlob(std::string_view pattern, std::string_view subject) {
  if (pattern.empty()) return subject.empty();
  if (pattern[0] == '*') {
    return SlowGlob(pattern.substr(1), subject) || (!subject.empty() && SlowGlob(pattern, subject.substr(1)));
  }
  if (subject.empty() || (pattern[0] != '?' && pattern[0] != subject[0])) return false;
  return SlowGlob(pattern.substr(1), subject.substr(1));
}

RC_GTEST_PROP(PolicyPropertyTest, PatternsMatchAsThePlainestGlobDoes, ()) {
  const auto letters = [](const std::string& alphabet) {
    return rc::gen::resize(10, rc::gen::container<std::string>(rc::gen::elementOf(alphabet)));
  };
  const std::string pattern = *letters("ab*?");
  const std::string subject = *letters("ab");
  RC_TAG(SlowGlob(pattern, subject) ? "match" : "no match");
  RC_ASSERT(Pattern::Compile(pattern, {}).Matches(subject, {}) == SlowGlob(pattern, subject));
}

}  // namespace
}  // namespace crrsim::policy
