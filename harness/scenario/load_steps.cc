// The timeline: what a scenario does.
#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/documents.h"
#include "harness/scenario/parts.h"
#include "harness/scenario/principal.h"
#include "harness/scenario/timeline_order.h"
#include "registry_model/api/wire.h"
#include "sim/nearest_name.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

/// The verbs of steps that are no operation of the API.
std::vector<std::string_view> Verbs() {
  std::vector<std::string_view> verbs;
  for (const auto& section : AllSections()) {
    if (section.name.starts_with("step ") && section.name != "step call") verbs.push_back(section.keys.front().name);
  }
  return verbs;
}

bool IsOperationName(std::string_view key) { return !key.empty() && key.front() >= 'A' && key.front() <= 'Z'; }

/// The caller's ARN, or empty for the root of the registry's account.
std::string LoadCaller(LoadContext& context, ObjectReader& reader) {
  const auto text = reader.Text("as");
  if (!text) return {};
  auto principal = ParsePrincipal(*text);
  if (principal) return *std::move(principal);
  context.Refuse(reader.Get("as")->place, principal.error().message);
  return {};
}

std::string LoadException(LoadContext& context, ObjectReader& reader) {
  const auto text = reader.Text("fails_with");
  if (!text) return {};
  const auto names = KnownExceptions();
  if (std::find(names.begin(), names.end(), *text) != names.end()) return *text;
  context.Refuse(reader.Get("fails_with")->place,
                 fmt::format("'{}' is not an exception of this API{}", *text, DidYouMean(*text, names)));
  return {};
}

/// Refuses mentions of answers whose step is not there.
void CheckMentions(LoadContext& context, const Place& place, const nlohmann::json& request) {
  if (request.is_structured()) {
    for (const auto& member : request) CheckMentions(context, place, member);
  }
  if (!request.is_string()) return;
  const auto& text = request.get_ref<const std::string&>();
  const auto mention = ParseAnswerMention(text);
  if (!mention) return;
  if (std::find(context.labels.begin(), context.labels.end(), mention->label) == context.labels.end()) {
    const std::vector<std::string_view> labels(context.labels.begin(), context.labels.end());
    return context.Refuse(place, fmt::format("no step before this one is labelled '{}'{}", mention->label,
                                             DidYouMean(mention->label, labels)));
  }
  const auto operation = context.answered_operations.find(mention->label);
  if (operation == context.answered_operations.end()) {
    return context.Refuse(place, fmt::format("{}: the step labelled '{}' is no call of an operation that succeeds, and "
                                             "has no answer",
                                             text, mention->label));
  }
  if (const auto problem = ProblemOfResponsePath(operation->second, mention->path))
    context.Refuse(place, fmt::format("{}: {}", text, *problem));
}

CallStep LoadCall(LoadContext& context, const Node& node, const Member& call) {
  CallStep step;
  step.operation = call.key;
  const auto known = KnownOperations();
  if (std::find(known.begin(), known.end(), call.key) == known.end()) {
    std::vector<std::string_view> names(known.begin(), known.end());
    for (const auto verb : Verbs()) names.push_back(verb);
    context.Refuse(call.key_place,
                   fmt::format("'{}' is not an operation of this API{}", call.key, DidYouMean(call.key, names)));
    return step;
  }
  auto section = SectionOf("step call");
  section.keys.insert(section.keys.begin(), KeySpec{call.key, ValueKind::kDocument, Need::kRequired, "The request."});
  ObjectReader reader(context, node, section, &CommonStepKeys());
  if (const auto in = reader.Registry("in")) step.in = *in;
  step.as = LoadCaller(context, reader);
  step.fails_with = LoadException(context, reader);
  step.message = reader.Text("message").value_or("");
  if (!step.message.empty() && step.fails_with.empty()) {
    context.Refuse(reader.Get("message")->place, "'message' is the text of the exception that 'fails_with' names");
  }
  if (const auto* answers = reader.Get("answers")) step.answers = ToJson(*answers);
  const auto before = context.diagnostics.size();
  if (call.value.kind == Node::Kind::kEmpty) {
    step.request = nlohmann::json::object();
  } else if (auto document = ReadDocument(context, call.value)) {
    step.request = AsRequest(step.operation, std::move(*document));
  }
  CheckMentions(context, call.value.place, step.request);
  // A call that is meant to be refused may be wrong in any way.
  if (context.diagnostics.size() == before && step.fails_with.empty()) {
    if (const auto problem = ProblemOfRequest(step.operation, step.request)) context.Refuse(call.value.place, *problem);
  }
  return step;
}

std::optional<std::int64_t> AtLeastOne(LoadContext& context, ObjectReader& reader, std::string_view key) {
  const auto value = reader.Integer(key);
  if (value != 0) return value;
  context.Refuse(reader.Get(key)->place, fmt::format("'{}' has to be at least 1", key));
  return std::nullopt;
}

/// Refuses a content that is not one of the scenario's images.
void CheckContent(LoadContext& context, const Place& place, const std::string& name, std::string_view advice) {
  const auto& names = context.image_names;
  if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return;
  context.Refuse(place, fmt::format("there is no image '{}' under images{}{}", name, advice, DidYouMean(name, names)));
}

PushStep LoadPush(LoadContext& context, ObjectReader& reader) {
  PushStep step;
  if (const auto text = reader.Text("push")) {
    const auto colon = text->rfind(':');
    const auto repository = RepositoryName::Parse(text->substr(0, colon));
    if (repository) {
      step.repository = *repository;
    } else {
      context.Refuse(reader.Get("push")->place, repository.error().message);
    }
    if (colon != std::string::npos) step.tag = text->substr(colon + 1);
    if (colon != std::string::npos) {
      const auto tag = Tag::Parse(NumberedTag(step.tag, 1));
      if (!tag) context.Refuse(reader.Get("push")->place, tag.error().message);
    }
  }
  if (const auto to = reader.Registry("to")) step.to = *to;
  step.mount_from = reader.Repository("mount_from");
  const auto* named = reader.Get("image");
  step.content = named != nullptr ? reader.Text("image").value_or("") : step.repository.text();
  const auto* where = named != nullptr ? named : reader.Get("push");
  if (where != nullptr) {
    CheckContent(context, where->place, step.content, named == nullptr ? " (add it, or name another with image:)" : "");
  }
  step.as = LoadCaller(context, reader);
  step.fails_with = LoadException(context, reader);
  step.times = AtLeastOne(context, reader, "times").value_or(1);
  step.every = reader.Span("every").value_or(Duration());
  if (reader.Get("every") != nullptr && reader.Get("times") == nullptr)
    context.Refuse(reader.place(), "'every' goes with 'times'");
  if (!context.TakeTime(step.every, step.times)) {
    context.Refuse(reader.place(), "the durations of a scenario may add up to 100 years; this repeats for longer");
    step.every = Duration();
  }
  return step;
}

PullStep LoadPull(LoadContext& context, ObjectReader& reader) {
  PullStep step;
  if (const auto image = reader.Reference("pull")) step.image = *image;
  if (const auto from = reader.Registry("from")) step.from = *from;
  if (const auto upstream = reader.Text("upstream")) {
    step.upstream = *upstream;
    const auto& place = reader.Get("upstream")->place;
    CheckContent(context, place, step.upstream, "");
    if (!step.image.tag) context.Refuse(place, "an upstream is asked for a tag; name the image repository:tag");
  }
  step.as = LoadCaller(context, reader);
  step.fails_with = LoadException(context, reader);
  return step;
}

ExpectStep LoadExpect(LoadContext& context, const Node& node, ObjectReader& reader, std::string_view verb) {
  ExpectStep step;
  auto& expectation = step.expectation;
  expectation.place = node.place;
  expectation.text = OneLine(context.text, node, kStatementLengthMax);
  expectation.mode = verb == "never" ? Mode::kNever : verb == "always" ? Mode::kAlways : Mode::kNow;
  if (const auto* claim = reader.Get(verb)) {
    if (auto loaded = LoadClaim(context, *claim, nullptr)) expectation.claim = std::move(*loaded);
  }
  if (verb != "expect") return step;
  if (const auto within = reader.Span("within")) {
    expectation.mode = Mode::kWithin;
    expectation.within = *within;
  }
  return step;
}

DeleteRoleStep LoadDeleteRole(LoadContext& context, ObjectReader& reader) {
  DeleteRoleStep step;
  step.fails_with = LoadException(context, reader);
  const auto* what = reader.Get("delete_service_linked_role");
  if (what == nullptr) return step;
  ObjectReader role(context, *what, SectionOf("service-linked role"));
  if (const auto* account = role.Get("account")) {
    if (const auto id = ValueReader(context).Account(*account)) step.account = *id;
  }
  return step;
}

std::optional<ProgressCondition> LoadProgress(LoadContext& context, const Node& node) {
  ObjectReader reader(context, node, SectionOf("progress"));
  const auto image = reader.Reference("copy");
  const auto to = reader.Registry("to");
  const auto percent = reader.Percent("reaches");
  if (!image || !to || !percent) return std::nullopt;
  return ProgressCondition{*image, reader.Registry("from"), *to, *percent};
}

const Member* VerbOf(const Node& node, const Section*& section) {
  for (const auto& member : node.members) {
    if (IsOperationName(member.key)) {
      section = &SectionOf("step call");
      return &member;
    }
    for (const auto& candidate : AllSections()) {
      if (!candidate.name.starts_with("step ") || candidate.keys.front().name != member.key ||
          candidate.name == "step call")
        continue;
      section = &candidate;
      return &member;
    }
  }
  return nullptr;
}

void RefuseVerbless(LoadContext& context, const Node& node) {
  const auto verbs = Verbs();
  auto names = verbs;
  for (const auto operation : KnownOperations()) names.push_back(operation);
  std::string hint;
  for (const auto& member : node.members) {
    if (hint.empty()) hint = DidYouMean(member.key, names);
  }
  context.Refuse(
      node.place,
      fmt::format(
          "this step does nothing that is known; expected one of {}, or an operation such as CreateRepository{}",
          fmt::join(verbs, ", "), hint));
}

std::optional<Step> LoadStep(LoadContext& context, const Node& node, TimelineOrder& order) {
  const Section* section = nullptr;
  const auto* verb = VerbOf(node, section);
  if (verb == nullptr) {
    RefuseVerbless(context, node);
    return std::nullopt;
  }
  Step step;
  step.place = node.place;
  step.text = OneLine(context.text, node, kStatementLengthMax);
  if (IsOperationName(verb->key)) {
    step.what = LoadCall(context, node, *verb);
  }
  // The reader complains of unknown keys; a call has been through one of its own.
  std::vector<Diagnostic> ignored;
  if (IsOperationName(verb->key)) std::swap(ignored, context.diagnostics);
  ObjectReader reader(context, node, *section, &CommonStepKeys());
  if (IsOperationName(verb->key)) std::swap(ignored, context.diagnostics);
  if (verb->key == "push") step.what = LoadPush(context, reader);
  if (verb->key == "pull") step.what = LoadPull(context, reader);
  if (verb->key == "expect" || verb->key == "never" || verb->key == "always")
    step.what = LoadExpect(context, node, reader, verb->key);
  if (verb->key == "advance") step.what = AdvanceStep{std::nullopt, reader.Span("advance").value_or(Duration())};
  if (verb->key == "advance_to") step.what = AdvanceStep{reader.Moment("advance_to"), Duration()};
  if (verb->key == "settle") step.what = SettleStep{reader.Span("settle").value_or(Duration())};
  if (verb->key == "delete_service_linked_role") step.what = LoadDeleteRole(context, reader);
  if (IsFaultVerb(verb->key)) step.what = LoadFault(context, reader, verb->key);
  step.at = reader.MomentOrOffset("at");
  step.after = reader.Span("after");
  if (const auto* when = reader.Get("when")) step.when = LoadProgress(context, *when);
  if (auto label = reader.Text("label")) {
    if (*label == "start" || *label == "heal")
      context.Refuse(reader.Get("label")->place, fmt::format("'{}' has a meaning of its own", *label));
    if (std::find(context.labels.begin(), context.labels.end(), *label) != context.labels.end())
      context.Refuse(reader.Get("label")->place, fmt::format("another step is labelled '{}' already", *label));
    step.label = *label;
    context.labels.push_back(*label);
    const auto* call = std::get_if<CallStep>(&step.what);
    if (call != nullptr && call->fails_with.empty()) context.answered_operations.emplace(*label, call->operation);
  }
  order.Take(step, reader);
  return step;
}

}  // namespace

void LoadTimeline(LoadContext& context, const Node& node, Scenario& scenario) {
  TimelineOrder order(context, scenario.call_latency);
  for (const auto* item : ValueReader(context).List(node)) {
    if (auto step = LoadStep(context, *item, order)) scenario.timeline.push_back(std::move(*step));
  }
  if (scenario.until && *scenario.until >= context.start && *scenario.until < order.earliest()) {
    context.Refuse(scenario.until_place,
                   fmt::format("'until' is {}, but the timeline ends at {} at the earliest; expected that or later",
                               ToText(*scenario.until), ToText(order.earliest())));
  }
}

}  // namespace crrsim
