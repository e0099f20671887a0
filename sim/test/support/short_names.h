// Short names for what the tests of this folder write again and again.
#pragma once

#include <cstdint>
#include <string>

#include "sim/archive.h"
#include "sim/units.h"

namespace crrsim {

constexpr Instant At(std::int64_t nanoseconds) { return Instant::FromUnixNanoseconds(nanoseconds); }
inline BytesPerSecond Rate(std::int64_t bytes_per_second) { return BytesPerSecond::FromCount(bytes_per_second); }

/// The canonical bytes of a value.
template <class T>
std::string Saved(const T& value) {
  Writer writer;
  writer.Put(value);
  return writer.TakeBytes();
}

}  // namespace crrsim
