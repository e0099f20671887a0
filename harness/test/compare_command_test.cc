// `crrsim compare`: a scenario at its end, at a label and at an instant; folders as the aws cli printed them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/test/support/command_bench.h"
#include "registry_model/oci/digest.h"

namespace crrsim {
namespace {

using testing::HasSubstr;

constexpr std::string_view kComparedScenario = R"(title: Before, during and after a copy
accounts: {shop: "111122223333", prod: "444455556666"}
regions: [us-west-2, eu-west-1]
network: aws-2026
images:
  api: {layers: [100MiB]}
  old: {layers: [1MiB]}
timeline:
  - CreateRepository: {repositoryName: api}
    in: shop/us-west-2
  - push: api:0
    image: old
    to: shop/us-west-2
  - PutReplicationConfiguration: {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}, {"region": "eu-west-1", "registryId": "444455556666"}]}]}
    in: shop/us-west-2
  - push: api:1
    image: api
    to: shop/us-west-2
    label: pushed
)";

class CompareCommandTest : public testing::Test {
 protected:
  CommandOutcome InScenario(std::vector<std::string> more, const std::string& to = "shop/eu-west-1") {
    std::vector<std::string> words = {
        "compare", folder_.Write("s.yaml", kComparedScenario), "--from", "shop/us-west-2", "--to", to};
    words.insert(words.end(), more.begin(), more.end());
    return InvokeCommand(words);
  }
  CommandOutcome Folders(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"compare", folder_.PathOf("a"), folder_.PathOf("b")};
    words.insert(words.end(), more.begin(), more.end());
    return InvokeCommand(words);
  }
  ScratchFolder folder_;
};

const std::string kDigest = Digest::Of("a").text();
const std::string kOtherDigest = Digest::Of("b").text();
const std::string kDetail = fmt::format(
    R"({{"registryId": "111122223333", "repositoryName": "api", "imageDigest": "{}", "imageTags": ["1"]}})", kDigest);

TEST_F(CompareCommandTest, AScenarioIsComparedWhileACopyIsUnderWayAndAtItsEnd) {
  const auto during = InScenario({"--at", "pushed"});
  EXPECT_EQ(during.code, 1) << during.err;
  EXPECT_THAT(during.out, HasSubstr("pending    api  sha256:"));
  EXPECT_THAT(during.out, HasSubstr("pushed before the rule was there"));
  EXPECT_THAT(during.out, HasSubstr("not ready: 0 of 2 images"));
  const auto end = InScenario({});
  EXPECT_EQ(end.code, 1);
  EXPECT_THAT(end.out, HasSubstr("not ready: 1 of 2 images and 1 of 2 tags"));
  EXPECT_THAT(InScenario({}, "prod/eu-west-1").out, HasSubstr("refused it (FAILED, AccessDenied)"));
}

TEST_F(CompareCommandTest, AnInstantStopsTheRunThere) {
  const auto start = InScenario({"--at", "0s", "--json"});
  EXPECT_EQ(start.code, 0) << start.err;
  const auto json = nlohmann::json::parse(start.out);
  EXPECT_EQ(json["images"]["source"], 0);
  const std::string at = json["at"];
  EXPECT_EQ(InScenario({"--at", at, "--json"}).out, start.out);
  const auto soon = nlohmann::json::parse(InScenario({"--at", "400ms", "--json"}).out);
  EXPECT_EQ(soon["counts"]["pending"], 1);
  EXPECT_EQ(soon["ready"], false);
  const auto late = nlohmann::json::parse(InScenario({"--at", "1h", "--json"}).out);
  EXPECT_EQ(late["counts"]["pending"], 0);
  EXPECT_EQ(late["images"]["same"], 1);
  const auto before = InScenario({"--at", "1990-01-01T00:00:00Z"});
  EXPECT_EQ(before.code, 2);
  EXPECT_THAT(before.err, HasSubstr("that is before the scenario starts, at 2026-01-01T00:00:00Z"));
}

TEST_F(CompareCommandTest, WrongUseIsSaid) {
  EXPECT_EQ(InScenario({"--at", "psuhed"}).code, 2);
  EXPECT_THAT(InScenario({"--at", "psuhed"}).err, HasSubstr("did you mean 'pushed'?"));
  folder_.Write("a/1.json", "{}");
  folder_.Write("b/1.json", "{}");
  const auto with_file = Folders({"--json", folder_.PathOf("out.json")});
  EXPECT_EQ(with_file.code, 2);
  EXPECT_THAT(with_file.err, HasSubstr("--json takes no file here; it prints on standard output"));
  EXPECT_EQ(InScenario({"--json", folder_.PathOf("out.json")}).err, with_file.err);
  const auto to = InScenario({}, "shop/eu-west-2");
  EXPECT_EQ(to.code, 2);
  EXPECT_THAT(to.err, HasSubstr("did you mean 'shop/eu-west-1'?"));
  EXPECT_EQ(InvokeCommand({"compare", folder_.PathOf("absent"), folder_.PathOf("b")}).code, 2);
  EXPECT_EQ(InvokeCommand({"compare", folder_.path()}).code, 2);
  EXPECT_EQ(InvokeCommand({"compare", folder_.Write("s.yaml", kComparedScenario)}).code, 2);
  EXPECT_EQ(InvokeCommand({"compare", folder_.Write("t.yaml", "title: 1"), "--from", "a", "--to", "b"}).code, 3);
}

TEST_F(CompareCommandTest, TheSampleFoldersAreNotReady) {
  const std::string samples = CRRSIM_SOURCE_DIR "/scenarios/compare/";
  const auto outcome = InvokeCommand({"compare", samples + "us-west-2", samples + "eu-west-1"});
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("tag latest"));
  EXPECT_THAT(outcome.out, HasSubstr("the tag is immutable at the destination"));
  EXPECT_THAT(outcome.out, HasSubstr("referrer of sha256:"));
  EXPECT_THAT(outcome.out, HasSubstr("no rule of 111122223333/us-west-2 takes tools to 111122223333/eu-west-1"));
  EXPECT_THAT(outcome.out, HasSubstr("not ready: 3 of 6 images and 3 of 6 tags"));
  EXPECT_THAT(outcome.out, HasSubstr("3 missing, 1 different, 1 extra, 1 setting"));
  const auto same = InvokeCommand({"compare", samples + "us-west-2", samples + "us-west-2", "--strict"});
  EXPECT_EQ(same.code, 0) << same.out;
}

TEST_F(CompareCommandTest, PagesInOneFileAndInSeveralAreOneRegistry) {
  const auto detail = [](const std::string& digest) {
    return fmt::format(R"({{"repositoryName": "api", "imageDigest": "{}"}})", digest);
  };
  folder_.Write("a/1.json", fmt::format("{{\"imageDetails\": [{}], \"nextToken\": \"x\"}}\n{{\"imageDetails\": [{}]}}",
                                        detail(kDigest), detail(kOtherDigest)));
  folder_.Write("b/deep/1.json", fmt::format("{{\"imageDetails\": [{}], \"NextToken\": \"x\"}}", detail(kOtherDigest)));
  folder_.Write("b/2.json", fmt::format("{{\"imageDetails\": [{}]}}", detail(kDigest)));
  const auto outcome = Folders({"--strict"});
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("2 of 2 images"));
}

TEST_F(CompareCommandTest, AListThatGoesOnIsNeverReady) {
  folder_.Write("a/1.json", fmt::format("{{\"imageDetails\": [{}], \"nextToken\": \"x\"}}", kDetail));
  folder_.Write("b/1.json", fmt::format("{{\"imageDetails\": [{}]}}", kDetail));
  const auto outcome = Folders();
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("the images of api go on behind the last page that is here"));
}

TEST_F(CompareCommandTest, ImagesThatWereNeverDescribedAreNeverReady) {
  const std::string listed = R"({"repositories": [{"repositoryName": "api"}, {"repositoryName": "web"}]})";
  folder_.Write("a/repositories.json", listed);
  folder_.Write("a/api.json", fmt::format("{{\"imageDetails\": [{}]}}", kDetail));
  folder_.Write("b/api.json", fmt::format("{{\"imageDetails\": [{}]}}", kDetail));
  const auto missing = Folders();
  EXPECT_EQ(missing.code, 3);
  EXPECT_THAT(missing.err, HasSubstr("what describe-images printed is missing of web"));
  folder_.Write("a/web.json", "");
  const auto empty = Folders();
  EXPECT_EQ(empty.code, 3);
  EXPECT_THAT(empty.err, HasSubstr("a/web.json:1:1: empty; expected what the aws cli printed"));
  folder_.Write("a/web.json", R"({"imageDetails": []})");
  EXPECT_EQ(Folders().code, 0);
}

TEST_F(CompareCommandTest, AnImageArchivedAtTheDestinationOfAWorldIsNotReady) {
  const auto scenario = folder_.Write("archived.yaml", fmt::format(R"({}  - settle: 1d
  - UpdateImageStorageClass: {{repositoryName: api, imageId: {{imageTag: "1"}}, targetStorageClass: ARCHIVE}}
    in: shop/eu-west-1
)",
                                                                   kComparedScenario));
  const auto outcome = InvokeCommand({"compare", scenario, "--from", "shop/us-west-2", "--to", "shop/eu-west-1"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("it is ARCHIVED at the destination and cannot be pulled there"));
}

TEST_F(CompareCommandTest, ExtraImagesCountOnlyWhereItIsStrict) {
  folder_.Write("a/1.json", R"({"imageDetails": []})");
  folder_.Write("b/1.json", fmt::format("{{\"imageDetails\": [{}]}}", kDetail));
  EXPECT_EQ(Folders().code, 0);
  EXPECT_EQ(Folders({"--strict"}).code, 1);
}

TEST_F(CompareCommandTest, WhatCannotBeReadIsNamed) {
  folder_.Write("b/1.json", fmt::format("{{\"imageDetails\": [{}]}}", kDetail));
  const auto refused = [&](std::string_view text) {
    folder_.Write("a/1.json", text);
    const auto outcome = Folders();
    EXPECT_EQ(outcome.code, 3) << text;
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  const auto described = [](std::string_view more) {
    return fmt::format(R"({{"imageDetails": [{{"repositoryName": "api", "imageDigest": "{}"{}}}]}})", kDigest, more);
  };
  EXPECT_THAT(refused("{\n \"imageDetails\": [,]}"), HasSubstr("a/1.json:2:19: "));
  EXPECT_THAT(refused("{\"imageDetails\": []}\n  {\"imageDetails\": 5}"),
              HasSubstr("a/1.json:2:20: /imageDetails: found a number (5), expected a list"));
  EXPECT_THAT(refused("[]"), HasSubstr("a/1.json:1:1: found an empty list, expected an object"));
  EXPECT_THAT(refused("{}"), HasSubstr("holds nothing that describe-images or describe-repositories printed"));
  EXPECT_THAT(
      refused(R"({"imageDetails": [{"imageDigest": "sha256:aa"}]})"),
      HasSubstr("1.json:1:19: /imageDetails/0: found no repositoryName, expected a repository name as the member"));
  EXPECT_THAT(refused(R"({"imageDetails": [{"repositoryName": "Api", "imageDigest": "sha256:aa"}]})"),
              HasSubstr("/imageDetails/0/repositoryName: found \"Api\", expected a repository name"));
  EXPECT_THAT(refused(R"({"imageDetails": [{"repositoryName": "api"}]})"), HasSubstr("found no imageDigest"));
  EXPECT_THAT(refused(R"({"imageDetails": [{"repositoryName": "api", "imageDigest": "sha256:aa"}]})"),
              HasSubstr("1.json:1:60: /imageDetails/0/imageDigest: found \"sha256:aa\", expected a digest"));
  EXPECT_THAT(refused(described(R"(, "imageTags": [1])")),
              HasSubstr("/imageDetails/0/imageTags/0: found a number (1), expected a tag"));
  EXPECT_THAT(refused(described(R"(, "imageTags": ["\u001b[31m"])")),
              HasSubstr("/imageDetails/0/imageTags/0: found \"\\u001b[31m\", expected a tag"));
  EXPECT_THAT(refused(described(R"(, "imageDigest": "sha256:aa")")), HasSubstr("/imageDetails/0/imageDigest: found "));
  EXPECT_THAT(refused(fmt::format(R"({{"imageDetails": [{}, {{"repositoryName": "api", "imageDigest": "{}"}}]}})",
                                  kDetail, kDigest)),
              HasSubstr("a second time, and described differently"));
  EXPECT_THAT(
      refused(fmt::format(R"({{"imageDetails": [{}, {{"repositoryName": "api", "imageDigest": "{}",
                                                             "imageTags": ["1"]}}]}})",
                          kDetail, kOtherDigest)),
      HasSubstr(fmt::format("1.json:2:76: /imageDetails/1/imageTags/0: found the tag 1 of {}, which names {} as "
                            "well, expected one image of api by that tag",
                            kOtherDigest, kDigest)));
  EXPECT_THAT(refused(R"({"repositories": [{"repositoryName": "ab",
                                             "repositoryArn": "arn:aws:ecr:us-west-2:111122223333:repository/ab"},
                                            {"repositoryName": "cd",
                                             "repositoryArn": "arn:aws:ecr:us-west-1:111122223333:repository/cd"}]})"),
              HasSubstr("found the registry 111122223333/us-west-1, expected 111122223333/us-west-2, of which other "
                        "documents here are"));
  EXPECT_THAT(
      refused(R"({"repositories": [{"repositoryName": "ab", "repositoryArn": "arn:aws:ecr:r:1:repository/ab"}]})"),
      HasSubstr("expected arn:aws:ecr:REGION:ACCOUNT:repository/ab"));
}

TEST_F(CompareCommandTest, WhatADocumentHoldsDoesNotSteerTheTerminal) {
  const auto repository = [](std::string_view mutability) {
    return fmt::format(R"({{"repositories": [{{"repositoryName": "api", "imageTagMutability": "{}"}}]}}
                          {{"imageDetails": [{}]}})",
                       mutability, kDetail);
  };
  folder_.Write("a/1.json", repository("MUTABLE"));
  folder_.Write("b/1.json", repository("\\u001b[31m\\n\\u009b"));
  const auto outcome = Folders();
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("imageTagMutability: MUTABLE here, \\u001b[31m\\u000a\\u009b there"));
}

}  // namespace
}  // namespace crrsim
