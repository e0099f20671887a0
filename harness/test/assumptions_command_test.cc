// `crrsim assumptions`: the table, complete, for people and for programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/test/support/command_bench.h"
#include "registry_model/assumptions.h"

namespace crrsim {
namespace {

using testing::HasSubstr;

TEST(AssumptionsCommandTest, EveryAssumptionIsListedWithItsDefaultFirst) {
  const auto outcome = InvokeCommand({"assumptions"});
  EXPECT_EQ(outcome.code, 0);
  for (const auto& info : AssumptionTable()) {
    const auto head = std::string(info.name) + " = " + std::string(info.values.front());
    EXPECT_THAT("\n" + outcome.out, HasSubstr("\n" + head));
  }
}

TEST(AssumptionsCommandTest, JsonHoldsTheWholeTable) {
  const auto outcome = InvokeCommand({"assumptions", "--json"});
  const auto all = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(all.size(), kAssumptionCount);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& info = AssumptionTable()[i];
    EXPECT_EQ(all[i]["name"], info.name);
    EXPECT_EQ(all[i]["default"], info.values.front());
    EXPECT_EQ(all[i]["values"].size(), info.values.size());
    EXPECT_EQ(all[i]["meaning"], info.meaning);
    EXPECT_EQ(all[i]["known"], info.known);
  }
}

TEST(AssumptionsCommandTest, OneCanBeAskedForByName) {
  const auto outcome = InvokeCommand({"assumptions", "denial"});
  EXPECT_THAT(outcome.out, testing::StartsWith("denial = fail (or retry)\n  A job that "));
  EXPECT_THAT(outcome.out, HasSubstr("(ecr-replication.md 3 (6), 2.2)\n"));
  EXPECT_EQ(outcome.out.find("visibility"), std::string::npos);
}

TEST(AssumptionsCommandTest, AnUnknownNameEndsWithTwoAndTheNearest) {
  const auto outcome = InvokeCommand({"assumptions", "denials"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'denial'?"));
}

}  // namespace
}  // namespace crrsim
