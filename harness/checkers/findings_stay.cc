// Findings of scans never travel.
#include <fmt/format.h>

#include <map>

#include "harness/checkers/all_checkers.h"

namespace crrsim {

namespace {

class FindingsStayChecker final : public CheckerOf<FindingsStayChecker> {
 public:
  void OnEvent(const Event& event) override {
    if (const auto* started = std::get_if<ScanStarted>(&event.body)) {
      auto& scans = scans_[{{started->registry, started->repository}, started->digest}];
      scans.started = event.when;
    } else if (const auto* completed = std::get_if<ScanCompleted>(&event.body)) {
      auto& scans = scans_[{{completed->registry, completed->repository}, completed->digest}];
      if (!scans.started) {
        Report({fmt::format("a scan of {} in {} is complete", completed->digest.short_text(),
                            PlaceText(completed->registry, completed->repository)),
                event.when},
               {"it was begun there; it never was", std::nullopt});
      }
      scans.findings = completed->findings;
      scans.completed = event.when;
    }
  }

  void AtEnd(const FinalState& state) override {
    for (const auto& [key, registry] : state.registries) {
      registry.repositories.ForEachSorted(
          [&, &where = key](const RepositoryName& name, const Cow<Repository>& repository) {
            repository->images.ForEachSorted([&](const Digest& digest, const Image& image) {
              if (image.scan) CheckScan({where, name}, digest, *image.scan, state.now);
            });
          });
    }
  }

 private:
  struct Scans {
    std::optional<Instant> started;
    std::optional<Instant> completed;
    FindingCounts findings;
  };

  void CheckScan(const RepositoryKey& where, const Digest& digest, const ImageScan& scan, Instant now) {
    const auto known = scans_.find({where, digest});
    const ViolationSide found{fmt::format("{} in {} has the result of a scan", digest.short_text(),
                                          PlaceText(where.registry, where.repository)),
                              now};
    if (known == scans_.end() || !known->second.started) {
      return Report(found, {"a scan was begun there; none ever was", std::nullopt});
    }
    if (scan.status != ScanStatus::kComplete) return;
    if (known->second.completed && known->second.findings == scan.findings) return;
    Report(found, {"its findings are those that the scan there ended with", known->second.completed});
  }

  std::map<std::pair<RepositoryKey, Digest>, Scans> scans_;
};

}  // namespace

std::unique_ptr<Checker> MakeFindingsStayChecker(const Assumptions&) { return std::make_unique<FindingsStayChecker>(); }

}  // namespace crrsim
