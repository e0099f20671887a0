// When a failed step is tried again, and when it is not.
//
// Attempt n waits `retry_first` * 2^(n-1), at most `retry_cap`, times a factor drawn uniformly from
// [100 - retry_jitter_percent, 100] percent, to the nanosecond, and never less than one nanosecond: a retry never falls
// on the instant of its failure. Nothing is drawn where there is no jitter, so runs without it have one state less.
//
// Determinism: draws come from the stream `replication/backoff` in the order of the failures.
// Source  ecr-replication.md 2.2 (retry policy: unsourced); assumptions `retry` and `denial`.
#pragma once

#include <cstdint>

#include "registry_model/replication/engine.h"
#include "registry_model/replication/job.h"
#include "sim/random.h"

namespace crrsim {

class Backoff {
 public:
  /// Requires options with positive durations, a jitter of 0 to 100 percent, and a known value of `denial`; a Defect
  /// otherwise.
  explicit Backoff(const EngineOptions& options);

  /// Whether another attempt cannot end better: the destination said no, or what was to be copied, or the place to copy
  /// it to, is gone.
  [[nodiscard]] bool IsPermanent(FailureCode failure) const;
  /// How long attempt `attempt` (from 1) waits after its failure.
  Duration Draw(std::uint64_t attempt);
  /// Whether a retry so long after the job was queued is no longer made.
  [[nodiscard]] bool IsTooLate(Duration after_queued) const { return after_queued > give_up_; }

  [[nodiscard]] const RandomStream& stream() const { return stream_; }
  void set_stream(const RandomStream& stream) { stream_ = stream; }

 private:
  enum class Denial : std::uint8_t { kFail, kRetry };
  static Denial DenialOf(const EngineOptions& options);

  Duration first_;
  Duration cap_;
  Duration give_up_;
  std::int64_t jitter_percent_;
  Denial denial_;
  RandomStream stream_;
};

}  // namespace crrsim
