#include <algorithm>
#include <mutex>

#include "harness/report/json.h"
#include "harness/report/terminal.h"
#include "harness/run/recording.h"
#include "harness/run/run.h"
#include "harness/scenario/load.h"
#include "python/bindings.h"
#include "python/convert.h"
#include "python/handles.h"

namespace py = pybind11;

namespace crrsim::python {

namespace {

/// The images of a scenario, made at its first run and lent to one run at a time, as many as run at once.
class ImagePool {
 public:
  /// Nothing where they cannot be had.
  std::optional<ImageLibrary> Take(const Scenario& scenario) {
    const std::lock_guard lock(mutex_);
    if (!made_) {
      auto built = ImageLibrary::Build(scenario);
      if (!built) return std::nullopt;
      made_ = *std::move(built);
    }
    if (idle_.empty()) return made_;
    auto images = std::move(idle_.back());
    idle_.pop_back();
    return images;
  }
  void Return(ImageLibrary images) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(images));
  }

 private:
  std::mutex mutex_;  // never waited for with the interpreter's lock
  std::optional<ImageLibrary> made_;
  std::vector<ImageLibrary> idle_;
};

/// A scenario that is run for many seeds is read once, and its images are made once. Threads may run it side by side.
struct LoadedScenario {
  Scenario scenario;
  std::map<std::string, std::string> images;
  std::unique_ptr<ImagePool> pool = std::make_unique<ImagePool>();

  [[nodiscard]] RunResult Run(const RunOptions& options) const {
    auto library = pool->Take(scenario);
    if (!library) return RunScenario(scenario, options);  // whose result says why not
    auto result = RunScenario(scenario, *library, options);
    pool->Return(*std::move(library));
    return result;
  }
};

LoadedScenario FromFile(const std::string& path, const std::map<std::string, std::string>& images) {
  auto scenario = [&] {
    const py::gil_scoped_release others_may_run;
    return LoadScenario(path, {.images = images});
  }();
  if (!scenario) Refuse(scenario.error());
  return {*std::move(scenario), images};
}

/// From text, YAML or JSON; its documents are looked for beside `path`.
LoadedScenario FromText(const std::string& text, const std::string& path,
                        const std::map<std::string, std::string>& images) {
  auto scenario = LoadScenarioText(text, path, {.images = images});
  if (!scenario) Refuse(scenario.error());
  return {*std::move(scenario), images};
}

/// What a run depends on beside its definition: the bytes of documents, by name, and the content of images that are
/// read from files, as the digest of the root; None where that cannot be had.
py::dict InputsOf(const LoadedScenario& loaded) {
  std::map<std::string, std::optional<std::string>> images;
  for (const auto& image : loaded.scenario.images) {
    if (!image.path.empty()) images.emplace(image.name, std::nullopt);
  }
  if (!images.empty()) {
    const py::gil_scoped_release others_may_run;
    if (auto library = loaded.pool->Take(loaded.scenario)) {
      for (auto& [name, digest] : images) digest = library->ContentOf(name, 1).root->digest.text();
      loaded.pool->Return(*std::move(library));
    }
  }
  py::dict documents;
  for (const auto& [name, digest] : loaded.scenario.documents) documents[py::str(name)] = digest.text();
  py::dict inputs;
  inputs["documents"] = documents;
  inputs["images"] = images;
  return inputs;
}

enum class Timeline : std::uint8_t { kKept, kLeftOut };

RunResult Run(const LoadedScenario& loaded, const std::optional<std::uint64_t>& seed, bool strict, Timeline timeline) {
  RunOptions options;
  options.seed = seed;
  options.images = loaded.images;
  options.keep_timeline = timeline == Timeline::kKept;
  options.idle_faults = strict ? IdleFaults::kFail : IdleFaults::kWarn;
  const py::gil_scoped_release others_may_run;
  return loaded.Run(options);
}

/// Of one run, what a sweep keeps: a row of its table.
struct Figures {
  std::uint64_t seed = 0;
  Verdict verdict = Verdict::kError;
  Hash128 run_digest;
  Duration simulated;
  std::uint64_t events = 0;
  std::int64_t replications = 0;
  std::int64_t failed_replications = 0;
  std::array<double, 4> lags = {};  // seconds, of kLagQuantiles; not a number where nothing became visible
  std::int64_t useful_bytes = 0;
  std::int64_t wasted_bytes = 0;
  double gb_months = 0;
  std::int64_t fault_hits = 0;
};

constexpr std::array<std::pair<const char*, std::int64_t>, 4> kLagQuantiles = {
    {{"lag_p50", 50}, {"lag_p90", 90}, {"lag_p99", 99}, {"lag_max", 100}}};

Figures FiguresOf(const RunResult& result) {
  Figures row{.seed = result.seed,
              .verdict = result.verdict,
              .run_digest = result.run_digest,
              .simulated = result.end - result.start,
              .events = result.events,
              .replications = static_cast<std::int64_t>(result.replications.size())};
  std::vector<Duration> lags;
  for (const auto& copy : result.replications) {
    if (copy.status == ReplicationStatus::kFailed) ++row.failed_replications;
    if (copy.visible_at) lags.push_back(*copy.visible_at - copy.queued_at);
  }
  std::sort(lags.begin(), lags.end());
  for (std::size_t i = 0; i < row.lags.size(); ++i) {
    row.lags[i] =
        lags.empty() ? std::numeric_limits<double>::quiet_NaN() : QuantileOf(lags, kLagQuantiles[i].second).seconds();
  }
  for (const auto& way : result.bill.transfers) {
    row.useful_bytes += way.useful.bytes();
    row.wasted_bytes += way.wasted.bytes();
  }
  // Summed exactly within a month, so that the order of the rows has no part in it.
  std::map<CalendarMonth, Int128> months;
  for (const auto& part : result.bill.storage) months[part.month] += part.byte_nanoseconds;
  for (const auto& [month, sum] : months) row.gb_months += result.units.GigabyteMonthsOf(sum, month);
  for (const auto& fault : result.faults) row.fault_hits += fault.hits;
  return row;
}

template <class Value>
py::list Column(const std::vector<Figures>& rows, Value value) {
  py::list column(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) column[i] = value(rows[i]);
  return column;
}

/// Runs seed after seed; answers in columns, by name and in their order.
py::dict RunSeeds(const LoadedScenario& loaded, const std::vector<std::uint64_t>& seeds) {
  std::vector<Figures> rows;
  rows.reserve(seeds.size());
  {
    const py::gil_scoped_release others_may_run;
    RunOptions options;
    options.images = loaded.images;
    options.keep_timeline = false;
    for (const auto seed : seeds) {
      options.seed = seed;
      rows.push_back(FiguresOf(loaded.Run(options)));
    }
  }
  py::dict columns;
  columns["seed"] = Column(rows, [](const Figures& row) { return row.seed; });
  columns["verdict"] = Column(rows, [](const Figures& row) { return std::string(NameOf(row.verdict)); });
  columns["run_digest"] = Column(rows, [](const Figures& row) { return ToText(row.run_digest); });
  columns["simulated_seconds"] = Column(rows, [](const Figures& row) { return row.simulated.seconds(); });
  columns["events"] = Column(rows, [](const Figures& row) { return row.events; });
  columns["replications"] = Column(rows, [](const Figures& row) { return row.replications; });
  columns["failed_replications"] = Column(rows, [](const Figures& row) { return row.failed_replications; });
  for (std::size_t i = 0; i < kLagQuantiles.size(); ++i) {
    columns[kLagQuantiles[i].first] = Column(rows, [i](const Figures& row) { return row.lags[i]; });
  }
  columns["useful_bytes"] = Column(rows, [](const Figures& row) { return row.useful_bytes; });
  columns["wasted_bytes"] = Column(rows, [](const Figures& row) { return row.wasted_bytes; });
  columns["gb_months"] = Column(rows, [](const Figures& row) { return row.gb_months; });
  columns["fault_hits"] = Column(rows, [](const Figures& row) { return row.fault_hits; });
  return columns;
}

}  // namespace

void AddScenarios(py::module_& module) {
  py::class_<LoadedScenario>(module, "Scenario", "A scenario file, read and checked.")
      .def(py::init(&FromFile), py::arg("path"), py::arg("images"))
      .def_property_readonly("title", [](const LoadedScenario& loaded) { return loaded.scenario.title; })
      .def_property_readonly("path", [](const LoadedScenario& loaded) { return loaded.scenario.path; })
      .def_static("from_text", &FromText, py::arg("text"), py::arg("path"), py::arg("images"))
      .def(
          "run",
          [](const LoadedScenario& loaded, const std::optional<std::uint64_t>& seed, bool strict) {
            return ToPython(ToJson(Run(loaded, seed, strict, Timeline::kLeftOut)));
          },
          py::arg("seed"), py::arg("strict"))
      .def(
          "run_text",
          [](const LoadedScenario& loaded, const std::optional<std::uint64_t>& seed, bool strict) {
            return ToTerminal(Run(loaded, seed, strict, Timeline::kKept), {.detail = Detail::kVerbose});
          },
          py::arg("seed"), py::arg("strict"))
      .def("inputs", &InputsOf)
      .def("run_seeds", &RunSeeds, py::arg("seeds"));
}

}  // namespace crrsim::python
