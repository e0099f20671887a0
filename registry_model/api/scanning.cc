// The scanning settings of a registry and of its repositories.
//
// A value that AWS's shapes do not allow is an InvalidParameterException; a frequency that does not go with the scan
// type is a ValidationException, which is our choice of the two that are modelled.
//
// Source  ecr-replication.md 9, 10.3.
#include "registry_model/registry/scanning.h"

#include <algorithm>
#include <array>
#include <map>

#include "registry_model/api/json_codec.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"

namespace crrsim {

namespace {

constexpr std::int64_t kScanRulesMax = 2;
constexpr std::int64_t kScanFiltersMax = 100;
constexpr std::int64_t kScanFilterMax = 255;
constexpr std::int64_t kScanNamesMax = 25;
constexpr std::string_view kScanFilterWhere = "rules.repositoryFilters.filter";

/// `^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$`: no separator first, last or beside another.
bool IsScanningFilter(std::string_view text) {
  bool after_separator = true;
  for (const char c : text) {
    const bool is_separator = c == '.' || c == '_' || c == '-' || c == '/';
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '*';
    if ((!is_separator && !is_plain) || (is_separator && after_separator)) return false;
    after_separator = is_separator;
  }
  return !after_separator;
}

ApiResult<ScanFrequency> ReadFrequency(ScanType type, const std::string& text) {
  constexpr std::array<std::string_view, 3> kFrequencies = {"SCAN_ON_PUSH", "CONTINUOUS_SCAN", "MANUAL"};
  if (auto sound = CheckOneOf("rules.scanFrequency", text, kFrequencies); !sound) return sound.error();
  const auto frequency = text == "MANUAL"         ? ScanFrequency::kManual
                         : text == "SCAN_ON_PUSH" ? ScanFrequency::kScanOnPush
                                                  : ScanFrequency::kContinuousScan;
  const auto foreign = type == ScanType::kBasic ? ScanFrequency::kContinuousScan : ScanFrequency::kManual;
  if (frequency == foreign) {
    return Refuse(exception::kValidation,
                  fmt::format("The scan frequency {} does not go with the scan type {}", text, NameOf(type)));
  }
  return frequency;
}

ApiResult<ScanningRule> ReadRule(ScanType type, const RegistryScanningRule& shape) {
  constexpr std::array<std::string_view, 1> kTypes = {"WILDCARD"};
  ScanningRule rule;
  const auto frequency = ReadFrequency(type, shape.scan_frequency);
  if (!frequency) return frequency.error();
  rule.frequency = *frequency;
  if (auto sound = CheckLength("rules.repositoryFilters", shape.repository_filters.size(), 0, kScanFiltersMax);
      !sound) {
    return sound.error();
  }
  for (const auto& filter : shape.repository_filters) {
    if (auto sound = CheckOneOf("rules.repositoryFilters.filterType", filter.filter_type, kTypes); !sound) {
      return sound.error();
    }
    if (auto sound = CheckLength(kScanFilterWhere, filter.filter.size(), 1, kScanFilterMax); !sound) {
      return sound.error();
    }
    if (!IsScanningFilter(filter.filter) && !Mutated(Mutant::kPatternsAreNotChecked)) {
      return InvalidParameter(kScanFilterWhere,
                              fmt::format("'{}' is not made of lower-case letters, digits and *, with single ._-/ "
                                          "between them",
                                          filter.filter));
    }
    rule.filters.push_back(filter.filter);
  }
  return rule;
}

ApiResult<ScanningConfiguration> ReadConfiguration(const PutRegistryScanningConfigurationRequest& request) {
  constexpr std::array<std::string_view, 2> kTypes = {"BASIC", "ENHANCED"};
  ScanningConfiguration read;
  if (request.scan_type) {
    if (auto sound = CheckOneOf("scanType", *request.scan_type, kTypes); !sound) return sound.error();
    if (*request.scan_type == "ENHANCED") read.type = ScanType::kEnhanced;
  }
  if (!request.rules) return read;
  if (auto sound = CheckLength("rules", request.rules->size(), 0, kScanRulesMax); !sound) return sound.error();
  for (const auto& shape : *request.rules) {
    auto rule = ReadRule(read.type, shape);
    if (!rule) return rule.error();
    read.rules.push_back(*std::move(rule));
  }
  return read;
}

std::map<RepositoryName, ScanFrequency> FrequenciesOf(const Registry& registry) {
  std::map<RepositoryName, ScanFrequency> frequencies;
  registry.repositories.ForEachSorted([&](const RepositoryName& name, const Cow<Repository>& repository) {
    frequencies.emplace(name, ScanningOf(registry, *repository).frequency);
  });
  return frequencies;
}

std::vector<ScanFrequencyChange> ChangesSince(const std::map<RepositoryName, ScanFrequency>& before,
                                              const Registry& registry) {
  std::vector<ScanFrequencyChange> changes;
  for (const auto& [name, now] : FrequenciesOf(registry)) {
    const auto then = before.at(name);
    if (now != then) changes.push_back({name, std::string(NameOf(then)), std::string(NameOf(now))});
  }
  return changes;
}

std::vector<ScanningRepositoryFilter> ScanningFiltersOf(const std::vector<std::string>& filters) {
  std::vector<ScanningRepositoryFilter> shapes;
  for (const auto& filter : filters) shapes.push_back({filter, "WILDCARD"});
  return shapes;
}

RegistryScanningConfiguration ShapeOf(const ScanningConfiguration& configuration) {
  RegistryScanningConfiguration shape{std::string(NameOf(configuration.type)), {}};
  for (const auto& rule : configuration.rules) {
    shape.rules.push_back({std::string(NameOf(rule.frequency)), ScanningFiltersOf(rule.filters)});
  }
  return shape;
}

}  // namespace

ApiResult<PutRegistryScanningConfigurationResponse> Execute(ApiContext& context,
                                                            const PutRegistryScanningConfigurationRequest& request) {
  auto configuration = ReadConfiguration(request);
  if (!configuration) return configuration.error();
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:PutRegistryScanningConfiguration"); !allowed) {
    return allowed.error();
  }
  const auto before = FrequenciesOf(context.registry);
  context.registry.scanning = *std::move(configuration);
  std::vector<ScanFrequencyChange> changes;
  if (context.registry.scanning.type == ScanType::kEnhanced) changes = ChangesSince(before, context.registry);
  PutRegistryScanningConfigurationResponse response{ShapeOf(context.registry.scanning)};
  context.events.Emit<ScanningConfigured>(
      context.registry.key, ToJsonText(EncodeJson(response.registry_scanning_configuration)), std::move(changes));
  return response;
}

ApiResult<GetRegistryScanningConfigurationResponse> Execute(ApiContext& context,
                                                            const GetRegistryScanningConfigurationRequest&) {
  if (auto allowed = AuthoriseOnOwnRegistry(context, "ecr:GetRegistryScanningConfiguration"); !allowed) {
    return allowed.error();
  }
  if (Mutated(Mutant::kUnconfiguredIsAnError) && context.registry.scanning.rules.empty()) {
    return Refuse(exception::kValidation, "The registry has no scanning configuration");
  }
  return GetRegistryScanningConfigurationResponse{context.registry_id(), ShapeOf(context.registry.scanning)};
}

ApiResult<BatchGetRepositoryScanningConfigurationResponse> Execute(
    ApiContext& context, const BatchGetRepositoryScanningConfigurationRequest& request) {
  const auto& names = request.repository_names;
  if (auto sound = CheckLength("repositoryNames", names.size(), 1, kScanNamesMax); !sound) return sound.error();
  BatchGetRepositoryScanningConfigurationResponse response;
  for (const auto& name : names) {
    const auto opened = OpenRepository(context, "ecr:BatchGetRepositoryScanningConfiguration", name);
    if (!opened && opened.error().exception == exception::kRepositoryNotFound) {
      if (Mutated(Mutant::kFailuresAreLeftOut)) continue;
      response.failures.push_back({name, "REPOSITORY_NOT_FOUND", opened.error().message});
      continue;
    }
    if (!opened) return opened.error();
    const auto applied = ScanningOf(context.registry, **opened);
    response.scanning_configurations.push_back({RepositoryArn(context.registry.key, (*opened)->name), name,
                                                applied.on_push, std::string(NameOf(applied.frequency)),
                                                ScanningFiltersOf(applied.filters)});
  }
  return response;
}

ApiResult<PutImageScanningConfigurationResponse> Execute(ApiContext& context,
                                                         const PutImageScanningConfigurationRequest& request) {
  const auto opened = OpenRepository(context, "ecr:PutImageScanningConfiguration", request.repository_name);
  if (!opened) return opened.error();
  auto& repository = ForChange(context, **opened);
  const bool on_push = request.image_scanning_configuration.scan_on_push.value_or(false);
  repository.settings.scan_on_push = on_push;
  context.events.Emit<RepositorySettingChanged>(context.registry.key, repository.name, "scanOnPush",
                                                on_push ? "true" : "false");
  return PutImageScanningConfigurationResponse{context.registry_id(), request.repository_name, {on_push}};
}

}  // namespace crrsim
