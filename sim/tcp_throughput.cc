#include "sim/tcp_throughput.h"

#include <algorithm>
#include <limits>

#include "sim/check.h"

namespace crrsim {

namespace {

constexpr Int128 kTicksPerSecond = 1'000'000'000;

BytesPerSecond RateOf(Int128 count) {
  const Int128 most = std::numeric_limits<std::int64_t>::max() - 1;
  return BytesPerSecond::FromCount(static_cast<std::int64_t>(std::clamp<Int128>(count, 1, most)));
}

}  // namespace

std::int64_t SquareRoot(Int128 value) {
  CRRSIM_CHECK(value >= 0, "the root of a negative number");
  // Digit by digit, from the highest bit that a root can have.
  Int128 root = 0;
  for (Int128 bit = Int128{1} << 62; bit > 0; bit >>= 1) {
    const auto next = root + bit;
    if (next <= value / next) root = next;
  }
  return static_cast<std::int64_t>(root);
}

BytesPerSecond WindowThroughput(ByteCount window, Duration round_trip) {
  CRRSIM_CHECK(window > ByteCount() && round_trip >= Duration(), "a window of {} bytes over {} ns", window.bytes(),
               round_trip.nanoseconds());
  if (round_trip == Duration()) return BytesPerSecond::Unlimited();
  return RateOf(static_cast<Int128>(window.bytes()) * kTicksPerSecond / round_trip.nanoseconds());
}

BytesPerSecond MathisThroughput(ByteCount segment, Duration round_trip, LossRate loss) {
  CRRSIM_CHECK(segment > ByteCount() && segment.bytes() <= 65'535 && round_trip >= Duration(),
               "segments of {} bytes over {} ns", segment.bytes(), round_trip.nanoseconds());
  CRRSIM_CHECK(loss.parts >= 0 && loss.parts <= LossRate::kOne, "a loss of {} in 10^9", loss.parts);
  if (loss.parts == 0 || round_trip == Duration()) return BytesPerSecond::Unlimited();
  // Squared, so that one root in whole numbers is all: MSS^2 * 3/2 / (RTT^2 * p). In microseconds of round trip, or
  // the numerator would not fit; a shorter round trip counts as one, and eleven days are long enough.
  const Int128 microseconds = std::clamp<std::int64_t>(round_trip.nanoseconds() / 1000, 1, 1'000'000'000'000);
  const Int128 numerator = static_cast<Int128>(segment.bytes()) * segment.bytes() * 3 * LossRate::kOne;
  const Int128 million = 1'000'000;
  // (numerator * 10^12) is below 2^127 for every segment: 65,535^2 * 3 * 10^21 = 1.3 * 10^31.
  return RateOf(SquareRoot(numerator * million * million / (2 * microseconds * microseconds * loss.parts)));
}

}  // namespace crrsim
