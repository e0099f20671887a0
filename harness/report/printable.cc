#include "harness/report/printable.h"

#include <fmt/format.h>

namespace crrsim {

std::string Printable(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (byte < 0x20U || byte == 0x7FU) {
      printable += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
    } else if (byte == 0xC2U && next >= 0x80U && next < 0xA0U) {
      // The second range of control characters, U+0080 to U+009F.
      printable += fmt::format("\\u{:04x}", static_cast<unsigned>(next));
      ++i;
    } else {
      printable += text[i];
    }
  }
  return printable;
}

}  // namespace crrsim
