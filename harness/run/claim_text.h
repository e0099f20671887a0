// Small texts and comparisons that judging and reporting share.
#pragma once

#include <string>
#include <string_view>

#include "harness/scenario/scenario.h"

namespace crrsim {

/// Whether all bounds that are given hold.
template <class Quantity>
bool Within(const Bounds<Quantity>& bounds, const Quantity& value) {
  return (!bounds.at_least || value >= *bounds.at_least) && (!bounds.at_most || value <= *bounds.at_most) &&
         (!bounds.exactly || value == *bounds.exactly);
}

/// `1 image`, `2 images`.
std::string Counted(std::size_t count, std::string_view noun);
/// `2 HIGH, 1 LOW`, or `none`.
std::string TextOf(const FindingCounts& findings);
/// `tags 1, latest`, or `no tag`.
std::string TextOf(const TagSet& tags);
/// `BlobStored in eu-west-1 (repository mservice)`.
std::string TextOf(const EventPattern& pattern, const Scenario& scenario);

}  // namespace crrsim
