#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "harness/cli/commands.h"

namespace {

bool WantsColour() { return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return crrsim::Main(argc, argv, {std::cout, std::cerr, WantsColour() ? crrsim::Colour::kOn : crrsim::Colour::kOff});
}
