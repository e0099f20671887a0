#include "harness/explain/explanation.h"
#include "harness/report/json.h"
#include "harness/run/event_fields.h"
#include "harness/session/session.h"
#include "python/bindings.h"
#include "python/convert.h"
#include "python/handles.h"

namespace py = pybind11;

namespace crrsim::python {

namespace {

/// Calls a function of Python for each event. The engine runs without the interpreter's lock, so it is taken here.
class Listener : public Observer {
 public:
  explicit Listener(py::function function) : function_(std::move(function)) {}
  void OnEvent(const Event& event) override {
    const py::gil_scoped_acquire lock;
    if (failure_) return;  // the first one is raised when the engine has come back
    try {
      py::dict fields;
      for (const auto& [name, text] : FieldTexts(event)) fields[py::str(std::string(name))] = text;
      function_(event.when.unix_nanoseconds(), std::string(event.name()), fields);
    } catch (py::error_already_set& error) {
      failure_ = std::make_unique<py::error_already_set>(error);
    }
  }
  void RaiseFailure() {
    if (const auto failure = std::move(failure_)) throw py::error_already_set(*failure);
  }

 private:
  py::function function_;
  std::unique_ptr<py::error_already_set> failure_;
};

class PyWorld {
 public:
  explicit PyWorld(Session session) : session_(std::move(session)) {}
  /// A copy has no listeners.
  PyWorld(const PyWorld& other) : session_(other.session_) {}
  PyWorld& operator=(const PyWorld&) = delete;
  ~PyWorld() {
    for (const auto& [number, listener] : listeners_) session_.world().RemoveObserver(*listener);
  }

  /// Runs `body` without the interpreter's lock, then raises what a listener raised.
  template <class Body>
  auto Run(Body body) {
    if (running_) throw std::runtime_error("the world is in the middle of an event; a listener may only look on");
    running_ = true;
    const std::unique_ptr<bool, void (*)(bool*)> done(&running_, [](bool* running) { *running = false; });
    auto outcome = [&] {
      const py::gil_scoped_release others_may_run;
      return body(session_);
    }();
    for (const auto& [number, listener] : listeners_) listener->RaiseFailure();
    return outcome;
  }

  std::uint64_t Listen(py::function function) {
    const auto number = ++listened_;
    auto& listener = listeners_[number];
    listener = std::make_unique<Listener>(std::move(function));
    session_.world().AddObserver(*listener);
    return number;
  }
  void Unlisten(std::uint64_t number) {
    const auto listener = listeners_.find(number);
    if (listener == listeners_.end()) return;
    session_.world().RemoveObserver(*listener->second);
    listeners_.erase(listener);
  }
  Session& session() { return session_; }
  [[nodiscard]] const World& Look() const { return session_.world(); }

 private:
  Session session_;
  std::map<std::uint64_t, std::unique_ptr<Listener>> listeners_;
  std::uint64_t listened_ = 0;
  bool running_ = false;
};

std::unique_ptr<PyWorld> OpenWorld(const py::dict& definition) {
  auto session = Session::Open(JsonFrom(definition));
  if (!session) Refuse(session.error());
  return std::make_unique<PyWorld>(*std::move(session));
}

std::unique_ptr<PyWorld> LoadWorld(const py::bytes& bytes) {
  return std::make_unique<PyWorld>(ValueOf(Session::Load(bytes.cast<std::string_view>())));
}

template <class T>
T OrFail(ApiResult<T> answer) {
  if (!answer) Fail(answer.error());
  return *std::move(answer);
}

py::object Call(PyWorld& world, const std::string& registry, const std::string& operation, const py::dict& request,
                const std::string& arn) {
  const auto key = RegistryFrom(registry);
  const auto json = JsonFrom(request);
  return ToPython(OrFail(world.Run([&](Session& session) { return session.Call(key, arn, operation, json); })));
}

std::string Push(PyWorld& world, const std::string& registry, const std::string& repository,
                 const std::optional<std::string>& tag, const ImageHandle& image, const std::string& arn) {
  const auto key = RegistryFrom(registry);
  const auto name = ValueOf(RepositoryName::Parse(repository));
  const auto label = tag ? std::optional(ValueOf(Tag::Parse(*tag))) : std::nullopt;
  return OrFail(world.Run([&](Session& session) { return session.Push(key, arn, name, label, *image.content); }))
      .text();
}

std::string Pull(PyWorld& world, const std::string& registry, const std::string& repository,
                 const std::optional<std::string>& tag, const std::optional<std::string>& digest,
                 const std::string& arn) {
  const auto key = RegistryFrom(registry);
  ImageReference image{ValueOf(RepositoryName::Parse(repository)), std::nullopt, std::nullopt};
  if (tag) image.tag = ValueOf(Tag::Parse(*tag));
  if (digest) image.digest = ValueOf(Digest::Parse(*digest));
  if (image.tag.has_value() == image.digest.has_value()) throw py::value_error("expected either a tag or a digest");
  return OrFail(world.Run([&](Session& session) { return session.Pull(key, arn, image); })).text();
}

std::int64_t NowOf(PyWorld& world) { return world.session().world().now().unix_nanoseconds(); }

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

std::uint64_t CutLink(PyWorld& world, const std::string& from, const std::string& to,
                      const std::optional<std::int64_t>& nanoseconds) {
  const Partition cut{ValueOf(RegionName::Parse(from)), ValueOf(RegionName::Parse(to))};
  const auto duration =
      nanoseconds ? std::optional(Duration::FromNanoseconds(*nanoseconds)) : std::optional<Duration>();
  return world.Run([&](Session& session) { return session.world().BeginFault("partition", cut, duration); });
}

void EndFault(PyWorld& world, std::uint64_t number) {
  world.Run([&](Session& session) {
    session.world().EndFault(number);
    return true;
  });
}

std::vector<std::int64_t> Lags(PyWorld& world, const std::string& from, const std::string& to) {
  std::vector<std::int64_t> lags;
  for (const auto lag : LagsOf(world.session().recording().replications(), RegistryFrom(from), RegistryFrom(to))) {
    lags.push_back(lag.nanoseconds());
  }
  return lags;
}

void SetFindings(PyWorld& world, const std::string& digest, const FindingCounts& findings) {
  world.session().world().SetFindings(ValueOf(Digest::Parse(digest)), findings);
}

py::object Explain(PyWorld& world, const std::string& registry, const std::string& repository,
                   const std::optional<std::string>& tag, const std::optional<std::string>& digest) {
  PushedImage image{RegistryFrom(registry), ValueOf(RepositoryName::Parse(repository)), std::nullopt, std::nullopt};
  if (tag) image.tag = ValueOf(Tag::Parse(*tag));
  if (digest) image.digest = ValueOf(Digest::Parse(*digest));
  const auto& inner = std::as_const(world).Look();
  return ToPython(ToJson(ExplainPush({inner.registries(), &inner}, image, inner.assumptions())));
}

}  // namespace

void AddWorld(py::module_& module) {
  py::class_<PyWorld>(module, "World", "Registries under virtual time, driven call by call.")
      .def(py::init(&OpenWorld), py::arg("definition"))
      .def_static("load", &LoadWorld, py::arg("saved"))
      .def("copy", [](const PyWorld& world) { return std::make_unique<PyWorld>(world); })
      .def("save", [](PyWorld& world) { return py::bytes(world.session().Save()); })
      .def("call", &Call, py::arg("registry"), py::arg("operation"), py::arg("request"), py::arg("arn"))
      .def("push", &Push, py::arg("registry"), py::arg("repository"), py::arg("tag"), py::arg("image"), py::arg("arn"))
      .def("pull", &Pull, py::arg("registry"), py::arg("repository"), py::arg("tag"), py::arg("digest"), py::arg("arn"))
      .def_property_readonly("now", &NowOf)
      .def("run_until", &RunUntil, py::arg("nanoseconds"))
      .def("run_until_idle", &RunUntilIdle, py::arg("limit"))
      .def("partition", &CutLink, py::arg("source"), py::arg("destination"), py::arg("nanoseconds"))
      .def("end_fault", &EndFault, py::arg("number"))
      .def("listen", &PyWorld::Listen, py::arg("function"))
      .def("unlisten", &PyWorld::Unlisten, py::arg("number"))
      .def("report", [](PyWorld& world) { return ToPython(ToJson(world.session().Report())); })
      .def("lags", &Lags, py::arg("source"), py::arg("destination"))
      .def("set_findings", &SetFindings, py::arg("digest"), py::arg("findings"))
      .def("explain", &Explain, py::arg("registry"), py::arg("repository"), py::arg("tag"), py::arg("digest"))
      .def("waiting", [](PyWorld& world) { return world.session().world().engine().DescribeWaiting(); })
      .def_property_readonly("run_digest",
                             [](PyWorld& world) { return ToText(world.session().world().run_digest().value()); })
      .def("state_hash", [](PyWorld& world) { return ToText(world.session().world().StateHashValue()); });
}

}  // namespace crrsim::python
