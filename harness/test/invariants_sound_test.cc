// Runs that are right, however odd, and which an invariant once called wrong.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"
#include "harness/test/support/mutants/wrapped_world.h"

namespace crrsim {
namespace {

using testing::IsEmpty;

const std::string kHead = R"(accounts: {shop: "111122223333", partner: "444455556666"}
regions: [us-west-2, eu-west-1, ap-northeast-1]
network:
  links:
    - {between: [us-west-2, eu-west-1], latency: 30ms, jitter: 20ms, bandwidth: 5MB/s}
    - {between: [ap-northeast-1, eu-west-1], latency: 40ms, bandwidth: 5MB/s}
    - {between: [us-west-2, ap-northeast-1], latency: 50ms, bandwidth: 5MB/s}
images:
  one: {layers: [1MiB], content: sizes-only}
  two: {layers: [2MiB], content: sizes-only}
  slow: {layers: [20MiB], content: sizes-only}
  both: {index_of: [one]}
)";

/// The rules of a registry of `shop`, which replicate to an account in eu-west-1, as a step of a timeline.
std::string Rules(std::string_view source, std::string_view destination, std::string_view more = "") {
  return fmt::format(
      "  - PutReplicationConfiguration: {{rules: [{{destinations: [{{region: eu-west-1, registryId: \"{}\"}}]{}}}]}}\n"
      "    in: shop/{}\n",
      destination, more, source);
}
std::string Repository(std::string_view registry) {
  return fmt::format("  - CreateRepository: {{repositoryName: app}}\n    in: {}\n", registry);
}
constexpr std::string_view kDeletesToo = ", deleteReplication: {enabled: true}";
constexpr std::string_view kShop = "111122223333";
constexpr std::string_view kPartner = "444455556666";

/// Nothing is broken with any of these seeds.
void ExpectSound(const std::string& text, std::uint64_t seeds = 1) {
  const auto scenario = Loaded(kHead + text);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    RunOptions options;
    options.seed = seed;
    const auto run = RunScenario(scenario, options);
    EXPECT_EQ(run.error, "");
    EXPECT_THAT(mutants::Broken(run.invariants), IsEmpty()) << "seed " << seed << "\n" << text;
  }
}

TEST(InvariantsSoundTest, ADestinationRepositoryMayGoAtAnyInstantOfACopy) {
  for (int offset = 10; offset <= 700; offset += 10) {
    ExpectSound("timeline:\n" + Rules("us-west-2", kShop) + Repository("shop/us-west-2") +
                Repository("shop/eu-west-1") + "  - push: app:1\n    image: one\n    to: shop/us-west-2\n" +
                fmt::format("  - DeleteRepository: {{repositoryName: app, force: true}}\n    in: shop/eu-west-1\n"
                            "    after: {}ms\n",
                            offset));
  }
}

TEST(InvariantsSoundTest, ABackfillFromElsewhereIsASecondWriterOfATag) {
  const auto repositories = Repository("shop/us-west-2") + Repository("shop/ap-northeast-1");
  const std::string push_old = "  - push: app:1\n    image: slow\n    to: shop/us-west-2\n";
  const std::string push_new = "  - push: app:1\n    image: two\n    to: shop/ap-northeast-1\n";
  const std::string backfill =
      "  - StartReplicationBackfill: {destination: {region: eu-west-1, registryId: \"111122223333\"}}\n"
      "    in: shop/us-west-2\n";
  const auto rules = Rules("us-west-2", kShop) + Rules("ap-northeast-1", kShop);
  const auto before = "timeline:\n" + repositories + push_old + rules;
  ExpectSound(before + push_new + "  - settle: 1h\n" + backfill);
  // The other way round: the job of the backfill is queued before the push, and ends behind it.
  ExpectSound(before + backfill + "  - expect: {event: JobQueued}\n    within: 1h\n" + push_new);
}

TEST(InvariantsSoundTest, AnImageMayStayThatItsIndexListedWhileItWasDeleted) {
  ExpectSound("assumptions: {job_order: concurrent}\ntimeline:\n" + Rules("us-west-2", kShop, kDeletesToo) +
                  Repository("shop/us-west-2") +
                  "  - push: app:a\n    image: one\n    to: shop/us-west-2\n"
                  "  - push: app:1\n    image: both\n    to: shop/us-west-2\n  - settle: 1h\n"
                  "  - BatchDeleteImage: {repositoryName: app, imageIds: [{imageTag: \"1\"}, {imageTag: a}]}\n"
                  "    in: shop/us-west-2\n",
              20);
}

TEST(InvariantsSoundTest, ARefusalThatIsTriedAgainMayComeTooLateForThat) {
  const std::string head = "options: {jobs_in_flight: 1}\nassumptions: {denial: retry}\ntimeline:\n";
  const std::string pushes =
      Repository("shop/us-west-2") + "  - push: app:{n}\n    image: one\n    to: shop/us-west-2\n    times: 3\n";
  ExpectSound(head + Rules("us-west-2", kPartner) + pushes);
  ExpectSound(head + Rules("us-west-2", kPartner, kDeletesToo) + pushes +
              "  - BatchDeleteImage: {repositoryName: app, imageIds: [{imageTag: \"1\"}, {imageTag: \"2\"}]}\n"
              "    in: shop/us-west-2\n");
}

TEST(InvariantsSoundTest, AnImageMayStayThatHadATagOfItsOwnWhileItWasDeleted) {
  for (int offset = 0; offset <= 200; offset += 5) {
    ExpectSound("assumptions: {delete_destination_tags: kept}\ntimeline:\n" + Rules("us-west-2", kShop, kDeletesToo) +
                Repository("shop/us-west-2") +
                "  - push: app:1\n    image: one\n    to: shop/us-west-2\n  - settle: 1h\n"
                "  - push: app:own\n    image: one\n    to: shop/eu-west-1\n"
                "  - BatchDeleteImage: {repositoryName: app, imageIds: [{imageTag: \"1\"}]}\n"
                "    in: shop/us-west-2\n" +
                fmt::format("  - push: app:own\n    image: two\n    to: shop/eu-west-1\n    after: {}ms\n", offset));
  }
}

}  // namespace
}  // namespace crrsim
