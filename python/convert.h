// Between Python's values and JSON, instants and durations. Nothing else of the binding knows both sides.
#pragma once

#include <pybind11/pybind11.h>

#include <nlohmann/json.hpp>
#include <string>

#include "harness/scenario/place.h"
#include "registry_model/api_error.h"
#include "registry_model/names.h"

namespace crrsim::python {

/// dict, list, tuple, str, bytes (as base64, as the wire has blobs), int, float, bool, None.
/// On error  TypeError, which names the type; ValueError for an integer beyond 64 bits or nesting beyond 100 levels.
nlohmann::json JsonFrom(pybind11::handle value);
pybind11::object ToPython(const nlohmann::json& value);
pybind11::object ToPython(const nlohmann::ordered_json& value);

/// `ACCOUNT/REGION`, digits and region. On error  ValueError.
RegistryKey RegistryFrom(const std::string& text);

/// Throws ValueError with one line a mistake.
[[noreturn]] void Refuse(const Diagnostics& diagnostics);
/// The same for mistakes in a statement by itself, whose places say nothing.
[[noreturn]] void RefuseStatement(const Diagnostics& diagnostics);
/// Throws `_crrsim.CallFailed(exception, message)`.
[[noreturn]] void Fail(const ApiError& error);
/// Throws `_crrsim.NeverReached(reason)`.
[[noreturn]] void FailToReach(const std::string& reason);
/// Registers the exceptions with the module. Call once.
void AddExceptions(pybind11::module_& module);

/// The value of a Result whose error has a message; ValueError else.
template <class Outcome>
auto ValueOf(Outcome&& outcome) {
  if (!outcome) throw pybind11::value_error(outcome.error().message);
  return *std::forward<Outcome>(outcome);
}

}  // namespace crrsim::python
