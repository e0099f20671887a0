#include "registry_model/registry/registry.h"

#include <algorithm>

namespace crrsim {

bool CreationTemplate::AppliesFor(std::string_view purpose) const {
  return std::find(applied_for.begin(), applied_for.end(), purpose) != applied_for.end();
}

const Repository* Registry::Find(const RepositoryName& name) const {
  const auto found = repositories.find(name);
  return found == repositories.end() ? nullptr : &*found->second;
}

Repository* Registry::FindMutable(const RepositoryName& name) {
  const auto found = repositories.find(name);
  return found == repositories.end() ? nullptr : &found->second.Mutable();
}

}  // namespace crrsim
