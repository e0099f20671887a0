// Image replications a second through a whole world on one core: network, run digest and metering on.
//
//   Replications/D  a batch of 8,192 images, each with a config and three layers (sizes only, all digests distinct, a
//                   tag each), pushed to one region and replicated to D others of the same account. Timed: PutImage of
//                   manifests that were parsed before, and all that follows until the world is idle. Not timed: making
//                   the world and the manifests, uploading the blobs. The bound: 100,000 items a second.
//   PushOnly        the same batch into a world without a replication rule: the part of it that is no replication.
//   ReplicationsDigestedTwice/D
//                   the same runs with an observer that makes a second run digest of all events. The world's own cannot
//                   be switched off; that the second takes as long, so a run without any takes as much less than
//                   Replications/D as this takes more.
//   RunDigest       the run digest of 2,000 events of such a batch, a hundred replications, alone. Twenty events are a
//                   replication with its push.
//   EventHash       its reference: one XXH3-128 over the canonical bytes of the same events, made before.
//   PushedBytes/n   SHA-256 of n pushed bytes, as the registry computes it; BareEvp/n is its reference, OpenSSL's EVP
//                   with a context and an algorithm that are made once.
//   BareReplications/D
//                   the reference of Replications/D: as many events through a bare heap as the world takes, and the
//                   digests of each image noted in a hash set that stands for its destination. No rules, no network,
//                   no jobs, nothing that could fail.
//
// Each item is one image at one destination. A push comes every 5 ms and a replication takes half a second of virtual
// time, so about a hundred are under way at any time.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "bench/support/bare_heap.h"
#include "registry_model/api/client_requests.h"
#include "registry_model/api/replication_requests.h"
#include "registry_model/api/repository_requests.h"
#include "registry_model/world/world.h"

namespace crrsim {
namespace {

constexpr std::int64_t kImages = 8192;  // a batch
constexpr std::size_t kBlobs = 4;       // a config and three layers
constexpr std::size_t kRepositories = 16;
constexpr std::string_view kSource = "us-west-2";
constexpr std::string_view kDestinations[] = {"eu-west-1", "ap-northeast-1", "us-east-1", "sa-east-1"};
const Duration kBetweenPushes = Milliseconds(5);

RegistryKey RegistryIn(std::string_view region) {
  return {*AccountId::Parse("111122223333"), *RegionName::Parse(region)};
}

std::string RepositoryOf(std::size_t image) { return fmt::format("platform/team-{}/mservice", image % kRepositories); }

ManifestPtr ParsedImage(std::size_t number) {
  const auto descriptor = [&](std::size_t place) {
    return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}}})",
                       place == 0 ? media_type::kOciConfig : media_type::kOciLayerGzip,
                       Digest::Of(fmt::format("blob {} of image {}", place, number)).text(),
                       place == 0 ? 4096 : 1'000'000 * place);
  };
  const auto text = fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{},{},{}]}})",
                                media_type::kOciManifest, descriptor(0), descriptor(1), descriptor(2), descriptor(3));
  auto manifest = ParseManifest(text, "");
  CRRSIM_CHECK(manifest.ok());
  return *manifest;
}

/// A batch as it comes from its clients.
const std::vector<PutParsedImageRequest>& Pushes() {
  static const auto kPushes = [] {
    std::vector<PutParsedImageRequest> made;
    for (std::size_t number = 0; number < kImages; ++number) {
      made.push_back({std::nullopt, RepositoryOf(number), ParsedImage(number), fmt::format("v{}", number)});
    }
    return made;
  }();
  return kPushes;
}

WorldConfig Config() {
  WorldConfig config;
  config.start = Instant::FromUnixNanoseconds(1'793'491'200'000'000'000);
  config.accounts = {*AccountId::Parse("111122223333")};
  const auto rate = BytesPerSecond::FromCount(12'500'000'000);
  config.regions.push_back({*RegionName::Parse(kSource), rate, rate});
  for (const auto region : kDestinations) config.regions.push_back({*RegionName::Parse(region), rate, rate});
  for (const auto& from : config.regions) {
    for (const auto& to : config.regions) {
      if (from.name == to.name) continue;
      config.links.push_back(
          {from.name, to.name, Milliseconds(60), Milliseconds(5), BytesPerSecond::FromCount(2'500'000'000)});
    }
  }
  return config;
}

/// A world in which the batch can be pushed, and who pushes it.
class Batch {
 public:
  /// With a rule that names the first `destinations` regions; without one for none.
  explicit Batch(std::size_t destinations) : world_(Config()), caller_(Caller::RootOf(RegistryIn(kSource))) {
    for (std::size_t i = 0; i < kRepositories; ++i) {
      CreateRepositoryRequest create;
      create.repository_name = RepositoryOf(i);
      Must(world_.Apply(caller_, create));
    }
    for (const auto& push : Pushes()) {
      for (const auto& blob : push.manifest->blobs) {
        const UploadBlobRequest upload{std::nullopt, push.repository_name, {blob.digest, blob.size, nullptr}};
        Must(world_.Apply(caller_, upload));
      }
    }
    if (destinations == 0) return;
    PutReplicationConfigurationRequest put;
    put.replication_configuration.rules.emplace_back();
    for (std::size_t i = 0; i < destinations; ++i) {
      put.replication_configuration.rules.back().destinations.push_back(
          {std::string(kDestinations[i]), "111122223333"});
    }
    Must(world_.Apply(caller_, put));
  }

  /// What is timed.
  void Run() {
    auto next_push = world_.now();
    for (const auto& push : Pushes()) {
      world_.RunUntil(next_push);
      Must(world_.Apply(caller_, push));
      next_push += kBetweenPushes;
    }
    world_.RunUntilIdle(Instant::Max());
  }

  /// Whether every image is at each of these regions under its tag, and every byte was metered once.
  [[nodiscard]] bool IsComplete(std::size_t destinations) const {
    ByteCount wanted;
    for (const auto& push : Pushes()) {
      for (std::size_t i = 0; i < destinations; ++i) {
        const auto* repository = world_.FindRegistry(RegistryIn(kDestinations[i]))->Find(push.repository_name);
        const auto* image = repository == nullptr ? nullptr : repository->FindImage(*Tag::Parse(*push.image_tag));
        if (image == nullptr || image->manifest->digest != push.manifest->digest) return false;
        wanted += push.manifest->blob_bytes;
      }
    }
    ByteCount moved;
    for (const auto& row : world_.bill().transfers) moved += row.useful;
    return moved == wanted;
  }

  World& world() { return world_; }

 private:
  template <class Answer>
  static void Must(const Answer& answer) {
    CRRSIM_CHECK(answer.ok(), "{}", answer.error().message);
  }

  World world_;
  Caller caller_;
};

/// A second run digest, made as the world makes its own.
class SecondDigest : public Observer {
 public:
  void OnEvent(const Event& event) override {
    digest_.Add([&](Writer& writer) { AppendCanonical(event, writer); });
  }
  [[nodiscard]] const RunDigest& digest() const { return digest_; }

 private:
  RunDigest digest_;
};

enum class Digests { kOnce, kTwice };

void RunBatches(benchmark::State& state, std::size_t destinations, Digests digests) {
  for (auto _ : state) {
    state.PauseTiming();
    auto batch = std::make_unique<Batch>(destinations);
    SecondDigest second;
    if (digests == Digests::kTwice) batch->world().AddObserver(second);
    const auto events = batch->world().run_digest().events();
    state.ResumeTiming();
    batch->Run();
    state.PauseTiming();
    const auto happened = batch->world().run_digest().events() - events;
    if (!batch->IsComplete(destinations)) state.SkipWithError("not every image arrived");
    if (digests == Digests::kTwice && second.digest().events() != happened) state.SkipWithError("events were missed");
    state.counters["events_each"] = static_cast<double>(happened) / static_cast<double>(kImages);
    batch.reset();
    state.ResumeTiming();
  }
  const auto images = kImages * static_cast<std::int64_t>(std::max<std::size_t>(destinations, 1));
  state.SetItemsProcessed(state.iterations() * images);
}

void Replications(benchmark::State& state) {
  RunBatches(state, static_cast<std::size_t>(state.range(0)), Digests::kOnce);
}
void DigestedTwice(benchmark::State& state) {
  RunBatches(state, static_cast<std::size_t>(state.range(0)), Digests::kTwice);
}
void PushOnly(benchmark::State& state) { RunBatches(state, 0, Digests::kOnce); }

// ---- The run digest -------------------------------------------------------------------------------------------------

class EventList : public Observer {
 public:
  void OnEvent(const Event& event) override { events.push_back(event); }
  std::vector<Event> events;
};

constexpr std::size_t kEvents = 2000;

/// From the middle of a batch with one destination. So few that they stay in the cache, as an event does in a run.
const std::vector<Event>& EventsOfBatch() {
  static const auto kMiddle = [] {
    EventList list;
    Batch batch(1);
    batch.world().AddObserver(list);
    batch.Run();
    batch.world().RemoveObserver(list);
    const auto middle = list.events.begin() + static_cast<std::ptrdiff_t>(list.events.size() / 2);
    return std::vector<Event>(middle, middle + kEvents);
  }();
  return kMiddle;
}

void DigestOfRun(benchmark::State& state) {
  const auto& events = EventsOfBatch();
  for (auto _ : state) {
    RunDigest digest;
    for (const auto& event : events) digest.Add([&](Writer& writer) { AppendCanonical(event, writer); });
    benchmark::DoNotOptimize(digest);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kEvents));
}

void HashOfEvents(benchmark::State& state) {
  Writer all;
  for (const auto& event : EventsOfBatch()) AppendCanonical(event, all);
  for (auto _ : state) {
    auto hash = HashBytes(all.bytes());
    benchmark::DoNotOptimize(hash);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kEvents));
}

// ---- SHA-256 --------------------------------------------------------------------------------------------------------

void PushedBytes(benchmark::State& state) {
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    auto digest = Digest::Of(bytes);
    benchmark::DoNotOptimize(digest);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void BareEvp(benchmark::State& state) {
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  unsigned char raw[32];
  for (auto _ : state) {
    EVP_DigestInit_ex2(context.get(), sha256.get(), nullptr);
    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
    EVP_DigestFinal_ex(context.get(), raw, nullptr);
    benchmark::DoNotOptimize(raw);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

// ---- The reference --------------------------------------------------------------------------------------------------

/// As many scheduled things as a replication takes: four questions with their answers, the start and the end of four
/// transfers.
constexpr int kStepsEach = 16;

struct BareStep {
  std::uint32_t image = 0;
  std::uint32_t destination = 0;
  std::uint64_t steps_left = 0;
};

struct DigestHash {
  std::size_t operator()(const Digest& digest) const { return digest.LookupHash(); }
};

void BareReplications(benchmark::State& state) {
  const auto destinations = static_cast<std::uint32_t>(state.range(0));
  const auto& pushes = Pushes();
  for (auto _ : state) {
    bench::BareHeap<BareStep> heap;
    std::vector<std::unordered_set<Digest, DigestHash>> there(destinations);
    std::int64_t now = 0;
    std::size_t under_way = 0;
    const auto step = [&] {
      auto [when, what] = heap.Pop();
      now = when;
      --under_way;
      if (--what.steps_left > 0) {
        ++under_way;
        return heap.Push(now + 32'000'000 + static_cast<std::int64_t>(what.image % 1000), what);
      }
      const auto& manifest = *pushes[what.image].manifest;
      for (const auto& blob : manifest.blobs) there[what.destination].insert(blob.digest);
      there[what.destination].insert(manifest.digest);
    };
    for (std::uint32_t image = 0; image < pushes.size(); ++image) {
      for (std::uint32_t to = 0; to < destinations; ++to, ++under_way) heap.Push(now, {image, to, kStepsEach});
      // About as many under way as in the world.
      while (under_way > 100 * destinations) step();
    }
    while (under_way > 0) step();
    benchmark::DoNotOptimize(there);
  }
  state.SetItemsProcessed(state.iterations() * kImages * destinations);
}

BENCHMARK(Replications)->Arg(1)->Arg(4)->Unit(benchmark::kMillisecond);
BENCHMARK(DigestedTwice)->Name("ReplicationsDigestedTwice")->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(PushOnly)->Unit(benchmark::kMillisecond);
BENCHMARK(BareReplications)->Arg(1)->Arg(4)->Unit(benchmark::kMillisecond);
BENCHMARK(PushedBytes)->Arg(1'000)->Arg(1'000'000);
BENCHMARK(BareEvp)->Arg(1'000)->Arg(1'000'000);
BENCHMARK(DigestOfRun)->Name("RunDigest");
BENCHMARK(HashOfEvents)->Name("EventHash");

}  // namespace
}  // namespace crrsim
