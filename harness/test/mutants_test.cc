// Every checker can fail: each broken engine and each world that lies is caught by the checker that claims it and by no
// other, within a few seeds. `ctest -L mutants` runs these alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/test/support/inline_scenario.h"
#include "harness/test/support/mutants/engines.h"
#include "harness/test/support/mutants/wrapped_world.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kSeedsToCatch = 3;

/// Three regions and two accounts; `shop` in us-west-2 replicates to eu-west-1, which would replicate to us-east-1.
const std::string kMutantWorld = R"(accounts: {shop: "111122223333", prod: "444455556666"}
regions: [us-west-2, eu-west-1, us-east-1]
network:
  links:
    - {between: [us-west-2, eu-west-1], latency: 50ms, jitter: 5ms, bandwidth: 100MB/s}
    - {between: [us-west-2, us-east-1], latency: 30ms, jitter: 5ms, bandwidth: 100MB/s}
    - {between: [us-east-1, eu-west-1], latency: 40ms, jitter: 5ms, bandwidth: 100MB/s}
options: {same_instant: seeded}
images:
  app: {layers: [1MiB], content: sizes-only, findings: {HIGH: 2}}
  big: {layers: [1GiB], content: sizes-only}
  both: {index_of: [app, big]}
timeline:
  - PutReplicationConfiguration:
      {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}]}]}
    in: shop/us-west-2
  - PutReplicationConfiguration:
      {"rules": [{"destinations": [{"region": "us-east-1", "registryId": "111122223333"}]}]}
    in: shop/eu-west-1
  - CreateRepository: {repositoryName: app}
    in: shop/us-west-2
)";
const std::string kPushApp = "  - push: app:1\n    to: shop/us-west-2\n";
const std::string kPushBoth = "  - push: app:both\n    image: both\n    to: shop/us-west-2\n";
const std::string kUntagged = "  - push: app\n    to: shop/us-west-2\n";
const std::string kDamaged = "  - corrupt: {in: shop/eu-west-1, times: 2}\n" + kPushApp;
const std::string kTwoDestinations = R"(  - PutReplicationConfiguration:
      {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"},
        {"region": "us-east-1", "registryId": "111122223333"}]}]}
    in: shop/us-west-2
)" + kPushApp + kPushBoth;
const std::string kToProd = R"(  - PutReplicationConfiguration:
      {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "444455556666"}]}]}
    in: shop/us-west-2
  - CreateRepository: {repositoryName: app}
    in: prod/eu-west-1
)" + kPushApp + kPushBoth;
const std::string kGranted = R"(  - PutReplicationConfiguration:
      {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "444455556666"}]}]}
    in: shop/us-west-2
  - PutRegistryPolicy:
      policyText: {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"], "Resource": "*"}]}
    in: prod/eu-west-1
)" + kPushApp + kPushBoth;
const std::string kMovedTag = "  - push: app:latest\n    image: big\n    to: shop/us-west-2\n" +
                              std::string("  - push: app:latest\n    image: app\n    to: shop/us-west-2\n");
const std::string kScanned = kPushApp +
                             "  - StartImageScan: {repositoryName: app, imageId: {imageTag: \"1\"}}\n"
                             "    in: shop/us-west-2\n  - advance: 1h\n";
const std::string kDeleted = kPushApp +
                             "  - BatchDeleteImage: {repositoryName: app, imageIds: [{imageTag: \"1\"}]}\n"
                             "    in: shop/us-west-2\n    after: 1h\n  - advance: 1h\n";

const std::string kDeletedEverywhere = R"(  - PutReplicationConfiguration:
      {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}],
        "deleteReplication": {"enabled": true}}]}
    in: shop/us-west-2
)" + kDeleted;
const std::string kTagDeletedEverywhere = R"(  - PutReplicationConfiguration:
      {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}],
        "deleteReplication": {"enabled": true}}]}
    in: shop/us-west-2
  - push: app:2
    to: shop/us-west-2
)" + kDeleted;

// The same where more is excused, or might be.
const std::string kGrantedAndTriedAgain = kGranted + "assumptions: {denial: retry}\n";
const std::string kMovedTagBesideABackfill = R"(  - PutReplicationConfiguration:
      {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}]}]}
    in: shop/us-east-1
  - CreateRepository: {repositoryName: app}
    in: shop/us-east-1
  - push: app:east
    image: app
    to: shop/us-east-1
  - StartReplicationBackfill: {destination: {region: eu-west-1, registryId: "111122223333"}}
    in: shop/us-east-1
  - advance: 29s
)" + kMovedTag;
const std::string kDeletedButForOwnTags = kDeletedEverywhere + "assumptions: {delete_destination_tags: kept}\n";
const std::string kDeletedConcurrently =
    R"(  - PutReplicationConfiguration:
      {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}],
        "deleteReplication": {"enabled": true}}]}
    in: shop/us-west-2
)" + kPushApp +
    kPushBoth + R"(  - BatchDeleteImage: {repositoryName: app, imageIds: [{imageTag: both}, {imageTag: "1"}]}
    in: shop/us-west-2
    after: 1h
  - advance: 1h
assumptions: {job_order: concurrent}
)";

struct EngineMutant {
  std::string name;
  std::string timeline;
  EngineMaker engine;
  std::string claims;  // the invariant that catches it
};

std::vector<EngineMutant> EngineMutants() {
  using namespace mutants;  // NOLINT(google-build-using-namespace): a table of its names
  const RegistryKey elsewhere = ShopIn("us-east-1");
  const RegistryKey source = ShopIn("us-west-2");
  return {
      {"Chains", kPushApp, Chains(), "no_chaining"},
      {"ChainsIndexes", kPushBoth, Chains(), "no_chaining"},
      {"AcceptsDamagedBytes", kDamaged, AcceptsDamagedBytes(), "digest_equality"},
      {"AsksUnderAnotherName", kToProd, AsksUnderAnotherName(), "permission"},
      {"NeverAsks", kToProd, NeverAsks(), "permission"},
      {"ForgetsADestination", kTwoDestinations, ForgetsADestination(), "expected_images"},
      {"SendsElsewhereToo", kPushBoth, SendsTo(elsewhere), "expected_images"},
      {"TakesYesForNo", kGranted, TakesYesForNo(), "expected_images"},
      {"TakesYesForNoAgainAndAgain", kGrantedAndTriedAgain, TakesYesForNo(), "expected_images"},
      {"LosesItsRetries", kDamaged, LosesItsRetries(), "expected_images"},
      {"SaysCompleteTooEarly", kUntagged, SaysCompleteTooEarly(), "expected_images"},
      {"LetsJobsOvertake", kMovedTag, LetsJobsOvertake(), "tag_convergence"},
      {"LetsJobsOvertakeBesideABackfill", kMovedTagBesideABackfill, LetsJobsOvertake(), "tag_convergence"},
      {"ForgetsTheTag", kPushApp, ForgetsTheTag(), "tag_convergence"},
      {"ForgetsDeletions", kDeletedEverywhere, ForgetsDeletions(), "deletions"},
      {"NeverDeletes", kDeletedEverywhere, NeverDeletes(), "deletions"},
      {"NeverDeletesTags", kTagDeletedEverywhere, NeverDeletes(), "deletions"},
      {"NeverDeletesButForOwnTags", kDeletedButForOwnTags, NeverDeletes(), "deletions"},
      {"NeverDeletesConcurrently", kDeletedConcurrently, NeverDeletes(), "deletions"},
      {"DeletesWhatArrives", kPushApp, DeletesWhatArrives(source), "deletions"},
  };
}

class MutantEngineTest : public testing::TestWithParam<EngineMutant> {};

TEST_P(MutantEngineTest, IsCaughtByTheCheckerThatClaimsItAndByNoOther) {
  const auto& mutant = GetParam();
  const auto scenario = Loaded(kMutantWorld + mutant.timeline);
  bool caught = false;
  for (std::uint64_t seed = 1; seed <= kSeedsToCatch; ++seed) {
    RunOptions options;
    options.seed = seed;
    const auto sound = RunScenario(scenario, options);
    EXPECT_EQ(sound.verdict, Verdict::kPass) << sound.error;
    EXPECT_THAT(mutants::Broken(sound.invariants), IsEmpty()) << "the standard engine, seed " << seed;

    options.engine = mutant.engine;
    const auto run = RunScenario(scenario, options);
    EXPECT_EQ(run.error, "");
    const auto broken = mutants::Broken(run.invariants);
    if (broken.empty()) continue;
    caught = true;
    EXPECT_THAT(broken, ElementsAre(mutant.claims)) << "seed " << seed;
    EXPECT_EQ(run.verdict, Verdict::kFail);
    EXPECT_NE(run.reproduce, "");
  }
  EXPECT_TRUE(caught) << "not within " << kSeedsToCatch << " seeds";
}

INSTANTIATE_TEST_SUITE_P(All, MutantEngineTest, testing::ValuesIn(EngineMutants()),
                         [](const auto& mutant) { return mutant.param.name; });

struct WorldMutant {
  std::string name;
  std::string timeline;
  mutants::Lie lie;
  std::string claims;
};

std::vector<WorldMutant> WorldMutants() {
  using namespace mutants;  // NOLINT(google-build-using-namespace): a table of its names
  return {
      {"TellsManifestsEarly", kPushApp, TellManifestsEarly, "closure"},
      {"SweepsABlobAway", kPushApp, SweepABlobAway, "closure"},
      {"ChangesBytesOnTheWay", kPushApp, ChangeBytesOnTheWay, "digest_equality"},
      {"ForgetsThePolicy", kGranted, ForgetThePolicy, "permission"},
      {"LosesAnImage", kPushApp, LoseAnImage, "deletions"},
      {"BillsAByteMore", kPushApp, BillAByteMore, "ledger"},
      {"DropsTheEndOfATransfer", kPushApp, DropTheEndOfATransfer, "ledger"},
      {"BillsWhatWasRemoved", kDeleted, BillWhatWasRemoved, "ledger"},
      {"BackdatesAnEvent", kPushApp, BackdateAnEvent, "time_order"},
      {"CarriesFindingsAlong", kScanned, CarryFindingsAlong, "findings_stay"},
      {"CompletesAScanElsewhere", kScanned, CompleteAScanElsewhere, "findings_stay"},
  };
}

class MutantWorldTest : public testing::TestWithParam<WorldMutant> {};

TEST_P(MutantWorldTest, IsCaughtByTheCheckerThatClaimsItAndByNoOther) {
  const auto& mutant = GetParam();
  const auto scenario = Loaded(kMutantWorld + mutant.timeline);
  const auto truth = mutants::Witness(scenario, 1);
  EXPECT_THAT(mutants::Broken(mutants::JudgedBy(scenario, truth)), IsEmpty()) << "the truth";
  auto lied = truth;
  mutant.lie(lied);
  EXPECT_THAT(mutants::Broken(mutants::JudgedBy(scenario, lied)), ElementsAre(mutant.claims));
}

INSTANTIATE_TEST_SUITE_P(All, MutantWorldTest, testing::ValuesIn(WorldMutants()),
                         [](const auto& mutant) { return mutant.param.name; });

TEST(MutantsTest, EveryInvariantIsBrokenBySomeMutant) {
  std::set<std::string> claimed;
  for (const auto& mutant : EngineMutants()) claimed.insert(mutant.claims);
  for (const auto& mutant : WorldMutants()) claimed.insert(mutant.claims);
  std::set<std::string> all;
  for (const auto& info : InvariantTable()) all.emplace(info.name);
  EXPECT_EQ(claimed, all);
}

TEST(MutantsTest, AViolationHasBothSidesWithTheirInstants) {
  const auto scenario = Loaded(kMutantWorld + kPushApp);
  RunOptions options;
  options.engine = mutants::Chains();
  const auto run = RunScenario(scenario, options);
  const auto chaining = std::find_if(run.invariants.begin(), run.invariants.end(),
                                     [](const InvariantVerdict& one) { return one.invariant->name == "no_chaining"; });
  ASSERT_NE(chaining, run.invariants.end());
  ASSERT_EQ(chaining->violations.size(), 1U);
  const auto& [found, expected] = chaining->violations.front();
  EXPECT_THAT(found.text, testing::HasSubstr("on to 111122223333/us-east-1"));
  EXPECT_THAT(expected.text, testing::HasSubstr("it arrived by replication"));
  ASSERT_TRUE(found.when && expected.when);
  EXPECT_LE(*expected.when, *found.when);
}

}  // namespace
}  // namespace crrsim
