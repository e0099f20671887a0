#include "harness/explain/scenario_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/runner.h"
#include "sim/nearest_name.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

Result<ScenarioState, ParseError> RunPart(const Scenario& part, RunOptions options) {
  auto images = ImageLibrary::Build(part);
  if (!images) return ParseError{ToText(images.error().all.front())};
  options.keep_timeline = false;
  Runner runner(part, *images, options, part.world.seed);
  const auto stop = runner.Run();
  const bool to_the_end = options.runs_to == RunsTo::kRest && !options.stops_at;
  if (stop && (stop->by != StoppedBy::kUnreached || !to_the_end)) return ParseError{stop->reason};
  return ScenarioState{World(runner.world()), stop ? stop->reason : ""};
}

}  // namespace

Result<ScenarioState, ParseError> WorldOf(const Scenario& scenario, const std::optional<std::string>& label) {
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
  RunOptions options;
  if (label) options.runs_to = RunsTo::kLastStep;
  return RunPart(part, options);
}

Result<ScenarioState, ParseError> WorldAt(const Scenario& scenario, Instant instant) {
  if (instant < scenario.world.start) {
    return ParseError{fmt::format("{}: the scenario starts at {}, after {}", scenario.path,
                                  ToText(scenario.world.start), ToText(instant))};
  }
  auto part = scenario;
  part.expect.clear();
  RunOptions options;
  options.stops_at = instant;
  return RunPart(part, options);
}

}  // namespace crrsim
