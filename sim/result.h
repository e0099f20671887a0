// A value or the error that stood in its way.
//
// `Result` is a class with [[nodiscard]], so an error that nobody looks at does not compile; `tl::expected` does the
// storing. Wrong use (asking an error for its value) is a Defect.
//
//   Result<Duration, ParseError> parsed = ParseDuration("40ms");
//   if (!parsed) return parsed.error();
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

#include "sim/check.h"

namespace crrsim {

/// The value of a Result that carries nothing.
struct Unit {
  friend bool operator==(const Unit&, const Unit&) = default;
};

/// Text that could not be understood; `message` says what was found and what is expected, in one sentence without
/// a full stop.
struct ParseError {
  std::string message;
  friend bool operator==(const ParseError&, const ParseError&) = default;
};

template <class T, class E>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return error;` both read naturally.
  Result(T value) : state_(std::move(value)) {}                     // NOLINT(google-explicit-constructor)
  Result(E error) : state_(tl::unexpected<E>(std::move(error))) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.has_value(); }
  explicit operator bool() const { return ok(); }

  /// Requires ok(); a Defect otherwise.
  const T& value() const& {
    CRRSIM_CHECK(ok());
    return *state_;
  }
  T& value() & {
    CRRSIM_CHECK(ok());
    return *state_;
  }
  T&& value() && {
    CRRSIM_CHECK(ok());
    return *std::move(state_);
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  /// Requires !ok(); a Defect otherwise.
  const E& error() const& {
    CRRSIM_CHECK(!ok());
    return state_.error();
  }
  E&& error() && {
    CRRSIM_CHECK(!ok());
    return std::move(state_).error();
  }

 private:
  static_assert(!std::is_same_v<T, E>, "a Result needs to tell its value from its error");
  tl::expected<T, E> state_;
};

}  // namespace crrsim
