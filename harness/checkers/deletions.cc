// Deletions reach the destinations that the rules name, and nothing vanishes without one.
//
// A deletion at a source is owed to a destination when a rule of then replicates deletions there. It is queued, and
// ends: COMPLETE once what it names is gone, or FAILED for a reason that this checker can see. What an index of the
// destination lists stays there, without its tags; so does what an index listed, or (where the assumption says so) a
// tag of the destination's own named, at some instant while the deletion ran, since when it took effect is not told.
// The other way round, whatever vanishes from a registry was deleted there, or by a deletion that was owed. What was
// put there again since the deletion began is not claimed.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/checkers/all_checkers.h"
#include "harness/checkers/image_key.h"
#include "harness/checkers/index_families.h"
#include "harness/checkers/job_failures.h"
#include "harness/checkers/policy_history.h"
#include "harness/checkers/rule_history.h"

namespace crrsim {

namespace {

class DeletionsChecker final : public CheckerOf<DeletionsChecker> {
 public:
  explicit DeletionsChecker(const Assumptions& assumptions)
      : rules_(assumptions),
        policies_(assumptions),
        with_repository_(assumptions.value(Assumption::kDeleteRepository) == "replicated"),
        own_tags_keep_(assumptions.value(Assumption::kDeleteDestinationTags) == "kept"),
        action_(assumptions.value(Assumption::kDeletePermission) == "batch-delete-image" ? "ecr:BatchDeleteImage"
                                                                                         : "ecr:ReplicateImage") {}

  void OnEvent(const Event& event) override {
    ++seen_;
    if (const auto* stored = std::get_if<ManifestStored>(&event.body)) {
      families_.OnEvent(*stored);
      stored_.Emplace(KeyOf(*stored, stored->digest)).first = seen_;
    } else if (const auto* removed = std::get_if<ManifestRemoved>(&event.body)) {
      Vanish(*removed, event.when);
    } else if (const auto* moved = std::get_if<TagMoved>(&event.body)) {
      Move(*moved, event.when);
    } else if (const auto* deleted = std::get_if<ImageDeleted>(&event.body)) {
      Delete(*deleted, event.when);
    } else if (const auto* queued = std::get_if<DeletionQueued>(&event.body)) {
      Queue(*queued, event.when);
    } else if (const auto* started = std::get_if<DeletionStarted>(&event.body)) {
      const auto job = jobs_.find(started->job);
      if (job == jobs_.end()) return;
      if (job->second.began == 0) job->second.began = seen_;
      job->second.failures.Began(event.when, job->second.queued_at);
    } else if (const auto* ended = std::get_if<DeletionEnded>(&event.body)) {
      End(*ended, event.when);
    } else if (const auto* failed = std::get_if<StepFailed>(&event.body)) {
      const auto job = jobs_.find(failed->job);
      if (job != jobs_.end()) job->second.failures.Add(*failed);
    } else if (std::holds_alternative<FaultHit>(event.body)) {
      last_hit_ = event.when;
    } else if (std::holds_alternative<ReplicationConfigured>(event.body)) {
      rules_.OnEvent(event);
    } else if (std::holds_alternative<RegistryPolicyChanged>(event.body)) {
      policies_.OnEvent(event);
    }
  }

  void AtEnd(const FinalState& state) override {
    for (const auto& [what, owed] : debts_) {
      if (owed.settled) continue;
      if (state.rest == RunRest::kUnderWay && (owed.open > 0 || owed.deleted_at == state.now)) continue;
      Report({fmt::format("{} was not deleted in {}: {}", TextOf(what), PlaceText(what.destination, what.repository),
                          owed.jobs == 0 ? "no deletion was ever queued"
                                         : "its deletion never ended, and nothing is under way any more"),
              state.now},
             {fmt::format("it goes there: it was deleted in {}, whose rules replicate deletions there",
                          ToText(what.source)),
              owed.deleted_at});
    }
  }

 private:
  struct Debt {
    Instant deleted_at;
    std::vector<Tag> tags;  // of an image, at its source
    bool settled = false;
    std::uint32_t open = 0;
    std::uint32_t jobs = 0;
  };
  struct Job {
    Replication what;
    Instant queued_at;
    std::vector<Tag> tags;
    std::uint64_t began = 0;  // the event that said so
    JobFailures failures;
  };
  struct TagKey {
    RepositoryNumber repository = 0;
    Tag tag;
    friend bool operator==(const TagKey&, const TagKey&) = default;
    [[nodiscard]] std::uint64_t LookupHash() const {
      return tag.LookupHash() ^ (repository * std::uint64_t{0x9E3779B97F4A7C15});
    }
  };
  struct Bound {
    Digest digest;
    std::uint64_t since = 0;  // the event that said so
  };

  template <class Body>
  ImageKey KeyOf(const Body& body, const Digest& digest) {
    return {numbers_.NumberOf(body.registry, body.repository), digest};
  }
  static std::string TextOf(const Replication& what) {
    return what.tag ? fmt::format("tag '{}' of {}", what.tag->text(), what.digest.short_text())
                    : what.digest.short_text();
  }

  // ---- What goes ----

  void Delete(const ImageDeleted& deleted, Instant when) {
    here_ = deleted;
    if (deleted.cause == DeletionCause::kRepository && !with_repository_) return;
    for (const auto& destination : rules_.DeletionDestinationsOf(deleted.registry, deleted.repository)) {
      auto& owed = debts_[{deleted.registry, destination, deleted.repository, deleted.digest, deleted.tag}];
      owed.deleted_at = when;
      owed.tags = deleted.tags;
      owed.settled = false;
      owed.jobs = 0;
    }
  }

  void Vanish(const ManifestRemoved& removed, Instant when) {
    const auto key = KeyOf(removed, removed.digest);
    stored_.Erase(key);
    gone_.Emplace(key).first = seen_;
    if (IsDeletedHere(removed) && here_->digest == removed.digest && !here_->tag) return here_.reset();
    const bool caused =
        AnyJobAt(removed, [&](const Job& job) { return !job.what.tag && job.what.digest == key.digest; });
    if (caused) return;
    Report({fmt::format("{} vanished from {}", removed.digest.short_text(),
                        PlaceText(removed.registry, removed.repository)),
            when},
           {"it was deleted there, or at a source whose rules replicate deletions there; it was not", std::nullopt});
  }

  void Move(const TagMoved& moved, Instant when) {
    const TagKey key{numbers_.NumberOf(moved.registry, moved.repository), moved.tag};
    if (moved.from) CountTag({key.repository, *moved.from}, -1);
    if (moved.to) {
      CountTag({key.repository, *moved.to}, 1);
      tags_.Emplace(key).first = {*moved.to, seen_};
      return;
    }
    tags_.Erase(key);
    if (IsDeletedHere(moved)) {
      // With its image go all its tags.
      if (!here_->tag && here_->digest == *moved.from) return;
      if (here_->tag == moved.tag) return here_.reset();
    }
    const bool caused = AnyJobAt(moved, [&](const Job& job) {
      if (job.what.tag) return *job.what.tag == moved.tag;
      return job.what.digest == *moved.from || std::find(job.tags.begin(), job.tags.end(), moved.tag) != job.tags.end();
    });
    if (caused) return;
    Report(
        {fmt::format("tag '{}' vanished from {}", moved.tag.text(), PlaceText(moved.registry, moved.repository)), when},
        {"it was deleted there, or at a source whose rules replicate deletions there; it was not", std::nullopt});
  }

  template <class Body>
  [[nodiscard]] bool IsDeletedHere(const Body& body) const {
    return here_ && here_->registry == body.registry && here_->repository == body.repository;
  }

  template <class Body, class Fits>
  [[nodiscard]] bool AnyJobAt(const Body& body, Fits fits) const {
    return std::any_of(jobs_.begin(), jobs_.end(), [&](const auto& entry) {
      const auto& job = entry.second;
      return job.began > 0 && job.what.destination == body.registry && job.what.repository == body.repository &&
             fits(job);
    });
  }

  void CountTag(const ImageKey& image, std::int64_t change) {
    auto& count = tags_of_.Emplace(image).first;
    count += change;
    if (count != 0) return;
    tags_of_.Erase(image);
    untagged_.Emplace(image).first = seen_;
  }

  // ---- What is owed ----

  void Queue(const DeletionQueued& queued, Instant when) {
    const auto& what = queued.replication;
    auto& job = jobs_[queued.job];
    job.what = what;
    job.queued_at = when;
    const auto owed = debts_.find(what);
    if (owed == debts_.end()) {
      return Report(
          {fmt::format("deletion {} takes {} off {}", queued.job, TextOf(what),
                       PlaceText(what.destination, what.repository)),
           when},
          {fmt::format("it was deleted in {}, whose rules replicate deletions there; it was not", ToText(what.source)),
           std::nullopt});
    }
    job.tags = owed->second.tags;
    ++owed->second.open;
    ++owed->second.jobs;
  }

  void End(const DeletionEnded& ended, Instant when) {
    const auto found = jobs_.find(ended.job);
    if (found == jobs_.end()) return;
    const auto job = found->second;
    jobs_.erase(found);
    if (const auto owed = debts_.find(job.what); owed != debts_.end()) {
      if (owed->second.open > 0) --owed->second.open;
      if (owed->second.open == 0) owed->second.settled = true;
    }
    if (ended.status == ReplicationStatus::kFailed) {
      if (IsReason(ended, job)) return;
      return Report(
          {fmt::format("deletion {} of {} FAILED with {}", ended.job, TextOf(job.what), NameOf(ended.failure)), when},
          {"there is a reason for that; there is none", job.queued_at});
    }
    if (const auto left = LeftOver(job)) {
      Report(
          {fmt::format("{} in {} is still there", *left, PlaceText(job.what.destination, job.what.repository)), when},
          {fmt::format("deletion {} of it is COMPLETE", ended.job), job.queued_at});
    }
  }

  /// What a deletion that is COMPLETE should have taken off and has not.
  std::optional<std::string> LeftOver(const Job& job) {
    const ImageKey image{numbers_.NumberOf(job.what.destination, job.what.repository), job.what.digest};
    const auto is_left = [&](const Tag& tag) {
      const auto* bound = tags_.Find(TagKey{image.repository, tag});
      return bound != nullptr && bound->digest == image.digest && bound->since < job.began;
    };
    if (job.what.tag) {
      return is_left(*job.what.tag) ? std::optional("tag '" + job.what.tag->text() + "'") : std::nullopt;
    }
    for (const auto& tag : job.tags) {
      if (is_left(tag)) return "tag '" + tag.text() + "'";
    }
    const auto* since = stored_.Find(image);
    if (since == nullptr || *since >= job.began) return std::nullopt;
    const auto was = [&](const Index<ImageKey, std::uint64_t>& until, const ImageKey& key) {
      const auto* last = until.Find(key);
      return last != nullptr && *last > job.began;
    };
    if (own_tags_keep_ && (tags_of_.Find(image) != nullptr || was(untagged_, image))) return std::nullopt;
    const bool was_listed = families_.AnyOfFamily(image.digest, [&](const Digest& index) {
      const ImageKey key{image.repository, index};
      return index != image.digest && (stored_.Find(key) != nullptr || was(gone_, key));
    });
    return was_listed ? std::nullopt : std::optional(image.digest.short_text());
  }

  /// Whether something in the stream explains why a deletion failed.
  [[nodiscard]] bool IsReason(const DeletionEnded& ended, const Job& job) const {
    if (last_hit_ && *last_hit_ >= job.queued_at) return true;
    const auto changed = policies_.ChangedAt(job.what.destination);
    if (changed && *changed >= job.queued_at) return true;
    switch (job.failures.ReasonOf(ended.failure)) {
      case FailureCode::kAccessDenied:
        return !policies_.Lets(action_, job.what.source, job.what.destination, job.what.repository);
      case FailureCode::kTimedOut:
      case FailureCode::kInjected:
        return job.failures.WasTriedAgain();
      case FailureCode::kRetriesExhausted:
        return job.failures.MayBeGivenUp();
      case FailureCode::kNone:
        return false;
      default:
        return true;  // a registry that is not there: said by the destination alone
    }
  }

  RuleHistory rules_;
  PolicyHistory policies_;
  bool with_repository_;
  bool own_tags_keep_;
  std::string_view action_;
  IndexFamilies families_;
  RepositoryNumbers numbers_;
  std::uint64_t seen_ = 0;                 // events
  Index<ImageKey, std::uint64_t> stored_;  // by the event that said so
  Index<TagKey, Bound> tags_;
  Index<ImageKey, std::int64_t> tags_of_;  // how many; never zero
  // The last events at which an image went, and at which its last tag did.
  Index<ImageKey, std::uint64_t> gone_;
  Index<ImageKey, std::uint64_t> untagged_;
  std::map<Replication, Debt> debts_;
  std::map<JobId, Job> jobs_;         // that have not ended
  std::optional<ImageDeleted> here_;  // what is about to go where it was deleted
  std::optional<Instant> last_hit_;
};

}  // namespace

std::unique_ptr<Checker> MakeDeletionsChecker(const Assumptions& assumptions) {
  return std::make_unique<DeletionsChecker>(assumptions);
}

}  // namespace crrsim
