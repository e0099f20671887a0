// What the event buses get and hand on: at once and once, unless a fault says otherwise.
#include "registry_model/world/world.h"

namespace crrsim {

void World::TellBuses(const Event& event) {
  for (auto& message : bus_.Hear(event, registries_, assumptions_)) Send(std::move(message));
}

void World::Send(BusEvent&& event) {
  if (const auto fault = faults_.Disturbing(event.registry)) return Disturb(*fault, std::move(event));
  Emit<EventDelivered>(std::move(event), std::uint64_t{1});
}

void World::Disturb(FaultNumber number, BusEvent&& event) {
  const auto fault = std::get<BusDisturbance>(faults_.all().at(number).what);
  const auto happens = [&](std::int64_t percent) {
    return percent > 0 && bus_fault_stream_.Chance(static_cast<std::uint64_t>(percent), 100);
  };
  if (happens(fault.lose_percent)) {
    HitFault(number);
    return Emit<EventLost>(std::move(event));
  }
  const std::uint64_t copies = happens(fault.duplicate_percent) ? 2 : 1;
  std::vector<Duration> delays;
  for (std::uint64_t copy = 1; copy <= copies; ++copy) {
    delays.push_back(fault.delay);
    if (fault.reorder > Duration()) delays.back() += bus_fault_stream_.UniformDuration(Duration(), fault.reorder);
  }
  if (copies > 1 || delays.front() > Duration()) HitFault(number);
  for (std::uint64_t copy = 1; copy <= copies; ++copy) {
    const auto delay = delays[copy - 1];
    if (delay == Duration()) {
      Emit<EventDelivered>(event, copy);
      continue;
    }
    const auto delayed = ++events_delayed_;
    delayed_events_.emplace(delayed, DelayedEvent{event, copy, now_ + delay});
    Schedule(now_ + delay, {ScheduledKind::kEventArrives, delayed});
  }
}

void World::EventArrives(std::uint64_t number) {
  auto delayed = std::move(delayed_events_.at(number));
  delayed_events_.erase(number);
  Emit<EventDelivered>(std::move(delayed.event), delayed.copy);
}

}  // namespace crrsim
