// Faults of a scenario: the verbs of steps (`crash`, `throttle`, ...), and what a seed may draw.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/scenario/parts.h"
#include "harness/scenario/random_faults.h"
#include "registry_model/api/wire.h"
#include "sim/nearest_name.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

constexpr std::array<std::string_view, 16> kFaultVerbs = {
    "partition", "fail",     "corrupt", "outage", "degrade", "delay", "lose", "duplicate",
    "stall",     "throttle", "error",   "crash",  "damage",  "quota", "skew", "disturb"};

/// The directions that `from` and `to`, or `between`, name; none after a mistake.
std::vector<std::pair<RegionName, RegionName>> WaysOf(LoadContext& context, ObjectReader& reader) {
  const auto between = reader.RegionList("between");
  const auto from = reader.Region("from");
  const auto to = reader.Region("to");
  if (reader.Get("between") != nullptr) {
    if (reader.Get("from") != nullptr || reader.Get("to") != nullptr) {
      context.Refuse(reader.place(), "'between' is both ways; leave out from and to");
      return {};
    }
    if (between.size() == 2 && between[0] != between[1]) return {{between[0], between[1]}, {between[1], between[0]}};
    if (reader.Get("between")->items.size() != 2 || between.size() == 2)
      context.Refuse(reader.place(), "'between' takes two different regions");
    return {};
  }
  if (reader.Get("from") == nullptr || reader.Get("to") == nullptr) {
    context.Refuse(reader.place(), "expected from and to, or between: [region, region]");
    return {};
  }
  if (!from || !to) return {};
  if (*from != *to) return {{*from, *to}};
  context.Refuse(reader.place(), "expected two different regions");
  return {};
}

std::optional<std::int64_t> PositiveInteger(LoadContext& context, ObjectReader& reader, std::string_view key) {
  const auto value = reader.Integer(key);
  if (value != 0) return value;
  context.Refuse(reader.Get(key)->place, fmt::format("'{}' has to be at least 1", key));
  return std::nullopt;
}

std::int64_t PositivePercent(LoadContext& context, ObjectReader& reader, std::string_view key) {
  const auto value = reader.Percent(key);
  if (value == 0) context.Refuse(reader.Get(key)->place, fmt::format("'{}' of nothing is no fault", key));
  return value.value_or(100);
}

/// Both ways where it is `between`.
std::vector<FaultKind> LoadCut(LoadContext& context, ObjectReader& way) {
  const auto& place = way.place();
  const auto between = way.RegionList("between");
  auto from = way.Region("from");
  auto to = way.Region("to");
  const bool both_ways = way.Get("between") != nullptr;
  if (both_ways) {
    if (way.Get("from") != nullptr || way.Get("to") != nullptr)
      context.Refuse(place, "'between' cuts both ways; leave out from and to");
    if (between.size() != 2) {
      context.Refuse(place, "'between' takes two regions");
      return {};
    }
    from = between[0];
    to = between[1];
  } else if (way.Get("from") == nullptr || way.Get("to") == nullptr) {
    context.Refuse(place, "expected from and to, or between: [region, region]");
  }
  if (!from || !to) return {};
  if (*from == *to) context.Refuse(place, "a region cannot be cut off from itself");
  std::vector<FaultKind> cuts = {Partition{*from, *to}};
  if (both_ways) cuts.emplace_back(Partition{*to, *from});
  return cuts;
}

std::optional<StepFault> LoadStepFault(LoadContext& context, ObjectReader& reader, std::string_view verb) {
  StepFault fault;
  if (verb == "corrupt") {
    fault.step = JobStep::kTransfer;
    fault.failure = FailureCode::kDigestMismatch;
  } else {
    const auto name = reader.OneOf("step");
    if (!name) return std::nullopt;
    for (std::size_t i = 0; i < kJobStepCount; ++i) {
      if (NameOf(static_cast<JobStep>(i)) == *name) fault.step = static_cast<JobStep>(i);
    }
  }
  fault.destination = reader.Registry("in");
  fault.repository = reader.Repository("repository");
  fault.skip = reader.Integer("skip").value_or(0);
  fault.times = PositiveInteger(context, reader, "times");
  return fault;
}

Degradation LoadDegradation(LoadContext& context, ObjectReader& reader, const RegionName& from, const RegionName& to) {
  const auto percent = reader.Percent("bandwidth").value_or(100);
  if (percent == 100 && reader.Get("bandwidth") != nullptr)
    context.Refuse(reader.Get("bandwidth")->place, "all of the bandwidth is no fault");
  const auto link =
      std::ranges::find_if(context.links, [&](const LinkConfig& one) { return one.from == from && one.to == to; });
  if (link != context.links.end() && link->bandwidth.unlimited()) {
    context.Refuse(reader.place(), fmt::format("the link {} to {} has no limit to degrade; give its bandwidth under "
                                               "network: links (egress and ingress are of regions, not of links)",
                                               from.text(), to.text()));
  }
  return {from, to, percent};
}

std::vector<FaultKind> LoadOnLink(LoadContext& context, ObjectReader& reader, std::string_view verb) {
  std::vector<FaultKind> faults;
  for (const auto& [from, to] : WaysOf(context, reader)) {
    if (verb == "degrade") faults.emplace_back(LoadDegradation(context, reader, from, to));
    if (verb == "delay") faults.emplace_back(LatencySpike{from, to, reader.Span("latency").value_or(Duration())});
    if (verb == "lose") faults.emplace_back(MessageLoss{from, to, PositivePercent(context, reader, "messages")});
    if (verb != "duplicate") continue;
    faults.emplace_back(Duplication{from, to, PositivePercent(context, reader, "messages"),
                                    reader.Span("behind").value_or(Seconds(1))});
  }
  return faults;
}

ApiFault LoadRefusal(LoadContext& context, ObjectReader& reader, ApiFailure failure) {
  ApiFault fault;
  fault.failure = failure;
  fault.region = reader.Region("region");
  if (const auto* account = reader.Get("account")) fault.account = ValueReader(context).Account(*account);
  fault.repository = reader.Repository("repository");
  fault.percent = reader.Get("calls") == nullptr ? 100 : PositivePercent(context, reader, "calls");
  fault.skip = reader.Integer("skip").value_or(0);
  fault.times = PositiveInteger(context, reader, "times");
  const auto operation = reader.Text("operation");
  if (!operation) return fault;
  fault.operation = *operation;
  const auto known = KnownOperations();
  std::vector<std::string_view> names(known.begin(), known.end());
  names.push_back(kReplicateOperation);
  if (std::find(names.begin(), names.end(), *operation) == names.end()) {
    context.Refuse(reader.Get("operation")->place,
                   fmt::format("'{}' is not an operation of this API{}", *operation, DidYouMean(*operation, names)));
  }
  return fault;
}

void LoadDamage(LoadContext& context, ObjectReader& reader, FaultStep& step) {
  const auto in = reader.Registry("in").value_or(RegistryKey());
  const auto image = reader.Reference("image");
  const auto repository = reader.Repository("repository");
  const auto layer = PositiveInteger(context, reader, "layer");
  if ((reader.Get("image") != nullptr) == (reader.Get("repository") != nullptr))
    context.Refuse(reader.place(), "expected either image or repository");
  if (layer && reader.Get("image") == nullptr) context.Refuse(reader.Get("layer")->place, "'layer' goes with 'image'");
  if (image) step.damage = FaultStep::Damage{*image, in, layer};
  if (repository) step.what.emplace_back(StorageDamage{in, *repository, std::nullopt});
}

Quota LoadQuota(LoadContext& context, ObjectReader& reader) {
  const Quota quota{reader.Registry("in").value_or(RegistryKey()), reader.Integer("repositories"),
                    reader.Integer("images")};
  if (reader.Get("repositories") == nullptr && reader.Get("images") == nullptr)
    context.Refuse(reader.place(), "no quota is given; add repositories or images");
  return quota;
}

ClockSkew LoadSkew(LoadContext& context, ObjectReader& reader) {
  const auto ahead = reader.Span("ahead");
  const auto behind = reader.Span("behind");
  if ((reader.Get("ahead") != nullptr) == (reader.Get("behind") != nullptr))
    context.Refuse(reader.place(), "expected either ahead or behind");
  return {reader.Region("region").value_or(RegionName()), ahead.value_or(Duration()) - behind.value_or(Duration())};
}

std::string_view SectionNameOf(std::string_view verb) {
  if (verb == "partition") return "cut";
  if (verb == "fail") return "failure";
  if (verb == "corrupt") return "corruption";
  if (verb == "degrade") return "degradation";
  if (verb == "delay") return "spike";
  if (verb == "lose") return "loss";
  if (verb == "duplicate") return "duplication";
  if (verb == "stall") return "stalling";
  if (verb == "throttle" || verb == "error") return "refusal";
  if (verb == "disturb") return "disturbance";
  return verb;
}

BusDisturbance LoadDisturbance(LoadContext& context, ObjectReader& reader) {
  BusDisturbance disturbance;
  if (const auto bus = reader.Registry("bus")) disturbance.bus = *bus;
  disturbance.lose_percent = reader.Percent("lose").value_or(0);
  disturbance.duplicate_percent = reader.Percent("duplicate").value_or(0);
  disturbance.delay = reader.Span("delay").value_or(Duration());
  disturbance.reorder = reader.Span("reorder").value_or(Duration());
  const auto is_given = [&](std::string_view key) { return reader.Get(key) != nullptr; };
  if (!is_given("lose") && !is_given("duplicate") && !is_given("delay") && !is_given("reorder"))
    context.Refuse(reader.place(), "nothing is disturbed; add lose, duplicate, delay or reorder");
  return disturbance;
}

}  // namespace

bool IsFaultVerb(std::string_view verb) {
  return std::find(kFaultVerbs.begin(), kFaultVerbs.end(), verb) != kFaultVerbs.end();
}

FaultStep LoadFault(LoadContext& context, ObjectReader& reader, std::string_view verb) {
  FaultStep step;
  step.name = verb;
  step.duration = reader.Span("for");
  if (verb == "outage" || verb == "crash") {
    const auto region = reader.Region(verb);
    if (region && verb == "outage") step.what.emplace_back(Outage{*region});
    if (region && verb == "crash") step.what.emplace_back(WorkerCrash{*region});
    return step;
  }
  const auto* node = reader.Get(verb);
  if (node == nullptr) return step;
  ObjectReader what(context, *node, SectionOf(SectionNameOf(verb)));
  if (!node->IsMap()) return step;
  if (verb == "partition") step.what = LoadCut(context, what);
  if (verb == "fail" || verb == "corrupt") {
    if (auto fault = LoadStepFault(context, what, verb)) step.what.emplace_back(*std::move(fault));
  }
  if (verb == "throttle") step.what.emplace_back(LoadRefusal(context, what, ApiFailure::kThrottling));
  if (verb == "error") step.what.emplace_back(LoadRefusal(context, what, ApiFailure::kServer));
  if (verb == "damage") LoadDamage(context, what, step);
  if (verb == "quota") step.what.emplace_back(LoadQuota(context, what));
  if (verb == "disturb") step.what.emplace_back(LoadDisturbance(context, what));
  if (verb == "skew") step.what.emplace_back(LoadSkew(context, what));
  if (verb == "stall") {
    step.what.emplace_back(Stall{what.Registry("in"), what.Repository("repository"), what.Integer("skip").value_or(0),
                                 PositiveInteger(context, what, "times")});
  }
  if (verb == "degrade" || verb == "delay" || verb == "lose" || verb == "duplicate")
    step.what = LoadOnLink(context, what, verb);
  return step;
}

void LoadRandomFaults(LoadContext& context, const Node& node, Scenario& scenario) {
  auto& faults = scenario.faults.emplace();
  faults.from = context.start;
  const auto verbs = RandomFaultVerbs();
  if (node.IsScalar()) {
    if (node.text != "random")
      context.Refuse(node.place, fmt::format("found '{}', expected random, or what a seed may draw", node.text));
    for (const auto verb : verbs) faults.kinds.emplace(verb, 50);
    faults.heal_by = faults.from + Hours(1);
  } else {
    ObjectReader reader(context, node, SectionOf("faults"));
    if (!node.IsMap()) return;
    faults.from = reader.MomentOrOffset("from").value_or(context.start);
    faults.heal_by = reader.MomentOrOffset("heal_by").value_or(faults.from + Hours(1));
    faults.longest = reader.Span("longest").value_or(faults.longest);
    faults.each_at_most = PositiveInteger(context, reader, "each_at_most").value_or(faults.each_at_most);
    constexpr std::int64_t kOfOneKindMax = 10'000;
    if (faults.each_at_most > kOfOneKindMax) {
      context.Refuse(reader.Get("each_at_most")->place,
                     fmt::format("{} faults of one kind; expected at most {}", faults.each_at_most, kOfOneKindMax));
      return;
    }
    if (const auto* kinds = reader.Get("kinds")) {
      for (const auto& member : kinds->members) {
        if (std::find(verbs.begin(), verbs.end(), member.key) == verbs.end()) {
          context.Refuse(member.key_place, fmt::format("'{}' is not a fault that can be drawn{}", member.key,
                                                       DidYouMean(member.key, verbs)));
          continue;
        }
        if (const auto percent = ValueReader(context).Percent(member.value)) faults.kinds[member.key] = *percent;
      }
      if (!kinds->IsMap()) context.Refuse(kinds->place, "expected verbs of faults and percentages");
    } else {
      for (const auto verb : verbs) faults.kinds.emplace(verb, 50);
    }
    if (faults.longest < Seconds(1)) context.Refuse(node.place, "'longest' has to be at least 1s");
    if (faults.from < context.start) context.Refuse(node.place, "'from' is before the start");
  }
  if (faults.heal_by < faults.from + Seconds(1))
    return context.Refuse(node.place, "'heal_by' has to be at least 1s after 'from'");
  // Otherwise no run could be counted on to end well: a copy may be given up before the last fault is over.
  if (faults.heal_by - faults.from >= scenario.world.engine.retry_give_up) {
    context.Refuse(node.place,
                   fmt::format("faults may last {}, but copies are given up after {} (options: retry: "
                               "give_up)",
                               ToText(faults.heal_by - faults.from), ToText(scenario.world.engine.retry_give_up)));
  }
}

}  // namespace crrsim
