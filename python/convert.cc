#include "python/convert.h"

#include "harness/explain/set_up.h"
#include "registry_model/api/base64.h"

namespace py = pybind11;

namespace crrsim::python {

namespace {

constexpr int kDepthMax = 100;

nlohmann::json IntegerFrom(py::handle value) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
  if (overflow != 0) throw py::value_error("an integer is beyond 64 bits");
  if (number == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  return number;
}

nlohmann::json JsonAt(py::handle value, int depth) {
  if (depth > kDepthMax) throw py::value_error("more than 100 levels of dicts and lists");
  if (value.is_none()) return nullptr;
  if (py::isinstance<py::bool_>(value)) return value.cast<bool>();
  if (py::isinstance<py::int_>(value)) return IntegerFrom(value);
  if (py::isinstance<py::float_>(value)) return value.cast<double>();
  if (py::isinstance<py::str>(value)) return value.cast<std::string>();
  if (py::isinstance<py::bytes>(value)) return EncodeBase64(value.cast<std::string>());
  if (py::isinstance<py::dict>(value)) {
    auto object = nlohmann::json::object();
    for (const auto& [key, member] : value.cast<py::dict>()) {
      if (!py::isinstance<py::str>(key)) throw py::type_error("the keys of a dict have to be text");
      object[key.cast<std::string>()] = JsonAt(member, depth + 1);
    }
    return object;
  }
  if (py::isinstance<py::list>(value) || py::isinstance<py::tuple>(value)) {
    auto list = nlohmann::json::array();
    for (const auto& item : value) list.push_back(JsonAt(item, depth + 1));
    return list;
  }
  throw py::type_error("a value of type " + std::string(py::str(py::type::of(value).attr("__name__"))) +
                       " has no form in JSON");
}

template <class Json>
py::object PythonFrom(const Json& value) {
  switch (value.type()) {
    case Json::value_t::boolean:
      return py::bool_(value.template get<bool>());
    case Json::value_t::number_integer:
      return py::int_(value.template get<std::int64_t>());
    case Json::value_t::number_unsigned:
      return py::int_(value.template get<std::uint64_t>());
    case Json::value_t::number_float:
      return py::float_(value.template get<double>());
    case Json::value_t::string:
      return py::str(value.template get_ref<const std::string&>());
    case Json::value_t::array: {
      py::list list;
      for (const auto& item : value) list.append(PythonFrom(item));
      return list;
    }
    case Json::value_t::object: {
      py::dict object;
      for (const auto& [key, member] : value.items()) object[py::str(key)] = PythonFrom(member);
      return object;
    }
    default:
      return py::none();
  }
}

// They live as long as the interpreter.
PyObject* call_failed = nullptr;
PyObject* never_reached = nullptr;

PyObject* AddException(py::module_& module, const char* name, const char* help) {
  auto* made = PyErr_NewExceptionWithDoc((std::string("_crrsim.") + name).c_str(), help, nullptr, nullptr);
  module.add_object(name, py::reinterpret_borrow<py::object>(made));
  return made;
}

}  // namespace

nlohmann::json JsonFrom(py::handle value) { return JsonAt(value, 0); }
py::object ToPython(const nlohmann::json& value) { return PythonFrom(value); }
py::object ToPython(const nlohmann::ordered_json& value) { return PythonFrom(value); }

RegistryKey RegistryFrom(const std::string& text) { return ValueOf(ParseRegistryKey(text)); }

void Refuse(const Diagnostics& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics.all) text += (text.empty() ? "" : "\n") + ToText(diagnostic);
  throw py::value_error(text);
}

void RefuseStatement(const Diagnostics& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics.all) text += (text.empty() ? "" : "\n") + diagnostic.message;
  throw py::value_error(text);
}

void Fail(const ApiError& error) {
  PyErr_SetObject(call_failed, py::make_tuple(error.exception, error.message).ptr());
  throw py::error_already_set();
}

void FailToReach(const std::string& reason) {
  PyErr_SetString(never_reached, reason.c_str());
  throw py::error_already_set();
}

void AddExceptions(py::module_& module) {
  call_failed =
      AddException(module, "CallFailed", "An API call was refused; args are the exception's name and its message.");
  never_reached = AddException(module, "NeverReached", "A copy never comes as far as something waits for.");
}

}  // namespace crrsim::python
