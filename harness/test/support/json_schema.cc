#include "harness/test/support/json_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "harness/json.h"

namespace crrsim {

namespace {

using Patterns = std::map<std::string, std::regex>;

class Validator {
 public:
  /// `patterns` keeps what was compiled once.
  Validator(const PlainJson& root, Patterns& patterns) : root_(root), patterns_(patterns) {}

  std::vector<std::string> problems;

  void Check(const PlainJson& schema, const PlainJson& value, const std::string& pointer) {
    if (const auto reference = schema.find("$ref"); reference != schema.end()) {
      return Check(Definition(reference->get<std::string>()), value, pointer);
    }
    for (const auto& [keyword, rule] : schema.items()) CheckKeyword(schema, keyword, rule, value, pointer);
  }

 private:
  void Complain(const std::string& pointer, std::string sentence) {
    problems.push_back(fmt::format("{}: {}", pointer.empty() ? "/" : pointer, sentence));
  }

  const PlainJson& Definition(const std::string& reference) {
    static const PlainJson kNothing = PlainJson::object();
    const std::string prefix = "#/$defs/";
    if (reference.starts_with(prefix)) {
      const auto& all = root_.at("$defs");
      const auto found = all.find(reference.substr(prefix.size()));
      if (found != all.end()) return *found;
    }
    Complain(reference, "is not defined");
    return kNothing;
  }

  void CheckKeyword(const PlainJson& schema, const std::string& keyword, const PlainJson& rule, const PlainJson& value,
                    const std::string& pointer) {
    static const std::set<std::string> kRemarks = {"$schema", "$defs", "$id", "title", "description"};
    if (kRemarks.contains(keyword)) return;
    if (keyword == "type") return CheckType(rule, value, pointer);
    if (keyword == "enum") return Require(Among(rule, value), pointer, "is none of the values", value);
    if (keyword == "const") return Require(rule == value, pointer, "is not the value", value);
    if (keyword == "pattern") return CheckPattern(rule, value, pointer);
    if (keyword == "minimum") return Require(!value.is_number() || value >= rule, pointer, "is too small", value);
    if (keyword == "maximum") return Require(!value.is_number() || value <= rule, pointer, "is too large", value);
    if (keyword == "minItems")
      return Require(!value.is_array() || PlainJson(value.size()) >= rule, pointer, "has too few items", value);
    if (keyword == "items") return CheckItems(rule, value, pointer);
    if (keyword == "properties") return CheckProperties(rule, value, pointer);
    if (keyword == "additionalProperties") return CheckOthers(schema, rule, value, pointer);
    if (keyword == "propertyNames") return CheckNames(rule, value, pointer);
    if (keyword == "required") return CheckRequired(rule, value, pointer);
    if (keyword == "anyOf") return Require(Matching(rule, value) >= 1, pointer, "is none of the alternatives", value);
    if (keyword == "oneOf") return Require(Matching(rule, value) == 1, pointer, "is not one alternative", value);
    Complain(pointer, fmt::format("the schema uses '{}', which is not known here", keyword));
  }

  void Require(bool right, const std::string& pointer, const char* sentence, const PlainJson& value) {
    if (!right) Complain(pointer, fmt::format("{} {}", value.dump().substr(0, 60), sentence));
  }

  static bool Among(const PlainJson& values, const PlainJson& value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  }

  static bool IsOfType(const std::string& type, const PlainJson& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_number_integer();
    if (type == "boolean") return value.is_boolean();
    return type == "null" && value.is_null();
  }
  void CheckType(const PlainJson& rule, const PlainJson& value, const std::string& pointer) {
    bool right = false;
    for (const auto& type : rule.is_array() ? rule : PlainJson::array({rule})) right = right || IsOfType(type, value);
    Require(right, pointer, ("is not of type " + rule.dump()).c_str(), value);
  }

  void CheckPattern(const PlainJson& rule, const PlainJson& value, const std::string& pointer) {
    if (!value.is_string()) return;
    auto [known, is_new] = patterns_.try_emplace(rule.get<std::string>());
    if (is_new) known->second.assign(known->first, std::regex::ECMAScript);
    Require(std::regex_search(value.get<std::string>(), known->second), pointer, "does not match the pattern", value);
  }

  void CheckItems(const PlainJson& rule, const PlainJson& value, const std::string& pointer) {
    if (!value.is_array()) return;
    for (std::size_t i = 0; i < value.size(); ++i) Check(rule, value[i], fmt::format("{}/{}", pointer, i));
  }
  void CheckProperties(const PlainJson& rule, const PlainJson& value, const std::string& pointer) {
    if (!value.is_object()) return;
    for (const auto& [name, member] : value.items()) {
      if (const auto property = rule.find(name); property != rule.end()) Check(*property, member, pointer + "/" + name);
    }
  }
  void CheckOthers(const PlainJson& schema, const PlainJson& rule, const PlainJson& value, const std::string& pointer) {
    if (!value.is_object()) return;
    const auto properties = schema.find("properties");
    for (const auto& [name, member] : value.items()) {
      if (properties != schema.end() && properties->contains(name)) continue;
      if (rule.is_boolean()) {
        Require(rule.get<bool>(), pointer + "/" + name, "is a member that is not known", member);
      } else {
        Check(rule, member, pointer + "/" + name);
      }
    }
  }
  void CheckNames(const PlainJson& rule, const PlainJson& value, const std::string& pointer) {
    if (!value.is_object()) return;
    for (const auto& [name, member] : value.items()) Check(rule, PlainJson(name), pointer + "/" + name);
  }
  void CheckRequired(const PlainJson& rule, const PlainJson& value, const std::string& pointer) {
    if (!value.is_object()) return;
    for (const auto& name : rule) {
      if (!value.contains(name.get<std::string>())) Complain(pointer, fmt::format("{} is missing", name.dump()));
    }
  }

  int Matching(const PlainJson& alternatives, const PlainJson& value) {
    int count = 0;
    for (const auto& alternative : alternatives) {
      Validator inner(root_, patterns_);
      inner.Check(alternative, value, "");
      count += inner.problems.empty() ? 1 : 0;
    }
    return count;
  }

  const PlainJson& root_;
  Patterns& patterns_;
};

}  // namespace

std::vector<std::string> SchemaProblems(const PlainJson& schema, const PlainJson& document) {
  Patterns patterns;
  Validator validator(schema, patterns);
  validator.Check(schema, document, "");
  return validator.problems;
}

}  // namespace crrsim
