// The judging half of the runner: when claims are looked at, and what becomes of them.
#include <fmt/format.h>

#include <algorithm>

#include "harness/run/claim_text.h"
#include "harness/run/crossings.h"
#include "harness/run/runner.h"
#include "harness/run/waiting.h"
#include "sim/units_text.h"

namespace crrsim {

void Runner::Settle(const Expectation& expectation, bool held, std::string observed) {
  story_.Tell(world_.now(), TimelineEntry::Kind::kExpectation,
              fmt::format("{}: {}", held ? "holds" : "does not hold", expectation.text));
  results_.push_back({expectation.place, expectation.text, held, std::move(observed), world_.now()});
  failed_ = failed_ || !held;
  if (!held && expectation.mode == Mode::kWithin) NoteWaiting();
}

void Runner::Fail(const Step& step, std::string observed) {
  story_.Tell(world_.now(), TimelineEntry::Kind::kExpectation, fmt::format("does not hold: {}", step.text));
  results_.push_back({step.place, step.text, false, std::move(observed), world_.now()});
  failed_ = true;
}

void Runner::JudgeNow(const Expectation& expectation) {
  auto judgement = Judge(expectation.claim, scenario_, world_, recording_);
  Settle(expectation, judgement.held, std::move(judgement.observed));
}

void Runner::AwaitWithin(const Expectation& expectation, Instant deadline) {
  const auto since = world_.now();
  auto seen = recording_.events();
  auto judgement = Judge(expectation.claim, scenario_, world_, recording_);
  auto crossing = NextCrossing(expectation.claim, world_, recording_);
  while (!judgement.held) {
    const auto next = world_.NextInstant();
    if (crossing && *crossing <= deadline && (!next || *crossing < *next)) {
      PassUntil(*crossing);
    } else {
      if (!next || *next > deadline) break;
      StepOnce();
    }
    const bool crossed = crossing && *crossing <= world_.now();
    if (recording_.events() == seen && !crossed) continue;
    seen = recording_.events();
    judgement = Judge(expectation.claim, scenario_, world_, recording_);
    crossing = NextCrossing(expectation.claim, world_, recording_);
  }
  if (judgement.held) {
    const auto waited = world_.now() - since;
    return Settle(expectation, true, fmt::format("{}, after {}", judgement.observed, ToShortText(waited)));
  }
  // Figures over time can come true without an event, so for them the deadline itself is looked at too.
  const auto* stored = std::get_if<StorageClaim>(&expectation.claim);
  if (!world_.NextInstant() && (stored == nullptr || !stored->month)) {
    return Settle(expectation, false, fmt::format("{}; nothing is under way any more", judgement.observed));
  }
  PassUntil(deadline);
  judgement = Judge(expectation.claim, scenario_, world_, recording_);
  Settle(expectation, judgement.held,
         fmt::format("{}, {} {}", judgement.observed, judgement.held ? "after" : "still after",
                     ToText(expectation.within)));
}

void Runner::JudgeWatches() {
  const bool crossed = crossing_ && *crossing_ <= world_.now();
  if (recording_.events() != judged_events_ || crossed) JudgeAllWatches();
}

void Runner::JudgeAllWatches() {
  judged_events_ = recording_.events();
  JudgeAnchored();
  watches_.remove_if([this](const Watch& watch) { return IsBroken(watch); });
  crossing_ = FirstCrossing();
}

std::optional<Instant> Runner::FirstCrossing() const {
  std::optional<Instant> first;
  const auto consider = [&](const Expectation& expectation) {
    const auto crossing = NextCrossing(expectation.claim, world_, recording_);
    if (crossing && (!first || *crossing < *first)) first = crossing;
  };
  for (const auto& watch : watches_) consider(*watch.expectation);
  for (const auto* expectation : anchored_) consider(*expectation);
  return first;
}

void Runner::PassCrossings(Instant until, Until reach) {
  while (crossing_ && (*crossing_ < until || (*crossing_ == until && reach == Until::kUpTo))) {
    StopBefore(*crossing_);
    world_.RunUntil(*crossing_);
    JudgeAllWatches();
  }
}

bool Runner::IsBroken(const Watch& watch) {
  const auto& expectation = *watch.expectation;
  const auto judgement = Judge(expectation.claim, scenario_, world_, recording_);
  // "Never" is broken by a claim that holds, "always" by one that does not.
  if (judgement.held == (expectation.mode == Mode::kAlways)) return false;
  Settle(expectation, false, fmt::format("at {}: {}", ToText(world_.now()), judgement.observed));
  return true;
}

void Runner::JudgeAnchored() {
  for (const auto* expectation : anchored_) {
    const auto anchor = AnchorOf(expectation->anchor);
    if (!anchor || world_.now() > *anchor + expectation->within) continue;
    const auto before = came_true_.find(expectation);
    if (before != came_true_.end() && before->second >= *anchor) continue;
    if (Judge(expectation->claim, scenario_, world_, recording_).held) came_true_[expectation] = world_.now();
  }
}

void Runner::CloseWatches() {
  for (const auto& watch : watches_) {
    const auto& expectation = *watch.expectation;
    const auto vacuous = VacuousBecause(expectation.claim, scenario_, recording_);
    if (!vacuous.empty()) {
      Settle(expectation, false, vacuous + ", so this proves nothing");
    } else if (recording_.events() == watch.events_before &&
               (!GrowsWithTime(expectation.claim) || world_.now() == watch.since)) {
      Settle(expectation, false, "nothing happened after this step, so this proves nothing");
    } else {
      Settle(expectation, true, fmt::format("over {} events", recording_.events() - watch.events_before));
    }
  }
  watches_.clear();
}

void Runner::JudgeAtEnd(const Expectation& expectation) {
  switch (expectation.mode) {
    case Mode::kNever:
    case Mode::kAlways:
      return;  // watched from the start, settled by CloseWatches
    case Mode::kNow:
      return JudgeNow(expectation);
    case Mode::kWithin:
      break;
  }
  const auto anchor = AnchorOf(expectation.anchor);
  if (!anchor) {
    return Settle(expectation, false,
                  fmt::format("'{}' never happened, so nothing can be within {} of it", expectation.anchor,
                              ToText(expectation.within)));
  }
  const auto judgement = Judge(expectation.claim, scenario_, world_, recording_);
  const auto came_true = came_true_.find(&expectation);
  if (came_true == came_true_.end() || came_true->second < *anchor) {
    return Settle(expectation, false,
                  fmt::format("not within {} of {} ({}); at the end: {}", ToText(expectation.within),
                              expectation.anchor, ToText(*anchor), judgement.observed));
  }
  Settle(expectation, true,
         fmt::format("{} after {}; at the end: {}", ToShortText(came_true->second - *anchor), expectation.anchor,
                     judgement.observed));
}

// ---- Convergence ----------------------------------------------------------------------------------------------------

void Runner::NoteWaiting() {
  if (waiting_at_) return;
  waiting_ = DescribeWaiting(world_, scenario_);
  if (!waiting_.empty()) waiting_at_ = world_.now();
}

Instant Runner::ConvergenceDue() const {
  const auto healed = recording_.last_heal();
  const auto since = healed && *healed > *last_step_ ? *healed : *last_step_;
  return since + *scenario_.converges_within;
}

void Runner::WatchConvergence(Instant next) {
  // Before the next thing happens the world is as it was when the time ran out.
  if (!last_step_ || recording_.open_jobs() == 0) return;
  const auto due = ConvergenceDue();
  if (next <= due || (late_at_ && *late_at_ > due - *scenario_.converges_within)) return;
  late_ = DescribeWaiting(world_, scenario_);
  late_at_ = world_.now();
}

void Runner::JudgeConvergence() {
  if (!scenario_.converges_within || options_.runs_to == RunsTo::kLastStep) return;
  const auto due = ConvergenceDue();
  const auto text = fmt::format("converges_within: {}", ToText(*scenario_.converges_within));
  const auto ended = recording_.last_job_end();
  ExpectationResult result{scenario_.converges_place, text, false, {}, world_.now()};
  if (recording_.replications().empty()) {
    result.observed = "no replication was ever queued, so this proves nothing";
  } else if (recording_.open_jobs() > 0) {
    result.observed =
        fmt::format("{} had not ended at {}", Counted(recording_.open_jobs(), "job"), ToText(world_.now()));
  } else if (*ended > due) {
    result.observed = fmt::format("the last job ended at {}, {} too late", ToText(*ended), ToShortText(*ended - due));
  } else {
    result.held = true;
    result.observed = fmt::format("the last job ended at {}; it had time until {}", ToText(*ended), ToText(due));
  }
  if (!result.held && late_at_ && !waiting_at_) {
    waiting_ = std::move(late_);
    waiting_at_ = late_at_;
  }
  failed_ = failed_ || !result.held;
  results_.push_back(std::move(result));
}

std::optional<Instant> Runner::AnchorOf(const std::string& name) const {
  if (const auto anchor = anchors_.find(name); anchor != anchors_.end()) return anchor->second;
  return name == "heal" ? recording_.last_heal() : std::nullopt;
}

}  // namespace crrsim
