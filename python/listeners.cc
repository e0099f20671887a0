#include "python/listeners.h"

#include <utility>

#include "harness/run/event_fields.h"

namespace py = pybind11;

namespace crrsim::python {

std::uint64_t Listeners::Add(py::function function) {
  const auto number = ++added_;
  all_.emplace(number, Listener{std::move(function)});
  return number;
}

void Listeners::OnEvent(const Event& event) {
  if (all_.empty()) return;
  const py::gil_scoped_acquire lock;
  const auto last = added_;
  // By number and not by place: any of them may be gone when a function returns.
  for (auto next = all_.begin(); next != all_.end() && next->first <= last;) {
    const auto number = next->first;
    if (!next->second.failed) Hand(number, event);
    next = all_.upper_bound(number);
  }
}

void Listeners::Hand(std::uint64_t number, const Event& event) {
  const auto function = all_.at(number).function;  // stays while it runs
  try {
    py::dict fields;
    for (const auto& [name, text] : FieldTexts(event)) fields[py::str(std::string(name))] = text;
    function(event.when.unix_nanoseconds(), std::string(event.name()), fields);
  } catch (py::error_already_set& error) {
    if (!failure_) failure_ = std::make_unique<py::error_already_set>(error);
    if (const auto found = all_.find(number); found != all_.end()) found->second.failed = true;
  }
}

std::unique_ptr<py::error_already_set> Listeners::TakeFailure() {
  if (failure_) {
    for (auto& [number, listener] : all_) listener.failed = false;
  }
  return std::move(failure_);
}

void Listeners::RaiseFailure() {
  if (const auto failure = TakeFailure()) throw py::error_already_set(*failure);
}

void Listeners::PutFailureBehind(py::error_already_set& raised) {
  const auto failure = TakeFailure();
  if (failure && !failure->value().is(raised.value())) {
    PyException_SetContext(raised.value().ptr(), failure->value().inc_ref().ptr());
  }
}

}  // namespace crrsim::python
