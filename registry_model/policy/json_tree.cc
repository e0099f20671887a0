#include "registry_model/policy/json_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>

#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

using Json = nlohmann::json;

struct Place {
  int line = 1;
  int column = 1;
};

Place PlaceOf(std::string_view text, std::size_t offset) {
  Place place;
  for (std::size_t i = 0; i < std::min(offset, text.size());) {
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else {
      ++place.column;
    }
    i += CharacterLength(text, i);
  }
  return place;
}

/// Walks over text that is known to be JSON, to find the offset of a value.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    SkipSpace();
  }

  /// Goes from the start of a container to the start of its child number `place`; to its key if it is a member.
  void EnterChild(std::uint32_t place) {
    const bool object = text_[at_] == '{';
    ++at_;
    SkipSpace();
    for (std::uint32_t i = 0; i < place; ++i) {
      if (object) SkipKey();
      SkipValue();
      SkipSpace();
      ++at_;  // the comma
      SkipSpace();
    }
    at_key_ = object;
  }
  /// From a member's key to its value; nothing where there is no key.
  void EnterValue() {
    if (at_key_) SkipKey();
    at_key_ = false;
  }
  [[nodiscard]] std::size_t offset() const { return at_; }

 private:
  void SkipSpace() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  void SkipString() {
    for (++at_; text_[at_] != '"'; ++at_) at_ += text_[at_] == '\\' ? 1U : 0U;
    ++at_;
  }
  void SkipKey() {
    SkipString();
    SkipSpace();
    ++at_;  // the colon
    SkipSpace();
  }
  void SkipValue() {
    int depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        SkipString();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
      // A number or word ends where something else begins.
      if (depth == 0 && c != '}' && c != ']') at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    } while (depth > 0);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool at_key_ = false;
};

/// Where the brackets first nest deeper than allowed. The text need not be JSON behind that place.
std::size_t OffsetOfDepth(std::string_view text, std::size_t depth_max) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if ((c == '{' || c == '[') && ++depth > depth_max) return i;
    if (c == '}' || c == ']') --depth;
  }
  return text.size();
}

PolicyError ErrorAtOffset(std::string_view text, std::size_t offset, std::string found, std::string expected) {
  const Place place = PlaceOf(text, offset);
  return PolicyError{"", place.line, place.column, std::move(found), std::move(expected), ""};
}

}  // namespace

/// Receives the parser's events.
class JsonTree::Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(std::string_view text) : text_(text) {
    constexpr std::size_t kBytesPerNode = 16;  // about what policies have; saves growing step by step
    tree_.source_ = text;
    tree_.nodes_.reserve(text.size() / kBytesPerNode + 4);
  }

  Result<JsonTree, PolicyError> Finish() {
    if (failure_) return *std::move(failure_);
    if (duplicate_ != kNone) {
      return tree_.ErrorAt(duplicate_, Part::kKey, fmt::format("the key {} again", Quote(tree_.key(duplicate_))),
                           "each key once");
    }
    return std::move(tree_);
  }

  bool null() override { return Add(Kind::kNull, "null"); }
  bool boolean(bool value) override { return Add(Kind::kBoolean, value ? "true" : "false"); }
  bool number_integer(Json::number_integer_t value) override { return Add(Kind::kNumber, std::to_string(value)); }
  bool number_unsigned(Json::number_unsigned_t value) override { return Add(Kind::kNumber, std::to_string(value)); }
  bool number_float(Json::number_float_t, const std::string& digits) override { return Add(Kind::kNumber, digits); }
  bool string(std::string& value) override { return Add(Kind::kString, std::move(value)); }
  bool binary(Json::binary_t&) override { return false; }
  bool key(std::string& name) override {
    key_ = std::move(name);
    return true;
  }
  bool start_object(std::size_t) override { return Open(Kind::kObject); }
  bool start_array(std::size_t) override { return Open(Kind::kArray); }
  bool end_object() override {
    if (duplicate_ == kNone) duplicate_ = FindDuplicate(open_.back().id);
    open_.pop_back();
    return true;
  }
  bool end_array() override {
    open_.pop_back();
    return true;
  }
  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::detail::exception& error) override {
    // The message ends in what the parser wanted, behind the place that we give ourselves.
    const std::string_view message = error.what();
    const std::size_t detail = message.find("while parsing ");
    const std::size_t start = position > last_token.size() ? position - last_token.size() : 0;
    failure_ = ErrorAtOffset(
        text_, start, last_token.empty() ? "the end of the text" : Quote(last_token),
        detail == std::string_view::npos ? "valid JSON" : fmt::format("valid JSON ({})", message.substr(detail)));
    return false;
  }

 private:
  struct OpenContainer {
    Id id;
    Id last_child;
  };

  bool Add(Kind kind, std::string text) {
    const auto id = static_cast<Id>(tree_.nodes_.size());
    Node node;
    node.kind = kind;
    node.text = std::move(text);
    if (!open_.empty()) {
      OpenContainer& parent = open_.back();
      Node& parent_node = tree_.nodes_[parent.id];
      node.parent = parent.id;
      node.place = parent_node.count++;
      if (parent_node.kind == Kind::kObject) node.key = std::move(key_);
      (parent.last_child == kNone ? parent_node.first : tree_.nodes_[parent.last_child].next) = id;
      parent.last_child = id;
    }
    tree_.nodes_.push_back(std::move(node));
    return true;
  }

  bool Open(Kind kind) {
    if (open_.size() >= kDepthMax) {
      failure_ = ErrorAtOffset(text_, OffsetOfDepth(text_, kDepthMax), fmt::format("more than {} levels", kDepthMax),
                               "a document that nests less");
      return false;
    }
    Add(kind, {});
    open_.push_back({static_cast<Id>(tree_.nodes_.size() - 1), kNone});
    return true;
  }

  /// The first member whose key stood before it, or kNone.
  [[nodiscard]] Id FindDuplicate(Id object) const {
    constexpr std::uint32_t kFewMembers = 12;
    if (tree_.child_count(object) <= kFewMembers) {
      for (Id later = tree_.first_child(object); later != kNone; later = tree_.next(later)) {
        if (tree_.Member(object, tree_.key(later)) != later) return later;
      }
      return kNone;
    }
    std::vector<Id> members;
    for (Id member = tree_.first_child(object); member != kNone; member = tree_.next(member)) members.push_back(member);
    std::sort(members.begin(), members.end(),
              [this](Id a, Id b) { return std::tie(tree_.key(a), a) < std::tie(tree_.key(b), b); });
    Id first = kNone;
    for (std::size_t i = 1; i < members.size(); ++i) {
      if (tree_.key(members[i - 1]) == tree_.key(members[i])) first = std::min(first, members[i]);
    }
    return first;
  }

  std::string_view text_;
  JsonTree tree_;
  std::vector<OpenContainer> open_;
  std::string key_;
  Id duplicate_ = kNone;
  std::optional<PolicyError> failure_;
};

Result<JsonTree, PolicyError> JsonTree::Parse(std::string_view text) {
  Builder builder(text);
  Json::sax_parse(text.begin(), text.end(), &builder);
  return builder.Finish();
}

JsonTree::Id JsonTree::Member(Id object, std::string_view key) const {
  Id member = nodes_[object].first;
  while (member != kNone && nodes_[member].key != key) member = nodes_[member].next;
  return member;
}

std::vector<std::uint32_t> JsonTree::PathTo(Id id) const {
  std::vector<std::uint32_t> path;
  for (; nodes_[id].parent != kNone; id = nodes_[id].parent) path.push_back(nodes_[id].place);
  std::reverse(path.begin(), path.end());
  return path;
}

std::string JsonTree::Pointer(Id id) const {
  std::string pointer;
  for (; nodes_[id].parent != kNone; id = nodes_[id].parent) {
    std::string step = "/";
    if (nodes_[nodes_[id].parent].kind == Kind::kArray) {
      step += std::to_string(nodes_[id].place);
    } else {
      for (const char c : nodes_[id].key) {
        if (c == '~' || c == '/') {
          step += c == '~' ? "~0" : "~1";
        } else {
          step += c;
        }
      }
    }
    pointer.insert(0, step);
  }
  return pointer;
}

std::string JsonTree::Describe(Id id) const {
  const Node& node = nodes_[id];
  switch (node.kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBoolean:
      return node.text;
    case Kind::kNumber:
      return fmt::format("a number ({})", node.text);
    case Kind::kString:
      return Quote(node.text);
    case Kind::kArray:
      return node.count == 0 ? "an empty list" : "a list";
    case Kind::kObject:
      return node.count == 0 ? "an empty object" : "an object";
  }
  return {};
}

PolicyError JsonTree::ErrorAt(Id id, Part part, std::string found, std::string expected, std::string nearest) const {
  Walker walker(source_);
  for (const std::uint32_t place : PathTo(id)) {
    walker.EnterValue();
    walker.EnterChild(place);
  }
  if (part == Part::kValue) walker.EnterValue();
  const Place place = PlaceOf(source_, walker.offset());
  return PolicyError{Pointer(id), place.line, place.column, std::move(found), std::move(expected), std::move(nearest)};
}

}  // namespace crrsim::policy
