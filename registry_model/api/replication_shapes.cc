#include "registry_model/api/replication_shapes.h"

#include <algorithm>
#include <array>
#include <set>

#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"

namespace crrsim {

namespace {

constexpr std::int64_t kDestinationsOfRuleMax = 100;
constexpr std::int64_t kFilterLengthMin = 2;
constexpr std::int64_t kFilterLengthMax = 256;
constexpr std::string_view kRoot = "replicationConfiguration";

/// `^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$`: the beginning of a repository name.
bool IsNamePrefix(std::string_view text) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto inner = [&](char c) { return alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
  for (auto slash = text.find('/'); slash != std::string_view::npos; slash = text.find('/')) {
    const auto part = text.substr(0, slash);
    if (part.empty() || !alphanumeric(part.front()) || !std::all_of(part.begin(), part.end(), inner)) return false;
    text.remove_prefix(slash + 1);
  }
  return std::all_of(text.begin(), text.end(), inner);
}

class ConfigurationReader {
 public:
  ConfigurationReader(const RegistryKey& own, const ApiOptions& options, Assumptions& assumptions)
      : own_(own), options_(options), assumptions_(assumptions) {}

  ApiResult<ReplicationConfiguration> Read(const ReplicationConfigurationShape& shape) {
    ReplicationConfiguration configuration;
    if (Mutated(Mutant::kOneRuleOnly) && shape.rules.size() > 1) {
      return Refuse(exception::kValidation, "This feature is disabled");
    }
    if (auto sound = Shape(CheckLength(Where("rules"), shape.rules.size(), 0, options_.rules_max)); !sound) {
      return sound.error();
    }
    std::set<RegistryKey> unique;
    for (std::size_t i = 0; i < shape.rules.size(); ++i) {
      auto rule = ReadRule(shape.rules[i], fmt::format("rules[{}]", i));
      if (!rule) return rule.error();
      unique.insert(rule->destinations.begin(), rule->destinations.end());
      configuration.rules.push_back(*std::move(rule));
    }
    const auto destinations = static_cast<std::int64_t>(unique.size());
    if (Exceeds(destinations, options_.destinations_max)) {
      return Shape(InvalidParameter(Where("rules"),
                                    fmt::format("a configuration has at most {} unique destinations over all rules, "
                                                "found {}",
                                                options_.destinations_max, destinations)))
          .error();
    }
    return configuration;
  }

 private:
  static std::string Where(std::string_view member) { return fmt::format("{}.{}", kRoot, member); }

  /// Refuses for a length, pattern, enumeration or count.
  ApiResult<Unit> Shape(ApiResult<Unit> checked) {
    if (checked || assumptions_.Use(Assumption::kConfigurationErrors) != "validation") return checked;
    return Refuse(exception::kValidation, checked.error().message);
  }
  /// Refuses for anything else.
  ApiError Other(std::string_view where, std::string_view problem) {
    auto error = InvalidParameter(Where(where), problem);
    if (assumptions_.Use(Assumption::kConfigurationErrors) == "invalid-parameter") return error;
    error.exception = exception::kValidation;
    return error;
  }

  ApiResult<ReplicationRule> ReadRule(const ReplicationRuleShape& shape, const std::string& where) {
    ReplicationRule rule;
    const auto destinations = where + ".destinations";
    if (auto sound = Shape(CheckLength(Where(destinations), shape.destinations.size(), 1, kDestinationsOfRuleMax));
        !sound) {
      return sound.error();
    }
    for (std::size_t i = 0; i < shape.destinations.size(); ++i) {
      const auto place = fmt::format("{}[{}]", destinations, i);
      const auto destination = ReadDestination(shape.destinations[i], place);
      if (!destination && IsOverlooked(shape.destinations[i])) continue;
      if (!destination) return destination.error();
      if (std::find(rule.destinations.begin(), rule.destinations.end(), *destination) != rule.destinations.end()) {
        return Other(place, fmt::format("the rule names {} twice", ToText(*destination)));
      }
      rule.destinations.push_back(*destination);
    }
    if (shape.repository_filters) {
      if (auto sound = ReadFilters(*shape.repository_filters, where + ".repositoryFilters", rule); !sound) {
        return sound.error();
      }
    }
    if (shape.delete_replication) rule.delete_replication = shape.delete_replication->enabled;
    return rule;
  }

  /// Of the mutants only: a destination that is left out instead of refused.
  [[nodiscard]] bool IsOverlooked(const ReplicationDestinationShape& shape) const {
    if (Mutated(Mutant::kOwnRegistryIsDropped)) {
      return shape.region == own_.region.text() && shape.registry_id == own_.account.text();
    }
    return Mutated(Mutant::kPatternsAreNotChecked) || Mutated(Mutant::kPartitionsAreCrossed);
  }

  ApiResult<RegistryKey> ReadDestination(const ReplicationDestinationShape& shape, const std::string& where) {
    const auto region = RegionName::Parse(shape.region);
    if (!region) return Shape(InvalidParameter(Where(where + ".region"), region.error().message)).error();
    const auto account = AccountId::Parse(shape.registry_id);
    if (!account) return Shape(InvalidParameter(Where(where + ".registryId"), account.error().message)).error();
    const RegistryKey destination{*account, *region};
    const bool shunned = (Mutated(Mutant::kSameRegionIsRefused) && destination.region == own_.region) ||
                         (Mutated(Mutant::kOtherAccountIsRefused) && destination.account != own_.account);
    if (destination == own_ || shunned) {
      return InvalidParameter(kRoot, "Replication destination cannot be the same as the source registry");
    }
    if (PartitionOf(*region) != PartitionOf(own_.region)) {
      return Other(where + ".region",
                   fmt::format("{} is in the partition {}, {} in {}; replication does not cross partitions",
                               region->text(), PartitionOf(*region), own_.region.text(), PartitionOf(own_.region)));
    }
    return destination;
  }

  ApiResult<Unit> ReadFilters(const std::vector<RepositoryFilterShape>& filters, const std::string& where,
                              ReplicationRule& rule) {
    constexpr std::array<std::string_view, 1> kTypes = {"PREFIX_MATCH"};
    if (auto sound = Shape(CheckLength(Where(where), filters.size(), 1, options_.filters_max)); !sound) return sound;
    for (std::size_t i = 0; i < filters.size(); ++i) {
      const auto& filter = filters[i];
      const auto text_where = Where(fmt::format("{}[{}].filter", where, i));
      auto sound = Shape(CheckOneOf(Where(fmt::format("{}[{}].filterType", where, i)), filter.filter_type, kTypes));
      if (!sound) return sound;
      sound = Shape(CheckLength(text_where, filter.filter.size(), kFilterLengthMin, kFilterLengthMax));
      if (!sound) return sound;
      if (!Mutated(Mutant::kPatternsAreNotChecked) && !IsNamePrefix(filter.filter)) {
        return Shape(InvalidParameter(
            text_where, fmt::format("'{}' is not the beginning of a repository name: lower-case letters and digits, "
                                    "parted by '.', '_', '-' or '/'",
                                    filter.filter)));
      }
      rule.filters.push_back({filter.filter});
    }
    return Unit{};
  }

  const RegistryKey& own_;
  const ApiOptions& options_;
  Assumptions& assumptions_;
};

}  // namespace

ApiResult<ReplicationConfiguration> ReadConfiguration(const ReplicationConfigurationShape& shape,
                                                      const RegistryKey& own, const ApiOptions& options,
                                                      Assumptions& assumptions) {
  return ConfigurationReader(own, options, assumptions).Read(shape);
}

ReplicationConfigurationShape ShapeOf(const ReplicationConfiguration& configuration) {
  ReplicationConfigurationShape shape;
  for (const auto& rule : configuration.rules) {
    auto& into = shape.rules.emplace_back();
    for (const auto& destination : rule.destinations) {
      into.destinations.push_back({std::string(destination.region.text()), destination.account.text()});
    }
    if (Mutated(Mutant::kFiltersNotDescribed)) continue;
    if (!rule.filters.empty()) into.repository_filters.emplace();
    for (const auto& filter : rule.filters) into.repository_filters->push_back({filter.prefix, "PREFIX_MATCH"});
    if (Mutated(Mutant::kDeleteFlagNotDescribed)) continue;
    if (rule.delete_replication) into.delete_replication = DeleteReplicationShape{*rule.delete_replication};
  }
  return shape;
}

}  // namespace crrsim
