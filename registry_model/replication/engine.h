// The replication engine as a state machine without I/O: one input in, actions out.
//
// The engine never touches a registry, the network or a clock. The world feeds it what happened (an image was accepted,
// an answer came, bytes arrived, a timer fired) and carries out the actions that it lists. So the same engine runs
// under virtual time, in a test made of a list of inputs, and inside an exhaustive search; and another engine can be
// plugged in and judged by the same checkers.
//
// Rules of the dialogue:
// - Every Ask has exactly one outcome: an Answered input, whose Answer says kTimedOut when no answer came within the
//   request's timeout.
// - Every Transfer has exactly one outcome: TransferArrived or TransferFailed; after a CancelTransfer there is none,
//   not even one that was on its way at the same instant. An arrived transfer must be settled by one AcceptBlob or
//   RejectBlob, in the answer to its TransferArrived.
// - A transfer may outlive the job that started it, when other jobs wait for its blob.
// - A timer is an opaque number that comes back once, after its delay.
// Requests and timers of a job that has ended still come back, and are ignored.
// Order  actions are carried out in the order in which they are listed; inputs come in the order of the world's event
// queue.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "registry_model/backfill/backfill.h"
#include "registry_model/oci/manifest.h"
#include "registry_model/replication/job.h"
#include "sim/archive.h"
#include "sim/digest.h"
#include "sim/units.h"

namespace crrsim {

using RequestId = std::uint64_t;
using TimerId = std::uint64_t;

// ---- Inputs -------------------------------------------------------------------------------------------------------

/// A client's push was accepted in a registry whose rules send it on, or a backfill copies what was pushed before them.
/// `manifests` is the image and everything it refers to in its repository, children before their index, each once, the
/// image itself last. A child that its repository lacks is left out, and the destination judges whether it can do
/// without.
struct ImageAccepted {
  RegistryKey source;
  RepositoryName repository;
  std::vector<ManifestPtr> manifests;
  std::optional<Tag> tag;
  std::vector<RegistryKey> destinations;
  /// Of the world alone: the unit of a backfill that this is. The engine does not look at it.
  std::optional<BackfillUnitRef> unit = std::nullopt;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("source", self.source);
    visit("repository", self.repository);
    visit("manifests", self.manifests);
    visit("tag", self.tag);
    visit("destinations", self.destinations);
  }
};

/// A client or a lifecycle policy took a tag off an image, or deleted an image, in a registry whose rules replicate
/// deletions. `manifest` is the image's, which may be gone by now. With a `tag`, that tag alone went; without, the
/// image and all its tags, which were `tags`.
struct DeletionAccepted {
  RegistryKey source;
  RepositoryName repository;
  ManifestPtr manifest;
  std::optional<Tag> tag;
  std::vector<Tag> tags;
  std::vector<RegistryKey> destinations;
};

/// An image entered a registry by replication. The standard engine does nothing with it: nothing is chained
/// (ecr-replication.md 2.1).
struct ImageReplicated {
  RegistryKey registry;
  RepositoryName repository;
  std::vector<ManifestPtr> manifests;
  std::optional<Tag> tag;
  std::vector<RegistryKey> destinations;  // where that registry's own rules would send it
};

/// One piece of content of an image. The same bytes can be a layer of one image and a manifest beside it, so a digest
/// alone does not say whether it is there.
enum class ContentKind : std::uint8_t { kBlob, kManifest };
struct Content {
  ContentKind kind = ContentKind::kBlob;
  Digest digest;

  friend bool operator==(const Content&, const Content&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("kind", self.kind);
    visit("digest", self.digest);
  }
};

/// What the destination said to a request.
struct Answer {
  FailureCode failure = FailureCode::kNone;
  /// Of kCheckContent: which of Ask::content are absent there, by their places in it, in ascending order.
  std::vector<std::uint32_t> missing;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("failure", self.failure);
    visit("missing", self.missing);
  }
};
struct Answered {
  RequestId request = 0;
  Answer answer;
};
/// All bytes of a transfer are there; `arrived` is the digest of what arrived.
struct TransferArrived {
  TransferId transfer = 0;
  Digest arrived;
};
struct TransferFailed {
  TransferId transfer = 0;
  FailureCode failure = FailureCode::kNone;
};
struct TimerFired {
  TimerId timer = 0;
};

/// The workers of a region crashed: all that the engine holds for jobs of its registries beyond the jobs themselves is
/// lost. No job of the region starts until the workers are back.
struct WorkersCrashed {
  RegionName region;
};
/// They are back: the region's jobs start again, from their first step.
struct WorkersRestarted {
  RegionName region;
};

using EngineInput = std::variant<ImageAccepted, DeletionAccepted, ImageReplicated, Answered, TransferArrived,
                                 TransferFailed, TimerFired, WorkersCrashed, WorkersRestarted>;

// ---- Actions ------------------------------------------------------------------------------------------------------

/// A question or order to the destination of a job; see JobStep for what each asks.
struct Ask {
  RequestId request = 0;
  JobId job = 0;
  JobStep step = JobStep::kAdmit;  // any but kTransfer
  ReplicationPtr replication;
  std::vector<Content> content;  // kCheckContent: the image's blobs and manifests, each once
  ManifestPtr manifest;          // kPutManifest: which; kBindTag: the one to bind
  std::vector<Tag> tags;         // kDelete of an image: the tags that it had at the source
  Duration timeout;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("request", self.request);
    visit("job", self.job);
    visit("step", self.step);
    visit("replication", self.replication);
    visit("content", self.content);
    visit("manifest", self.manifest);
    visit("tags", self.tags);
    visit("timeout", self.timeout);
  }
};
/// Move one blob from the job's source repository to its destination repository.
struct StartTransfer {
  TransferId transfer = 0;
  JobId job = 0;
  ReplicationPtr replication;
  Digest blob;
  ByteCount size;
  Duration stall_timeout;  // fails with kTimedOut after this long without progress

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("transfer", self.transfer);
    visit("job", self.job);
    visit("replication", self.replication);
    visit("blob", self.blob);
    visit("size", self.size);
    visit("stall_timeout", self.stall_timeout);
  }
};
struct CancelTransfer {
  TransferId transfer = 0;
  FailureCode reason = FailureCode::kNone;
  /// With kWorkersCrashed: the jobs that rode on it from its own source and will start again. What it brought waits for
  /// the first of them to go on with, and is for nothing once all of them have ended.
  std::vector<JobId> heirs = {};
};
/// The arrived bytes are right: store them.
struct AcceptBlob {
  TransferId transfer = 0;
};
/// The arrived bytes are wrong: throw them away.
struct RejectBlob {
  TransferId transfer = 0;
  FailureCode reason = FailureCode::kDigestMismatch;
};
struct SetTimer {
  TimerId timer = 0;
  Duration delay;
};
struct ReportQueued {
  JobId job = 0;
  ReplicationPtr replication;
  JobKind kind = JobKind::kCopy;
};
struct ReportStarted {
  JobId job = 0;
  ReplicationPtr replication;
  JobKind kind = JobKind::kCopy;
};
/// A job in flight is back in its queue, since its workers crashed; it will start again.
struct ReportRequeued {
  JobId job = 0;
  ReplicationPtr replication;
};
/// `attempt` counts, from 1, the failures in a row of this step of this job; each blob and each manifest has its own
/// count. `retry_in` is empty when the job ends instead.
struct ReportStepFailed {
  JobId job = 0;
  JobStep step = JobStep::kAdmit;
  std::uint64_t attempt = 0;
  FailureCode failure = FailureCode::kNone;
  std::optional<Duration> retry_in;
  std::optional<Digest> part = std::nullopt;  // the blob or manifest, of kTransfer and kPutManifest
};
struct ReportEnded {
  JobId job = 0;
  ReplicationPtr replication;
  ReplicationStatus status = ReplicationStatus::kInProgress;  // kComplete or kFailed
  FailureCode failure = FailureCode::kNone;
  Instant queued_at;
  JobKind kind = JobKind::kCopy;
};

using EngineAction = std::variant<Ask, StartTransfer, CancelTransfer, AcceptBlob, RejectBlob, SetTimer, ReportQueued,
                                  ReportStarted, ReportRequeued, ReportStepFailed, ReportEnded>;

/// Pluggable replication logic. Holds its jobs and nothing else; deterministic: equal state and inputs give equal
/// actions.
class ReplicationEngine {
 public:
  virtual ~ReplicationEngine() = default;

  /// Takes one input at instant `now` and appends what has to be done to `actions`.
  virtual void Handle(Instant now, const EngineInput& input, std::vector<EngineAction>& actions) = 0;

  /// Jobs queued or running.
  [[nodiscard]] virtual std::size_t active_jobs() const = 0;
  /// One line a job that has not ended, saying what it waits for. For people.
  [[nodiscard]] virtual std::vector<std::string> DescribeWaiting() const = 0;

  [[nodiscard]] virtual std::unique_ptr<ReplicationEngine> Clone() const = 0;
  virtual void Save(Writer& writer) const = 0;
  /// Replaces the state by what Save wrote. Throws ArchiveError on damaged bytes.
  virtual void Load(Reader& reader) = 0;
  /// Adds the state, without numbers that depend on history, to a state hash. Instants count by their distance from
  /// `now`; the engine's own timers are part of this, so the world need not hash them.
  virtual void AddTo(StateHash& hash, Instant now) const = 0;
};

/// How the standard engine works; every figure is a choice of the scenario with a default stated here.
struct EngineOptions {
  std::uint64_t seed = 1;                  // of the stream `replication/backoff`
  std::int64_t jobs_in_flight_max = 256;   // per (source, destination) pair of registries
  std::int64_t transfers_per_job_max = 4;  // parallel streams of one job
  Duration request_timeout = Seconds(10);
  Duration stall_timeout = Hours(1);       // assumption `cut_copy`
  Duration retry_first = Seconds(1);       // no retry is documented: a choice that doubles at each attempt ...
  Duration retry_cap = Minutes(5);         // ... up to this ...
  Duration retry_give_up = Hours(24);      // ... until this long after the job was queued
  std::int64_t retry_jitter_percent = 50;  // the delay is drawn from [100 - this, 100] percent
  std::string denial = "fail";             // assumption `denial`: `fail` at once, or `retry`
  std::string job_order = "per-tag";       // assumption `job_order`: `per-tag`, `concurrent`, `per-destination`

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("seed", self.seed);
    visit("jobs_in_flight_max", self.jobs_in_flight_max);
    visit("transfers_per_job_max", self.transfers_per_job_max);
    visit("request_timeout", self.request_timeout);
    visit("stall_timeout", self.stall_timeout);
    visit("retry_first", self.retry_first);
    visit("retry_cap", self.retry_cap);
    visit("retry_give_up", self.retry_give_up);
    visit("retry_jitter_percent", self.retry_jitter_percent);
    visit("denial", self.denial);
    visit("job_order", self.job_order);
  }
};

/// The engine that behaves as the specification says; where that is silent, as the assumptions say.
std::unique_ptr<ReplicationEngine> MakeStandardEngine(const EngineOptions& options);

}  // namespace crrsim
