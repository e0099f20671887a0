// `crrsim run` and its neighbours where something is odd: what cannot be written, what never comes, what steers
// terminals.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/command_bench.h"
#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RunCommandTest : public testing::Test {
 protected:
  std::string Write(const std::string& text) { return folder_.Write("s.yaml", text); }
  ScratchFolder folder_;
};

/// A scenario that fails. Not a constant, which would be made before what it is made of.
std::string Failing() { return kWorld + kPush + "expect:\n  - {image: app:2, in: eu-west-1}\n"; }

TEST_F(RunCommandTest, TheCommandThatRepeatsARunHasAllThatChangesIt) {
  const auto path = Write(kWorld + kPush + "  - stall: {}\n    for: 1m\n    after: 1h\n");
  EXPECT_THAT(InvokeCommand({"run", "-q", "--strict", "--steps-per-instant", "1000", path}).out,
              HasSubstr("reproduce: ./crrsim run --seed 1 --strict --steps-per-instant 1000 -v " + path));
}

TEST_F(RunCommandTest, AReportThatCannotBeWrittenIsFoundBeforeTheRun) {
  const auto path = Write(kWorld + kPush);
  for (const auto* option : {"--json", "--junit"}) {
    for (const auto& where : {folder_.PathOf("nowhere/report"), folder_.PathOf(".")}) {
      for (const bool sweep : {false, true}) {
        std::vector<std::string> words = {"run", option, where, path};
        if (sweep) words.insert(words.end(), {"--seeds", "1..2"});
        const auto outcome = InvokeCommand(words);
        EXPECT_EQ(outcome.code, 2);
        EXPECT_EQ(outcome.out, "");
        EXPECT_THAT(outcome.err, HasSubstr(where + ": cannot be written"));
      }
    }
  }
}

TEST_F(RunCommandTest, AReportThatCannotBeWrittenHidesNoFailure) {
  // A device that is always full.
  EXPECT_EQ(InvokeCommand({"run", "--json", "/dev/full", Write(Failing())}).code, 1);
  EXPECT_EQ(InvokeCommand({"run", "--json", "/dev/full", Write(kWorld + kPush)}).code, 2);
}

TEST_F(RunCommandTest, AWhenThatNeverComesSaysWhy) {
  const std::string deny =
      "  - PutRegistryPolicy: {policyText: {\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", "
      "\"Principal\": \"*\", \"Action\": \"ecr:ReplicateImage\", \"Resource\": \"*\"}]}}\n    in: eu-west-1\n";
  const std::string wait = "  - settle: 1s\n    when: {copy: app:1, to: eu-west-1, reaches: 40%}\n";
  const auto path = Write(kWorld + deny + kPush + wait);
  const auto outcome = InvokeCommand({"run", "-q", path});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.out, HasSubstr("never reached 40%: it FAILED with AccessDenied at 2026-01-01T00:00:00.100Z"));
  const auto explained = InvokeCommand({"explain", path, "app:1"});
  EXPECT_EQ(explained.code, 0);
  EXPECT_THAT(explained.err, HasSubstr("AccessDenied at 2026-01-01T00:00:00.100Z; explained is the state then"));
  EXPECT_THAT(explained.out, HasSubstr("ecr:ReplicateImage"));

  const auto unsent = Write(Replaced(kWorld,
                                     "{\"rules\": [{\"destinations\": [{\"region\": \"eu-west-1\", \"registryId\": "
                                     "\"111122223333\"}]}]}",
                                     "{\"rules\": []}") +
                            kPush + wait);
  EXPECT_THAT(InvokeCommand({"run", "-q", unsent}).out, HasSubstr("no rule of us-west-2 sent it there"));
}

TEST_F(RunCommandTest, AScenarioComesOnStandardInputOrThroughAPipe) {
  for (const auto* command : {"run", "validate"}) {
    const auto outcome = InvokeCommand({command, "-"}, kWorld + kPush);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
  }
  EXPECT_THAT(InvokeCommand({"run", "-q", "-"}, Failing()).out,
              AllOf(HasSubstr("<stdin>:"), HasSubstr("reproduce: ./crrsim run --seed 1 -v -\n")));
  EXPECT_THAT(InvokeCommand({"validate", "-"}, "timelin: []\n").err, HasSubstr("<stdin>:1:1: unknown key 'timelin'"));
  EXPECT_EQ(InvokeCommand({"run", "-", "-"}, Failing()).code, 2);
}

TEST_F(RunCommandTest, VerboseTablesHaveAllRows) {
  const auto path = Write(kWorld + "  - push: app:{n}\n    to: us-west-2\n    times: 30\n");
  EXPECT_THAT(InvokeCommand({"run", path}).out, HasSubstr("... and 36 more images; -v shows all"));
  const auto verbose = InvokeCommand({"run", "-v", path}).out;
  EXPECT_THAT(verbose, Not(HasSubstr("shows all")));
  EXPECT_THAT(verbose, HasSubstr("app:30"));
}

TEST_F(RunCommandTest, ATitleDoesNotSteerTheTerminal) {
  const auto path = Write("title: \"a\\x01b \\e[31mred\"\n" + kWorld + kPush);
  const auto outcome = InvokeCommand({"run", path});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("a\\u0001b \\u001b[31mred\n"), Not(HasSubstr("\x1b")), Not(HasSubstr("\x01"))));
}

TEST_F(RunCommandTest, SmallSumsAreNotShownAsNothing) {
  const auto out = InvokeCommand({"run", Write(kWorld + kPush + kSettle + "  - advance: 1s\n")}).out;
  EXPECT_THAT(out, HasSubstr(" GB-months"));
  EXPECT_THAT(out, Not(HasSubstr(": 0.000000 GB-months")));
}

TEST_F(RunCommandTest, FaultsAndAssumptionsHaveHeadingsOfTheirOwn) {
  const auto out = InvokeCommand({"run", Write(kWorld + kPush + "  - outage: eu-west-1\n    for: 1m\n")}).out;
  EXPECT_THAT(out, HasSubstr("\nFaults\n  outage, "));
  EXPECT_THAT(out, HasSubstr("\nAssumptions that this rests on\n  "));
}

TEST_F(RunCommandTest, TheExitCodesStandWhereTheyAreOf) {
  constexpr std::string_view kStart = "Start here:";
  EXPECT_THAT(InvokeCommand({"--help"}).out, AllOf(HasSubstr(kStart), HasSubstr("Of several files the highest")));
  EXPECT_THAT(InvokeCommand({"run", "--help"}).out,
              AllOf(HasSubstr(kStart), HasSubstr("Of several files the highest")));
  for (const auto* command : {"bench", "schema", "validate", "invariants"}) {
    EXPECT_THAT(InvokeCommand({command, "--help"}).out, Not(HasSubstr(kStart))) << command;
  }
  EXPECT_THAT(InvokeCommand({"compare", "--help"}).out, Not(HasSubstr("(1x)")));
  const auto network = InvokeCommand({"network", "--help"}).out;
  EXPECT_THAT(network, AllOf(HasSubstr("When each of a list of flows is complete"), Not(HasSubstr("downlink"))));
  EXPECT_THAT(InvokeCommand({"network", "solve", "--help"}).out, HasSubstr("downlink"));
}

TEST_F(RunCommandTest, LintSaysThatAScenarioIsNoSetUp) {
  const auto outcome = InvokeCommand({"lint", Write(kWorld + kPush)});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("this is a file, and a set-up is a folder"), Not(HasSubstr("no such"))));
}

}  // namespace
}  // namespace crrsim
