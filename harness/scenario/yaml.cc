#include "harness/scenario/yaml.h"

#include <fmt/format.h>
#include <libfyaml.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>

namespace crrsim {

namespace {

constexpr std::size_t kDepthMax = 100;

struct ParserDeleter {
  void operator()(fy_parser* parser) const { fy_parser_destroy(parser); }
};
struct DiagDeleter {
  void operator()(fy_diag* diag) const { fy_diag_destroy(diag); }
};

/// Builds the tree from the parser's events; the first mistake ends it.
class Builder {
 public:
  Builder(const std::string& text, const std::string& file) : text_(text), file_(file) {
    fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.fp = nullptr;
    diag_config.output_fn = [](fy_diag*, void*, const char*, std::size_t) {};
    diag_.reset(fy_diag_create(&diag_config));
    fy_diag_set_collect_errors(diag_.get(), true);
    fy_parse_cfg config{};
    config.flags = static_cast<fy_parse_cfg_flags>(FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE | FYPCF_COLLECT_DIAG |
                                                   FYPCF_SLOPPY_FLOW_INDENTATION);
    config.diag = diag_.get();
    parser_.reset(fy_parser_create(&config));
    fy_parser_set_string(parser_.get(), text_.data(), text_.size());
  }

  Result<Node, Diagnostics> Build() {
    Node root;
    root.place = {file_, 1, 1};
    int documents = 0;
    while (auto* event = Next()) {
      const auto type = event->type;
      if (type == FYET_DOCUMENT_START && ++documents > 1)
        Refuse(PlaceOf(event, root.place), "a second document starts here; a file holds one");
      if (type == FYET_SCALAR || type == FYET_MAPPING_START || type == FYET_SEQUENCE_START || type == FYET_ALIAS) {
        root = Read(event, root.place, 1);
      }
      Free(event);
      if (problem_) return Diagnostics{{*problem_}};
    }
    if (auto broken = SyntaxError()) return Diagnostics{{*broken}};
    return root;
  }

 private:
  fy_event* Next() { return problem_ ? nullptr : fy_parser_parse(parser_.get()); }
  void Free(fy_event* event) { fy_parser_event_free(parser_.get(), event); }
  void Refuse(const Place& place, std::string message) {
    if (!problem_) problem_ = Diagnostic{place, std::move(message)};
  }

  Place PlaceOf(fy_event* event, const Place& otherwise) const {
    const auto* mark = fy_event_start_mark(event);
    if (mark == nullptr || mark->line < 0) return otherwise;
    return {file_, mark->line + 1, mark->column + 1};
  }

  std::optional<Diagnostic> SyntaxError() const {
    void* next = nullptr;
    if (const auto* error = fy_diag_errors_iterate(diag_.get(), &next)) {
      return Diagnostic{{file_, std::max(error->line, 1), std::max(error->column, 1)},
                        fmt::format("not valid YAML: {}", error->msg)};
    }
    if (fy_parser_get_stream_error(parser_.get())) return Diagnostic{{file_, 1, 1}, "not valid YAML"};
    return std::nullopt;
  }

  Node Read(fy_event* event, const Place& otherwise, std::size_t depth) {
    Node node;
    node.place = PlaceOf(event, otherwise);
    if (const auto* mark = fy_event_start_mark(event)) node.begin = node.end = mark->input_pos;
    if (depth > kDepthMax) {
      Refuse(node.place, fmt::format("more than {} levels", kDepthMax));
      return node;
    }
    if (event->type == FYET_ALIAS || fy_event_get_anchor_token(event) != nullptr) {
      Refuse(node.place, "anchors and aliases are not supported; write the value where it is needed");
    } else if (fy_event_get_tag_token(event) != nullptr) {
      Refuse(node.place, "tags (!name) are not supported");
    } else if (event->type == FYET_SCALAR) {
      ReadScalar(event, node);
    } else if (event->type == FYET_SEQUENCE_START) {
      node.kind = Node::Kind::kList;
      ReadItems(node, depth);
    } else {
      node.kind = Node::Kind::kMap;
      ReadMembers(node, depth);
    }
    return node;
  }

  void ReadScalar(fy_event* event, Node& node) {
    auto* token = fy_event_get_token(event);
    const auto style = token == nullptr ? FYSS_PLAIN : fy_token_scalar_style(token);
    std::size_t length = 0;
    const auto* text = token == nullptr ? nullptr : fy_token_get_text(token, &length);
    if (text != nullptr) node.text.assign(text, length);
    node.quoted = style != FYSS_PLAIN;
    if (const auto* mark = fy_event_end_mark(event)) node.end = std::max(node.end, mark->input_pos);
    if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
      // The parser's marks stand inside the quotes.
      --node.begin;
      --node.place.column;
      ++node.end;
    }
    const bool empty = !node.quoted && (node.text.empty() || node.text == "~" || node.text == "null");
    node.kind = empty ? Node::Kind::kEmpty : Node::Kind::kScalar;
  }

  void ReadItems(Node& node, std::size_t depth) {
    while (auto* event = Next()) {
      if (event->type == FYET_SEQUENCE_END) return Close(event, node);
      node.items.push_back(Read(event, node.place, depth + 1));
      node.end = std::max(node.end, node.items.back().end);
      Free(event);
    }
  }

  void ReadMembers(Node& node, std::size_t depth) {
    std::map<std::string, std::int64_t, std::less<>> lines;  // of the keys so far
    while (auto* event = Next()) {
      if (event->type == FYET_MAPPING_END) return Close(event, node);
      Member member;
      auto key = Read(event, node.place, depth + 1);
      member.key_place = key.place;
      Free(event);
      if (!key.IsScalar() && !problem_)
        Refuse(member.key_place, fmt::format("a key has to be text, found {}", DescriptionOf(key)));
      member.key = std::move(key.text);
      if (member.key == "<<")
        Refuse(member.key_place, "merge keys are not supported; write the members where they are needed");
      const auto [first, is_new] = lines.emplace(member.key, member.key_place.line);
      if (!is_new)
        Refuse(member.key_place, fmt::format("'{}' stands here twice, first in line {}", member.key, first->second));
      auto* value = Next();
      if (value == nullptr) return;
      member.value = Read(value, member.key_place, depth + 1);
      Free(value);
      node.end = std::max({node.end, key.end, member.value.end});
      node.members.push_back(std::move(member));
    }
  }

  void Close(fy_event* event, Node& node) {
    // Only a bracket has a token of its own; a block ends with its last child.
    if (const auto* mark = fy_event_end_mark(event); mark != nullptr && mark->input_pos > node.end) {
      const auto last = mark->input_pos - 1;
      if (last < text_.size() && (text_[last] == '}' || text_[last] == ']')) node.end = mark->input_pos;
    }
    Free(event);
  }

  const std::string& text_;
  const std::string& file_;
  std::unique_ptr<fy_diag, DiagDeleter> diag_;
  std::unique_ptr<fy_parser, ParserDeleter> parser_;
  std::optional<Diagnostic> problem_;
};

/// The first byte that no text file holds: not UTF-8, or a control character (a zero byte would end the text for the
/// parser, and hide what follows).
std::optional<Diagnostic> NoText(const std::string& text, const std::string& file) {
  std::int64_t line = 1;
  std::int64_t column = 1;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    bool good = length != 0 && i + length <= text.size();
    for (std::size_t k = 1; good && k < length; ++k) good = (static_cast<unsigned char>(text[i + k]) & 0xC0) == 0x80;
    if (!good) return Diagnostic{{file, line, column}, "the file is not UTF-8 from here on"};
    if (lead == 0x7F || (lead < 0x20 && lead != '\n' && lead != '\r' && lead != '\t'))
      return Diagnostic{{file, line, column}, fmt::format("a control character (0x{:02X}) stands here", lead)};
    column = text[i] == '\n' ? 1 : column + 1;
    line += text[i] == '\n' ? 1 : 0;
    i += length;
  }
  return std::nullopt;
}

nlohmann::json PlainScalar(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  const auto* first = text.data();
  const auto* last = first + text.size();
  std::int64_t integer = 0;
  if (const auto [end, error] = std::from_chars(first, last, integer); error == std::errc() && end == last)
    return integer;
  double number = 0;
  const bool numeric = text.find_first_not_of("0123456789.eE+-") == std::string::npos;
  if (const auto [end, error] = std::from_chars(first, last, number); numeric && error == std::errc() && end == last)
    return number;
  return text;
}

}  // namespace

const Node* Node::Find(std::string_view key) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

std::string DescriptionOf(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kEmpty:
      return "nothing";
    case Node::Kind::kScalar:
      return fmt::format("'{}'", node.text);
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "something else";
}

Result<Node, Diagnostics> ParseYaml(const std::string& text, const std::string& file) {
  if (auto problem = NoText(text, file)) return Diagnostics{{std::move(*problem)}};
  return Builder(text, file).Build();
}

namespace {

template <class Json>
Json JsonOf(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kEmpty:
      return nullptr;
    case Node::Kind::kScalar:
      return node.quoted ? Json(node.text) : Json(PlainScalar(node.text));
    case Node::Kind::kList: {
      auto list = Json::array();
      for (const auto& item : node.items) list.push_back(JsonOf<Json>(item));
      return list;
    }
    case Node::Kind::kMap:
      break;
  }
  auto map = Json::object();
  for (const auto& member : node.members) map[member.key] = JsonOf<Json>(member.value);
  return map;
}

}  // namespace

nlohmann::json ToJson(const Node& node) { return JsonOf<nlohmann::json>(node); }
nlohmann::ordered_json ToOrderedJson(const Node& node) { return JsonOf<nlohmann::ordered_json>(node); }

std::string OneLine(const std::string& text, const Node& node, std::size_t length_max) {
  std::string line;
  bool space = false;
  const auto end = std::min(node.end, text.size());
  for (std::size_t i = std::min(node.begin, end); i < end; ++i) {
    if (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
      // A line break between the members of a block map reads as a comma.
      if (text[i] == '\n' && !line.empty() && line.back() != ',' && line.back() != '{' && line.back() != '[' &&
          line.back() != ':')
        line += ',';
      space = !line.empty();
      continue;
    }
    if (text[i] == '#' && space) {
      i = std::min(text.find('\n', i), end) - 1;
      continue;
    }
    if (space && line.back() != '{' && line.back() != '[') line += ' ';
    space = false;
    line += text[i];
  }
  if (line.size() <= length_max) return line;
  auto cut = length_max - 3;
  while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
  return line.substr(0, cut) + "...";
}

}  // namespace crrsim
