#include "harness/scenario/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "harness/scenario/documents.h"
#include "harness/scenario/parts.h"
#include "sim/nearest_name.h"

namespace crrsim {

namespace {

constexpr std::int64_t kSeedMax = (std::int64_t{1} << 53) - 1;
constexpr std::string_view kDefaultStart = "2026-01-01T00:00:00Z";

std::optional<AccountId> LoadAccountId(LoadContext& context, const Node& value) {
  if (value.IsScalar() && !value.quoted) {
    context.Refuse(value.place, fmt::format("an account id has to be quoted (\"{}\"): without quotes it is a number "
                                            "to YAML, and a leading zero is lost",
                                            value.text));
    return std::nullopt;
  }
  const auto text = ValueReader(context).Text(value);
  if (!text) return std::nullopt;
  const auto id = AccountId::Parse(*text);
  if (id) return *id;
  context.Refuse(value.place, id.error().message);
  return std::nullopt;
}

void LoadAccounts(LoadContext& context, const Node& node) {
  if (!node.IsMap() || node.members.empty()) {
    return context.Refuse(node.place,
                          fmt::format("found {}, expected nicknames and quoted account ids", DescriptionOf(node)));
  }
  for (const auto& member : node.members) {
    // A nickname stays known when its id is refused, so that its uses are not refused as well.
    const auto id = LoadAccountId(context, member.value).value_or(AccountId());
    for (const auto& other : context.accounts) {
      if (other.id == id && id != AccountId())
        context.Refuse(member.value.place, fmt::format("account {} is already called {}", id.text(), other.nickname));
    }
    if (member.key.find('/') != std::string::npos) context.Refuse(member.key_place, "a nickname holds no '/'");
    context.accounts.push_back({member.key, id});
  }
}

void LoadRegions(LoadContext& context, const Node& node) {
  for (const auto* item : ValueReader(context).List(node)) {
    const auto text = ValueReader(context).Text(*item);
    if (!text) continue;
    const auto region = RegionName::Parse(*text);
    if (!region) {
      context.Refuse(item->place, region.error().message);
    } else if (std::find(context.regions.begin(), context.regions.end(), *region) != context.regions.end()) {
      context.Refuse(item->place, fmt::format("region {} is named twice", *text));
    } else {
      context.regions.push_back(*region);
    }
  }
  if (node.IsList() && node.items.empty()) context.Refuse(node.place, "a world needs at least one region");
}

void LoadSeed(LoadContext& context, const Node& node, Scenario& scenario) {
  const auto seed = ValueReader(context).Integer(node);
  if (!seed) return;
  if (*seed > kSeedMax) return context.Refuse(node.place, fmt::format("seed {} is beyond 2^53 - 1", *seed));
  scenario.world.seed = static_cast<std::uint64_t>(*seed);
}

void LoadAssumptions(LoadContext& context, const Node& node, Scenario& scenario) {
  if (!node.IsMap())
    return context.Refuse(node.place,
                          fmt::format("found {}, expected assumptions and their values", DescriptionOf(node)));
  for (const auto& member : node.members) {
    const auto value = ValueReader(context).Text(member.value);
    if (!value) continue;
    const auto set = scenario.world.assumptions.Set(member.key, *value);
    if (set) continue;
    const bool is_known = FindAssumption(member.key).ok();
    context.Refuse(is_known ? member.value.place : member.key_place, set.error().message);
  }
}

void Load(LoadContext& context, const Node& root, Scenario& scenario) {
  ObjectReader reader(context, root, SectionOf("scenario"));
  if (!root.IsMap()) return;
  scenario.title = reader.Text("title").value_or("");
  scenario.why = reader.Text("why").value_or("");
  scenario.cites = reader.TextList("cites");
  if (const auto* seed = reader.Get("seed")) LoadSeed(context, *seed, scenario);
  scenario.world.start = reader.Moment("start").value_or(*ParseInstant(kDefaultStart));
  context.start = scenario.world.start;
  scenario.until = reader.Moment("until");
  if (scenario.until) scenario.until_place = reader.Get("until")->place;
  if (scenario.until && *scenario.until < scenario.world.start)
    context.Refuse(scenario.until_place, "'until' is before the start");
  scenario.converges_within = reader.Span("converges_within");
  if (scenario.converges_within) scenario.converges_place = reader.Get("converges_within")->place;
  // Names first: everything after refers to them.
  if (const auto* accounts = reader.Get("accounts")) LoadAccounts(context, *accounts);
  if (const auto* regions = reader.Get("regions")) LoadRegions(context, *regions);
  scenario.world.opted_out = reader.RegistryList("opted_out");
  scenario.accounts = context.accounts;
  for (const auto& account : context.accounts) scenario.world.accounts.push_back(account.id);
  for (const auto& region : context.regions) scenario.world.regions.push_back({region});
  if (const auto* options = reader.Get("options")) LoadModelOptions(context, *options, scenario);
  if (const auto* assumptions = reader.Get("assumptions")) LoadAssumptions(context, *assumptions, scenario);
  if (const auto* network = reader.Get("network")) LoadNetwork(context, *network, scenario);
  context.links = scenario.world.links;
  if (const auto* images = reader.Get("images")) LoadImages(context, *images, scenario);
  if (const auto* faults = reader.Get("faults")) LoadRandomFaults(context, *faults, scenario);
  if (const auto* timeline = reader.Get("timeline")) LoadTimeline(context, *timeline, scenario);
  if (const auto* expect = reader.Get("expect")) LoadExpectations(context, *expect, scenario);
}

void ReplaceImages(LoadContext& context, const LoadOptions& options, Scenario& scenario) {
  for (const auto& [name, path] : options.images) {
    const auto found = std::find_if(scenario.images.begin(), scenario.images.end(),
                                    [&](const ImageSpec& image) { return image.name == name; });
    if (found == scenario.images.end()) {
      if (options.unknown_images == UnknownImages::kPassedOver) continue;
      context.Refuse({context.path, 1, 1}, fmt::format("--image {}={}: the scenario defines no image '{}'{}", name,
                                                       path, name, DidYouMean(name, context.image_names)));
      continue;
    }
    ImageSpec replaced;
    replaced.name = name;
    replaced.place = found->place;
    replaced.path = path;
    replaced.path_from = ImageSpec::PathFrom::kCommandLine;
    replaced.findings = found->findings;
    *found = std::move(replaced);
  }
}

/// A total order: the scenario's own mistakes first, then by file, place and text.
Diagnostics InOrder(std::vector<Diagnostic> diagnostics, const std::string& path) {
  const auto order = [&](const Diagnostic& a) {
    return std::tuple<bool, std::string_view, std::int64_t, std::int64_t, std::string_view>(
        a.place.file != path, a.place.file, a.place.line, a.place.column, a.message);
  };
  std::sort(diagnostics.begin(), diagnostics.end(),
            [&](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  return Diagnostics{std::move(diagnostics)};
}

}  // namespace

Result<Scenario, Diagnostics> LoadScenarioText(const std::string& text, const std::string& path,
                                               const LoadOptions& options) {
  const auto root = ParseYaml(text, path);
  if (!root) return root.error();
  LoadContext context;
  context.path = path;
  context.text = text;
  Scenario scenario;
  scenario.path = path;
  scenario.call_latency = Milliseconds(20);
  Load(context, *root, scenario);
  ReplaceImages(context, options, scenario);
  scenario.documents = std::move(context.documents);
  scenario.used_keys = std::move(context.used_keys);
  if (context.diagnostics.empty()) return scenario;
  return InOrder(std::move(context.diagnostics), path);
}

Result<Step, Diagnostics> LoadStepText(const std::string& text, const std::string& path, const Scenario& definition) {
  auto root = ParseYaml(text, path);
  if (!root) return root.error();
  LoadContext context;
  context.path = path;
  context.text = text;
  context.accounts = definition.accounts;
  for (const auto& region : definition.world.regions) context.regions.push_back(region.name);
  context.links = definition.world.links;
  for (const auto& image : definition.images) context.image_names.push_back(image.name);
  context.start = definition.world.start;
  Node timeline;
  timeline.kind = Node::Kind::kList;
  timeline.place = root->place;
  timeline.items.push_back(*std::move(root));
  Scenario read;
  LoadTimeline(context, timeline, read);
  if (!context.diagnostics.empty()) return InOrder(std::move(context.diagnostics), path);
  return std::move(read.timeline.front());
}

Result<Scenario, Diagnostics> LoadScenario(const std::string& path, const LoadOptions& options) {
  const auto text = ReadFile(path);
  if (!text) return Diagnostics{{{{path, 1, 1}, "the file cannot be read"}}};
  return LoadScenarioText(*text, path, options);
}

}  // namespace crrsim
