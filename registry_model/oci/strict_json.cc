#include "registry_model/oci/strict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace crrsim {

namespace {

namespace dom = simdjson::dom;

std::string MessageOf(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return "it is empty";
    case simdjson::UTF8_ERROR:
      return "it holds bytes that are not UTF-8";
    case simdjson::DEPTH_ERROR:
      return fmt::format("it is nested deeper than {} levels", kJsonDepthMax);
    case simdjson::UNCLOSED_STRING:
      return "a text is not closed";
    case simdjson::STRING_ERROR:
      return "a text holds an invalid escape";
    case simdjson::UNESCAPED_CHARS:
      return "a text holds a control character that is not escaped";
    case simdjson::NUMBER_ERROR:
      return "a number is malformed or out of range";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "a word is none of true, false and null";
    default:
      return "it is not valid JSON";
  }
}

/// Keys of objects on the way down, kept as one stack so that the walk allocates nothing in steady state.
using KeyStack = std::vector<std::string_view>;

/// The first key that is equal to another one of keys[first..], if any.
std::optional<std::string_view> FindTwin(KeyStack& keys, std::size_t first) {
  constexpr std::size_t kPairwiseMax = 12;
  const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(first);
  if (keys.size() - first <= kPairwiseMax) {
    for (auto key = begin; key != keys.end(); ++key) {
      if (std::find(begin, key, *key) != key) return *key;
    }
    return std::nullopt;
  }
  // A total order as far as anybody can see: equal keys are the same text.
  std::sort(begin, keys.end());
  const auto twin = std::adjacent_find(begin, keys.end());
  if (twin == keys.end()) return std::nullopt;
  return *twin;
}

/// Returns the JSON pointer of a key that its object holds twice. It is put together on the way back up, so a sound
/// document pays nothing for it. The parser has bounded the recursion.
std::optional<std::string> FindDuplicateKey(const dom::element& value, KeyStack& keys) {
  if (value.is_object()) {
    const auto first = keys.size();
    for (const auto [key, member] : dom::object(value)) {
      keys.push_back(key);
      if (!member.is_object() && !member.is_array()) continue;
      if (auto found = FindDuplicateKey(member, keys)) return PointerStep(key) + *found;
    }
    if (const auto twin = FindTwin(keys, first)) return PointerStep(*twin);
    keys.resize(first);
  } else if (value.is_array()) {
    std::size_t index = 0;
    for (const dom::element item : dom::array(value)) {
      if (auto found = FindDuplicateKey(item, keys)) return fmt::format("/{}{}", index, *found);
      ++index;
    }
  }
  return std::nullopt;
}

}  // namespace

dom::parser MakeStrictJsonParser() {
  dom::parser parser;
  const auto error = parser.allocate(simdjson::dom::MINIMAL_DOCUMENT_CAPACITY, kJsonDepthMax);
  CRRSIM_CHECK(error == simdjson::SUCCESS, "{}", simdjson::error_message(error));
  return parser;
}

Result<dom::element, ParseError> ParseStrictJson(dom::parser& parser, std::string_view bytes) {
  // Later versions of simdjson skip a byte order mark; the bytes would then mean something here and nothing elsewhere.
  if (bytes.starts_with("\xEF\xBB\xBF")) return ParseError{"it begins with a byte order mark"};
  dom::element root;
  if (const auto error = parser.parse(bytes.data(), bytes.size()).get(root)) return ParseError{MessageOf(error)};
  KeyStack keys;
  keys.reserve(32);
  if (const auto pointer = FindDuplicateKey(root, keys)) {
    return ParseError{fmt::format("{} is there more than once", *pointer)};
  }
  return root;
}

std::string Shown(std::string_view text) {
  constexpr std::size_t kShownMax = 80;
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool starts_character = (byte & 0xC0U) != 0x80U;
    if (starts_character && shown.size() >= kShownMax) return shown + "...";
    if (byte < 0x20 || byte == 0x7F) {
      shown += fmt::format("\\u{:04x}", byte);
    } else {
      shown.push_back(text[i]);
    }
  }
  return shown;
}

std::string PointerStep(std::string_view key) {
  std::string escaped = "/";
  for (const char c : key) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped.push_back(c);
    }
  }
  return Shown(escaped);
}

}  // namespace crrsim
