// Small helpers on text for the policy language: letter case and code points.
//
// Names that AWS spells in ASCII (actions, condition keys) are compared with ASCII case folding. Values that
// `StringEqualsIgnoreCase` compares may be any text: FoldCase covers the Latin, Greek and Cyrillic letters that have
// one lower-case form of their own. Text is UTF-8; a byte that is not part of a well-formed sequence counts as a
// character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crrsim::policy {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string AsciiLower(std::string_view text);
bool EqualIgnoringAsciiCase(std::string_view a, std::string_view b);

/// Lower case for comparison, ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic.
std::string FoldCase(std::string_view text);

/// Bytes of the character that starts at `at`. Requires at < text.size().
std::size_t CharacterLength(std::string_view text, std::size_t at);

/// Text without leading and trailing spaces.
std::string_view TrimSpaces(std::string_view text);

/// The text in double quotes, cut to a readable length, control characters escaped.
std::string Quote(std::string_view text);

}  // namespace crrsim::policy
