// From a scenario file to a Scenario: YAML (JSON is a subset of it), every mistake with file:line:column and a
// suggestion.
//
// Unknown keys, missing units, misspelt names, duplicate keys, a second document, absent `file://` documents are
// errors; as many as can be told apart are reported in one go. The keys that the loader takes are listed once, in
// keys.h; the JSON Schema is made of the same list.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/scenario/scenario.h"
#include "sim/result.h"

namespace crrsim {

/// What to do with a replaced image that a scenario does not define.
enum class UnknownImages : std::uint8_t { kRefused, kPassedOver };

struct LoadOptions {
  /// `--image NAME=PATH`: content that replaces a definition.
  std::map<std::string, std::string> images;
  UnknownImages unknown_images = UnknownImages::kRefused;
};

/// Reads a scenario and every document that it names with `file://`, relative to it.
Result<Scenario, Diagnostics> LoadScenario(const std::string& path, const LoadOptions& options = {});
/// The same from text; `path` is what diagnostics say and where documents are looked for.
Result<Scenario, Diagnostics> LoadScenarioText(const std::string& text, const std::string& path,
                                               const LoadOptions& options = {});

/// Reads one step of a timeline, for a world whose definition was read before: the names of its accounts, regions and
/// images are known, and `at: 5m` counts from its start. `path` as above.
Result<Step, Diagnostics> LoadStepText(const std::string& text, const std::string& path, const Scenario& definition);

/// The JSON Schema (draft 2020-12) of the scenario language, for editors; printed by `crrsim schema`.
nlohmann::ordered_json ScenarioSchema();

}  // namespace crrsim
