#include "harness/test/support/scenario_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace crrsim {

std::vector<std::string> ScenarioFilesOfTheTree() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(CRRSIM_SOURCE_DIR) + "/scenarios")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  EXPECT_FALSE(files.empty());
  return files;
}

}  // namespace crrsim
