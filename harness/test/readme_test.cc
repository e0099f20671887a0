// What the README shows is what the program prints.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "harness/test/support/command_bench.h"

namespace crrsim {
namespace {

std::vector<std::string> LinesOf(std::istream& text) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

/// The real time of a run is another each time.
std::string WithoutRealTime(const std::string& line) {
  return std::regex_replace(line, std::regex("simulated in [0-9.]+ s"), "simulated in SOME s");
}

TEST(ReadmeTest, ItsFirstScreenIsRealOutput) {
  std::ifstream readme(std::string(CRRSIM_SOURCE_DIR) + "/README.md");
  const auto lines = LinesOf(readme);
  auto shown = std::find(lines.begin(), lines.end(), "$ ./crrsim run scenarios/walkthrough/us_west_to_europe.yaml");
  ASSERT_NE(shown, lines.end());

  const auto outcome = InvokeCommand({"run", "scenarios/walkthrough/us_west_to_europe.yaml"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::istringstream out(outcome.out);
  const auto printed = LinesOf(out);

  // Lines of dots stand for what is left out; all others are there, in this order.
  auto place = printed.begin();
  int compared = 0;
  for (++shown; shown != lines.end() && *shown != "```"; ++shown) {
    if (*shown == "...") continue;
    place = std::find_if(place, printed.end(),
                         [&](const std::string& line) { return WithoutRealTime(line) == WithoutRealTime(*shown); });
    ASSERT_NE(place, printed.end()) << "not printed, or not in this order: " << *shown;
    ++compared;
  }
  EXPECT_GT(compared, 10);
}

}  // namespace
}  // namespace crrsim
