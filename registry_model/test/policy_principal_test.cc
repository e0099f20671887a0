#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "registry_model/policy/principal.h"

namespace crrsim::policy {
namespace {

Principal PrincipalNamed(const std::string& text) {
  auto principal = Principal::Parse(text);
  EXPECT_TRUE(principal.ok()) << text;
  return principal.ok() ? *principal : Principal{};
}

TEST(PolicyPrincipalTest, EveryFormOfACallerIsRead) {
  struct Case {
    const char* text;
    PrincipalKind kind;
    const char* account;
    const char* role_name;
  };
  const std::vector<Case> cases = {
      {"arn:aws:iam::111122223333:root", PrincipalKind::kAccount, "111122223333", ""},
      {"111122223333", PrincipalKind::kAccount, "111122223333", ""},
      {"arn:aws:iam::111122223333:user/ann", PrincipalKind::kUser, "111122223333", ""},
      {"arn:aws:iam::111122223333:user/team/ann", PrincipalKind::kUser, "111122223333", ""},
      {"arn:aws:iam::111122223333:role/push", PrincipalKind::kRole, "111122223333", "push"},
      {"arn:aws:iam::111122223333:role/a/b/push", PrincipalKind::kRole, "111122223333", "push"},
      {"arn:aws:sts::111122223333:assumed-role/push/s1", PrincipalKind::kRoleSession, "111122223333", "push"},
      {"arn:aws:sts::000000000001:federated-user/bob", PrincipalKind::kFederatedUser, "000000000001", ""},
      {"arn:aws:iam::111122223333:saml-provider/idp", PrincipalKind::kIdentityProvider, "111122223333", ""},
      {"arn:aws-cn:iam::111122223333:user/ann", PrincipalKind::kUser, "111122223333", ""},
      {"ecr.amazonaws.com", PrincipalKind::kService, "", ""},
      {"replication.ecr.amazonaws.com", PrincipalKind::kService, "", ""},
      {"*", PrincipalKind::kAnonymous, "", ""},
  };
  for (const Case& c : cases) {
    const Principal principal = PrincipalNamed(c.text);
    EXPECT_EQ(principal.kind, c.kind) << c.text;
    EXPECT_EQ(principal.account ? principal.account->text() : "", c.account) << c.text;
    EXPECT_EQ(principal.role_name, c.role_name) << c.text;
    EXPECT_EQ(principal.text, c.text);
  }
}

TEST(PolicyPrincipalTest, OtherTextIsNoCaller) {
  for (const char* text : {"",
                           "ann",
                           "11112222333",
                           "1111222233334",
                           "arn:aws:iam::1111:user/ann",
                           "arn:aws:iam:::user/ann",
                           "arn:aws:iam::111122223333:group/g",
                           "arn:aws:iam::111122223333:user/",
                           "arn:aws:iam::111122223333:user",
                           "arn:aws:sts::111122223333:assumed-role/push",
                           "arn:aws:sts::111122223333:assumed-role/push/",
                           "arn:aws:sts::111122223333:assumed-role//s1",
                           "arn:aws:iam::111122223333:assumed-role/push/s1",
                           "arn:aws:sts::111122223333:user/ann",
                           "arn:aws:iam:us-west-2:111122223333:user/ann",
                           "arn:aws:ecr:us-west-2:111122223333:repository/a",
                           "arn:aws:iam::111122223333",
                           "ecr..amazonaws.com",
                           "amazonaws",
                           ".amazonaws.com",
                           "ecr.amazonaws.com."}) {
    EXPECT_FALSE(Principal::Parse(text).ok()) << text;
  }
}

// One row an entry of a statement, one column a caller.
TEST(PolicyPrincipalTest, EntriesMatchAsTheTableSays) {
  const std::vector<std::string> callers = {
      "arn:aws:iam::111122223333:root",                  // 0
      "arn:aws:iam::111122223333:user/ann",              // 1
      "arn:aws:iam::111122223333:role/ci/push",          // 2
      "arn:aws:sts::111122223333:assumed-role/push/s1",  // 3
      "arn:aws:sts::111122223333:federated-user/ann",    // 4
      "arn:aws:iam::444455556666:user/ann",              // 5
      "arn:aws:sts::444455556666:assumed-role/push/s1",  // 6
      "111122223333",                                    // 7
      "ecr.amazonaws.com",                               // 8
      "*",                                               // 9
  };
  struct Row {
    PrincipalType type;
    const char* entry;
    const char* matches;  // one digit a caller
  };
  const std::vector<Row> rows = {
      {PrincipalType::kAws, "*", "0123456789"},
      {PrincipalType::kAws, "arn:aws:iam::111122223333:root", "012347"},
      {PrincipalType::kAws, "111122223333", "012347"},
      {PrincipalType::kAws, "444455556666", "56"},
      {PrincipalType::kAws, "arn:aws:iam::111122223333:user/ann", "1"},
      {PrincipalType::kAws, "arn:aws:iam::111122223333:user/Ann", ""},
      {PrincipalType::kAws, "arn:aws:iam::111122223333:user/team/ann", ""},
      {PrincipalType::kAws, "arn:aws:iam::111122223333:role/ci/push", "23"},
      {PrincipalType::kAws, "arn:aws:iam::111122223333:role/push", "3"},  // another path is another role by itself
      {PrincipalType::kAws, "arn:aws:iam::111122223333:role/Push", ""},
      {PrincipalType::kAws, "arn:aws:sts::111122223333:assumed-role/push/s1", "3"},
      {PrincipalType::kAws, "arn:aws:sts::111122223333:assumed-role/push/s2", ""},
      {PrincipalType::kAws, "arn:aws:sts::111122223333:federated-user/ann", "4"},
      // Another partition is another world.
      {PrincipalType::kAws, "arn:aws-cn:iam::111122223333:root", "7"},
      {PrincipalType::kAws, "arn:aws-cn:iam::111122223333:role/push", ""},
      // Refused by AWS, and so nobody.
      {PrincipalType::kAws, "arn:aws:iam::111122223333:user/*", ""},
      {PrincipalType::kAws, "arn:aws:iam::111122223333:role/pus?", ""},
      {PrincipalType::kAws, "arn:aws:iam::*:root", ""},
      {PrincipalType::kAws, "arn:aws:sts::111122223333:assumed-role/push", ""},
      {PrincipalType::kAws, "ecr.amazonaws.com", ""},
      {PrincipalType::kAws, "", ""},
      {PrincipalType::kService, "ecr.amazonaws.com", "8"},
      {PrincipalType::kService, "ecr.us-west-2.amazonaws.com", ""},
      {PrincipalType::kService, "111122223333", ""},
      {PrincipalType::kService, "*", ""},
      {PrincipalType::kFederated, "arn:aws:iam::111122223333:saml-provider/idp", ""},
      {PrincipalType::kFederated, "ecr.amazonaws.com", ""},
      {PrincipalType::kCanonicalUser, "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", ""},
  };
  for (const Row& row : rows) {
    const auto entry = PrincipalEntry::Compile(row.type, row.entry);
    std::string matched;
    for (std::size_t i = 0; i < callers.size(); ++i) {
      if (entry.Matches(PrincipalNamed(callers[i]))) matched += static_cast<char>('0' + i);
    }
    EXPECT_EQ(matched, row.matches) << row.entry;
    EXPECT_EQ(entry.text(), row.entry);
  }
}

TEST(PolicyPrincipalTest, AProviderMatchesItself) {
  const std::string provider = "arn:aws:iam::111122223333:oidc-provider/token.example.com";
  EXPECT_TRUE(PrincipalEntry::Compile(PrincipalType::kFederated, provider).Matches(PrincipalNamed(provider)));
  EXPECT_TRUE(PrincipalEntry::Everyone().Matches(PrincipalNamed(provider)));
}

TEST(PolicyPrincipalTest, WhatAwsRefusesSaysWhatItWants) {
  const auto problem = [](PrincipalType type, const char* text) {
    return PrincipalEntry::Compile(type, text).problem();
  };
  EXPECT_NE(problem(PrincipalType::kAws, "arn:aws:iam::111122223333:user/*").find("wildcard"), std::string::npos);
  EXPECT_NE(problem(PrincipalType::kAws, "1111").find("12-digit account id"), std::string::npos);
  EXPECT_NE(problem(PrincipalType::kService, "*").find("ecr.amazonaws.com"), std::string::npos);
  EXPECT_EQ(problem(PrincipalType::kAws, "111122223333"), "");
}

TEST(PolicyPrincipalTest, TheIdOfADeletedRoleIsSoundAndMatchesNobody) {
  const auto entry = PrincipalEntry::Compile(PrincipalType::kAws, "AROAEXAMPLE123456789");
  EXPECT_TRUE(entry.deleted());
  EXPECT_EQ(entry.problem(), "");
  EXPECT_FALSE(entry.Matches(PrincipalNamed("arn:aws:sts::111122223333:assumed-role/push/s1")));
}

}  // namespace
}  // namespace crrsim::policy
