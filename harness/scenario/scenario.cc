#include "harness/scenario/scenario.h"

#include <fmt/format.h>

namespace crrsim {

std::string ToText(const ImageReference& reference) {
  return reference.tag ? fmt::format("{}:{}", reference.repository.text(), reference.tag->text())
                       : fmt::format("{}@{}", reference.repository.text(), reference.digest->short_text());
}

std::string NumberedTag(const std::string& tag, std::int64_t n) {
  constexpr std::string_view kMark = "{n}";
  const auto place = tag.find(kMark);
  if (place == std::string::npos) return tag;
  return fmt::format("{}{}{}", tag.substr(0, place), n, tag.substr(place + kMark.size()));
}

const ImageSpec* Scenario::FindImage(const std::string& name) const {
  for (const auto& image : images) {
    if (image.name == name) return &image;
  }
  return nullptr;
}

std::string Scenario::NameOf(const AccountId& account) const {
  for (const auto& known : accounts) {
    if (known.id == account) return known.nickname;
  }
  return account.text();
}

std::string Scenario::NameOf(const RegistryKey& registry) const {
  if (accounts.size() == 1 && accounts.front().id == registry.account) return std::string(registry.region.text());
  return fmt::format("{}/{}", NameOf(registry.account), registry.region.text());
}

}  // namespace crrsim
