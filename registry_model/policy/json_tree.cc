#include "registry_model/policy/json_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

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

}  // namespace

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
      return std::string(node.text);
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
  PolicyError error = ErrorAtOffset(source_, walker.offset(), std::move(found), std::move(expected));
  error.pointer = Pointer(id);
  error.nearest = std::move(nearest);
  return error;
}

}  // namespace crrsim::policy
