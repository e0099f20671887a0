// Where what is in a registry came from.
#pragma once

#include <cstdint>
#include <string_view>

namespace crrsim {

/// What brought a repository or an image into a registry.
enum class Origin : std::uint8_t { kClient, kReplication, kPullThroughCache };
/// `client`, `replication`, `pull-through-cache`.
std::string_view NameOf(Origin origin);

}  // namespace crrsim
