// All checkers as one observer, which every run has.
//
//   Judges judges(world.assumptions());
//   world.AddObserver(judges);
//   ... let time pass ...
//   judges.AtEnd({world.registries(), bill, world.now(), RunRest::kAtRest});
//   for (const auto& verdict : judges.Verdicts()) ...
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "harness/checkers/checker.h"
#include "registry_model/assumptions.h"

namespace crrsim {

/// What a checker claims of every run.
struct InvariantInfo {
  std::string_view name;    // as reports spell it
  std::string_view claim;   // one sentence
  std::string_view source;  // where the claim comes from
  std::unique_ptr<Checker> (*make)(const Assumptions& assumptions);
};

/// Order  that of reports.
std::span<const InvariantInfo> InvariantTable();

/// One invariant over one run.
struct InvariantVerdict {
  const InvariantInfo* invariant = nullptr;
  std::vector<Violation> violations;
  [[nodiscard]] bool held() const { return violations.empty(); }
};

class Judges final : public Observer {
 public:
  /// A world's assumptions do not change while it runs, so their values are read here.
  explicit Judges(const Assumptions& assumptions);
  /// Both go on equally.
  Judges(const Judges& other);
  Judges(Judges&& other) = default;
  Judges& operator=(const Judges&) = delete;
  Judges& operator=(Judges&&) = delete;
  ~Judges() override = default;

  void OnEvent(const Event& event) override {
    for (const auto& checker : checkers_) checker->OnEvent(event);
  }
  void AtEnd(const FinalState& state) {
    for (const auto& checker : checkers_) checker->AtEnd(state);
  }
  /// One row an invariant, in the order of the table.
  [[nodiscard]] std::vector<InvariantVerdict> Verdicts() const;

 private:
  std::vector<std::unique_ptr<Checker>> checkers_;
};

}  // namespace crrsim
