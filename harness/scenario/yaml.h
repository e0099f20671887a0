// A YAML document (JSON is a subset of YAML 1.2) as a small tree in which everything knows its place.
//
// Refused, each with its place: duplicate keys, a second document, anchors, aliases and merge keys, tags, keys that are
// no text, more than 100 levels, bytes that are no UTF-8. So what a person reads top to bottom is what is meant.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/scenario/place.h"
#include "sim/result.h"

namespace crrsim {

struct Member;

struct Node {
  enum class Kind : std::uint8_t { kEmpty, kScalar, kList, kMap };

  Kind kind = Kind::kEmpty;
  Place place;
  std::string text;             // of a scalar
  bool quoted = false;          // of a scalar: text for certain; a plain `012` might be meant as a number
  std::vector<Node> items;      // of a list
  std::vector<Member> members;  // of a map, in the order of the file
  std::size_t begin = 0;        // bytes of the file that it covers
  std::size_t end = 0;

  [[nodiscard]] bool IsMap() const { return kind == Kind::kMap; }
  [[nodiscard]] bool IsList() const { return kind == Kind::kList; }
  [[nodiscard]] bool IsScalar() const { return kind == Kind::kScalar; }
  /// Null when there is no such member.
  [[nodiscard]] const Node* Find(std::string_view key) const;
};

struct Member {
  std::string key;
  Place key_place;
  Node value;
};

/// `a map`, `a list`, `nothing`, or the scalar's text in quotes.
std::string DescriptionOf(const Node& node);

/// `file` is what diagnostics call it.
Result<Node, Diagnostics> ParseYaml(const std::string& text, const std::string& file);

/// The same tree as JSON, with YAML's core schema for plain scalars: null, true, false, numbers; everything else is
/// text.
nlohmann::json ToJson(const Node& node);
/// The same with members in the order of the file.
nlohmann::ordered_json ToOrderedJson(const Node& node);

/// The bytes of a node on one line: white space folded, comments kept out, cut at `length_max` characters.
std::string OneLine(const std::string& text, const Node& node, std::size_t length_max);

}  // namespace crrsim
