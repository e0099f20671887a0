// Findings in replication configurations.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/json.h"
#include "harness/lint/linter.h"
#include "registry_model/api/context.h"
#include "registry_model/policy/text.h"
#include "registry_model/replication/match.h"
#include "sim/nearest_name.h"

namespace crrsim {

namespace {

std::string_view TextIn(const PlainJson& json, const char* member) {
  const auto found = json.is_object() ? json.find(member) : json.end();
  return found != json.end() && found->is_string() ? std::string_view(found->get_ref<const std::string&>()) : "";
}

std::size_t CountIn(const PlainJson& json, const char* member) {
  const auto found = json.is_object() ? json.find(member) : json.end();
  return found != json.end() && found->is_array() ? found->size() : 0;
}

bool DeletesIn(const PlainJson& rule) {
  if (!rule.is_object() || !rule.contains("deleteReplication")) return false;
  const auto& flag = rule["deleteReplication"];
  return flag.is_object() && flag.value("enabled", PlainJson(false)) == PlainJson(true);
}

/// Every name that `narrow` takes is taken by `wide` too.
bool Takes(const ReplicationRule& wide, const ReplicationRule& narrow) {
  const auto prefixes = PrefixesOf(narrow);
  return std::all_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
    const auto wider = PrefixesOf(wide);
    return std::any_of(wider.begin(), wider.end(), [&](const std::string& each) { return prefix.starts_with(each); });
  });
}

bool SendsTo(const ReplicationRule& rule, const RegistryKey& destination) {
  return std::find(rule.destinations.begin(), rule.destinations.end(), destination) != rule.destinations.end();
}

/// The prefix of names that both rules take, if there are any.
std::optional<std::string> Overlap(const ReplicationRule& a, const ReplicationRule& b) {
  for (const auto& left : PrefixesOf(a)) {
    for (const auto& right : PrefixesOf(b)) {
      if (left.starts_with(right)) return left;
      if (right.starts_with(left)) return right;
    }
  }
  return std::nullopt;
}

class ConfigurationLint {
 public:
  ConfigurationLint(LintContext& context, const SetUpDocument& document)
      : context_(context),
        document_(document),
        json_(document.json.at(PlainJson::json_pointer(document.base))),
        rules_(context.set_up.registries.at(document.registry).replication.rules) {}

  void Lint() {
    if (!json_.is_object() || CountIn(json_, "rules") == 0) return;
    CheckCounts();
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      CheckDestinations(i);
      CheckFilters(i);
      CheckAgainstEarlier(i);
    }
    CheckChains();
  }

 private:
  const PlainJson& rule(std::size_t i) const { return json_["rules"][i]; }
  std::string PointerTo(std::size_t i, std::string_view below = {}) const {
    return fmt::format("{}/rules/{}{}", document_.base, i, below);
  }
  void Add(std::string_view code, std::string pointer, std::string message, std::string fix) {
    context_.Add(document_, code, std::move(pointer), std::move(message), std::move(fix));
  }

  void CheckCounts() {
    const ApiOptions limits;
    const auto over = [](std::size_t found, std::int64_t max) { return static_cast<std::int64_t>(found) > max; };
    if (over(rules_.size(), limits.rules_max)) {
      Add("over-limit", document_.base + "/rules",
          fmt::format("{} rules are more than the {} that ECR takes", rules_.size(), limits.rules_max),
          "put filters of rules with the same destinations into one rule");
    }
    std::set<RegistryKey> unique;
    for (const auto& each : rules_) unique.insert(each.destinations.begin(), each.destinations.end());
    if (over(unique.size(), limits.destinations_max)) {
      Add("over-limit", document_.base + "/rules",
          fmt::format("{} different destinations over all rules are more than the {} that ECR takes", unique.size(),
                      limits.destinations_max),
          "remove destinations; the quota cannot be raised");
    }
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const auto filters = CountIn(rule(i), "repositoryFilters");
      if (!over(filters, limits.filters_max)) continue;
      Add("over-limit", PointerTo(i, "/repositoryFilters"),
          fmt::format("{} filters are more than the {} that a rule takes", filters, limits.filters_max),
          "use shorter prefixes, or a second rule");
    }
  }

  void CheckDestinations(std::size_t i) {
    if (CountIn(rule(i), "destinations") == 0) {
      return Add("no-destination", PointerTo(i), "the rule has no destinations and replicates nothing",
                 "name a destination, or remove the rule");
    }
    const auto& own = document_.registry;
    const auto& destinations = rule(i)["destinations"];
    for (std::size_t place = 0; place < destinations.size(); ++place) {
      const auto pointer = PointerTo(i, fmt::format("/destinations/{}", place));
      const auto account = TextIn(destinations[place], "registryId");
      const auto region = RegionName::Parse(TextIn(destinations[place], "region"));
      if (!AccountId::Parse(account).ok()) {
        Add("account-typo", pointer + "/registryId",
            fmt::format("{} is no account: it has not 12 digits", policy::Quote(account)),
            "give the 12-digit id of the destination's account, as text");
      }
      if (!region) continue;
      if (account == own.account.text() && *region == own.region) {
        Add("own-registry", pointer, "the destination is the registry itself, which ECR refuses",
            "remove it, or name another region or account");
      } else if (PartitionOf(*region) != PartitionOf(own.region)) {
        Add("other-partition", pointer + "/region",
            fmt::format("{} is in the partition {} and {} in {}; replication does not cross partitions", region->text(),
                        PartitionOf(*region), own.region.text(), PartitionOf(own.region)),
            "name a region of the same partition, or copy with a client");
      } else {
        CheckRegion(*region, pointer + "/region");
      }
    }
  }

  void CheckRegion(const RegionName& region, std::string pointer) {
    const auto& known = KnownRegions();
    if (std::find(known.begin(), known.end(), region.text()) != known.end()) return;
    const auto nearest = NearestName(region.text(), known);
    Add("region-typo", std::move(pointer),
        fmt::format("{} is no region that crrsim knows", policy::Quote(region.text())),
        nearest ? fmt::format("did you mean \"{}\"?", *nearest) : "check the region's name");
  }

  void CheckFilters(std::size_t i) {
    if (CountIn(rule(i), "repositoryFilters") == 0) return;
    const auto& filters = rule(i)["repositoryFilters"];
    for (std::size_t place = 0; place < filters.size(); ++place) {
      const auto text = TextIn(filters[place], "filter");
      const auto pointer = PointerTo(i, fmt::format("/repositoryFilters/{}/filter", place));
      const auto wildcard = text.find_first_of("*?");
      if (wildcard != std::string_view::npos) {
        Add("filter-wildcard", pointer,
            fmt::format("{} has a wildcard, but PREFIX_MATCH takes every character as it stands: no repository matches",
                        policy::Quote(text)),
            wildcard == 0 ? "leave repositoryFilters out to take every repository; a filter is always a prefix"
                          : fmt::format("write {}, which takes every name that begins so",
                                        policy::Quote(text.substr(0, wildcard))));
        continue;
      }
      for (std::size_t other = 0; other < filters.size(); ++other) {
        const auto wider = TextIn(filters[other], "filter");
        const bool covers = other != place && text.starts_with(wider) && (wider != text || other < place);
        if (!covers || wider.empty()) continue;
        Add("duplicate-filter", pointer,
            fmt::format("{} adds nothing: {} takes every name that begins so already", policy::Quote(text),
                        policy::Quote(wider)),
            "remove it");
        break;
      }
    }
  }

  /// Whether a rule adds anything to those before and behind it.
  void CheckAgainstEarlier(std::size_t i) {
    for (std::size_t other = 0; other < rules_.size(); ++other) {
      const auto& wide = rules_[other];
      const auto& narrow = rules_[i];
      if (other == i || narrow.destinations.empty()) continue;
      const bool same_places = std::all_of(narrow.destinations.begin(), narrow.destinations.end(),
                                           [&](const RegistryKey& each) { return SendsTo(wide, each); });
      if (!same_places || !Takes(wide, narrow)) continue;
      if (DeletesIn(rule(i)) != DeletesIn(rule(other))) {
        return Add("delete-flags-differ", PointerTo(i),
                   fmt::format("rules {} and {} send the same repositories to the same place, one with "
                               "deleteReplication and one without; which of them counts is not documented",
                               std::min(i, other), std::max(i, other)),
                   "say the same in both, or let their filters not overlap");
      }
      const bool equal = Takes(narrow, wide) && narrow.destinations.size() == wide.destinations.size();
      if (equal && other > i) continue;
      return Add("duplicate-rule", PointerTo(i),
                 fmt::format("rule {} adds nothing: rule {} sends the same repositories to the same place", i, other),
                 "remove it");
    }
  }

  /// Here -> there -> further, where this registry does not send there by itself.
  void CheckChains() {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      for (const auto& next : rules_[i].destinations) {
        const auto* found = context_.set_up.registries.Find(next);
        if (found == nullptr) continue;
        for (const auto& onward : found->replication.rules) CheckChain(i, next, onward);
      }
    }
  }

  void CheckChain(std::size_t i, const RegistryKey& next, const ReplicationRule& onward) {
    const auto prefix = Overlap(rules_[i], onward);
    if (!prefix) return;
    for (const auto& end : onward.destinations) {
      if (end == document_.registry || SentDirectly(*prefix, end)) continue;
      Add("no-chain", PointerTo(i),
          fmt::format("{} sends to {}, which sends on to {}; what arrives by replication is never sent on, so pushes "
                      "here do not reach {}",
                      ToText(document_.registry), ToText(next), ToText(end), ToText(end)),
          fmt::format("add {} to the destinations here", ToText(end)));
    }
  }

  bool SentDirectly(const std::string& prefix, const RegistryKey& end) const {
    return std::any_of(rules_.begin(), rules_.end(), [&](const ReplicationRule& each) {
      const auto prefixes = PrefixesOf(each);
      return SendsTo(each, end) && std::any_of(prefixes.begin(), prefixes.end(),
                                               [&](const std::string& own) { return prefix.starts_with(own); });
    });
  }

  LintContext& context_;
  const SetUpDocument& document_;
  const PlainJson& json_;
  const std::vector<ReplicationRule>& rules_;
};

}  // namespace

void LintConfigurations(LintContext& context) {
  for (const auto& document : context.set_up.documents) {
    if (document.kind == DocumentKind::kConfiguration) ConfigurationLint(context, document).Lint();
  }
}

}  // namespace crrsim
