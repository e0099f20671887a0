// Claims about images, repositories and replication: each beside a twin that is wrong on purpose.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;

const std::string kScan = "  - StartImageScan: {repositoryName: app, imageId: {imageTag: \"1\"}}\n    in: us-west-2\n";

/// The verdicts on claims at the end of a world in which `steps` were done and everything came to rest.
std::vector<std::string> AtRest(const std::string& steps, const std::vector<std::string>& claims) {
  auto text = steps + kSettle + "expect:\n";
  for (const auto& claim : claims) text += "  - " + claim + "\n";
  return VerdictsOf(Played(text));
}

/// The digest of what `app:1` names in us-west-2 after a push.
std::string DigestOfApp() {
  const auto run = Played(kPush);
  for (const auto& row : run.images) {
    if (row.registry.region.text() == "us-west-2") return row.digest.text();
  }
  ADD_FAILURE() << "app:1 was not pushed";
  return {};
}

TEST(ExpectationImageTest, PresenceAndItsTwin) {
  EXPECT_THAT(
      AtRest(kPush, {"{image: app:1, in: eu-west-1}", "{image: app:9, in: eu-west-1}"}),
      ElementsAre("holds: DIGEST in eu-west-1", "broken: app:9 is not in eu-west-1; it was never pushed anywhere"));
  EXPECT_THAT(VerdictsOf(Played(kPush + "  - expect: {image: app:1, in: eu-west-1}\n")),
              ElementsAre("broken: app:1 is not in eu-west-1"));
}

TEST(ExpectationImageTest, AbsenceAndItsTwin) {
  EXPECT_THAT(AtRest(kPush, {"{image: app:1, in: eu-west-1, is: absent}"}),
              ElementsAre("broken: app:1 is in eu-west-1 as SHORT"));
  EXPECT_THAT(VerdictsOf(Played(kPush + "  - expect: {image: app:1, in: eu-west-1, is: absent}\n")),
              ElementsAre("holds: app:1 is not in eu-west-1"));
}

TEST(ExpectationImageTest, UntaggedAndItsTwin) {
  const auto claim = "{image: \"app@" + DigestOfApp() + "\", in: eu-west-1, is: untagged}";
  EXPECT_THAT(AtRest("  - push: app\n    to: us-west-2\n", {claim}), ElementsAre("holds: DIGEST in eu-west-1"));
  EXPECT_THAT(AtRest(kPush, {claim}), ElementsAre("broken: SHORT in eu-west-1 has tag 1"));
}

TEST(ExpectationImageTest, SameDigestAndItsTwins) {
  const std::string claim = "{image: app:1, in: eu-west-1, same_digest_as: us-west-2}";
  EXPECT_THAT(AtRest(kPush, {claim}), ElementsAre("holds: DIGEST in eu-west-1 and in us-west-2"));
  // The tag is immutable at the destination and moves at the source.
  const std::string immutable =
      "  - CreateRepository: {repositoryName: app, imageTagMutability: IMMUTABLE}\n    in: eu-west-1\n";
  const std::string moved = "  - push: app:1\n    image: other\n    to: us-west-2\n";
  EXPECT_THAT(AtRest(immutable + kPush + kSettle + moved, {claim}),
              ElementsAre("broken: SHORT in eu-west-1, SHORT in us-west-2"));
  const std::string deleted =
      "  - BatchDeleteImage: {repositoryName: app, imageIds: [{imageTag: \"1\"}]}\n    in: us-west-2\n";
  EXPECT_THAT(AtRest(kPush + kSettle + deleted, {claim}), ElementsAre("broken: app:1 is not in us-west-2"));
}

TEST(ExpectationImageTest, DigestAndItsTwin) {
  EXPECT_THAT(AtRest(kPush, {"{image: app:1, in: eu-west-1, digest: \"" + DigestOfApp() + "\"}",
                             "{image: app:1, in: eu-west-1, digest: \"sha256:" + std::string(64, '0') + "\"}"}),
              ElementsAre("holds: DIGEST in eu-west-1", "broken: digest DIGEST in eu-west-1"));
}

TEST(ExpectationImageTest, MediaTypeAndItsTwin) {
  EXPECT_THAT(AtRest(kPush, {"{image: app:1, in: eu-west-1, media_type: application/vnd.oci.image.manifest.v1+json}",
                             "{image: app:1, in: eu-west-1, media_type: application/vnd.oci.image.index.v1+json}"}),
              ElementsAre("holds: DIGEST in eu-west-1",
                          "broken: media type application/vnd.oci.image.manifest.v1+json in eu-west-1"));
}

TEST(ExpectationImageTest, TagsAreExactlyThese) {
  const std::string again = "  - push: app:latest\n    image: app\n    to: us-west-2\n";
  EXPECT_THAT(AtRest(kPush + again, {"{image: app:1, in: eu-west-1, tags: [latest, \"1\"]}",
                                     "{image: app:1, in: eu-west-1, tags: [\"1\"]}",
                                     "{image: app:1, in: eu-west-1, tags: [\"1\", latest, more]}"}),
              ElementsAre("holds: DIGEST in eu-west-1", "broken: SHORT in eu-west-1 has tags 1, latest",
                          "broken: SHORT in eu-west-1 has tags 1, latest"));
}

TEST(ExpectationImageTest, FindingsAreExactlyThese) {
  EXPECT_THAT(AtRest(kPush + kScan, {"{image: app:1, in: us-west-2, findings: {HIGH: 2}}",
                                     "{image: app:1, in: us-west-2, findings: {HIGH: 3}}",
                                     "{image: app:1, in: us-west-2, findings: {HIGH: 2, LOW: 1}}",
                                     "{image: app:1, in: eu-west-1, findings: {HIGH: 2}}"}),
              ElementsAre("holds: findings 2 HIGH in us-west-2", "broken: findings 2 HIGH in us-west-2",
                          "broken: findings 2 HIGH in us-west-2", "broken: no finished scan in eu-west-1"));
}

TEST(ExpectationImageTest, NoFindingsAndItsTwin) {
  EXPECT_THAT(AtRest(kPush + kScan, {"{image: app:1, in: eu-west-1, findings: none}",
                                     "{image: app:1, in: us-west-2, findings: none}"}),
              ElementsAre("holds: no findings in eu-west-1, where it was not scanned",
                          "broken: a scan in us-west-2 found 2 HIGH"));
}

TEST(ExpectationImageTest, AScanAtTheDestinationFindsForItself) {
  const std::string there =
      "  - StartImageScan: {repositoryName: app, imageId: {imageTag: \"1\"}}\n    in: eu-west-1\n";
  EXPECT_THAT(AtRest(kPush + kScan + kSettle + there, {"{image: app:1, in: eu-west-1, findings: none}",
                                                       "{image: app:1, in: eu-west-1, findings: {HIGH: 2}}"}),
              ElementsAre("broken: a scan in eu-west-1 found 2 HIGH", "holds: findings 2 HIGH in eu-west-1"));
}

TEST(ExpectationRepositoryTest, EverySettingHasItsTwin) {
  EXPECT_THAT(AtRest(kPush, {"{repository: app, in: eu-west-1, created_by: replication, template: none, "
                             "imageTagMutability: MUTABLE, encryptionType: AES256, scanOnPush: false, "
                             "repositoryPolicy: none, lifecyclePolicy: none, images: 1}",
                             "{repository: app, in: eu-west-1, created_by: client}",
                             "{repository: app, in: eu-west-1, template: team}",
                             "{repository: app, in: eu-west-1, imageTagMutability: IMMUTABLE}",
                             "{repository: app, in: eu-west-1, encryptionType: KMS}",
                             "{repository: app, in: eu-west-1, scanOnPush: true}",
                             "{repository: app, in: eu-west-1, images: 2}",
                             "{repository: app, in: eu-west-1, images_at_least: 2}",
                             "{repository: app, in: eu-west-1, images_at_most: 0}"}),
              ElementsAre("holds: created by replication, MUTABLE, AES256, 1 image", "broken: created by replication",
                          "broken: no creation template applied", "broken: imageTagMutability is MUTABLE",
                          "broken: encryptionType is AES256", "broken: scanOnPush is false", "broken: 1 image",
                          "broken: 1 image", "broken: 1 image"));
}

TEST(ExpectationRepositoryTest, PoliciesAndTemplatesHaveTheirTwins) {
  const std::string made = R"(  - CreateRepositoryCreationTemplate:
      prefix: team
      appliedFor: [REPLICATION]
      repositoryPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "ecr:*"}]}
      lifecyclePolicy: {rules: [{rulePriority: 1, selection: {tagStatus: untagged, countType: sinceImagePushed, countUnit: days, countNumber: 14}, action: {type: expire}}]}
    in: eu-west-1
  - CreateRepository: {repositoryName: team/app}
    in: us-west-2
  - push: team/app:1
    image: app
    to: us-west-2
)";
  EXPECT_THAT(AtRest(made, {"{repository: team/app, in: eu-west-1, template: team}",
                            "{repository: team/app, in: eu-west-1, template: none}",
                            "{repository: team/app, in: eu-west-1, repositoryPolicy: none}",
                            "{repository: team/app, in: eu-west-1, lifecyclePolicy: none}"}),
              ElementsAre("holds: created by replication, MUTABLE, AES256, 1 image", "broken: template team applied",
                          "broken: it has a repository policy", "broken: it has a lifecycle policy"));
}

TEST(ExpectationRepositoryTest, PresenceAndAbsenceHaveTheirTwins) {
  EXPECT_THAT(VerdictsOf(Played("  - expect: {repository: app, in: eu-west-1}\n"
                                "  - expect: {repository: app, in: eu-west-1, is: absent}\n"
                                "  - expect: {repository: app, in: us-west-2, is: absent}\n"
                                "  - expect: {repository: app, in: us-west-2, is: present}\n")),
              ElementsAre("broken: app does not exist in eu-west-1", "holds: app does not exist in eu-west-1",
                          "broken: app exists in us-west-2", "holds: created by client, MUTABLE, AES256, 0 images"));
}

TEST(ExpectationReplicationTest, EveryStatusHasItsTwin) {
  const std::string now = "  - expect: {replication: app:1, from: us-west-2, to: eu-west-1, status: ";
  EXPECT_THAT(VerdictsOf(Played(kPush + now + "IN_PROGRESS}\n" + now + "COMPLETE}\n" + now + "none}\n" + kSettle + now +
                                "COMPLETE}\n" + now + "IN_PROGRESS}\n" + now + "FAILED}\n" + now + "none}\n")),
              ElementsAre("holds: IN_PROGRESS for eu-west-1", "broken: IN_PROGRESS for eu-west-1",
                          "broken: IN_PROGRESS for eu-west-1", "holds: COMPLETE for eu-west-1",
                          "broken: COMPLETE for eu-west-1", "broken: COMPLETE for eu-west-1",
                          "broken: COMPLETE for eu-west-1"));
}

TEST(ExpectationReplicationTest, FailureIsTheCodeThatIsNamed) {
  const std::string steps = "  - fail: {step: admit}\n" + kPush;
  EXPECT_THAT(
      AtRest(steps + "  - settle: 60h\n",
             {"{replication: app:1, from: us-west-2, to: eu-west-1, status: FAILED, failure: RetriesExhausted}",
              "{replication: app:1, from: us-west-2, to: eu-west-1, status: FAILED, failure: AccessDenied}",
              "{replication: app:1, from: us-west-2, to: eu-west-1, status: COMPLETE}"}),
      ElementsAre("holds: FAILED (RetriesExhausted) for eu-west-1", "broken: FAILED (RetriesExhausted) for eu-west-1",
                  "broken: FAILED (RetriesExhausted) for eu-west-1"));
}

TEST(ExpectationReplicationTest, NoneIsForImagesThatAreThere) {
  const std::string before = "  - PutReplicationConfiguration: {rules: []}\n    in: us-west-2\n" + kPush;
  EXPECT_THAT(AtRest(before, {"{replication: app:1, from: us-west-2, status: none}",
                              "{replication: app:1, from: us-west-2, to: eu-west-1, status: COMPLETE}",
                              "{replication: app:2, from: us-west-2, status: none}"}),
              ElementsAre("holds: no replication status", "broken: no replication status for eu-west-1",
                          "broken: app:2 is not in us-west-2, so it has no replication status"));
}

TEST(ExpectationCallTest, AFailureThatIsNotNamedFailsTheRun) {
  const auto run = Played("  - CreateRepository: {repositoryName: app}\n    in: us-west-2\n");
  EXPECT_EQ(run.verdict, Verdict::kFail);
  EXPECT_THAT(VerdictsOf(run), ElementsAre("broken: failed with RepositoryAlreadyExistsException: The repository with "
                                           "name 'app' already exists in the registry with id '111122223333'"));
}

TEST(ExpectationCallTest, ANamedFailureHasItsTwins) {
  const std::string again = "  - CreateRepository: {repositoryName: app}\n    in: us-west-2\n    fails_with: ";
  EXPECT_THAT(
      VerdictsOf(Played(again + "RepositoryAlreadyExistsException\n" + again + "RepositoryNotFoundException\n")),
      ElementsAre("holds: The repository with name 'app' already exists in the registry with id '111122223333'",
                  "broken: failed with RepositoryAlreadyExistsException: The repository with name 'app' already "
                  "exists in the registry with id '111122223333'; expected RepositoryNotFoundException"));
  EXPECT_THAT(VerdictsOf(Played("  - CreateRepository: {repositoryName: web}\n    in: us-west-2\n    fails_with: "
                                "RepositoryAlreadyExistsException\n")),
              ElementsAre("broken: succeeded; expected RepositoryAlreadyExistsException"));
}

TEST(ExpectationCallTest, PushesAndPullsFailAsNamedToo) {
  EXPECT_THAT(VerdictsOf(Played("  - push: web:1\n    image: app\n    to: us-west-2\n"
                                "  - pull: app:1\n    from: us-west-2\n    fails_with: ImageNotFoundException\n"
                                "  - pull: app:1\n    from: us-west-2\n" +
                                kPush + "    fails_with: ImageAlreadyExistsException\n")),
              ElementsAre("broken: failed with RepositoryNotFoundException: The repository with name 'web' does not "
                          "exist in the registry with id '111122223333'",
                          "holds: Requested image not found",
                          "broken: failed with ImageNotFoundException: Requested image not found",
                          "broken: succeeded; expected ImageAlreadyExistsException"));
}

TEST(ExpectationCallTest, AnswersContainWhatIsNamed) {
  const std::string call = "  - DescribeRegistry: {}\n    in: eu-west-1\n    answers: ";
  const auto verdicts =
      VerdictsOf(Played(call + "{replicationConfiguration: {rules: []}}\n" + call + "{registryId: \"444455556666\"}\n" +
                        call + "{rules: []}\n" + call + "{replicationConfiguration: {rules: [{}]}}\n"));
  ASSERT_EQ(verdicts.size(), 4U);
  EXPECT_THAT(verdicts[0], testing::StartsWith("holds: {"));
  EXPECT_EQ(verdicts[1],
            "broken: the answer differs at /registryId: found \"111122223333\", expected \"444455556666\"");
  EXPECT_EQ(verdicts[2], "broken: the answer differs at /: 'rules' is missing");
  EXPECT_EQ(verdicts[3], "broken: the answer differs at /replicationConfiguration/rules: found 0 elements, expected 1");
}

TEST(ExpectationCallTest, NullInAnAnswerStandsForNoSuchMember) {
  const std::string call = "  - DescribeRegistry: {}\n    in: eu-west-1\n    answers: ";
  const auto verdicts = VerdictsOf(Played(call + "{policyText: null}\n" + call + "{registryId: null}\n"));
  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_THAT(verdicts[0], testing::StartsWith("holds: {"));
  EXPECT_EQ(verdicts[1], "broken: the answer differs at /: 'registryId' is \"111122223333\", expected no such member");
}

TEST(ExpectationCallTest, AFailureHasItsExactMessage) {
  const std::string again =
      "  - CreateRepository: {repositoryName: app}\n    in: us-west-2\n    fails_with: "
      "RepositoryAlreadyExistsException\n"
      "    message: ";
  const auto verdicts = VerdictsOf(
      Played(again + "The repository with name 'app' already exists in the registry with id '111122223333'\n" + again +
             "The repository with name 'app' already exists\n"));
  ASSERT_EQ(verdicts.size(), 3U) << "the exception itself is right both times";
  EXPECT_THAT(verdicts[0], testing::StartsWith("holds: "));
  EXPECT_THAT(verdicts[1], testing::StartsWith("holds: "));
  EXPECT_EQ(verdicts[2],
            "broken: the message is 'The repository with name 'app' already exists in the registry with id "
            "'111122223333'', expected 'The repository with name 'app' already exists'");
}

}  // namespace
}  // namespace crrsim
