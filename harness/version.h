// Which crrsim this is.
//
// The text is for people and for reports: nothing that a run computes may depend on it.
#pragma once

#include <string_view>

namespace crrsim {

/// The version, and in brackets the revision it was built from where that is known: `0.1.0 (ebe83f2b7c-dirty)`.
std::string_view VersionText();

}  // namespace crrsim
