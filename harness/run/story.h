// Tells what happens in a world in sentences: an observer that turns events into timeline lines.
#pragma once

#include <string>
#include <vector>

#include "harness/run/run.h"
#include "registry_model/events.h"

namespace crrsim {

class Story : public Observer {
 public:
  explicit Story(const Scenario& scenario) : scenario_(scenario) {}

  void OnEvent(const Event& event) override;
  /// Adds a line of the runner's own.
  void Tell(Instant when, TimelineEntry::Kind kind, std::string text) {
    entries_.push_back({when, kind, std::move(text), false});
  }
  std::vector<TimelineEntry> Take() { return std::move(entries_); }

 private:
  void Note(Instant when, std::string text) {
    entries_.push_back({when, TimelineEntry::Kind::kWorld, std::move(text), false});
  }
  void Detail(Instant when, std::string text) {
    entries_.push_back({when, TimelineEntry::Kind::kWorld, std::move(text), true});
  }
  [[nodiscard]] std::string Name(const RegistryKey& registry) const { return scenario_.NameOf(registry); }

  const Scenario& scenario_;
  std::vector<TimelineEntry> entries_;
};

}  // namespace crrsim
