#include "harness/report/names.h"

#include <fmt/format.h>

#include "sim/units_text.h"

namespace crrsim {

namespace {

std::string NicknameOf(const std::vector<Account>& accounts, const AccountId& account) {
  for (const auto& known : accounts) {
    if (known.id == account) return known.nickname;
  }
  return account.text();
}

std::string TextOf(const ViolationSide& side, Instant start) {
  return side.when ? fmt::format("{} (+{})", side.text, ToShortText(*side.when - start)) : side.text;
}

}  // namespace

std::string NameOf(const RunResult& result, const AccountId& account) { return NicknameOf(result.accounts, account); }

std::string NameOf(const RunResult& result, const RegistryKey& registry) { return NameOf(result.accounts, registry); }

std::string NameOf(const std::vector<Account>& accounts, const RegistryKey& registry) {
  if (accounts.size() == 1 && accounts.front().id == registry.account) return std::string(registry.region.text());
  return fmt::format("{}/{}", NicknameOf(accounts, registry.account), registry.region.text());
}

std::string TextOf(const Violation& violation, Instant start) {
  return fmt::format("found: {}; expected: {}", TextOf(violation.found, start), TextOf(violation.expected, start));
}

}  // namespace crrsim
