#include "registry_model/registry/registry.h"

#include <algorithm>

#include "sim/check.h"

namespace crrsim {

bool CreationTemplate::AppliesFor(std::string_view purpose) const {
  return std::find(applied_for.begin(), applied_for.end(), purpose) != applied_for.end();
}

const Repository* Registry::Find(const RepositoryName& name) const {
  const auto* found = repositories.Find(name);
  return found == nullptr ? nullptr : &**found;
}

const Repository* Registry::Find(std::string_view name) const {
  const auto* found = repositories.Find(name);
  return found == nullptr ? nullptr : &**found;
}

Repository* Registry::FindMutable(const RepositoryName& name) {
  auto* found = repositories.Find(name);
  return found == nullptr ? nullptr : &found->Mutable();
}

const Registry& Registries::at(const RegistryKey& key) const {
  const auto* found = Find(key);
  CRRSIM_CHECK(found != nullptr, "there is no registry {}", ToText(key));
  return *found;
}

Registry& Registries::operator[](const RegistryKey& key) {
  if (auto* found = Find(key)) return *found;
  const auto behind =
      std::upper_bound(rows_.begin(), rows_.end(), key, [](const RegistryKey& a, const Row& b) { return a < b.first; });
  auto row = rows_.emplace(behind, key, Registry());
  const auto added = row;
  for (; row != rows_.end(); ++row) {
    const auto place = static_cast<Place>(row - rows_.begin());
    places_.Emplace(row->first, place).first = place;
  }
  return added->second;
}

void Registries::Encode(Writer& writer) const { writer.Put(rows_); }

Registries Registries::Decode(Reader& reader) {
  Registries registries;
  registries.rows_ = reader.Get<std::vector<Row>>();
  for (const auto& row : registries.rows_) {
    const auto place = static_cast<Place>(&row - registries.rows_.data());
    if (place > 0 && !(registries.rows_[place - 1].first < row.first)) {
      throw ArchiveError("the registries of a world are not sorted");
    }
    registries.places_.Insert(row.first, place);
  }
  return registries;
}

}  // namespace crrsim
