#include "harness/run/runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/client.h"
#include "harness/run/copy_progress.h"
#include "harness/run/engine_guard.h"
#include "harness/run/fault_steps.h"
#include "harness/run/json_subset.h"
#include "harness/run/waiting.h"
#include "harness/scenario/random_faults.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

WorldConfig WithSeed(WorldConfig config, std::uint64_t seed) {
  config.seed = seed;
  return config;
}

std::unique_ptr<ReplicationEngine> EngineFor(const WorldConfig& config, const RunOptions& options) {
  auto engine = options.engine ? options.engine(config) : MakeStandardEngine(EngineOptionsFor(config));
  return GuardEngine(std::move(engine), options.steps_per_instant_max);
}

/// The longest virtual time after its last step that a scenario may still need.
const Duration kAfterlifeMax = Days(400);

std::optional<Tag> TagOf(const PushStep& push, std::int64_t n) {
  if (push.tag.empty()) return std::nullopt;
  const auto text = NumberedTag(push.tag, n);
  auto tag = Tag::Parse(text);
  CRRSIM_CHECK(tag.ok(), "the loader let tag {} pass", text);
  return *tag;
}

template <class Visit>
void ForEachExpectation(const Scenario& scenario, Visit visit) {
  for (const auto& step : scenario.timeline) {
    if (const auto* expect = std::get_if<ExpectStep>(&step.what)) visit(expect->expectation);
  }
  for (const auto& expectation : scenario.expect) visit(expectation);
}

}  // namespace

Runner::Runner(const Scenario& scenario, ImageLibrary& images, const RunOptions& options, std::uint64_t seed)
    : scenario_(scenario),
      images_(images),
      options_(options),
      world_(WithSeed(scenario.world, seed), EngineFor(WithSeed(scenario.world, seed), options)),
      story_(scenario) {
  world_.AddObserver(recording_);
  if (options.keep_timeline) world_.AddObserver(story_);
  if (options.invariants == Invariants::kJudged) world_.AddObserver(judges_.emplace(world_.assumptions()));
  for (auto* observer : options.observers) world_.AddObserver(*observer);
  ForEachExpectation(scenario, [&](const Expectation& expectation) {
    if (const auto* event = std::get_if<EventClaim>(&expectation.claim)) recording_.Watch(event->pattern);
    if (const auto* delivered = std::get_if<DeliveredClaim>(&expectation.claim)) recording_.Watch(delivered->pattern);
    if (const auto* order = std::get_if<OrderClaim>(&expectation.claim)) {
      for (const auto& pattern : order->patterns) recording_.Watch(pattern);
    }
  });
  for (const auto& image : scenario.images) {
    if (!image.findings.empty()) world_.SetFindings(images.ContentOf(image.name, 1).root->digest, image.findings);
  }
  anchors_["start"] = world_.now();
  for (const auto& fault : DrawFaults(scenario, seed)) {
    drawn_.insert(world_.PlanFault(fault.when, fault.name, fault.what, fault.duration));
  }
}

Runner::~Runner() {
  world_.RemoveObserver(recording_);
  world_.RemoveObserver(story_);
}

std::optional<RunStop> Runner::Run() {
  try {
    for (const auto& expectation : scenario_.expect) {
      if (expectation.mode == Mode::kNever || expectation.mode == Mode::kAlways) {
        watches_.push_back({&expectation, world_.now(), recording_.events()});
      } else if (expectation.mode == Mode::kWithin) {
        anchored_.push_back(&expectation);
      }
    }
    JudgeAnchored();
    for (const auto& step : scenario_.timeline) {
      WaitForStart(step);
      Do(step);
      if (step.label.empty()) continue;
      anchors_[step.label] = world_.now();
      JudgeAnchored();
    }
    last_step_ = world_.now();
    RunToTheEnd();
    CloseWatches();
    for (const auto& expectation : scenario_.expect) JudgeAtEnd(expectation);
    JudgeConvergence();
  } catch (const RunStop& stop) {
    NoteWaiting();
    return stop;
  } catch (const StopInstant&) {
    return std::nullopt;
  }
  return std::nullopt;
}

// ---- Time -----------------------------------------------------------------------------------------------------------

void Runner::CheckProgress() {
  if (options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed)) {
    throw RunStop{fmt::format("interrupted at {}", ToText(world_.now())), StoppedBy::kInterrupt};
  }
  if (world_.now() != instant_) {
    instant_ = world_.now();
    steps_at_instant_ = 0;
  }
  if (++steps_at_instant_ > options_.steps_per_instant_max) {
    throw RunStop{fmt::format("more than {} steps happened at {} and there is always another; time does not go on",
                              options_.steps_per_instant_max, ToText(instant_)),
                  StoppedBy::kNoProgress};
  }
  if (recording_.progress() != progress_) {
    progress_ = recording_.progress();
    steps_without_progress_ = 0;
  }
  if (++steps_without_progress_ > options_.steps_without_progress_max) {
    throw RunStop{fmt::format("nothing came of more than {} steps in a row, up to {}",
                              options_.steps_without_progress_max, ToText(instant_)),
                  StoppedBy::kNoProgress};
  }
}

void Runner::StopBefore(Instant next) {
  if (!options_.stops_at || next <= *options_.stops_at) return;
  world_.RunUntil(std::max(world_.now(), *options_.stops_at));
  throw StopInstant{};
}

void Runner::StepOnce() {
  const auto next = world_.NextInstant();
  if (next) StopBefore(*next);
  if (next && scenario_.converges_within) WatchConvergence(*next);
  if (next) PassCrossings(*next, Until::kBefore);
  world_.Step();
  CheckProgress();
  if (recording_.events() > options_.events_max) {
    throw RunStop{
        fmt::format("more than {} events happened; the scenario does not come to an end", options_.events_max)};
  }
  JudgeWatches();
}

void Runner::PassUntil(Instant until) {
  // What a call of the step did is judged before time goes on.
  JudgeWatches();
  while (world_.IsDueBy(until)) StepOnce();
  PassCrossings(until, Until::kUpTo);
  StopBefore(until);
  world_.RunUntil(until);
}

void Runner::RunToTheEnd() {
  if (options_.runs_to == RunsTo::kLastStep) return;
  if (scenario_.until) {
    if (*scenario_.until < world_.now()) {
      throw RunStop{
          fmt::format("the timeline ends at {}, after 'until: {}'", ToText(world_.now()), ToText(*scenario_.until))};
    }
    PassUntil(*scenario_.until);
    return;
  }
  const auto limit = world_.now() + kAfterlifeMax;
  while (!world_.IsIdle()) {
    if (!world_.IsDueBy(limit)) {
      throw RunStop{fmt::format("{} after its last step the scenario has not come to rest", ToText(kAfterlifeMax))};
    }
    StepOnce();
  }
}

void Runner::WaitForStart(const Step& step) {
  if (step.after) PassUntil(world_.now() + *step.after);
  if (step.at) {
    if (*step.at < world_.now()) {
      throw RunStop{fmt::format("{}: the step is to start at {}, but the step before returned at {}",
                                ToText(step.place), ToText(*step.at), ToText(world_.now()))};
    }
    PassUntil(*step.at);
  }
  if (step.when) WaitForProgress(step);
}

void Runner::WaitForProgress(const Step& step) {
  const auto problem = AwaitProgress(world_, recording_, scenario_, *step.when,
                                     {[this] { return world_.NextInstant(); }, [this] { return world_.IsIdle(); },
                                      [this] { StepOnce(); }, [this](Instant until) { PassUntil(until); }});
  if (problem) throw RunStop{fmt::format("{}: {}", ToText(step.place), *problem), StoppedBy::kUnreached};
}

// ---- Steps ----------------------------------------------------------------------------------------------------------

void Runner::Do(const Step& step) {
  story_.Tell(world_.now(), TimelineEntry::Kind::kStep, step.text);
  std::visit([&](const auto& what) { DoIt(step, what); }, step.what);
  JudgeWatches();
}

nlohmann::json Runner::FilledIn(const Step& step, nlohmann::json request) const {
  if (request.is_structured()) {
    for (auto& member : request) member = FilledIn(step, std::move(member));
  }
  if (!request.is_string()) return request;
  const auto mention = ParseAnswerMention(request.get_ref<const std::string&>());
  if (!mention) return request;
  const auto answer = answers_.find(mention->label);
  if (answer == answers_.end()) {
    throw RunStop{fmt::format("{}: the step labelled '{}' gave no answer", ToText(step.place), mention->label)};
  }
  const auto* member = &answer->second;
  for (const auto& name : mention->path) {
    // The loader let an item of a list pass only by its number.
    const nlohmann::json::json_pointer pointer("/" + name);
    if (!member->is_structured() || !member->contains(pointer)) {
      throw RunStop{fmt::format("{}: the answer to the step labelled '{}' has no '{}' for {}", ToText(step.place),
                                mention->label, name, request.get_ref<const std::string&>())};
    }
    member = &member->at(pointer);
  }
  return *member;
}

void Runner::DoIt(const Step& step, const CallStep& call) {
  const auto request = FilledIn(step, call.request);
  const auto answer = PacingFor(call.fails_with).Make(world_, [&] {
    return world_.ApplyJson(CallerFor(call.as, call.in), call.operation, request);
  });
  if (answer && !step.label.empty()) answers_[step.label] = *answer;
  CheckAnswer(step, call.fails_with, answer ? std::nullopt : std::optional(answer.error()));
  if (!answer && !call.message.empty() && answer.error().message != call.message) {
    return Fail(step, fmt::format("the message is '{}', expected '{}'", answer.error().message, call.message));
  }
  if (!answer || !call.answers) return;
  const auto missing = FirstDifference(*call.answers, *answer, "");
  if (missing) return Fail(step, fmt::format("the answer differs {}", *missing));
  results_.push_back(
      {step.place, fmt::format("{} answers as expected", call.operation), true, answer->dump(), world_.now()});
}

void Runner::DoIt(const Step& step, const PushStep& push) {
  for (std::int64_t n = 1; n <= push.times; ++n) {
    const auto started = world_.now();
    Client client(world_, CallerFor(push.as, push.to), push.to, PacingFor(push.fails_with));
    const auto pushed =
        client.Push(push.repository, TagOf(push, n), images_.ContentOf(push.content, n), push.mount_from);
    CheckAnswer(step, push.fails_with, pushed ? std::nullopt : std::optional(pushed.error()));
    if (!pushed) return;
    if (n < push.times) PassUntil(std::max(world_.now(), started + push.every));
  }
}

void Runner::DoIt(const Step& step, const PullStep& pull) {
  Client client(world_, CallerFor(pull.as, pull.from), pull.from, PacingFor(pull.fails_with));
  if (!pull.upstream.empty()) {
    const auto imported = client.Import(pull.image, images_.ContentOf(pull.upstream, 1));
    if (!imported) return CheckAnswer(step, pull.fails_with, imported.error());
  }
  const auto pulled = client.Pull(pull.image);
  CheckAnswer(step, pull.fails_with, pulled ? std::nullopt : std::optional(pulled.error()));
}

CallPacing Runner::PacingFor(const std::string& fails_with) {
  return {[this](Duration span) { PassUntil(world_.now() + span); }, scenario_.call_latency,
          fails_with.empty() ? scenario_.client_retry : Duration()};
}

void Runner::CheckAnswer(const Step& step, const std::string& fails_with, const std::optional<ApiError>& error) {
  if (!error) {
    if (!fails_with.empty()) Fail(step, fmt::format("succeeded; expected {}", fails_with));
    return;
  }
  if (error->exception == fails_with) {
    results_.push_back(
        {step.place, fmt::format("{} fails with {}", step.text, fails_with), true, error->message, world_.now()});
    return;
  }
  Fail(step, fmt::format("failed with {}: {}{}", error->exception, error->message,
                         fails_with.empty() ? "" : fmt::format("; expected {}", fails_with)));
}

void Runner::DoIt(const Step&, const ExpectStep& expect) {
  const auto& expectation = expect.expectation;
  switch (expectation.mode) {
    case Mode::kNow:
      return JudgeNow(expectation);
    case Mode::kWithin:
      return AwaitWithin(expectation, world_.now() + expectation.within);
    case Mode::kNever:
    case Mode::kAlways:
      // It counts from this very instant.
      const Watch watch{&expectation, world_.now(), recording_.events()};
      if (IsBroken(watch)) return;
      watches_.push_back(watch);
      crossing_ = FirstCrossing();
  }
}

void Runner::DoIt(const Step& step, const AdvanceStep& advance) {
  const auto until = advance.to ? *advance.to : world_.now() + advance.by;
  if (until < world_.now()) {
    throw RunStop{fmt::format("{}: cannot advance back to {}; it is {}", ToText(step.place), ToText(until),
                              ToText(world_.now()))};
  }
  PassUntil(until);
}

void Runner::DoIt(const Step& step, const SettleStep& settle) {
  const auto limit = world_.now() + settle.within;
  while (!world_.IsIdle()) {
    if (!world_.IsDueBy(limit)) {
      PassUntil(limit);
      NoteWaiting();
      return Fail(step, fmt::format("after {} something is still under way", ToText(settle.within)));
    }
    StepOnce();
  }
}

void Runner::DoIt(const Step& step, const DeleteRoleStep& role) {
  PassUntil(world_.now() + scenario_.call_latency);
  const auto answer = world_.DeleteReplicationRole(role.account);
  CheckAnswer(step, role.fails_with, answer ? std::nullopt : std::optional(answer.error()));
}

void Runner::DoIt(const Step& step, const FaultStep& fault) {
  const auto begun = BeginFaults(world_, fault, scenario_);
  if (!begun) Fail(step, begun.error().message);
}

}  // namespace crrsim
