#include "harness/test/support/command_bench.h"

#include <sstream>

#include "harness/cli/commands.h"

namespace crrsim {

CommandOutcome InvokeCommand(std::vector<std::string> words, const std::string& in) {
  words.insert(words.begin(), "crrsim");
  std::vector<const char*> argv;
  for (const auto& word : words) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream input(in);
  const int code = Main(static_cast<int>(argv.size()), argv.data(), {out, err, Colour::kOff, input});
  return {code, out.str(), err.str()};
}

}  // namespace crrsim
