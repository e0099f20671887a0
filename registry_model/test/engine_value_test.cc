// The engine as a value: cloned, saved, loaded and hashed at any moment.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "registry_model/test/support/engine_fake_world.h"
#include "sim/random.h"

namespace crrsim::engine_test {
namespace {

std::string SavedBytes(const ReplicationEngine& engine) {
  Writer writer;
  engine.Save(writer);
  return writer.TakeBytes();
}

std::unique_ptr<ReplicationEngine> Loaded(const std::string& bytes) {
  auto engine = MakeStandardEngine(EngineOptions{});
  Reader reader(bytes);
  engine->Load(reader);
  EXPECT_TRUE(reader.at_end());
  return engine;
}

Hash128 HashAt(const ReplicationEngine& engine, Instant now) {
  StateHash hash;
  engine.AddTo(hash, now);
  return hash.value();
}

std::vector<std::string> Texts(const std::vector<EngineAction>& actions) {
  std::vector<std::string> texts;
  for (const auto& action : actions) texts.push_back(FullText(action));
  return texts;
}

/// Runs three engines side by side: one as it is, one that is saved and loaded, one that is cloned, before every input.
class SideBySide final : public ReplicationEngine {
 public:
  explicit SideBySide(const EngineOptions& options)
      : plain_(MakeStandardEngine(options)), loaded_(plain_->Clone()), cloned_(plain_->Clone()) {}

  void Handle(Instant now, const EngineInput& input, std::vector<EngineAction>& actions) override {
    loaded_ = Loaded(SavedBytes(*loaded_));
    cloned_ = cloned_->Clone();
    std::vector<EngineAction> plain_actions;
    std::vector<EngineAction> loaded_actions;
    std::vector<EngineAction> cloned_actions;
    plain_->Handle(now, input, plain_actions);
    loaded_->Handle(now, input, loaded_actions);
    cloned_->Handle(now, input, cloned_actions);
    EXPECT_EQ(Texts(plain_actions), Texts(loaded_actions)) << "after saving and loading, input " << inputs;
    EXPECT_EQ(Texts(plain_actions), Texts(cloned_actions)) << "after cloning, input " << inputs;
    const auto hash = HashAt(*plain_, now);
    EXPECT_EQ(hash, HashAt(*loaded_, now));
    EXPECT_EQ(hash, HashAt(*cloned_, now));
    EXPECT_EQ(SavedBytes(*plain_), SavedBytes(*loaded_));
    const auto lines = plain_->DescribeWaiting();
    EXPECT_EQ(lines, loaded_->DescribeWaiting());
    EXPECT_EQ(lines.size(), plain_->active_jobs());
    for (const auto& line : lines) {
      EXPECT_FALSE(line.ends_with("waits for ")) << line;
      if (line.find("ahead of it") != std::string::npos) ++behind;
    }
    ++inputs;
    for (auto& action : plain_actions) actions.push_back(std::move(action));
  }
  [[nodiscard]] std::size_t active_jobs() const override { return plain_->active_jobs(); }
  [[nodiscard]] std::vector<std::string> DescribeWaiting() const override { return plain_->DescribeWaiting(); }
  [[nodiscard]] std::unique_ptr<ReplicationEngine> Clone() const override { return plain_->Clone(); }
  void Save(Writer& writer) const override { plain_->Save(writer); }
  void Load(Reader& reader) override { plain_->Load(reader); }
  void AddTo(StateHash& hash, Instant now) const override { plain_->AddTo(hash, now); }

  std::size_t inputs = 0;
  std::size_t behind = 0;  // lines of jobs behind another in their lane

 private:
  std::unique_ptr<ReplicationEngine> plain_;
  std::unique_ptr<ReplicationEngine> loaded_;
  std::unique_ptr<ReplicationEngine> cloned_;
};

/// Pushes at random instants over a small pool of layers, tags, repositories and registries, so that jobs share blobs,
/// lanes and places; every step fails now and then, for a while or for good, and content is lost.
class RandomPushes {
 public:
  RandomPushes(FakeWorld& world, std::uint64_t seed) : world_(world), chance_(seed, "test") {
    world.on_ask = [this](const Ask& ask) { return Fate(ask); };
    world.on_transfer = [this](const StartTransfer&) {
      FakeTransfer fate{.takes = chance_.UniformDuration(Milliseconds(1), Seconds(2))};
      fate.is_damaged = chance_.Chance(1, 10);
      if (!fate.is_damaged && chance_.Chance(1, 10)) fate.failure = FailureCode::kTimedOut;
      if (!fate.is_damaged && chance_.Chance(1, 100)) fate.failure = FailureCode::kSourceImageNotFound;
      return fate;
    };
    world.has_rivals = true;
    for (int i = 0; i < 50; ++i) {
      const auto when = Instant() + chance_.UniformDuration(Duration(), Seconds(25));
      const auto push = Push(fmt::format("{}-{}", seed, i));
      world.PushAt(when, push);
      if (chance_.Chance(1, 3)) {
        world.DeleteAt(when + chance_.UniformDuration(Duration(), Seconds(5)), DeletionOf(push));
      }
    }
  }

 private:
  FailureCode Fate(const Ask& ask) {
    world_.latency = chance_.UniformDuration(Milliseconds(1), Milliseconds(80));
    auto& there = world_.At(ask.replication->destination, ask.replication->repository);
    if (ask.step == JobStep::kPutManifest && !there.blobs.empty() && chance_.Chance(1, 8)) {
      there.blobs.erase(there.blobs.begin());
    }
    if (chance_.Chance(1, 100)) return FailureCode::kAccessDenied;
    if (chance_.Chance(1, 12)) return FailureCode::kTimedOut;
    return FailureCode::kNone;
  }

  ManifestPtr Image(const std::string& name) {
    std::vector<std::string> layers;
    for (auto count = chance_.Between(0, 4); count > 0; --count) {
      const auto layer = fmt::format("pool{}", chance_.Below(12));
      if (std::find(layers.begin(), layers.end(), layer) == layers.end()) layers.push_back(layer);
    }
    return ImageNamed(name, layers);
  }

  ImageAccepted Push(const std::string& name) {
    constexpr std::array<std::string_view, 3> kRegions = {"us-west-2", "eu-west-1", "ap-south-1"};
    const auto source = chance_.Below(3);
    ImageAccepted push;
    push.source = RegistryIn(kRegions[source]);
    push.repository = RepositoryNamed(fmt::format("repo{}", chance_.Below(2)));
    if (chance_.Chance(3, 4)) push.tag = *Tag::Parse(fmt::format("tag{}", chance_.Below(3)));
    push.destinations = {RegistryIn(kRegions[(source + 1) % 3])};
    if (chance_.Chance(1, 2)) push.destinations.push_back(RegistryIn(kRegions[(source + 2) % 3]));
    if (chance_.Chance(1, 3)) {
      const auto a = Image("a" + name);
      const auto b = Image("b" + name);
      push.manifests = {a, b, IndexNamed("list" + name, {a, b})};
    } else {
      push.manifests = {Image("image" + name)};
    }
    return push;
  }

  /// Of the tag alone, or of the image with its tag and perhaps another.
  DeletionAccepted DeletionOf(const ImageAccepted& push) {
    DeletionAccepted deletion{push.source, push.repository, push.manifests.back(), push.tag, {}, push.destinations};
    if (push.tag && chance_.Chance(1, 2)) return deletion;
    if (push.tag) deletion.tags = {*push.tag, *Tag::Parse("tag9")};
    deletion.tag.reset();
    return deletion;
  }

  FakeWorld& world_;
  RandomStream chance_;
};

class EngineValueRunTest : public testing::TestWithParam<std::string> {};

TEST_P(EngineValueRunTest, SavedLoadedOrClonedBeforeEveryInputItGoesOnEqually) {
  std::map<std::string, std::size_t> seen;
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const EngineOptions options{.seed = seed,
                                .jobs_in_flight_max = 3,
                                .transfers_per_job_max = 2,
                                .retry_cap = Seconds(8),
                                .retry_give_up = Seconds(40),
                                .job_order = GetParam()};
    FakeWorld world(options);
    auto engine = std::make_unique<SideBySide>(options);
    const auto& observed = *engine;
    world.ReplaceEngine(std::move(engine));
    const RandomPushes pushes(world, seed);
    world.RunUntilIdle();
    seen["inputs"] += observed.inputs;
    seen["behind"] += observed.behind;
    for (const std::string what :
         {"ContentMissing", "DigestMismatch", "AccessDenied", "FAILED", "cancel", "COMPLETE"}) {
      seen[what] += world.Count(what);
    }
  }
  // The runs were hard enough to mean something.
  EXPECT_GT(seen["inputs"], 2000u);
  EXPECT_GT(seen["ContentMissing"], 5u);
  EXPECT_GT(seen["DigestMismatch"], 30u);
  EXPECT_GT(seen["AccessDenied"], 2u);
  EXPECT_GT(seen["FAILED"], 6u);
  EXPECT_GT(seen["cancel"], 0u);
  EXPECT_GT(seen["COMPLETE"], 150u);
  EXPECT_EQ(seen["behind"] > 0, GetParam() != "concurrent");
}

INSTANTIATE_TEST_SUITE_P(JobOrder, EngineValueRunTest, testing::Values("per-tag", "concurrent", "per-destination"),
                         [](const testing::TestParamInfo<std::string>& run) {
                           auto name = run.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// ---- Damaged bytes --------------------------------------------------------------------------------------------------

/// A world with jobs in many states: waiting behind another, for a place, moving, putting, retrying.
void FillWithJobs(FakeWorld& world) {
  world.on_transfer = [](const StartTransfer& start) {
    return FakeTransfer{.takes = Seconds(1), .is_damaged = NameOfDigest(start.blob) == "bad"};
  };
  world.Push({ImageNamed("one", {"shared", "bad"})}, "a");
  world.Push({ImageNamed("two", {"shared"})}, "b");
  world.Push({ImageNamed("three", {})}, "a");
  world.Push({ImageNamed("four", {})}, "c");
  world.RunUntil(Instant() + Milliseconds(1041));
}

EngineOptions TwoPlaces() { return {.jobs_in_flight_max = 2}; }

TEST(EngineValueTest, CutBytesAreRefusedAndChangeNothing) {
  FakeWorld world(TwoPlaces());
  FillWithJobs(world);
  const auto bytes = SavedBytes(world.engine());
  auto engine = MakeStandardEngine(TwoPlaces());
  std::vector<EngineAction> actions;
  engine->Handle(Instant(),
                 ImageAccepted{world.source, world.repository, {ImageNamed("x", {})}, {}, world.destinations}, actions);
  const auto before = SavedBytes(*engine);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Reader reader(std::string_view(bytes).substr(0, size));
    ASSERT_THROW(engine->Load(reader), ArchiveError) << size;
    ASSERT_EQ(SavedBytes(*engine), before);
  }
}

TEST(EngineValueTest, ADamagedByteIsRefusedOrLoadsSomethingSound) {
  FakeWorld world(TwoPlaces());
  FillWithJobs(world);
  const auto bytes = SavedBytes(world.engine());
  std::size_t refused = 0;
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    auto damaged = bytes;
    damaged[place] = static_cast<char>(damaged[place] ^ 0x15);
    const auto engine = MakeStandardEngine(EngineOptions{});
    Reader reader(damaged);
    try {
      engine->Load(reader);
    } catch (const ArchiveError&) {
      ++refused;
      continue;
    }
    EXPECT_NO_THROW((void)engine->DescribeWaiting()) << "byte " << place;
    EXPECT_NO_THROW((void)SavedBytes(*engine)) << "byte " << place;
    EXPECT_NO_THROW((void)HashAt(*engine, world.now())) << "byte " << place;
  }
  EXPECT_GT(refused, bytes.size() / 3);
}

TEST(EngineValueTest, LoadingReplacesStateAndOptions) {
  FakeWorld world({.jobs_in_flight_max = 2, .retry_jitter_percent = 0, .job_order = "concurrent"});
  FillWithJobs(world);
  const auto bytes = SavedBytes(world.engine());
  auto other = MakeStandardEngine({.seed = 99, .jobs_in_flight_max = 77});
  std::vector<EngineAction> actions;
  other->Handle(Instant(), ImageAccepted{world.source, world.repository, {ImageNamed("x", {})}, {}, world.destinations},
                actions);
  Reader reader(bytes);
  other->Load(reader);
  EXPECT_EQ(SavedBytes(*other), bytes);
  EXPECT_EQ(other->active_jobs(), world.engine().active_jobs());
}

// ---- Hashes ---------------------------------------------------------------------------------------------------------

TEST(EngineHashTest, EqualSituationsOfOtherNumbersAndInstantsHashEqual) {
  // One world has a past: a job to another repository, done before. Numbers and instants differ ever after.
  const EngineOptions options{.retry_jitter_percent = 0};
  FakeWorld fresh(options);
  FakeWorld experienced(options);
  for (auto* world : {&fresh, &experienced}) {
    world->on_ask = [world](const Ask& ask) {
      const bool fails =
          ask.step == JobStep::kPutManifest && ask.replication->repository == RepositoryNamed("mservice");
      return fails && world->Count("failed put") < 2 ? FailureCode::kTimedOut : FailureCode::kNone;
    };
  }
  experienced.repository = RepositoryNamed("past");
  experienced.Push({ImageNamed("past", {"past-layer"})});
  experienced.RunUntilIdle();
  experienced.repository = RepositoryNamed("mservice");
  experienced.RunUntil(Instant() + Days(3));
  EXPECT_EQ(HashAt(fresh.engine(), fresh.now()), HashAt(experienced.engine(), experienced.now())) << "both idle";

  std::set<Hash128> seen;
  for (auto* world : {&fresh, &experienced}) {
    world->Push({ImageNamed("one", {"shared", "l1"})}, "a");
    world->Push({ImageNamed("two", {"shared", "l2"})}, "b");
    world->Push({ImageNamed("three", {"l3"})}, "a");
  }
  for (Duration since; since <= Seconds(8); since += Milliseconds(5)) {
    fresh.RunUntil(Instant() + since);
    experienced.RunUntil(Instant() + Days(3) + since);
    const auto hash = HashAt(fresh.engine(), fresh.now());
    ASSERT_EQ(hash, HashAt(experienced.engine(), experienced.now())) << since.nanoseconds();
    ASSERT_NE(SavedBytes(fresh.engine()), SavedBytes(experienced.engine()));
    seen.insert(hash);
  }
  EXPECT_EQ(fresh.engine().active_jobs(), 0u);
  EXPECT_GT(seen.size(), 100u) << "the age of a job counts, so it is another state every 5 ms";
}

TEST(EngineHashTest, TheOrderOfIndependentAnswersLeavesNoTrace) {
  const auto run = [](bool first_goes_first) {
    auto engine = MakeStandardEngine(EngineOptions{});
    std::vector<EngineAction> actions;
    const auto push = [&](const std::string& name) {
      engine->Handle(Instant(),
                     ImageAccepted{RegistryIn("us-west-2"),
                                   RepositoryNamed("mservice"),
                                   {ImageNamed(name, {})},
                                   *Tag::Parse(name),
                                   {RegistryIn("eu-west-1")}},
                     actions);
      return std::get<Ask>(actions.back()).request;
    };
    const auto a = push("one");
    const auto b = push("two");
    engine->Handle(Instant(), Answered{first_goes_first ? a : b, {}}, actions);
    engine->Handle(Instant(), Answered{first_goes_first ? b : a, {}}, actions);
    return engine;
  };
  EXPECT_EQ(HashAt(*run(true), Instant()), HashAt(*run(false), Instant()));
  EXPECT_NE(SavedBytes(*run(true)), SavedBytes(*run(false))) << "their requests have other numbers";
}

TEST(EngineHashTest, WhatMakesADifferenceChangesIt) {
  std::set<Hash128> hashes;
  std::size_t variants = 0;
  const auto add = [&](FakeWorld& world) {
    hashes.insert(HashAt(world.engine(), world.now()));
    ++variants;
  };
  const auto image = ImageNamed("one", {"l1"});
  const auto with = [&](const EngineOptions& options, const std::function<void(FakeWorld&)>& arrange) {
    FakeWorld world(options);
    arrange(world);
    add(world);
  };
  with({}, [](FakeWorld&) {});
  with({.seed = 2}, [](FakeWorld&) {});  // the stream of the jitter
  with({}, [&](FakeWorld& world) { world.Push({image}, "a"); });
  with({}, [&](FakeWorld& world) { world.Push({image}, "b"); });
  with({}, [&](FakeWorld& world) { world.Push({image}, std::nullopt); });
  with({}, [&](FakeWorld& world) { world.Push({ImageNamed("two", {"l1"})}, "a"); });
  with({}, [&](FakeWorld& world) {
    world.Push({image}, "a");
    world.Push({image}, "a");
  });
  with({}, [&](FakeWorld& world) {
    world.repository = RepositoryNamed("other");
    world.Push({image}, "a");
  });
  // Admit, check, moving, put, bind, each at the age of 100 ms.
  for (const auto& [latency, takes] : std::vector<std::pair<int, int>>{{60, 5}, {30, 5}, {10, 100}, {20, 5}, {12, 5}}) {
    const auto one_way = Milliseconds(latency);
    const auto moving = Milliseconds(takes);
    with({}, [&](FakeWorld& world) {
      world.latency = one_way;
      world.on_transfer = [&](const StartTransfer&) { return FakeTransfer{.takes = moving}; };
      world.Push({image}, "a");
      world.RunUntil(Instant() + Milliseconds(100));
    });
  }
  // Who waits first for the only place.
  for (const bool swapped : {false, true}) {
    with({.jobs_in_flight_max = 1}, [&](FakeWorld& world) {
      world.Push({image}, "running");
      world.Push({image}, swapped ? "y" : "x");
      world.Push({image}, swapped ? "x" : "y");
    });
  }
  // The number of failures, and how far the retry is off: 1 and 0.52 s; 2 and 0.52 s; 1 and 1.52 s.
  for (const auto& [delay, one_way] : std::vector<std::pair<Duration, Duration>>{
           {Seconds(2), Milliseconds(10)}, {Seconds(1), Milliseconds(5)}, {Seconds(3), Milliseconds(10)}}) {
    const auto latency = one_way;
    with({.retry_first = delay, .retry_cap = delay, .retry_jitter_percent = 0}, [&](FakeWorld& world) {
      world.latency = latency;
      world.on_ask = [](const Ask&) { return FailureCode::kTimedOut; };
      world.Push({image}, "a");
      world.RunUntil(Instant() + Milliseconds(1500));
    });
  }
  // Where a retry begins.
  for (const auto failure : {FailureCode::kTimedOut, FailureCode::kContentMissing}) {
    const auto code = failure;
    with({.retry_jitter_percent = 0}, [&](FakeWorld& world) {
      world.on_ask = [code](const Ask& ask) { return ask.step == JobStep::kPutManifest ? code : FailureCode::kNone; };
      world.Push({image}, "a");
      world.RunUntil(Instant() + Milliseconds(500));
    });
  }
  // Whose bytes a job rides on: those of a job that died since, or its own.
  for (const bool rides : {false, true}) {
    with({}, [&](FakeWorld& world) {
      world.on_transfer = [](const StartTransfer& start) {
        if (NameOfDigest(start.blob) != "dies") return FakeTransfer{.takes = Seconds(10)};
        return FakeTransfer{.failure = FailureCode::kSourceImageNotFound};
      };
      world.Push({ImageNamed("starter", {rides ? "shared" : "other", "dies"})}, "a");
      world.source = RegistryIn("eu-north-1");
      world.Push({ImageNamed("rider", {"shared"})}, "b");
      world.RunUntil(Instant() + Seconds(1));
      EXPECT_EQ(world.engine().active_jobs(), 1u);
    });
  }
  EXPECT_EQ(hashes.size(), variants);
}

}  // namespace
}  // namespace crrsim::engine_test
