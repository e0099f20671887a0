// Wildcards as ECR's settings have them: mutability exclusion filters and the tag patterns of lifecycle policies.
#pragma once

#include <string_view>

namespace crrsim {

/// Whether `*` in the filter, standing for any run of characters, makes it equal to the text.
bool MatchesWildcard(std::string_view filter, std::string_view text);

}  // namespace crrsim
