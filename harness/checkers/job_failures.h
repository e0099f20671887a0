// How often the steps of one job failed, and with what: whether it had reason to be given up.
//
// After how long a job is given up is no assumption but an option of a world (`retry: give_up`), which a checker does
// not know. So what is asked is whether there was anything to be given up: a job that waited long enough for its turn
// fails for good at its first failure, any other only after it was tried again.
#pragma once

#include <cstdint>

#include "registry_model/events.h"

namespace crrsim {

class JobFailures {
 public:
  /// The job began; `queued_at` is when it was queued.
  void Began(Instant when, Instant queued_at) { waited_ = waited_ || when > queued_at; }
  void Add(const StepFailed& failed) {
    ++count_;
    last_ = failed.failure;
  }

  /// Why a job that ended with `said` failed: a refusal that is tried again (assumption `denial`) ends in
  /// kRetriesExhausted.
  [[nodiscard]] FailureCode ReasonOf(FailureCode said) const {
    const bool refused = said == FailureCode::kRetriesExhausted && last_ == FailureCode::kAccessDenied;
    return refused ? last_ : said;
  }
  [[nodiscard]] bool WasTriedAgain() const { return count_ > 1; }
  /// Whether a failure other than a refusal may have been the last one allowed.
  [[nodiscard]] bool MayBeGivenUp() const { return count_ > 1 || (count_ == 1 && waited_); }

 private:
  std::uint64_t count_ = 0;
  FailureCode last_ = FailureCode::kNone;  // of the last step that failed
  bool waited_ = false;
};

}  // namespace crrsim
