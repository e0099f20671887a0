// The two kinds of numbers that the fluid network is worked out in: whole ones, in which a world runs, and reals, in
// which `sim/network_real.h` answers to the precision of a double whatever the sizes, rates and times are.
//
// Each kind says what max-min rates (sim/max_min.h) and service clocks (sim/service_clocks.h) need of it. What those
// two do is written once; where rounding differs (a division that rounds down against one that rounds to nearest), the
// kind's own function stands here.
//
// Reals. A rate is a double. What rates add up to is summed with the error of each addition kept (`RealSum`), since
// what is left of a capacity after a thousand subtractions decides the next rate. Time and service are pairs of doubles
// (`LongReal`, about 32 digits), since they grow over a run while differences of one byte or one nanosecond count.
//
// Determinism: additions, multiplications and divisions of doubles, each rounded as IEEE 754 says, and no function of a
// C library; the build turns contraction off. So reals too are the same with every compiler.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "sim/int128.h"

namespace crrsim {

/// A sum of two doubles, the second at most half a unit in the last place of the first.
class LongReal {
 public:
  constexpr LongReal() = default;
  constexpr LongReal(double value) : high_(value) {}  // NOLINT(google-explicit-constructor): every double is one

  /// The nearest double.
  [[nodiscard]] constexpr double value() const { return high_; }

  friend constexpr bool operator==(LongReal a, LongReal b) { return a.high_ == b.high_ && a.low_ == b.low_; }
  friend constexpr bool operator<(LongReal a, LongReal b) {
    return a.high_ < b.high_ || (a.high_ == b.high_ && a.low_ < b.low_);
  }
  friend constexpr bool operator<=(LongReal a, LongReal b) { return !(b < a); }

  friend constexpr LongReal operator+(LongReal a, LongReal b) {
    const LongReal high = ExactSum(a.high_, b.high_);
    const LongReal low = ExactSum(a.low_, b.low_);
    const LongReal sum = Normal(high.high_, high.low_ + low.high_);
    return Normal(sum.high_, sum.low_ + low.low_);
  }
  constexpr LongReal operator-() const { return {-high_, -low_}; }
  friend constexpr LongReal operator-(LongReal a, LongReal b) { return a + -b; }
  friend constexpr LongReal operator*(LongReal a, double b) {
    const LongReal product = ExactProduct(a.high_, b);
    return Normal(product.high_, product.low_ + a.low_ * b);
  }
  /// By long division: each digit is a double.
  friend constexpr LongReal operator/(LongReal a, double b) {
    const double first = a.high_ / b;
    LongReal rest = a - ExactProduct(first, b);
    const double second = rest.high_ / b;
    rest = rest - ExactProduct(second, b);
    return Normal(first, second) + rest.high_ / b;
  }
  constexpr LongReal& operator+=(LongReal other) { return *this = *this + other; }
  constexpr LongReal& operator-=(LongReal other) { return *this = *this - other; }

  /// a + b without any rounding.
  static constexpr LongReal ExactSum(double a, double b) {
    const double sum = a + b;
    const double part = sum - a;
    return {sum, (a - (sum - part)) + (b - part)};
  }

 private:
  constexpr LongReal(double high, double low) : high_(high), low_(low) {}

  /// high + low, of which low is the lesser.
  static constexpr LongReal Normal(double high, double low) {
    const double sum = high + low;
    return {sum, low - (sum - high)};
  }
  /// a * b without any rounding, by halves of 26 bits, whose products are exact. Requires both below 2^990.
  static constexpr LongReal ExactProduct(double a, double b) {
    const double product = a * b;
    const LongReal x = Halves(a);
    const LongReal y = Halves(b);
    return {product, ((x.high_ * y.high_ - product) + x.high_ * y.low_ + x.low_ * y.high_) + x.low_ * y.low_};
  }
  static constexpr LongReal Halves(double a) {
    const double shifted = 134'217'729.0 * a;  // 2^27 + 1
    const double high = shifted - (shifted - a);
    return {high, a - high};
  }

  double high_ = 0;
  double low_ = 0;
};

/// A running sum of doubles that keeps what each addition rounds off.
class RealSum {
 public:
  RealSum() = default;
  explicit RealSum(double value) : sum_(value) {}
  void Add(double value) {
    const double sum = sum_ + value;
    const double part = sum - sum_;
    rest_ += (sum_ - (sum - part)) + (value - part);
    sum_ = sum;
  }
  [[nodiscard]] double value() const { return sum_ + rest_; }

 private:
  double sum_ = 0;
  double rest_ = 0;
};

/// Integers: rates are quanta a second, times ticks, services quanta times ticks; divisions round down, so nothing is
/// given away that is not there.
struct WholeNumbers {
  using Rate = std::uint64_t;
  static constexpr Rate kUnlimited = std::numeric_limits<Rate>::max();
  static constexpr Rate kMaxRate = Rate{1} << 63;  ///< of a capacity or cap that is not unlimited
  static constexpr bool IsRate(Rate rate) { return rate <= kMaxRate || rate == kUnlimited; }

  /// An order-preserving number for a rate, and back.
  static constexpr std::uint64_t RankOf(Rate rate) { return rate; }
  static constexpr Rate RateOf(std::uint64_t rank) { return rank; }
  /// The same, roughly, and evenly spread over the powers of two.
  static constexpr std::uint64_t RoughRankOf(Rate rate) { return rate; }

  /// What is left of a capacity while flows that are within it are taken out.
  using Left = Rate;
  static void Take(Left& left, Rate rate, std::uint32_t flows) { left -= rate * flows; }
  static Rate ShareOf(Left left, std::uint64_t flows) { return left / flows; }
  /// What is left of a capacity, which may be less than nothing.
  using Balance = Int128;
  static void Take(Balance& balance, Rate rate, std::uint32_t flows) {
    balance -= static_cast<Int128>(static_cast<UInt128>(rate) * flows);
  }
  static void Give(Balance& balance, Rate rate, std::uint32_t flows) {
    balance += static_cast<Int128>(static_cast<UInt128>(rate) * flows);
  }
  /// Requires a balance of no less than nothing and no more than a rate.
  static Rate ShareOf(Balance balance, std::uint64_t flows) { return static_cast<Rate>(balance) / flows; }
  static bool IsNegative(Balance balance) { return balance < 0; }
  /// Whether that much is left over that rounding cannot matter.
  static bool IsAmple(Balance balance, Rate, std::uint32_t flows) { return balance >= static_cast<Int128>(flows); }
  /// Whether rounding cannot be why one share of a resource is above another, or below.
  static bool IsClearlyAbove(Rate share, Rate other, std::uint32_t flows) { return share >= other + flows; }
  static bool IsClearlyBelow(Rate share, Rate other) { return share < other; }

  using Tick = std::int64_t;
  static constexpr Tick kNever = std::numeric_limits<Tick>::max();
  static constexpr Tick kLongAgo = std::numeric_limits<Tick>::min();
  using Service = Int128;
  static Service ServiceIn(Tick since, Tick now, Rate rate) {
    const auto elapsed = static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(since);
    return static_cast<Int128>(static_cast<UInt128>(rate) * elapsed);
  }
  /// The first tick at which `missing` has been given. Requires missing > 0 and rate > 0.
  static Tick WhenGiven(Service missing, Tick since, Rate rate) {
    const UInt128 ticks = (static_cast<UInt128>(missing) - 1) / rate + 1;
    const auto ticks_left = static_cast<std::uint64_t>(kNever) - static_cast<std::uint64_t>(since);
    return ticks < ticks_left ? since + static_cast<Tick>(ticks) : kNever;
  }
  /// Whether a clock that had `service` at `since` has `due` at `now`.
  static bool IsReached(Service due, Service service, Tick since, Tick now, Rate rate) {
    return due <= service + ServiceIn(since, now, rate);
  }
};

/// Reals: rates in bytes a second, times in seconds, services in bytes. Requires finite rates of at most 2^300.
struct RealNumbers {
  using Rate = double;
  static constexpr Rate kUnlimited = std::numeric_limits<Rate>::infinity();
  static constexpr Rate kMaxRate = 0x1p300;
  static constexpr bool IsRate(Rate rate) { return (rate >= 0 && rate <= kMaxRate) || rate == kUnlimited; }

  /// Doubles that are not negative stand in the order of their bits.
  static constexpr std::uint64_t RankOf(Rate rate) { return std::bit_cast<std::uint64_t>(rate); }
  static constexpr Rate RateOf(std::uint64_t rank) { return std::bit_cast<Rate>(rank); }
  static constexpr std::uint64_t RoughRankOf(Rate rate) {
    return rate < 0x1p43 ? static_cast<std::uint64_t>(rate * 0x1p20) : std::numeric_limits<std::uint64_t>::max();
  }

  using Left = RealSum;
  using Balance = RealSum;
  static void Take(Balance& balance, Rate rate, std::uint32_t flows) { balance.Add(-(rate * flows)); }
  static void Give(Balance& balance, Rate rate, std::uint32_t flows) { balance.Add(rate * flows); }
  static Rate ShareOf(const Balance& balance, std::uint64_t flows) {
    const double share = balance.value() / static_cast<double>(flows);
    return share > 0 ? share : 0;
  }
  static bool IsNegative(const Balance& balance) { return !(balance.value() >= 0); }
  static bool IsAmple(const Balance& balance, Rate capacity, std::uint32_t) {
    return balance.value() >= capacity * 0x1p-30;
  }
  static bool IsClearlyAbove(Rate share, Rate other, std::uint32_t) { return share >= other * (1 + 0x1p-40); }
  static bool IsClearlyBelow(Rate share, Rate other) { return share < other * (1 - 0x1p-40); }

  using Tick = LongReal;
  static constexpr double kNever = std::numeric_limits<double>::infinity();
  static constexpr double kLongAgo = -std::numeric_limits<double>::infinity();
  using Service = LongReal;
  static Service ServiceIn(Tick since, Tick now, Rate rate) { return (now - since) * rate; }
  static Tick WhenGiven(Service missing, Tick since, Rate rate) {
    // What is beyond all reckoning is never; an infinity must not get into a pair.
    return missing.value() / rate < 0x1p900 ? since + missing / rate : kNever;
  }
  /// A completion is where WhenGiven says, though the service there be a hair short of what is due.
  static bool IsReached(Service due, Service service, Tick since, Tick now, Rate rate) {
    if (due <= service) return true;
    return rate > 0 && WhenGiven(due - service, since, rate) <= now;
  }
};

}  // namespace crrsim
