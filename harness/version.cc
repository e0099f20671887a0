#include "harness/version.h"

#include "harness/version_text.h"

namespace crrsim {

std::string_view VersionText() { return CRRSIM_VERSION_TEXT; }

}  // namespace crrsim
