// What arrived by replication is never replicated on.
#include <fmt/format.h>

#include "harness/checkers/all_checkers.h"
#include "harness/checkers/image_key.h"

namespace crrsim {

namespace {

class NoChainingChecker final : public CheckerOf<NoChainingChecker> {
 public:
  void OnEvent(const Event& event) override {
    if (const auto* push = std::get_if<ImagePushed>(&event.body)) {
      pushed_.Emplace({numbers_.NumberOf(push->registry, push->repository), push->digest}).first = event.when;
    } else if (const auto* changed = std::get_if<StorageClassChanged>(&event.body)) {
      // A client's restore is treated like a push.
      if (changed->status != ImageStatus::kActive || changed->origin != Origin::kClient) return;
      pushed_.Emplace({numbers_.NumberOf(changed->registry, changed->repository), changed->digest}).first = event.when;
    } else if (const auto* removed = std::get_if<ManifestRemoved>(&event.body)) {
      pushed_.Erase(ImageKey{numbers_.NumberOf(removed->registry, removed->repository), removed->digest});
    } else if (const auto* stored = std::get_if<ManifestStored>(&event.body)) {
      if (stored->origin != Origin::kReplication) return;
      arrived_.Emplace({numbers_.NumberOf(stored->registry, stored->repository), stored->digest}).first = event.when;
    } else if (const auto* queued = std::get_if<JobQueued>(&event.body)) {
      CheckJob(*queued, event.when);
    }
  }

 private:
  void CheckJob(const JobQueued& queued, Instant when) {
    const auto& copy = queued.replication;
    const ImageKey image{numbers_.NumberOf(copy.source, copy.repository), copy.digest};
    if (pushed_.Find(image) != nullptr) return;
    const ViolationSide found{fmt::format("job {} takes {} of {} on to {}", queued.job, copy.digest.short_text(),
                                          PlaceText(copy.source, copy.repository), ToText(copy.destination)),
                              when};
    if (const auto* arrived = arrived_.Find(image)) {
      return Report(found, {"a client pushed it there; it arrived by replication", *arrived});
    }
    Report(found, {"a client pushed it there; nobody did", std::nullopt});
  }

  RepositoryNumbers numbers_;
  Index<ImageKey, Instant> pushed_;   // by clients, and not removed since
  Index<ImageKey, Instant> arrived_;  // by replication
};

}  // namespace

std::unique_ptr<Checker> MakeNoChainingChecker(const Assumptions&) { return std::make_unique<NoChainingChecker>(); }

}  // namespace crrsim
