// Claims: what a scenario says must hold.
#include <fmt/format.h>

#include <algorithm>

#include "harness/run/event_fields.h"
#include "harness/scenario/event_values.h"
#include "harness/scenario/parts.h"
#include "registry_model/event_bus/envelope.h"
#include "sim/nearest_name.h"

namespace crrsim {

namespace {

/// The keys of bounds; `exactly` may be empty where there is no such key.
struct BoundKeys {
  std::string_view at_least;
  std::string_view at_most;
  std::string_view exactly;
};

/// Reads bounds, and refuses those between which nothing lies.
template <class Quantity>
Bounds<Quantity> LoadBounds(LoadContext& context, ObjectReader& reader,
                            std::optional<Quantity> (ObjectReader::*read)(std::string_view), const BoundKeys& keys) {
  Bounds<Quantity> bounds;
  bounds.at_least = (reader.*read)(keys.at_least);
  bounds.at_most = (reader.*read)(keys.at_most);
  if (!keys.exactly.empty()) bounds.exactly = (reader.*read)(keys.exactly);
  const auto refuse_below = [&](const auto& upper, std::string_view upper_key, const auto& lower,
                                std::string_view lower_key) {
    if (!upper || !lower || *upper >= *lower) return;
    context.Refuse(reader.Get(upper_key)->place,
                   fmt::format("'{}' is below '{}', so nothing can satisfy both", upper_key, lower_key));
  };
  refuse_below(bounds.at_most, keys.at_most, bounds.at_least, keys.at_least);
  refuse_below(bounds.exactly, keys.exactly, bounds.at_least, keys.at_least);
  refuse_below(bounds.at_most, keys.at_most, bounds.exactly, keys.exactly);
  return bounds;
}

constexpr BoundKeys kTimesKeys = {"times_at_least", "times_at_most", "times"};

ImageClaim LoadImageClaim(LoadContext& context, ObjectReader& reader) {
  ImageClaim claim;
  if (const auto image = reader.Reference("image")) claim.image = *image;
  if (const auto in = reader.Registry("in")) claim.in = *in;
  if (const auto is = reader.OneOf("is")) {
    claim.is = *is == "absent"     ? ImageClaim::Is::kAbsent
               : *is == "untagged" ? ImageClaim::Is::kUntagged
                                   : ImageClaim::Is::kPresent;
  }
  claim.same_digest_as = reader.Registry("same_digest_as");
  claim.digest = reader.ContentDigest("digest");
  claim.media_type = reader.Text("media_type");
  if (reader.Get("tags") != nullptr) {
    claim.tags.emplace();
    for (const auto& text : reader.TextList("tags")) {
      const auto tag = Tag::Parse(text);
      if (tag) {
        claim.tags->push_back(*tag);
      } else {
        context.Refuse(reader.Get("tags")->place, tag.error().message);
      }
    }
  }
  if (const auto* findings = reader.Get("findings")) {
    ValueReader values(context);
    if (findings->IsScalar() && findings->text == "none") {
      claim.no_findings = true;
    } else if (findings->IsMap()) {
      claim.findings.emplace();
      for (const auto& member : findings->members) {
        values.MemberName(member, *SectionOf("claim image").Find("findings"));
        if (const auto count = values.Integer(member.value)) claim.findings->emplace(member.key, *count);
      }
    } else {
      context.Refuse(findings->place,
                     fmt::format("found {}, expected none or a map such as {{HIGH: 2}}", DescriptionOf(*findings)));
    }
  }
  claim.status = reader.OneOf("status");
  const bool details = claim.same_digest_as || claim.digest || claim.media_type || claim.tags || claim.status ||
                       claim.findings || claim.no_findings;
  if (claim.is == ImageClaim::Is::kAbsent && details)
    context.Refuse(reader.place(), "an image that is absent has no digest, tags or findings");
  if (claim.is == ImageClaim::Is::kUntagged && claim.image.tag) {
    context.Refuse(reader.place(), "an image named by a tag is not untagged; name it repository@sha256:...");
  }
  return claim;
}

RepositoryClaim LoadRepositoryClaim(LoadContext& context, ObjectReader& reader) {
  RepositoryClaim claim;
  if (const auto repository = reader.Repository("repository")) claim.repository = *repository;
  if (const auto in = reader.Registry("in")) claim.in = *in;
  claim.absent = reader.OneOf("is") == "absent";
  if (const auto by = reader.OneOf("created_by")) {
    for (const auto origin : {Origin::kClient, Origin::kReplication, Origin::kPullThroughCache}) {
      if (*by == NameOf(origin)) claim.created_by = origin;
    }
  }
  if (auto prefix = reader.Text("template")) claim.template_prefix = *prefix == "none" ? "" : *prefix;
  claim.mutability = reader.OneOf("imageTagMutability");
  claim.encryption_type = reader.OneOf("encryptionType");
  claim.scan_on_push = reader.YesNo("scanOnPush");
  claim.no_repository_policy = reader.OneOf("repositoryPolicy").has_value();
  claim.no_lifecycle_policy = reader.OneOf("lifecyclePolicy").has_value();
  claim.images = LoadBounds(context, reader, &ObjectReader::Integer, {"images_at_least", "images_at_most", "images"});
  const bool details = claim.created_by || claim.template_prefix || claim.mutability || claim.encryption_type ||
                       claim.scan_on_push || claim.no_repository_policy || claim.no_lifecycle_policy ||
                       !claim.images.empty();
  if (claim.absent && details)
    context.Refuse(reader.place(), "a repository that is absent has no settings and no images");
  return claim;
}

ReplicationClaim LoadReplicationClaim(LoadContext& context, ObjectReader& reader) {
  ReplicationClaim claim;
  if (const auto image = reader.Reference("replication")) claim.image = *image;
  if (const auto from = reader.Registry("from")) claim.from = *from;
  claim.to = reader.Registry("to");
  const auto status = reader.OneOf("status");
  if (status == "IN_PROGRESS") claim.status = ReplicationStatus::kInProgress;
  if (status == "COMPLETE") claim.status = ReplicationStatus::kComplete;
  if (status == "FAILED") claim.status = ReplicationStatus::kFailed;
  claim.failure = reader.Text("failure");
  if (claim.status && reader.Get("to") == nullptr)
    context.Refuse(reader.place(), "'to' is missing: the destination whose status is meant");
  if (claim.failure && claim.status != ReplicationStatus::kFailed)
    context.Refuse(reader.place(), "'failure' goes with status: FAILED");
  if (claim.failure) {
    std::vector<std::string_view> names;
    for (std::size_t code = 1; code < kFailureCodeCount; ++code)
      names.push_back(NameOf(static_cast<FailureCode>(code)));
    ValueReader(context).OneOf(*reader.Get("failure"), "a failure code", names);
  }
  return claim;
}

TransferClaim LoadTransferClaim(LoadContext& context, ObjectReader& reader) {
  TransferClaim claim;
  if (const auto repository = reader.Repository("transferred")) claim.repository = *repository;
  if (const auto from = reader.Registry("from")) claim.from = *from;
  if (const auto to = reader.Registry("to")) claim.to = *to;
  claim.times = reader.Integer("times");
  claim.useful = LoadBounds(context, reader, &ObjectReader::Size, {"at_least", "at_most", "exactly"});
  claim.wasted =
      LoadBounds(context, reader, &ObjectReader::Size, {"wasted_at_least", "wasted_at_most", "wasted_exactly"});
  if (!claim.times && claim.useful.empty() && claim.wasted.empty()) {
    context.Refuse(reader.place(), "nothing is claimed; add times, exactly, at_least, at_most, or wasted_...");
  }
  return claim;
}

StorageClaim LoadStorageClaim(LoadContext& context, ObjectReader& reader) {
  const auto before = context.diagnostics.size();
  StorageClaim claim;
  if (const auto repository = reader.Repository("stored")) claim.repository = *repository;
  if (const auto in = reader.Registry("in")) claim.in = *in;
  if (const auto one = reader.OneOf("class")) {
    claim.storage_class = *one == "STANDARD" ? StorageClass::kStandard : StorageClass::kArchive;
  }
  claim.month = reader.Month("month");
  claim.duration = LoadBounds(context, reader, &ObjectReader::Span, {"for_at_least", "for_at_most", ""});
  claim.bytes = LoadBounds(context, reader, &ObjectReader::Size, {"at_least", "at_most", "exactly"});
  if (context.diagnostics.size() != before) return claim;
  if (claim.month && (claim.duration.empty() || !claim.bytes.empty())) {
    context.Refuse(reader.place(), "with 'month' goes for_at_least or for_at_most; bytes are those stored now");
  }
  if (!claim.month && (claim.bytes.empty() || !claim.duration.empty())) {
    context.Refuse(reader.place(), "without 'month' goes exactly, at_least or at_most: bytes stored now");
  }
  return claim;
}

LagClaim LoadLagClaim(LoadContext& context, ObjectReader& reader) {
  LagClaim claim;
  const auto quantile = reader.OneOf("lag");
  if (quantile && *quantile != "max") claim.percent = std::stoll(quantile->substr(1));
  if (const auto from = reader.Registry("from")) claim.from = *from;
  if (const auto to = reader.Registry("to")) claim.to = *to;
  claim.lag = LoadBounds(context, reader, &ObjectReader::Span, {"at_least", "at_most", ""});
  if (claim.lag.empty()) context.Refuse(reader.place(), "nothing is claimed; add at_least or at_most");
  return claim;
}

FaultClaim LoadFaultClaim(LoadContext& context, ObjectReader& reader) {
  FaultClaim claim;
  if (const auto fault = reader.OneOf("fault")) claim.fault = *fault;
  claim.hits = LoadBounds(context, reader, &ObjectReader::Integer, {"hits_at_least", "hits_at_most", "hits"});
  if (claim.hits.empty()) context.Refuse(reader.place(), "nothing is claimed; add hits, hits_at_least or hits_at_most");
  return claim;
}

/// Checks names of events and fields against those that there are.
EventPattern LoadPattern(LoadContext& context, ObjectReader& reader) {
  EventPattern pattern;
  pattern.place = reader.place();
  const auto* node = reader.Get("event");
  if (node != nullptr) {
    const auto names = EventNames();
    if (auto name = ValueReader(context).OneOf(*node, "an event", names)) pattern.name = *name;
  }
  pattern.in = reader.Registry("in");
  const auto* where = reader.Get("where");
  if (where != nullptr && !where->IsMap())
    context.Refuse(where->place, fmt::format("found {}, expected a map of fields to values", DescriptionOf(*where)));
  if (pattern.name.empty()) return pattern;
  const auto fields = EventFieldNames(pattern.name);
  const auto has = [&](std::string_view field) {
    return std::find(fields.begin(), fields.end(), field) != fields.end();
  };
  if (reader.Get("in") != nullptr && !has("registry") && !has("destination"))
    context.Refuse(reader.Get("in")->place, fmt::format("{} happens in no registry; leave out 'in'", pattern.name));
  if (where == nullptr) return pattern;
  for (const auto& member : where->members) {
    if (!has(member.key)) {
      context.Refuse(member.key_place,
                     fmt::format("{} has no field '{}'{}", pattern.name, member.key, DidYouMean(member.key, fields)));
    } else if (auto text = EventValue(context, pattern.name, member.key, member.value)) {
      pattern.where.emplace(member.key, std::move(*text));
    }
  }
  return pattern;
}

EventClaim LoadEventClaim(LoadContext& context, ObjectReader& reader) {
  EventClaim claim;
  claim.pattern = LoadPattern(context, reader);
  claim.times = LoadBounds(context, reader, &ObjectReader::Integer, kTimesKeys);
  return claim;
}

DeliveredClaim LoadDeliveredClaim(LoadContext& context, ObjectReader& reader) {
  DeliveredClaim claim;
  auto& pattern = claim.pattern;
  pattern.detail_type = reader.OneOf("delivered").value_or("");
  if (const auto in = reader.Registry("in")) pattern.in = *in;
  pattern.where = nlohmann::json::object();
  pattern.envelope = nlohmann::json::object();
  for (auto [key, into] : {std::pair("where", &pattern.where), std::pair("envelope", &pattern.envelope)}) {
    const auto* node = reader.Get(key);
    if (node == nullptr) continue;
    if (!node->IsMap()) {
      context.Refuse(node->place, fmt::format("found {}, expected a map of members", DescriptionOf(*node)));
      continue;
    }
    *into = ToJson(*node);
    if (pattern.detail_type.empty()) continue;
    const auto sample = SampleOf(pattern.detail_type);
    const auto& whole = into == &pattern.where ? sample.at("detail") : sample;
    std::vector<std::string> names;
    for (const auto& [name, value] : whole.items()) names.push_back(name);
    const std::vector<std::string_view> views(names.begin(), names.end());
    for (const auto& member : node->members) {
      if (whole.contains(member.key)) continue;
      context.Refuse(member.key_place, fmt::format("{} has no member '{}'{}", pattern.detail_type, member.key,
                                                   DidYouMean(member.key, views)));
    }
  }
  claim.times = LoadBounds(context, reader, &ObjectReader::Integer, kTimesKeys);
  return claim;
}

RoleClaim LoadRoleClaim(LoadContext& context, ObjectReader& reader) {
  RoleClaim claim;
  if (const auto* account = reader.Get("replication_role")) {
    if (const auto id = ValueReader(context).Account(*account)) claim.account = *id;
  }
  claim.absent = reader.OneOf("is") == "absent";
  return claim;
}

OrderClaim LoadOrderClaim(LoadContext& context, ObjectReader& reader) {
  OrderClaim claim;
  const auto* list = reader.Get("in_order");
  if (list == nullptr) return claim;
  for (const auto* item : ValueReader(context).List(*list)) {
    ObjectReader pattern(context, *item, SectionOf("pattern"));
    claim.patterns.push_back(LoadPattern(context, pattern));
  }
  if (list->IsList() && claim.patterns.size() < 2)
    context.Refuse(list->place, "an order needs at least two kinds of events");
  return claim;
}

}  // namespace

std::optional<Claim> LoadClaim(LoadContext& context, const Node& node, const Section* extra) {
  // The key that a claim is about says which kind it is.
  std::vector<std::string_view> abouts;
  const Section* section = nullptr;
  for (const auto& candidate : AllSections()) {
    if (!candidate.name.starts_with("claim ")) continue;
    abouts.push_back(candidate.keys.front().name);
    if (section == nullptr && node.Find(candidate.keys.front().name) != nullptr) section = &candidate;
  }
  if (section == nullptr) {
    std::string all;
    for (const auto about : abouts) all += fmt::format("{}{}", all.empty() ? "" : ", ", about);
    std::string hint;
    for (const auto& member : node.members) {
      if (hint.empty()) hint = DidYouMean(member.key, abouts);
    }
    context.Refuse(node.place,
                   fmt::format("this claims nothing that is known; expected one of the keys {}{}", all, hint));
    return std::nullopt;
  }
  ObjectReader reader(context, node, *section, extra);
  const auto about = section->keys.front().name;
  if (about == "image") return LoadImageClaim(context, reader);
  if (about == "repository") return LoadRepositoryClaim(context, reader);
  if (about == "replication") return LoadReplicationClaim(context, reader);
  if (about == "transferred") return LoadTransferClaim(context, reader);
  if (about == "stored") return LoadStorageClaim(context, reader);
  if (about == "lag") return LoadLagClaim(context, reader);
  if (about == "fault") return LoadFaultClaim(context, reader);
  if (about == "event") return LoadEventClaim(context, reader);
  if (about == "delivered") return LoadDeliveredClaim(context, reader);
  if (about == "replication_role") return LoadRoleClaim(context, reader);
  CRRSIM_CHECK(about == "in_order", "no loader for claim {}", about);
  return LoadOrderClaim(context, reader);
}

void LoadExpectations(LoadContext& context, const Node& node, Scenario& scenario) {
  for (const auto* item : ValueReader(context).List(node)) {
    Expectation expectation;
    expectation.place = item->place;
    expectation.text = OneLine(context.text, *item, kStatementLengthMax);
    const Node* claim = item;
    const Section* extra = &SectionOf("anchored");
    for (const auto& [key, mode] : {std::pair("never", Mode::kNever), std::pair("always", Mode::kAlways)}) {
      if (const auto* wrapped = item->Find(key)) {
        ObjectReader(context, *item, SectionOf(fmt::format("step {}", key))).Get(key);
        expectation.mode = mode;
        claim = wrapped;
        extra = nullptr;
      }
    }
    const auto loaded = LoadClaim(context, *claim, extra);
    if (extra != nullptr) {
      // Read through the anchored keys alone: the claim's own were looked at above.
      if (const auto* within = item->Find("within")) {
        context.used_keys.insert("anchored.within");
        expectation.mode = Mode::kWithin;
        if (const auto span = ValueReader(context).Span(*within)) expectation.within = *span;
      }
      if (const auto* after = item->Find("after")) {
        context.used_keys.insert("anchored.after");
        auto labels = context.labels;
        labels.insert(labels.end(), {"start", "heal"});
        const std::vector<std::string_view> names(labels.begin(), labels.end());
        if (const auto anchor = ValueReader(context).OneOf(*after, "a label of this timeline", names))
          expectation.anchor = *anchor;
      }
      if ((item->Find("within") == nullptr) != (item->Find("after") == nullptr)) {
        context.Refuse(item->place,
                       "at the end, 'within' and 'after' go together: within a duration after a label, start or heal");
      }
    }
    if (!loaded) continue;
    expectation.claim = *loaded;
    scenario.expect.push_back(std::move(expectation));
  }
}

}  // namespace crrsim
