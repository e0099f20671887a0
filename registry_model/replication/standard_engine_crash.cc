// What a crash of a region's workers leaves of the engine, and how it goes on.
#include <algorithm>
#include <utility>

#include "registry_model/replication/standard_engine.h"
#include "sim/check.h"

namespace crrsim {

bool StandardEngine::IsDown(const RegionName& region) const {
  return !down_.empty() && std::binary_search(down_.begin(), down_.end(), region);
}

void StandardEngine::On(const WorkersCrashed& crash) {
  CRRSIM_CHECK(!IsDown(crash.region), "the workers of {} crash twice", crash.region.text());
  down_.insert(std::lower_bound(down_.begin(), down_.end(), crash.region), crash.region);
  ForgetStepsOf(crash.region);
  std::vector<std::pair<JobId, Slot>> lost;
  for (Slot slot = 0; slot < jobs_.places(); ++slot) {
    if (jobs_.holds(slot) && jobs_[slot].copy->source.region == crash.region) lost.emplace_back(jobs_[slot].id, slot);
  }
  // Ids are unique: a total order.
  std::stable_sort(lost.begin(), lost.end());
  for (const auto& [id, slot] : lost) Requeue(slot);

  // What is still under way from there has riders from elsewhere.
  std::vector<std::pair<TransferId, Slot>> cut;
  for (Slot row = 0; row < wanted_.places(); ++row) {
    if (!wanted_.holds(row) || wanted_[row].transfer == 0) continue;
    if (wanted_[row].copy->source.region == crash.region) cut.emplace_back(wanted_[row].transfer, row);
  }
  std::stable_sort(cut.begin(), cut.end());
  for (const auto& [transfer, row] : cut) {
    CancelLeft(transfer, FailureCode::kWorkersCrashed);
    TransferLost(row, FailureCode::kWorkersCrashed);
  }
  CRRSIM_CHECK(heirs_.empty(), "{} transfers that crashed were not cancelled", heirs_.size());
}

void StandardEngine::On(const WorkersRestarted& restart) {
  CRRSIM_CHECK(IsDown(restart.region), "the workers of {} are back without a crash", restart.region.text());
  std::erase(down_, restart.region);
  for (const auto pair : queue_.PairsFrom(restart.region)) StartReady(pair);
}

/// Requests and timers of its jobs still come back, and mean nothing: the job may be in flight again by then, even in
/// the same slot.
void StandardEngine::ForgetStepsOf(const RegionName& region) {
  const auto is_lost = [&](const StepOfJob& step) {
    return IsLive(step) && jobs_[step.slot].copy->source.region == region;
  };
  std::vector<RequestId> requests;
  requests_.ForEachSorted([&](RequestId id, const StepOfJob& step) {
    if (is_lost(step)) requests.push_back(id);
  });
  std::vector<TimerId> timers;
  timers_.ForEachSorted([&](TimerId id, const Timer& timer) {
    if (is_lost(timer.step)) timers.push_back(id);
  });
  for (const auto id : requests) *requests_.Find(id) = StepOfJob{};
  for (const auto id : timers) timers_.Find(id)->step = StepOfJob{};
}

void StandardEngine::Requeue(Slot slot) {
  ReleaseParts(slot, FailureCode::kWorkersCrashed);
  auto& job = jobs_[slot];
  queue_.PutBack(job.ticket);
  actions_->emplace_back(ReportRequeued{job.id, std::move(job.copy)});
  job.manifests.reset();
  job.plan.Clear();
  job.parts.clear();
  jobs_.Give(slot);
}

}  // namespace crrsim
