// The document of `crrsim network solve`, and every mistake in one by its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/network/network_document.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  const auto place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

const std::string kDocument = R"({"uplink": [1000, 2e3], "downlink": [500, null], "latency": [[0, 0.5], [0.25, 0]],)"
                              R"( "flows": [{"start": 1, "src": 0, "dst": 1, "bytes": 3000}]})";

std::string Problem(const std::string& text) {
  const auto document = NetworkDocument::Parse(text);
  return document ? "none" : policy::ToText(document.error());
}
std::string ProblemWith(const std::string& from, const std::string& to) {
  return Problem(Replace(kDocument, from, to));
}

TEST(NetworkDocumentTest, NumbersAndLimitsAreRead) {
  auto text = Replace(kDocument, R"("bytes": 3000)", R"("bytes": 3e3, "cap": 10.5, "cancel_at": -2)");
  text = Replace(text, R"("flows")", R"("links": [[1, null], [3, 0]], "flows")");
  const auto document = NetworkDocument::Parse(text);
  ASSERT_TRUE(document) << policy::ToText(document.error());
  const auto& problem = document->problem();
  EXPECT_THAT(problem.uplink, ElementsAre(1000, 2000));
  EXPECT_THAT(problem.downlink, ElementsAre(500, NetworkProblem::kInfinite));
  EXPECT_THAT(problem.latency, ElementsAre(0, 0.5, 0.25, 0));
  EXPECT_THAT(problem.links, ElementsAre(1, NetworkProblem::kInfinite, 3, 0));
  ASSERT_EQ(problem.flows.size(), 1u);
  const auto& flow = problem.flows[0];
  EXPECT_EQ(flow.start, 1);
  EXPECT_EQ(flow.src, 0u);
  EXPECT_EQ(flow.dst, 1u);
  EXPECT_EQ(flow.bytes, 3000);
  EXPECT_EQ(flow.cap, 10.5);
  EXPECT_EQ(flow.cancel_at, -2);
}

TEST(NetworkDocumentTest, WhatIsLeftOutIsUnlimited) {
  const auto document = NetworkDocument::Parse(Replace(kDocument, R"("bytes")", R"("cap": null, "bytes")"));
  ASSERT_TRUE(document) << policy::ToText(document.error());
  EXPECT_TRUE(document->problem().links.empty());
  EXPECT_EQ(document->problem().flows[0].cap, NetworkProblem::kInfinite);
  EXPECT_EQ(document->problem().flows[0].cancel_at, NetworkProblem::kInfinite);
}

TEST(NetworkDocumentTest, TheAnswerIsTheDocumentDigitByDigitWithSeventeenDigitsACompletion) {
  const auto document =
      NetworkDocument::Parse(R"({"flows":[{"start":0,"src":0,"dst":0,"bytes":1.50}],"completion":["old"],)"
                             R"("uplink":[1E3],"downlink":[123456789012345678],"latency":[[0]]})");
  ASSERT_TRUE(document) << policy::ToText(document.error());
  EXPECT_EQ(document->WithCompletions({0.1, 2.0, std::nullopt, 1e22}),
            "{\n"
            "  \"flows\": [\n"
            "    {\"start\": 0, \"src\": 0, \"dst\": 0, \"bytes\": 1.50}\n"
            "  ],\n"
            "  \"uplink\": [1E3],\n"
            "  \"downlink\": [123456789012345678],\n"
            "  \"latency\": [\n"
            "    [0]\n"
            "  ],\n"
            "  \"completion\": [0.10000000000000001, 2, null, 1e+22]\n"
            "}\n");
}

TEST(NetworkDocumentTest, AnAnswerIsADocumentThatGivesTheSameAnswer) {
  const auto document = NetworkDocument::Parse(kDocument);
  ASSERT_TRUE(document);
  const auto answer = document->WithCompletions(SolveNetwork(document->problem()));
  const auto again = NetworkDocument::Parse(answer);
  ASSERT_TRUE(again) << policy::ToText(again.error());
  EXPECT_EQ(again->WithCompletions(SolveNetwork(again->problem())), answer);
}

TEST(NetworkDocumentTest, ADocumentWithoutRegionsOrFlowsIsSound) {
  const auto document = NetworkDocument::Parse(R"({"uplink": [], "downlink": [], "latency": [], "flows": []})");
  ASSERT_TRUE(document) << policy::ToText(document.error());
  EXPECT_THAT(document->WithCompletions(SolveNetwork(document->problem())), HasSubstr("\"completion\": []"));
}

TEST(NetworkDocumentTest, TextThatIsNoDocumentIsRefused) {
  EXPECT_THAT(Problem(""), HasSubstr("1:1: "));
  EXPECT_THAT(Problem("{\"uplink\": [1,\n ]}"), HasSubstr("2:"));
  EXPECT_EQ(Problem("[]"),
            "1:1: the document: found an empty list, expected an object with uplink, downlink, latency and flows");
  EXPECT_THAT(ProblemWith("\"latency\"", "\"uplink\""), HasSubstr("/uplink: found the key \"uplink\" again"));
}

TEST(NetworkDocumentTest, AKeyThatIsMissingOrUnknownIsNamed) {
  EXPECT_THAT(Problem(R"({"uplink": [], "downlink": [], "flows": []})"), HasSubstr("the document: found no latency"));
  EXPECT_THAT(ProblemWith(", \"bytes\": 3000", ""), HasSubstr("/flows/0: found no bytes, expected an object with"));
  EXPECT_THAT(ProblemWith("\"flows\"", "\"flow\""),
              HasSubstr("/flow: found the key \"flow\", expected one of uplink, downlink, latency, flows, links, "
                        "completion; did you mean \"flows\"?"));
  EXPECT_THAT(ProblemWith("\"bytes\"", "\"size\": 1, \"bytes\""), HasSubstr("/flows/0/size: found the key \"size\""));
}

TEST(NetworkDocumentTest, AListOfAnotherLengthThanRegionsIsRefused) {
  EXPECT_THAT(ProblemWith("[500, null]", "[500]"),
              HasSubstr("/downlink: found a list of 1, expected rates in bytes/s, one for each of the 2 regions"));
  EXPECT_THAT(ProblemWith(", [0.25, 0]]", "]"), HasSubstr("/latency: found a list of 1, expected rows"));
  EXPECT_THAT(ProblemWith("[0.25, 0]", "[0.25]"), HasSubstr("/latency/1: found a list of 1, expected numbers"));
  EXPECT_THAT(ProblemWith("\"flows\"", "\"links\": [[1, 1]], \"flows\""), HasSubstr("/links: found a list of 1"));
}

TEST(NetworkDocumentTest, AValueOfTheWrongKindIsRefused) {
  EXPECT_THAT(ProblemWith("[1000, 2e3]", "1000"),
              HasSubstr("/uplink: found a number (1000), expected a list of rates"));
  EXPECT_THAT(ProblemWith("1000", "\"1 MB/s\""), HasSubstr("/uplink/0: found \"1 MB/s\", expected a rate in bytes/s"));
  EXPECT_THAT(ProblemWith("0.5", "null"), HasSubstr("/latency/0/1: found null, expected a time in seconds"));
  EXPECT_THAT(ProblemWith("[0.25, 0]", "0"), HasSubstr("/latency/1: found a number (0), expected a list"));
  EXPECT_THAT(ProblemWith("3000", "true"), HasSubstr("/flows/0/bytes: found true, expected a number of bytes"));
  EXPECT_THAT(ProblemWith("{\"start\": 1, \"src\": 0, \"dst\": 1, \"bytes\": 3000}", "7"),
              HasSubstr("/flows/0: found a number (7), expected an object with start, src, dst and bytes"));
}

TEST(NetworkDocumentTest, ANumberOutOfItsRangeIsRefused) {
  EXPECT_THAT(ProblemWith("1000", "-1"), HasSubstr("/uplink/0: found a number (-1)"));
  EXPECT_THAT(ProblemWith("1000", "1e-31"), HasSubstr("/uplink/0: found a number (1e-31)"));
  EXPECT_THAT(ProblemWith("1000", "1e31"), HasSubstr("/uplink/0: found a number (1e31)"));
  EXPECT_THAT(ProblemWith("1000", "1e999"), HasSubstr("1:17: "));
  EXPECT_THAT(ProblemWith("0.5", "-0.5"), HasSubstr("/latency/0/1: found a number (-0.5)"));
  EXPECT_THAT(ProblemWith("3000", "-3000"), HasSubstr("/flows/0/bytes: found a number (-3000)"));
  for (const auto* region : {"2", "-1", "0.5", "\"0\"", "null", "99999999999999999999"}) {
    EXPECT_THAT(ProblemWith("\"src\": 0", std::string("\"src\": ") + region),
                HasSubstr("expected a region: a whole number from 0 to 1"));
  }
  EXPECT_THAT(Problem(R"({"uplink":[],"downlink":[],"latency":[],"flows":[{"start":0,"src":0,"dst":0,"bytes":0}]})"),
              HasSubstr("/flows/0/src: found a number (0), expected a region, but uplink lists none"));
}

}  // namespace
}  // namespace crrsim
