// JSON that the aws cli printed, read so that every mistake has its file, line, column and JSON pointer.
//
// A file may hold several documents one behind the other, as pages appended to it. Keys that stand twice in an object
// are refused, as for policies (registry_model/policy/json_tree.h). Members that nobody asks for are passed over.
//
// On error  the lookups throw WrongJson, for whoever reads a document to catch once.
//
//   for (const auto& document : PrintedJson::ParseAll(file, text))
//     for (const auto shape : document.List(document.root(), "repositories")) document.RequiredText(shape,
//     "repositoryName");
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/place.h"
#include "registry_model/policy/json_tree.h"

namespace crrsim {

/// `file:line:column: POINTER: found ..., expected ...`
struct WrongJson {
  Diagnostic what;
};

class PrintedJson {
 public:
  using Id = policy::JsonTree::Id;
  static constexpr Id kNone = policy::JsonTree::kNone;

  /// All documents of a file; none of a blank one.
  static std::vector<PrintedJson> ParseAll(const std::string& file, std::string text);

  [[nodiscard]] Id root() const { return tree_->root(); }
  [[nodiscard]] bool IsObject(Id id) const { return tree_->kind(id) == policy::JsonTree::Kind::kObject; }
  [[nodiscard]] bool IsText(Id id) const { return tree_->kind(id) == policy::JsonTree::Kind::kString; }
  [[nodiscard]] bool IsNull(Id id) const { return tree_->kind(id) == policy::JsonTree::Kind::kNull; }
  /// A member of an object; kNone where there is none.
  [[nodiscard]] Id Find(Id object, std::string_view member) const;
  /// As Find, and the member has to be there. `expected` is what it would be.
  [[nodiscard]] Id Required(Id object, std::string_view member, std::string_view expected) const;
  /// What is in a list.
  [[nodiscard]] std::vector<Id> Items(Id list) const;
  /// The items of a member that has to be there and a list.
  [[nodiscard]] std::vector<Id> List(Id object, std::string_view member) const {
    return Items(Required(object, member, "a list"));
  }
  /// The characters of a text.
  [[nodiscard]] std::string Text(Id id, std::string_view expected = "text") const;
  /// The characters of a member; empty where there is none.
  [[nodiscard]] std::string OptionalText(Id object, std::string_view member) const;
  /// ... which has to be there and not empty.
  [[nodiscard]] std::string RequiredText(Id object, std::string_view member, std::string_view expected = "text") const;
  [[nodiscard]] bool YesNo(Id id) const;

  /// Says what is wrong at a value.
  [[noreturn]] void Refuse(Id id, std::string_view expected) const;
  [[noreturn]] void Refuse(Id id, std::string_view found, std::string_view expected) const;

 private:
  PrintedJson() = default;
  [[nodiscard]] Diagnostic DiagnosticOf(const policy::PolicyError& error) const;

  std::string file_;
  std::shared_ptr<const std::string> file_text_;
  std::size_t begin_ = 0;  // of the document, in the file's text
  std::shared_ptr<const policy::JsonTree> tree_;
};

}  // namespace crrsim
