#include "registry_model/policy/context.h"

#include <algorithm>
#include <utility>

#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

bool KeyBefore(const Context::Entry& entry, std::string_view key) { return entry.key < key; }

}  // namespace

Context::Context(std::initializer_list<std::pair<std::string_view, std::vector<std::string>>> keys) {
  for (const auto& [name, values] : keys) Set(name, values);
}

void Context::Set(std::string_view name, std::vector<std::string> values) {
  std::string key = AsciiLower(name);
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), key, KeyBefore);
  if (place != entries_.end() && place->key == key) {
    place->name = name;
    place->values = std::move(values);
    return;
  }
  entries_.insert(place, Entry{std::move(key), std::string(name), std::move(values)});
}

const std::vector<std::string>* Context::Find(std::string_view lower_case_key) const {
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), lower_case_key, KeyBefore);
  if (place == entries_.end() || place->key != lower_case_key || place->values.empty()) return nullptr;
  return &place->values;
}

std::optional<std::string_view> Context::SingleValue(std::string_view lower_case_key) const {
  const auto* values = Find(lower_case_key);
  if (values == nullptr || values->size() != 1) return std::nullopt;
  return values->front();
}

}  // namespace crrsim::policy
