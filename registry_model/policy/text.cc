#include "registry_model/policy/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace crrsim::policy {

namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// The lower-case form of a code point below U+0460; others are their own.
std::uint32_t LowerCodePoint(std::uint32_t c) {
  const auto within = [c](std::uint32_t low, std::uint32_t high) { return c >= low && c <= high; };
  if (within(0xC0, 0xDE) && c != 0xD7) return c + 32;                                  // À to Þ without ×
  if (c == 0x130 || c == 0x178) return c == 0x130 ? c : 0xFF;                          // İ has two; Ÿ
  if (within(0x100, 0x137) || within(0x14A, 0x177)) return c | 1U;                     // pairs, upper even
  if (within(0x139, 0x148) || within(0x179, 0x17E)) return (c & 1U) != 0 ? c + 1 : c;  // pairs, upper odd
  if (within(0x391, 0x3AB) && c != 0x3A2) return c + 32;                               // Α to Ϋ
  if (within(0x400, 0x40F)) return c + 80;                                             // Ѐ to Џ
  if (within(0x410, 0x42F)) return c + 32;                                             // А to Я
  return c;
}

}  // namespace

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = AsciiLower(c);
  return lower;
}

bool EqualIgnoringAsciiCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return AsciiLower(x) == AsciiLower(y); });
}

std::string FoldCase(std::string_view text) {
  std::string folded = AsciiLower(text);
  for (std::size_t i = 0; i < folded.size();) {
    const std::size_t length = CharacterLength(folded, i);
    if (length == 2) {  // U+0080 to U+07FF, which holds every letter that LowerCodePoint knows
      const auto high = static_cast<unsigned char>(folded[i]) & 0x1FU;
      const auto low = static_cast<unsigned char>(folded[i + 1]) & 0x3FU;
      const std::uint32_t lower = LowerCodePoint((high << 6U) | low);
      folded[i] = static_cast<char>(0xC0U | (lower >> 6U));
      folded[i + 1] = static_cast<char>(0x80U | (lower & 0x3FU));
    }
    i += length;
  }
  return folded;
}

std::size_t CharacterLength(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0xC0U ? 1 : lead < 0xE0U ? 2 : lead < 0xF0U ? 3 : lead < 0xF8U ? 4 : 1;
  if (at + length > text.size()) return 1;
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[at + i])) return 1;
  }
  return length;
}

std::string_view TrimSpaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string Quote(std::string_view text) {
  constexpr std::size_t kLengthMax = 80;
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size() && i < kLengthMax;) {
    const std::size_t length = CharacterLength(text, i);
    const char c = text[i];
    if (static_cast<unsigned char>(c) < 0x20U) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += text.substr(i, length);
    }
    i += length;
  }
  quoted += text.size() > kLengthMax ? "...\"" : "\"";
  return quoted;
}

}  // namespace crrsim::policy
