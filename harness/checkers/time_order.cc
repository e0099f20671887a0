// Time never runs back.
#include <fmt/format.h>

#include "harness/checkers/all_checkers.h"

namespace crrsim {

namespace {

class TimeOrderChecker final : public CheckerOf<TimeOrderChecker> {
 public:
  void OnEvent(const Event& event) override {
    if (heard_ && event.when < last_) {
      Report({std::string(event.name()), event.when}, {"it comes no earlier than the event before it", last_});
    }
    heard_ = true;
    last_ = event.when;
  }

  void AtEnd(const FinalState& state) override {
    if (heard_ && state.now < last_) Report({"the run ended", state.now}, {"no earlier than its last event", last_});
  }

 private:
  bool heard_ = false;
  Instant last_;
};

}  // namespace

std::unique_ptr<Checker> MakeTimeOrderChecker(const Assumptions&) { return std::make_unique<TimeOrderChecker>(); }

}  // namespace crrsim
