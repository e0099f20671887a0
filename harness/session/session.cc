#include "harness/session/session.h"

#include <fmt/format.h>

#include "harness/run/fault_steps.h"
#include "harness/scenario/load.h"

namespace crrsim {

namespace {

constexpr std::string_view kMagic = "crrsim session 1\n";

const std::string kName = "world";

/// The loader wants a whole scenario; a session has nothing below the world.
Result<Scenario, Diagnostics> Parse(const std::string& text) { return LoadScenarioText(text, kName); }

}  // namespace

Session::Session(Scenario definition, std::string text, World world, Recording recording)
    : definition_(std::move(definition)),
      text_(std::move(text)),
      world_(std::move(world)),
      recording_(std::make_unique<Recording>(std::move(recording))) {
  world_.AddObserver(*recording_);
}

Session::Session(const Session& other)
    : Session(other.definition_, other.text_, World(other.world_), Recording(*other.recording_)) {}

Result<Session, Diagnostics> Session::Open(const nlohmann::json& definition) {
  if (!definition.is_object()) {
    return Diagnostics{{{{kName, 1, 1}, fmt::format("found {}, expected an object", definition.type_name())}}};
  }
  for (const auto* key : {"images", "timeline", "expect", "until"}) {
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
  return Session(*std::move(scenario), std::move(text), std::move(world), Recording());
}

// ---- Clients --------------------------------------------------------------------------------------------------------

Client Session::ClientOf(const RegistryKey& registry, const std::string& arn) {
  return {
      world_,
      CallerFor(arn, registry),
      registry,
      {[this](Duration span) { RunUntil(world_.now() + span); }, definition_.call_latency, definition_.client_retry}};
}

ApiResult<nlohmann::json> Session::Call(const RegistryKey& registry, const std::string& arn, std::string_view operation,
                                        const nlohmann::json& request) {
  RunUntil(world_.now() + definition_.call_latency);
  return world_.ApplyJson(CallerFor(arn, registry), operation, request);
}

ApiResult<Digest> Session::Push(const RegistryKey& registry, const std::string& arn, const RepositoryName& repository,
                                const std::optional<Tag>& tag, const ImageContent& content,
                                const std::optional<RepositoryName>& mount_from) {
  return ClientOf(registry, arn).Push(repository, tag, content, mount_from);
}

ApiResult<Digest> Session::Pull(const RegistryKey& registry, const std::string& arn, const ImageReference& image) {
  return ClientOf(registry, arn).Pull(image);
}

ApiResult<Unit> Session::DeleteReplicationRole(const AccountId& account) {
  RunUntil(world_.now() + definition_.call_latency);
  return world_.DeleteReplicationRole(account);
}

// ---- Faults ---------------------------------------------------------------------------------------------------------

Result<std::vector<FaultNumber>, Diagnostics> Session::BeginFault(const nlohmann::json& step) {
  const auto refuse = [](std::string message) { return Diagnostics{{{{"fault", 1, 1}, std::move(message)}}}; };
  if (!step.is_object()) return refuse(fmt::format("found {}, expected a step of a timeline", step.type_name()));
  for (const auto* key : {"at", "after", "when", "label"}) {
    if (step.contains(key)) return refuse(fmt::format("'{}' belongs to a scenario; a fault begins at once", key));
  }
  auto whole = nlohmann::json::parse(text_);
  whole["timeline"] = nlohmann::json::array({step});
  auto scenario = Parse(whole.dump(2));
  if (!scenario) {
    // The place is one in a text that nobody has seen.
    auto diagnostics = std::move(scenario).error();
    for (auto& diagnostic : diagnostics.all) diagnostic.place = {"fault", 1, 1};
    return diagnostics;
  }
  const auto& what = scenario->timeline.front().what;
  if (const auto* cut = std::get_if<PartitionStep>(&what)) return BeginFaults(world_, *cut);
  if (const auto* fail = std::get_if<FailStep>(&what)) return BeginFaults(world_, *fail);
  const auto* fault = std::get_if<FaultStep>(&what);
  if (fault == nullptr) return refuse(fmt::format("{} is no fault", step.dump()));
  auto begun = BeginFaults(world_, *fault, definition_);
  if (!begun) return refuse(begun.error().message);
  return *std::move(begun);
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
    return Session(*std::move(definition), std::move(text), *std::move(world), std::move(recording));
  } catch (const ArchiveError&) {
    return damaged();
  }
}

}  // namespace crrsim
