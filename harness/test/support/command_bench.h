// Commands called as a user calls them.
#pragma once

#include <string>
#include <vector>

#include "harness/test/support/scratch_folder.h"

namespace crrsim {

struct CommandOutcome {
  int code = 0;
  std::string out;
  std::string err;
};

/// `crrsim WORDS...`, without colours, with `in` on standard input.
CommandOutcome InvokeCommand(std::vector<std::string> words, const std::string& in = "");

}  // namespace crrsim
