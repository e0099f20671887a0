#include "sim/int128.h"

#include <algorithm>

#include "sim/check.h"

namespace crrsim {

std::string ToDecimal(Int128 value) {
  const bool negative = value < 0;
  auto rest = negative ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  if (negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string ToExactDecimal(UInt128 value, std::uint64_t unit) {
  auto text = ToDecimal(static_cast<Int128>(value / unit));
  auto rest = value % unit;
  if (rest == 0) return text;
  text.push_back('.');
  for (int decimals = 0; rest != 0; ++decimals) {
    CRRSIM_CHECK(decimals < 9, "{} of {} needs more than nine decimals", ToDecimal(static_cast<Int128>(value)), unit);
    rest *= 10;
    text.push_back(static_cast<char>('0' + static_cast<int>(rest / unit)));
    rest %= unit;
  }
  return text;
}

}  // namespace crrsim
