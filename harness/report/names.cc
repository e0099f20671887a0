#include "harness/report/names.h"

#include <fmt/format.h>

namespace crrsim {

std::string NameOf(const RunResult& result, const AccountId& account) {
  for (const auto& known : result.accounts) {
    if (known.id == account) return known.nickname;
  }
  return account.text();
}

std::string NameOf(const RunResult& result, const RegistryKey& registry) {
  if (result.accounts.size() == 1 && result.accounts.front().id == registry.account)
    return std::string(registry.region.text());
  return fmt::format("{}/{}", NameOf(result, registry.account), registry.region.text());
}

}  // namespace crrsim
