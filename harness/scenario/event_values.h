// What a scenario may claim of an event's field, as the text by which the field is compared.
//
// A value that the field can never have (a misspelt status, a region that is not there) would make "never happened"
// true of itself, so it is refused with its place.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/scenario/reader.h"

namespace crrsim {

/// The text that FieldTexts (harness/run/event_fields.h) gives to such a value: registries by nickname become
/// `111122223333/us-west-2`, sizes plain bytes, instants ISO 8601. `none` stands for an absent value.
/// Requires the names of an event and of one of its fields. On error  empty, with a diagnostic at the value.
std::optional<std::string> EventValue(LoadContext& context, std::string_view event, std::string_view field,
                                      const Node& value);

}  // namespace crrsim
