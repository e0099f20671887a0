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

std::optional<AnswerMention> ParseAnswerMention(const std::string& text) {
  if (!text.starts_with('{') || !text.ends_with('}')) return std::nullopt;
  // Policies and manifests stand in braces, too; a label in a mention is one word.
  constexpr std::string_view kWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  const auto dot = text.find_first_not_of(kWord, 1);
  if (dot == std::string::npos || text[dot] != '.' || dot == 1) return std::nullopt;
  if (text.find_first_not_of(kWord, dot + 1) != text.size() - 1 || dot + 2 == text.size()) return std::nullopt;
  return AnswerMention{text.substr(1, dot - 1), text.substr(dot + 1, text.size() - dot - 2)};
}

}  // namespace crrsim
