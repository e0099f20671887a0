#include "registry_model/policy/ip_network.h"

#include <algorithm>

#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

/// Four octets into `out`. A leading zero is refused: some readers take it for octal.
bool ParseV4(std::string_view text, std::uint8_t* out) {
  for (int octet = 0; octet < 4; ++octet) {
    const std::size_t end = octet < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos || end == 0 || end > 3 || (end > 1 && text[0] == '0')) return false;
    int value = 0;
    for (const char c : text.substr(0, end)) {
      if (!IsDigit(c)) return false;
      value = value * 10 + (c - '0');
    }
    if (value > 255) return false;
    out[octet] = static_cast<std::uint8_t>(value);
    text.remove_prefix(octet < 3 ? end + 1 : end);
  }
  return true;
}

/// One group of up to four hexadecimal digits.
bool ParseGroup(std::string_view text, std::uint8_t* out) {
  if (text.empty() || text.size() > 4) return false;
  unsigned value = 0;
  for (const char digit : text) {
    const char c = AsciiLower(digit);
    if (!IsDigit(c) && (c < 'a' || c > 'f')) return false;
    value = value * 16 + static_cast<unsigned>(IsDigit(c) ? c - '0' : c - 'a' + 10);
  }
  out[0] = static_cast<std::uint8_t>(value >> 8U);
  out[1] = static_cast<std::uint8_t>(value & 0xFFU);
  return true;
}

/// Groups parted by single colons into at most 16 bytes; an empty text holds none. Returns bytes written, or -1.
int ParseGroups(std::string_view text, std::array<std::uint8_t, 16>& out) {
  int length = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && group.find('.') != std::string_view::npos) {
      if (length > 12 || !ParseV4(group, out.data() + length)) return -1;
      return length + 4;
    }
    if (length > 14 || !ParseGroup(group, out.data() + length)) return -1;
    length += 2;
    if (last) return length;
    text.remove_prefix(colon + 1);
    if (text.empty()) return -1;  // a colon at the end
  }
  return length;
}

bool ParseV6(std::string_view text, std::array<std::uint8_t, 16>& out) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return ParseGroups(text, out) == 16;
  std::array<std::uint8_t, 16> front{};
  std::array<std::uint8_t, 16> back{};
  const std::string_view front_text = text.substr(0, gap);
  if (front_text.find('.') != std::string_view::npos) return false;  // the IPv4 form stands only at the end
  const int front_length = ParseGroups(front_text, front);
  const int back_length = ParseGroups(text.substr(gap + 2), back);
  // The gap stands for at least one group.
  if (front_length < 0 || back_length < 0 || front_length + back_length > 14) return false;
  out.fill(0);
  std::copy_n(front.begin(), front_length, out.begin());
  std::copy_n(back.begin(), back_length, out.end() - back_length);
  return true;
}

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  IpAddress address;
  if (text.find(':') != std::string_view::npos) {
    address.family = Family::kV6;
    if (!ParseV6(text, address.bytes)) return std::nullopt;
  } else if (!ParseV4(text, address.bytes.data())) {
    return std::nullopt;
  }
  return address;
}

std::optional<IpNetwork> IpNetwork::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto base = IpAddress::Parse(text.substr(0, slash));
  if (!base) return std::nullopt;
  IpNetwork network;
  network.base_ = *base;
  network.prefix_ = base->bits();
  if (slash == std::string_view::npos) return network;

  const std::string_view digits = text.substr(slash + 1);
  if (digits.empty() || digits.size() > 3 || !std::all_of(digits.begin(), digits.end(), IsDigit)) return std::nullopt;
  int prefix = 0;
  for (const char c : digits) prefix = prefix * 10 + (c - '0');
  if (prefix > base->bits()) return std::nullopt;
  network.prefix_ = prefix;
  return network;
}

bool IpNetwork::Contains(const IpAddress& address) const {
  if (address.family != base_.family) return false;
  const int whole_bytes = prefix_ / 8;
  if (!std::equal(base_.bytes.begin(), base_.bytes.begin() + whole_bytes, address.bytes.begin())) return false;
  const int bits = prefix_ % 8;
  if (bits == 0) return true;
  const auto place = static_cast<std::size_t>(whole_bytes);
  return ((base_.bytes[place] ^ address.bytes[place]) >> (8 - bits)) == 0;
}

}  // namespace crrsim::policy
