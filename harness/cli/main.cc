#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "harness/cli/commands.h"

namespace {

bool WantsColour() { return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const auto colour = WantsColour() ? crrsim::Colour::kOn : crrsim::Colour::kOff;
  const auto progress = isatty(STDERR_FILENO) != 0 ? crrsim::ProgressStyle::kBar : crrsim::ProgressStyle::kLines;
  return crrsim::Main(argc, argv, {std::cout, std::cerr, colour, std::cin, progress});
}
