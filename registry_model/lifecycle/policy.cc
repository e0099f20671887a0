#include "registry_model/lifecycle/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "registry_model/mutants.h"
#include "registry_model/policy/json_tree.h"
#include "sim/nearest_name.h"

namespace crrsim {

namespace {

using policy::JsonTree;
using policy::PolicyError;
using Id = JsonTree::Id;
using Kind = JsonTree::Kind;
using Part = JsonTree::Part;
template <class T>
using Read = Result<T, PolicyError>;

constexpr std::int64_t kNumberMax = 2'147'483'647;
std::size_t RulesMax() {
  if (Mutated(Mutant::kLimitsOneHigher)) return kLifecycleRulesMax + 1;
  return Mutated(Mutant::kLimitsOneLower) ? kLifecycleRulesMax - 1 : kLifecycleRulesMax;
}

constexpr std::array<std::string_view, 3> kTagStatuses = {"tagged", "untagged", "any"};
constexpr std::array<std::string_view, 4> kCountTypes = {"imageCountMoreThan", "sinceImagePushed", "sinceImagePulled",
                                                         "sinceImageTransitioned"};
constexpr std::array<std::string_view, 2> kActions = {"expire", "transition"};
constexpr std::array<std::string_view, 2> kStorageClasses = {"standard", "archive"};

class LifecycleParser {
 public:
  explicit LifecycleParser(const JsonTree& tree) : tree_(tree) {}

  Read<LifecyclePolicy> Policy() {
    constexpr std::array<std::string_view, 1> kMembers = {"rules"};
    if (auto sound = Object(tree_.root(), kMembers, kMembers); !sound) return sound.error();
    const auto list = tree_.Member(tree_.root(), "rules");
    if (tree_.kind(list) != Kind::kArray || tree_.child_count(list) == 0 || tree_.child_count(list) > RulesMax()) {
      return Error(list, tree_.kind(list) == Kind::kArray ? fmt::format("{} rules", tree_.child_count(list)) : "",
                   fmt::format("a list of 1 to {} rules", kLifecycleRulesMax));
    }
    LifecyclePolicy policy;
    for (auto id = tree_.first_child(list); id != JsonTree::kNone; id = tree_.next(id)) {
      auto rule = Rule(id);
      if (!rule) return rule.error();
      if (auto sound = Together(id, *rule); !sound) return sound.error();
      policy.rules.push_back(*std::move(rule));
    }
    if (auto sound = AnyIsLast(list, policy); !sound) return sound.error();
    // Priorities are unique: a total order.
    std::sort(policy.rules.begin(), policy.rules.end(),
              [](const LifecycleRule& a, const LifecycleRule& b) { return a.priority < b.priority; });
    return policy;
  }

 private:
  [[nodiscard]] PolicyError Error(Id id, std::string found, std::string expected, std::string nearest = {}) const {
    return tree_.ErrorAt(id, Part::kValue, found.empty() ? tree_.Describe(id) : std::move(found), std::move(expected),
                         std::move(nearest));
  }

  /// An object with all of `required` and none but `members`.
  [[nodiscard]] Read<Unit> Object(Id id, std::span<const std::string_view> members,
                                  std::span<const std::string_view> required) const {
    if (tree_.kind(id) != Kind::kObject) return Error(id, "", "an object");
    for (auto child = tree_.first_child(id); child != JsonTree::kNone; child = tree_.next(child)) {
      const auto key = tree_.key(child);
      if (std::find(members.begin(), members.end(), key) != members.end()) continue;
      return tree_.ErrorAt(child, Part::kKey, fmt::format("\"{}\"", key), fmt::format("{}", fmt::join(members, ", ")),
                           NearestName(key, members).value_or(""));
    }
    for (const auto name : required) {
      if (tree_.Member(id, name) == JsonTree::kNone) return Error(id, fmt::format("no {}", name), "one");
    }
    return Unit{};
  }

  [[nodiscard]] Read<std::int64_t> Number(Id id) const {
    std::int64_t number = 0;
    const auto text = tree_.text(id);
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (tree_.kind(id) != Kind::kNumber || problem != std::errc() || end != text.data() + text.size() || number < 1 ||
        number > kNumberMax) {
      return Error(id, "", fmt::format("a whole number from 1 to {}", kNumberMax));
    }
    return number;
  }

  template <std::size_t count>
  [[nodiscard]] Read<std::size_t> OneOf(Id id, const std::array<std::string_view, count>& values) const {
    const auto found = std::find(values.begin(), values.end(), tree_.text(id));
    if (tree_.kind(id) == Kind::kString && found != values.end()) {
      return static_cast<std::size_t>(found - values.begin());
    }
    return Error(id, "", fmt::format("{}", fmt::join(values, ", ")), NearestName(tree_.text(id), values).value_or(""));
  }

  [[nodiscard]] Read<std::vector<std::string>> Texts(Id list) const {
    if (tree_.kind(list) != Kind::kArray || tree_.child_count(list) == 0) {
      return Error(list, "", "a list of one text or more");
    }
    std::vector<std::string> texts;
    for (auto id = tree_.first_child(list); id != JsonTree::kNone; id = tree_.next(id)) {
      if (tree_.kind(id) != Kind::kString || tree_.text(id).empty()) return Error(id, "", "a text");
      texts.emplace_back(tree_.text(id));
    }
    return texts;
  }

  Read<LifecycleRule> Rule(Id id) {
    constexpr std::array<std::string_view, 4> kMembers = {"rulePriority", "description", "selection", "action"};
    constexpr std::array<std::string_view, 3> kRequired = {"rulePriority", "selection", "action"};
    if (auto sound = Object(id, kMembers, kRequired); !sound) return sound.error();
    LifecycleRule rule;
    const auto priority = Number(tree_.Member(id, "rulePriority"));
    if (!priority) return priority.error();
    rule.priority = *priority;
    if (const auto text = tree_.Member(id, "description"); text != JsonTree::kNone) {
      if (tree_.kind(text) != Kind::kString) return Error(text, "", "a text");
      rule.description = tree_.text(text);
    }
    if (auto sound = Selection(tree_.Member(id, "selection"), rule); !sound) return sound.error();
    if (auto sound = Action(tree_.Member(id, "action"), rule); !sound) return sound.error();
    return rule;
  }

  Read<Unit> Selection(Id id, LifecycleRule& rule) {
    constexpr std::array<std::string_view, 7> kMembers = {
        "tagStatus", "tagPrefixList", "tagPatternList", "storageClass", "countType", "countUnit", "countNumber"};
    constexpr std::array<std::string_view, 3> kRequired = {"tagStatus", "countType", "countNumber"};
    if (auto sound = Object(id, kMembers, kRequired); !sound) return sound;
    const auto status = OneOf(tree_.Member(id, "tagStatus"), kTagStatuses);
    if (!status) return status.error();
    rule.tag_status = static_cast<LifecycleTagStatus>(*status);
    if (auto sound = Tags(id, rule); !sound) return sound;
    const auto type = OneOf(tree_.Member(id, "countType"), kCountTypes);
    if (!type) return type.error();
    rule.count_type = static_cast<LifecycleCountType>(*type);
    const auto number = Number(tree_.Member(id, "countNumber"));
    if (!number) return number.error();
    rule.count_number = *number;
    if (auto sound = CountUnit(id, rule); !sound) return sound;
    return StorageClass(id, rule);
  }

  Read<Unit> Tags(Id id, LifecycleRule& rule) {
    const auto prefixes = tree_.Member(id, "tagPrefixList");
    const auto patterns = tree_.Member(id, "tagPatternList");
    if (rule.tag_status != LifecycleTagStatus::kTagged) {
      const auto extra = prefixes != JsonTree::kNone ? prefixes : patterns;
      if (extra == JsonTree::kNone) return Unit{};
      return tree_.ErrorAt(extra, Part::kKey, fmt::format("{} beside another tagStatus", tree_.key(extra)),
                           "it beside \"tagged\" only");
    }
    if ((prefixes == JsonTree::kNone) == (patterns == JsonTree::kNone)) {
      return Error(id, prefixes == JsonTree::kNone ? "\"tagged\" without either" : "both",
                   "either tagPrefixList or tagPatternList");
    }
    auto texts = Texts(prefixes == JsonTree::kNone ? patterns : prefixes);
    if (!texts) return texts.error();
    if (prefixes != JsonTree::kNone) {
      rule.tag_prefixes = *std::move(texts);
      return Unit{};
    }
    rule.tag_patterns = *std::move(texts);
    auto element = tree_.first_child(patterns);
    for (const auto& pattern : rule.tag_patterns) {
      const auto wildcards = std::count(pattern.begin(), pattern.end(), '*');
      if (wildcards > kTagPatternWildcardsMax) {
        return Error(element, fmt::format("{} wildcards", wildcards),
                     fmt::format("at most {}", kTagPatternWildcardsMax));
      }
      element = tree_.next(element);
    }
    return Unit{};
  }

  Read<Unit> CountUnit(Id id, const LifecycleRule& rule) {
    const auto unit = tree_.Member(id, "countUnit");
    if (rule.count_type == LifecycleCountType::kImageCountMoreThan) {
      if (unit == JsonTree::kNone) return Unit{};
      return tree_.ErrorAt(unit, Part::kKey, "countUnit", "none beside imageCountMoreThan");
    }
    if (unit == JsonTree::kNone) return Error(id, "no countUnit", "\"days\" beside an age");
    if (tree_.kind(unit) != Kind::kString || tree_.text(unit) != "days") return Error(unit, "", "\"days\"");
    return Unit{};
  }

  Read<Unit> StorageClass(Id id, LifecycleRule& rule) {
    const bool needs_archive = rule.count_type == LifecycleCountType::kSinceImageTransitioned;
    const auto given = tree_.Member(id, "storageClass");
    if (given != JsonTree::kNone) {
      const auto read = OneOf(given, kStorageClasses);
      if (!read) return read.error();
      rule.storage_class = static_cast<LifecycleStorageClass>(*read);
    }
    if (needs_archive == (rule.storage_class == LifecycleStorageClass::kArchive)) return Unit{};
    return Error(given == JsonTree::kNone ? id : given, given == JsonTree::kNone ? "no storageClass" : "",
                 needs_archive ? "\"archive\" beside sinceImageTransitioned"
                               : "\"standard\" beside any other count than sinceImageTransitioned");
  }

  Read<Unit> Action(Id id, LifecycleRule& rule) {
    constexpr std::array<std::string_view, 2> kMembers = {"type", "targetStorageClass"};
    constexpr std::array<std::string_view, 1> kRequired = {"type"};
    if (auto sound = Object(id, kMembers, kRequired); !sound) return sound;
    const auto type = OneOf(tree_.Member(id, "type"), kActions);
    if (!type) return type.error();
    rule.action = static_cast<LifecycleActionType>(*type);
    const auto target = tree_.Member(id, "targetStorageClass");
    if (rule.action == LifecycleActionType::kExpire) {
      if (target != JsonTree::kNone)
        return tree_.ErrorAt(target, Part::kKey, "targetStorageClass", "none beside expire");
      if (rule.count_type != LifecycleCountType::kSinceImagePulled) return Unit{};
      return Error(tree_.Member(id, "type"), "", "\"transition\" beside sinceImagePulled");
    }
    if (target == JsonTree::kNone) return Error(id, "no targetStorageClass", "\"archive\" beside transition");
    if (tree_.kind(target) != Kind::kString || tree_.text(target) != "archive") return Error(target, "", "\"archive\"");
    if (rule.storage_class == LifecycleStorageClass::kStandard) return Unit{};
    return Error(tree_.Member(id, "type"), "", "\"expire\" beside sinceImageTransitioned");
  }

  /// What rules may not share.
  Read<Unit> Together(Id id, const LifecycleRule& rule) {
    const auto priority = tree_.Member(id, "rulePriority");
    if (!priorities_.insert(rule.priority).second) {
      return Error(priority, fmt::format("{} again", rule.priority), "a priority of its own");
    }
    const auto selection = tree_.Member(id, "selection");
    auto tags = rule.tag_prefixes.empty() ? rule.tag_patterns : rule.tag_prefixes;
    // Equal texts are equal: a total order.
    std::sort(tags.begin(), tags.end());
    const auto list = rule.tag_prefixes.empty() ? "tagPatternList" : "tagPrefixList";
    switch (rule.tag_status) {
      case LifecycleTagStatus::kTagged:
        if (tags_.emplace(rule.storage_class, list, tags).second) return Unit{};
        return Error(tree_.Member(selection, list), "the same as of another rule", "tags of its own");
      case LifecycleTagStatus::kUntagged:
        if (untagged_.insert(rule.storage_class).second) return Unit{};
        return Error(tree_.Member(selection, "tagStatus"), "a second rule for untagged images", "one a storage class");
      case LifecycleTagStatus::kAny:
        if (any_.emplace(rule.storage_class, rule.priority).second) return Unit{};
        return Error(tree_.Member(selection, "tagStatus"), "a second rule for any images", "one a storage class");
    }
    return Unit{};
  }

  Read<Unit> AnyIsLast(Id list, const LifecyclePolicy& policy) const {
    auto id = tree_.first_child(list);
    for (const auto& rule : policy.rules) {
      const auto any = any_.find(rule.storage_class);
      if (any != any_.end() && rule.priority > any->second) {
        return Error(tree_.Member(id, "rulePriority"),
                     fmt::format("{}, behind the rule for any images ({})", rule.priority, any->second),
                     "the rule for any images to have the highest rulePriority");
      }
      id = tree_.next(id);
    }
    return Unit{};
  }

  const JsonTree& tree_;
  std::set<std::int64_t> priorities_;
  std::set<std::tuple<LifecycleStorageClass, std::string_view, std::vector<std::string>>> tags_;
  std::set<LifecycleStorageClass> untagged_;
  std::map<LifecycleStorageClass, std::int64_t> any_;
};

}  // namespace

std::string_view NameOf(LifecycleActionType action) {
  return action == LifecycleActionType::kExpire ? "EXPIRE" : "TRANSITION";
}

std::string_view NameOf(LifecycleStorageClass storage_class) {
  return storage_class == LifecycleStorageClass::kStandard ? "STANDARD" : "ARCHIVE";
}

Result<LifecyclePolicy, ParseError> ParseLifecyclePolicy(std::string_view text) {
  const auto tree = JsonTree::Parse(text);
  if (!tree) return ParseError{ToText(tree.error())};
  auto policy = LifecycleParser(*tree).Policy();
  if (!policy) return ParseError{ToText(policy.error())};
  return *std::move(policy);
}

}  // namespace crrsim
