// A resource-based policy, parsed: what Evaluate reads.
//
// Every name, pattern, number and address in it is compiled, so one document serves any number of requests. It is
// immutable and holds no pointers into its text; share it by `std::shared_ptr<const Document>`, or copy it.
// Order: statements, entries, patterns and conditions stand as in the text.
//
// Source  IAM user guide, reference_policies_grammar; ecr-replication.md 3 (7 to 10).
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry_model/policy/condition.h"
#include "registry_model/policy/pattern.h"
#include "registry_model/policy/policy_error.h"
#include "registry_model/policy/principal.h"

namespace crrsim::policy {

enum class Effect : std::uint8_t { kAllow, kDeny };
std::string_view ToText(Effect effect);

/// `kAllBut` is what the elements beginning with Not say: NotPrincipal, NotAction, NotResource.
enum class Polarity : std::uint8_t { kListed, kAllBut };

/// The policy language. In the older one, which is the default, `${...}` is literal text.
enum class LanguageVersion : std::uint8_t { k2008, k2012 };

template <class Entry>
struct Selection {
  Polarity polarity = Polarity::kListed;
  std::vector<Entry> entries;
};

struct Statement {
  std::string sid;  // empty if there is none
  Effect effect = Effect::kDeny;
  Selection<PrincipalEntry> principals;
  Selection<Pattern> actions;
  Selection<Pattern> resources;  // all but nothing where the element was left out (ResourceElement::kOptional)
  std::vector<Condition> conditions;
};

class Document {
 public:
  /// A document without statements: it allows nothing and denies nothing.
  Document() = default;
  Document(LanguageVersion version, std::string id, std::vector<Statement> statements, std::vector<Finding> findings)
      : version_(version), id_(std::move(id)), statements_(std::move(statements)), findings_(std::move(findings)) {}

  [[nodiscard]] LanguageVersion version() const { return version_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::vector<Statement>& statements() const { return statements_; }
  /// In the order of the text.
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }

 private:
  LanguageVersion version_ = LanguageVersion::k2008;
  std::string id_;
  std::vector<Statement> statements_;
  std::vector<Finding> findings_;
};

/// Every action pattern of the document as spelt, those under NotAction included.
std::set<std::string> ActionsNamed(const Document& document);

}  // namespace crrsim::policy
