// What a judge of a run is: an observer with one claim about every run, whatever the scenario.
//
// A checker reads the event stream and, at the end, the final state. It shares no code with the replication engine and
// includes none of its headers (a test of the tree refuses that), so that a mistake of the engine is not made twice.
// It reports every violation with both sides: what was found and what it contradicts, each with its instant.
//
// Errors  none: whatever the stream says, a checker answers with violations and never stops the run.
// Determinism  equal events and final states give equal violations in equal order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/events.h"
#include "registry_model/metering/ledger.h"
#include "registry_model/registry/registry.h"
#include "sim/units.h"

namespace crrsim {

/// One side of a contradiction. `when` is empty for what never happened.
struct ViolationSide {
  std::string text;  // half a sentence without a full stop
  std::optional<Instant> when;
  friend bool operator==(const ViolationSide&, const ViolationSide&) = default;
};

struct Violation {
  ViolationSide found;
  ViolationSide expected;
  friend bool operator==(const Violation&, const Violation&) = default;
};

/// Whether anything was still scheduled when the run ended.
enum class RunRest : std::uint8_t { kAtRest, kUnderWay };

/// What there is when a run is over.
struct FinalState {
  const Registries& registries;
  const Bill& bill;  // up to `now`
  Instant now;
  RunRest rest = RunRest::kAtRest;
};

class Checker {
 public:
  virtual ~Checker() = default;

  /// Sees every event, in order.
  virtual void OnEvent(const Event& event) = 0;
  /// Is called once, after the last event.
  virtual void AtEnd(const FinalState&) {}
  /// One that goes on equally: a world that is a value has judges that are.
  [[nodiscard]] virtual std::unique_ptr<Checker> Clone() const = 0;

  /// Order  as found.
  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }

 protected:
  void Report(ViolationSide found, ViolationSide expected) {
    violations_.push_back({std::move(found), std::move(expected)});
  }

 private:
  std::vector<Violation> violations_;
};

/// What a checker `Self`, which is plain data, derives from.
template <class Self>
class CheckerOf : public Checker {
 public:
  [[nodiscard]] std::unique_ptr<Checker> Clone() const final {
    return std::make_unique<Self>(static_cast<const Self&>(*this));
  }
};

/// `app in 111122223333/us-west-2`, for violations.
inline std::string PlaceText(const RegistryKey& registry, const RepositoryName& repository) {
  return repository.text() + " in " + ToText(registry);
}
}  // namespace crrsim
