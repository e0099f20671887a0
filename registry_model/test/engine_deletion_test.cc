// Deletions: how they are ordered with copies, tried again, and where they leave a destination.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
// RapidCheck wants GoogleTest first.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "registry_model/test/support/engine_fake_world.h"
#include "sim/random.h"

namespace crrsim::engine_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(EngineDeletionTest, ATagAloneGoesAndTheImageStays) {
  FakeWorld world(EngineOptions{});
  const auto image = ImageNamed("image", {"layer"});
  world.Push({image}, "a");
  world.Push({image}, "b");
  world.RunUntilIdle();
  world.Delete(image, "a");
  world.RunUntilIdle();
  EXPECT_EQ(world.Destination().tags.size(), 1u);
  EXPECT_EQ(world.Destination().tags.at("b"), image->digest);
  EXPECT_TRUE(world.Destination().manifests.contains(image->digest));
  EXPECT_THAT(world.Lines("job 3"), ElementsAre("180ms queued job 3 to eu-west-1", "180ms started job 3",
                                                "180ms ask delete job 3", "200ms ended job 3 COMPLETE"));
}

TEST(EngineDeletionTest, ADigestGoesWithAllItsTags) {
  FakeWorld world(EngineOptions{});
  const auto image = ImageNamed("image", {"layer"});
  world.Push({image}, "a");
  world.Push({image}, "b");
  world.RunUntilIdle();
  world.Delete(image, std::nullopt, {"a", "b"});
  world.RunUntilIdle();
  EXPECT_THAT(world.Destination().tags, IsEmpty());
  EXPECT_THAT(world.Destination().manifests, IsEmpty());
}

TEST(EngineDeletionTest, WaitsForTheCopyThatIsUnderWayAndALaterPushWaitsForIt) {
  FakeWorld world(EngineOptions{});
  const auto image = ImageNamed("image", {"layer"});
  world.Push({image}, "a");
  world.RunUntil(Instant() + Milliseconds(50));
  world.Delete(image, std::nullopt, {"a"});
  world.Push({image}, "a");
  EXPECT_THAT(world.engine().DescribeWaiting(),
              ElementsAre(testing::HasSubstr("job 1 "), testing::EndsWith("waits for job 1, which is ahead of it"),
                          testing::EndsWith("waits for job 2, which is ahead of it")));
  EXPECT_THAT(world.engine().DescribeWaiting()[1], testing::HasSubstr("deletion of mservice@"));
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("started"), ElementsAre("0s started job 1", "180ms started job 2", "200ms started job 3"));
  EXPECT_EQ(world.Destination().tags.at("a"), image->digest);
}

TEST(EngineDeletionTest, OfADigestWaitsForItsCopiesUnderAllTagsAndUntagged) {
  FakeWorld world(EngineOptions{});
  const auto image = ImageNamed("image", {"layer"});
  world.Push({image}, "a");
  world.Push({image}, "b");
  world.Push({image}, std::nullopt);
  world.Delete(image, std::nullopt, {"a"});  // b moved to another image meanwhile
  world.Push({ImageNamed("other", {})}, "z");
  world.RunUntilIdle();
  EXPECT_EQ(world.Count("ended job 5 COMPLETE"), 1u);
  std::vector<JobId> started;
  for (const auto& [when, report] : world.All<ReportStarted>()) started.push_back(report.job);
  EXPECT_THAT(started, ElementsAre(1u, 2u, 3u, 5u, 4u)) << "copies of one digest run side by side, its deletion last";
}

TEST(EngineDeletionTest, OfOtherTagsAndImagesGoesAhead) {
  FakeWorld world(EngineOptions{});
  world.on_transfer = [](const StartTransfer&) { return FakeTransfer{.takes = Minutes(1)}; };
  world.Push({ImageNamed("big", {"layer"})}, "a");
  world.Delete(ImageNamed("other", {}), "b");
  world.Delete(ImageNamed("third", {}), std::nullopt, {"c"});
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("ended job"),
              ElementsAre("20ms ended job 2 COMPLETE", "20ms ended job 3 COMPLETE", "1m80ms ended job 1 COMPLETE"));
}

TEST(EngineDeletionTest, OfAnIndexGoesBeforeItsChildren) {
  FakeWorld world(WithoutJitter());
  const auto a = ImageNamed("a", {"layer"});
  const auto b = ImageNamed("b", {"layer"});
  const auto index = IndexNamed("index", {a, b});
  world.Push({a, b, index}, "list");
  world.RunUntilIdle();
  int failures = 2;
  world.on_ask = [&](const Ask& ask) {
    return ask.replication->digest == index->digest && failures-- > 0 ? FailureCode::kTimedOut : FailureCode::kNone;
  };
  world.Delete(index, std::nullopt, {"list"});
  world.Delete(a, std::nullopt);
  world.Delete(b, std::nullopt);
  world.Push({a, b, index}, "list");
  world.RunUntilIdle();
  std::vector<JobId> ended;
  for (const auto& [when, report] : world.All<ReportEnded>()) ended.push_back(report.job);
  EXPECT_THAT(ended, ElementsAre(1u, 2u, 3u, 4u, 5u));
  EXPECT_EQ(world.Destination().manifests.size(), 3u);
}

TEST(EngineDeletionTest, IsTriedAgainLikeTheStepsOfACopyAndGivenUpLikeThem) {
  const auto image = ImageNamed("image", {});
  FakeWorld world(WithoutJitter());
  world.Push({image}, "a");
  world.RunUntilIdle();
  int failures = 3;
  world.on_ask = [&](const Ask&) { return failures-- > 0 ? FailureCode::kTimedOut : FailureCode::kNone; };
  world.Delete(image, "a");
  world.RunUntilIdle();
  EXPECT_THAT(world.Lines("failed delete"), ElementsAre("200ms failed delete job 2 attempt 1 TimedOut retry in 1s",
                                                        "1.22s failed delete job 2 attempt 2 TimedOut retry in 2s",
                                                        "3.24s failed delete job 2 attempt 3 TimedOut retry in 4s"));
  EXPECT_THAT(world.Destination().tags, IsEmpty());

  auto options = WithoutJitter();
  options.retry_give_up = Seconds(3);
  FakeWorld impatient(options);
  impatient.on_ask = [](const Ask&) { return FailureCode::kTimedOut; };
  impatient.Delete(image, "a");
  impatient.RunUntilIdle();
  EXPECT_THAT(impatient.Lines("ended"), ElementsAre("1.04s ended job 1 FAILED RetriesExhausted"));
}

TEST(EngineDeletionTest, ThatIsDeniedFailsAtOnceOrIsTriedAgainAsTheAssumptionSays) {
  for (const std::string denial : {"fail", "retry"}) {
    auto options = WithoutJitter();
    options.denial = denial;
    FakeWorld world(options);
    bool is_denied = true;
    world.on_ask = [&](const Ask&) {
      return std::exchange(is_denied, false) ? FailureCode::kAccessDenied : FailureCode::kNone;
    };
    world.Delete(ImageNamed("image", {}), "a");
    world.RunUntilIdle();
    EXPECT_EQ(world.Count("ended job 1 FAILED AccessDenied"), denial == "fail" ? 1u : 0u);
    EXPECT_EQ(world.Count("ended job 1 COMPLETE"), denial == "fail" ? 0u : 1u);
  }
}

TEST(EngineDeletionTest, GoesToEachDestinationByItself) {
  FakeWorld world(EngineOptions{});
  world.destinations.push_back(RegistryIn("ap-south-1"));
  const auto image = ImageNamed("image", {});
  world.Push({image}, "a");
  world.RunUntilIdle();
  world.on_ask = [&](const Ask& ask) {
    return ask.replication->destination == world.destinations[1] ? FailureCode::kAccessDenied : FailureCode::kNone;
  };
  world.Delete(image, "a");
  world.RunUntilIdle();
  EXPECT_FALSE(world.At(world.destinations[0], world.repository).tags.contains("a"));
  EXPECT_TRUE(world.At(world.destinations[1], world.repository).tags.contains("a"));
}

// ---- Wherever the races lead ----------------------------------------------------------------------------------------

/// A source's repository, to which random clients push and from which they delete, each change being replicated.
class RandomClients {
 public:
  explicit RandomClients(FakeWorld& world) : world_(world) {
    for (int i = 0; i < kImages; ++i)
      images_.push_back(ImageNamed(fmt::format("image{}", i), {"base", fmt::format("layer{}", i)}));
    images_.push_back(IndexNamed("index", {images_[0], images_[1]}));
  }

  /// `what` is any number: it chooses one of the changes that are possible now.
  void Do(std::uint32_t what) {
    const auto image = images_[what % images_.size()];
    const auto tag = fmt::format("tag{}", what / 16 % 3);
    switch (what / 64 % 4) {
      case 0:
      case 1:
        return Push(image, what % 7 == 0 ? std::nullopt : std::optional(tag));
      case 2:
        return Untag(tag);
      default:
        return Delete(image);
    }
  }

  [[nodiscard]] const std::map<std::string, Digest>& tags() const { return tags_; }
  [[nodiscard]] const std::set<Digest>& manifests() const { return manifests_; }
  [[nodiscard]] const ManifestPtr& index() const { return images_.back(); }
  [[nodiscard]] bool IsChild(const Digest& digest) const {
    return digest == images_[0]->digest || digest == images_[1]->digest;
  }

 private:
  static constexpr int kImages = 4;

  void Push(const ManifestPtr& image, const std::optional<std::string>& tag) {
    std::vector<ManifestPtr> closure;
    if (image == index()) {
      for (const auto& child : {images_[0], images_[1]}) {
        if (!manifests_.contains(child->digest)) return;  // PutImage would refuse
        closure.push_back(child);
      }
    }
    if (tag && tags_.contains(*tag) && tags_[*tag] == image->digest) return;
    closure.push_back(image);
    manifests_.insert(image->digest);
    if (tag) tags_[*tag] = image->digest;
    world_.Push(closure, tag);
  }

  void Untag(const std::string& tag) {
    const auto bound = tags_.find(tag);
    if (bound == tags_.end()) return;
    const auto image = *std::find_if(images_.begin(), images_.end(),
                                     [&](const ManifestPtr& one) { return one->digest == bound->second; });
    if (TagsOf(image->digest).size() == 1) return Delete(image);
    tags_.erase(bound);
    world_.Delete(image, tag);
  }

  void Delete(const ManifestPtr& image) {
    if (!manifests_.contains(image->digest)) return;
    if (IsChild(image->digest) && manifests_.contains(index()->digest)) return;
    const auto tags = TagsOf(image->digest);
    for (const auto& tag : tags) tags_.erase(tag);
    manifests_.erase(image->digest);
    world_.Delete(image, std::nullopt, tags);
  }

  [[nodiscard]] std::vector<std::string> TagsOf(const Digest& digest) const {
    std::vector<std::string> tags;
    for (const auto& [tag, bound] : tags_) {
      if (bound == digest) tags.push_back(tag);
    }
    return tags;
  }

  FakeWorld& world_;
  std::vector<ManifestPtr> images_;
  std::map<std::string, Digest> tags_;
  std::set<Digest> manifests_;
};

/// Steps fail before or after they take effect, transfers are slow, lost or damaged, and the delays differ.
void MakeHard(FakeWorld& world, RandomStream& chance) {
  world.on_ask = [&](const Ask&) {
    world.latency = chance.UniformDuration(Milliseconds(1), Milliseconds(200));
    return chance.Chance(1, 5) ? FailureCode::kTimedOut : FailureCode::kNone;
  };
  world.loses_answer = [&](const Ask&) { return chance.Chance(1, 6); };
  world.on_transfer = [&](const StartTransfer&) {
    return FakeTransfer{.takes = chance.UniformDuration(Milliseconds(1), Seconds(8)),
                        .is_damaged = chance.Chance(1, 6)};
  };
}

RC_GTEST_PROP(EngineDeletionProperty, WhereReplicationIsTheOnlyWriterTheDestinationEndsAsItsSource,
              (std::uint64_t seed, const std::vector<std::uint32_t>& changes)) {
  RandomStream chance(seed, "test");
  FakeWorld world({.seed = seed, .jobs_in_flight_max = chance.Between(1, 20)});
  RandomClients clients(world);
  MakeHard(world, chance);
  auto on_ask = world.on_ask;
  world.on_ask = [&](const Ask& ask) {
    // No index may lose a child.
    if (ask.step == JobStep::kDelete && !ask.replication->tag && clients.IsChild(ask.replication->digest)) {
      RC_ASSERT(!world.Destination().manifests.contains(clients.index()->digest));
    }
    return on_ask(ask);
  };
  for (const auto change : changes) {
    clients.Do(change);
    world.RunUntil(world.now() + chance.UniformDuration(Duration(), Seconds(6)));
  }
  world.RunUntilIdle();
  RC_ASSERT(world.Count("FAILED") == 0u);
  RC_ASSERT(world.Destination().tags == clients.tags());
  RC_ASSERT(world.Destination().manifests == clients.manifests());
}

TEST(EngineDeletionRaceTest, ThirtyLongRunsEndAsTheirSourcesAndAreHardOnes) {
  std::size_t waited = 0;
  std::size_t failed = 0;
  std::size_t deletions = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    RandomStream chance(seed, "test");
    FakeWorld world({.seed = seed, .jobs_in_flight_max = 5});
    RandomClients clients(world);
    MakeHard(world, chance);
    for (int i = 0; i < 60; ++i) {
      clients.Do(static_cast<std::uint32_t>(chance.Below(1 << 20)));
      world.RunUntil(world.now() + chance.UniformDuration(Duration(), Seconds(3)));
      for (const auto& line : world.engine().DescribeWaiting()) {
        if (line.find("deletion") != std::string::npos && line.ends_with("ahead of it")) ++waited;
      }
    }
    world.RunUntilIdle();
    ASSERT_EQ(world.Destination().tags, clients.tags()) << "seed " << seed;
    ASSERT_EQ(world.Destination().manifests, clients.manifests()) << "seed " << seed;
    failed += world.Count("failed delete");
    deletions += world.Count("ask delete");
  }
  EXPECT_GT(waited, 50u);
  EXPECT_GT(failed, 50u);
  EXPECT_GT(deletions, 200u);
}

}  // namespace
}  // namespace crrsim::engine_test
