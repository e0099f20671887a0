// What accounts and registries are called in reports: by their nicknames, as the scenario does.
#pragma once

#include <string>

#include "harness/run/run.h"

namespace crrsim {

/// `shop/us-west-2`, or `us-west-2` where there is one account.
std::string NameOf(const RunResult& result, const RegistryKey& registry);
/// The nickname, or the digits.
std::string NameOf(const RunResult& result, const AccountId& account);

/// The same for a report of many runs.
std::string NameOf(const std::vector<Account>& accounts, const RegistryKey& registry);

/// Both sides of a violation on one line, each with the time since the start.
std::string TextOf(const Violation& violation, Instant start);

}  // namespace crrsim
