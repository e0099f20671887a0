// Nothing passes vacuously: a claim that nothing in the run could have broken fails, and says what did not happen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;

const std::string kFromWestToIreland = "from: us-west-2, to: eu-west-1";
const std::string kUnknownDigest = "sha256:" + std::string(64, '0');

/// The verdict on one end claim of a world in which `steps` were done.
std::string VerdictAfter(const std::string& steps, const std::string& claim) {
  const auto verdicts = VerdictsOf(Played(steps + "expect:\n  - " + claim + "\n"));
  EXPECT_EQ(verdicts.size(), 1U);
  return verdicts.empty() ? "" : verdicts.front();
}

TEST(VacuousTest, AbsenceOfAnImageThatNobodyPushed) {
  EXPECT_EQ(VerdictAfter(kPush, "{image: app:9, in: eu-west-1, is: absent}"),
            "broken: app:9 was never pushed anywhere, so its absence proves nothing");
  EXPECT_EQ(VerdictAfter(kPush, "{image: \"app@" + kUnknownDigest + "\", in: eu-west-1, is: absent}"),
            "broken: app@SHORT was never pushed anywhere, so its absence proves nothing");
  // Refused is not pushed.
  EXPECT_THAT(
      VerdictsOf(Played("  - push: web:1\n    image: app\n    to: us-west-2\n    fails_with: "
                        "RepositoryNotFoundException\nexpect:\n  - {image: web:1, in: eu-west-1, is: absent}\n"))
          .back(),
      "broken: web:1 was never pushed anywhere, so its absence proves nothing");
}

TEST(VacuousTest, AbsenceOfARepositoryThatNeverWas) {
  EXPECT_EQ(VerdictAfter(kPush, "{repository: web, in: eu-west-1, is: absent}"),
            "broken: no registry ever had a repository web, so its absence proves nothing");
}

TEST(VacuousTest, NoFindingsOfAnImageThatNobodyScanned) {
  EXPECT_EQ(VerdictAfter(kPush, "{image: app:1, in: eu-west-1, findings: none}"),
            "broken: no scan of this image in any registry found anything, so none could have been carried over");
}

TEST(VacuousTest, NoFindingsWhereTheScanFoundNone) {
  const std::string steps =
      "  - push: app:2\n    image: other\n    to: us-west-2\n"
      "  - StartImageScan: {repositoryName: app, imageId: {imageTag: \"2\"}}\n    in: us-west-2\n";
  EXPECT_EQ(VerdictAfter(steps, "{image: app:2, in: eu-west-1, findings: none}"),
            "broken: no scan of this image in any registry found anything, so none could have been carried over");
}

TEST(VacuousTest, NoReplicationOfAnImageThatIsNotThere) {
  EXPECT_EQ(VerdictAfter(kPush, "{replication: app:9, from: us-west-2, status: none}"),
            "broken: app:9 is not in us-west-2, so it has no replication status");
}

TEST(VacuousTest, BytesOfARepositoryWithoutImages) {
  EXPECT_EQ(VerdictAfter("  - settle: 1h\n", "{transferred: app, " + kFromWestToIreland + ", exactly: 0B}"),
            "broken: app has no image in us-west-2, so nothing could be transferred");
  EXPECT_EQ(VerdictAfter("  - settle: 1h\n", "{transferred: app, " + kFromWestToIreland + ", times: 1}"),
            "broken: app has no image in us-west-2, so nothing could be transferred");
}

TEST(VacuousTest, StorageOfARepositoryThatNeverWas) {
  EXPECT_EQ(VerdictAfter(kPush, "{stored: web, in: eu-west-1, exactly: 0B}"),
            "broken: no registry ever had a repository web");
  EXPECT_EQ(VerdictAfter(kPush, "{stored: web, in: eu-west-1, month: 2026-01, for_at_most: 1d}"),
            "broken: 0 byte-seconds in 2026-01, 0 bytes stored at the end");
}

TEST(VacuousTest, LagWhereNothingReplicated) {
  EXPECT_EQ(VerdictAfter(kPush, "{lag: max, from: eu-west-1, to: us-west-2, at_most: 1h}"),
            "broken: nothing replicated from eu-west-1 to us-west-2, so there is no lag");
  EXPECT_EQ(VerdictAfter("  - settle: 1h\n", "{lag: p99, " + kFromWestToIreland + ", at_most: 1h}"),
            "broken: nothing replicated from us-west-2 to eu-west-1, so there is no lag");
  // A copy that failed never arrived, which breaks any `at_most` and shows no `at_least`.
  EXPECT_EQ(VerdictAfter("  - fail: {step: admit}\n" + kPush + "  - settle: 60h\n",
                         "{lag: max, " + kFromWestToIreland + ", at_most: 1h}"),
            "broken: 1 replication FAILED and none arrived, so there is no lag");
  EXPECT_EQ(VerdictAfter("  - fail: {step: admit}\n" + kPush + "  - settle: 60h\n",
                         "{lag: max, " + kFromWestToIreland + ", at_least: 1h}"),
            "broken: 1 replication FAILED and none arrived, so there is no lag");
}

TEST(VacuousTest, HitsOfAFaultThatNeverBegan) {
  for (const auto* claim :
       {"{fault: partition, hits_at_least: 1}", "{fault: partition, hits: 0}", "{fault: partition, hits_at_most: 5}"}) {
    EXPECT_EQ(VerdictAfter("  - fail: {step: admit, times: 1}\n" + kPush, claim), "broken: no fault partition began");
  }
}

TEST(VacuousTest, AFaultThatHitNothing) {
  EXPECT_EQ(VerdictAfter("  - corrupt: {repository: web}\n" + kPush, "{fault: corrupt, hits_at_least: 1}"),
            "broken: corrupt hit 0 times");
}

TEST(VacuousTest, EventsThatCouldNotHaveCome) {
  EXPECT_EQ(VerdictAfter("  - settle: 1h\n", "{event: JobEnded, where: {status: FAILED}, times: 0}"),
            "broken: nothing was replicated in this run, so the event could not have come");
  EXPECT_EQ(VerdictAfter("  - settle: 1h\n", "{event: JobEnded}"), "broken: 0 times");
}

TEST(VacuousTest, NeverOverWhatNeverWas) {
  EXPECT_EQ(VerdictAfter(kPush, "never: {image: app:9, in: eu-west-1}"),
            "broken: app:9 was never pushed anywhere, so this proves nothing");
  EXPECT_EQ(VerdictAfter(kPush, "never: {repository: web, in: eu-west-1}"),
            "broken: no registry ever had a repository web, so this proves nothing");
  EXPECT_EQ(VerdictAfter(kPush, "never: {replication: app:9, " + kFromWestToIreland + ", status: FAILED}"),
            "broken: app:9 was never pushed anywhere, so this proves nothing");
}

TEST(VacuousTest, NeverAndAlwaysOverNothing) {
  const std::string rest = kPush + "  - settle: 1h\n";
  EXPECT_THAT(VerdictsOf(Played(rest + "  - never: {image: app:1, in: eu-west-1, tags: [x]}\n"
                                       "  - always: {image: app:1, in: eu-west-1}\n")),
              ElementsAre("broken: nothing happened after this step, so this proves nothing",
                          "broken: nothing happened after this step, so this proves nothing"));
}

TEST(VacuousTest, ATimelineWithoutClaimsClaimsNothing) {
  const auto run = Played(kPush);
  EXPECT_TRUE(run.expectations.empty());
  EXPECT_EQ(run.verdict, Verdict::kPass);
}

}  // namespace
}  // namespace crrsim
