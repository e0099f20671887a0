#include "sim/nearest_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace crrsim {

namespace {

std::string FoldCase(std::string_view text) {
  std::string folded(text);
  for (auto& letter : folded) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return folded;
}

/// Damerau-Levenshtein distance in its optimal string alignment form: no part of the text is edited twice.
std::size_t CountSlips(std::string_view a, std::string_view b) {
  // Rows of the usual table: the one before last, the last, and the one being filled.
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) rows[1][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    rows[2][0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      rows[2][j] = std::min({rows[1][j] + 1, rows[2][j - 1] + 1, rows[1][j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) rows[2][j] = std::min(rows[2][j], rows[0][j - 2] + 1);
    }
    std::rotate(rows.begin(), rows.begin() + 1, rows.end());
  }
  return rows[1][b.size()];
}

std::string Suggest(const std::optional<std::string>& name) {
  return name ? fmt::format("; did you mean '{}'?", *name) : std::string();
}

std::vector<std::string_view> Views(std::span<const std::string> names) { return {names.begin(), names.end()}; }

}  // namespace

std::optional<std::string> NearestName(std::string_view found, std::span<const std::string_view> candidates) {
  const auto folded = FoldCase(found);
  std::optional<std::string> nearest;
  std::size_t fewest_slips = 0;
  for (const auto candidate : candidates) {
    const auto folded_candidate = FoldCase(candidate);
    if (folded_candidate == folded) return std::string(candidate);
    const auto longer = std::max(folded.size(), folded_candidate.size());
    const auto shorter = std::min(folded.size(), folded_candidate.size());
    const auto slips_allowed = longer < 2 ? 0 : std::max<std::size_t>(1, longer / 3);
    if (longer - shorter > slips_allowed) continue;
    const auto slips = CountSlips(folded, folded_candidate);
    if (slips > slips_allowed || (nearest && slips >= fewest_slips)) continue;
    nearest = candidate;
    fewest_slips = slips;
  }
  return nearest;
}

std::optional<std::string> NearestName(std::string_view found, std::span<const std::string> candidates) {
  const auto views = Views(candidates);
  return NearestName(found, std::span<const std::string_view>(views));
}

std::string DidYouMean(std::string_view found, std::span<const std::string_view> candidates) {
  return Suggest(NearestName(found, candidates));
}

std::string DidYouMean(std::string_view found, std::span<const std::string> candidates) {
  return Suggest(NearestName(found, candidates));
}

}  // namespace crrsim
