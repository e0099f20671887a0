#include "harness/test/support/tidy/source_text.h"

#include <cctype>
#include <utility>

namespace crrsim::tidy {

namespace {

bool IsNameCharacter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool IsKeywordBeforeCall(std::string_view word) {
  return word == "return" || word == "co_return" || word == "co_yield" || word == "else" || word == "case";
}

/// Walks over a text and sorts its characters into code and comments.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<Line> Split() {
    while (at_ < text_.size()) {
      Step();
    }
    if (!line_.raw.empty()) {
      EndLine();
    }
    return std::move(lines_);
  }

 private:
  enum class State { kCode, kLineComment, kBlockComment, kString, kCharacter, kRawString };

  void Step() {
    char c = text_[at_];
    if (c == '\n') {
      if (state_ == State::kLineComment) {
        state_ = State::kCode;
      }
      EndLine();
      ++at_;
      return;
    }
    switch (state_) {
      case State::kCode:
        return StepCode(c);
      case State::kLineComment:
        return TakeComment(1);
      case State::kBlockComment:
        return StepBlockComment();
      case State::kString:
        return StepLiteral(c, '"');
      case State::kCharacter:
        return StepLiteral(c, '\'');
      case State::kRawString:
        return StepRawString();
    }
  }

  void StepCode(char c) {
    if (Ahead("//")) {
      state_ = State::kLineComment;
      TakeBlank(2);
    } else if (Ahead("/*")) {
      state_ = State::kBlockComment;
      TakeBlank(2);
    } else if (c == '"' && at_ > 0 && text_[at_ - 1] == 'R') {
      std::size_t open = text_.find('(', at_);
      raw_end_ = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
      state_ = State::kRawString;
      TakeCode(1);
    } else if (c == '"') {
      state_ = State::kString;
      TakeCode(1);
    } else if (c == '\'' && (at_ == 0 || !IsNameCharacter(text_[at_ - 1]))) {
      state_ = State::kCharacter;  // after a digit it separates: 1'000
      TakeCode(1);
    } else {
      TakeCode(1);
    }
  }

  void StepBlockComment() {
    if (Ahead("*/")) {
      state_ = State::kCode;
      TakeBlank(2);
    } else {
      TakeComment(1);
    }
  }

  void StepLiteral(char c, char quote) {
    if (c == '\\') {
      TakeBlank(2);
    } else if (c == quote) {
      state_ = State::kCode;
      TakeCode(1);
    } else {
      TakeBlank(1);
    }
  }

  void StepRawString() {
    if (Ahead(raw_end_)) {
      state_ = State::kCode;
      TakeBlank(raw_end_.size() - 1);
      TakeCode(1);
    } else {
      TakeBlank(1);
    }
  }

  [[nodiscard]] bool Ahead(std::string_view wanted) const { return text_.substr(at_).starts_with(wanted); }

  void TakeCode(std::size_t count) {
    line_.raw += text_.substr(at_, count);
    line_.code += text_.substr(at_, count);
    at_ += count;
  }
  void TakeBlank(std::size_t count) {
    std::string_view taken = text_.substr(at_, count);
    line_.raw += taken;
    line_.code.append(taken.size(), ' ');
    at_ += taken.size();
  }
  void TakeComment(std::size_t count) {
    line_.comment += text_.substr(at_, count);
    TakeBlank(count);
  }
  void EndLine() { lines_.push_back(std::exchange(line_, Line())); }

  std::string_view text_;
  std::size_t at_ = 0;
  State state_ = State::kCode;
  std::string raw_end_;
  Line line_;
  std::vector<Line> lines_;
};

/// Where the qualifier of the identifier at `begin` begins: `a.b`, `std::c`, `::d`.
std::size_t QualifierBegin(std::string_view code, std::size_t begin) {
  std::size_t at = begin;
  while (at > 0) {
    std::string_view before = code.substr(0, at);
    if (before.ends_with("::")) {
      at -= 2;
      while (at > 0 && IsNameCharacter(code[at - 1])) {
        --at;
      }
    } else if (before.ends_with("->")) {
      return at - 2;
    } else if (before.ends_with(".") && !before.ends_with("...")) {
      return at - 1;
    } else {
      break;
    }
  }
  return at;
}

bool FollowsName(std::string_view code, std::size_t begin) {
  std::size_t end = begin;
  while (end > 0 && code[end - 1] == ' ') {
    --end;
  }
  std::size_t start = end;
  while (start > 0 && IsNameCharacter(code[start - 1])) {
    --start;
  }
  return start < end && !IsKeywordBeforeCall(code.substr(start, end - start));
}

}  // namespace

std::vector<Word> WordsOf(std::string_view code) {
  std::vector<Word> words;
  std::size_t at = 0;
  while (at < code.size()) {
    if (!IsNameCharacter(code[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < code.size() && IsNameCharacter(code[end])) {
      ++end;
    }
    if (std::isdigit(static_cast<unsigned char>(code[at])) == 0) {
      std::size_t qualified = QualifierBegin(code, at);
      std::size_t rest = code.find_first_not_of(' ', end);
      words.push_back({.text = code.substr(at, end - at),
                       .qualifier = code.substr(qualified, at - qualified),
                       .rest = rest == std::string_view::npos ? std::string_view() : code.substr(rest),
                       .after_name = qualified == at && FollowsName(code, at)});
    }
    at = end;
  }
  return words;
}

SourceText::SourceText(std::string path, std::string_view text)
    : path_(std::move(path)), lines_(Splitter(text).Split()) {}

}  // namespace crrsim::tidy
