#include "registry_model/registry/wildcard.h"

namespace crrsim {

bool MatchesWildcard(std::string_view filter, std::string_view text) {
  std::size_t at = 0;
  std::size_t taken = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_taken = 0;
  while (taken < text.size()) {
    if (at < filter.size() && filter[at] == '*') {
      star = at++;
      star_taken = taken;
    } else if (at < filter.size() && filter[at] == text[taken]) {
      ++at;
      ++taken;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      taken = ++star_taken;
    } else {
      return false;
    }
  }
  return filter.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace crrsim
