// What each job waits for, in words.
#include <fmt/format.h>

#include "registry_model/replication/standard_engine.h"
#include "sim/units_text.h"

namespace crrsim {

std::vector<std::string> StandardEngine::DescribeWaiting() const {
  std::vector<std::string> lines;
  const auto slots = SlotsByTicket();
  for (const auto ticket : queue_.TicketsById()) {
    const auto& job = queue_[ticket];
    const auto& copy = *job.copy;
    lines.push_back(fmt::format("job {} ({} to {}, {}{}{}) waits for {}", job.id, ToText(copy.source),
                                ToText(copy.destination), job.kind == JobKind::kDeletion ? "deletion of " : "",
                                copy.repository.text(),
                                copy.tag ? ":" + copy.tag->text() : "@" + copy.digest.short_text(),
                                slots[ticket] == kNoSlot ? CauseOfQueued(ticket) : CauseOf(slots[ticket])));
  }
  return lines;
}

std::string StandardEngine::CauseOfQueued(Slot ticket) const {
  if (const auto ahead = queue_.Ahead(ticket)) return fmt::format("job {}, which is ahead of it", queue_[*ahead].id);
  if (IsDown(queue_[ticket].copy->source.region)) {
    return fmt::format("the workers of {}, which have crashed", queue_[ticket].copy->source.region.text());
  }
  return fmt::format("one of the {} places for jobs of this pair, all taken; {} were queued before it",
                     options_.jobs_in_flight_max, queue_.ReadyBefore(ticket));
}

std::string StandardEngine::CauseOf(Slot slot) const {
  const auto& job = jobs_[slot];
  const auto step_cause = [&](JobStep step) {
    const auto failures = job.failures[static_cast<std::size_t>(step)];
    if (job.timer != 0) return fmt::format("{} to be tried again {}", NameOf(step), RetryText(job.timer, failures));
    return fmt::format("the answer of {} to {} (attempt {})", ToText(job.copy->destination), NameOf(step),
                       failures + 1);
  };
  switch (job.phase) {
    case Phase::kAdmit:
      return step_cause(JobStep::kAdmit);
    case Phase::kCheck:
      return step_cause(JobStep::kCheckContent);
    case Phase::kBind:
      return step_cause(JobStep::kBindTag);
    case Phase::kDelete:
      return step_cause(JobStep::kDelete);
    case Phase::kWork:
      break;
  }
  std::string causes;
  for (PartNumber part = 0; part < job.parts.size(); ++part) {
    const auto cause = CauseOfPart(slot, part);
    if (cause.empty()) continue;
    if (!causes.empty()) causes += "; ";
    causes += cause;
  }
  return causes;
}

/// Empty for a part that waits for other parts, or for nothing.
std::string StandardEngine::CauseOfPart(Slot slot, PartNumber part) const {
  const auto& job = jobs_[slot];
  const auto& one = job.parts[part];
  const auto digest = job.plan.content()[part].digest.short_text();
  const bool is_blob = part < job.plan.blob_count();
  if (one.state == PartState::kRetrying) {
    return fmt::format("{} of {} to be tried again {}", NameOf(is_blob ? JobStep::kTransfer : JobStep::kPutManifest),
                       digest, RetryText(one.timer, one.failures));
  }
  if (one.state != PartState::kUnderWay) return {};
  if (is_blob) {
    const auto& row = wanted_[one.wanted];
    return fmt::format("transfer {} of {}{}", row.transfer, digest,
                       row.started_by == job.id ? "" : fmt::format(", which job {} started", row.started_by));
  }
  return fmt::format("the answer of {} to {} of {} (attempt {})", ToText(job.copy->destination),
                     NameOf(JobStep::kPutManifest), digest, one.failures + 1);
}

std::string StandardEngine::RetryText(TimerId timer, std::uint64_t failures) const {
  const auto* found = timers_.Find(timer);
  CRRSIM_CHECK(found != nullptr, "timer {} is not set", timer);
  return fmt::format("at {} (attempt {} failed: {})", ToText(found->at), failures, NameOf(found->failure));
}

}  // namespace crrsim
