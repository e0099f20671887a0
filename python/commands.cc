#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/explain/explanation.h"
#include "harness/explain/set_up.h"
#include "harness/lint/lint.h"
#include "harness/policy/batch.h"
#include "harness/report/json.h"
#include "harness/report/terminal.h"
#include "harness/run/run.h"
#include "harness/scenario/load.h"
#include "harness/scenario/yaml.h"
#include "python/bindings.h"
#include "python/convert.h"
#include "python/handles.h"
#include "registry_model/api/wire.h"
#include "registry_model/policy/document.h"
#include "registry_model/policy/evaluate.h"
#include "sim/units_text.h"

namespace py = pybind11;

namespace crrsim::python {

namespace {

Scenario LoadOrRefuse(const std::string& path, const std::map<std::string, std::string>& images) {
  auto scenario = [&] {
    const py::gil_scoped_release others_may_run;
    return LoadScenario(path, {.images = images});
  }();
  if (!scenario) Refuse(scenario.error());
  return *std::move(scenario);
}

/// A scenario that is run for many seeds is read once.
struct LoadedScenario {
  Scenario scenario;
  std::map<std::string, std::string> images;
};

RunResult Run(const LoadedScenario& loaded, const std::optional<std::uint64_t>& seed, bool keep_timeline) {
  RunOptions options;
  options.seed = seed;
  options.images = loaded.images;
  options.keep_timeline = keep_timeline;
  const py::gil_scoped_release others_may_run;
  return RunScenario(loaded.scenario, options);
}

/// From text, YAML or JSON; its documents are looked for beside `path`.
LoadedScenario FromText(const std::string& text, const std::string& path) {
  auto scenario = LoadScenarioText(text, path);
  if (!scenario) Refuse(scenario.error());
  return {*std::move(scenario), {}};
}

/// A YAML file as JSON, members in the order of the file.
std::string ReadYaml(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) throw py::value_error(path + ": the file cannot be read");
  const auto root = ParseYaml(text, path);
  if (!root) Refuse(root.error());
  return ToOrderedJson(*root).dump();
}

Assumptions AssumptionsFrom(const std::map<std::string, std::string>& values) {
  Assumptions assumptions;
  for (const auto& [name, value] : values) ValueOf(assumptions.Set(name, value));
  return assumptions;
}

SetUp ReadOrRefuse(const std::string& folder) {
  auto set_up = ReadSetUp(folder);
  if (!set_up) Refuse(set_up.error());
  return *std::move(set_up);
}

py::object Lint(const std::string& folder, const std::map<std::string, std::string>& assumptions) {
  return ToPython(ToJson(LintSetUp(ReadOrRefuse(folder), AssumptionsFrom(assumptions))));
}

py::object ExplainSetUp(const std::string& folder, const std::string& registry, const std::string& repository,
                        const std::optional<std::string>& tag, const std::map<std::string, std::string>& assumptions) {
  const auto set_up = ReadOrRefuse(folder);
  PushedImage image{RegistryFrom(registry), ValueOf(RepositoryName::Parse(repository)), std::nullopt, std::nullopt};
  if (tag) image.tag = ValueOf(Tag::Parse(*tag));
  return ToPython(ToJson(ExplainPush({.registries = set_up.registries}, image, AssumptionsFrom(assumptions))));
}

/// Cases and answers as lines of JSON, as `crrsim policy eval --batch` has them.
std::string EvaluatePolicies(const std::string& lines) {
  const py::gil_scoped_release others_may_run;
  std::istringstream in(lines);
  std::ostringstream out;
  std::ostringstream err;  // the answers say the same
  AnswerBatch(in, "cases", out, err);
  return out.str();
}

py::list ListAssumptions() {
  py::list rows;
  for (const auto& info : AssumptionTable()) {
    py::dict row;
    row["name"] = std::string(info.name);
    py::list values;
    for (const auto& value : info.values) values.append(std::string(value));
    row["values"] = values;
    row["meaning"] = std::string(info.meaning);
    row["known"] = std::string(info.known);
    row["section"] = std::string(info.section);
    rows.append(row);
  }
  return rows;
}

std::vector<std::string> TextsOf(std::span<const std::string_view> names) { return {names.begin(), names.end()}; }

}  // namespace

void AddCommands(py::module_& module) {
  py::class_<LoadedScenario>(module, "Scenario", "A scenario file, read and checked.")
      .def(py::init([](const std::string& path, const std::map<std::string, std::string>& images) {
             return LoadedScenario{LoadOrRefuse(path, images), images};
           }),
           py::arg("path"), py::arg("images"))
      .def_property_readonly("title", [](const LoadedScenario& loaded) { return loaded.scenario.title; })
      .def_property_readonly("path", [](const LoadedScenario& loaded) { return loaded.scenario.path; })
      .def_static("from_text", &FromText, py::arg("text"), py::arg("path"))
      .def(
          "run",
          [](const LoadedScenario& loaded, const std::optional<std::uint64_t>& seed) {
            return ToPython(ToJson(Run(loaded, seed, false)));
          },
          py::arg("seed"))
      .def(
          "run_text",
          [](const LoadedScenario& loaded, const std::optional<std::uint64_t>& seed) {
            return ToTerminal(Run(loaded, seed, true), {.detail = Detail::kVerbose});
          },
          py::arg("seed"));
  module.def("read_yaml", &ReadYaml, py::arg("path"));
  module.def("lint", &Lint, py::arg("folder"), py::arg("assumptions"));
  module.def("explain_set_up", &ExplainSetUp, py::arg("folder"), py::arg("registry"), py::arg("repository"),
             py::arg("tag"), py::arg("assumptions"));
  module.def("evaluate_policies", &EvaluatePolicies, py::arg("lines"));
  module.def("assumptions", &ListAssumptions);
  module.def("operations", [] { return TextsOf(KnownOperations()); });
  module.def("exceptions", [] { return TextsOf(KnownExceptions()); });
  module.def("parse_duration", [](const std::string& text) { return ValueOf(ParseDuration(text)).nanoseconds(); });
  module.def("parse_size", [](const std::string& text) { return ValueOf(ParseByteCount(text)).bytes(); });
  module.def("parse_instant", [](const std::string& text) { return ValueOf(ParseInstant(text)).unix_nanoseconds(); });
  module.def("duration_text", [](std::int64_t nanoseconds) { return ToText(Duration::FromNanoseconds(nanoseconds)); });
  module.def("instant_text",
             [](std::int64_t nanoseconds) { return ToText(Instant::FromUnixNanoseconds(nanoseconds)); });
}

}  // namespace crrsim::python
