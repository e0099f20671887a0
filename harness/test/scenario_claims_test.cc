// Every kind of claim, from the file's text to the struct that is judged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Expectation ExpectationOf(const std::string& text) {
  const auto scenario = Loaded(kWorld + kPush + "expect:\n  - " + text + "\n");
  EXPECT_EQ(scenario.expect.size(), 1U) << text;
  return scenario.expect.empty() ? Expectation() : scenario.expect.front();
}
template <class What>
What ReadClaim(const std::string& text) {
  const auto expectation = ExpectationOf(text);
  EXPECT_TRUE(std::holds_alternative<What>(expectation.claim)) << text;
  return std::holds_alternative<What>(expectation.claim) ? std::get<What>(expectation.claim) : What();
}

const std::string kDigest = "sha256:" + std::string(64, 'b');

TEST(ScenarioClaimsTest, ImageIsPresentUnlessItSaysOtherwise) {
  const auto claim = ReadClaim<ImageClaim>("{image: app:1, in: eu-west-1}");
  EXPECT_EQ(ToText(claim.image), "app:1");
  EXPECT_EQ(claim.in, ShopIn("eu-west-1"));
  EXPECT_EQ(claim.is, ImageClaim::Is::kPresent);
  EXPECT_FALSE(claim.tags.has_value());
  EXPECT_FALSE(claim.no_findings);
  EXPECT_EQ(ReadClaim<ImageClaim>("{image: app:1, in: eu-west-1, is: present}").is, ImageClaim::Is::kPresent);
  EXPECT_EQ(ReadClaim<ImageClaim>("{image: app:1, in: eu-west-1, is: absent}").is, ImageClaim::Is::kAbsent);
  EXPECT_EQ(ReadClaim<ImageClaim>("{image: \"app@" + kDigest + "\", in: eu-west-1, is: untagged}").is,
            ImageClaim::Is::kUntagged);
}

TEST(ScenarioClaimsTest, ImageWithAllDetails) {
  const auto claim =
      ReadClaim<ImageClaim>("{image: app:1, in: eu-west-1, same_digest_as: us-west-2, digest: \"" + kDigest +
                            "\", media_type: a/b, tags: [\"1\", latest], findings: {HIGH: 2, LOW: 0}}");
  EXPECT_EQ(claim.same_digest_as, ShopIn("us-west-2"));
  EXPECT_EQ(claim.digest->text(), kDigest);
  EXPECT_EQ(claim.media_type, "a/b");
  EXPECT_THAT(*claim.tags, ElementsAre(*Tag::Parse("1"), *Tag::Parse("latest")));
  EXPECT_EQ(claim.findings, (FindingCounts{{"HIGH", 2}, {"LOW", 0}}));
  EXPECT_THAT(*ReadClaim<ImageClaim>("{image: app:1, in: eu-west-1, tags: []}").tags, IsEmpty());
  EXPECT_EQ(ReadClaim<ImageClaim>("{image: app:1, in: eu-west-1, status: ACTIVATING}").status, "ACTIVATING");
  EXPECT_TRUE(ReadClaim<ImageClaim>("{image: app:1, in: eu-west-1, findings: none}").no_findings);
}

TEST(ScenarioClaimsTest, ATagThatLooksLikeANumberIsText) {
  EXPECT_EQ(ReadClaim<ImageClaim>("{image: app:042, in: eu-west-1}").image.tag->text(), "042");
  EXPECT_THAT(*ReadClaim<ImageClaim>("{image: app:1, in: eu-west-1, tags: [1.0, 010]}").tags,
              ElementsAre(*Tag::Parse("1.0"), *Tag::Parse("010")));
}

TEST(ScenarioClaimsTest, Repository) {
  const auto claim = ReadClaim<RepositoryClaim>(
      "{repository: team/app, in: eu-west-1, is: present, created_by: replication, template: team, imageTagMutability: "
      "IMMUTABLE_WITH_EXCLUSION, encryptionType: KMS_DSSE, scanOnPush: false, repositoryPolicy: none, lifecyclePolicy: "
      "none, images: 3, images_at_least: 2, images_at_most: 4}");
  EXPECT_EQ(claim.repository.text(), "team/app");
  EXPECT_FALSE(claim.absent);
  EXPECT_EQ(claim.created_by, Origin::kReplication);
  EXPECT_EQ(claim.template_prefix, "team");
  EXPECT_EQ(claim.mutability, "IMMUTABLE_WITH_EXCLUSION");
  EXPECT_EQ(claim.encryption_type, "KMS_DSSE");
  EXPECT_EQ(claim.scan_on_push, false);
  EXPECT_TRUE(claim.no_repository_policy);
  EXPECT_TRUE(claim.no_lifecycle_policy);
  EXPECT_EQ(claim.images.exactly, 3);
  EXPECT_EQ(claim.images.at_least, 2);
  EXPECT_EQ(claim.images.at_most, 4);
  EXPECT_TRUE(ReadClaim<RepositoryClaim>("{repository: app, in: eu-west-1, is: absent}").absent);
  EXPECT_EQ(ReadClaim<RepositoryClaim>("{repository: app, in: eu-west-1, template: none}").template_prefix, "");
  EXPECT_EQ(ReadClaim<RepositoryClaim>("{repository: app, in: eu-west-1, created_by: client}").created_by,
            Origin::kClient);
}

TEST(ScenarioClaimsTest, Replication) {
  const auto failed = ReadClaim<ReplicationClaim>(
      "{replication: app:1, from: us-west-2, to: eu-west-1, status: FAILED, failure: TimedOut}");
  EXPECT_EQ(failed.status, ReplicationStatus::kFailed);
  EXPECT_EQ(failed.failure, "TimedOut");
  EXPECT_EQ(failed.from, ShopIn("us-west-2"));
  EXPECT_EQ(failed.to, ShopIn("eu-west-1"));
  const auto none = ReadClaim<ReplicationClaim>("{replication: app:1, from: us-west-2, status: none}");
  EXPECT_FALSE(none.status.has_value());
  EXPECT_FALSE(none.to.has_value());
  EXPECT_EQ(
      ReadClaim<ReplicationClaim>("{replication: app:1, from: us-west-2, to: eu-west-1, status: COMPLETE}").status,
      ReplicationStatus::kComplete);
  EXPECT_EQ(
      ReadClaim<ReplicationClaim>("{replication: app:1, from: us-west-2, to: eu-west-1, status: IN_PROGRESS}").status,
      ReplicationStatus::kInProgress);
}

TEST(ScenarioClaimsTest, Transfer) {
  const auto claim = ReadClaim<TransferClaim>(
      "{transferred: app, from: us-west-2, to: eu-west-1, times: 2, exactly: 4KiB, at_least: 3B, at_most: 5MiB, "
      "wasted_exactly: 7kB, wasted_at_least: 6B, wasted_at_most: 8MB}");
  EXPECT_EQ(claim.repository.text(), "app");
  EXPECT_EQ(claim.from, ShopIn("us-west-2"));
  EXPECT_EQ(claim.to, ShopIn("eu-west-1"));
  EXPECT_EQ(claim.times, 2);
  EXPECT_EQ(claim.useful.exactly, Kibibytes(4));
  EXPECT_EQ(claim.useful.at_least, Bytes(3));
  EXPECT_EQ(claim.useful.at_most, Mebibytes(5));
  EXPECT_EQ(claim.wasted.exactly, Bytes(7'000));
  EXPECT_EQ(claim.wasted.at_least, Bytes(6));
  EXPECT_EQ(claim.wasted.at_most, Bytes(8'000'000));
}

TEST(ScenarioClaimsTest, StorageIsNowOrOverAMonth) {
  const auto month =
      ReadClaim<StorageClaim>("{stored: app, in: eu-west-1, month: 2026-11, for_at_least: 1d, for_at_most: 2d}");
  EXPECT_EQ(month.month, (CalendarMonth{2026, 11}));
  EXPECT_EQ(month.duration.at_least, Days(1));
  EXPECT_EQ(month.duration.at_most, Days(2));
  EXPECT_EQ(month.storage_class, std::nullopt);
  EXPECT_EQ(ReadClaim<StorageClaim>("{stored: app, in: eu-west-1, class: ARCHIVE, exactly: 1B}").storage_class,
            StorageClass::kArchive);
  const auto now = ReadClaim<StorageClaim>("{stored: app, in: eu-west-1, exactly: 2B, at_least: 1B, at_most: 3B}");
  EXPECT_FALSE(now.month.has_value());
  EXPECT_EQ(now.bytes.exactly, Bytes(2));
  EXPECT_EQ(now.bytes.at_least, Bytes(1));
  EXPECT_EQ(now.bytes.at_most, Bytes(3));
}

TEST(ScenarioClaimsTest, BoundsBetweenWhichNothingLiesAreRefused) {
  const auto problems_of = [](const std::string& claim) {
    return ProblemsOf(kWorld + kPush + "expect:\n  - " + claim + "\n");
  };
  const std::string way = "from: us-west-2, to: eu-west-1, ";
  EXPECT_THAT(problems_of("{lag: max, " + way + "at_least: 11m, at_most: 10m}"),
              ElementsAre(testing::HasSubstr("'at_most' is below 'at_least', so nothing can satisfy both")));
  EXPECT_THAT(problems_of("{transferred: app, " + way + "exactly: 3B, at_least: 4B}"),
              ElementsAre(testing::HasSubstr("'exactly' is below 'at_least'")));
  EXPECT_THAT(problems_of("{event: JobEnded, times: 3, times_at_most: 2}"),
              ElementsAre(testing::HasSubstr("'times_at_most' is below 'times'")));
  EXPECT_THAT(problems_of("{stored: app, in: us-west-2, month: 2026-01, for_at_least: 2d, for_at_most: 1d}"),
              ElementsAre(testing::HasSubstr("'for_at_most' is below 'for_at_least'")));
  EXPECT_THAT(problems_of("{lag: max, " + way + "at_least: 10m, at_most: 10m}"), ElementsAre());
}

TEST(ScenarioClaimsTest, Lag) {
  const auto claim = ReadClaim<LagClaim>("{lag: p90, from: us-west-2, to: eu-west-1, at_least: 1s, at_most: 2m}");
  EXPECT_EQ(claim.percent, 90);
  EXPECT_EQ(claim.lag.at_least, Seconds(1));
  EXPECT_EQ(claim.lag.at_most, Minutes(2));
  EXPECT_EQ(ReadClaim<LagClaim>("{lag: p50, from: us-west-2, to: eu-west-1, at_most: 2m}").percent, 50);
  EXPECT_EQ(ReadClaim<LagClaim>("{lag: p99, from: us-west-2, to: eu-west-1, at_most: 2m}").percent, 99);
  EXPECT_EQ(ReadClaim<LagClaim>("{lag: max, from: us-west-2, to: eu-west-1, at_most: 2m}").percent, 100);
}

TEST(ScenarioClaimsTest, Fault) {
  const auto claim = ReadClaim<FaultClaim>("{fault: corrupt, hits: 2, hits_at_least: 1, hits_at_most: 3}");
  EXPECT_EQ(claim.fault, "corrupt");
  EXPECT_EQ(claim.hits.exactly, 2);
  EXPECT_EQ(claim.hits.at_least, 1);
  EXPECT_EQ(claim.hits.at_most, 3);
}

TEST(ScenarioClaimsTest, EventFieldsAreReadAsTheirTypes) {
  const auto claim = ReadClaim<EventClaim>(
      "{event: JobEnded, in: eu-west-1, where: {source: shop/us-west-2, repository: app, tag: none, status: FAILED, "
      "failure: AccessDenied, queued_at: 90m}, times: 2, times_at_least: 1, times_at_most: 3}");
  EXPECT_EQ(claim.pattern.name, "JobEnded");
  EXPECT_EQ(claim.pattern.in, ShopIn("eu-west-1"));
  EXPECT_THAT(
      claim.pattern.where,
      ElementsAre(Pair("failure", "AccessDenied"), Pair("queued_at", "2026-01-01T01:30:00Z"), Pair("repository", "app"),
                  Pair("source", "111122223333/us-west-2"), Pair("status", "FAILED"), Pair("tag", "none")));
  EXPECT_EQ(claim.times.exactly, 2);
  EXPECT_EQ(claim.times.at_least, 1);
  EXPECT_EQ(claim.times.at_most, 3);
}

TEST(ScenarioClaimsTest, EventFieldsOfOtherTypes) {
  const auto where = [](const std::string& event, const std::string& fields) {
    return ReadClaim<EventClaim>("{event: " + event + ", where: {" + fields + "}}").pattern.where;
  };
  EXPECT_THAT(
      where("TransferEnded", "useful: 1KiB, wasted: 0, payer: shop, transfer: 7"),
      ElementsAre(Pair("payer", "111122223333"), Pair("transfer", "7"), Pair("useful", "1024"), Pair("wasted", "0")));
  EXPECT_THAT(where("PermissionDecided", "allowed: false, action: \"ecr:ReplicateImage\""),
              ElementsAre(Pair("action", "ecr:ReplicateImage"), Pair("allowed", "false")));
  EXPECT_THAT(where("LinkCut", "from: us-west-2"), ElementsAre(Pair("from", "us-west-2")));
  EXPECT_THAT(where("StepFailed", "step: bind-tag, attempt: 3, retry_at: none, failure: Injected"),
              ElementsAre(Pair("attempt", "3"), Pair("failure", "Injected"), Pair("retry_at", "none"),
                          Pair("step", "bind-tag")));
  EXPECT_THAT(where("TagMoved", "origin: replication, from: none, to: \"" + kDigest + "\""),
              ElementsAre(Pair("from", "none"), Pair("origin", "replication"), Pair("to", kDigest)));
  EXPECT_THAT(
      where("CallRefused", "operation: PutImage, exception: ValidationException, message: no"),
      ElementsAre(Pair("exception", "ValidationException"), Pair("message", "no"), Pair("operation", "PutImage")));
  EXPECT_THAT(where("FaultHit", "fault: partition"), ElementsAre(Pair("fault", "partition")));
}

TEST(ScenarioClaimsTest, Order) {
  const auto claim = ReadClaim<OrderClaim>(
      "{in_order: [{event: BlobStored, in: eu-west-1}, {event: ManifestStored, where: {origin: replication}}]}");
  ASSERT_EQ(claim.patterns.size(), 2U);
  EXPECT_EQ(claim.patterns[0].name, "BlobStored");
  EXPECT_EQ(claim.patterns[0].in, ShopIn("eu-west-1"));
  EXPECT_THAT(claim.patterns[1].where, ElementsAre(Pair("origin", "replication")));
}

TEST(ScenarioClaimsTest, EndClaimsAreJudgedThereOrWithinAnAnchorOrAllAlong) {
  EXPECT_EQ(ExpectationOf("{image: app:1, in: eu-west-1}").mode, Mode::kNow);
  const auto anchored = ExpectationOf("{image: app:1, in: eu-west-1, within: 5m, after: start}");
  EXPECT_EQ(anchored.mode, Mode::kWithin);
  EXPECT_EQ(anchored.within, Minutes(5));
  EXPECT_EQ(anchored.anchor, "start");
  EXPECT_EQ(ExpectationOf("{image: app:1, in: eu-west-1, within: 5m, after: heal}").anchor, "heal");
  EXPECT_EQ(ExpectationOf("never: {image: app:1, in: eu-west-1}").mode, Mode::kNever);
  EXPECT_EQ(ExpectationOf("always: {image: app:1, in: eu-west-1}").mode, Mode::kAlways);
}

TEST(ScenarioClaimsTest, AnAnchorMayBeALabelOfTheTimeline) {
  const auto scenario = Loaded(kWorld + kPush +
                               "    label: pushed\nexpect:\n  - {image: app:1, in: eu-west-1, within: 5m, "
                               "after: pushed}\n");
  ASSERT_EQ(scenario.expect.size(), 1U);
  EXPECT_EQ(scenario.expect.front().anchor, "pushed");
}

}  // namespace
}  // namespace crrsim
