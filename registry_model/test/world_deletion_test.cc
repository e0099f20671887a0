// Deletions and lifecycle policies in a whole world: what goes where, who allows it, and what each assumption switches.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "registry_model/world/world.h"
#include "sim/random.h"

namespace crrsim::deletion_test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const RegistryKey kFrom{*AccountId::Parse("111122223333"), *RegionName::Parse("us-west-2")};
const RegistryKey kTo{*AccountId::Parse("111122223333"), *RegionName::Parse("eu-west-1")};
const RegistryKey kOther{*AccountId::Parse("444455556666"), *RegionName::Parse("eu-west-1")};
const RepositoryName kApp = *RepositoryName::Parse("app");

/// Two accounts in two regions; `app` of kFrom goes to `destination` with deleteReplication.
class DeletionWorldTest : public testing::Test {
 protected:
  explicit DeletionWorldTest(std::uint64_t seed = 1) { Restart({}, seed); }

  void Restart(const std::vector<std::pair<std::string, std::string>>& assumptions, std::uint64_t seed = 1,
               Duration jitter = Duration()) {
    WorldConfig config;
    config.seed = seed;
    config.start = Instant() + Days(20'000);
    config.accounts = {kFrom.account, kOther.account};
    for (const auto& region : {kFrom.region, kTo.region}) config.regions.push_back({region});
    for (const auto& [from, to] : {std::pair{kFrom.region, kTo.region}, {kTo.region, kFrom.region}}) {
      config.links.push_back({from, to, Milliseconds(70), jitter, BytesPerSecond::FromCount(1'000'000)});
    }
    for (const auto& [name, value] : assumptions) EXPECT_TRUE(config.assumptions.Set(name, value).ok()) << name;
    world_ = std::make_unique<World>(config);
    Call(kFrom, "CreateRepository", {{"repositoryName", "app"}});
    ReplicateTo(kTo);
  }

  json Call(const RegistryKey& registry, std::string_view operation, const json& request) {
    const auto answer = world_->ApplyJson(Caller::RootOf(registry), operation, request);
    EXPECT_TRUE(answer.ok()) << operation << ": " << answer.error().message;
    return answer ? *answer : json();
  }
  static json RuleTo(const RegistryKey& destination, bool deletes) {
    return {{"destinations", {{{"region", destination.region.text()}, {"registryId", destination.account.text()}}}},
            {"deleteReplication", {{"enabled", deletes}}}};
  }
  void ReplicateTo(const RegistryKey& destination, const json& more = json::array()) {
    json rules = json::array({RuleTo(destination, true)});
    for (const auto& rule : more) rules.push_back(rule);
    Call(kFrom, "PutReplicationConfiguration", {{"replicationConfiguration", {{"rules", rules}}}});
  }

  /// Pushes an image of config and two layers of its own; equal names are equal images.
  Digest Push(const RegistryKey& registry, const std::string& name, const std::string& tag = "",
              const std::string& subject = "") {
    nlohmann::ordered_json manifest = {{"schemaVersion", 2}, {"mediaType", media_type::kOciManifest}};
    const auto blob = [&](const std::string& text, std::int64_t size, std::string_view type) {
      const Blob content{Digest::Of(text), ByteCount::FromBytes(size), nullptr};
      EXPECT_TRUE(
          world_->Apply(Caller::RootOf(registry), registry, UploadBlobRequest{std::nullopt, "app", content}).ok());
      return nlohmann::ordered_json{{"mediaType", type}, {"digest", content.digest.text()}, {"size", size}};
    };
    manifest["config"] = blob(name + " config", 1'000, media_type::kOciConfig);
    manifest["layers"] = {blob(name + " a", 500'000, media_type::kOciLayer),
                          blob(name + " b", 600'000, media_type::kOciLayer)};
    if (!subject.empty()) {
      manifest["subject"] = {{"mediaType", media_type::kOciManifest}, {"digest", subject}, {"size", 500}};
    }
    return Put(registry, manifest.dump(), tag);
  }
  Digest Put(const RegistryKey& registry, const std::string& text, const std::string& tag) {
    const auto manifest = *ParseManifest(text, "");
    PutParsedImageRequest put{std::nullopt, "app", manifest, std::nullopt};
    if (!tag.empty()) put.image_tag = tag;
    const auto answer = world_->Apply(Caller::RootOf(registry), registry, put);
    EXPECT_TRUE(answer.ok()) << answer.error().message;
    return manifest->digest;
  }
  Digest PushIndex(const RegistryKey& registry, const Digest& child, const std::string& tag) {
    const json index = {
        {"schemaVersion", 2},
        {"mediaType", media_type::kOciIndex},
        {"manifests", {{{"mediaType", media_type::kOciManifest}, {"digest", child.text()}, {"size", 500}}}}};
    return Put(registry, index.dump(), tag);
  }
  void Delete(const RegistryKey& registry, const json& id) {
    const auto answer =
        Call(registry, "BatchDeleteImage", {{"repositoryName", "app"}, {"imageIds", json::array({id})}});
    EXPECT_TRUE(answer["failures"].empty()) << answer.dump();
  }
  void DeleteTag(const std::string& tag) { Delete(kFrom, {{"imageTag", tag}}); }
  void DeleteDigest(const Digest& digest) { Delete(kFrom, {{"imageDigest", digest.text()}}); }
  void Settle() { EXPECT_EQ(world_->RunUntilIdle(world_->now() + Days(3)), RunEnd::kIdle); }

  [[nodiscard]] const Repository* At(const RegistryKey& registry) const {
    return world_->FindRegistry(registry)->Find(kApp);
  }
  [[nodiscard]] std::vector<std::string> TagsAt(const RegistryKey& registry) const {
    std::vector<std::string> tags;
    At(registry)->tags.ForEachSorted([&](const Tag& tag, const Digest&) { tags.push_back(tag.text()); });
    return tags;
  }
  [[nodiscard]] bool IsAt(const RegistryKey& registry, const Digest& digest) const {
    return At(registry)->FindImage(digest) != nullptr;
  }

  std::unique_ptr<World> world_;
};

TEST_F(DeletionWorldTest, OverlappingRulesReplicateIfAnyOrOnlyIfAllSaySo) {
  for (const std::string value : {"any-rule", "all-rules"}) {
    Restart({{"delete_overlapping_rules", value}});
    ReplicateTo(kTo, json::array({RuleTo(kTo, false)}));
    const auto image = Push(kFrom, "image", "v1");
    Settle();
    DeleteTag("v1");
    Settle();
    EXPECT_EQ(IsAt(kTo, image), value == "all-rules");
    EXPECT_TRUE(world_->assumptions().consulted(Assumption::kDeleteOverlappingRules));
  }
}

TEST_F(DeletionWorldTest, ADeletedRepositoryTakesCopiesAlongOnlyByAssumption) {
  for (const std::string value : {"not-replicated", "replicated"}) {
    Restart({{"delete_repository", value}});
    const auto child = Push(kFrom, "child");
    PushIndex(kFrom, child, "list");
    Settle();
    EXPECT_EQ(At(kTo)->images.size(), 2U);
    Call(kFrom, "DeleteRepository", {{"repositoryName", "app"}, {"force", true}});
    Settle();
    EXPECT_EQ(At(kTo)->images.size(), value == "replicated" ? 0U : 2U);
  }
}

TEST_F(DeletionWorldTest, ADestinationsOwnTagsGoOrKeepTheImage) {
  for (const std::string value : {"deleted", "kept"}) {
    Restart({{"delete_destination_tags", value}});
    const auto image = Push(kFrom, "image", "v1");
    Settle();
    Push(kTo, "image", "own");
    DeleteTag("v1");
    Settle();
    if (value == "kept") {
      EXPECT_THAT(TagsAt(kTo), ElementsAre("own"));
    } else {
      EXPECT_FALSE(IsAt(kTo, image));
    }
  }
}

TEST_F(DeletionWorldTest, ATagThatNamesAnotherImageGoesByAssumptionFromReplicatedImagesOnly) {
  struct Row {
    std::string value;
    bool from_replicated;
    bool from_own;
  };
  for (const auto& row :
       {Row{"replicated-images", true, false}, {"same-image", false, false}, {"any-image", true, true}}) {
    for (const bool is_own : {false, true}) {
      Restart({{"delete_moved_tag", row.value}});
      Push(kFrom, "image", "v1");
      Push(kFrom, "image", "keep");
      const auto other = Push(kFrom, "other", "w");
      Settle();
      const auto bound = Push(kTo, is_own ? "own" : "other", "v1");
      EXPECT_EQ(bound == other, !is_own);
      DeleteTag("v1");
      Settle();
      const bool goes = is_own ? row.from_own : row.from_replicated;
      EXPECT_EQ(At(kTo)->tags.Find(*Tag::Parse("v1")) == nullptr, goes) << row.value << is_own;
      EXPECT_TRUE(IsAt(kTo, bound)) << "only the tag goes";
    }
  }
}

TEST_F(DeletionWorldTest, AnImageThatAnIndexOfTheDestinationListsLosesItsTagsAndStays) {
  const auto image = Push(kFrom, "image", "v1");
  Settle();
  PushIndex(kTo, image, "own-list");
  DeleteDigest(image);
  Settle();
  EXPECT_TRUE(IsAt(kTo, image));
  EXPECT_THAT(TagsAt(kTo), ElementsAre("own-list"));
}

TEST_F(DeletionWorldTest, WhatIsAbsentAtTheDestinationIsNoFailure) {
  const auto image = Push(kFrom, "image", "v1");
  Settle();
  Call(kTo, "DeleteRepository", {{"repositoryName", "app"}, {"force", true}});
  DeleteDigest(image);
  Settle();
  EXPECT_EQ(At(kTo), nullptr) << "a deletion creates no repository";
  Push(kFrom, "second", "v2");
  Settle();
  Delete(kTo, {{"imageTag", "v2"}});
  DeleteTag("v2");
  Settle();
  EXPECT_THAT(TagsAt(kTo), IsEmpty());
}

TEST_F(DeletionWorldTest, AnotherAccountAllowsItByReplicateImageOrByBatchDeleteImage) {
  for (const auto& [value, action, goes] : {std::tuple{"replicate-image", "ecr:ReplicateImage", true},
                                            {"replicate-image", "ecr:BatchDeleteImage", false},
                                            {"batch-delete-image", "ecr:ReplicateImage", false},
                                            {"batch-delete-image", "ecr:BatchDeleteImage", true}}) {
    Restart({{"delete_permission", value}});
    ReplicateTo(kOther);
    const auto allow = [&](const json& actions) {
      const json policy = {
          {"Version", "2012-10-17"},
          {"Statement",
           {{{"Effect", "Allow"}, {"Principal", {{"AWS", "111122223333"}}}, {"Action", actions}, {"Resource", "*"}}}}};
      Call(kOther, "PutRegistryPolicy", {{"policyText", policy.dump()}});
    };
    allow({"ecr:ReplicateImage", "ecr:CreateRepository"});
    const auto image = Push(kFrom, "image", "v1");
    Settle();
    EXPECT_TRUE(IsAt(kOther, image));
    allow(action);
    DeleteDigest(image);
    Settle();
    EXPECT_EQ(IsAt(kOther, image), !goes) << value << " " << action;
  }
}

TEST_F(DeletionWorldTest, ASourceThatIsEmptyBeforeItsCopyStartsFailsTheCopyOnceAndLeavesNothing) {
  const auto image = Push(kFrom, "image", "v1");
  DeleteDigest(image);
  Settle();
  EXPECT_FALSE(IsAt(kTo, image));
  EXPECT_EQ(world_->engine().active_jobs(), 0U);
}

TEST_F(DeletionWorldTest, WhateverFailsTheDestinationEndsWithTheTagsOfItsSource) {
  // Delays beyond the request's timeout: what comes too late must not undo what came after it.
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Restart({}, seed, Seconds(14));
    RandomStream chance(seed, "test");
    world_->BeginFault("fail", StepFault{JobStep::kDelete, FailureCode::kInjected, {}, {}, 1, 4});
    world_->BeginFault("fail", StepFault{JobStep::kBindTag, FailureCode::kInjected, {}, {}, 2, 4});
    for (int i = 0; i < 14; ++i) {
      const auto tag = fmt::format("t{}", chance.Below(3));
      const auto* bound = At(kFrom)->tags.Find(*Tag::Parse(tag));
      if (bound != nullptr && chance.Chance(1, 3)) {
        DeleteTag(tag);
      } else if (bound != nullptr && chance.Chance(1, 3)) {
        DeleteDigest(*bound);
      } else {
        const auto name = fmt::format("image{}", chance.Below(3));
        const auto before = At(kFrom)->tags.Find(*Tag::Parse(tag));
        const auto* same = before == nullptr ? nullptr : At(kFrom)->FindImage(*before);
        if (same == nullptr || same->manifest->blobs.front().digest != Digest::Of(name + " config"))
          Push(kFrom, name, tag);
      }
      world_->RunUntil(world_->now() + chance.UniformDuration(Duration(), Seconds(40)));
    }
    Settle();
    ASSERT_EQ(TagsAt(kTo), TagsAt(kFrom)) << "seed " << seed;
    for (const auto& tag : TagsAt(kFrom)) {
      EXPECT_EQ(*At(kTo)->tags.Find(*Tag::Parse(tag)), *At(kFrom)->tags.Find(*Tag::Parse(tag))) << seed;
    }
  }
}

// ---- Lifecycle policies ---------------------------------------------------------------------------------------------

std::string KeepPolicy(int count) {
  return fmt::format(
      R"({{"rules":[{{"rulePriority":1,"selection":{{"tagStatus":"any","countType":"imageCountMoreThan",)"
      R"("countNumber":{}}},"action":{{"type":"expire"}}}}]}})",
      count);
}

TEST_F(DeletionWorldTest, APolicyIsEvaluatedADayAfterItsPutAndEachDayAndNobodyWaitsForIt) {
  Push(kFrom, "one", "v1");
  world_->RunUntil(world_->now() + Seconds(1));
  Push(kFrom, "two", "v2");
  Settle();
  const auto put_at = world_->now();
  Call(kFrom, "PutLifecyclePolicy", {{"repositoryName", "app"}, {"lifecyclePolicyText", KeepPolicy(1)}});
  Settle();
  EXPECT_EQ(world_->now(), put_at) << "an evaluation to come keeps no world busy";
  EXPECT_TRUE(world_->IsIdle());
  world_->RunUntil(put_at + Days(1) - Nanoseconds(1));
  EXPECT_EQ(At(kFrom)->images.size(), 2U);
  world_->RunUntil(put_at + Days(1));
  EXPECT_EQ(At(kFrom)->images.size(), 1U);
  EXPECT_EQ(At(kFrom)->lifecycle.evaluated_at, put_at + Days(1));
  EXPECT_FALSE(world_->IsIdle()) << "its deletion travels";
  Settle();
  EXPECT_THAT(TagsAt(kTo), ElementsAre("v2"));
  Push(kFrom, "three", "v3");
  world_->RunUntil(put_at + Days(2));
  EXPECT_THAT(TagsAt(kFrom), ElementsAre("v3"));
}

TEST_F(DeletionWorldTest, AReplacedPolicyBeginsItsDayAnewAndADeletedOneEndsItAll) {
  Push(kFrom, "one", "v1");
  Push(kFrom, "two", "v2");
  const auto put = [&](int count) {
    Call(kFrom, "PutLifecyclePolicy", {{"repositoryName", "app"}, {"lifecyclePolicyText", KeepPolicy(count)}});
  };
  put(1);
  world_->RunUntil(world_->now() + Hours(20));
  put(1);
  world_->RunUntil(world_->now() + Hours(20));
  EXPECT_EQ(At(kFrom)->images.size(), 2U);
  Call(kFrom, "DeleteLifecyclePolicy", {{"repositoryName", "app"}});
  world_->RunUntil(world_->now() + Days(3));
  EXPECT_EQ(At(kFrom)->images.size(), 2U);
  put(1);
  Call(kFrom, "DeleteRepository", {{"repositoryName", "app"}, {"force", true}});
  Call(kFrom, "CreateRepository", {{"repositoryName", "app"}});
  Push(kFrom, "one", "v1");
  Push(kFrom, "two", "v2");
  world_->RunUntil(world_->now() + Days(3));
  EXPECT_EQ(At(kFrom)->images.size(), 2U) << "a new repository of the same name has no policy";
}

TEST_F(DeletionWorldTest, APolicyOfACreationTemplateCountsFromTheCreation) {
  Call(kTo, "CreateRepositoryCreationTemplate",
       {{"prefix", "ROOT"}, {"appliedFor", {"REPLICATION"}}, {"lifecyclePolicy", KeepPolicy(1)}});
  Push(kFrom, "one", "v1");
  Settle();
  Push(kFrom, "two", "v2");
  Settle();
  EXPECT_EQ(At(kTo)->images.size(), 2U);
  world_->RunUntil(At(kTo)->created_at + Days(1));
  EXPECT_THAT(TagsAt(kTo), ElementsAre("v2"));
  EXPECT_EQ(At(kFrom)->images.size(), 2U) << "the destination's policy is its own";
}

TEST_F(DeletionWorldTest, ReferrersGoWithTheSubjectThatWasDeletedAndNoOthers) {
  Call(kFrom, "PutLifecyclePolicy", {{"repositoryName", "app"}, {"lifecyclePolicyText", KeepPolicy(50)}});
  const auto subject = Push(kFrom, "subject", "v1");
  const auto signature = Push(kFrom, "signature", "", subject.text());
  const auto of_signature = Push(kFrom, "of-signature", "", signature.text());
  const auto waiting = Push(kFrom, "waiting", "", Digest::Of("not pushed yet").text());
  world_->RunUntil(world_->now() + Days(1));
  EXPECT_EQ(At(kFrom)->images.size(), 4U);
  DeleteDigest(subject);
  EXPECT_TRUE(IsAt(kFrom, signature));
  world_->RunUntil(world_->now() + Days(1));
  EXPECT_FALSE(IsAt(kFrom, signature));
  EXPECT_FALSE(IsAt(kFrom, of_signature));
  EXPECT_TRUE(IsAt(kFrom, waiting)) << "its subject never was there";
}

TEST_F(DeletionWorldTest, SavedAndLoadedBetweenAnyTwoEventsItGoesOnAlike) {
  Push(kFrom, "one", "v1");
  Push(kFrom, "two", "v2");
  Push(kFrom, "two", "v3");
  Call(kFrom, "PutLifecyclePolicy", {{"repositoryName", "app"}, {"lifecyclePolicyText", KeepPolicy(1)}});
  Call(kFrom, "StartLifecyclePolicyPreview", {{"repositoryName", "app"}});
  DeleteTag("v3");
  const auto end = world_->now() + Days(3);
  auto expected = *world_;
  expected.RunUntil(end);
  EXPECT_EQ(expected.FindRegistry(kFrom)->Find(kApp)->images.size(), 1U);
  for (int step = 0; world_->NextInstant() && *world_->NextInstant() <= end; ++step) {
    auto loaded = World::Load(world_->Save());
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    EXPECT_EQ(loaded->StateHashValue(), world_->StateHashValue());
    loaded->RunUntil(end);
    EXPECT_EQ(loaded->run_digest().value(), expected.run_digest().value()) << "loaded at step " << step;
    EXPECT_EQ(loaded->StateHashValue(), expected.StateHashValue()) << step;
    world_->Step();
  }
}

}  // namespace
}  // namespace crrsim::deletion_test
