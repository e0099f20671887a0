// Strong types for virtual time, amounts of bytes and rates.
//
// Units: time in whole nanoseconds (an Instant counts from 1970-01-01T00:00:00Z, so it reaches the year 2262), sizes in
// bytes, rates in bytes per second. All arithmetic is checked: overflow is a Defect, never a wrong number. Text forms
// (`40ms`, `48MiB`, `250MB/s`) are in sim/units_text.h.
//
//   Instant arrival = sent + Milliseconds(65);
//   ByteCount moved = Mebibytes(48);
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "sim/check.h"

namespace crrsim {

namespace internal {

inline std::int64_t CheckedAdd(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  CRRSIM_CHECK(!__builtin_add_overflow(a, b, &sum), "{} + {} overflows", a, b);
  return sum;
}
inline std::int64_t CheckedSubtract(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  CRRSIM_CHECK(!__builtin_sub_overflow(a, b, &difference), "{} - {} overflows", a, b);
  return difference;
}
inline std::int64_t CheckedMultiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  CRRSIM_CHECK(!__builtin_mul_overflow(a, b, &product), "{} * {} overflows", a, b);
  return product;
}

}  // namespace internal

/// A signed span of virtual time in nanoseconds.
class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration FromNanoseconds(std::int64_t count) { return Duration(count); }
  static constexpr Duration Max() { return Duration(std::numeric_limits<std::int64_t>::max()); }

  [[nodiscard]] constexpr std::int64_t nanoseconds() const { return count_; }
  /// For reports only: never feed it back into state.
  [[nodiscard]] constexpr double seconds() const { return static_cast<double>(count_) / 1e9; }

  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend Duration operator+(Duration a, Duration b) { return Duration(internal::CheckedAdd(a.count_, b.count_)); }
  friend Duration operator-(Duration a, Duration b) { return Duration(internal::CheckedSubtract(a.count_, b.count_)); }
  friend Duration operator*(Duration a, std::int64_t factor) {
    return Duration(internal::CheckedMultiply(a.count_, factor));
  }
  friend Duration operator*(std::int64_t factor, Duration a) { return a * factor; }
  friend Duration operator/(Duration a, std::int64_t divisor) {
    CRRSIM_CHECK(divisor != 0);
    return Duration(a.count_ / divisor);
  }
  Duration& operator+=(Duration other) { return *this = *this + other; }
  Duration& operator-=(Duration other) { return *this = *this - other; }

 private:
  explicit constexpr Duration(std::int64_t count) : count_(count) {}
  std::int64_t count_ = 0;
};

inline Duration Nanoseconds(std::int64_t n) { return Duration::FromNanoseconds(n); }
inline Duration Microseconds(std::int64_t n) { return Nanoseconds(1'000) * n; }
inline Duration Milliseconds(std::int64_t n) { return Nanoseconds(1'000'000) * n; }
inline Duration Seconds(std::int64_t n) { return Nanoseconds(1'000'000'000) * n; }
inline Duration Minutes(std::int64_t n) { return Seconds(60) * n; }
inline Duration Hours(std::int64_t n) { return Minutes(60) * n; }
inline Duration Days(std::int64_t n) { return Hours(24) * n; }

/// A point of virtual time. Nothing in a world ever reads the host's clock.
class Instant {
 public:
  constexpr Instant() = default;
  static constexpr Instant FromUnixNanoseconds(std::int64_t count) { return Instant(count); }
  static constexpr Instant Max() { return Instant(std::numeric_limits<std::int64_t>::max()); }

  [[nodiscard]] constexpr std::int64_t unix_nanoseconds() const { return count_; }

  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend Instant operator+(Instant a, Duration b) { return Instant(internal::CheckedAdd(a.count_, b.nanoseconds())); }
  friend Instant operator+(Duration a, Instant b) { return b + a; }
  friend Instant operator-(Instant a, Duration b) {
    return Instant(internal::CheckedSubtract(a.count_, b.nanoseconds()));
  }
  friend Duration operator-(Instant a, Instant b) {
    return Duration::FromNanoseconds(internal::CheckedSubtract(a.count_, b.count_));
  }
  Instant& operator+=(Duration other) { return *this = *this + other; }

 private:
  explicit constexpr Instant(std::int64_t count) : count_(count) {}
  std::int64_t count_ = 0;
};

/// A number of bytes, never negative; taking away more than is there is a Defect.
class ByteCount {
 public:
  constexpr ByteCount() = default;
  /// Requires count >= 0.
  static ByteCount FromBytes(std::int64_t count) {
    CRRSIM_CHECK(count >= 0, "{} bytes", count);
    return ByteCount(count);
  }

  [[nodiscard]] constexpr std::int64_t bytes() const { return count_; }

  friend constexpr auto operator<=>(ByteCount, ByteCount) = default;
  friend ByteCount operator+(ByteCount a, ByteCount b) { return ByteCount(internal::CheckedAdd(a.count_, b.count_)); }
  friend ByteCount operator-(ByteCount a, ByteCount b) {
    return FromBytes(internal::CheckedSubtract(a.count_, b.count_));
  }
  friend ByteCount operator*(ByteCount a, std::int64_t factor) {
    return FromBytes(internal::CheckedMultiply(a.count_, factor));
  }
  ByteCount& operator+=(ByteCount other) { return *this = *this + other; }
  ByteCount& operator-=(ByteCount other) { return *this = *this - other; }

 private:
  explicit constexpr ByteCount(std::int64_t count) : count_(count) {}
  std::int64_t count_ = 0;
};

inline ByteCount Bytes(std::int64_t n) { return ByteCount::FromBytes(n); }
inline ByteCount Kibibytes(std::int64_t n) { return Bytes(1024) * n; }
inline ByteCount Mebibytes(std::int64_t n) { return Kibibytes(1024) * n; }
inline ByteCount Gibibytes(std::int64_t n) { return Mebibytes(1024) * n; }

/// A rate in whole bytes per second, never negative.
class BytesPerSecond {
 public:
  constexpr BytesPerSecond() = default;
  /// Requires count >= 0.
  static BytesPerSecond FromCount(std::int64_t count) {
    CRRSIM_CHECK(count >= 0, "{} bytes/s", count);
    return BytesPerSecond(count);
  }
  /// A rate that limits nothing.
  static constexpr BytesPerSecond Unlimited() { return BytesPerSecond(std::numeric_limits<std::int64_t>::max()); }

  [[nodiscard]] constexpr std::int64_t count() const { return count_; }
  [[nodiscard]] constexpr bool unlimited() const { return count_ == std::numeric_limits<std::int64_t>::max(); }

  friend constexpr auto operator<=>(BytesPerSecond, BytesPerSecond) = default;

 private:
  explicit constexpr BytesPerSecond(std::int64_t count) : count_(count) {}
  std::int64_t count_ = 0;
};

}  // namespace crrsim
