#include "registry_model/replication/backoff.h"

#include <algorithm>

#include "sim/check.h"
#include "sim/int128.h"

namespace crrsim {

Backoff::Backoff(const EngineOptions& options)
    : first_(options.retry_first),
      cap_(options.retry_cap),
      give_up_(options.retry_give_up),
      jitter_percent_(options.retry_jitter_percent),
      denial_(DenialOf(options)),
      stream_(options.seed, "replication/backoff") {
  CRRSIM_CHECK(first_ > Duration() && cap_ > Duration(), "a retry after {} ns, at most {} ns", first_.nanoseconds(),
               cap_.nanoseconds());
  CRRSIM_CHECK(give_up_ >= Duration(), "giving up after {} ns", give_up_.nanoseconds());
  CRRSIM_CHECK(jitter_percent_ >= 0 && jitter_percent_ <= 100, "a jitter of {} percent", jitter_percent_);
}

Backoff::Denial Backoff::DenialOf(const EngineOptions& options) {
  CRRSIM_CHECK(options.denial == "fail" || options.denial == "retry", "denial is '{}'", options.denial);
  return options.denial == "fail" ? Denial::kFail : Denial::kRetry;
}

bool Backoff::IsPermanent(FailureCode failure) const {
  switch (failure) {
    case FailureCode::kAccessDenied:
      return denial_ == Denial::kFail;
    case FailureCode::kRepositoryNotFound:
    case FailureCode::kRepositoryNotCreated:
    case FailureCode::kRegistryNotFound:
    case FailureCode::kRegionNotOptedIn:
    case FailureCode::kSourceImageNotFound:
    case FailureCode::kTagImmutable:
      return true;
    case FailureCode::kDigestMismatch:
    case FailureCode::kContentMissing:
    case FailureCode::kTimedOut:
    case FailureCode::kInjected:
    case FailureCode::kConnectionLost:
    case FailureCode::kWorkersCrashed:
    case FailureCode::kThrottled:
    case FailureCode::kServerError:
    case FailureCode::kQuotaExceeded:
      return false;
    case FailureCode::kNone:
    case FailureCode::kRetriesExhausted:
      break;
  }
  CRRSIM_CHECK(false, "'{}' is not what a step fails with", NameOf(failure));
}

Duration Backoff::Draw(std::uint64_t attempt) {
  CRRSIM_CHECK(attempt >= 1);
  const auto doublings = std::min<std::uint64_t>(attempt - 1, 63);
  const auto doubled = static_cast<Int128>(first_.nanoseconds()) << doublings;
  const auto high = static_cast<std::int64_t>(std::min<Int128>(doubled, cap_.nanoseconds()));
  if (jitter_percent_ == 0) return Nanoseconds(high);
  const auto low = static_cast<std::int64_t>(static_cast<Int128>(high) * (100 - jitter_percent_) / 100);
  return stream_.UniformDuration(Nanoseconds(std::max<std::int64_t>(low, 1)), Nanoseconds(high));
}

}  // namespace crrsim
