#include "harness/run/copy_progress.h"

#include <fmt/format.h>

namespace crrsim {

namespace {

/// What became of a copy of which nothing is under way any more.
std::string EndOf(const Replication& copy, const Recording& recording, const Scenario& names) {
  const ReplicationRow* last = nullptr;
  for (const auto& row : recording.replications()) {
    if (row.replication == copy) last = &row;
  }
  if (last == nullptr) {
    return fmt::format("no rule of {} sent it there when it was pushed, and nothing is under way any more",
                       names.NameOf(copy.source));
  }
  if (last->status == ReplicationStatus::kFailed) {
    return fmt::format("it FAILED with {} at {}", NameOf(last->failure), ToText(*last->completed_at));
  }
  return "nothing is under way any more";
}

}  // namespace

std::optional<std::string> AwaitProgress(const World& world, const Recording& recording, const Scenario& names,
                                         const ProgressCondition& condition, const PassingTime& time) {
  const auto from = condition.from ? condition.from : recording.LastPushedTo(condition.image);
  const auto never = [&](std::string_view why) {
    return fmt::format("the copy of {} to {} never reached {}%: {}", ToText(condition.image),
                       names.NameOf(condition.to), condition.percent, why);
  };
  if (!from) return never("it was never pushed");
  while (true) {
    const auto* repository = world.FindRegistry(*from)->Find(condition.image.repository);
    const auto* image = repository == nullptr ? nullptr
                        : condition.image.tag ? repository->FindImage(*condition.image.tag)
                                              : repository->FindImage(*condition.image.digest);
    if (image == nullptr) return never("it is not at its source");
    const Replication copy{*from, condition.to, condition.image.repository, image->manifest->digest,
                           condition.image.tag};
    const auto whole = world.ProgressOf(copy, ByteCount());
    if (!whole) return never("there is no such destination");
    const auto wanted = ByteCount::FromBytes((whole->total.bytes() * condition.percent + 99) / 100);
    const auto progress = world.ProgressOf(copy, wanted);
    const auto next = time.next();
    if (progress->reaches && (!next || *progress->reaches <= *next)) {
      time.pass_until(*progress->reaches);
      return std::nullopt;
    }
    if (time.is_idle()) return never(EndOf(copy, recording, names));
    time.step();
  }
}

}  // namespace crrsim
