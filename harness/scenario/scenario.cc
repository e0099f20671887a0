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
  // Policies and manifests stand in braces, too; the parts of a mention are words.
  constexpr std::string_view kWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  std::vector<std::string> words;
  for (std::size_t begin = 1; begin < text.size();) {
    const auto end = text.find_first_not_of(kWord, begin);
    if (end == begin || (text[end] != '.' && end + 1 != text.size())) return std::nullopt;
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (words.size() < 2) return std::nullopt;
  return AnswerMention{words.front(), {words.begin() + 1, words.end()}};
}

}  // namespace crrsim
