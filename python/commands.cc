#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/cli/commands.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/yaml.h"
#include "python/bindings.h"
#include "python/convert.h"
#include "registry_model/api/wire.h"
#include "sim/nearest_name.h"
#include "sim/units_text.h"

namespace py = pybind11;

namespace crrsim::python {

namespace {

/// A YAML file as JSON, members in the order of the file.
std::string ReadYaml(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) throw py::value_error(path + ": the file cannot be read");
  const auto root = ParseYaml(text, path);
  if (!root) Refuse(root.error());
  return ToOrderedJson(*root).dump();
}

/// As a program's arguments come: its name first. They point into `arguments`.
std::vector<const char*> WordsOf(const std::vector<std::string>& arguments) {
  std::vector<const char*> words = {"crrsim"};
  for (const auto& argument : arguments) words.push_back(argument.c_str());
  return words;
}

/// The whole command line, in this process: its exit code, what it would print, and what it complains of.
py::tuple RunCommand(const std::vector<std::string>& arguments, const std::string& input) {
  const auto words = WordsOf(arguments);
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const auto code = [&] {
    const py::gil_scoped_release others_may_run;
    return Main(static_cast<int>(words.size()), words.data(), {out, err, Colour::kOff, in});
  }();
  return py::make_tuple(code, py::bytes(out.str()), py::bytes(err.str()));
}

/// The same as a program of its own, at the terminal.
int RunProgram(const std::vector<std::string>& arguments) {
  const auto words = WordsOf(arguments);
  const py::gil_scoped_release others_may_run;
  return Main(static_cast<int>(words.size()), words.data(), StreamsOfProgram());
}

/// A fault is what a timeline can begin for a while: a step with `for`.
py::list ListFaultVerbs() {
  py::list verbs;
  for (const auto& section : AllSections()) {
    if (!section.name.starts_with("step ") || section.Find("for") == nullptr) continue;
    const auto& verb = section.keys.front();
    py::dict members;
    if (!verb.section.empty()) {
      for (const auto& key : SectionOf(verb.section).keys)
        members[py::str(std::string(key.name))] = std::string(key.help);
    }
    py::dict row;
    row["verb"] = std::string(verb.name);
    row["help"] = std::string(section.help);
    row["members"] = members;
    verbs.append(row);
  }
  return verbs;
}

std::vector<std::string> TextsOf(std::span<const std::string_view> names) { return {names.begin(), names.end()}; }

}  // namespace

void AddCommands(py::module_& module) {
  module.def("read_yaml", &ReadYaml, py::arg("path"));
  module.def("command", &RunCommand, py::arg("arguments"), py::arg("input"));
  module.def("program", &RunProgram, py::arg("arguments"));
  module.def("fault_verbs", &ListFaultVerbs);
  module.def("operations", [] { return TextsOf(KnownOperations()); });
  module.def("exceptions", [] { return TextsOf(KnownExceptions()); });
  module.def("severities", [] { return TextsOf(SectionOf("image").Find("findings")->values); });
  module.def(
      "did_you_mean",
      [](const std::string& found, const std::vector<std::string>& candidates) {
        return DidYouMean(found, std::span(candidates));
      },
      py::arg("found"), py::arg("candidates"));
  module.def("parse_duration", [](const std::string& text) { return ValueOf(ParseDuration(text)).nanoseconds(); });
  module.def("parse_size", [](const std::string& text) { return ValueOf(ParseByteCount(text)).bytes(); });
  module.def("parse_instant", [](const std::string& text) { return ValueOf(ParseInstant(text)).unix_nanoseconds(); });
  module.def("duration_text", [](std::int64_t nanoseconds) { return ToText(Duration::FromNanoseconds(nanoseconds)); });
  module.def("instant_text",
             [](std::int64_t nanoseconds) { return ToText(Instant::FromUnixNanoseconds(nanoseconds)); });
}

}  // namespace crrsim::python
