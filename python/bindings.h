// The parts of the native module, one file each.
#pragma once

#include <pybind11/pybind11.h>

namespace crrsim::python {

/// images.cc: Image, synthetic or loaded.
void AddImages(pybind11::module_& module);
/// world.cc: World, a Session (harness/session/session.h) with Python's observers.
void AddWorld(pybind11::module_& module);
/// scenarios.cc: Scenario, read once and run with one seed or many.
void AddScenarios(pybind11::module_& module);
/// commands.cc: what the command line does, as functions.
void AddCommands(pybind11::module_& module);

}  // namespace crrsim::python
