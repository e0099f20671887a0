#include "registry_model/replication/job.h"

#include <array>

namespace crrsim {

std::string Replication::ShareKey() const {
  Writer writer;
  writer.Put(*this);
  return writer.TakeBytes();
}

std::string_view NameOf(JobStep step) {
  constexpr std::array<std::string_view, kJobStepCount> kNames = {"admit",        "check-content", "transfer",
                                                                  "put-manifest", "bind-tag",      "delete"};
  return kNames.at(static_cast<std::size_t>(step));
}

std::string_view NameOf(ReplicationStatus status) {
  constexpr std::array<std::string_view, 3> kNames = {"IN_PROGRESS", "COMPLETE", "FAILED"};
  return kNames.at(static_cast<std::size_t>(status));
}

std::string_view NameOf(FailureCode code) {
  constexpr std::array<std::string_view, kFailureCodeCount> kNames = {"",
                                                                      "AccessDenied",
                                                                      "RepositoryNotFound",
                                                                      "RepositoryNotCreated",
                                                                      "RegistryNotFound",
                                                                      "SourceImageNotFound",
                                                                      "DigestMismatch",
                                                                      "ContentMissing",
                                                                      "TagImmutable",
                                                                      "TimedOut",
                                                                      "Injected",
                                                                      "RetriesExhausted",
                                                                      "ConnectionLost",
                                                                      "WorkersCrashed",
                                                                      "Throttled",
                                                                      "ServerError",
                                                                      "QuotaExceeded",
                                                                      "RegionNotOptedIn"};
  return kNames.at(static_cast<std::size_t>(code));
}

}  // namespace crrsim
