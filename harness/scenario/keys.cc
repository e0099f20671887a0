#include "harness/scenario/keys.h"

#include <algorithm>

#include "harness/scenario/key_tables.h"
#include "sim/check.h"

namespace crrsim {

namespace {

std::vector<Section> Together() {
  auto all = FileSections();
  for (auto part : {StepSections(), FaultSections(), ClaimSections()}) {
    for (auto& section : part) all.push_back(std::move(section));
  }
  return all;
}

}  // namespace

const KeySpec* Section::Find(std::string_view key) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const KeySpec& spec) { return spec.name == key; });
  return found == keys.end() ? nullptr : &*found;
}

std::span<const Section> AllSections() {
  static const auto kSections = Together();
  return kSections;
}

const Section& SectionOf(std::string_view name) {
  for (const auto& section : AllSections()) {
    if (section.name == name) return section;
  }
  CRRSIM_CHECK(false, "no section is called {}", name);
}

const Section& CommonStepKeys() {
  static const Section kKeys = {
      "step",
      "When a step starts.",
      {{"at", ValueKind::kInstantOrOffset, Need::kOptional, "At this instant, or this long after the start."},
       {"after", ValueKind::kDuration, Need::kOptional, "This long after the step before returned."},
       {"when", ValueKind::kObject, Need::kOptional, "When a copy has come so far.", {}, "progress"},
       {"label", ValueKind::kText, Need::kOptional, "A name for the instant at which the step returns."}}};
  return kKeys;
}

}  // namespace crrsim
