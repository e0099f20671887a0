// Replications a second through the replication engine alone: no network and no registries; a driver answers everything
// at once.
//
// Each image has a config and three layers, all digests distinct: per replication four requests, four transfers and
// three reports. `Engine/replication/N` lets N images be pushed before the first answer, so that N jobs are in flight
// or wait for a place. `Engine/bare_script/N` is the reference: the same actions for the same images under the same
// driver, from a script that keeps no state and could neither retry nor share nor order anything.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "registry_model/replication/engine.h"

namespace crrsim {
namespace {

constexpr std::size_t kImages = 4096;
constexpr std::size_t kBlobs = 4;  // a config and three layers
constexpr std::size_t kActionsEach = 15;

ManifestPtr DistinctImage(std::size_t number) {
  Manifest manifest;
  manifest.bytes = fmt::format("image {}", number);
  manifest.digest = Digest::Of(manifest.bytes);
  for (std::size_t place = 0; place < kBlobs; ++place) {
    manifest.blobs.push_back({Digest::Of(fmt::format("blob {} of image {}", place, number)),
                              Kibibytes(1 + static_cast<std::int64_t>(place))});
  }
  return std::make_shared<const Manifest>(std::move(manifest));
}

RegistryKey RegistryIn(std::string_view region) {
  return {*AccountId::Parse("111122223333"), *RegionName::Parse(region)};
}

const std::vector<ImageAccepted>& Pushes() {
  static const auto kPushes = [] {
    std::vector<ImageAccepted> made;
    for (std::size_t number = 0; number < kImages; ++number) {
      made.push_back(ImageAccepted{RegistryIn("us-west-2"),
                                   *RepositoryName::Parse(fmt::format("platform/team-{}/mservice", number % 16)),
                                   {DistinctImage(number)},
                                   *Tag::Parse(fmt::format("v{}", number)),
                                   {RegistryIn("eu-west-1")}});
    }
    return made;
  }();
  return kPushes;
}

/// Emits what the standard engine emits for `Pushes()` in their order, knowing what comes: numbers carry their job.
class BareScript {
 public:
  void Handle(Instant, const EngineInput& input, std::vector<EngineAction>& actions) {
    if (const auto* push = std::get_if<ImageAccepted>(&input)) {
      const auto job = ++last_job_;
      const auto copy = std::make_shared<const Replication>(Replication{
          push->source, push->destinations.front(), push->repository, push->manifests.front()->digest, push->tag});
      copies_[job % kImages] = copy;
      actions.emplace_back(ReportQueued{job, copy});
      actions.emplace_back(ReportStarted{job, copy});
      AskFor(job, JobStep::kAdmit, actions);
    } else if (const auto* answered = std::get_if<Answered>(&input)) {
      Next(answered->request / 8, static_cast<JobStep>(answered->request % 8), actions);
    } else if (const auto* arrived = std::get_if<TransferArrived>(&input)) {
      actions.emplace_back(AcceptBlob{arrived->transfer});
      if (arrived->transfer % 8 == kBlobs - 1) AskFor(arrived->transfer / 8, JobStep::kPutManifest, actions);
    }
  }
  static std::size_t active_jobs() { return 0; }

 private:
  static const ManifestPtr& ManifestOf(JobId job) { return Pushes()[(job - 1) % kImages].manifests.front(); }

  void AskFor(JobId job, JobStep step, std::vector<EngineAction>& actions) {
    Ask ask{
        job * 8 + static_cast<std::uint64_t>(step), job, step, copies_[job % kImages], {}, nullptr, {}, Seconds(10)};
    if (step == JobStep::kCheckContent) {
      ask.content.reserve(kBlobs + 1);
      for (const auto& blob : ManifestOf(job)->blobs) ask.content.push_back({ContentKind::kBlob, blob.digest});
      ask.content.push_back({ContentKind::kManifest, ManifestOf(job)->digest});
    }
    if (step == JobStep::kPutManifest || step == JobStep::kBindTag) ask.manifest = ManifestOf(job);
    actions.emplace_back(std::move(ask));
  }

  void Next(JobId job, JobStep done, std::vector<EngineAction>& actions) {
    const auto& copy = copies_[job % kImages];
    if (done == JobStep::kAdmit) return AskFor(job, JobStep::kCheckContent, actions);
    if (done == JobStep::kPutManifest) return AskFor(job, JobStep::kBindTag, actions);
    if (done == JobStep::kBindTag) {
      actions.emplace_back(ReportEnded{job, copy, ReplicationStatus::kComplete, FailureCode::kNone, Instant()});
      return;
    }
    for (std::size_t place = 0; place < kBlobs; ++place) {
      const auto& blob = ManifestOf(job)->blobs[place];
      actions.emplace_back(StartTransfer{job * 8 + place, job, copy, blob.digest, blob.size, Hours(1)});
    }
  }

  JobId last_job_ = 0;
  std::vector<ReplicationPtr> copies_ = std::vector<ReplicationPtr>(kImages);
};

/// Answers every request and transfer in the order in which they were made, and counts.
template <class Engine>
class InstantWorld {
 public:
  explicit InstantWorld(Engine& engine) : engine_(engine) {}

  void Push(const ImageAccepted& push) { Give(push); }
  void AnswerAll() {
    while (next_ < inputs_.size()) {
      const auto input = std::move(inputs_[next_++]);
      Give(input);
    }
    inputs_.clear();
    next_ = 0;
  }
  [[nodiscard]] std::size_t completed() const { return completed_; }
  [[nodiscard]] std::size_t actions_taken() const { return actions_taken_; }

 private:
  void Give(const EngineInput& input) {
    actions_.clear();
    engine_.Handle(Instant(), input, actions_);
    actions_taken_ += actions_.size();
    for (const auto& action : actions_) {
      if (const auto* ask = std::get_if<Ask>(&action)) {
        Answered answered{ask->request, {}};
        for (std::uint32_t place = 0; place < ask->content.size(); ++place) answered.answer.missing.push_back(place);
        inputs_.emplace_back(std::move(answered));
      } else if (const auto* start = std::get_if<StartTransfer>(&action)) {
        inputs_.emplace_back(TransferArrived{start->transfer, start->blob});
      } else if (const auto* ended = std::get_if<ReportEnded>(&action)) {
        completed_ += ended->status == ReplicationStatus::kComplete ? 1 : 0;
      }
    }
  }

  Engine& engine_;
  std::vector<EngineAction> actions_;
  std::vector<EngineInput> inputs_;
  std::size_t next_ = 0;
  std::size_t completed_ = 0;
  std::size_t actions_taken_ = 0;
};

template <class Engine>
void RunReplications(benchmark::State& state, Engine& engine) {
  const auto at_once = static_cast<std::size_t>(state.range(0));
  const auto& pushes = Pushes();
  InstantWorld world(engine);
  std::size_t pushed = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < at_once; ++i) world.Push(pushes[pushed++ % kImages]);
    world.AnswerAll();
  }
  if (world.completed() != pushed || engine.active_jobs() != 0) state.SkipWithError("not all replications completed");
  if (world.actions_taken() != pushed * kActionsEach) state.SkipWithError("another number of actions than expected");
  state.SetItemsProcessed(static_cast<std::int64_t>(pushed));
}

void StandardReplication(benchmark::State& state) {
  const auto engine = MakeStandardEngine(EngineOptions{});
  RunReplications(state, *engine);
}
BENCHMARK(StandardReplication)->Name("Engine/replication")->Arg(1)->Arg(256)->Arg(4096);

void BareReplication(benchmark::State& state) {
  BareScript script;
  RunReplications(state, script);
}
BENCHMARK(BareReplication)->Name("Engine/bare_script")->Arg(1)->Arg(256)->Arg(4096);

}  // namespace
}  // namespace crrsim
