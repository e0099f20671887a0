// Text for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace crrsim {

/// The text with control characters, line ends among them, written `\u001b`: what a document holds must not steer the
/// terminal that a message about it goes to.
std::string Printable(std::string_view text);

}  // namespace crrsim
