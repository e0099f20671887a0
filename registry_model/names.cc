#include "registry_model/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace crrsim {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

/// One path component of a repository name: alphanumerics parted by `.`, `_`, `__` or any number of `-`.
bool IsNameComponent(std::string_view text) {
  const auto alphanumeric = [](char c) { return IsDigit(c) || IsLower(c); };
  if (text.empty() || !alphanumeric(text.front()) || !alphanumeric(text.back())) return false;
  for (std::size_t i = 0; i < text.size();) {
    if (alphanumeric(text[i])) {
      ++i;
      continue;
    }
    const auto end = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(), alphanumeric);
    const auto separator = text.substr(i, static_cast<std::size_t>(end - text.begin()) - i);
    const bool dashes = std::all_of(separator.begin(), separator.end(), [](char c) { return c == '-'; });
    if (separator != "." && separator != "_" && separator != "__" && !dashes) return false;
    i += separator.size();
  }
  return true;
}

}  // namespace

Result<AccountId, ParseError> AccountId::Parse(std::string_view text) {
  if (text.size() != 12 || !std::all_of(text.begin(), text.end(), IsDigit)) {
    return ParseError{fmt::format("'{}' is not an account id; expected 12 digits", text)};
  }
  AccountId account;
  for (const char digit : text) account.number_ = account.number_ * 10 + static_cast<std::uint64_t>(digit - '0');
  return account;
}

AccountId AccountId::FromNumber(std::uint64_t number) {
  CRRSIM_CHECK(number < 1'000'000'000'000ULL, "{} has more than 12 digits", number);
  AccountId account;
  account.number_ = number;
  return account;
}

std::string AccountId::text() const { return fmt::format("{:012}", number_); }

Result<RegionName, ParseError> RegionName::Parse(std::string_view text) {
  const auto allowed = [](char c) { return IsDigit(c) || IsLower(c) || c == '-'; };
  if (text.size() < 2 || text.size() > kLengthMax || !std::all_of(text.begin(), text.end(), allowed)) {
    return ParseError{fmt::format("'{}' is not a region name; expected 2 to 25 characters of [0-9a-z-]", text)};
  }
  RegionName region;
  std::copy(text.begin(), text.end(), region.characters_.begin());
  region.length_ = static_cast<std::uint8_t>(text.size());
  return region;
}

RegionName RegionName::Decode(Reader& reader) {
  const auto text = reader.GetText();
  if (text.empty()) return {};
  auto region = Parse(text);
  if (!region) throw ArchiveError(region.error().message);
  return *region;
}

std::string ToText(const RegistryKey& registry) {
  return fmt::format("{:012}/{}", registry.account.number(), registry.region.text());
}

std::string internal::RepositoryNameKind::Problem(std::string_view text) {
  if (text.size() < 2 || text.size() > 256) {
    return fmt::format("'{}' is not a repository name; expected 2 to 256 characters, found {}", text, text.size());
  }
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find('/', start), text.size());
    if (!IsNameComponent(text.substr(start, end - start))) {
      return fmt::format(
          "'{}' is not a repository name; expected lower-case letters and digits, parted by '.', '_', '__', '-' or '/'",
          text);
    }
    start = end + 1;
  }
  return {};
}

std::string internal::TagKind::Problem(std::string_view text) {
  const auto word = [](char c) { return IsDigit(c) || IsLower(c) || IsUpper(c) || c == '_'; };
  const auto inner = [&](char c) { return word(c) || c == '.' || c == '-'; };
  if (text.empty() || text.size() > 128 || !word(text.front()) || !std::all_of(text.begin(), text.end(), inner)) {
    return fmt::format(
        "'{}' is not a tag; expected 1 to 128 characters of [a-zA-Z0-9._-], not starting with '.' or '-'", text);
  }
  return {};
}

std::string_view PartitionOf(const RegionName& region) {
  if (region.text().starts_with("cn-")) return "aws-cn";
  if (region.text().starts_with("us-gov-")) return "aws-us-gov";
  return "aws";
}

std::string_view DomainOf(const RegionName& region) {
  return PartitionOf(region) == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}

std::string RepositoryArn(const RegistryKey& registry, const RepositoryName& repository) {
  return fmt::format("arn:{}:ecr:{}:{:012}:repository/{}", PartitionOf(registry.region), registry.region.text(),
                     registry.account.number(), repository.text());
}

}  // namespace crrsim
