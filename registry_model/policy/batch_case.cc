#include "registry_model/policy/batch_case.h"

#include <utility>
#include <vector>

#include "registry_model/policy/json_tree.h"
#include "registry_model/policy/parse.h"
#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

using Id = JsonTree::Id;
using Kind = JsonTree::Kind;
using Part = JsonTree::Part;

PolicyError ValueError(const JsonTree& tree, Id at, std::string expected) {
  return tree.ErrorAt(at, Part::kValue, tree.Describe(at), std::move(expected));
}

Result<std::string, PolicyError> TextMember(const JsonTree& tree, std::string_view key, std::string_view expected) {
  const Id member = tree.Member(tree.root(), key);
  if (member == JsonTree::kNone) {
    return tree.ErrorAt(tree.root(), Part::kValue, std::string("no ").append(key), std::string(expected));
  }
  if (tree.kind(member) != Kind::kString) return ValueError(tree, member, std::string(expected));
  return std::string(tree.text(member));
}

/// The values of one key; the error's expectation if there is one.
Result<std::vector<std::string>, PolicyError> ContextValues(const JsonTree& tree, Id key) {
  std::vector<std::string> values;
  const bool list = tree.kind(key) == Kind::kArray;
  if (tree.kind(key) == Kind::kNull) return values;
  for (Id value = list ? tree.first_child(key) : key; value != JsonTree::kNone;
       value = list ? tree.next(value) : JsonTree::kNone) {
    const Kind kind = tree.kind(value);
    if (kind == Kind::kNull || kind == Kind::kArray || kind == Kind::kObject) {
      return ValueError(tree, value, "text, a number, true or false, or a list of these");
    }
    values.emplace_back(tree.text(value));
  }
  return values;
}

Result<Context, PolicyError> ReadContext(const JsonTree& tree) {
  const Id object = tree.Member(tree.root(), "context");
  Context context;
  if (object == JsonTree::kNone) return context;
  if (tree.kind(object) != Kind::kObject) return ValueError(tree, object, "an object of context keys");
  for (Id key = tree.first_child(object); key != JsonTree::kNone; key = tree.next(key)) {
    auto values = ContextValues(tree, key);
    if (!values) return values.error();
    context.Set(tree.key(key), *std::move(values));
  }
  return context;
}

}  // namespace

Result<BatchCase, PolicyError> ParseBatchCase(std::string_view line) {
  const auto tree = JsonTree::Parse(line);
  if (!tree) return tree.error();
  const Id root = tree->root();
  if (tree->kind(root) != Kind::kObject) return ValueError(*tree, root, "an object with policy, principal and action");
  const Id policy = tree->Member(root, "policy");
  if (policy == JsonTree::kNone) return tree->ErrorAt(root, Part::kValue, "no policy", "a policy");

  auto document =
      CompileDocument(*tree, policy, {ResourceElement::kOptional, RefusedByAws::kFinding, Findings::kDropped});
  if (!document) return document.error();
  auto principal_text = TextMember(*tree, "principal", "the principal, as text");
  if (!principal_text) return principal_text.error();
  auto principal = Principal::Parse(*principal_text);
  if (!principal) {
    return tree->ErrorAt(tree->Member(root, "principal"), Part::kValue, Quote(*principal_text),
                         principal.error().message);
  }
  auto action = TextMember(*tree, "action", "the action, as text");
  if (!action) return action.error();
  auto resource = TextMember(*tree, "resource", "the resource's ARN, as text");
  if (!resource) return resource.error();
  auto context = ReadContext(*tree);
  if (!context) return context.error();
  return BatchCase{*std::move(document),
                   Request{*std::move(principal), *std::move(action), *std::move(resource), *std::move(context)}};
}

}  // namespace crrsim::policy
