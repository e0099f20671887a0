// Exactly the images that the rules send, to exactly the destinations that they name.
//
// An image is owed to a destination by a push (or a restore) whose registry's rules named it then, or by the job of a
// backfill whose registry's rules named it when the backfill listed its images. A debt is settled
// once the image is visible there, whatever becomes of it later, or once its job has FAILED for a reason that this
// checker can see. The other way round, whatever enters by replication must have been owed. What is replicated on from
// a place to which no client pushed it is a claim of `no_chaining`.
#include <fmt/format.h>

#include <algorithm>

#include "harness/checkers/all_checkers.h"
#include "harness/checkers/image_key.h"
#include "harness/checkers/index_families.h"
#include "harness/checkers/job_failures.h"
#include "harness/checkers/policy_history.h"
#include "harness/checkers/rule_history.h"

namespace crrsim {

namespace {

class ExpectedImagesChecker final : public CheckerOf<ExpectedImagesChecker> {
 public:
  explicit ExpectedImagesChecker(const Assumptions& assumptions) : rules_(assumptions), policies_(assumptions) {}

  void OnEvent(const Event& event) override {
    if (const auto* push = std::get_if<ImagePushed>(&event.body)) {
      Push(*push, event.when);
    } else if (const auto* restored = std::get_if<StorageClassChanged>(&event.body)) {
      Restore(*restored, event.when);
    } else if (const auto* manifest = std::get_if<ManifestStored>(&event.body)) {
      families_.OnEvent(*manifest);
      Appear(*manifest, event.when);
    } else if (const auto* gone = std::get_if<ManifestRemoved>(&event.body)) {
      visible_.Erase(ImageKey{numbers_.NumberOf(gone->registry, gone->repository), gone->digest});
    } else if (const auto* backfill = std::get_if<BackfillChanged>(&event.body)) {
      Backfill(*backfill);
    } else if (const auto* queued = std::get_if<JobQueued>(&event.body)) {
      Queue(*queued, event.when);
    } else if (const auto* started = std::get_if<JobStarted>(&event.body)) {
      if (auto* job = jobs_.Find(started->job)) job->failures.Began(event.when, job->queued_at);
    } else if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
      End(*ended, event.when);
    } else if (std::holds_alternative<FaultHit>(event.body)) {
      last_hit_ = event.when;
    } else if (const auto* lost = std::get_if<BlobRemoved>(&event.body)) {
      last_removal_[{lost->registry, lost->repository}] = event.when;
    } else if (const auto* failed = std::get_if<StepFailed>(&event.body)) {
      if (auto* job = jobs_.Find(failed->job)) job->failures.Add(*failed);
    } else if (const auto* deleted = std::get_if<RepositoryDeleted>(&event.body)) {
      last_deletion_[{deleted->registry, deleted->repository}] = event.when;
    } else if (std::holds_alternative<ReplicationConfigured>(event.body)) {
      rules_.OnEvent(event);
    } else if (const auto* policy = std::get_if<RegistryPolicyChanged>(&event.body)) {
      // Jobs that run over a change may have been judged by either policy.
      policies_.OnEvent(event);
      last_change_[policy->registry] = event.when;
    }
  }

  void AtEnd(const FinalState& state) override {
    for (const auto& [image, owed] : debts_) {
      if (owed.settled) continue;
      const auto& where = numbers_.KeyOf(image.repository);
      if (state.rest == RunRest::kUnderWay && (owed.open > 0 || owed.pushed_at == state.now)) continue;
      Report(
          {fmt::format("{} is not in {}: {}", image.digest.short_text(), PlaceText(where.registry, where.repository),
                       owed.open > 0      ? "its job never ended, and nothing is under way any more"
                       : owed.jobs == 0   ? "no job was ever queued for it"
                       : owed.why.empty() ? "its job says COMPLETE"
                                          : owed.why),
           owed.ended_at ? owed.ended_at : std::optional(state.now)},
          {fmt::format("it comes there: {} took it, whose rules name {}", ToText(owed.source), ToText(where.registry)),
           owed.pushed_at});
    }
  }

 private:
  struct Debt {
    RegistryKey source;
    Instant pushed_at;
    bool settled = false;
    std::uint32_t open = 0;  // jobs
    std::uint32_t jobs = 0;
    std::optional<Instant> ended_at;
    std::string why;  // what the last job that failed said
  };
  struct Job {
    Instant queued_at;
    bool chained = false;
    JobFailures failures = {};
  };

  void Push(const ImagePushed& push, Instant when) {
    pushed_.Insert({numbers_.NumberOf(push.registry, push.repository), push.digest}, true);
    for (const auto& destination : rules_.DestinationsOf(push)) {
      // A new tag on an image that is there owes nothing new; one that failed before is owed again.
      Owe(push.registry, destination, push.repository, push.digest, when);
    }
  }

  /// A client's restore is treated like a push of all tags of the image.
  void Restore(const StorageClassChanged& restored, Instant when) {
    if (restored.status != ImageStatus::kActive || restored.origin != Origin::kClient) return;
    pushed_.Insert({numbers_.NumberOf(restored.registry, restored.repository), restored.digest}, true);
    for (const auto& destination : rules_.DestinationsOf(restored.registry, restored.repository)) {
      auto& owed = Owe(restored.registry, destination, restored.repository, restored.digest, when);
      // Whether it has a tag is not known here; where that matters the image may come, and need not.
      owed.settled = owed.settled || !rules_.untagged_too();
    }
  }

  void Backfill(const BackfillChanged& backfill) {
    const std::pair key(backfill.registry, backfill.destination);
    if (backfill.status == BackfillStatus::kInProgress) {
      backfills_.insert_or_assign(key, rules_);
    } else {
      backfills_.erase(key);
    }
  }

  /// A backfill that runs may copy what a client pushed and the rules of its beginning name.
  void OweByBackfill(const Replication& copy, Instant when) {
    const auto rules = backfills_.find({copy.source, copy.destination});
    if (rules == backfills_.end() || (!copy.tag && !rules_.untagged_too())) return;
    if (!rules->second.DestinationsOf(copy.source, copy.repository).contains(copy.destination)) return;
    if (pushed_.Find(ImageKey{numbers_.NumberOf(copy.source, copy.repository), copy.digest}) == nullptr) return;
    if (DebtOf(copy) == nullptr) Owe(copy.source, copy.destination, copy.repository, copy.digest, when);
  }

  Debt& Owe(const RegistryKey& source, const RegistryKey& destination, const RepositoryName& repository,
            const Digest& digest, Instant when) {
    const ImageKey image{numbers_.NumberOf(destination, repository), digest};
    auto& owed = debts_[image];
    owed.source = source;
    owed.pushed_at = when;
    owed.settled = visible_.Find(image) != nullptr;
    return owed;
  }

  void Appear(const ManifestStored& stored, Instant when) {
    const ImageKey image{numbers_.NumberOf(stored.registry, stored.repository), stored.digest};
    visible_.Insert(image, true);
    if (const auto owed = debts_.find(image); owed != debts_.end()) owed->second.settled = true;
    if (stored.origin != Origin::kReplication) return;
    const bool wanted = families_.AnyOfFamily(stored.digest, [&](const Digest& root) {
      const ImageKey key{image.repository, root};
      return debts_.contains(key) || chained_.Find(key) != nullptr;
    });
    if (wanted) return;
    Report({fmt::format("replication brought {} to {}", stored.digest.short_text(),
                        PlaceText(stored.registry, stored.repository)),
            when},
           {"rules name that destination at a push of it; none did", std::nullopt});
  }

  Debt* DebtOf(const Replication& copy) {
    const auto owed = debts_.find({numbers_.NumberOf(copy.destination, copy.repository), copy.digest});
    return owed == debts_.end() ? nullptr : &owed->second;
  }

  void Queue(const JobQueued& queued, Instant when) {
    const auto& copy = queued.replication;
    const bool chained =
        pushed_.Find(ImageKey{numbers_.NumberOf(copy.source, copy.repository), copy.digest}) == nullptr;
    jobs_.Insert(queued.job, {when, chained});
    if (chained) chained_.Insert({numbers_.NumberOf(copy.destination, copy.repository), copy.digest}, true);
    if (!backfills_.empty()) OweByBackfill(copy, when);
    if (auto* owed = DebtOf(copy)) {
      ++owed->open;
      ++owed->jobs;
    }
  }

  void End(const JobEnded& ended, Instant when) {
    const auto* known = jobs_.Find(ended.job);
    const auto job = known == nullptr ? Job{ended.queued_at} : *known;
    jobs_.Erase(ended.job);
    auto* owed = DebtOf(ended.replication);
    if (owed == nullptr) return;
    if (owed->open > 0) --owed->open;
    owed->ended_at = when;
    if (ended.status != ReplicationStatus::kFailed) return;
    owed->why = fmt::format("its job FAILED with {}, for which there is no reason", NameOf(ended.failure));
    if (IsReason(ended, job)) owed->settled = true;
  }

  /// Whether something in the stream explains why a job failed.
  bool IsReason(const JobEnded& ended, const Job& job) const {
    const auto& copy = ended.replication;
    const auto since = [&](const std::optional<Instant>& when) { return when && *when >= job.queued_at; };
    if (since(last_hit_)) return true;
    const auto change = last_change_.find(copy.destination);
    if (change != last_change_.end() && since(change->second)) return true;
    const auto lets = [&](std::string_view action) {
      return policies_.Lets(action, copy.source, copy.destination, copy.repository);
    };
    switch (job.failures.ReasonOf(ended.failure)) {
      case FailureCode::kAccessDenied:
        return !lets("ecr:ReplicateImage");
      case FailureCode::kRepositoryNotFound: {
        // It may have been there when the job was admitted.
        const auto deletion = last_deletion_.find({copy.destination, copy.repository});
        return !lets("ecr:CreateRepository") || (deletion != last_deletion_.end() && since(deletion->second)) ||
               job.failures.WasTriedAgain();
      }
      case FailureCode::kSourceImageNotFound: {
        const auto removal = last_removal_.find({copy.source, copy.repository});
        return removal != last_removal_.end() && since(removal->second);
      }
      case FailureCode::kDigestMismatch:
      case FailureCode::kTimedOut:
      case FailureCode::kInjected:
      case FailureCode::kContentMissing:
        return job.failures.WasTriedAgain();
      case FailureCode::kRetriesExhausted:
        return job.failures.MayBeGivenUp();
      case FailureCode::kNone:
        return false;
      default:
        return true;  // a template, an immutable tag, a registry that is not there: said by the destination alone
    }
  }

  RuleHistory rules_;
  std::map<std::pair<RegistryKey, RegistryKey>, RuleHistory> backfills_;  // that run, with the rules of their beginning
  PolicyHistory policies_;
  IndexFamilies families_;
  RepositoryNumbers numbers_;
  std::map<ImageKey, Debt> debts_;  // by the image at its destination
  Index<ImageKey, bool> visible_;
  Index<ImageKey, bool> pushed_;   // by a client
  Index<ImageKey, bool> chained_;  // at the destinations of jobs from where no client pushed
  Index<JobId, Job> jobs_;         // that have not ended
  std::optional<Instant> last_hit_;
  std::map<RegistryKey, Instant> last_change_;      // of its policy
  std::map<RepositoryKey, Instant> last_removal_;   // of a blob
  std::map<RepositoryKey, Instant> last_deletion_;  // of the repository
};

}  // namespace

std::unique_ptr<Checker> MakeExpectedImagesChecker(const Assumptions& assumptions) {
  return std::make_unique<ExpectedImagesChecker>(assumptions);
}

}  // namespace crrsim
