#include "registry_model/policy/pattern.h"

#include <algorithm>
#include <utility>

#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

/// `${key}` or `${key, 'default'}`, read at the front of some text.
struct VariableText {
  std::string_view name;
  std::optional<std::string_view> fallback;
  std::size_t length = 0;  // of the whole, braces included
};

/// Requires text to begin with "${". Nothing if it does not read as a variable.
std::optional<VariableText> ReadVariable(std::string_view text) {
  const std::size_t name_end = text.find_first_of(",}", 2);
  if (name_end == std::string_view::npos) return std::nullopt;
  VariableText variable;
  variable.name = TrimSpaces(text.substr(2, name_end - 2));
  if (text[name_end] == '}') {
    variable.length = name_end + 1;
    return variable;
  }
  const std::size_t open = text.find_first_not_of(' ', name_end + 1);
  if (open == std::string_view::npos || text[open] != '\'') return std::nullopt;
  // The closing quote is the first that the brace follows, so a default may hold quotes and braces of its own.
  for (std::size_t quote = text.find('\'', open + 1); quote != std::string_view::npos;
       quote = text.find('\'', quote + 1)) {
    const std::size_t brace = text.find_first_not_of(' ', quote + 1);
    if (brace == std::string_view::npos || text[brace] != '}') continue;
    variable.fallback = text.substr(open + 1, quote - open - 1);
    variable.length = brace + 1;
    return variable;
  }
  return std::nullopt;
}

bool IsSpecialCharacter(std::string_view name) { return name == "*" || name == "?" || name == "$"; }

}  // namespace

/// Cuts a pattern's text into pieces.
class Pattern::Compiler {
 public:
  Compiler(Pattern& pattern, PatternSyntax syntax) : pattern_(pattern), text_(pattern.text_), syntax_(syntax) {}

  void Compile() {
    const auto marks = static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '*'));
    pattern_.pieces_.reserve(2 * marks + 1);
    for (std::size_t at = 0; at < text_.size();) at += Next(at);
  }

 private:
  /// Adds what stands at `at`; returns its length.
  std::size_t Next(std::size_t at) {
    const bool variables = syntax_.variables == Variables::kActive && at >= syntax_.variables_from;
    if (variables && text_.substr(at, 2) == "${") {
      if (const auto variable = ReadVariable(text_.substr(at))) {
        AddVariable(*variable);
        return variable->length;
      }
    }
    const bool wildcards = syntax_.wildcards == Wildcards::kActive;
    if (wildcards && text_[at] == '*') {
      // `**` means what `*` means.
      const bool again = !pattern_.pieces_.empty() && pattern_.pieces_.back().kind == PieceKind::kAnyRun;
      if (!again) AddPiece(PieceKind::kAnyRun, at, 1);
      return 1;
    }
    if (wildcards && text_[at] == '?') {
      AddPiece(PieceKind::kOneCharacter, at, 1);
      return 1;
    }
    const std::size_t end = std::min(text_.find_first_of("*?$", at + 1), text_.size());
    AddLiteral(at, end - at);
    return end - at;
  }

  void AddPiece(PieceKind kind, std::size_t begin, std::size_t length) {
    pattern_.pieces_.push_back(
        Piece{kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(length), /*variable=*/0});
  }

  void AddLiteral(std::size_t begin, std::size_t length) {
    if (!pattern_.pieces_.empty()) {
      Piece& before = pattern_.pieces_.back();
      if (before.kind == PieceKind::kLiteral && before.begin + before.length == begin) {
        before.length += static_cast<std::uint32_t>(length);
        return;
      }
    }
    AddPiece(PieceKind::kLiteral, begin, length);
  }

  void AddVariable(const VariableText& variable) {
    const auto begin = static_cast<std::size_t>(variable.name.data() - text_.data());
    if (!variable.fallback && IsSpecialCharacter(variable.name)) {
      AddLiteral(begin, 1);
      return;
    }
    AddPiece(PieceKind::kVariable, begin, variable.name.size());
    pattern_.pieces_.back().variable = static_cast<std::uint32_t>(pattern_.variables_.size());
    pattern_.variables_.push_back({AsciiLower(variable.name), std::nullopt});
    if (variable.fallback) pattern_.variables_.back().fallback = std::string(*variable.fallback);
  }

  Pattern& pattern_;
  std::string_view text_;
  PatternSyntax syntax_;
};

Pattern Pattern::Compile(std::string_view text, PatternSyntax syntax) {
  Pattern pattern;
  pattern.text_ = text;
  pattern.letter_case_ = syntax.letter_case;
  Compiler(pattern, syntax).Compile();
  return pattern;
}

std::optional<std::string_view> Pattern::TextOf(const Piece& piece, const Context& context) const {
  if (piece.kind == PieceKind::kLiteral) return SliceOf(piece);
  const Variable& variable = variables_[piece.variable];
  if (const auto value = context.SingleValue(variable.key)) return value;
  if (variable.fallback) return *variable.fallback;
  return std::nullopt;
}

std::optional<std::size_t> Pattern::Take(const Piece& piece, std::string_view subject, std::size_t at,
                                         const Context& context) const {
  if (piece.kind == PieceKind::kOneCharacter) {
    if (at >= subject.size()) return std::nullopt;
    return CharacterLength(subject, at);
  }
  const auto wanted = TextOf(piece, context);
  if (!wanted) return std::nullopt;
  const std::string_view found = subject.substr(at, wanted->size());
  const bool equal = letter_case_ == LetterCase::kExact ? found == *wanted : EqualIgnoringAsciiCase(found, *wanted);
  if (!equal) return std::nullopt;
  return wanted->size();
}

bool Pattern::Matches(std::string_view subject, const Context& context) const {
  if (pieces_.size() == 1 && pieces_[0].kind == PieceKind::kAnyRun) return true;
  // Piece by piece; where one does not fit, the latest `*` takes one character more. An earlier `*` never has to be
  // tried again: what lies between two of them was matched as far to the left as possible.
  std::size_t piece = 0;
  std::size_t at = 0;
  std::size_t after_run = 0;  // the piece behind the latest `*`; 0 while there was none
  std::size_t run_end = 0;
  for (;;) {
    if (piece < pieces_.size() && pieces_[piece].kind == PieceKind::kAnyRun) {
      after_run = ++piece;
      run_end = at;
      if (piece < pieces_.size()) continue;
      at = subject.size();
    }
    if (piece == pieces_.size()) {
      if (at == subject.size()) return true;
    } else if (const auto taken = Take(pieces_[piece], subject, at, context)) {
      at += *taken;
      ++piece;
      continue;
    }
    if (after_run == 0 || run_end >= subject.size()) return false;
    run_end += CharacterLength(subject, run_end);
    at = run_end;
    piece = after_run;
  }
}

std::optional<std::string> Pattern::Expand(const Context& context) const {
  std::string expanded;
  for (const Piece& piece : pieces_) {
    if (piece.kind == PieceKind::kAnyRun) {
      expanded += '*';
    } else if (piece.kind == PieceKind::kOneCharacter) {
      expanded += '?';
    } else {
      const auto text = TextOf(piece, context);
      if (!text) return std::nullopt;
      expanded += *text;
    }
  }
  return expanded;
}

std::vector<std::string> Pattern::UnresolvedVariables(const Context& context) const {
  std::vector<std::string> names;
  for (const Piece& piece : pieces_) {
    if (piece.kind == PieceKind::kVariable && !TextOf(piece, context)) names.emplace_back(SliceOf(piece));
  }
  return names;
}

std::optional<ArnPattern> ArnPattern::Compile(std::string_view text, Variables variables) {
  ArnPattern pattern;
  pattern.text_ = text;
  std::size_t start = 0;
  std::size_t part = 0;
  const PatternSyntax syntax{.variables = variables};
  for (std::size_t i = 0; i < text.size() && part < 5;) {
    // The colon in `${aws:username}` parts nothing.
    if (variables == Variables::kActive && text.substr(i, 2) == "${") {
      if (const auto variable = ReadVariable(text.substr(i))) {
        i += variable->length;
        continue;
      }
    }
    if (text[i] == ':') {
      pattern.parts_[part++] = Pattern::Compile(text.substr(start, i - start), syntax);
      start = i + 1;
    }
    ++i;
  }
  if (part < 5) return std::nullopt;
  pattern.parts_[5] = Pattern::Compile(text.substr(start), syntax);
  return pattern;
}

bool ArnPattern::Matches(std::string_view subject, const Context& context) const {
  for (std::size_t part = 0; part < 5; ++part) {
    const std::size_t colon = subject.find(':');
    if (colon == std::string_view::npos || !parts_[part].Matches(subject.substr(0, colon), context)) return false;
    subject.remove_prefix(colon + 1);
  }
  return parts_[5].Matches(subject, context);
}

std::vector<std::string> ArnPattern::UnresolvedVariables(const Context& context) const {
  std::vector<std::string> names;
  for (const Pattern& part : parts_) {
    for (std::string& name : part.UnresolvedVariables(context)) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace crrsim::policy
