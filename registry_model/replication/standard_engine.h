// The standard replication engine: how one job goes from push to COMPLETE or FAILED.
//
// A job waits in its lane (job_queue.h), then goes through these phases; each step is asked of the destination, or is a
// transfer, and each may fail and be tried again (backoff.h):
//
//   kAdmit   permission and repository, once
//   kCheck   which parts (copy_plan.h) of the image are missing there
//   kWork    missing blobs are moved, at most transfers_per_job_max at a time, in the order of the plan, and verified
//            on arrival; a missing manifest is put as soon as all that it needs is there; manifests that are ready are
//            put at once, without a bound
//   kBind    the tag, if there is one, also where nothing had to be moved
//   kDelete  the only phase of a deletion: permission, then the tag or the image
//
// Decided here, since the texts are silent:
// - Attempts count the failures in a row of one step: of admit, check and bind, of each blob and of each manifest; a
//   success sets the count back to nothing.
// - A put or bind that is refused for missing content goes back to kCheck when its retry is due; until then the rest of
//   the job goes on, and its count of attempts goes on too, so a destination that keeps losing content is asked less
//   and less often.
// - Jobs share the transfer of a blob (wanted_blobs.h). When the job that started it ends, the transfer goes on for
//   those who ride on it: no byte is wasted. When the transfer fails, each rider of the same source counts a failed
//   attempt and draws its own backoff; riders of another source lose nothing but time and start a transfer from theirs
//   at once. What arrives is there for all jobs that want it, those that wait for a retry included.
// - Riding takes up one of the job's parallel streams, like a transfer of its own.
// - A deletion waits in its lanes like a copy, so that neither overtakes the other (job_queue.h); copies that it makes
//   pointless are not called off. It is tried again and given up like a copy's steps.
// - A job that fails cancels the transfers on which nobody else rides. Requests that are out come back to nobody.
// - A crash of a region's workers forgets all but the queue: jobs of its registries go back to their places in it,
//   and start again with kAdmit when the workers are back, so the destination's permission is read again. What riders
//   from elsewhere waited for is started from their own source.
//
// Source  ecr-replication.md 1.6 (deletions), 1.7 (unit of work), 2.2, 2.3, 3 (14: a permission is read once),
// 4, 4.1, 5.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "registry_model/replication/backoff.h"
#include "registry_model/replication/copy_plan.h"
#include "registry_model/replication/engine.h"
#include "registry_model/replication/job_queue.h"
#include "registry_model/replication/slots.h"
#include "registry_model/replication/wanted_blobs.h"
#include "sim/index.h"

namespace crrsim {

class StandardEngine final : public ReplicationEngine {
 public:
  explicit StandardEngine(const EngineOptions& options);

  void Handle(Instant now, const EngineInput& input, std::vector<EngineAction>& actions) override;
  [[nodiscard]] std::size_t active_jobs() const override { return queue_.size(); }
  [[nodiscard]] std::vector<std::string> DescribeWaiting() const override;
  [[nodiscard]] std::unique_ptr<ReplicationEngine> Clone() const override;
  /// The options are saved too, so an engine made with any options can load.
  void Save(Writer& writer) const override;
  void Load(Reader& reader) override;
  void AddTo(StateHash& hash, Instant now) const override;

 private:
  enum class Phase : std::uint8_t { kAdmit, kCheck, kWork, kBind, kDelete };
  enum class PartState : std::uint8_t {
    kUnknown,   // to be learned from the destination
    kAbsent,    // to be moved or put
    kUnderWay,  // rides on a transfer, or its put was asked
    kRetrying,  // failed; its timer runs
    kPresent,
  };
  /// Where a retry of a step begins.
  enum class Retry : std::uint8_t { kSameStep, kCheckFirst };

  struct Part {
    PartState state = PartState::kUnknown;
    Retry retry = Retry::kSameStep;
    std::uint32_t failures = 0;  // in a row
    std::uint32_t needs = 0;     // of a manifest, in kWork: needed parts that are not present
    Slot wanted = kNoSlot;       // of a blob that is not present: its row
    TimerId timer = 0;           // while retrying
  };
  /// A job in flight.
  struct Job {
    JobId id = 0;
    Slot ticket = kNoSlot;  // in the queue
    JobKind kind = JobKind::kCopy;
    Phase phase = Phase::kAdmit;
    Retry retry = Retry::kSameStep;                       // of kBind
    TimerId timer = 0;                                    // of a step without parts: while retrying; 0: asked
    std::array<std::uint32_t, kJobStepCount> failures{};  // in a row, of the steps without parts
    PartNumber parts_left = 0;                            // in kWork: not present
    PartNumber next_blob = 0;                             // no blob before it is absent
    std::int64_t streams = 0;                             // blobs under way
    Instant queued_at;
    std::uint64_t target = 0;  // HashOfTarget
    ReplicationPtr copy;
    ManifestListPtr manifests;
    // Their memory serves the next job of the slot.
    CopyPlan plan;
    std::vector<Part> parts;  // by part number of the plan
  };
  /// A step of a job that is out: asked, or waiting for its timer. The job may have ended meanwhile.
  struct StepOfJob {
    JobId job = 0;
    Slot slot = kNoSlot;
    JobStep step = JobStep::kAdmit;
    PartNumber part = 0;  // of kTransfer and kPutManifest
  };
  struct Timer {
    StepOfJob step;
    Instant at;
    FailureCode failure = FailureCode::kNone;  // why it runs
  };
  // Inputs.
  void On(const ImageAccepted& push);
  void On(const DeletionAccepted& deletion);
  void On(const ImageReplicated& image);
  void On(const Answered& answered);
  void On(const TransferArrived& transfer);
  void On(const TransferFailed& transfer);
  void On(const TimerFired& fired);
  void On(const WorkersCrashed& crash);
  void On(const WorkersRestarted& restart);

  // A job's way.
  void StartReady(PairNumber pair);
  void Queue(QueuedJob job);
  void Start(Slot ticket);
  Slot TakeSlot(Slot ticket);
  void EnterCheck(Slot slot);
  void Checked(Slot slot, const std::vector<std::uint32_t>& missing);
  void LearnParts(Slot slot, const std::vector<std::uint32_t>& missing);
  void CountNeeds(Job& job);
  void FillStreams(Slot slot);
  void StartOrJoinTransfer(Slot slot, PartNumber part);
  void PutIfReady(Slot slot, PartNumber part);
  void PartPresent(Slot slot, PartNumber part);
  void AllPresent(Slot slot);
  void End(Slot slot, FailureCode failure);
  void ReleaseParts(Slot slot, FailureCode reason);
  void CancelLeft(TransferId transfer, FailureCode reason);

  // Failures.
  void TransferLost(Slot row, FailureCode failure);
  void FailStep(Slot slot, JobStep step, PartNumber part, FailureCode failure);
  void RetryStep(const StepOfJob& what);
  void RetryPut(Slot slot, PartNumber part);

  // standard_engine_crash.cc
  [[nodiscard]] bool IsDown(const RegionName& region) const;
  void ForgetStepsOf(const RegionName& region);
  void Requeue(Slot slot);

  void AskStep(Slot slot, JobStep step, PartNumber part);
  [[nodiscard]] static const ManifestPtr& ManifestOf(const Job& job, PartNumber part);
  [[nodiscard]] bool IsLive(const StepOfJob& what) const;

  // standard_engine_state.cc and standard_engine_text.cc
  [[nodiscard]] std::vector<Slot> SlotsByTicket() const;
  [[nodiscard]] std::string CauseOfQueued(Slot ticket) const;
  [[nodiscard]] std::string CauseOf(Slot slot) const;
  [[nodiscard]] std::string CauseOfPart(Slot slot, PartNumber part) const;
  [[nodiscard]] std::string RetryText(TimerId timer, std::uint64_t failures) const;
  void AddQueuedTo(StateHash& hash, Slot ticket, Instant now) const;
  void AddJobTo(StateHash& hash, Slot slot, Instant now) const;
  void SaveJob(Writer& writer, const Job& job) const;
  void SaveWanted(Writer& writer, const std::vector<Slot>& slots) const;
  void LoadAll(Reader& reader);
  JobId LoadJob(Reader& reader, JobId after, Index<JobId, Slot>& slots);
  void LoadWanted(Reader& reader, const Index<JobId, Slot>& slots);
  void CheckLoaded() const;

  EngineOptions options_;
  Backoff backoff_;
  JobQueue queue_;
  SlotPool<Job> jobs_;
  WantedBlobs wanted_;
  Index<RequestId, StepOfJob> requests_;
  Index<TimerId, Timer> timers_;
  JobId last_job_ = 0;
  RequestId last_request_ = 0;
  TransferId last_transfer_ = 0;
  TimerId last_timer_ = 0;
  std::vector<RegionName> down_;  // whose workers have crashed, in ascending order

  // Within one Handle only.
  Instant now_;
  std::vector<EngineAction>* actions_ = nullptr;
  std::vector<PairNumber> pairs_;
  std::vector<Want> wants_;
  std::vector<StepOfJob> losers_;
  std::map<TransferId, std::vector<JobId>> heirs_;  // of transfers that a crash cuts off: CancelTransfer::heirs
};

}  // namespace crrsim
