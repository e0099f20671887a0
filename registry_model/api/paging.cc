#include "registry_model/api/paging.h"

#include <charconv>

#include "registry_model/api/base64.h"
#include "registry_model/api/validate.h"
#include "registry_model/policy/base64.h"
#include "sim/digest.h"

namespace crrsim {

namespace {

constexpr std::size_t kSealLength = 32;

/// Ties a key to its list: 32 characters.
std::string Seal(std::string_view list, std::string_view key) {
  return ToText(HashBytes(fmt::format("{}\n{}", list, key)));
}

}  // namespace

ApiResult<Page> Page::Open(std::string_view operation, std::string_view scope, const std::optional<std::string>& token,
                           const std::optional<std::int64_t>& max_results, PageSizes sizes) {
  Page page;
  page.list_ = fmt::format("{}\n{}", operation, scope);
  const auto size = max_results.value_or(sizes.when_absent);
  if (auto sound = CheckRange("maxResults", "value", size, 1, sizes.max); !sound) return sound.error();
  page.size_ = static_cast<std::size_t>(size);
  if (!token) return page;

  const auto text = policy::DecodeBase64(*token);
  if (!text || text->size() < kSealLength ||
      text->substr(0, kSealLength) != Seal(page.list_, std::string_view(*text).substr(kSealLength))) {
    return InvalidParameter("nextToken", fmt::format("the token was not given by {} for this list", operation));
  }
  page.after_ = text->substr(kSealLength);
  return page;
}

std::uint64_t Page::place() const {
  std::uint64_t place = 0;
  if (after_) std::from_chars(after_->data(), after_->data() + after_->size(), place);
  return place;
}

std::string Page::TokenBehind(std::string_view last_key) const {
  return EncodeBase64(Seal(list_, last_key) + std::string(last_key));
}

ApiResult<Unit> RefusePaging(std::string_view list, const std::optional<std::string>& token,
                             const std::optional<std::int64_t>& max_results) {
  for (const auto& [name, is_given] :
       {std::pair{"nextToken", token.has_value()}, {"maxResults", max_results.has_value()}}) {
    if (is_given) return InvalidParameter(name, fmt::format("cannot be used together with {}", list));
  }
  return Unit{};
}

}  // namespace crrsim
