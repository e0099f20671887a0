// Whether a path of members leads into a described struct (sim/fields.h), by its type alone. Internal to
// registry_model/api/.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/wire_types.h"
#include "sim/archive.h"
#include "sim/fields.h"
#include "sim/nearest_name.h"

namespace crrsim::internal {

/// `where` is what the path has gone through already, for the message.
template <class T>
std::optional<std::string> PathProblem(std::span<const std::string> path, const std::string& where) {
  if (path.empty()) return std::nullopt;
  const auto& step = path.front();
  const auto rest = path.subspan(1);
  const auto below = where + "." + step;
  if constexpr (IsOptional<T>::value) {
    return PathProblem<typename T::value_type>(path, where);
  } else if constexpr (IsVector<T>::value) {
    if (step.find_first_not_of("0123456789") == std::string::npos) {
      return PathProblem<typename T::value_type>(rest, below);
    }
    return fmt::format("{} is a list; expected the number of an item instead of '{}', such as 0", where, step);
  } else if constexpr (IsMap<T>::value) {
    return PathProblem<typename T::mapped_type>(rest, below);
  } else if constexpr (Described<T>) {
    std::vector<std::string_view> members;
    std::optional<std::string> problem;
    bool found = false;
    T value{};
    T::Fields(value, [&](std::string_view name, auto& field) {
      members.push_back(name);
      if (name != step) return;
      found = true;
      problem = PathProblem<std::remove_cvref_t<decltype(field)>>(rest, below);
    });
    if (found) return problem;
    return fmt::format("{} has no member '{}'{}", where, step, DidYouMean(step, members));
  } else {
    return fmt::format("{} has no members, and '{}' is asked of it", where, step);
  }
}

}  // namespace crrsim::internal
