// 128-bit integers for byte-time integrals and service clocks. The extension keyword stands here once so that
// -Wpedantic stays on everywhere else.
#pragma once

#include <cstdint>
#include <string>

namespace crrsim {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

/// Decimal digits, with a leading '-' for negative values.
std::string ToDecimal(Int128 value);

/// `value / unit` as an exact decimal, without zeros at its end.
/// Requires a unit that divides a power of ten, of nine decimals at most.
std::string ToExactDecimal(UInt128 value, std::uint64_t unit);

}  // namespace crrsim
