#include "harness/run/waiting.h"

#include <fmt/format.h>

#include "harness/run/claim_text.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

/// Lines of one kind, cut off where they would only repeat themselves.
class Lines {
 public:
  Lines(std::vector<std::string>& all, std::size_t lines_max, std::string_view noun)
      : all_(all), lines_max_(lines_max), noun_(noun) {}
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines() {
    if (count_ > lines_max_) all_.push_back(fmt::format("... and {} more", Counted(count_ - lines_max_, noun_)));
  }
  void Add(std::string line) {
    if (++count_ <= lines_max_) all_.push_back(std::move(line));
  }

 private:
  std::vector<std::string>& all_;
  std::size_t lines_max_;
  std::string_view noun_;
  std::size_t count_ = 0;
};

std::string StateOf(const PendingRequest& request) {
  switch (request.phase) {
    case RequestPhase::kUnderWay:
      return "is on its way";
    case RequestPhase::kUnderWayUnheard:
      return "is on its way, though its job has given up on it";
    case RequestPhase::kAnswered:
      return "is answered, and the answer is on its way";
    case RequestPhase::kLost:
      return "is lost, or its answer is";
  }
  CRRSIM_CHECK(false);
}

std::string TextOf(const PendingRequest& request, RequestId id, const Scenario& scenario) {
  const auto& copy = *request.ask.replication;
  return fmt::format("request {} of job {} ({} of {} to {}) {}; no answer counts after {}", id, request.ask.job,
                     NameOf(request.ask.step), copy.repository.text(), scenario.NameOf(copy.destination),
                     StateOf(request), ToText(request.deadline));
}

std::string TextOf(const ActiveTransfer& transfer, TransferId id, const Scenario& scenario) {
  const auto& copy = *transfer.start.replication;
  return fmt::format("transfer {} of {} ({}) from {} to {} {}", id, transfer.start.blob.short_text(),
                     ToText(transfer.start.size), scenario.NameOf(copy.source), scenario.NameOf(copy.destination),
                     transfer.standstill ? fmt::format("is stalled, and fails after {} without progress",
                                                       ToText(transfer.start.stall_timeout))
                     : transfer.flow     ? "flows"
                                         : "begins to flow");
}

std::string TextOf(const Fault& fault) {
  auto text = fmt::format("fault '{}' is in force", fault.name);
  if (const auto* partition = std::get_if<Partition>(&fault.what)) {
    text += fmt::format(": nothing passes from {} to {}", partition->from.text(), partition->to.text());
  } else {
    text += fmt::format(": {}", TargetOf(fault.what));
  }
  return text + fmt::format("; it hit {}", Counted(static_cast<std::size_t>(fault.hits), "time"));
}

}  // namespace

std::vector<std::string> DescribeWaiting(const World& world, const Scenario& scenario, std::size_t lines_max) {
  std::vector<std::string> all;
  {
    Lines jobs(all, lines_max, "job");
    for (auto& line : world.engine().DescribeWaiting()) jobs.Add(std::move(line));
  }
  if (all.empty()) return all;
  {
    Lines requests(all, lines_max, "request");
    world.requests().ForEachSorted(
        [&](RequestId id, const PendingRequest& request) { requests.Add(TextOf(request, id, scenario)); });
  }
  {
    Lines transfers(all, lines_max, "transfer");
    world.transfers().ForEachSorted(
        [&](TransferId id, const ActiveTransfer& transfer) { transfers.Add(TextOf(transfer, id, scenario)); });
  }
  {
    Lines faults(all, lines_max, "fault");
    for (const auto& [number, fault] : world.faults().all()) {
      if (fault.in_force) faults.Add(TextOf(fault));
    }
  }
  return all;
}

}  // namespace crrsim
