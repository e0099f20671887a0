#include "harness/scenario/printed_json.h"

#include <fmt/format.h>

namespace crrsim {

namespace {

using policy::JsonTree;

constexpr std::string_view kBlank = " \t\r\n";

/// Where the document that begins at `begin` ends; whether it is sound is for the parser to say.
std::size_t EndOfDocument(std::string_view text, std::size_t begin) {
  std::size_t depth = 0;
  bool in_text = false;
  for (auto i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && depth <= 1) {
      return i + 1;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return text.size();
}

}  // namespace

std::vector<PrintedJson> PrintedJson::ParseAll(const std::string& file, std::string text) {
  const auto shared = std::make_shared<const std::string>(std::move(text));
  std::vector<PrintedJson> documents;
  for (auto begin = shared->find_first_not_of(kBlank); begin != std::string::npos;) {
    const auto end = EndOfDocument(*shared, begin);
    PrintedJson document;
    document.file_ = file;
    document.file_text_ = shared;
    document.begin_ = begin;
    auto tree = JsonTree::Parse(std::string_view(*shared).substr(begin, end - begin));
    if (!tree) throw WrongJson{document.DiagnosticOf(tree.error())};
    document.tree_ = std::make_shared<const JsonTree>(*std::move(tree));
    documents.push_back(std::move(document));
    begin = shared->find_first_not_of(kBlank, end);
  }
  return documents;
}

PrintedJson::Id PrintedJson::Find(Id object, std::string_view member) const {
  if (!IsObject(object)) Refuse(object, "an object");
  return tree_->Member(object, member);
}

PrintedJson::Id PrintedJson::Required(Id object, std::string_view member, std::string_view expected) const {
  const auto found = Find(object, member);
  if (found == kNone)
    Refuse(object, fmt::format("no {}", member), fmt::format("{} as the member {}", expected, member));
  return found;
}

std::vector<PrintedJson::Id> PrintedJson::Items(Id list) const {
  if (tree_->kind(list) != JsonTree::Kind::kArray) Refuse(list, "a list");
  std::vector<Id> items;
  items.reserve(tree_->child_count(list));
  for (auto item = tree_->first_child(list); item != kNone; item = tree_->next(item)) items.push_back(item);
  return items;
}

std::string PrintedJson::Text(Id id, std::string_view expected) const {
  if (!IsText(id)) Refuse(id, expected);
  return std::string(tree_->text(id));
}

std::string PrintedJson::OptionalText(Id object, std::string_view member) const {
  const auto found = Find(object, member);
  return found == kNone ? "" : Text(found);
}

std::string PrintedJson::RequiredText(Id object, std::string_view member, std::string_view expected) const {
  const auto found = Required(object, member, expected);
  auto text = Text(found, expected);
  if (text.empty()) Refuse(found, expected);
  return text;
}

bool PrintedJson::YesNo(Id id) const {
  if (tree_->kind(id) != JsonTree::Kind::kBoolean) Refuse(id, "true or false");
  return tree_->text(id) == "true";
}

void PrintedJson::Refuse(Id id, std::string_view expected) const { Refuse(id, tree_->Describe(id), expected); }

void PrintedJson::Refuse(Id id, std::string_view found, std::string_view expected) const {
  throw WrongJson{DiagnosticOf(tree_->ErrorAt(id, JsonTree::Part::kValue, std::string(found), std::string(expected)))};
}

Diagnostic PrintedJson::DiagnosticOf(const policy::PolicyError& error) const {
  const auto first = policy::ErrorAtOffset(*file_text_, begin_, {}, {});
  const Place place{file_, first.line + error.line - 1,
                    error.line == 1 ? first.column + error.column - 1 : error.column};
  return {place, fmt::format("{}{}found {}, expected {}", error.pointer, error.pointer.empty() ? "" : ": ", error.found,
                             error.expected)};
}

}  // namespace crrsim
