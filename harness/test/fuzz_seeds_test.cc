// Every seed of every fuzz target, and so every input that ever broke one, is fed to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/test/support/fuzz/targets.h"
#include "harness/test/support/scratch_folder.h"

namespace crrsim {
namespace {

std::vector<std::string> SeedsOf(std::string_view target) {
  std::vector<std::string> files;
  for (const auto& file :
       std::filesystem::directory_iterator(CRRSIM_SOURCE_DIR "/harness/test/data/fuzz/" + std::string(target))) {
    files.push_back(file.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(FuzzSeedsTest, EveryTargetTakesItsSeeds) {
  for (const auto& target : fuzz::Targets()) {
    const auto seeds = SeedsOf(target.name);
    EXPECT_FALSE(seeds.empty()) << target.name << " has no seeds";
    for (const auto& seed : seeds) {
      SCOPED_TRACE(seed);
      const auto bytes = BytesOfFile(seed);
      EXPECT_NO_THROW(target.feed(bytes));
      // What is cut off is the next thing that a reader stumbles over.
      for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 16) {
        EXPECT_NO_THROW(target.feed(std::string_view(bytes).substr(0, size)));
      }
    }
  }
}

TEST(FuzzSeedsTest, SeedsBelongToATarget) {
  for (const auto& folder : std::filesystem::directory_iterator(CRRSIM_SOURCE_DIR "/harness/test/data/fuzz")) {
    const auto name = folder.path().filename().string();
    const auto targets = fuzz::Targets();
    EXPECT_TRUE(std::any_of(targets.begin(), targets.end(), [&](const auto& target) { return target.name == name; }))
        << name;
  }
}

}  // namespace
}  // namespace crrsim
