#include "registry_model/registry/resource_policy.h"

#include "registry_model/policy/parse.h"

namespace crrsim {

template <PolicyHolder holder>
Result<ResourcePolicy<holder>, ParseError> ResourcePolicy<holder>::Parse(std::string text) {
  constexpr auto kResource =
      holder == PolicyHolder::kRegistry ? policy::ResourceElement::kRequired : policy::ResourceElement::kOptional;
  auto document = policy::ParseDocument(text, {.resource = kResource, .findings = policy::Findings::kDropped});
  if (!document) return ParseError{policy::ToText(document.error())};
  return ResourcePolicy(std::move(text), std::make_shared<const policy::Document>(*std::move(document)));
}

template <PolicyHolder holder>
ResourcePolicy<holder> ResourcePolicy<holder>::Decode(Reader& reader) {
  auto policy = Parse(std::string(reader.GetText()));
  if (!policy) throw ArchiveError(policy.error().message);
  return *std::move(policy);
}

template class ResourcePolicy<PolicyHolder::kRegistry>;
template class ResourcePolicy<PolicyHolder::kRepository>;

}  // namespace crrsim
