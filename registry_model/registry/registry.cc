#include "registry_model/registry/registry.h"

#include <algorithm>

namespace crrsim {

bool CreationTemplate::AppliesFor(std::string_view purpose) const {
  return std::find(applied_for.begin(), applied_for.end(), purpose) != applied_for.end();
}

const Repository* Registry::Find(const RepositoryName& name) const { return Find(std::string_view(name.text())); }

const Repository* Registry::Find(std::string_view name) const {
  const auto* found = repositories.Find(name);
  return found == nullptr ? nullptr : &**found;
}

Repository* Registry::FindMutable(const RepositoryName& name) {
  auto* found = repositories.Find(name);
  return found == nullptr ? nullptr : &found->Mutable();
}

}  // namespace crrsim
