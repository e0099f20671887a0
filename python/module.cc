// The native module `_crrsim`: the harness as Python sees it. The package `crrsim` (python/crrsim/) is what people use;
// it adds names, units and types, and no behaviour.
#include <pybind11/pybind11.h>

#include "harness/version.h"
#include "python/bindings.h"
#include "python/convert.h"

PYBIND11_MODULE(_crrsim, module) {
  module.doc() = "The simulator behind the package crrsim; use that.";
  module.attr("version") = std::string(crrsim::VersionText());
  crrsim::python::AddExceptions(module);
  crrsim::python::AddImages(module);
  crrsim::python::AddWorld(module);
  crrsim::python::AddScenarios(module);
  crrsim::python::AddCommands(module);
}
