// Always-on checks for what only a defect of crrsim can break.
//
// Bad input, a refused permission or a cut network is a value (`Result`, or data in an event); a broken
// invariant is a `Defect`. A check stays in release builds: a wrong figure is worse than a stopped run.
//
//   CRRSIM_CHECK(delivered <= size, "delivered {} of {}", delivered, size);
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace crrsim {

/// Thrown when an internal check fails. Only the outermost layer (command line, Python module) catches it;
/// the command line exits with code 5.
class Defect : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void FailCheck(const char* file, int line, const char* condition, const std::string& detail);

namespace internal {
/// Apart from the code around a check, and with its arguments copied, so that a check that holds costs a comparison:
/// nothing is kept in memory for it, and functions stay small enough to be inlined.
template <class... Arguments>
[[noreturn, gnu::cold, gnu::noinline]] void FailCheckSaying(const char* file, int line, const char* condition,
                                                            fmt::format_string<Arguments...> detail,
                                                            Arguments... arguments) {
  FailCheck(file, line, condition, fmt::format(detail, std::move(arguments)...));
}
}  // namespace internal

}  // namespace crrsim

/// CRRSIM_CHECK(condition) or CRRSIM_CHECK(condition, "format", arguments...).
#define CRRSIM_CHECK(condition, ...)                   \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::crrsim::internal::FailCheckSaying(__FILE__, __LINE__, #condition, "" __VA_ARGS__))
