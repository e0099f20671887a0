#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "registry_model/policy/arn.h"
#include "registry_model/policy/base64.h"
#include "registry_model/policy/decimal.h"
#include "registry_model/policy/ip_network.h"
#include "registry_model/policy/moment.h"
#include "registry_model/policy/text.h"

namespace crrsim::policy {
namespace {

TEST(PolicyDecimalTest, EqualNumbersInDifferentSpellingsAreEqual) {
  const std::vector<std::vector<std::string>> same = {
      {"10", "10.0", "+10", "0010", "1e1", "1E+1", "100e-1", "10."},
      {"0.5", ".5", "5e-1", "0.50", "00.5"},
      {"0", "-0", "0.000", "0e9", "-.0", "+0"},
      {"-12.25", "-012.250", "-1225e-2"},
      {"1000000", "1e6", "0.001e9"},
      {"0.001", "1e-3", "0.0010"},
  };
  for (const auto& spellings : same) {
    for (const std::string& spelling : spellings) {
      ASSERT_TRUE(Decimal::Parse(spelling).has_value()) << spelling;
      EXPECT_EQ(*Decimal::Parse(spelling), *Decimal::Parse(spellings[0])) << spelling;
    }
  }
}

TEST(PolicyDecimalTest, OrderIsThatOfTheNumbers) {
  const std::vector<std::string> ascending = {"-1e9", "-100", "-99.5", "-99.4",     "-1",   "-0.1", "-0.05",
                                              "0",    "0.01", "0.1",   "0.1000001", "0.11", "0.2",  "1",
                                              "9",    "10",   "10.5",  "11",        "99",   "100",  "1e9"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(*Decimal::Parse(ascending[i]) <=> *Decimal::Parse(ascending[j]), i <=> j)
          << ascending[i] << " and " << ascending[j];
    }
  }
}

TEST(PolicyDecimalTest, NumbersThatAreEqualAsDoublesDiffer) {
  EXPECT_LT(*Decimal::Parse("9007199254740992"), *Decimal::Parse("9007199254740993"));
  EXPECT_LT(*Decimal::Parse("0.1"), *Decimal::Parse("0.1000000000000000055511151231257827"));
  EXPECT_LT(*Decimal::Parse("1e308"), *Decimal::Parse("1e309"));
  EXPECT_GT(*Decimal::Parse("1e-999999999"), *Decimal::Parse("0"));
}

TEST(PolicyDecimalTest, OtherTextIsNoNumber) {
  for (const char* text : {"",     " ",   ".",  "-",  "+",   "e5",  "1e",  "1e+",          "1.2.3", "1,000",
                           "0x10", "ten", "1 ", " 1", "--1", "inf", "nan", "1e1234567890", "1e5.0", "12a"}) {
    EXPECT_FALSE(Decimal::Parse(text).has_value()) << text;
  }
}

TEST(PolicyMomentTest, OneInstantInDifferentFormsIsEqual) {
  const std::vector<std::vector<std::string>> same = {
      {"2026-11-01T00:00:00Z", "2026-11-01", "2026-11", "2026-11-01T00:00Z", "2026-11-01T01:00:00+01:00",
       "2026-10-31T18:30:00-0530", "2026-11-01T00:00:00.000Z", "2026-11-01T00:00:00", "1793491200", "1793491200.0",
       "2026-11-01t00:00:00z"},
      {"1970-01-01T00:00:00Z", "1970", "0", "-0", "1970-01"},
      {"1969-12-31T23:59:58.75Z", "-1.25"},
      {"2000-02-29T12:00:00Z", "951825600"},
      {"2024-01-01", "1704067200"},
  };
  for (const auto& forms : same) {
    for (const std::string& form : forms) {
      ASSERT_TRUE(Moment::Parse(form).has_value()) << form;
      EXPECT_EQ(*Moment::Parse(form), *Moment::Parse(forms[0])) << form;
    }
  }
}

TEST(PolicyMomentTest, OrderIsThatOfTime) {
  const std::vector<std::string> ascending = {"0000",
                                              "1969-12-31T23:59:58Z",
                                              "-1.5",
                                              "-1",
                                              "-0.5",
                                              "0",
                                              "0.25",
                                              "10000",
                                              "1999-12-31T23:59:59.999999999999Z",
                                              "2000",
                                              "2026-11-01T00:00:00+00:01",
                                              "2026-11-01T00:00:00Z",
                                              "2026-11-01T00:00:00.1Z",
                                              "2026-11-01T00:00:00.11Z",
                                              "2026-11-01T00:00:01Z",
                                              "9999-12-31T23:59:59Z"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(*Moment::Parse(ascending[i]) <=> *Moment::Parse(ascending[j]), i <=> j)
          << ascending[i] << " and " << ascending[j];
    }
  }
}

TEST(PolicyMomentTest, FourDigitsAreAYearAndFiveAreSeconds) {
  EXPECT_EQ(*Moment::Parse("2026"), *Moment::Parse("2026-01-01T00:00:00Z"));
  EXPECT_EQ(*Moment::Parse("02026"), *Moment::Parse("1970-01-01T00:33:46Z"));
}

TEST(PolicyMomentTest, OtherTextIsNoTime) {
  for (const char* text : {"",
                           "now",
                           "2026-13-01",
                           "2026-00-01",
                           "2026-02-29",
                           "1900-02-29",
                           "2026-04-31",
                           "2026-11-01T24:00:00Z",
                           "2026-11-01T00:60:00Z",
                           "2026-11-01T00:00:60Z",
                           "2026-11-01T00:00:00+24:00",
                           "2026-11-01T00:00:00 Z",
                           "2026-11-01 00:00:00Z",
                           "2026-11-01T",
                           "2026-11-01T09",
                           "2026-11-01T09:3",
                           "26-11-01",
                           "2026-1-1",
                           "2026-",
                           "2026-11-01T00:00:00.Z",
                           "1.",
                           ".5",
                           "1.2.3",
                           "--1",
                           "1-",
                           "1234567890123456789",
                           "2026-11-01Z"}) {
    EXPECT_FALSE(Moment::Parse(text).has_value()) << text;
  }
}

TEST(PolicyIpTest, RangesContainTheirAddresses) {
  struct Case {
    const char* range;
    const char* address;
    bool contained;
  };
  const std::vector<Case> cases = {
      {"203.0.113.0/24", "203.0.113.0", true},
      {"203.0.113.0/24", "203.0.113.255", true},
      {"203.0.113.0/24", "203.0.114.0", false},
      {"203.0.113.77/24", "203.0.113.1", true},  // bits behind the prefix are ignored
      {"203.0.113.7", "203.0.113.7", true},
      {"203.0.113.7", "203.0.113.8", false},
      {"203.0.113.7/32", "203.0.113.6", false},
      {"10.0.0.0/9", "10.127.255.255", true},
      {"10.0.0.0/9", "10.128.0.0", false},
      {"10.0.0.0/31", "10.0.0.1", true},
      {"10.0.0.0/31", "10.0.0.2", false},
      {"0.0.0.0/0", "255.255.255.255", true},
      {"0.0.0.0/0", "::1", false},
      {"::/0", "1.2.3.4", false},
      {"::/0", "ffff::", true},
      {"2001:DB8:1234:5678::/64", "2001:db8:1234:5678:9abc::1", true},
      {"2001:db8:1234:5678::/64", "2001:db8:1234:5679::", false},
      {"2001:db8::/33", "2001:db8:7fff::", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"2001:db8::1", "2001:0db8:0:0:0:0:0:1", true},
      {"2001:db8::1", "2001:db8::2", false},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", true},
      {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", true},
      {"::ffff:10.0.0.0/104", "::ffff:a01:203", true},
      {"::ffff:10.0.0.1", "::ffff:a00:1", true},
      {"10.0.0.0/8", "::ffff:10.0.0.1", false},  // an IPv6 address lies in no IPv4 range
      {"::10.0.0.1", "::a00:1", true},
  };
  for (const Case& c : cases) {
    const auto range = IpNetwork::Parse(c.range);
    const auto address = IpAddress::Parse(c.address);
    ASSERT_TRUE(range.has_value()) << c.range;
    ASSERT_TRUE(address.has_value()) << c.address;
    EXPECT_EQ(range->Contains(*address), c.contained) << c.range << " and " << c.address;
  }
}

TEST(PolicyIpTest, OtherTextIsNoAddress) {
  for (const char* text : {"",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "01.2.3.4",
                           "1.2.3.4 ",
                           "1..3.4",
                           "a.b.c.d",
                           "1.2.3.4/24",
                           ":",
                           ":::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "12345::",
                           "g::",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           ":1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:",
                           "::1.2.3",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "fe80::1%eth0"}) {
    EXPECT_FALSE(IpAddress::Parse(text).has_value()) << text;
  }
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0",
                           "::/129", "::/0128", "10.0.0.0/8 "}) {
    EXPECT_FALSE(IpNetwork::Parse(text).has_value()) << text;
  }
}

TEST(PolicyBase64Test, DecodesTheStandardAlphabetWithItsPadding) {
  EXPECT_EQ(DecodeBase64("QmluYXJ5VmFsdWVJbkJhc2U2NA=="), "BinaryValueInBase64");
  EXPECT_EQ(DecodeBase64(""), "");
  EXPECT_EQ(DecodeBase64("AA=="), std::string(1, '\0'));
  EXPECT_EQ(DecodeBase64("+/+/"), "\xFB\xFF\xBF");
  for (const char* text : {"A", "AA", "AAA", "A===", "====", "AA=A", "-_-_", "AAA ", "A=AA"}) {
    EXPECT_FALSE(DecodeBase64(text).has_value()) << text;
  }
}

TEST(PolicyTextTest, FoldingEqualisesCaseBeyondAscii) {
  EXPECT_EQ(FoldCase("ÄÖÜ ÀÞ ŁŽŸ ΣΩ ЁЯ"), "äöü àþ łžÿ σω ёя");
  EXPECT_EQ(FoldCase("×÷ßÿĸİ€😀"), "×÷ßÿĸİ€😀");
  EXPECT_EQ(FoldCase("\xC3"), "\xC3");  // cut short: left alone
}

TEST(PolicyArnTest, ComponentsAreParted) {
  const auto arn = ParseArn("arn:aws-cn:ecr:cn-north-1:111122223333:repository/team/api");
  ASSERT_TRUE(arn.ok());
  EXPECT_EQ(*arn, (Arn{"aws-cn", "ecr", "cn-north-1", "111122223333", "repository/team/api"}));
  EXPECT_EQ(ToText(*arn), "arn:aws-cn:ecr:cn-north-1:111122223333:repository/team/api");
  EXPECT_EQ(ParseArn("arn:aws:s3:::bucket")->resource, "bucket");
  EXPECT_EQ(ParseArn("arn:aws:lambda:us-east-1:111122223333:function:name:7")->resource, "function:name:7");
  EXPECT_EQ(ParseArn("arn:aws:iam::aws:policy/ReadOnlyAccess")->account, "aws");
}

TEST(PolicyArnTest, AMessageNamesTheWrongComponent) {
  const auto message = [](const char* text) { return ParseArn(text).error().message; };
  EXPECT_EQ(message("arn:aws:ecr:us-west-2"),
            "\"arn:aws:ecr:us-west-2\" has 4 of an ARN's 6 components; expected "
            "arn:partition:service:region:account:resource");
  EXPECT_NE(message("urn:aws:ecr:us-west-2:111122223333:x").find("prefix \"urn\""), std::string::npos);
  EXPECT_NE(message("arn::ecr:us-west-2:111122223333:x").find("partition \"\""), std::string::npos);
  EXPECT_NE(message("arn:aws:ECR:us-west-2:111122223333:x").find("service \"ECR\""), std::string::npos);
  EXPECT_NE(message("arn:aws:ecr:us west:111122223333:x").find("region \"us west\""), std::string::npos);
  EXPECT_NE(message("arn:aws:ecr:us-west-2:1111:x").find("account \"1111\"; expected 12 digits"), std::string::npos);
  EXPECT_NE(message("arn:aws:ecr:us-west-2:111122223333:").find("resource \"\""), std::string::npos);
}

}  // namespace
}  // namespace crrsim::policy
