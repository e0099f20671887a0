// What metering and replication status cost per image replication: 14 events for the ledger (config and three layers
// stored at the source and at the destination, four transfers, two manifests) and two for the status board, all digests
// distinct, one image after another or 64 side by side in as many repositories. The reference is a walk over the same
// events that adds up their bytes and keeps nothing; it holds what making the events costs. And one layer that arrives
// in many repositories, beside a layer for each.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <vector>

#include "registry_model/metering/ledger.h"
#include "registry_model/replication/status.h"
#include "sim/random.h"

namespace crrsim {
namespace {

constexpr std::int64_t kReplications = 102'400;  // a batch, about a second of the simulator's work
constexpr int kBlobs = 4;

RegistryKey RegistryIn(const char* region) {
  return {AccountId::FromNumber(111'122'223'333), RegionName::Parse(region).value()};
}

/// The events of images that are pushed and replicated side by side, each in a repository of its own: one step of every
/// image, then the next step of every image.
class Replications {
 public:
  explicit Replications(std::int64_t side_by_side) {
    std::vector<RepositoryName> names;
    for (std::int64_t i = 0; i < side_by_side; ++i) {
      names.push_back(RepositoryName::Parse(fmt::format("team/service-{}", i)).value());
    }
    const auto ledger = [&](EventBody body) { ledger_.push_back({Instant(), std::move(body)}); };
    const auto source = RegistryIn("us-west-2");
    const auto destination = RegistryIn("eu-west-1");
    for (int blob = 0; blob < kBlobs; ++blob) {
      for (const auto& name : names) ledger(BlobStored{source, name, {}, Mebibytes(16), Origin::kClient});
    }
    for (const auto& name : names) ledger(ManifestStored{source, name, {}, "", {}, ByteCount(), Origin::kClient});
    for (int blob = 0; blob < kBlobs; ++blob) {
      for (const auto& name : names) {
        ledger(BlobStored{destination, name, {}, Mebibytes(16), Origin::kReplication});
        ledger(TransferEnded{1, 1, source, destination, name, {}, source.account, Mebibytes(16), {}, {}});
      }
    }
    for (const auto& name : names) {
      ledger(ManifestStored{destination, name, {}, "", {}, ByteCount(), Origin::kReplication});
    }
    for (const auto& name : names) status_.push_back({Instant(), JobQueued{1, {source, destination, name, {}, {}}}});
    for (const auto& name : names) {
      status_.push_back(
          {Instant(), JobEnded{1, {source, destination, name, {}, {}}, ReplicationStatus::kComplete, {}, {}}});
    }
  }

  /// What the ledger heeds of the next images, 10 us an image after those before.
  const std::vector<Event>& NextForLedger(std::int64_t first_image) {
    for (auto& event : ledger_) {
      event.when = Instant::FromUnixNanoseconds(1'793'491'200'000'000'000) + Microseconds(10) * first_image;
      // A batch has its own digests, each used once as the digest of a blob here or there; which is which is the same
      // to the ledger, whose work does not depend on it.
      if (auto* transfer = std::get_if<TransferEnded>(&event.body)) NextDigest(transfer->blob);
    }
    return ledger_;
  }

  /// What the status board heeds of the next images.
  const std::vector<Event>& NextForStatus(std::int64_t /*first_image*/) {
    const auto images = status_.size() / 2;
    for (std::size_t i = 0; i < images; ++i) {
      auto& queued = std::get<JobQueued>(status_[i].body).replication.digest;
      NextDigest(queued);
      std::get<JobEnded>(status_[images + i].body).replication.digest = queued;
    }
    return status_;
  }

 private:
  /// Digests that are all different and look random, made cheaply.
  void NextDigest(Digest& digest) {
    std::array<char, 32> raw{};
    const auto high = digests_.Next();
    const auto low = digests_.Next();
    std::memcpy(raw.data(), &high, sizeof(high));
    std::memcpy(raw.data() + sizeof(high), &low, sizeof(low));
    digest = Digest::FromRaw(DigestAlgorithm::kSha256, {raw.data(), raw.size()});
  }

  std::vector<Event> ledger_;
  std::vector<Event> status_;
  RandomStream digests_{1, "bench/digests"};
};

/// Adds bytes up and forgets what they are.
struct Reference {
  std::int64_t bytes = 0;
  void OnEvent(const Event& event) {
    if (const auto* blob = std::get_if<BlobStored>(&event.body)) bytes += blob->stored.bytes();
    if (const auto* transfer = std::get_if<TransferEnded>(&event.body)) bytes += transfer->useful.bytes();
  }
};

/// Batches of replications into a fresh projection each; the reference's time is what making the events costs.
template <class Projection>
void Run(benchmark::State& state, const std::vector<Event>& (Replications::*next)(std::int64_t)) {
  for (auto _ : state) {
    Replications replications(state.range(0));
    Projection projection;
    for (std::int64_t image = 0; image < kReplications; image += state.range(0)) {
      for (const auto& event : (replications.*next)(image)) projection.OnEvent(event);
    }
    benchmark::DoNotOptimize(projection);
  }
  state.counters["per_replication"] = benchmark::Counter(
      static_cast<double>(kReplications), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void LedgerReplication(benchmark::State& state) { Run<Ledger>(state, &Replications::NextForLedger); }
void LedgerReference(benchmark::State& state) { Run<Reference>(state, &Replications::NextForLedger); }
void StatusReplication(benchmark::State& state) { Run<StatusBoard>(state, &Replications::NextForStatus); }
void StatusReference(benchmark::State& state) { Run<Reference>(state, &Replications::NextForStatus); }

/// A layer that a thousand repositories share, as base layers are, beside as many layers as repositories.
void ArriveInEach(benchmark::State& state, bool is_shared) {
  const auto source = RegistryIn("us-west-2");
  std::vector<Event> events;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const auto name = RepositoryName::Parse(fmt::format("team/service-{}", i)).value();
    events.push_back({Instant(), TransferEnded{1,
                                               1,
                                               source,
                                               RegistryIn("eu-west-1"),
                                               name,
                                               Digest::Of(is_shared ? "base" : name.text()),
                                               source.account,
                                               Mebibytes(16),
                                               {},
                                               {}}});
  }
  for (auto _ : state) {
    Ledger ledger;
    for (const auto& event : events) ledger.OnEvent(event);
    benchmark::DoNotOptimize(ledger);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void LedgerOneLayer(benchmark::State& state) { ArriveInEach(state, true); }
void LedgerManyLayers(benchmark::State& state) { ArriveInEach(state, false); }

BENCHMARK(LedgerReplication)->Name("Ledger/replication")->Arg(1)->Arg(64)->Unit(benchmark::kMillisecond);
BENCHMARK(LedgerReference)->Name("Ledger/reference")->Arg(1)->Arg(64)->Unit(benchmark::kMillisecond);
BENCHMARK(LedgerOneLayer)->Name("Ledger/one_layer")->Arg(16'384)->Unit(benchmark::kMillisecond);
BENCHMARK(LedgerManyLayers)->Name("Ledger/many_layers")->Arg(16'384)->Unit(benchmark::kMillisecond);
BENCHMARK(StatusReplication)->Name("Status/replication")->Arg(1)->Arg(64)->Unit(benchmark::kMillisecond);
BENCHMARK(StatusReference)->Name("Status/reference")->Arg(1)->Arg(64)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crrsim
