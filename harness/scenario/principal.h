// The ARN of a caller, as scenarios (`as`) and the Python package (`caller`) write it.
#pragma once

#include <string>
#include <string_view>

#include "sim/result.h"

namespace crrsim {

/// An ARN with an account of 12 digits, unchanged. On error  what was found, and an example of what is expected.
Result<std::string, ParseError> ParsePrincipal(std::string_view text);

}  // namespace crrsim
