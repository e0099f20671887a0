// The fields of any event as names and texts: what patterns of a scenario compare and verbose timelines show.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry_model/events.h"

namespace crrsim {

/// Every field with its published name, nested structs flattened (a job's `repository`, `digest`, `tag`), absent ones
/// as "none". Order  that of the event's Fields. Registries read `111122223333/us-west-2`, instants ISO 8601, bytes
/// plain numbers.
std::vector<std::pair<std::string_view, std::string>> FieldTexts(const Event& event);

/// The published names of all events, in the order of EventBody.
std::vector<std::string_view> EventNames();
/// The published field names of one event, flattened; empty for an unknown event.
std::vector<std::string_view> EventFieldNames(std::string_view event);

}  // namespace crrsim
