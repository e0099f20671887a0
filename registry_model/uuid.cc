#include "registry_model/uuid.h"

#include <fmt/format.h>

namespace crrsim {

Uuid Uuid::Draw(RandomStream& stream) {
  Uuid drawn;
  drawn.high = (stream.Next() & ~0xF000ULL) | 0x4000ULL;
  drawn.low = (stream.Next() & ~(3ULL << 62)) | (2ULL << 62);
  return drawn;
}

std::string Uuid::text() const {
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48,
                     low & 0xFFFF'FFFF'FFFFULL);
}

}  // namespace crrsim
