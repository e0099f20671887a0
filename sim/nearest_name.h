// The nearest valid spelling of a name that was not found, for every "did you mean" of the project.
//
// A candidate that differs only in letter case wins; otherwise the one with the fewest slips (a letter added, left out,
// changed, or swapped with its neighbour), letter case apart, if the slips are few for its length. Of equals the first
// wins. Case is folded for ASCII only; other bytes are compared as they are.
//
//   NearestName("mib", units)  ->  "MiB"
//   fmt::format("unknown unit '{}'{}", found, DidYouMean(found, units))  ->  "unknown unit 'mib'; did you mean 'MiB'?"
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace crrsim {

/// Returns   the nearest candidate, or nothing where none is near (at most one slip in three letters, and one is always
///           allowed in a name of two letters or more).
std::optional<std::string> NearestName(std::string_view found, std::span<const std::string_view> candidates);
std::optional<std::string> NearestName(std::string_view found, std::span<const std::string> candidates);

/// Returns   `; did you mean 'NAME'?` to be put behind an error message, or nothing where no candidate is near.
std::string DidYouMean(std::string_view found, std::span<const std::string_view> candidates);
std::string DidYouMean(std::string_view found, std::span<const std::string> candidates);

}  // namespace crrsim
