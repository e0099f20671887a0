#include "harness/test/support/command_bench.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "harness/cli/commands.h"

namespace crrsim {

CommandOutcome InvokeCommand(std::vector<std::string> words) {
  words.insert(words.begin(), "crrsim");
  std::vector<const char*> argv;
  for (const auto& word : words) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const int code = Main(static_cast<int>(argv.size()), argv.data(), {out, err, Colour::kOff});
  return {code, out.str(), err.str()};
}

ScratchFolder::ScratchFolder() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  path_ = std::filesystem::temp_directory_path() /
          ("crrsim_" + std::string(test->test_suite_name()) + "_" + std::string(test->name()));
  std::filesystem::remove_all(path_);
  std::filesystem::create_directories(path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ScratchFolder::Write(const std::string& name, std::string_view text) const {
  const auto file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
  return file.string();
}

}  // namespace crrsim
