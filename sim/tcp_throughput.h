// What one TCP connection can carry over a long way, in closed form and whole numbers.
//
// A connection has at most a window of bytes under way in a round trip: window / RTT. On a way that loses packets, its
// congestion window swings around what loss allows; Mathis, Semke, Mahdavi and Ott ("The Macroscopic Behavior of the
// TCP Congestion Avoidance Algorithm", ACM Computer Communication Review 27(3), July 1997, equation 3) find
//
//   MSS / RTT * C / sqrt(p)      with C = sqrt(3/2) for periodic loss and an acknowledgement of every packet
//
// for a loss probability p. It holds for p up to a few percent, without timeouts. Both are caps of a flow, taken with
// the other limits by the network (sim/network.h).
#pragma once

#include <compare>
#include <cstdint>

#include "sim/int128.h"
#include "sim/units.h"

namespace crrsim {

/// A probability of loss in parts of 10^9.
struct LossRate {
  static constexpr std::int64_t kOne = 1'000'000'000;
  std::int64_t parts = 0;  // 0 to kOne
  friend auto operator<=>(const LossRate&, const LossRate&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("parts", self.parts);
  }
};

/// The largest whole number whose square is not more than `value`. Requires value >= 0.
std::int64_t SquareRoot(Int128 value);

/// Window / RTT, rounded down, at least one byte a second. Unlimited where there is no round trip.
BytesPerSecond WindowThroughput(ByteCount window, Duration round_trip);
/// The formula of Mathis et al., rounded down, at least one byte a second. Unlimited without loss or round trip.
BytesPerSecond MathisThroughput(ByteCount segment, Duration round_trip, LossRate loss);

/// The segment of Ethernet: 1500 bytes less the headers of IPv4 and TCP.
inline constexpr std::int64_t kEthernetSegmentBytes = 1460;

}  // namespace crrsim
