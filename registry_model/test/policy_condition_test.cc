#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "registry_model/policy/condition.h"

namespace crrsim::policy {
namespace {

using Values = std::vector<std::string>;

/// Whether `operation` on the key `k`, with the policy's values, holds for the request's values.
bool Holds(const std::string& operation, const Values& wanted, const Values& found, Context context = {}) {
  context.Set("K", found);
  return Condition::Compile(operation, "k", wanted, Variables::kActive).Holds(context);
}

struct ValueRow {
  const char* operation;  // a plain one
  const char* wanted;
  const char* found;
  bool matches;
};

// Every operator on one value each; its negated twin, where it has one, must say the opposite.
const std::vector<ValueRow> kValueRows = {
    {"StringEquals", "a", "a", true},
    {"StringEquals", "a", "A", false},
    {"StringEquals", "a*", "ab", false},
    {"StringEquals", "a*", "a*", true},
    {"StringEquals", "", "", true},
    {"StringEquals", "", "a", false},
    {"StringEqualsIgnoreCase", "Prod", "pROD", true},
    {"StringEqualsIgnoreCase", "Äpfel", "äPFEL", true},
    {"StringEqualsIgnoreCase", "prod", "prod2", false},
    {"StringEqualsIgnoreCase", "a*", "AB", false},
    {"StringLike", "a*", "ab", true},
    {"StringLike", "a?", "ab", true},
    {"StringLike", "a*", "Ab", false},
    {"StringLike", "a", "ab", false},
    {"StringLike", "*", "", true},
    {"NumericEquals", "10", "10.0", true},
    {"NumericEquals", "10", "1e1", true},
    {"NumericEquals", "10", "10.0000000000000000001", false},
    {"NumericEquals", "ten", "ten", false},
    {"NumericEquals", "10", "ten", false},
    {"DateEquals", "2026-11-01", "2026-11-01T00:00:00Z", true},
    {"DateEquals", "1793491200", "2026-11-01T01:00:00+01:00", true},
    {"DateEquals", "2026-11-01", "2026-11-01T00:00:00.001Z", false},
    {"DateEquals", "tomorrow", "tomorrow", false},
    {"IpAddress", "203.0.113.0/24", "203.0.113.9", true},
    {"IpAddress", "203.0.113.0/24", "203.0.114.9", false},
    {"IpAddress", "2001:db8::/32", "2001:DB8::1", true},
    {"IpAddress", "0.0.0.0/0", "::ffff:1.2.3.4", false},
    {"IpAddress", "203.0.113.0/24", "somewhere", false},
    {"IpAddress", "203.0.113.0/40", "203.0.113.9", false},
    {"ArnEquals", "arn:aws:sns:*:111122223333:t?", "arn:aws:sns:us-east-1:111122223333:t1", true},
    {"ArnEquals", "arn:aws:sns:*:t1", "arn:aws:sns:us-east-1:111122223333:t1", false},
    {"ArnEquals", "arn:aws:sns:us-east-1:111122223333:t1", "t1", false},
    {"ArnLike", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/a/b", true},
    {"ArnLike", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:user/a", false},
    {"ArnLike", "*", "arn:aws:iam::111122223333:user/a", false},
};

std::string NegatedTwin(const std::string& operation) {
  if (operation == "IpAddress") return "NotIpAddress";
  for (const std::string family : {"String", "Numeric", "Date", "Arn"}) {
    if (operation.rfind(family, 0) == 0) return family + "Not" + operation.substr(family.size());
  }
  return {};
}

TEST(PolicyConditionTest, EveryOperatorComparesOneValueAsDocumented) {
  for (const ValueRow& row : kValueRows) {
    EXPECT_EQ(Holds(row.operation, {row.wanted}, {row.found}), row.matches)
        << row.operation << " " << row.wanted << " and " << row.found;
  }
}

TEST(PolicyConditionTest, ANegatedOperatorSaysTheOppositeOfItsTwin) {
  for (const ValueRow& row : kValueRows) {
    EXPECT_EQ(Holds(NegatedTwin(row.operation), {row.wanted}, {row.found}), !row.matches)
        << NegatedTwin(row.operation) << " " << row.wanted << " and " << row.found;
  }
}

TEST(PolicyConditionTest, OrderedOperatorsCompareTheRequestWithThePolicy) {
  struct Row {
    const char* family;
    const char* low;
    const char* high;
  };
  for (const Row& row :
       {Row{"Numeric", "9.5", "10"}, Row{"Numeric", "-10", "-9"}, Row{"Date", "2026-11-01", "1793491201"},
        Row{"Numeric", "9007199254740992", "9007199254740993"}}) {
    const std::string family = row.family;
    // {operator, low against high, equal, high against low}: the request's value comes first.
    struct Expectation {
      const char* operation;
      bool below;
      bool equal;
      bool above;
    };
    for (const Expectation& e :
         {Expectation{"LessThan", true, false, false}, Expectation{"LessThanEquals", true, true, false},
          Expectation{"GreaterThan", false, false, true}, Expectation{"GreaterThanEquals", false, true, true}}) {
      EXPECT_EQ(Holds(family + e.operation, {row.high}, {row.low}), e.below) << family << e.operation;
      EXPECT_EQ(Holds(family + e.operation, {row.low}, {row.low}), e.equal) << family << e.operation;
      EXPECT_EQ(Holds(family + e.operation, {row.low}, {row.high}), e.above) << family << e.operation;
      EXPECT_FALSE(Holds(family + e.operation, {"x"}, {row.low})) << family << e.operation;
      EXPECT_FALSE(Holds(family + e.operation, {row.low}, {"x"})) << family << e.operation;
    }
  }
}

TEST(PolicyConditionTest, BoolAndBinaryCompareMeanings) {
  EXPECT_TRUE(Holds("Bool", {"true"}, {"TRUE"}));
  EXPECT_TRUE(Holds("Bool", {"False"}, {"false"}));
  EXPECT_FALSE(Holds("Bool", {"true"}, {"false"}));
  EXPECT_FALSE(Holds("Bool", {"yes"}, {"yes"}));
  EXPECT_TRUE(Holds("Bool", {"${aws:ViaAWSService}"}, {"true"}, {{"aws:ViaAWSService", {"True"}}}));
  EXPECT_TRUE(Holds("BinaryEquals", {"QmluYXJ5"}, {"QmluYXJ5"}));
  EXPECT_FALSE(Holds("BinaryEquals", {"QmluYXJ5"}, {"qmluYXJ5"}));
  EXPECT_FALSE(Holds("BinaryEquals", {"not base64"}, {"not base64"}));
}

struct FormRow {
  const char* operation;
  Values wanted;
  std::optional<Values> found;
  bool holds;
};

// Set forms and IfExists, for a plain operator and a negated one: absent, empty, none, some and all values matching.
TEST(PolicyConditionTest, SetFormsAndIfExistsFollowTheTable) {
  const Values ab = {"a", "b"};
  const std::vector<FormRow> rows = {
      {"StringEquals", ab, std::nullopt, false},
      {"StringEquals", ab, Values{}, false},
      {"StringEquals", ab, Values{"x"}, false},
      {"StringEquals", ab, Values{"b"}, true},
      {"StringEquals", ab, Values{"x", "b"}, true},
      {"StringEquals", ab, Values{"x", "y"}, false},
      {"StringEqualsIfExists", ab, std::nullopt, true},
      {"StringEqualsIfExists", ab, Values{}, true},
      {"StringEqualsIfExists", ab, Values{"x"}, false},
      {"StringEqualsIfExists", ab, Values{"a"}, true},
      {"StringNotEquals", ab, std::nullopt, true},
      {"StringNotEquals", ab, Values{}, true},
      {"StringNotEquals", ab, Values{"x"}, true},
      {"StringNotEquals", ab, Values{"b"}, false},
      {"StringNotEquals", ab, Values{"x", "b"}, false},
      {"StringNotEquals", ab, Values{"x", "y"}, true},
      {"StringNotEqualsIfExists", ab, std::nullopt, true},
      {"StringNotEqualsIfExists", ab, Values{"x"}, true},
      {"StringNotEqualsIfExists", ab, Values{"a"}, false},

      {"ForAllValues:StringEquals", ab, std::nullopt, true},
      {"ForAllValues:StringEquals", ab, Values{}, true},
      {"ForAllValues:StringEquals", ab, Values{"x"}, false},
      {"ForAllValues:StringEquals", ab, Values{"a", "x"}, false},
      {"ForAllValues:StringEquals", ab, Values{"a", "b", "a"}, true},
      {"ForAllValues:StringEqualsIfExists", ab, std::nullopt, true},
      {"ForAllValues:StringEqualsIfExists", ab, Values{"a", "x"}, false},
      {"ForAllValues:StringNotEquals", ab, std::nullopt, true},
      {"ForAllValues:StringNotEquals", ab, Values{}, true},
      {"ForAllValues:StringNotEquals", ab, Values{"x", "y"}, true},
      {"ForAllValues:StringNotEquals", ab, Values{"a", "x"}, false},
      {"ForAllValues:StringNotEquals", ab, Values{"a", "b"}, false},

      {"ForAnyValue:StringEquals", ab, std::nullopt, false},
      {"ForAnyValue:StringEquals", ab, Values{}, false},
      {"ForAnyValue:StringEquals", ab, Values{"x"}, false},
      {"ForAnyValue:StringEquals", ab, Values{"x", "b"}, true},
      {"ForAnyValue:StringEqualsIfExists", ab, std::nullopt, true},
      {"ForAnyValue:StringEqualsIfExists", ab, Values{"x"}, false},
      {"ForAnyValue:StringNotEquals", ab, std::nullopt, false},
      {"ForAnyValue:StringNotEquals", ab, Values{}, false},
      {"ForAnyValue:StringNotEquals", ab, Values{"a", "b"}, false},
      {"ForAnyValue:StringNotEquals", ab, Values{"a", "x"}, true},
      {"ForAnyValue:StringNotEquals", ab, Values{"x", "y"}, true},
      {"ForAnyValue:StringNotEqualsIfExists", ab, std::nullopt, true},
      {"ForAnyValue:StringNotEqualsIfExists", ab, Values{"a"}, false},

      // No values in the policy: nothing matches.
      {"StringEquals", {}, Values{"a"}, false},
      {"StringNotEquals", {}, Values{"a"}, true},
      {"ForAllValues:StringEquals", {}, Values{"a"}, false},

      {"Null", {"true"}, std::nullopt, true},
      {"Null", {"true"}, Values{}, true},
      {"Null", {"true"}, Values{""}, false},
      {"Null", {"false"}, std::nullopt, false},
      {"Null", {"false"}, Values{"a"}, true},
      {"Null", {"TRUE"}, std::nullopt, true},
      {"Null", {"true", "false"}, std::nullopt, true},
      {"Null", {"true", "false"}, Values{"a"}, true},
      {"Null", {"maybe"}, std::nullopt, false},
      {"ForAllValues:Null", {"true"}, Values{"a"}, false},
      {"ForAnyValue:Null", {"true"}, std::nullopt, true},

      {"ForAllValues:NumericLessThan", {"10", "20"}, Values{"5", "19"}, true},
      {"ForAllValues:NumericLessThan", {"10", "20"}, Values{"5", "20"}, false},
      {"ForAnyValue:NumericGreaterThan", {"10"}, Values{"5", "11"}, true},
      {"ForAnyValue:IpAddress", {"10.0.0.0/8"}, Values{"192.0.2.1", "10.1.1.1"}, true},
      {"ForAllValues:NotIpAddress", {"10.0.0.0/8"}, Values{"192.0.2.1", "10.1.1.1"}, false},
      {"ForAllValues:ArnLike", {"arn:aws:s3:::a*"}, Values{"arn:aws:s3:::ab", "arn:aws:s3:::b"}, false},
      {"ForAnyValue:Bool", {"true"}, Values{"false", "true"}, true},
      {"ForAllValues:DateLessThan", {"2026"}, Values{"2025", "2024-12-31"}, true},
  };
  for (const FormRow& row : rows) {
    Context context;
    if (row.found) context.Set("k", *row.found);
    const auto condition = Condition::Compile(row.operation, "K", row.wanted, Variables::kActive);
    EXPECT_EQ(condition.Holds(context), row.holds)
        << row.operation << " on " << (row.found ? testing::PrintToString(*row.found) : "an absent key");
  }
}

// The IfExists suffix and the two set forms exist for all operators, and treat an absent key alike for all.
TEST(PolicyConditionTest, AbsentKeysAreTreatedAlikeByAllOperators) {
  for (const std::string base : {"StringEquals",
                                 "StringEqualsIgnoreCase",
                                 "StringLike",
                                 "NumericEquals",
                                 "NumericLessThan",
                                 "NumericLessThanEquals",
                                 "NumericGreaterThan",
                                 "NumericGreaterThanEquals",
                                 "DateEquals",
                                 "DateLessThan",
                                 "DateLessThanEquals",
                                 "DateGreaterThan",
                                 "DateGreaterThanEquals",
                                 "Bool",
                                 "BinaryEquals",
                                 "IpAddress",
                                 "ArnEquals",
                                 "ArnLike",
                                 "StringNotEquals",
                                 "StringNotEqualsIgnoreCase",
                                 "StringNotLike",
                                 "NumericNotEquals",
                                 "DateNotEquals",
                                 "NotIpAddress",
                                 "ArnNotEquals",
                                 "ArnNotLike"}) {
    const bool negated = base.find("Not") != std::string::npos;
    EXPECT_EQ(Holds(base, {"1"}, {}), negated) << base;
    EXPECT_TRUE(Holds(base + "IfExists", {"1"}, {})) << base;
    EXPECT_TRUE(Holds("ForAllValues:" + base, {"1"}, {})) << base;
    EXPECT_FALSE(Holds("ForAnyValue:" + base, {"1"}, {})) << base;
    EXPECT_TRUE(Holds("ForAllValues:" + base + "IfExists", {"1"}, {})) << base;
    EXPECT_TRUE(Holds("ForAnyValue:" + base + "IfExists", {"1"}, {})) << base;
  }
}

TEST(PolicyConditionTest, OnlyDocumentedNamesAreOperators) {
  for (const char* name :
       {"stringEquals", "StringEqual", "StringEqualsIfexists", "StringLikeIgnoreCase", "NullIfExists",
        "ForAllValues:NullIfExists", "ForAllvalues:StringEquals", "ForSomeValues:StringEquals",
        "StringEqualsIfExistsIfExists", "ForAnyValue:ForAllValues:StringEquals", "BoolNot", "NotBool",
        "BinaryNotEquals", "IfExists", "", "ForAnyValue:"}) {
    EXPECT_FALSE(ParseOperator(name).has_value()) << name;
  }
  EXPECT_EQ(NearestOperator("stringequals"), "StringEquals");
  EXPECT_EQ(NearestOperator("ForAllValue:StringLikeIfExist"), "ForAllValues:StringLikeIfExists");
  EXPECT_EQ(NearestOperator("NullIfExists"), "Null");
  EXPECT_EQ(NearestOperator("Between"), std::nullopt);
}

TEST(PolicyConditionTest, AVariableWithoutAValueMatchesNothing) {
  const Context ann{{"aws:username", {"ann"}}};
  EXPECT_TRUE(Holds("StringEquals", {"${aws:username}"}, {"ann"}, ann));
  EXPECT_TRUE(Holds("StringEqualsIgnoreCase", {"${aws:username}"}, {"ANN"}, ann));
  EXPECT_TRUE(Holds("StringLike", {"home/${aws:username}/*"}, {"home/ann/x"}, ann));
  EXPECT_FALSE(Holds("StringNotEquals", {"${aws:username}"}, {"ann"}, ann));
  for (const char* operation : {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "Bool"}) {
    EXPECT_FALSE(Holds(operation, {"${aws:username}"}, {"ann"})) << operation;
    EXPECT_FALSE(Holds(operation, {"${aws:username}"}, {""})) << operation;
  }
  for (const char* operation : {"StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike"}) {
    EXPECT_TRUE(Holds(operation, {"${aws:username}"}, {"ann"})) << operation;
    // A second value of the policy still counts.
    EXPECT_FALSE(Holds(operation, {"${aws:username}", "ann"}, {"ann"})) << operation;
  }
  EXPECT_TRUE(Holds("StringEquals", {"${aws:username, 'ann'}"}, {"ann"}));
  // Other operators know no variables.
  EXPECT_FALSE(Holds("NumericEquals", {"${n}"}, {"1"}, {{"n", {"1"}}}));
}

TEST(PolicyConditionTest, UnreadableValuesAreKnown) {
  const auto unreadable = [](const char* operation, Values values) {
    return Condition::Compile(operation, "k", std::move(values), Variables::kActive).UnreadableValues();
  };
  EXPECT_EQ(unreadable("NumericEquals", {"1", "x", "2", ""}), (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(unreadable("ArnLike", {"*"}), (std::vector<std::size_t>{0}));
  EXPECT_EQ(unreadable("Null", {"true", "1"}), (std::vector<std::size_t>{1}));
  EXPECT_TRUE(unreadable("Bool", {"${a}", "true"}).empty());
  EXPECT_TRUE(unreadable("StringLike", {"", "*"}).empty());
}

}  // namespace
}  // namespace crrsim::policy
