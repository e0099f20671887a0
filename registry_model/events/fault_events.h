// What faults do to the world. registry_model/events.h has the rules and the stream.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "registry_model/names.h"

namespace crrsim {

/// Nothing passes from one region to another any more.
struct LinkCut {
  static constexpr std::string_view kName = "LinkCut";
  RegionName from;
  RegionName to;

  friend bool operator==(const LinkCut&, const LinkCut&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
  }
};

/// Traffic passes again.
struct LinkHealed {
  static constexpr std::string_view kName = "LinkHealed";
  RegionName from;
  RegionName to;

  friend bool operator==(const LinkHealed&, const LinkHealed&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
  }
};

/// A fault of the scenario is in force. `fault` is its name there, `target` what it can touch, for people.
struct FaultBegan {
  static constexpr std::string_view kName = "FaultBegan";
  std::string fault;
  std::uint64_t number = 0;
  std::string target;

  friend bool operator==(const FaultBegan&, const FaultBegan&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("fault", self.fault);
    visit("number", self.number);
    visit("target", self.target);
  }
};

/// A fault changed what would have happened: a message lost, a flow stalled, a step or call failed.
struct FaultHit {
  static constexpr std::string_view kName = "FaultHit";
  std::string fault;
  std::uint64_t number = 0;

  friend bool operator==(const FaultHit&, const FaultHit&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("fault", self.fault);
    visit("number", self.number);
  }
};

/// A fault is over.
struct FaultEnded {
  static constexpr std::string_view kName = "FaultEnded";
  std::string fault;
  std::uint64_t number = 0;

  friend bool operator==(const FaultEnded&, const FaultEnded&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("fault", self.fault);
    visit("number", self.number);
  }
};

}  // namespace crrsim
