// IP addresses and ranges, for the IpAddress operators.
//
// IPv4 in four decimal octets, IPv6 in all its text forms (`::`, upper or lower case, a last part in IPv4 form). A
// range is an address and a prefix length; bits behind the prefix are ignored, and an address alone is a range of one.
// The families are kept apart: `::ffff:10.0.0.1` is an IPv6 address and lies in no IPv4 range.
//
//   IpNetwork::Parse("203.0.113.0/24")->Contains(*IpAddress::Parse("203.0.113.7"))
//
// Source  IAM user guide, reference_policies_elements_condition_operators ("IP address condition operators"); RFC 4291
//         2.2. The guide gives `/32` as the default prefix; for IPv6 that would be a range of 2^96 addresses, so a lone
//         IPv6 address is taken as /128 here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace crrsim::policy {

struct IpAddress {
  enum class Family : std::uint8_t { kV4, kV6 };
  Family family = Family::kV4;
  std::array<std::uint8_t, 16> bytes{};  // IPv4 uses the first four

  /// Nothing for text that is no address.
  static std::optional<IpAddress> Parse(std::string_view text);
  [[nodiscard]] int bits() const { return family == Family::kV4 ? 32 : 128; }
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

class IpNetwork {
 public:
  /// `ADDRESS` or `ADDRESS/PREFIX`; nothing for any other text.
  static std::optional<IpNetwork> Parse(std::string_view text);
  [[nodiscard]] bool Contains(const IpAddress& address) const;

 private:
  IpAddress base_;
  int prefix_ = 0;
};

}  // namespace crrsim::policy
