// The network of a scenario: what a preset gives, and what the file says instead.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/scenario/latency_table.h"
#include "harness/scenario/network_presets.h"
#include "harness/scenario/parts.h"
#include "sim/nearest_name.h"
#include "sim/network_types.h"

namespace crrsim {

namespace {

const NetworkPreset* FindPreset(LoadContext& context, const Place& place, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& preset : NetworkPresets()) {
    if (preset.name == name) return &preset;
    names.push_back(preset.name);
  }
  auto hint = DidYouMean(name, names);
  if (hint.empty()) hint = fmt::format("; the presets are: {}", fmt::join(names, ", "));
  context.Refuse(place, fmt::format("there is no network preset '{}'{}", name, hint));
  return nullptr;
}

using LinkMap = std::map<std::pair<RegionName, RegionName>, LinkConfig>;

void LoadLink(LoadContext& context, const Node& node, LinkMap& links) {
  ObjectReader reader(context, node, SectionOf("link"));
  LinkConfig link;
  const auto between = reader.RegionList("between");
  const auto from = reader.Region("from");
  const auto to = reader.Region("to");
  link.latency = reader.Span("latency").value_or(Duration());
  link.jitter = reader.Span("jitter").value_or(Duration());
  link.bandwidth = reader.Rate("bandwidth").value_or(BytesPerSecond::Unlimited());
  if (link.bandwidth == BytesPerSecond())
    context.Refuse(reader.Get("bandwidth")->place,
                   "a link without bandwidth carries nothing; cut it with a partition instead");
  link.loss = reader.Fraction("loss").value_or(LossRate());
  if (link.loss.parts > LossRate::kOne / 10)
    context.Refuse(reader.Get("loss")->place, "the formula for lossy links holds up to 10%; cut it with a partition");
  link.window = reader.Size("window").value_or(ByteCount());
  if (reader.Get("window") != nullptr && link.window == ByteCount())
    context.Refuse(reader.Get("window")->place, "a window of nothing carries nothing");
  const auto add = [&](const RegionName& one, const RegionName& other) {
    link.from = one;
    link.to = other;
    if (one == other)
      return context.Refuse(node.place, "a link joins two different regions; within_region is an option");
    if (!links.emplace(std::pair(one, other), link).second) {
      context.Refuse(node.place, fmt::format("the link from {} to {} is given twice", one.text(), other.text()));
    }
  };
  if (reader.Get("between") != nullptr) {
    if (between.size() == 2) {
      add(between[0], between[1]);
      add(between[1], between[0]);
    } else if (reader.Get("between")->items.size() != 2) {
      context.Refuse(node.place, "'between' takes two regions");
    }
  } else if (from && to) {
    add(*from, *to);
  } else if (node.IsMap() && (reader.Get("from") == nullptr || reader.Get("to") == nullptr)) {
    context.Refuse(node.place, "expected between: [region, region], or from and to");
  }
}

void LoadCapacities(LoadContext& context, const Node& node, Scenario& scenario) {
  if (!node.IsMap())
    return context.Refuse(node.place, fmt::format("found {}, expected a map of regions", DescriptionOf(node)));
  for (const auto& member : node.members) {
    Node name;
    name.kind = Node::Kind::kScalar;
    name.text = member.key;
    name.place = member.key_place;
    const auto region = ValueReader(context).Region(name);
    ObjectReader reader(context, member.value, SectionOf("capacity"));
    const auto egress = reader.Rate("egress");
    const auto ingress = reader.Rate("ingress");
    for (auto& config : scenario.world.regions) {
      if (!region || config.name != *region) continue;
      if (egress) config.egress = *egress;
      if (ingress) config.ingress = *ingress;
    }
  }
}

/// Named limits that copies share.
void LoadLimits(LoadContext& context, const Node& node, Scenario& scenario) {
  if (!node.IsMap())
    return context.Refuse(node.place, fmt::format("found {}, expected names of limits", DescriptionOf(node)));
  for (const auto& member : node.members) {
    ObjectReader reader(context, member.value, SectionOf("shared-limit"));
    SharedLimit limit;
    limit.name = member.key;
    limit.bandwidth = reader.Rate("bandwidth").value_or(BytesPerSecond::Unlimited());
    if (limit.bandwidth == BytesPerSecond())
      context.Refuse(reader.Get("bandwidth")->place, "a limit of nothing lets nothing pass");
    limit.from = reader.Registry("from");
    limit.to = reader.Registry("to");
    limit.prefix = reader.Text("repositories").value_or("");
    scenario.world.limits.push_back(std::move(limit));
  }
  if (node.members.size() > LimitList::kMaxSize)
    context.Refuse(node.place, fmt::format("there can be {} limits at most", LimitList::kMaxSize));
}

/// Latencies from a file of the user's own; links of the file itself come before them, a preset after.
void LoadTables(LoadContext& context, ObjectReader& reader, const NetworkPreset* preset, Scenario& scenario,
                LinkMap& links) {
  const auto otherwise = preset == nullptr ? BytesPerSecond::Unlimited() : preset->link_bandwidth;
  const auto bandwidth = reader.Rate("bandwidth").value_or(otherwise);
  const auto one_way = reader.Text("latency_csv");
  const auto round_trip = reader.Text("round_trip_csv");
  if (one_way && round_trip)
    return context.Refuse(reader.Get("round_trip_csv")->place, "give latency_csv or round_trip_csv, not both");
  if (!one_way && !round_trip) {
    if (reader.Get("bandwidth") != nullptr)
      context.Refuse(reader.Get("bandwidth")->place, "'bandwidth' goes with latency_csv or round_trip_csv");
    return;
  }
  const auto& name = one_way ? *one_way : *round_trip;
  const auto table = LoadLatencyTable(context, reader.Get(one_way ? "latency_csv" : "round_trip_csv")->place, name);
  for (const auto& from : context.regions) {
    for (const auto& to : context.regions) {
      const auto found = table.find({from, to});
      if (from == to || found == table.end()) continue;
      const auto latency = one_way ? found->second : found->second / 2;
      links.emplace(std::pair(from, to), LinkConfig{from, to, latency, Duration(), bandwidth, {}, {}});
    }
  }
  scenario.network_source = fmt::format("{} latencies of {}", one_way ? "one-way" : "half of the round-trip", name);
}

void FillFromPreset(LoadContext& context, const Place& place, const NetworkPreset& preset, Scenario& scenario,
                    LinkMap& links) {
  scenario.network_source += (scenario.network_source.empty() ? "" : "; ") + std::string(preset.source);
  for (auto& region : scenario.world.regions) {
    region.egress = std::min(region.egress, preset.region_egress);
    region.ingress = std::min(region.ingress, preset.region_ingress);
  }
  for (const auto& from : context.regions) {
    for (const auto& to : context.regions) {
      if (from == to || links.contains({from, to})) continue;
      const auto latency = preset.LatencyOf(from.text(), to.text());
      if (latency) {
        links.emplace(std::pair(from, to), LinkConfig{from, to, *latency, Duration(), preset.link_bandwidth, {}, {}});
        continue;
      }
      const bool from_known =
          std::find(preset.regions.begin(), preset.regions.end(), from.text()) != preset.regions.end();
      std::string known;
      for (const auto name : preset.regions) known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
      context.Refuse(place, fmt::format("preset {} has no figures for {}; give its links under network: {{preset: {}, "
                                        "links: [...]}}. It knows {}",
                                        preset.name, from_known ? to.text() : from.text(), preset.name, known));
      return;
    }
  }
}

}  // namespace

void LoadNetwork(LoadContext& context, const Node& node, Scenario& scenario) {
  LinkMap links;
  const NetworkPreset* preset = nullptr;
  if (node.IsScalar()) {
    preset = FindPreset(context, node.place, node.text);
    if (preset == nullptr) return;
  } else {
    ObjectReader reader(context, node, SectionOf("network"));
    if (const auto name = reader.Text("preset")) {
      preset = FindPreset(context, reader.Get("preset")->place, *name);
      if (preset == nullptr) return;
    }
    if (const auto* list = reader.Get("links")) {
      for (const auto* item : ValueReader(context).List(*list)) LoadLink(context, *item, links);
    }
    if (const auto* capacities = reader.Get("regions")) LoadCapacities(context, *capacities, scenario);
    if (const auto* limits = reader.Get("limits")) LoadLimits(context, *limits, scenario);
    LoadTables(context, reader, preset, scenario, links);
  }
  const auto sound = context.diagnostics.empty();
  if (preset != nullptr) FillFromPreset(context, node.place, *preset, scenario, links);
  for (const auto& from : context.regions) {
    for (const auto& to : context.regions) {
      if (from == to) continue;
      const auto link = links.find({from, to});
      if (link != links.end()) {
        scenario.world.links.push_back(link->second);
      } else if (sound && preset == nullptr) {
        context.Refuse(node.place, fmt::format("no link from {} to {}; add it under links, or name a preset",
                                               from.text(), to.text()));
      }
    }
  }
}

void LoadModelOptions(LoadContext& context, const Node& node, Scenario& scenario) {
  ObjectReader reader(context, node, SectionOf("options"));
  auto& world = scenario.world;
  const auto positive = [&](std::string_view key, std::int64_t& into) {
    const auto value = reader.Integer(key);
    if (value == 0) return context.Refuse(reader.Get(key)->place, fmt::format("'{}' has to be at least 1", key));
    if (value) into = *value;
  };
  positive("transfers_per_job", world.engine.transfers_per_job_max);
  positive("jobs_in_flight", world.engine.jobs_in_flight_max);
  positive("backfill_jobs_in_flight", world.backfill.jobs_in_flight_max);
  positive("replication_rules", world.api.rules_max);
  positive("replication_destinations", world.api.destinations_max);
  positive("repositories", world.api.repositories_max);
  positive("images_per_repository", world.api.images_max);
  positive("scans_per_day", world.api.scans_max);
  world.call_rates_enforced = reader.OneOf("call_rates") == "enforced";
  if (const auto value = reader.Span("request_timeout")) world.engine.request_timeout = *value;
  if (const auto value = reader.Span("stall_timeout")) world.engine.stall_timeout = *value;
  if (const auto value = reader.Span("call_latency")) scenario.call_latency = *value;
  if (const auto value = reader.Span("client_retry")) scenario.client_retry = *value;
  if (const auto value = reader.Span("scan_duration")) world.scan_duration = *value;
  if (const auto value = reader.Span("backfill_preparing")) world.backfill.preparing = *value;
  if (const auto value = reader.Span("restore_duration")) world.restore_duration = *value;
  if (const auto value = reader.Span("lifecycle_period")) world.lifecycle_period = *value;
  if (world.lifecycle_period < Seconds(1)) {
    context.Refuse(reader.Get("lifecycle_period")->place,
                   "policies are evaluated at most once a second; expected 1s or more");
  }
  if (const auto value = reader.Span("lifecycle_preview")) world.api.lifecycle_preview_duration = *value;
  if (reader.OneOf("same_instant") == "seeded") world.same_instant = SameInstant::kSeeded;
  if (const auto* retry = reader.Get("retry")) {
    ObjectReader backoff(context, *retry, SectionOf("retry"));
    if (const auto value = backoff.Span("first")) world.engine.retry_first = *value;
    if (const auto value = backoff.Span("cap")) world.engine.retry_cap = *value;
    if (const auto value = backoff.Span("give_up")) world.engine.retry_give_up = *value;
    if (const auto value = backoff.Percent("jitter")) world.engine.retry_jitter_percent = *value;
    if (world.engine.retry_first == Duration() || world.engine.retry_cap == Duration())
      context.Refuse(retry->place, "a wait of nothing would try again for ever at one instant");
  }
  if (const auto* within = reader.Get("within_region")) {
    ObjectReader way(context, *within, SectionOf("within-region"));
    if (const auto value = way.Span("latency")) world.within_region.latency = *value;
    if (const auto value = way.Rate("bandwidth")) world.within_region.bandwidth = *value;
  }
}

}  // namespace crrsim
