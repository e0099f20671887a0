#include "registry_model/policy/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "registry_model/policy/text.h"
#include "sim/nearest_name.h"

namespace crrsim::policy {

namespace {

using Id = JsonTree::Id;
using Kind = JsonTree::Kind;
using Part = JsonTree::Part;
constexpr Id kNone = JsonTree::kNone;

constexpr std::array<std::string_view, 3> kDocumentElements = {"Version", "Id", "Statement"};
constexpr std::array<std::string_view, 9> kStatementElements = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kPairs = {
    {{"Principal", "NotPrincipal"}, {"Action", "NotAction"}, {"Resource", "NotResource"}}};
constexpr std::array<std::string_view, 2> kVersions = {"2012-10-17", "2008-10-17"};
constexpr std::array<std::string_view, 2> kEffects = {"Allow", "Deny"};
constexpr std::array<std::string_view, 4> kPrincipalTypes = {"AWS", "Service", "Federated", "CanonicalUser"};

/// The byte behind the fifth colon, from where a Resource may hold variables; the length if there are fewer.
std::size_t ResourcePartOf(std::string_view arn) {
  std::size_t at = 0;
  for (int colon = 0; colon < 5; ++colon) {
    at = arn.find(':', at);
    if (at == std::string_view::npos) return arn.size();
    ++at;
  }
  return at;
}

/// Reads one document. Each step returns false once an error is set, and then nothing else is read.
class DocumentCompiler {
 public:
  DocumentCompiler(const JsonTree& tree, ParseOptions options) : tree_(tree), options_(options) {}

  Result<Document, PolicyError> Compile(Id policy) {
    if (!ReadDocument(policy)) return *std::move(error_);
    return Document(version_, std::move(id_), std::move(statements_), std::move(findings_));
  }

 private:
  bool Fail(Id at, Part part, std::string found, std::string expected, std::string nearest = {}) {
    error_ = tree_.ErrorAt(at, part, std::move(found), std::move(expected), std::move(nearest));
    return false;
  }
  bool FailValue(Id at, std::string expected, std::string nearest = {}) {
    return Fail(at, Part::kValue, tree_.Describe(at), std::move(expected), std::move(nearest));
  }
  /// Something that AWS would not store.
  bool Refuse(Id at, std::string found, std::string expected, std::string nearest = {}) {
    if (options_.refused == RefusedByAws::kError) {
      return Fail(at, Part::kValue, std::move(found), std::move(expected), std::move(nearest));
    }
    Note(FindingKind::kRefusedByAws, at, std::move(found), std::move(expected));
    return true;
  }
  void Note(FindingKind kind, Id at, std::string found, std::string expected) {
    if (options_.findings == Findings::kDropped) return;
    findings_.push_back({kind, tree_.ErrorAt(at, Part::kValue, std::move(found), std::move(expected))});
  }

  bool FailUnknownKey(Id at, std::span<const std::string_view> known) {
    return Fail(at, Part::kKey, fmt::format("the element {}", Quote(tree_.key(at))),
                fmt::format("one of {}", fmt::join(known, ", ")), NearestName(tree_.key(at), known).value_or(""));
  }
  bool ExpectText(Id at, std::string_view expected) {
    return tree_.kind(at) == Kind::kString || FailValue(at, std::string(expected));
  }
  bool ExpectOneOf(Id at, std::span<const std::string_view> known) {
    const std::string_view text = tree_.text(at);
    if (tree_.kind(at) == Kind::kString && std::find(known.begin(), known.end(), text) != known.end()) return true;
    return FailValue(at, fmt::format("\"{}\"", fmt::join(known, "\" or \"")), NearestName(text, known).value_or(""));
  }
  /// Calls `read` for one text or for each of a list.
  template <class Read>
  bool ForEachText(Id value, std::string_view expected, const Read& read) {
    if (tree_.kind(value) != Kind::kArray) return ExpectText(value, expected) && read(value);
    if (tree_.child_count(value) == 0 && !Refuse(value, "an empty list", fmt::format("{} at least", expected))) {
      return false;
    }
    for (Id item = tree_.first_child(value); item != kNone; item = tree_.next(item)) {
      if (!ExpectText(item, expected) || !read(item)) return false;
    }
    return true;
  }

  bool ReadDocument(Id policy);
  bool ReadStatements(Id value);
  bool ReadStatement(Id value);
  bool CheckElements(Id statement);
  bool ReadElement(Id element, Statement& statement);
  bool ReadSid(Id value, Statement& statement);
  bool ReadPrincipals(Id value, Selection<PrincipalEntry>& principals);
  bool ReadPrincipalNames(Id names, Selection<PrincipalEntry>& principals);
  bool ReadActions(Id value, Selection<Pattern>& actions);
  bool ReadResources(Id value, Selection<Pattern>& resources);
  bool ReadConditions(Id value, Statement& statement);
  bool ReadCondition(Id operation, Id key, Statement& statement);
  void NoteConditionValues(Id values, const Condition& condition);
  void NoteVariables(Id value, std::size_t variables_from);

  [[nodiscard]] Variables variables() const {
    return version_ == LanguageVersion::k2012 ? Variables::kActive : Variables::kLiteral;
  }

  const JsonTree& tree_;
  ParseOptions options_;
  LanguageVersion version_ = LanguageVersion::k2008;
  std::string id_;
  std::vector<Statement> statements_;
  std::vector<Finding> findings_;
  std::optional<PolicyError> error_;
};

bool DocumentCompiler::ReadDocument(Id policy) {
  if (tree_.kind(policy) != Kind::kObject) return FailValue(policy, "a policy: an object with Version and Statement");
  // The version says how statements are read, wherever it stands.
  Id statement = kNone;
  for (Id element = tree_.first_child(policy); element != kNone; element = tree_.next(element)) {
    const std::string_view name = tree_.key(element);
    if (name == "Version") {
      if (!ExpectOneOf(element, kVersions)) return false;
      version_ = tree_.text(element) == kVersions[0] ? LanguageVersion::k2012 : LanguageVersion::k2008;
    } else if (name == "Id") {
      if (!ExpectText(element, "the policy's id, as text")) return false;
      id_ = tree_.text(element);
    } else if (name == "Statement") {
      statement = element;
    } else {
      return FailUnknownKey(element, kDocumentElements);
    }
  }
  if (statement == kNone) return Fail(policy, Part::kValue, "no Statement", "one statement or a list of them");
  return ReadStatements(statement);
}

bool DocumentCompiler::ReadStatements(Id value) {
  if (tree_.kind(value) == Kind::kObject) return ReadStatement(value);
  if (tree_.kind(value) != Kind::kArray) return FailValue(value, "one statement (an object) or a list of them");
  if (tree_.child_count(value) == 0 && !Refuse(value, "an empty list", "one statement at least")) return false;
  for (Id item = tree_.first_child(value); item != kNone; item = tree_.next(item)) {
    if (!ReadStatement(item)) return false;
  }
  return true;
}

bool DocumentCompiler::ReadStatement(Id value) {
  if (tree_.kind(value) != Kind::kObject) return FailValue(value, "a statement (an object)");
  if (!CheckElements(value)) return false;
  Statement statement;
  statement.resources.polarity = Polarity::kAllBut;  // of nothing, unless an element says otherwise
  for (Id element = tree_.first_child(value); element != kNone; element = tree_.next(element)) {
    if (!ReadElement(element, statement)) return false;
  }
  const Id not_principal = tree_.Member(value, "NotPrincipal");
  if (not_principal != kNone && statement.effect == Effect::kAllow &&
      !Refuse(not_principal, "NotPrincipal with the effect Allow", "Principal, or the effect Deny")) {
    return false;
  }
  statements_.push_back(std::move(statement));
  return true;
}

/// Every element is known, none contradicts another and none is missing.
bool DocumentCompiler::CheckElements(Id statement) {
  for (Id element = tree_.first_child(statement); element != kNone; element = tree_.next(element)) {
    const std::string_view name = tree_.key(element);
    if (std::find(kStatementElements.begin(), kStatementElements.end(), name) == kStatementElements.end()) {
      return FailUnknownKey(element, kStatementElements);
    }
  }
  if (tree_.Member(statement, "Effect") == kNone) {
    return Fail(statement, Part::kValue, "no Effect", "the Effect \"Allow\" or \"Deny\"");
  }
  for (const auto& [plain, negated] : kPairs) {
    const Id plain_element = tree_.Member(statement, plain);
    const Id negated_element = tree_.Member(statement, negated);
    if (plain_element != kNone && negated_element != kNone) {
      return Fail(std::max(plain_element, negated_element), Part::kKey, fmt::format("both {} and {}", plain, negated),
                  "one of them");
    }
    const bool optional = plain == "Resource" && options_.resource == ResourceElement::kOptional;
    if (plain_element == kNone && negated_element == kNone && !optional) {
      return Fail(statement, Part::kValue, fmt::format("no {}", plain), fmt::format("{} or {}", plain, negated));
    }
  }
  return true;
}

bool DocumentCompiler::ReadElement(Id element, Statement& statement) {
  std::string_view name = tree_.key(element);
  Polarity polarity = Polarity::kListed;
  if (name.starts_with("Not")) {
    polarity = Polarity::kAllBut;
    name.remove_prefix(3);
  }
  if (name == "Sid") return ReadSid(element, statement);
  if (name == "Condition") return ReadConditions(element, statement);
  if (name == "Effect") {
    if (!ExpectOneOf(element, kEffects)) return false;
    statement.effect = tree_.text(element) == kEffects[0] ? Effect::kAllow : Effect::kDeny;
    return true;
  }
  if (name == "Principal") {
    statement.principals.polarity = polarity;
    return ReadPrincipals(element, statement.principals);
  }
  if (name == "Action") {
    statement.actions.polarity = polarity;
    return ReadActions(element, statement.actions);
  }
  statement.resources.polarity = polarity;
  return ReadResources(element, statement.resources);
}

bool DocumentCompiler::ReadSid(Id value, Statement& statement) {
  if (!ExpectText(value, "the statement's id, as text")) return false;
  statement.sid = tree_.text(value);
  const bool again =
      !statement.sid.empty() && std::any_of(statements_.begin(), statements_.end(),
                                            [&](const Statement& earlier) { return earlier.sid == statement.sid; });
  return !again || Refuse(value, fmt::format("{} again", Quote(statement.sid)), "each Sid once");
}

bool DocumentCompiler::ReadPrincipals(Id value, Selection<PrincipalEntry>& principals) {
  constexpr std::string_view kExpected =
      R"("*", or an object such as {"AWS": "arn:aws:iam::111122223333:root"} or {"Service": "ecr.amazonaws.com"})";
  if (tree_.kind(value) == Kind::kString && tree_.text(value) == "*") {
    principals.entries.push_back(PrincipalEntry::Everyone());
    return true;
  }
  if (tree_.kind(value) != Kind::kObject) return FailValue(value, std::string(kExpected));
  if (tree_.child_count(value) == 0 && !Refuse(value, "an empty object", std::string(kExpected))) return false;
  for (Id names = tree_.first_child(value); names != kNone; names = tree_.next(names)) {
    if (!ReadPrincipalNames(names, principals)) return false;
  }
  return true;
}

bool DocumentCompiler::ReadPrincipalNames(Id names, Selection<PrincipalEntry>& principals) {
  const auto type = ParsePrincipalType(tree_.key(names));
  if (!type) return FailUnknownKey(names, kPrincipalTypes);
  return ForEachText(names, "the name of a principal", [&](Id name) {
    auto entry = PrincipalEntry::Compile(*type, tree_.text(name));
    if (!entry.problem().empty() && !Refuse(name, tree_.Describe(name), entry.problem())) return false;
    if (entry.deleted()) {
      Note(FindingKind::kNeverMatches, name, fmt::format("{}, the id of a deleted user or role", tree_.Describe(name)),
           "the ARN of a principal that exists");
    }
    principals.entries.push_back(std::move(entry));
    return true;
  });
}

bool DocumentCompiler::ReadActions(Id value, Selection<Pattern>& actions) {
  constexpr std::string_view kExpected = "an action such as \"ecr:ReplicateImage\" or \"ecr:*\", or \"*\"";
  return ForEachText(value, kExpected, [&](Id action) {
    const std::string_view text = tree_.text(action);
    const std::size_t colon = text.find(':');
    const bool sound = text == "*" || (colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
                                       text.find(':', colon + 1) == std::string_view::npos);
    if (!sound && !Refuse(action, tree_.Describe(action), std::string(kExpected))) return false;
    actions.entries.push_back(Pattern::Compile(text, {.letter_case = LetterCase::kIgnored}));
    return true;
  });
}

bool DocumentCompiler::ReadResources(Id value, Selection<Pattern>& resources) {
  constexpr std::string_view kExpected = "an ARN such as \"arn:aws:ecr:us-west-2:111122223333:repository/*\", or \"*\"";
  return ForEachText(value, kExpected, [&](Id resource) {
    const std::string_view text = tree_.text(resource);
    if (text != "*" && !text.starts_with("arn:") &&
        !Refuse(resource, tree_.Describe(resource), std::string(kExpected))) {
      return false;
    }
    const std::size_t variables_from = ResourcePartOf(text);
    NoteVariables(resource, variables_from);
    resources.entries.push_back(Pattern::Compile(text, {.variables = variables(), .variables_from = variables_from}));
    return true;
  });
}

bool DocumentCompiler::ReadConditions(Id value, Statement& statement) {
  if (tree_.kind(value) != Kind::kObject) return FailValue(value, "an object of condition operators");
  for (Id operation = tree_.first_child(value); operation != kNone; operation = tree_.next(operation)) {
    const std::string_view name = tree_.key(operation);
    if (!ParseOperator(name)) {
      return Fail(operation, Part::kKey, Quote(name), "a condition operator such as StringEquals or ArnLike",
                  NearestOperator(name).value_or(""));
    }
    if (tree_.kind(operation) != Kind::kObject) return FailValue(operation, "an object of condition keys");
    for (Id key = tree_.first_child(operation); key != kNone; key = tree_.next(key)) {
      if (!ReadCondition(operation, key, statement)) return false;
    }
  }
  return true;
}

bool DocumentCompiler::ReadCondition(Id operation, Id key, Statement& statement) {
  std::vector<std::string> values;
  const auto read = [&](Id value) {
    const Kind kind = tree_.kind(value);
    if (kind == Kind::kNull || kind == Kind::kArray || kind == Kind::kObject) {
      return FailValue(value, "text, a number, true or false, or a list of these");
    }
    values.emplace_back(tree_.text(value));
    return true;
  };
  if (tree_.kind(key) != Kind::kArray) {
    if (!read(key)) return false;
  } else {
    if (tree_.child_count(key) == 0 && !Refuse(key, "an empty list", "one value at least")) return false;
    for (Id value = tree_.first_child(key); value != kNone; value = tree_.next(value)) {
      if (!read(value)) return false;
    }
  }
  auto condition = Condition::Compile(tree_.key(operation), tree_.key(key), std::move(values), variables());
  NoteConditionValues(key, condition);
  for (Id earlier = tree_.first_child(operation); earlier != key; earlier = tree_.next(earlier)) {
    if (EqualIgnoringAsciiCase(tree_.key(earlier), tree_.key(key))) {
      Note(FindingKind::kSurprising, key, fmt::format("the key {} twice but for letter case", Quote(tree_.key(key))),
           "each key once: names of keys have no case, and both must hold");
    }
  }
  statement.conditions.push_back(std::move(condition));
  return true;
}

void DocumentCompiler::NoteConditionValues(Id values, const Condition& condition) {
  if (options_.findings == Findings::kDropped) return;
  std::vector<Id> ids;
  if (tree_.kind(values) == Kind::kArray) {
    for (Id value = tree_.first_child(values); value != kNone; value = tree_.next(value)) ids.push_back(value);
  } else {
    ids.push_back(values);
  }
  for (const Id value : ids) NoteVariables(value, 0);
  for (const std::size_t place : condition.UnreadableValues()) {
    Note(FindingKind::kNeverMatches, ids[place], tree_.Describe(ids[place]), std::string(condition.ExpectedValue()));
  }
}

void DocumentCompiler::NoteVariables(Id value, std::size_t variables_from) {
  if (options_.findings == Findings::kDropped) return;
  const std::size_t variable = tree_.text(value).find("${");
  if (variable == std::string_view::npos) return;
  if (version_ == LanguageVersion::k2008) {
    Note(FindingKind::kSurprising, value, fmt::format("{}, literal text in this version", tree_.Describe(value)),
         "\"Version\": \"2012-10-17\", where variables are substituted");
  } else if (variable < variables_from) {
    Note(FindingKind::kSurprising, value, fmt::format("{}, where it is literal text", tree_.Describe(value)),
         "variables only behind the fifth colon of an ARN");
  }
}

}  // namespace

Result<Document, PolicyError> CompileDocument(const JsonTree& tree, JsonTree::Id policy, ParseOptions options) {
  return DocumentCompiler(tree, options).Compile(policy);
}

Result<Document, PolicyError> ParseDocument(std::string_view json_text, ParseOptions options) {
  const auto tree = JsonTree::Parse(json_text);
  if (!tree) return tree.error();
  return CompileDocument(*tree, tree->root(), options);
}

}  // namespace crrsim::policy
