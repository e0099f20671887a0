#include "harness/session/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/copy_progress.h"
#include "harness/run/fault_steps.h"
#include "harness/scenario/load.h"
#include "harness/scenario/random_faults.h"

namespace crrsim {

namespace {

constexpr std::string_view kMagic = "crrsim session 1\n";

const std::string kName = "world";

/// The loader wants a whole scenario; a session has nothing below the world.
Result<Scenario, Diagnostics> Parse(const std::string& text) { return LoadScenarioText(text, kName); }

}  // namespace

Session::Session(Scenario definition, std::string text, World world, Recording recording,
                 std::unique_ptr<Judges> judges)
    : definition_(std::move(definition)),
      text_(std::move(text)),
      world_(std::move(world)),
      recording_(std::make_unique<Recording>(std::move(recording))),
      judges_(std::move(judges)) {
  world_.AddObserver(*recording_);
  if (judges_) world_.AddObserver(*judges_);
}

Session::Session(const Session& other)
    : Session(other.definition_, other.text_, World(other.world_), Recording(*other.recording_),
              other.judges_ ? std::make_unique<Judges>(*other.judges_) : nullptr) {}

Result<Session, Diagnostics> Session::Open(const nlohmann::json& definition, Invariants invariants) {
  if (!definition.is_object()) {
    return Diagnostics{{{{kName, 1, 1}, fmt::format("found {}, expected an object", definition.type_name())}}};
  }
  for (const auto* key : {"images", "timeline", "expect", "until", "converges_within"}) {
    if (!definition.contains(key)) continue;
    return Diagnostics{{{{kName, 1, 1}, fmt::format("'{}' belongs to a scenario; a world is driven by calls", key)}}};
  }
  auto whole = definition;
  whole["images"] = nlohmann::json::object();
  whole["timeline"] = nlohmann::json::array();
  auto text = whole.dump(2);
  auto scenario = Parse(text);
  if (!scenario) return scenario.error();
  World world(scenario->world);
  auto judges = invariants == Invariants::kJudged ? std::make_unique<Judges>(world.assumptions()) : nullptr;
  Session session(*std::move(scenario), std::move(text), std::move(world), Recording(), std::move(judges));
  for (const auto& fault : DrawFaults(session.definition_, session.definition_.world.seed)) {
    session.world_.PlanFault(fault.when, fault.name, fault.what, fault.duration);
  }
  return session;
}

// ---- Clients --------------------------------------------------------------------------------------------------------

CallPacing Session::Pacing() {
  return {[this](Duration span) { RunUntil(world_.now() + span); }, definition_.call_latency, definition_.client_retry};
}

Client Session::ClientOf(const RegistryKey& registry, const std::string& arn) {
  return {world_, CallerFor(arn, registry), registry, Pacing()};
}

ApiResult<nlohmann::json> Session::Call(const RegistryKey& registry, const std::string& arn, std::string_view operation,
                                        const nlohmann::json& request) {
  const auto caller = CallerFor(arn, registry);
  return Pacing().Make(world_, [&] { return world_.ApplyJson(caller, operation, request); });
}

ApiResult<Digest> Session::Push(const RegistryKey& registry, const std::string& arn, const RepositoryName& repository,
                                const std::optional<Tag>& tag, const ImageContent& content,
                                const std::optional<RepositoryName>& mount_from) {
  return ClientOf(registry, arn).Push(repository, tag, content, mount_from);
}

ApiResult<Digest> Session::Pull(const RegistryKey& registry, const std::string& arn, const ImageReference& image,
                                const ImageContent* upstream) {
  auto client = ClientOf(registry, arn);
  if (upstream != nullptr) {
    const auto imported = client.Import(image, *upstream);
    if (!imported) return imported.error();
  }
  return client.Pull(image);
}

ApiResult<Unit> Session::DeleteReplicationRole(const AccountId& account) {
  RunUntil(world_.now() + definition_.call_latency);
  return world_.DeleteReplicationRole(account);
}

// ---- Faults ---------------------------------------------------------------------------------------------------------

namespace {

const std::string kFault = "fault";

Diagnostics RefuseFault(std::string message) { return Diagnostics{{{{kFault, 1, 1}, std::move(message)}}}; }

}  // namespace

Result<Step, Diagnostics> Session::ReadFault(const nlohmann::json& step) const {
  if (!step.is_object()) {
    return RefuseFault(fmt::format("found {}, expected a step of a timeline", step.type_name()));
  }
  for (const auto* key : {"at", "after", "label"}) {
    if (!step.contains(key)) continue;
    return RefuseFault(fmt::format("'{}' belongs to a scenario; a fault begins at once, or waits for its 'when'", key));
  }
  auto read = LoadStepText(step.dump(2), kFault, definition_);
  if (!read) return read;
  if (std::holds_alternative<FaultStep>(read->what)) return read;
  return RefuseFault(fmt::format("{} is no fault", step.dump()));
}

Result<ProgressCondition, Diagnostics> Session::ReadProgress(const nlohmann::json& condition) const {
  const auto read = LoadStepText(nlohmann::json{{"advance", "0s"}, {"when", condition}}.dump(2), "when", definition_);
  if (!read) return read.error();
  return *read->when;
}

Result<std::vector<FaultNumber>, ParseError> Session::BeginFault(const Step& step) {
  return BeginFaults(world_, std::get<FaultStep>(step.what), definition_);
}

// ---- Time -----------------------------------------------------------------------------------------------------------

void Session::At(Instant when, std::function<void()> what) { planned_.emplace(when, std::move(what)); }

void Session::RunUntil(Instant until) {
  while (!planned_.empty() && planned_.begin()->first <= until) {
    // Taken out first: it may plan more, and let time pass itself.
    const auto next = planned_.extract(planned_.begin());
    if (next.key() > world_.now()) world_.RunUntil(next.key());
    next.mapped()();
  }
  if (until >= world_.now()) world_.RunUntil(until);
}

RunEnd Session::RunUntilIdle(Instant limit) {
  while (!planned_.empty() && planned_.begin()->first <= limit) RunUntil(planned_.begin()->first);
  const auto end = limit < world_.now() ? RunEnd::kLimit : world_.RunUntilIdle(limit);
  return planned_.empty() ? end : RunEnd::kLimit;
}

std::optional<std::string> Session::AwaitProgress(const ProgressCondition& condition) {
  const auto next = [this]() -> std::optional<Instant> {
    const auto event = world_.NextInstant();
    if (planned_.empty()) return event;
    const auto plan = std::max(planned_.begin()->first, world_.now());
    return event ? std::min(*event, plan) : plan;
  };
  const auto is_idle = [this] { return planned_.empty() && world_.IsIdle(); };
  const auto step = [this, &next] {
    // One event, so that progress is looked at after each; a plan of the same instant is done by RunUntil.
    const auto when = *next();
    if (!planned_.empty() && planned_.begin()->first <= when) return RunUntil(when);
    world_.Step();
  };
  return crrsim::AwaitProgress(world_, *recording_, definition_, condition,
                               {next, is_idle, step, [this](Instant until) { RunUntil(until); }});
}

// ---- Looking, and as a value ----------------------------------------------------------------------------------------

RunResult Session::Report() const {
  RunResult result;
  result.scenario = definition_.path;
  result.title = definition_.title;
  result.verdict = Verdict::kPass;
  result.seed = definition_.world.seed;
  result.start = definition_.world.start;
  result.end = world_.now();
  result.accounts = definition_.accounts;
  // Looking at the bill consults assumptions; the session itself must not change by being looked at.
  World copy(world_);
  ReportWorld(copy, *recording_, result);
  if (judges_) {
    Judges judges(*judges_);
    judges.AtEnd({copy.registries(), result.bill, copy.now(), copy.IsIdle() ? RunRest::kAtRest : RunRest::kUnderWay});
    result.invariants = judges.Verdicts();
    for (const auto& invariant : result.invariants) {
      if (!invariant.held()) result.verdict = Verdict::kFail;
    }
  }
  return result;
}

std::string Session::Save() const {
  Writer writer;
  writer.PutBytes(kMagic.data(), kMagic.size());
  writer.PutText(text_);
  writer.PutText(world_.Save());
  writer.Put(*recording_);
  return writer.TakeBytes();
}

Result<Session, ParseError> Session::Load(std::string_view bytes) {
  const auto damaged = [] { return ParseError{"these are not the bytes of a saved session of this version"}; };
  if (!bytes.starts_with(kMagic)) return damaged();
  bytes.remove_prefix(kMagic.size());
  try {
    Reader reader(bytes);
    auto text = reader.Get<std::string>();
    const auto saved = reader.Get<std::string>();
    auto recording = reader.Get<Recording>();
    auto definition = Parse(text);
    auto world = World::Load(saved);
    if (!definition || !world) return damaged();
    return Session(*std::move(definition), std::move(text), *std::move(world), std::move(recording), nullptr);
  } catch (const ArchiveError&) {
    return damaged();
  }
}

}  // namespace crrsim
