// A policy on a registry or a repository: the text as it was put, and the same parsed once.
//
// Immutable and shared. Only text that the API accepted becomes one, so reading a saved one cannot fail but by a
// Defect.
//
//   auto policy = RegistryPolicy::Parse(text);
//   if (!policy) return policy.error();
//
// Source  ecr-replication.md 3 (11 to 13), 10.3.
#pragma once

#include <memory>
#include <string>

#include "registry_model/policy/document.h"
#include "sim/archive.h"
#include "sim/result.h"

namespace crrsim {

enum class PolicyHolder : std::uint8_t { kRegistry, kRepository };

/// A registry's statements name resources; a repository's need not, since they mean the repository.
template <PolicyHolder holder>
class ResourcePolicy {
 public:
  /// On error  says where in the text the policy is wrong.
  static Result<ResourcePolicy, ParseError> Parse(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const policy::Document& document() const { return *document_; }

  friend bool operator==(const ResourcePolicy& a, const ResourcePolicy& b) { return a.text_ == b.text_; }
  void Encode(Writer& writer) const { writer.PutText(text_); }
  static ResourcePolicy Decode(Reader& reader);

 private:
  ResourcePolicy(std::string text, std::shared_ptr<const policy::Document> document)
      : text_(std::move(text)), document_(std::move(document)) {}

  std::string text_;
  std::shared_ptr<const policy::Document> document_;
};

using RegistryPolicy = ResourcePolicy<PolicyHolder::kRegistry>;
using RepositoryPolicy = ResourcePolicy<PolicyHolder::kRepository>;

extern template class ResourcePolicy<PolicyHolder::kRegistry>;
extern template class ResourcePolicy<PolicyHolder::kRepository>;

}  // namespace crrsim
