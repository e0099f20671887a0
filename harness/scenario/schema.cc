// The JSON Schema of the scenario language, made of the key table.
#include <fmt/format.h>

#include <algorithm>

#include "harness/json.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/load.h"
#include "registry_model/api/wire.h"

namespace crrsim {

namespace {

Json Text(const std::string& pattern) { return {{"type", "string"}, {"pattern", pattern}}; }
Json ListOf(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
Json MapOf(Json values) { return {{"type", "object"}, {"additionalProperties", std::move(values)}}; }
/// Names of definitions are section names with dashes, since a reference is a URI.
std::string DefinitionName(std::string_view section) {
  std::string name(section);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}
Json Reference(std::string_view section) { return {{"$ref", fmt::format("#/$defs/{}", DefinitionName(section))}}; }

/// A YAML scalar that the loader takes as text may look like a number or a truth value.
Json AnyScalar() { return {{"type", Json::array({"string", "number", "boolean"})}}; }

const std::string kDuration = "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d))+$";
const std::string kBytes = "^[0-9]+(\\.[0-9]+)?(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)$";
const std::string kRate = "^(unlimited|[0-9]+(\\.[0-9]+)?((B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)|([kMG]?bit))/s)$";
const std::string kInstant = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z)?$";
const std::string kReference = "^[^:@]+(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha(256|512):[0-9a-f]+)$";
const std::string kRegistry = "^([^/]+/)?[0-9a-z-]{2,25}$";
const std::string kRegion = "^[0-9a-z-]{2,25}$";

Json CountMap(const KeySpec& spec) {
  auto counts = MapOf({{"type", "integer"}, {"minimum", 0}});
  counts["propertyNames"] = {{"enum", spec.values}};
  return counts;
}

Json SchemaOf(const KeySpec& spec) {
  switch (spec.kind) {
    case ValueKind::kText:
    case ValueKind::kRepository:
      return AnyScalar();
    case ValueKind::kYesNo:
      return {{"type", "boolean"}};
    case ValueKind::kInteger:
      return {{"type", "integer"}, {"minimum", 0}};
    case ValueKind::kSeed:
      return {{"type", "integer"}, {"minimum", 0}, {"maximum", 9007199254740991}};
    case ValueKind::kDuration:
      return Text(kDuration);
    case ValueKind::kBytes:
      return Text(kBytes);
    case ValueKind::kRate:
      return Text(kRate);
    case ValueKind::kInstant:
      return Text(kInstant);
    case ValueKind::kInstantOrOffset:
      return {{"anyOf", Json::array({Text(kInstant), Text(kDuration)})}};
    case ValueKind::kMonth:
      return Text("^[0-9]{4}-[0-9]{2}$");
    case ValueKind::kPercent:
      return Text("^(100|[0-9]{1,2})%$");
    case ValueKind::kFraction:
      return Text("^[0-9]{1,3}(\\.[0-9]{1,7})?%$");
    case ValueKind::kRegion:
      return Text(kRegion);
    case ValueKind::kRegistry:
      return Text(kRegistry);
    case ValueKind::kReference:
      return Text(kReference);
    case ValueKind::kDigest:
      return Text("^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$");
    case ValueKind::kEnum:
      return {{"enum", spec.values}};
    case ValueKind::kDocument:
      return {{"anyOf", Json::array({Json{{"type", Json::array({"object", "null"})}}, Text("^file://.+$")})}};
    case ValueKind::kJson:
      return Json::object();
    case ValueKind::kTextList:
      return ListOf(AnyScalar());
    case ValueKind::kTextMap:
      return MapOf(AnyScalar());
    case ValueKind::kCountMap:
      return CountMap(spec);
    case ValueKind::kBytesList:
      return ListOf(Text(kBytes));
    case ValueKind::kRegionList:
      return ListOf(Text(kRegion));
    case ValueKind::kRegistryList:
      return ListOf(Text(kRegistry));
    case ValueKind::kFindings:
      return {{"anyOf", Json::array({Json{{"const", "none"}}, CountMap(spec)})}};
    case ValueKind::kObject:
      return Reference(spec.section);
    case ValueKind::kObjectList:
      return ListOf(Reference(spec.section));
    case ValueKind::kObjectMap:
      return MapOf(Reference(spec.section));
    case ValueKind::kPresetOrObject:
      return {{"anyOf", Json::array({Json{{"type", "string"}}, Reference(spec.section)})}};
    case ValueKind::kClaim:
      return Reference("claim");
  }
  return Json::object();
}

void AddKeys(const Section& section, Json& properties, Json& required) {
  for (const auto& spec : section.keys) {
    auto schema = SchemaOf(spec);
    // A reference stands alone, so that every validator reads it alike.
    if (!schema.contains("$ref")) schema["description"] = spec.help;
    properties[std::string(spec.name)] = std::move(schema);
    if (spec.need == Need::kRequired) required.push_back(spec.name);
  }
}

Json ObjectOf(const Section& section, const Section* extra) {
  auto properties = Json::object();
  auto required = Json::array();
  AddKeys(section, properties, required);
  if (extra != nullptr) AddKeys(*extra, properties, required);
  return {{"type", "object"},
          {"description", section.help},
          {"properties", properties},
          {"required", required},
          {"additionalProperties", false}};
}

/// One alternative for each operation's step, all alike but for the operation's name.
Json CallStepSchema() {
  auto schema = ObjectOf(SectionOf("step call"), &CommonStepKeys());
  auto one_of = Json::array();
  for (const auto operation : KnownOperations()) {
    schema["properties"][std::string(operation)] = SchemaOf({operation, ValueKind::kDocument, Need::kOptional, ""});
    one_of.push_back({{"required", Json::array({operation})}});
  }
  schema["oneOf"] = one_of;
  return schema;
}

}  // namespace

nlohmann::ordered_json ScenarioSchema() {
  auto definitions = Json::object();
  auto steps = Json::array();
  auto claims = Json::array();
  auto ends = Json::array();
  for (const auto& section : AllSections()) {
    const auto name = DefinitionName(section.name);
    if (section.name == "scenario" || section.name == "anchored") continue;
    if (section.name == "step call") {
      definitions[name] = CallStepSchema();
    } else {
      definitions[name] = ObjectOf(section, section.name.starts_with("step ") ? &CommonStepKeys() : nullptr);
    }
    if (section.name.starts_with("step ")) steps.push_back(Reference(name));
    if (section.name.starts_with("claim ")) {
      claims.push_back(Reference(name));
      definitions["end-of-" + name] = ObjectOf(section, &SectionOf("anchored"));
      ends.push_back(Reference("end-of-" + name));
    }
  }
  for (const auto* wrapper : {"never", "always"}) {
    ends.push_back({{"type", "object"},
                    {"properties", {{wrapper, Reference("claim")}}},
                    {"required", Json::array({wrapper})},
                    {"additionalProperties", false}});
  }
  definitions["step"] = {{"anyOf", steps}};
  definitions["claim"] = {{"anyOf", claims}};
  definitions["expectation"] = {{"anyOf", ends}};
  auto schema = ObjectOf(SectionOf("scenario"), nullptr);
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "crrsim scenario";
  schema["$defs"] = definitions;
  return schema;
}

}  // namespace crrsim
