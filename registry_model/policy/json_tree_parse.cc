#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>

#include "registry_model/policy/json_tree.h"
#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

using Json = nlohmann::json;

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

}  // namespace

/// Puts nodes together in the order of the text.
class JsonTree::Builder {
 public:
  explicit Builder(std::string_view text) {
    constexpr std::size_t kBytesPerNode = 16;  // about what policies have; saves growing step by step
    tree_.source_ = text;
    tree_.nodes_.reserve(text.size() / kBytesPerNode + 4);
  }

  /// `key` counts inside an object only.
  void Add(Kind kind, std::string_view key, std::string_view text) {
    const auto id = static_cast<Id>(tree_.nodes_.size());
    Node node;
    node.kind = kind;
    node.text = text;
    if (!open_.empty()) {
      OpenContainer& parent = open_.back();
      Node& parent_node = tree_.nodes_[parent.id];
      node.parent = parent.id;
      node.place = parent_node.count++;
      if (parent_node.kind == Kind::kObject) node.key = key;
      (parent.last_child == kNone ? parent_node.first : tree_.nodes_[parent.last_child].next) = id;
      parent.last_child = id;
    }
    tree_.nodes_.push_back(node);
  }
  /// False where the container would nest too deep; it is not opened then.
  bool Open(Kind kind, std::string_view key) {
    if (open_.size() >= kDepthMax) return false;
    Add(kind, key, {});
    open_.push_back({static_cast<Id>(tree_.nodes_.size() - 1), kNone});
    return true;
  }
  void Close() {
    const Id container = open_.back().id;
    if (duplicate_ == kNone && tree_.kind(container) == Kind::kObject) duplicate_ = FindDuplicate(container);
    open_.pop_back();
  }

  Result<JsonTree, PolicyError> Finish(std::shared_ptr<const void> characters) {
    tree_.characters_ = std::move(characters);
    if (duplicate_ != kNone) {
      return tree_.ErrorAt(duplicate_, Part::kKey, fmt::format("the key {} again", Quote(tree_.key(duplicate_))),
                           "each key once");
    }
    return std::move(tree_);
  }

 private:
  struct OpenContainer {
    Id id;
    Id last_child;
  };

  /// The first member whose key stood before it, or kNone.
  [[nodiscard]] Id FindDuplicate(Id object) const {
    constexpr std::uint32_t kFewMembers = 12;
    if (tree_.child_count(object) <= kFewMembers) {
      for (Id later = tree_.first_child(object); later != kNone; later = tree_.next(later)) {
        if (tree_.Member(object, tree_.key(later)) != later) return later;
      }
      return kNone;
    }
    std::vector<std::pair<std::string_view, Id>> members;
    for (Id member = tree_.first_child(object); member != kNone; member = tree_.next(member)) {
      members.emplace_back(tree_.key(member), member);
    }
    std::sort(members.begin(), members.end());  // a total order: ids differ
    Id first = kNone;
    for (std::size_t i = 1; i < members.size(); ++i) {
      if (members[i - 1].first == members[i].first) first = std::min(first, members[i].second);
    }
    return first;
  }

  JsonTree tree_;
  std::vector<OpenContainer> open_;
  Id duplicate_ = kNone;
};

/// Receives the events of nlohmann/json's parser.
class JsonTree::SaxReader final : public nlohmann::json_sax<Json> {
 public:
  static Result<JsonTree, PolicyError> Read(std::string_view text) {
    SaxReader reader(text);
    Json::sax_parse(text.begin(), text.end(), &reader);
    if (reader.failure_) return *std::move(reader.failure_);
    return reader.builder_.Finish(reader.characters_);
  }

  bool null() override { return Add(Kind::kNull, "null"); }
  bool boolean(bool value) override { return Add(Kind::kBoolean, value ? "true" : "false"); }
  bool number_integer(Json::number_integer_t value) override { return Add(Kind::kNumber, Keep(std::to_string(value))); }
  bool number_unsigned(Json::number_unsigned_t value) override {
    return Add(Kind::kNumber, Keep(std::to_string(value)));
  }
  bool number_float(Json::number_float_t, const std::string& digits) override {
    return Add(Kind::kNumber, Keep(digits));
  }
  bool string(std::string& value) override { return Add(Kind::kString, Keep(std::move(value))); }
  bool binary(Json::binary_t&) override { return false; }
  bool key(std::string& name) override {
    key_ = Keep(std::move(name));
    return true;
  }
  bool start_object(std::size_t) override { return Open(Kind::kObject); }
  bool start_array(std::size_t) override { return Open(Kind::kArray); }
  bool end_object() override { return end_array(); }
  bool end_array() override {
    builder_.Close();
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& error) override {
    // `position` counts the bytes read, so the last of them is the one that did not fit. The message ends in what the
    // parser wanted, behind a place that we give ourselves.
    const std::string_view message = error.what();
    const std::size_t detail = message.find("while parsing ");
    const bool at_end = position > text_.size();
    const std::size_t offset = position > 0 ? position - 1 : 0;
    failure_ = ErrorAtOffset(
        text_, offset, at_end ? "the end of the text" : Quote(text_.substr(offset, CharacterLength(text_, offset))),
        detail == std::string_view::npos ? "valid JSON" : fmt::format("valid JSON ({})", message.substr(detail)));
    return false;
  }

 private:
  explicit SaxReader(std::string_view text) : text_(text), builder_(text) {}

  std::string_view Keep(std::string text) { return characters_->emplace_back(std::move(text)); }
  bool Add(Kind kind, std::string_view text) {
    builder_.Add(kind, key_, text);
    return true;
  }
  bool Open(Kind kind) {
    if (builder_.Open(kind, key_)) return true;
    failure_ = ErrorAtOffset(text_, OffsetOfDepth(text_, kDepthMax), fmt::format("more than {} levels", kDepthMax),
                             "a document that nests less");
    return false;
  }

  std::string_view text_;
  Builder builder_;
  std::shared_ptr<std::deque<std::string>> characters_ = std::make_shared<std::deque<std::string>>();
  std::string_view key_;
  std::optional<PolicyError> failure_;
};

/// Copies simdjson's tree.
class JsonTree::DomReader {
 public:
  /// Nothing where the text is not sound, nests too deep or holds a number that is no 64-bit integer.
  static std::optional<Result<JsonTree, PolicyError>> Read(std::string_view text) {
    auto parser = std::make_shared<simdjson::dom::parser>();
    simdjson::dom::element root;
    if (parser->parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
    DomReader reader(text);
    if (!reader.Copy(root, {})) return std::nullopt;
    reader.numbers_->parser = std::move(parser);
    return reader.builder_.Finish(std::move(reader.numbers_));
  }

 private:
  struct Characters {
    std::shared_ptr<simdjson::dom::parser> parser;
    std::deque<std::string> numbers;
  };

  explicit DomReader(std::string_view text) : builder_(text) {}

  // Recurses, but no deeper than the builder lets containers be opened.
  bool Copy(simdjson::dom::element value, std::string_view key) {
    using Type = simdjson::dom::element_type;
    switch (value.type()) {
      case Type::ARRAY:
        if (!builder_.Open(Kind::kArray, key)) return false;
        for (const simdjson::dom::element item : simdjson::dom::array(value)) {
          if (!Copy(item, {})) return false;
        }
        builder_.Close();
        return true;
      case Type::OBJECT:
        if (!builder_.Open(Kind::kObject, key)) return false;
        for (const auto [name, member] : simdjson::dom::object(value)) {
          if (!Copy(member, name)) return false;
        }
        builder_.Close();
        return true;
      case Type::STRING:
        builder_.Add(Kind::kString, key, std::string_view(value));
        return true;
      case Type::BOOL:
        builder_.Add(Kind::kBoolean, key, bool(value) ? "true" : "false");
        return true;
      case Type::NULL_VALUE:
        builder_.Add(Kind::kNull, key, "null");
        return true;
      case Type::INT64:
        builder_.Add(Kind::kNumber, key, numbers_->numbers.emplace_back(std::to_string(std::int64_t(value))));
        return true;
      case Type::UINT64:
        builder_.Add(Kind::kNumber, key, numbers_->numbers.emplace_back(std::to_string(std::uint64_t(value))));
        return true;
      case Type::DOUBLE:
        return false;
    }
    return false;
  }

  Builder builder_;
  std::shared_ptr<Characters> numbers_ = std::make_shared<Characters>();
};

Result<JsonTree, PolicyError> JsonTree::Parse(std::string_view text) {
  if (auto tree = DomReader::Read(text)) return *std::move(tree);
  return SaxReader::Read(text);
}

}  // namespace crrsim::policy
