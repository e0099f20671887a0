// What listens to a world from Python: functions that are called for each event.
//
// A function may add and remove others, or itself, while an event is handed on: what is removed hears nothing more,
// what is added hears the events that follow. Order  as added.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <map>
#include <memory>

#include "registry_model/events.h"

namespace crrsim::python {

/// The engine runs without the interpreter's lock, which is taken here. Everything else is called with the lock.
class Listeners : public Observer {
 public:
  /// Returns the number by which it is removed.
  std::uint64_t Add(pybind11::function function);
  /// Nothing happens when it has been removed.
  void Remove(std::uint64_t number) { all_.erase(number); }
  void OnEvent(const Event& event) override;
  /// Raises what a function has raised first, once; until then that function heard nothing more.
  void RaiseFailure();
  /// The same where something else is raised: what a function has raised is its context.
  void PutFailureBehind(pybind11::error_already_set& raised);

 private:
  struct Listener {
    pybind11::function function;
    bool failed = false;
  };
  std::unique_ptr<pybind11::error_already_set> TakeFailure();
  void Hand(std::uint64_t number, const Event& event);

  std::map<std::uint64_t, Listener> all_;  // by number, which is as added
  std::uint64_t added_ = 0;
  std::unique_ptr<pybind11::error_already_set> failure_;
};

}  // namespace crrsim::python
