// Pages of a list: `maxResults` and `nextToken`.
//
// A token says behind which element the next page begins, so elements that come or go between two calls neither repeat
// nor hide others. It is opaque and bound to the operation and to what is listed; any other text is refused.
//
// Source  ecr-replication.md 8 (maxResults 1 to 1000), 10.3. Without maxResults a page has 100 elements, unless the
// operation says otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry_model/api_error.h"

namespace crrsim {

/// The limits of `maxResults` of an operation, and what a page has without it.
struct PageSizes {
  std::int64_t max = 1'000;
  std::int64_t when_absent = 100;
};

class Page {
 public:
  /// `scope` is what is listed, e.g. a repository's name.
  /// On error  InvalidParameterException.
  static ApiResult<Page> Open(std::string_view operation, std::string_view scope,
                              const std::optional<std::string>& token, const std::optional<std::int64_t>& max_results,
                              PageSizes sizes = {});

  [[nodiscard]] std::size_t size() const { return size_; }
  /// The key of the last element of the page before; nothing on the first page.
  [[nodiscard]] const std::optional<std::string>& after() const { return after_; }
  /// The same of a list whose keys are numbers; 0 on the first page.
  [[nodiscard]] std::uint64_t place() const;
  /// The token for the page behind the element with this key.
  [[nodiscard]] std::string TokenBehind(std::string_view last_key) const;

 private:
  std::string list_;
  std::size_t size_ = 0;
  std::optional<std::string> after_;
};

/// `maxResults` and `nextToken` beside a list of names are refused: that answer has one page.
ApiResult<Unit> RefusePaging(std::string_view list, const std::optional<std::string>& token,
                             const std::optional<std::int64_t>& max_results);

}  // namespace crrsim
