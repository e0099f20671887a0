#include "harness/explain/scenario_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/runner.h"
#include "sim/nearest_name.h"

namespace crrsim {

Result<World, ParseError> WorldOf(const Scenario& scenario, const std::optional<std::string>& label) {
  auto part = scenario;
  part.expect.clear();
  if (label) {
    const auto step = std::find_if(part.timeline.begin(), part.timeline.end(),
                                   [&](const Step& candidate) { return candidate.label == *label; });
    if (step == part.timeline.end()) {
      std::vector<std::string> labels;
      for (const auto& each : part.timeline) {
        if (!each.label.empty()) labels.push_back(each.label);
      }
      return ParseError{
          fmt::format("{}: no step has the label '{}'{}", scenario.path, *label, DidYouMean(*label, labels))};
    }
    part.timeline.erase(step + 1, part.timeline.end());
  }
  auto images = ImageLibrary::Build(part);
  if (!images) return ParseError{ToText(images.error().all.front())};
  RunOptions options;
  options.keep_timeline = false;
  if (label) options.runs_to = RunsTo::kLastStep;
  Runner runner(part, *images, options, part.world.seed);
  if (const auto stop = runner.Run()) return ParseError{stop->reason};
  return World(runner.world());
}

}  // namespace crrsim
