#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

#include "harness/test/support/tidy/tidy.h"

namespace crrsim::tidy {

namespace {

constexpr std::size_t kLinesMax = 600;
constexpr std::array<std::string_view, 4> kUnfinished = {"TODO", "FIXME", "XXX", "HACK"};
constexpr std::array<std::string_view, 5> kSleeps = {"sleep_for", "sleep_until", "usleep", "nanosleep", "sleep"};
constexpr std::array<std::string_view, 6> kTestMacros = {"TEST",       "TEST_F",       "TEST_P",
                                                         "TYPED_TEST", "TYPED_TEST_P", "RC_GTEST_PROP"};
/// How the name of a claim begins, a helper's included: EXPECT_EQ, ExpectSameBytes, CheckAgainstBruteForce, rc::check.
constexpr std::array<std::string_view, 6> kClaims = {"expect", "assert", "check", "rc_assert", "fail", "add_failure"};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

bool IsClaim(std::string_view word) {
  std::string lower = Lower(word);
  return std::any_of(kClaims.begin(), kClaims.end(), [&](std::string_view claim) { return lower.starts_with(claim); });
}

bool HoldsClaim(const std::string& code) {
  std::vector<Word> words = WordsOf(code);
  return std::any_of(words.begin(), words.end(), [](const Word& word) { return IsClaim(word.text); });
}

void CheckHeader(const SourceText& source, Findings& findings) {
  const std::vector<Line>& lines = source.lines();
  if (lines.empty() || !lines.front().raw.starts_with("//")) {
    findings.push_back({source.path(), 1, "a header opens with a comment that says what it is"});
  }
  auto is_code = [](const Line& line) { return line.code.find_first_not_of(' ') != std::string::npos; };
  auto first = std::find_if(lines.begin(), lines.end(), is_code);
  if (first == lines.end() || first->code.find("#pragma once") != 0) {
    std::size_t line = first == lines.end() ? 1 : static_cast<std::size_t>(first - lines.begin()) + 1;
    findings.push_back({source.path(), line, "a header's first line of code is #pragma once"});
  }
}

void CheckFinished(const SourceText& source, std::size_t index, Findings& findings) {
  const Line& line = source.lines()[index];
  for (const Word& word : WordsOf(line.comment)) {
    if (IsOneOf(word.text, kUnfinished)) {
      findings.push_back({source.path(), index + 1, fmt::format("{}: finish it, or file an issue", word.text)});
    }
  }
  if (line.code.starts_with("#if 0")) {
    findings.push_back({source.path(), index + 1, "#if 0: delete dead code, git remembers it"});
  }
}

void CheckTestLine(const SourceText& source, std::size_t index, Findings& findings) {
  for (const Word& word : WordsOf(source.lines()[index].code)) {
    if (word.text.starts_with("DISABLED_") || word.text == "GTEST_SKIP") {
      findings.push_back({source.path(), index + 1, "a disabled test tests nothing: repair it or delete it"});
    }
    if (IsOneOf(word.text, kSleeps) && word.rest.starts_with("(")) {
      findings.push_back(
          {source.path(), index + 1, fmt::format("a test may not sleep ({}): use virtual time", word.text)});
    }
  }
}

/// `json x = {y};` or `json{y}`, on one line.
void CheckJsonBraces(const SourceText& source, std::size_t index, Findings& findings) {
  static const std::regex kOneInBraces(
      R"(\b(json|ordered_json|Json|PlainJson)(\s+\w+\s*=?\s*)?\{\s*[^\s{},][^{},]*\})");
  if (!std::regex_search(source.lines()[index].code, kOneInBraces)) return;
  findings.push_back({source.path(), index + 1,
                      "one JSON value in braces is an array to gcc and that value to clang: say json::array({...}), or "
                      "leave the braces out"});
}

/// Every test claims something; one that cannot fail is no test. A test's body ends at the first `}` in column 0.
void CheckClaims(const SourceText& source, Findings& findings) {
  const std::vector<Line>& lines = source.lines();
  std::size_t tests = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::vector<Word> words = WordsOf(lines[i].code);
    if (words.empty() || lines[i].code.starts_with(' ') || !IsOneOf(words.front().text, kTestMacros)) {
      continue;
    }
    ++tests;
    std::size_t begin = i;
    bool claims = words.front().text == "RC_GTEST_PROP";
    // The macro's own arguments are the test's name, which may well say "Checks".
    std::size_t body = lines[i].code.find('{');
    claims = claims || (body != std::string::npos && HoldsClaim(lines[i].code.substr(body)));
    bool one_line = body != std::string::npos && lines[i].code.find('}', body) == lines[i].code.size() - 1;
    while (!one_line && ++i < lines.size() && !lines[i].code.starts_with('}')) {
      claims = claims || HoldsClaim(lines[i].code);
    }
    if (!claims) {
      findings.push_back({source.path(), begin + 1, "a test that asserts nothing cannot fail"});
    }
  }
  if (tests == 0) {
    findings.push_back({source.path(), 1, "a file named *_test holds tests"});
  }
}

}  // namespace

Findings CheckHabits(const SourceText& source) {
  Findings findings;
  const std::string& path = source.path();
  if (source.lines().size() > kLinesMax) {
    findings.push_back(
        {path, kLinesMax + 1, fmt::format("{} lines, more than {}: split it", source.lines().size(), kLinesMax)});
  }
  if (path.ends_with(".h")) {
    CheckHeader(source, findings);
  }
  for (std::size_t i = 0; i < source.lines().size(); ++i) {
    CheckFinished(source, i, findings);
    if (IsTest(path)) {
      CheckTestLine(source, i, findings);
      CheckJsonBraces(source, i, findings);
    }
  }
  if (path.ends_with("_test.cc")) {
    CheckClaims(source, findings);
  }
  return findings;
}

}  // namespace crrsim::tidy
