// What comes of the events that ECR sends to EventBridge. registry_model/events.h has the rules and the stream.
#pragma once

#include <cstdint>
#include <string_view>

#include "registry_model/event_bus/bus_event.h"

namespace crrsim {

/// A bus handed an event to its subscribers. `copy` counts the deliveries of one event, from 1.
struct EventDelivered {
  static constexpr std::string_view kName = "EventDelivered";
  BusEvent event;
  std::uint64_t copy = 1;

  friend bool operator==(const EventDelivered&, const EventDelivered&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    BusEvent::Fields(self.event, visit);
    visit("copy", self.copy);
  }
};

/// A fault took an event; nobody gets it.
struct EventLost {
  static constexpr std::string_view kName = "EventLost";
  BusEvent event;

  friend bool operator==(const EventLost&, const EventLost&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    BusEvent::Fields(self.event, visit);
  }
};

}  // namespace crrsim
