// JSON text as a flat tree, for readers whose error messages name the place.
//
// Duplicate keys of an object are an error, and depth is limited. A node knows its JSON pointer; its line and column
// are found by a second scan of the text, which only an error pays for. Sound text is read by simdjson's DOM. Where
// that fails, or a number is no integer (its digits would be lost), nlohmann/json's event interface reads the text
// again: it keeps digits and knows where the text is wrong. Neither recurses.
//
// Order: children stand as in the text.
//
//   auto tree = JsonTree::Parse(text);
//   for (auto child = tree->first_child(tree->root()); child != JsonTree::kNone; child = tree->next(child)) ...
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/policy/policy_error.h"
#include "sim/result.h"

namespace crrsim::policy {

class JsonTree {
 public:
  using Id = std::uint32_t;
  static constexpr Id kNone = 0xFFFFFFFFU;
  /// Levels of arrays and objects; a policy needs six.
  static constexpr std::size_t kDepthMax = 32;

  enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };
  enum class Part : std::uint8_t { kKey, kValue };

  /// Requires that `text` outlives the tree.
  /// On error  the place, also for text that is not JSON, nests too deep or repeats a key.
  static Result<JsonTree, PolicyError> Parse(std::string_view text);

  [[nodiscard]] Id root() const { return 0; }
  [[nodiscard]] Kind kind(Id id) const { return nodes_[id].kind; }
  /// Of an object's member; empty for others.
  [[nodiscard]] std::string_view key(Id id) const { return nodes_[id].key; }
  /// A string's characters, a number's digits, `true`, `false` or `null`; empty for arrays and objects.
  [[nodiscard]] std::string_view text(Id id) const { return nodes_[id].text; }
  [[nodiscard]] Id first_child(Id id) const { return nodes_[id].first; }
  [[nodiscard]] Id next(Id id) const { return nodes_[id].next; }
  [[nodiscard]] std::uint32_t child_count(Id id) const { return nodes_[id].count; }
  /// The member of an object, or kNone.
  [[nodiscard]] Id Member(Id object, std::string_view key) const;

  [[nodiscard]] std::string Pointer(Id id) const;
  /// The node in words: `"allow"`, `a number (5)`, `an empty list`.
  [[nodiscard]] std::string Describe(Id id) const;
  /// An error at the node, its place filled in.
  [[nodiscard]] PolicyError ErrorAt(Id id, Part part, std::string found, std::string expected,
                                    std::string nearest = {}) const;

 private:
  struct Node {
    Kind kind = Kind::kNull;
    Id parent = kNone;
    Id next = kNone;
    Id first = kNone;
    std::uint32_t place = 0;  // among its parent's children
    std::uint32_t count = 0;  // of children
    std::string_view key;
    std::string_view text;
  };
  class Builder;
  class SaxReader;
  class DomReader;

  [[nodiscard]] std::vector<std::uint32_t> PathTo(Id id) const;

  std::string_view source_;
  std::shared_ptr<const void> characters_;  // what keys and texts point into
  std::vector<Node> nodes_;
};

}  // namespace crrsim::policy
