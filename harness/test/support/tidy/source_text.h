// A C++ source file as the tidy rules read it: line by line, what is code apart from what is comment.
//
// Comments and the insides of string and character literals are blanked out of the code, so that a rule that looks for
// a word finds it only where the compiler would. Raw strings, escapes and digit separators are understood; trigraphs
// and line continuations inside literals are not, since this tree has none.
//
//   SourceText source("a.cc", "int x;  // sleep_for\n");
//   source.lines()[0].code      // "int x;               "
//   source.lines()[0].comment   // " sleep_for"
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crrsim::tidy {

template <class Names>
bool IsOneOf(std::string_view text, const Names& names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

struct Line {
  std::string raw;
  /// As long as `raw`, with spaces for comments and for what stands between quotes.
  std::string code;
  std::string comment;
};

/// An identifier in a line of code, with what tells a call of a library function from a name that looks like one.
struct Word {
  std::string_view text;
  /// What it is qualified with, as written: `std::`, `std::ranges::`, `::`, `.`, `->`, or nothing.
  std::string_view qualifier;
  /// The rest of the line, from the first character after the identifier that is no space.
  std::string_view rest;
  /// Whether it has no qualifier and the word before it is a name, as in the declaration `Instant time()`.
  bool after_name = false;
};

/// The identifiers of a line of code, from left to right, those in qualifiers too; views into `code`.
std::vector<Word> WordsOf(std::string_view code);

class SourceText {
 public:
  SourceText(std::string path, std::string_view text);

  /// From the root of the tree, with slashes.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

 private:
  std::string path_;
  std::vector<Line> lines_;
};

}  // namespace crrsim::tidy
