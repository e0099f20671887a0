#include "harness/explain/scenario_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/run/runner.h"
#include "sim/nearest_name.h"

namespace crrsim {

Result<World, ParseError> WorldOf(const Scenario& scenario, const std::optional<std::string>& label) {
  std::vector<std::string> labels;
  for (const auto& step : scenario.timeline) {
    if (!step.label.empty()) labels.push_back(step.label);
  }
  if (label && std::find(labels.begin(), labels.end(), *label) == labels.end()) {
    return ParseError{
        fmt::format("{}: no step has the label '{}'{}", scenario.path, *label, DidYouMean(*label, labels))};
  }
  auto images = ImageLibrary::Build(scenario);
  if (!images) return ParseError{ToText(images.error().all.front())};
  RunOptions options;
  options.keep_timeline = false;
  options.stop_behind = label.value_or("");
  Runner runner(scenario, *images, options, scenario.world.seed);
  if (const auto stop = runner.Run()) return ParseError{stop->reason};
  return World(runner.world());
}

}  // namespace crrsim
