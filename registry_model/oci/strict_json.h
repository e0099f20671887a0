// The one door through which manifest bytes become JSON: simdjson's DOM, plus what it does not check itself.
//
// A manifest is content-addressed, so two readers must never see different things in the same bytes. Refused
// therefore: a key twice in one object (at any depth, compared after unescaping), invalid UTF-8 and unpaired
// surrogates, a byte order mark, anything after the value, nesting deeper than kJsonDepthMax. The DOM and not the
// On-Demand interface, which leaves unvisited parts unchecked.
//
// Determinism: the answer depends on the bytes alone. The parser is only memory that is used again.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace crrsim {

/// Manifests nest five deep (index, list, descriptor, platform, feature list); extensions get room.
inline constexpr std::size_t kJsonDepthMax = 64;

/// A parser for ParseStrictJson, with the depth bound set.
simdjson::dom::parser MakeStrictJsonParser();

/// Returns   the root, which lives in `parser` until its next use.
/// Requires  a parser of MakeStrictJsonParser.
/// On error  a sentence without full stop; it names the JSON pointer of a key that is there twice.
Result<simdjson::dom::element, ParseError> ParseStrictJson(simdjson::dom::parser& parser, std::string_view bytes);

/// A key or text for a message: control characters escaped, at most 80 bytes.
std::string Shown(std::string_view text);

/// One step of a JSON pointer: `/` and the key with `~` and `/` escaped, shown as above.
std::string PointerStep(std::string_view key);

}  // namespace crrsim
