#include <chrono>
#include <thread>
#include <utility>

#include "harness/compare/compare.h"
#include "harness/compare/snapshot_of_world.h"
#include "harness/explain/explanation.h"
#include "harness/explain/set_up.h"
#include "harness/report/json.h"
#include "harness/scenario/principal.h"
#include "harness/session/session.h"
#include "python/bindings.h"
#include "python/convert.h"
#include "python/handles.h"
#include "python/listeners.h"
#include "sim/units_text.h"

namespace py = pybind11;

namespace crrsim::python {

namespace {

constexpr const char* kLookOn = "the world is in the middle of an event; a listener may only look on";
constexpr const char* kNoReport =
    "the world is in the middle of an event, where its invariants need not hold; a report is made between two events";
constexpr const char* kInUse =
    "another thread is using this world; one thread at a time may, while different worlds go side by side";

/// A name as it was last read, and from what.
template <class Name>
class LastName {
 public:
  /// On error  ValueError; the last name stays.
  template <class Parse>
  const Name& Read(std::string_view text, Parse parse) {
    if (text.empty() || text != text_) {
      name_ = ValueOf(parse(text));
      text_ = text;
    }
    return name_;
  }

 private:
  std::string text_;
  Name name_;
};

/// A session, its listeners, and who may do what with it now: the thread that drives it may look on in the middle of an
/// event, and drive it between two; other threads may do neither until it has done. Everything is called with the
/// interpreter's lock. On error  RuntimeError.
class PyWorld {
 public:
  explicit PyWorld(Session session) : session_(std::move(session)) { session_.world().AddObserver(listeners_); }
  PyWorld(const PyWorld&) = delete;
  PyWorld& operator=(const PyWorld&) = delete;
  ~PyWorld() { session_.world().RemoveObserver(listeners_); }

  /// For those who change nothing.
  [[nodiscard]] const Session& Look() const {
    if (user_ != std::thread::id() && user_ != std::this_thread::get_id()) throw std::runtime_error(kInUse);
    return session_;
  }
  /// For those who need all of it in order: between two events. `refusal` is said in the middle of one.
  [[nodiscard]] Session& Take(const char* refusal = kLookOn) {
    static_cast<void>(Look());
    if (in_event_) throw std::runtime_error(refusal);
    return session_;
  }

  /// Runs `body` without the interpreter's lock, then raises what a listener raised.
  template <class Body>
  auto Run(Body body) {
    auto& session = Take();
    try {
      auto outcome = [&] {
        const Use use(*this, true);
        const py::gil_scoped_release others_may_run;
        return body(session);
      }();
      listeners_.RaiseFailure();
      return outcome;
    } catch (py::error_already_set& error) {  // of a function at an instant
      listeners_.PutFailureBehind(error);
      throw;
    }
  }

  /// Calls a function of Python when time has come to an instant; it may drive the world.
  void At(std::int64_t nanoseconds, py::function function) {
    auto& session = Take();
    const auto when = Instant::FromUnixNanoseconds(nanoseconds);
    if (when < session.world().now()) throw py::value_error("time does not run back");
    // The session drops it wherever it is, with or without the interpreter's lock.
    const std::shared_ptr<py::function> shared(new py::function(std::move(function)), [](const py::function* dropped) {
      const py::gil_scoped_acquire lock;
      delete dropped;
    });
    session.At(when, [this, shared] {
      const py::gil_scoped_acquire lock;
      const Use use(*this, false);
      (*shared)();
    });
  }

  std::uint64_t Listen(py::function function) {
    static_cast<void>(Look());
    return listeners_.Add(std::move(function));
  }
  void Unlisten(std::uint64_t number) {
    static_cast<void>(Look());
    listeners_.Remove(number);
  }
  /// The names of a call are mostly those of the call before, so they are read again only when they differ.
  const RegistryKey& RegistryNamed(std::string_view text) { return registry_.Read(text, ParseRegistryKey); }
  const RepositoryName& RepositoryNamed(std::string_view text) {
    return repository_.Read(text, &RepositoryName::Parse);
  }

 private:
  /// This thread uses the world, within its events or between them, until it does what it did before.
  class Use {
   public:
    Use(PyWorld& world, bool in_event)
        : world_(world),
          user_(std::exchange(world.user_, std::this_thread::get_id())),
          in_event_(std::exchange(world.in_event_, in_event)) {}
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() {
      world_.user_ = user_;
      world_.in_event_ = in_event_;
    }

   private:
    PyWorld& world_;
    std::thread::id user_;
    bool in_event_;
  };

  Listeners listeners_;  // outlives the session, which knows its place
  Session session_;
  std::thread::id user_;  // no thread's while nobody drives it
  bool in_event_ = false;
  LastName<RegistryKey> registry_;
  LastName<RepositoryName> repository_;
};

std::unique_ptr<PyWorld> OpenWorld(const py::dict& definition, bool judged) {
  auto session = Session::Open(JsonFrom(definition), judged ? Invariants::kJudged : Invariants::kLeftOut);
  if (!session) Refuse(session.error());
  return std::make_unique<PyWorld>(*std::move(session));
}

std::unique_ptr<PyWorld> LoadWorld(const py::bytes& bytes) {
  return std::make_unique<PyWorld>(ValueOf(Session::Load(bytes.cast<std::string_view>())));
}

/// The principal of a call; empty stands for the root of the registry's account. On error  ValueError.
std::string PrincipalFrom(std::string_view arn) { return arn.empty() ? std::string() : ValueOf(ParsePrincipal(arn)); }

template <class T>
T OrFail(ApiResult<T> answer) {
  if (!answer) Fail(answer.error());
  return *std::move(answer);
}

py::object Call(PyWorld& world, const std::string& registry, const std::string& operation, const py::dict& request,
                const std::string& arn) {
  const auto key = RegistryFrom(registry);
  const auto json = JsonFrom(request);
  const auto caller = PrincipalFrom(arn);
  return ToPython(OrFail(world.Run([&](Session& session) { return session.Call(key, caller, operation, json); })));
}

// ---- World.push ----
//
// A push takes the engine about two microseconds, and a call through the dispatcher of pybind11 half as long again. So
// this one method is a plain function of the interpreter, whose arguments come as an array and are read where they are.

/// What a text of Python holds; valid as long as the text is. On error  TypeError, which names the argument.
std::string_view TextOf(PyObject* argument, const char* name) {
  if (!PyUnicode_Check(argument)) {
    throw py::type_error(std::string(name) + ": expected a str, found " + Py_TYPE(argument)->tp_name);
  }
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(argument, &size);
  if (text == nullptr) throw py::error_already_set();
  return {text, static_cast<std::size_t>(size)};
}

/// The C++ value in an object of exactly this class of the module. On error  TypeError.
template <class Value>
Value& ValueIn(PyObject* object) {
  static PyTypeObject* const kType = reinterpret_cast<PyTypeObject*>(py::type::of<Value>().release().ptr());
  void* value = nullptr;
  if (PyObject_TypeCheck(object, kType) != 0) {
    value = reinterpret_cast<py::detail::instance*>(object)->get_value_and_holder().value_ptr();
  }
  if (value == nullptr) {
    throw py::type_error(std::string("expected a ") + kType->tp_name + ", found " + Py_TYPE(object)->tp_name);
  }
  return *static_cast<Value*>(value);
}

py::str Push(PyWorld& world, PyObject* const* arguments) {
  const auto registry = world.RegistryNamed(TextOf(arguments[0], "registry"));
  const auto reference = TextOf(arguments[1], "reference");
  const auto& image = ValueIn<ImageHandle>(arguments[2]);
  const auto arn = PrincipalFrom(TextOf(arguments[3], "arn"));
  if (reference.find('@') != std::string_view::npos) {
    throw py::value_error(std::string(reference) +
                          ": a push names a tag or nothing; the digest follows from the content");
  }
  const auto colon = reference.find(':');
  const auto repository = world.RepositoryNamed(reference.substr(0, colon));
  std::optional<Tag> tag;
  if (colon != std::string_view::npos) tag = ValueOf(Tag::Parse(reference.substr(colon + 1)));
  std::optional<RepositoryName> mount_from;
  if (arguments[4] != Py_None) mount_from = ValueOf(RepositoryName::Parse(TextOf(arguments[4], "mount_from")));
  const auto content = image.content;  // stays, whatever a function at an instant does to the image
  OrFail(
      world.Run([&](Session& session) { return session.Push(registry, arn, repository, tag, *content, mount_from); }));
  return image.digest;
}

PyObject* PushOfPython(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  constexpr Py_ssize_t kArguments = 5;
  if (count != kArguments) {
    PyErr_Format(PyExc_TypeError, "push() takes %zd arguments (%zd given)", kArguments, count);
    return nullptr;
  }
  try {
    return Push(ValueIn<PyWorld>(self), arguments).release().ptr();
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const py::builtin_exception& error) {
    error.set_error();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return nullptr;
}

void AddPush(py::class_<PyWorld>& world) {
  static PyMethodDef definition = {
      "push", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&PushOfPython)), METH_FASTCALL,
      "push($self, registry, reference, image, arn, mount_from, /)\n--\n\nReturns the digest."};
  auto* const type = reinterpret_cast<PyTypeObject*>(world.ptr());
  world.attr("push") = py::reinterpret_steal<py::object>(PyDescr_NewMethod(type, &definition));
}

/// How long pushes of an image with the tags TAG0, TAG1, ... take without a word of Python between them: what a
/// measurement of the binding compares with.
double SecondsOfPushes(PyWorld& world, const std::string& registry, const std::string& repository,
                       const std::string& tag, const ImageHandle& image, std::int64_t times) {
  const auto key = RegistryFrom(registry);
  const auto name = ValueOf(RepositoryName::Parse(repository));
  std::vector<std::optional<Tag>> tags;
  for (std::int64_t n = 0; n < times; ++n) tags.emplace_back(ValueOf(Tag::Parse(tag + std::to_string(n))));
  auto& session = world.Take();
  const auto began = std::chrono::steady_clock::now();
  for (const auto& numbered : tags) OrFail(session.Push(key, "", name, numbered, *image.content));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

std::string Pull(PyWorld& world, const std::string& registry, const std::string& repository,
                 const std::optional<std::string>& tag, const std::optional<std::string>& digest,
                 const std::string& arn, const std::optional<ImageHandle>& upstream) {
  const auto key = RegistryFrom(registry);
  ImageReference image{ValueOf(RepositoryName::Parse(repository)), std::nullopt, std::nullopt};
  if (tag) image.tag = ValueOf(Tag::Parse(*tag));
  if (digest) image.digest = ValueOf(Digest::Parse(*digest));
  if (image.tag.has_value() == image.digest.has_value()) throw py::value_error("expected either a tag or a digest");
  if (upstream && !image.tag) throw py::value_error("a pull-through cache gets an image by its tag");
  const auto* content = upstream ? upstream->content.get() : nullptr;
  const auto caller = PrincipalFrom(arn);
  return OrFail(world.Run([&](Session& session) { return session.Pull(key, caller, image, content); })).text();
}

void DeleteReplicationRole(PyWorld& world, const std::string& account) {
  const auto id = ValueOf(AccountId::Parse(account));
  OrFail(world.Run([&](Session& session) { return session.DeleteReplicationRole(id); }));
}

std::int64_t NowOf(const PyWorld& world) { return world.Look().world().now().unix_nanoseconds(); }

void RunUntil(PyWorld& world, std::int64_t nanoseconds) {
  if (nanoseconds < NowOf(world)) throw py::value_error("time does not run back");
  world.Run([&](Session& session) {
    session.RunUntil(Instant::FromUnixNanoseconds(nanoseconds));
    return true;
  });
}

bool RunUntilIdle(PyWorld& world, std::int64_t limit) {
  if (limit < NowOf(world)) throw py::value_error("time does not run back");
  return world.Run(
      [&](Session& session) { return session.RunUntilIdle(Instant::FromUnixNanoseconds(limit)) == RunEnd::kIdle; });
}

void Await(PyWorld& world, const ProgressCondition& condition) {
  const auto problem = world.Run([&](Session& session) { return session.AwaitProgress(condition); });
  if (problem) FailToReach(*problem);
}

/// When the copy that it waits for, if any, has come as far.
std::vector<FaultNumber> BeginFault(PyWorld& world, const py::dict& step) {
  const auto read = world.Look().ReadFault(JsonFrom(step));
  if (!read) RefuseStatement(read.error());
  if (read->when) Await(world, *read->when);
  return ValueOf(world.Run([&](Session& session) { return session.BeginFault(*read); }));
}

void AwaitProgress(PyWorld& world, const py::dict& condition) {
  const auto read = world.Look().ReadProgress(JsonFrom(condition));
  if (!read) RefuseStatement(read.error());
  Await(world, *read);
}

/// Nothing happens when its time has run out.
void EndFault(PyWorld& world, std::uint64_t number) {
  world.Run([&](Session& session) {
    if (session.world().faults()[number].in_force) session.EndFault(number);
    return true;
  });
}

std::vector<std::int64_t> Lags(const PyWorld& world, const std::string& from, const std::string& to) {
  std::vector<std::int64_t> lags;
  for (const auto lag : LagsOf(world.Look().recording().replications(), RegistryFrom(from), RegistryFrom(to))) {
    lags.push_back(lag.nanoseconds());
  }
  return lags;
}

py::object BillOf(const PyWorld& world) {
  const auto& inner = world.Look().world();
  return ToPython(ToJson(inner.bill(), BillingUnits::From(inner.assumptions())));
}

void SetFindings(PyWorld& world, const std::string& digest, const FindingCounts& findings) {
  world.Take().world().SetFindings(ValueOf(Digest::Parse(digest)), findings);
}

py::object Explain(const PyWorld& world, const std::string& registry, const std::string& repository,
                   const std::optional<std::string>& tag, const std::optional<std::string>& digest) {
  PushedImage image{RegistryFrom(registry), ValueOf(RepositoryName::Parse(repository)), std::nullopt, std::nullopt};
  if (tag) image.tag = ValueOf(Tag::Parse(*tag));
  if (digest) image.digest = ValueOf(Digest::Parse(*digest));
  const auto& inner = world.Look().world();
  return ToPython(ToJson(ExplainPush({inner.registries(), &inner}, image, inner.assumptions())));
}

/// As `crrsim compare --json` has it.
py::object Compare(const PyWorld& world, const std::string& from, const std::string& to) {
  const auto source = RegistryFrom(from);
  const auto destination = RegistryFrom(to);
  const auto& inner = world.Look().world();
  const auto& names = world.Look().definition();
  auto comparison = CompareRegistries(SnapshotOf(inner, source, names.NameOf(source)),
                                      SnapshotOf(inner, destination, names.NameOf(destination)),
                                      ReplicationOf(inner, source, destination));
  comparison.at = ToText(inner.now());
  return ToPython(ToJson(comparison));
}

}  // namespace

void AddWorld(py::module_& module) {
  py::class_<PyWorld> type(module, "World", "Registries under virtual time, driven call by call.");
  AddPush(type);
  type.def(py::init(&OpenWorld), py::arg("definition"), py::arg("judged"))
      .def_static("load", &LoadWorld, py::arg("saved"))
      .def("copy", [](PyWorld& world) { return std::make_unique<PyWorld>(Session(world.Take())); })
      .def("save", [](PyWorld& world) { return py::bytes(world.Take().Save()); })
      .def("call", &Call, py::arg("registry"), py::arg("operation"), py::arg("request"), py::arg("arn"))
      .def("seconds_of_pushes", &SecondsOfPushes, py::arg("registry"), py::arg("repository"), py::arg("tag"),
           py::arg("image"), py::arg("times"))
      .def("delete_replication_role", &DeleteReplicationRole, py::arg("account"))
      .def("pull", &Pull, py::arg("registry"), py::arg("repository"), py::arg("tag"), py::arg("digest"), py::arg("arn"),
           py::arg("upstream"))
      .def_property_readonly("now", &NowOf)
      .def("run_until", &RunUntil, py::arg("nanoseconds"))
      .def("run_until_idle", &RunUntilIdle, py::arg("limit"))
      .def("at", &PyWorld::At, py::arg("nanoseconds"), py::arg("function"))
      .def("begin_fault", &BeginFault, py::arg("step"))
      .def("await_progress", &AwaitProgress, py::arg("condition"))
      .def_property_readonly("judged", [](const PyWorld& world) { return world.Look().is_judged(); })
      .def("end_fault", &EndFault, py::arg("number"))
      .def("listen", &PyWorld::Listen, py::arg("function"))
      .def("unlisten", &PyWorld::Unlisten, py::arg("number"))
      .def("report", [](PyWorld& world) { return ToPython(ToJson(world.Take(kNoReport).Report())); })
      .def("bill", &BillOf)
      .def("lags", &Lags, py::arg("source"), py::arg("destination"))
      .def("set_findings", &SetFindings, py::arg("digest"), py::arg("findings"))
      .def("explain", &Explain, py::arg("registry"), py::arg("repository"), py::arg("tag"), py::arg("digest"))
      .def("compare", &Compare, py::arg("source"), py::arg("destination"))
      .def("waiting", [](const PyWorld& world) { return world.Look().world().engine().DescribeWaiting(); })
      .def_property_readonly("run_digest",
                             [](const PyWorld& world) { return ToText(world.Look().world().run_digest().value()); })
      .def("state_hash", [](const PyWorld& world) { return ToText(world.Look().world().StateHashValue()); });
}

}  // namespace crrsim::python
